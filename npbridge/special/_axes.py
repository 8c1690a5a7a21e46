"""Axes of functions that reduce: which they are, and where a batch moves them."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np
import torch
from torch import Tensor

from npbridge._convert import HALVES, numpy_dtype


def reduced(axis: Any, dims: int) -> tuple[int, ...]:
    """An `axis` of NumPy as a tuple of numbers that are not negative."""
    if axis is None:
        return tuple(range(dims))
    listed = axis if isinstance(axis, (tuple, list)) else (axis,)
    return tuple(operator.index(i) % dims for i in listed)


def total(x: Tensor, axes: tuple[int, ...]) -> Tensor:
    """The sum along `axes`, which stay; torch would take no axes for all (2.13)."""
    return x.sum(axes, keepdim=True) if axes else x


def as_wide(x: Any, like: Tensor, *, dtype: torch.dtype) -> Tensor:
    """An argument of any kind as a tensor of a dtype, beside `like`."""
    made = x if isinstance(x, Tensor) else torch.tensor(np.asarray(x))
    return made.to(like.device, dtype)


def rank(x: Any) -> int:
    """How many dimensions an argument of any kind has."""
    return x.dim() if isinstance(x, Tensor) else np.ndim(x)


def dtype_of(x: Any) -> np.dtype[Any]:
    """The dtype of an argument of any kind, as NumPy computes on it."""
    if not isinstance(x, Tensor):
        return np.asarray(x).dtype
    return numpy_dtype(torch.float32 if x.dtype in HALVES else x.dtype)


def in_front(x: Any, axis: int | None, dims: int) -> Any:
    """A tensor with its batch in front of `dims` dimensions; what is not batched as it is."""
    if axis is None:
        return x
    moved = x.movedim(axis, 0)
    return moved.reshape(moved.shape[0], *[1] * (dims + 1 - moved.dim()), *moved.shape[1:])
