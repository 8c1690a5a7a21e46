"""One call: its arguments taken apart into tensors and the rest."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor

from npbridge import _token
from npbridge._convert import holds, view
from npbridge._slots import ARRAY, FLOAT, INT, TENSOR, Extra, Slot
from npbridge._torch_private import TreeSpec, tree_flatten, tree_unflatten
from npbridge.errors import UnsupportedTensorError, sentence

if TYPE_CHECKING:
    from npbridge._primitive import Primitive

_PLAIN = frozenset({type(None), bool, int, str})
_IMMUTABLE = _PLAIN | {float, complex, bytes}
MOST_PATTERNS = 1000


class Call:
    """The arguments of one call of an op, less its tensors.

    `values` is a tuple, one entry for each parameter of the op. In graphs, numbers and arrays are
    tensors and integers too, beside those of the user: slots in `leaves`, values in `extras`.
    `lasting` says that nothing in it can change.
    """

    __slots__ = (
        "__weakref__",
        "_spans",
        "count",
        "extras",
        "flat",
        "has_slots",
        "lasting",
        "leaves",
        "primitive",
        "token",
        "tree",
    )

    def __init__(
        self, primitive: Primitive, tree: TreeSpec, leaves: list[Any], extras: Sequence[Any] = ()
    ) -> None:
        self.primitive = primitive
        self.tree = tree
        self.leaves = leaves
        self.extras = extras
        self.token: str | None = None
        self.flat = all(child.is_leaf() for child in tree.children())
        self.count = sum(x is TENSOR for x in leaves)
        self.has_slots = any(type(x) is Extra for x in leaves)
        self.lasting = all(isinstance(x, Slot) or type(x) in _IMMUTABLE for x in leaves)
        self._spans: dict[str, list[int]] | None = None

    @staticmethod
    def take(primitive: Primitive, values: Sequence[Any]) -> tuple[Call, list[Tensor]]:
        """Take the tensors out of `values`. Calls that differ in tensors only share one object."""
        tensors: list[Tensor] = []
        key: list[Any] = []
        for value in values:
            if isinstance(value, Tensor):
                tensors.append(value)
                key.append(TENSOR)
            elif value is TENSOR:
                key.append(TENSOR)
            elif type(value) in _PLAIN:
                key += (type(value), value)
            elif type(value) is float:
                key += (float, value.hex())  # -0.0 is not 0.0, and NaN is NaN
            else:
                return Call._general(primitive, values)
        pattern = tuple(key)
        call = primitive.patterns.get(pattern)
        if call is None:
            call, _ = Call._general(primitive, values)
            call.remember(pattern)
        return call, tensors

    @staticmethod
    def _general(primitive: Primitive, values: Sequence[Any]) -> tuple[Call, list[Tensor]]:
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

    def remember(self, pattern: Any) -> None:
        """Keep this call for the next one of its pattern, and for graphs that name it."""
        patterns = self.primitive.patterns
        if len(patterns) >= MOST_PATTERNS:
            patterns.clear()
        self.name()
        patterns[pattern] = patterns[self.token] = self

    @staticmethod
    def by_token(primitive: Primitive, token: str, count: int) -> Call:
        """The call a token stands for; the empty one for `count` tensors in order."""
        if token.startswith("#"):
            running: Call = _token.running(token, primitive.label)
            return running
        if not token:
            positional: Call | None = primitive.patterns.get(count)
            if positional is None:
                positional, _ = Call.take(primitive, primitive.defaults((TENSOR,) * count))
                primitive.patterns[count] = positional
            return positional
        call: Call | None = primitive.patterns.get(token)
        if call is None:
            call = Call(primitive, *_token.to_call(primitive, token))
            call.token = token
            primitive.patterns[token] = call
        return call

    # -- to the dispatcher and back ---------------------------------------------------------------

    def name(self) -> str:
        """The token, which says everything about the call but its tensors and extras."""
        if self.token is None:
            self.token = _token.of_call(self)
        return self.token

    def for_graph(self) -> Call:
        """The call with its arrays as tensors: a graph can hold those."""
        known = iter(self.extras)
        extras: list[Any] = []
        leaves: list[Any] = []
        for x in self.leaves:
            if type(x) is Extra:
                extras.append(next(known))
            elif isinstance(x, np.ndarray):
                extras.append(torch.tensor(x, device="cpu"))
            elif isinstance(x, torch.SymInt):
                extras.append(x)
            kinds = ((np.ndarray, ARRAY), (torch.SymInt, INT))
            leaves.append(next((slot for kind, slot in kinds if isinstance(x, kind)), x))
        call = Call(self.primitive, self.tree, leaves, extras)
        call.token = _token.of_call(call)
        return call

    def packed(self, tensors: Sequence[Tensor]) -> tuple[Any, ...]:
        """The arguments of the dispatcher op."""
        if self.token is None:
            self.token = _token.of_running(self)
        if not self.extras:
            return (list(tensors), self.token) if self.token else (list(tensors),)
        numbers = [x for x in self.extras if not isinstance(x, Tensor)]
        more = [x for x in self.extras if isinstance(x, Tensor)]
        return [*tensors, *more], self.token, numbers

    def with_extras(self, tensors: Sequence[Tensor], numbers: Sequence[int]) -> Call:
        """The call with values for its slots."""
        if not self.has_slots:
            return self
        following, ints = iter(tensors), iter(numbers)
        slots = [x for x in self.leaves if type(x) is Extra]
        extras = [next(ints) if x is INT else next(following) for x in slots]
        call = Call(self.primitive, self.tree, self.leaves, extras)
        call.token, call._spans = self.token, self._spans
        return call

    def with_floats(self) -> Call:
        """The call with Python floats where a graph has tensors: they promote as numbers do."""
        if not self.has_slots:
            return self
        slots = [x for x in self.leaves if type(x) is Extra]
        extras = [1.0 if x is FLOAT else y for x, y in zip(slots, self.extras, strict=True)]
        return Call(self.primitive, self.tree, self.leaves, extras)

    def on_arrays(self) -> Call:
        """The call with its slots filled for NumPy."""
        if not self.extras:
            return self
        following = iter(self.extras)
        leaves = [_value(x, next(following)) if type(x) is Extra else x for x in self.leaves]
        return Call(self.primitive, self.tree, leaves)

    # -- to rules and computations ----------------------------------------------------------------

    def fill(self, tensors: Sequence[Any]) -> tuple[Any, ...]:
        """The values with `tensors` (or arrays, or anything else) in the tensors' places."""
        following, extras = iter(tensors), iter(self.extras)
        leaves = [
            next(following) if x is TENSOR else next(extras) if type(x) is Extra else x
            for x in self.leaves
        ]
        if self.flat:
            return tuple(leaves)
        values: tuple[Any, ...] = tree_unflatten(leaves, self.tree)
        return values

    def kept_for(self, names: Collection[str]) -> Call:
        """The call as a node keeps it: of arrays, which have no version counter, copies, and of
        arguments that no rule names, nothing.
        """
        if self.lasting:
            return self
        leaves: list[Any] = []
        start = 0
        for name, child in zip(self.primitive.names, self.tree.children(), strict=True):
            for x in self.leaves[start : start + child.num_leaves]:
                kept = x.copy() if isinstance(x, np.ndarray) else x
                leaves.append(kept if name in names or x is TENSOR or type(x) is Extra else None)
            start += child.num_leaves
        return Call(self.primitive, self.tree, leaves, self.extras)

    def spans(self) -> dict[str, list[int]]:
        """For each name the indices of its tensors."""
        if self._spans is None:
            spans: dict[str, list[int]] = {}
            leaf, count = 0, 0
            for name, child in zip(self.primitive.names, self.tree.children(), strict=True):
                spans[name] = []
                for x in self.leaves[leaf : leaf + child.num_leaves]:
                    if x is TENSOR:
                        spans[name].append(count)
                        count += 1
                leaf += child.num_leaves
            self._spans = spans
        return self._spans

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


def _value(slot: Any, x: Any) -> Any:
    if slot is INT:
        return int(x)
    return view(x) if slot is ARRAY else float(x)
