"""A call while torch.compile traces the function around it.

This code is itself traced, so it keeps to what the tracer knows: numbers and arrays become tensors
and integers of the graph beside the user's tensors, what is left becomes the constant text that
says which call it is, and the graph gets the dispatcher op.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import torch
from torch import Tensor

from npbridge import _device
from npbridge._call import Call
from npbridge._convert import FLOATS, HALVES
from npbridge._outcome import last
from npbridge._slots import ARRAY, FLOAT, INT, TENSOR, Slot
from npbridge._torch_private import constant, tree_flatten
from npbridge.errors import TransformError

if TYPE_CHECKING:
    from npbridge._dispatch import Overload
    from npbridge._op import NumpyOp


def traced(op: NumpyOp[..., Any], values: tuple[Any, ...]) -> Any:
    """The call as part of the graph, or a break of the graph where no graph can hold it."""
    if not op.traceable:
        return op.outside(op, values)
    tensors: list[Tensor] = []
    extras: list[Tensor] = []
    numbers: list[int] = []
    outline = tuple([_take(x, tensors, extras, numbers) for x in op.prepare(values)])
    if not tensors:
        return op.outside(op, values)
    home, half = None, None
    if len([x for x in tensors if x.dtype in HALVES]) > 0:
        half = _rounded(tuple([x.dtype for x in tensors]))
        tensors = [x.float() if x.dtype in HALVES else x for x in tensors]
    away = [x.device for x in tensors if not x.is_cpu]
    if away:
        home = away[0]
        _announce(op, home)
        tensors = [x.cpu() for x in tensors]
    token = _name(op, outline)
    outputs = cast("Overload", op._overload).op([*tensors, *extras], token, numbers)
    if home is not None:
        outputs = [y.to(home) for y in outputs]
    if half is not None:
        outputs = [y.to(half) if y.dtype in FLOATS else y for y in outputs]
    return _give(_structure(len(outputs)), iter(outputs))


def _take(x: Any, tensors: list[Tensor], extras: list[Tensor], numbers: list[int]) -> Any:
    """Take tensors and numbers out of a value; what is left is made of constants."""
    if isinstance(x, Tensor):
        tensors.append(x)
        return ("slot", "TENSOR")
    if isinstance(x, (np.ndarray, np.generic)):
        extras.append(torch.as_tensor(x))
        return ("slot", "ARRAY")
    if type(x) is int:
        numbers.append(x)
        return ("slot", "INT")
    if type(x) is float:
        # A product, since torch makes a float in a sum or a new tensor a constant (torch 2.13).
        extras.append(torch.ones((), dtype=torch.float64, device="cpu") * x)
        return ("slot", "FLOAT")
    if isinstance(x, (tuple, list)):
        return ("sequence", type(x), tuple([_take(y, tensors, extras, numbers) for y in x]))
    if isinstance(x, dict):
        items = tuple([_take(y, tensors, extras, numbers) for y in x.values()])
        return ("mapping", type(x), tuple(x.keys()), items)
    return ("constant", x)


def _give(outline: Any, tensors: Iterator[Tensor]) -> Any:
    """A result with its tensors in their places."""
    kind = outline[0]
    if kind == "slot":
        return next(tensors)
    if kind == "list":
        return [_give(part, tensors) for part in outline[1]]
    if kind == "tuple":
        return tuple([_give(part, tensors) for part in outline[1]])
    if kind == "named":
        return _NAMED[outline[2]](*[_give(part, tensors) for part in outline[1]])
    if kind == "dict":
        return {key: _give(part, tensors) for key, part in zip(outline[2], outline[1], strict=True)}
    return outline[1]


@constant
def _announce(op: NumpyOp[..., Any], home: torch.device) -> None:
    _device.announce(op.label, home)


@constant
def _rounded(dtypes: tuple[torch.dtype, ...]) -> torch.dtype | None:
    kinds = {d for d in dtypes if d.is_floating_point or d.is_complex}
    return kinds.pop() if len(kinds) == 1 else None


@constant
def _name(op: NumpyOp[..., Any], outline: tuple[Any, ...]) -> str:
    """The token of the call with this outline."""
    leaves, tree = tree_flatten(tuple(map(_rebuilt, outline)))
    op.dispatcher()
    return Call(op, tree, leaves).name()


def _rebuilt(outline: Any) -> Any:
    kind = outline[0]
    if kind == "slot":
        return _BY_NAME[outline[1]]
    if kind == "constant":
        return outline[1]
    if kind == "sequence":
        items = [_rebuilt(part) for part in outline[2]]
        made = outline[1]
        return made(*items) if hasattr(made, "_fields") else made(items)
    return outline[1](zip(outline[2], map(_rebuilt, outline[3]), strict=True))


_NAMED: dict[str, Any] = {}
"""The named tuples that were returned, under names: a graph has no other constants for classes."""
_BY_NAME: dict[str, Slot] = {s.name: s for s in (TENSOR, ARRAY, FLOAT, INT)}


@constant
def _structure(count: int) -> Any:
    """The outline of the result of the call that was traced last."""
    outcome: Any = last.outcome
    if outcome.is_one_tensor:
        return ("slot", "TENSOR")
    return _outlined(outcome.fill([TENSOR] * count))


def _outlined(x: Any) -> Any:
    # Names, since the tracer cannot guard a builtin type that comes out of a constant (torch 2.13).
    if x is TENSOR:
        return ("slot", "TENSOR")
    if isinstance(x, (torch.SymInt, torch.SymFloat, torch.SymBool)):
        raise TransformError(
            "a register_fake rule returned a number that changes from call to call, which a graph "
            "cannot hold.\nReturn it as an array."
        )
    if isinstance(x, (tuple, list)):
        items = tuple(map(_outlined, x))
        if type(x) in (tuple, list):
            return (type(x).__name__, items)
        key = f"{type(x).__module__}.{type(x).__qualname__} {id(type(x))}"
        _NAMED[key] = type(x)
        return ("named", items, key)
    if isinstance(x, dict):
        return ("dict", tuple(map(_outlined, x.values())), tuple(x))
    return ("constant", x)
