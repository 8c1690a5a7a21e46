"""Tensors to read-only arrays and arrays to tensors, without a copy wherever that is safe."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from sys import getrefcount
from typing import Any, NamedTuple, cast

import numpy as np
import torch
from torch import Tensor
from torch.nn import Parameter

from npbridge._torch_private import materialized
from npbridge.errors import OutputError, UnsupportedTensorError, sentence

Array = np.ndarray[Any, np.dtype[Any]]
set_flags: Any = np.ndarray.setflags

PLAIN: frozenset[type] = frozenset({Tensor, Parameter})
"""The tensor types of the eager path; subclasses go through the dispatcher, which they may hook."""

FLOATS = frozenset({torch.float32, torch.float64})
COMPLEX = frozenset({torch.complex64, torch.complex128})
HALVES = frozenset({torch.float16, torch.bfloat16})
INTEGERS = frozenset(
    {
        torch.bool,
        torch.uint8,
        torch.uint16,
        torch.uint32,
        torch.uint64,
        torch.int8,
        torch.int16,
        torch.int32,
        torch.int64,
    }
)
NATIVE = FLOATS | COMPLEX | INTEGERS
"""The dtypes that NumPy computes in as torch does; halves are computed in float32."""


ATOMS: frozenset[type] = frozenset(
    {
        type(None),
        bool,
        int,
        float,
        complex,
        str,
        bytes,
        np.ndarray,
        np.float64,
        np.float32,
        np.int64,
    }
)
"""Types of arguments that hold no tensor; what may hold one is looked into (`_call.Call.take`)."""


class Like(NamedTuple):
    """The shape and dtype of an array or tensor that was not kept."""

    shape: tuple[int, ...]
    dtype: Any

    @staticmethod
    def of(x: Tensor | Array) -> Like:
        """What a check needs to know of `x`."""
        return Like(tuple(x.shape), x.dtype)


@functools.cache
def numpy_dtype(dtype: torch.dtype) -> np.dtype[Any]:
    """NumPy's name of a dtype that both have."""
    return np.dtype(str(dtype).removeprefix("torch."))


def has_tangent(like: Like | Tensor) -> bool:
    """Whether a dtype can carry derivatives."""
    return bool(like.dtype.is_floating_point or like.dtype.is_complex)


def zeros_beside(x: Tensor, like: Like) -> Tensor:
    """Zeros that belong to the same level of a nesting of transforms as `x`."""
    return x.new_zeros(like.shape, dtype=like.dtype)


def ones_beside(x: Tensor, like: Like) -> Tensor:
    """The same of ones."""
    return x.new_ones(like.shape, dtype=like.dtype)


class Elsewhere(Exception):  # noqa: N818  # no error: the eager path is left for the general one
    """The tensor is not in this machine's memory, or is no plain one."""


def describe(x: object) -> str:
    """Shape and dtype of an array or tensor as a message gives them; the type of the rest."""
    if isinstance(x, (Tensor, np.ndarray, np.generic, Like)):
        return f"{tuple(x.shape)} {str(x.dtype).removeprefix('torch.')}"
    return type(x).__name__


def view(x: Tensor) -> Array:
    """A read-only array over the memory of `x`; a copy only for conjugate and negative bits."""
    try:
        array = x.detach().numpy()
    except (RuntimeError, TypeError):  # .numpy() refuses the lazy bits (torch 2.13)
        if not x.is_cpu or x.layout is not torch.strided or x.dtype not in NATIVE:
            raise Elsewhere from None
        array = materialized(x.detach()).numpy()
    set_flags(array, False)  # five times faster than .flags.writeable = False (NumPy 2.4)
    return cast("Array", array)


def check_supported(op: str, where: str, x: Tensor) -> None:
    """Refuse a tensor that has no strided memory, or whose dtype NumPy lacks."""
    if x.layout is not torch.strided or x.is_nested or x.is_quantized:
        kind = "quantised" if x.is_quantized else "nested" if x.is_nested else str(x.layout)
        remedy = {
            "quantised": "Pass x.dequantize().",
            "nested": "Pass x.to_padded_tensor(0.0), or call it on each of x.unbind().",
        }.get(kind, "Pass x.to_dense(), or the parts of the sparse tensor as separate arguments.")
        raise UnsupportedTensorError(
            sentence(
                f"{op} cannot take {where} as it is: NumPy has no such arrays.",
                expected="a strided tensor",
                got=kind.removeprefix("torch."),
                remedy=remedy,
            )
        )
    if x.dtype not in NATIVE and x.dtype not in HALVES:
        raise UnsupportedTensorError(
            sentence(
                f"{op} cannot take {where}: NumPy has no such dtype.",
                expected="float, complex, integer or bool",
                got=str(x.dtype).removeprefix("torch."),
                remedy=f"Convert {where} first, for example with .to(torch.float32).",
            )
        )


def settled(result: Any, dtype: np.dtype[Any]) -> Array:
    """A result in its arguments' precision; its kind (bool, integer, complex) is its own."""
    array = np.asarray(result)
    if array.dtype.kind == dtype.kind:
        return array.astype(dtype, copy=False)
    if array.dtype.kind == "c":
        return array.astype(np.result_type(dtype, np.complex64), copy=False)
    return array


def alike(result: Any, values: tuple[Any, ...]) -> bool:
    """Whether result and arguments plainly have one shape and dtype, as they mostly do."""
    if not isinstance(result, (np.ndarray, np.number)) or result.dtype.kind not in "fc":
        return False
    shape, dtype = result.shape, result.dtype
    return all(type(v) is np.ndarray and v.shape == shape and v.dtype is dtype for v in values)


def adopt(op: str, y: Array) -> Tensor:
    """A tensor over an array the library owns alone, or over a copy of it.

    Anyone else's array (a view of an argument, the function's own workspace, a constant) may
    change later, or be changed through the tensor: it is copied.
    """
    # One reference each: the caller's variable, this parameter, getrefcount's argument.
    if not (getrefcount(y) <= 3 and y.flags.writeable and _owns_memory(y)):
        y = y.copy()
    try:
        return torch.from_numpy(y)
    except (TypeError, ValueError):  # negative strides, foreign byte order, no such torch dtype
        return torch.from_numpy(_torch_array(op, y))


def _owns_memory(y: Array) -> bool:
    base = y.base
    if base is None:
        return True
    # A view of fresh memory (a reshape, a transpose): referred to by y, `base` and the call.
    return type(base) is np.ndarray and base.base is None and getrefcount(base) <= 3


def _torch_array(op: str, y: Array) -> Array:
    kind = y.dtype.kind
    if kind not in "biufc" or y.dtype.itemsize > (16 if kind == "c" else 8):
        hint = {
            "O": "Return an array of numbers; arrays of different shapes go in a tuple or list.",
            "f": "Return .astype(np.float64).",
            "c": "Return .astype(np.complex128).",
        }.get(kind, "Return numbers; strings and dates can be returned beside them in a tuple.")
        raise OutputError(
            sentence(
                f"{op} returned an array that torch has no dtype for.",
                expected="float, complex, integer or bool",
                got=f"{y.shape} {y.dtype}",
                remedy=hint,
            )
        )
    return y.astype(y.dtype.newbyteorder("="), order="C", copy=True)


def output_leaf(op: str, leaves: list[Any], index: int, like: torch.dtype) -> Any:
    """An output of a forward function as a tensor; objects that are not numbers as they are.

    It is taken out of `leaves`, so that nobody but the function's own code can still refer to it.
    A Python float becomes a 0-d tensor of dtype `like`: as a float it would lose its gradient.
    """
    y, leaves[index] = leaves[index], None
    if type(y) is np.ndarray:
        return adopt(op, y)
    if isinstance(y, np.ma.MaskedArray):
        raise OutputError(
            sentence(
                f"{op} returned a masked array.",
                expected="an array, since torch has no masks",
                got=f"{y.shape} {y.dtype}, masked",
                remedy="Return y.filled(value), or the mask beside it in a tuple.",
            )
        )
    if isinstance(y, (np.ndarray, np.generic)):
        return adopt(op, np.array(y))
    if isinstance(y, (float, complex)):
        weak = like.to_complex() if isinstance(y, complex) else like
        return torch.tensor(y, dtype=weak, device="cpu")
    if isinstance(y, Tensor):
        raise OutputError(
            sentence(
                f"{op} returned a tensor.",
                expected="NumPy arrays: the function is given arrays, and its work is opaque",
                got=f"tensor {describe(y)}",
                remedy="Write the function with NumPy; one written with torch needs no bridge.",
            )
        )
    if holds(y, (np.ndarray, np.generic)):
        raise OutputError(
            sentence(
                f"{op} returned its arrays in a {type(y).__name__}, which torch cannot look into.",
                expected="arrays in nested tuples, lists and dicts",
                got=type(y).__name__,
                remedy="Return dict(result), or the arrays in a tuple.",
            )
        )
    return y


def holds(x: object, kinds: tuple[type, ...]) -> bool:
    """Whether a container that is a leaf to torch.utils._pytree has items of these types."""
    if isinstance(x, Mapping):
        return any(isinstance(v, kinds) or holds(v, kinds) for v in x.values())
    if isinstance(x, (tuple, list, AbstractSet)):
        return any(isinstance(v, kinds) or holds(v, kinds) for v in x)
    return False
