"""Type promotion of elementwise ops: torch's own, with arrays and NumPy scalars as tensors."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from npbridge._convert import COMPLEX, holds
from npbridge._torch_private import constant
from npbridge.errors import UnsupportedTensorError, sentence


def as_number(x: Any) -> Any:
    """Arrays and NumPy scalars as the tensors they are to torch; None and numbers as they are."""
    if isinstance(x, (np.ndarray, np.generic)):
        return torch.from_numpy(np.array(x))
    if isinstance(x, (list, tuple)):
        if holds(x, (Tensor,)):
            raise UnsupportedTensorError(
                sentence(
                    "an elementwise op was given a list of tensors.",
                    expected="a tensor, an array or a number",
                    got=type(x).__name__,
                    remedy="Pass torch.stack(x).",
                )
            )
        return torch.as_tensor(x)
    return x


def promoted(arguments: Sequence[Any]) -> torch.dtype:
    """The dtype torch's type promotion gives: tensors with dimensions before those without,
    these before numbers; integers become the default dtype.
    """
    dtype: torch.dtype = _promoted(
        tuple(
            [
                (x.dtype, x.dim() > 0) if isinstance(x, Tensor) else _KINDS.get(type(x))
                for x in arguments
            ]
        ),
        torch.get_default_dtype(),
    )
    return dtype


_KINDS: dict[type, int] = {bool: 0, int: 1, float: 2, complex: 3}
_Kinds = tuple[tuple[torch.dtype, bool] | int | None, ...]
_NUMBERS = (True, 1, 1.0, 1j)


@constant
def _promoted(arguments: _Kinds, default: torch.dtype) -> torch.dtype:
    return _cached(arguments, default)


@functools.cache
def _cached(arguments: _Kinds, default: torch.dtype) -> torch.dtype:
    dims: torch.dtype | None = None
    zeros: torch.dtype | None = None
    for x in arguments:
        if isinstance(x, tuple) and x[1]:
            dims = x[0] if dims is None else torch.promote_types(dims, x[0])
        elif isinstance(x, tuple):
            zeros = x[0] if zeros is None else torch.promote_types(zeros, x[0])
    if dims is None and zeros is None:
        zeros = default
    samples = [torch.empty(1, dtype=dims)] if dims is not None else []
    samples += [torch.empty((), dtype=zeros)] if zeros is not None else []
    result = torch.result_type(samples[0], samples[-1])
    stand_in = torch.empty(1 if dims is not None else (), dtype=result)
    for x in arguments:
        if not isinstance(x, tuple) and x is not None:
            wider = torch.result_type(stand_in, _NUMBERS[x])
            stand_in = stand_in.to(torch.promote_types(stand_in.dtype, wider))
    result = stand_in.dtype
    if not (result.is_floating_point or result.is_complex):
        result = default
    return result


def real_of(x: Tensor, dtype: torch.dtype) -> torch.dtype:
    """The dtype an argument is converted to: a real one stays real beside a complex one."""
    if dtype in COMPLEX and not x.dtype.is_complex:
        return dtype.to_real()
    return dtype
