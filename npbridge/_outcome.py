"""What a computation returned, less its tensors: the structure that they are put into."""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from npbridge import _token
from npbridge._slots import TENSOR
from npbridge._torch_private import TreeSpec, tree_flatten, tree_unflatten
from npbridge.errors import TransformError


@dataclass(slots=True)
class Outcome:
    """What a computation returned, less its tensors."""

    tree: TreeSpec
    leaves: list[Any]
    residuals: Any = None
    _text: str | None = None

    def text(self) -> str:
        """Where its tensors stand; the empty text for one tensor."""
        if self._text is None:
            places = [x is TENSOR for x in self.leaves]
            single = self.is_one_tensor
            self._text = "" if single else json.dumps([places, _token.tree(self.tree)])
        return self._text

    @staticmethod
    def of_text(text: str, label: str) -> Outcome:
        """The structure a text tells, with None for what is no tensor."""
        if not text:
            return ONE_TENSOR
        places, tree = json.loads(text)
        return Outcome(_token.load_tree(tree, label), [TENSOR if here else None for here in places])

    @property
    def is_one_tensor(self) -> bool:
        """Whether the result is a tensor, and not a structure that holds some."""
        return self.tree.is_leaf() and self.leaves[0] is TENSOR

    def same_as(self, other: Outcome) -> bool:
        """Whether two results differ in their tensors only."""
        plain = (bool, int, float, str, bytes)
        if len(self.leaves) != len(other.leaves):
            return False
        return self.tree == other.tree and all(
            x is y or (type(x) is type(y) and isinstance(x, plain) and x == y)
            for x, y in zip(self.leaves, other.leaves, strict=True)
        )

    def bare(self) -> Outcome:
        """The same without residuals, which only a node may keep."""
        return self if self.residuals is None else Outcome(self.tree, self.leaves)

    def fill(self, tensors: Sequence[Any]) -> Any:
        """The result with `tensors` in their places."""
        if self.is_one_tensor:
            return tensors[0]
        following = iter(tensors)
        return tree_unflatten(
            [next(following) if x is TENSOR else x for x in self.leaves], self.tree
        )


class _Last(threading.local):
    """What the dispatcher, whose outputs can only be tensors, has no room for."""

    outcome: Outcome | None = None


last = _Last()
"""Set at the end of every kernel that computes, or says what would be computed."""


def agree(label: str, outcomes: Sequence[Outcome]) -> None:
    """Refuse a batch whose samples returned other objects, or another structure, each."""
    if not all(outcome.same_as(outcomes[0]) for outcome in outcomes):
        raise TransformError(
            f"{label} returned other objects for each sample under vmap, beside its tensors.\n"
            "Return them as arrays, or call it on one sample at a time."
        )


ONE_TENSOR = Outcome(tree_flatten(0)[1], [TENSOR])
