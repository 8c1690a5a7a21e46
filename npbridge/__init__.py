"""NumPy and SciPy's compiled routines on torch tensors, with derivatives right to any order."""

from npbridge._decorator import numpy_op as numpy_op
from npbridge._device import set_host_transfer as set_host_transfer
from npbridge._elementwise import ElementwiseOp as ElementwiseOp
from npbridge._elementwise import elementwise_op as elementwise_op
from npbridge._op import NumpyOp as NumpyOp
from npbridge._partials import integer as integer
from npbridge._partials import unwritten as unwritten
from npbridge._rule import composite as composite
from npbridge._version import __version__ as __version__
