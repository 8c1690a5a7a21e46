"""One call: its arguments taken apart into tensors and the rest, and where it is computed."""

from __future__ import annotations

import itertools
import weakref
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor

from npbridge import _device, _dispatch
from npbridge._convert import (
    FLOATS,
    HALVES,
    PLAIN,
    check_supported,
    has_tangent,
    holds,
    output_leaf,
    view,
)
from npbridge._torch_private import (
    TreeSpec,
    fast_path_closed,
    is_legacy_batched,
    over_legacy_batch,
    tree_flatten,
    tree_unflatten,
)
from npbridge.errors import UnsupportedTensorError, sentence

if TYPE_CHECKING:
    from npbridge._primitive import Primitive


class _Tensor:
    """Stands in a call's leaves where a tensor was."""

    def __repr__(self) -> str:
        return "TENSOR"


TENSOR = _Tensor()
_serial = itertools.count()
_running: weakref.WeakValueDictionary[str, Call] = weakref.WeakValueDictionary()


@dataclass(slots=True)
class Outcome:
    """What a computation returned, less its tensors."""

    tree: TreeSpec
    leaves: list[Any]
    residuals: Any = None

    @property
    def is_one_tensor(self) -> bool:
        """Whether the result is a tensor, and not a structure that holds some."""
        return self.tree.is_leaf() and self.leaves[0] is TENSOR

    def fill(self, tensors: Sequence[Any]) -> Any:
        """The result with `tensors` in their places."""
        return tree_unflatten(_filled(self.leaves, tensors), self.tree)


class Call:
    """The arguments of one call of a primitive, less its tensors.

    `values` is a tuple, one entry for each name in `primitive.names`. The token names the call
    to the dispatcher, whose arguments can only be tensors and numbers.
    """

    __slots__ = ("__weakref__", "leaves", "outcome", "primitive", "token", "tree")

    outcome: Outcome
    """Set by the computation."""

    def __init__(self, primitive: Primitive, tree: TreeSpec, leaves: list[Any]) -> None:
        self.primitive = primitive
        self.tree = tree
        self.leaves = leaves
        self.token = ""

    @staticmethod
    def take(primitive: Primitive, values: Sequence[Any]) -> tuple[Call, list[Tensor]]:
        """Take the tensors out of `values`."""
        leaves, tree = tree_flatten(tuple(values))
        tensors = [x for x in leaves if isinstance(x, Tensor)]
        for i, x in enumerate(leaves):
            if isinstance(x, Tensor):
                leaves[i] = TENSOR
            elif holds(x, (Tensor,)):
                raise UnsupportedTensorError(
                    sentence(
                        f"{primitive.name} was given tensors in a {type(x).__name__}, which torch "
                        "cannot look into.",
                        expected="tensors in nested tuples, lists and dicts",
                        got=type(x).__name__,
                        remedy="Pass dict(x), or the tensors in a tuple.",
                    )
                )
        return Call(primitive, tree, leaves), tensors

    @staticmethod
    def by_token(token: str) -> Call:
        """The call a token stands for, which lives as long as the call does."""
        return _running[token]

    def name_for_dispatcher(self) -> str:
        """The token, made on first use."""
        if not self.token:
            self.token = f"{self.primitive.name}#{next(_serial)}"
            _running[self.token] = self
        return self.token

    def fill(self, tensors: Sequence[Any]) -> tuple[Any, ...]:
        """The values with `tensors` (or arrays, or anything else) in the tensors' places."""
        values: tuple[Any, ...] = tree_unflatten(_filled(self.leaves, tensors), self.tree)
        return values

    def kept_for(self, names: Collection[str]) -> Call:
        """The call as a node keeps it: of arrays, which have no version counter, copies, and of
        arguments that no rule names, nothing.
        """
        leaves: list[Any] = []
        start = 0
        for name, child in zip(self.primitive.names, self.tree.children(), strict=True):
            for x in self.leaves[start : start + child.num_leaves]:
                kept = x.copy() if isinstance(x, np.ndarray) else x
                leaves.append(kept if name in names or x is TENSOR else None)
            start += child.num_leaves
        return Call(self.primitive, self.tree, leaves)

    def spans(self) -> dict[str, list[int]]:
        """For each name the indices of its tensors."""
        spans: dict[str, list[int]] = {}
        leaf, count = 0, 0
        for name, child in zip(self.primitive.names, self.tree.children(), strict=True):
            spans[name] = []
            for x in self.leaves[leaf : leaf + child.num_leaves]:
                if x is TENSOR:
                    spans[name].append(count)
                    count += 1
            leaf += child.num_leaves
        return spans

    def structure(self, name: str) -> TreeSpec:
        """The nesting of one argument."""
        return self.tree.children()[self.primitive.names.index(name)]

    def leaf_is_tensor(self, name: str) -> list[bool]:
        """For each leaf of one argument, whether a tensor stands there."""
        start = 0
        for other, child in zip(self.primitive.names, self.tree.children(), strict=True):
            if other == name:
                return [x is TENSOR for x in self.leaves[start : start + child.num_leaves]]
            start += child.num_leaves
        raise KeyError(name)


def _filled(leaves: list[Any], tensors: Sequence[Any]) -> list[Any]:
    following = iter(tensors)
    return [next(following) if x is TENSOR else x for x in leaves]


def run(call: Call, tensors: Sequence[Tensor]) -> list[Tensor]:
    """Compute on the host, below autograd: arrays in, the outputs' tensors out."""
    arrays = [view(x) for x in tensors]
    result, residuals = call.primitive.compute(call.fill(arrays))
    box = [result]
    del result
    outputs, call.outcome = finish(call.primitive.name, box, tensors)
    call.outcome.residuals = residuals
    return outputs


def finish(op: str, box: list[Any], arguments: Sequence[Tensor]) -> tuple[list[Tensor], Outcome]:
    """The tensors and the rest of what a function returned, which is the one item of `box`.

    No variable may refer to the result besides: arrays that somebody else holds are copied.
    """
    leaves, tree = tree_flatten(box.pop())
    like = next((x.dtype.to_real() for x in arguments if has_tangent(x)), torch.float64)
    outputs: list[Tensor] = []
    for i in range(len(leaves)):
        y = output_leaf(op, leaves, i, like)
        leaves[i] = TENSOR if isinstance(y, Tensor) else y
        if isinstance(y, Tensor):
            outputs.append(y)
    return outputs, Outcome(tree, leaves)


def execute(call: Call, tensors: list[Any]) -> list[Any]:
    """Compute where and how these tensors need it; derivatives are recorded if any can be.

    Halves are computed in float32 and device tensors on the host by torch's own conversions,
    which are differentiable and compose with every transform.
    """
    if any(is_legacy_batched(x) for x in tensors):
        return over_legacy_batch(partial(execute, call), tensors)
    primitive = call.primitive
    for i, x in enumerate(tensors):
        if x.dtype not in FLOATS or x.layout is not torch.strided or x.is_nested:
            check_supported(primitive.name, argument_of(call, i), x)
    home = half = None
    if any(x.dtype in HALVES for x in tensors):
        half = _rounded_to(tensors)
        tensors = [x.float() if x.dtype in HALVES else x for x in tensors]
    if not all(x.is_cpu for x in tensors):
        tensors, home = _device.to_host(primitive, tensors)
    if _is_plain(tensors) and not (
        torch.is_grad_enabled() and any(x.requires_grad for x in tensors)
    ):
        outputs = run(call, tensors)
    else:
        outputs = _dispatch.call(call, tensors)
    if home is not None:
        outputs = [y.to(home) for y in outputs]
    if half is not None:
        outputs = [y.to(half) if y.dtype in FLOATS else y for y in outputs]
    return outputs


def argument_of(call: Call, index: int) -> str:
    """The name of the argument that holds tensor `index`, for messages."""
    for name, indices in call.spans().items():
        if index in indices:
            return f"argument {name!r}"
    raise IndexError(index)


def numpy_dtype(dtype: torch.dtype) -> np.dtype[Any]:
    """NumPy's name of a dtype that both have."""
    return np.dtype(str(dtype).removeprefix("torch."))


def _rounded_to(tensors: Sequence[Tensor]) -> torch.dtype | None:
    """The half in which a result is given, or None where an argument is wider."""
    dtypes = {x.dtype for x in tensors if x.dtype.is_floating_point or x.dtype.is_complex}
    return dtypes.pop() if len(dtypes) == 1 else None


def _is_plain(tensors: Sequence[Tensor]) -> bool:
    return not fast_path_closed() and all(type(x) in PLAIN for x in tensors)
