"""The precision in which formulas are evaluated: double, and rounded once at the end.

A formula of single precision numbers can lose what its result has: j1' = j0 - j1/x does near its
zeros, and every formula made of `out` does, which was rounded.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

_WIDE: dict[Any, Any] = {
    torch.float16: torch.float64,
    torch.bfloat16: torch.float64,
    torch.float32: torch.float64,
    torch.complex64: torch.complex128,
    np.dtype(np.float16): np.dtype(np.float64),
    np.dtype(np.float32): np.dtype(np.float64),
    np.dtype(np.complex64): np.dtype(np.complex128),
}
COMPLEX = frozenset({torch.complex128, np.dtype(np.complex128)})
NARROW = frozenset(_WIDE)
"""The dtypes, torch's and NumPy's, that formulas are not evaluated in."""


def widened(x: Any) -> Any:
    """An argument in double precision, if it is a floating-point tensor or array of less."""
    if isinstance(x, Tensor):
        return x.to(_WIDE[x.dtype]) if x.dtype in NARROW else x
    if isinstance(x, (np.ndarray, np.generic)) and x.dtype in NARROW:
        return x.astype(_WIDE[x.dtype])
    return x


def rounded(x: Any, like: Any) -> Any:
    """A result in the precision of a dtype; real or complex as it is."""
    if isinstance(x, Tensor):
        if x.is_complex():
            return x.to(torch.complex64)
        return x.to(like.to_real() if like.is_complex else like)
    if isinstance(x, (np.ndarray, np.generic)):
        single = np.complex64 if x.dtype.kind == "c" else np.float32
        return x.astype(single)  # halves are computed on in single precision
    return x
