"""NumPy and SciPy's compiled routines on torch tensors, with derivatives right to any order.

PYTEST_DONT_REWRITE (pytest adds names of its own to packages that have a plugin)
"""

import sys as _sys
import typing as _typing
from importlib import import_module as _import_module

from npbridge._version import __version__ as __version__

if _typing.TYPE_CHECKING:
    from npbridge._decorator import numpy_op
    from npbridge._device import set_host_transfer
    from npbridge._elementwise import ElementwiseOp
    from npbridge._elementwise_op import elementwise_op
    from npbridge._op import NumpyOp
    from npbridge._partials import integer, unwritten
    from npbridge._rule import composite

__all__ = [
    "ElementwiseOp",
    "NumpyOp",
    "composite",
    "elementwise_op",
    "integer",
    "numpy_op",
    "set_host_transfer",
    "unwritten",
]

_HOMES = {
    "numpy_op": "_decorator",
    "set_host_transfer": "_device",
    "ElementwiseOp": "_elementwise",
    "elementwise_op": "_elementwise_op",
    "NumpyOp": "_op",
    "integer": "_partials",
    "unwritten": "_partials",
    "composite": "_rule",
}


def _load() -> None:
    for public, home in _HOMES.items():
        globals()[public] = getattr(_import_module(f"{__name__}.{home}"), public)


if "torch" in _sys.modules:
    # It costs little more, and programs that torch loads find the library's namespace.
    _load()

if not _typing.TYPE_CHECKING:  # a checker would take any name whatever for one of the module's

    def __getattr__(name: str) -> object:
        """Import everything when the first name is used, not before: pytest loads the plugin in
        `_pytest_plugin`, and the command line shows its help, without the seconds torch takes.
        """
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        _load()
        return globals()[name]


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
