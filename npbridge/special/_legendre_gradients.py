"""What the rules of Legendre functions with dimensions in front have in common."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from npbridge import NumpyOp
from npbridge.special._axes import dtype_of, in_front, rank

__all__ = ["empty", "is_single", "over_batch", "pulled", "rounded", "shape_of", "wide"]


def wide(x: Any) -> Any:
    """In double precision, in which SciPy's recurrences keep their digits."""
    if not isinstance(x, Tensor):
        return x
    return x.to(torch.complex128 if x.is_complex() else torch.float64)


def pulled(grad: Any, slopes: Any, x: Any) -> Any:
    """The gradient of an argument, out of the derivatives of all numbers in it."""
    # An infinite slope that nobody asked for, at an end of the interval, spoils no other.
    slopes = torch.where((grad == 0) & torch.isinf(slopes), 0.0, slopes)
    total = wide(grad) * (slopes.conj() if slopes.is_complex() else slopes)
    total = total if x.is_complex() or not total.is_complex() else total.real
    return total.sum_to_size(x.shape).to(x.dtype)


def shape_of(*arguments: Any) -> tuple[int, ...]:
    return np.broadcast_shapes(
        *(tuple(a.shape) if isinstance(a, Tensor) else np.shape(a) for a in arguments)
    )


def is_single(*arguments: Any) -> bool:
    """Whether all tensors and arrays of real or complex numbers are in single precision."""
    arrays = [a for a in arguments if isinstance(a, (Tensor, np.ndarray, np.generic))]
    held = [d for d in map(dtype_of, arrays) if d.kind in "fc"]
    return bool(held) and all(np.finfo(d).bits <= 32 for d in held)


def rounded(y: Any, *arguments: Any) -> Any:
    """A result in the precision of the arguments; beside integers SciPy's is in double."""
    if isinstance(y, tuple):
        return tuple(rounded(part, *arguments) for part in y)
    if not is_single(*arguments):
        return y
    return y.astype(np.complex64 if np.iscomplexobj(y) else np.float32, copy=False)


def empty(shape: tuple[int, ...], *arguments: Any, complex: bool = False) -> Any:  # noqa: A002  # as torch names it
    """An output: single where all numbers are, complex where some are, or always."""
    tensors = [a for a in arguments if isinstance(a, Tensor)]
    held = torch.float32 if is_single(*arguments) else torch.float64
    if complex or any(map(is_complex, arguments)):
        held = torch.complex64 if held is torch.float32 else torch.complex128
    return tensors[0].new_empty(shape, dtype=held)


def is_complex(x: Any) -> bool:
    return x.is_complex() if isinstance(x, Tensor) else np.iscomplexobj(x)


def over_batch(op: NumpyOp[..., Any], arrays: tuple[str, ...], lead: int) -> Any:
    """A vmap rule: one call; these arguments broadcast behind `lead` dimensions of the result."""

    def rule(_: Any, in_dims: Any, *values: Any) -> Any:
        given = dict(zip(op.names, values, strict=True))
        axes = dict(zip(op.names, in_dims, strict=True))
        dims = max(rank(given[n]) - (axes[n] is not None) for n in arrays)
        given |= {n: in_front(given[n], axes[n], dims) for n in arrays}
        return op(**given), lead

    return rule
