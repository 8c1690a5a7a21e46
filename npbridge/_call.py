"""One call: its arguments taken apart into tensors and the rest."""

from __future__ import annotations

import itertools
import weakref
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from torch import Tensor

from npbridge._convert import holds
from npbridge._torch_private import TreeSpec, tree_flatten, tree_unflatten
from npbridge.errors import TransformError, UnsupportedTensorError, sentence

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

    def same_as(self, other: Outcome) -> bool:
        """Whether two results differ in their tensors only."""
        plain = (bool, int, float, str, bytes)
        return self.tree == other.tree and all(
            x is y or (type(x) is type(y) and isinstance(x, plain) and x == y)
            for x, y in zip(self.leaves, other.leaves, strict=True)
        )

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
        call = _running.get(token)
        if call is None:
            raise TransformError(
                f"{token.partition('#')[0]} was recorded in a graph, and the call it belongs to is "
                "gone.\n"
                "Call the op itself: graphs of make_fx and torch.export cannot hold it yet."
            )
        return call

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

    def agree(self, outcomes: Sequence[Outcome]) -> None:
        """Refuse a batch whose samples returned other objects, or another structure, each."""
        if not all(outcome.same_as(outcomes[0]) for outcome in outcomes):
            raise TransformError(
                f"{self.primitive.label} returned other objects for each sample under vmap, beside "
                "its tensors.\n"
                "Return them as arrays, or call it on one sample at a time."
            )

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
