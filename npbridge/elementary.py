"""The vocabulary of formulas: elementary functions of arrays and of tensors alike.

A partial derivative is written once with these, the operators, and the ops of the catalogue; it
then runs on arrays in a first-order backward and on tensors at every higher order.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor

__all__ = [
    "abs",
    "arcsinh",
    "arctan",
    "conj",
    "cos",
    "cosh",
    "exp",
    "expm1",
    "log",
    "log1p",
    "pi",
    "sign",
    "sin",
    "sinh",
    "sqrt",
    "square",
    "tan",
    "tanh",
    "where",
]

pi = float(np.pi)


def _unary(numpy: Callable[..., Any], native: Callable[..., Tensor]) -> Callable[[Any], Any]:
    def function(x: Any) -> Any:
        return native(x) if isinstance(x, Tensor) else numpy(x)

    name: str = numpy.__name__
    function.__name__ = function.__qualname__ = name
    function.__doc__ = (
        f"`numpy.{name}` of an array or number, `torch.{native.__name__}` of a tensor."
    )
    return function


abs = _unary(np.absolute, torch.abs)  # noqa: A001  # the name users know from NumPy and torch
arcsinh = _unary(np.arcsinh, torch.arcsinh)
arctan = _unary(np.arctan, torch.arctan)
conj = _unary(np.conjugate, torch.conj)
cos = _unary(np.cos, torch.cos)
cosh = _unary(np.cosh, torch.cosh)
exp = _unary(np.exp, torch.exp)
expm1 = _unary(np.expm1, torch.expm1)
log = _unary(np.log, torch.log)
log1p = _unary(np.log1p, torch.log1p)
sin = _unary(np.sin, torch.sin)
sinh = _unary(np.sinh, torch.sinh)
sqrt = _unary(np.sqrt, torch.sqrt)
square = _unary(np.square, torch.square)
tan = _unary(np.tan, torch.tan)
tanh = _unary(np.tanh, torch.tanh)


def sign(x: Any) -> Any:
    """`numpy.sign` of an array or number, `torch.sgn` of a tensor, and NaN of NaN."""
    if not isinstance(x, Tensor):
        return np.sign(x)
    return torch.where(torch.isnan(x), x, torch.sgn(x))  # torch's own is 0 of NaN (2.13)


def where(condition: Any, x: Any, y: Any) -> Any:
    """`x` where `condition` holds and `y` elsewhere, of arrays, tensors and numbers.

    A branch that is not taken still takes part in a backward: where it would be infinite or NaN
    there, guard its argument too (`x / where(hole, 1.0, y)`).
    """
    if isinstance(condition, Tensor) or isinstance(x, Tensor) or isinstance(y, Tensor):
        if isinstance(x, (int, float)) and isinstance(y, (int, float)):
            x = torch.tensor(x, dtype=torch.float64)  # of two numbers torch makes float32 (2.13)
        return torch.where(torch.as_tensor(condition), x, y)
    return np.where(condition, x, y)
