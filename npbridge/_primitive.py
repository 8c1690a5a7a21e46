"""A primitive: one opaque computation on arrays, and what autograd may do with it."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from torch import Tensor

from npbridge._convert import Like
from npbridge._dispatch import Overload
from npbridge._torch_private import without_modes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from npbridge._call import Call
    from npbridge._outcome import Outcome
    from npbridge._rule_call import RuleCall
    from npbridge._rulebook import Rulebook

    AnyCall: TypeAlias = Call | RuleCall

UNSAVED = object()
_defining = threading.RLock()


@dataclass(slots=True)
class Saved:
    """What a node kept for its rules: None stands for a tensor no rule names."""

    inputs: list[Any]
    outputs: list[Any]
    input_likes: Sequence[Like]
    output_likes: Sequence[Like]
    outcome: Outcome
    rules: Rulebook
    residuals: Any = UNSAVED


class Primitive(ABC):
    """What the dispatcher path and the eager path run and differentiate.

    An op is one; each of its NumPy rules is another, which has no rules of its own.
    """

    name: str
    """As in messages about the computation: `solve`, `solve_vjp`."""
    label: str
    """As in messages to the user: the op, or its rule in words."""
    names: tuple[str, ...]
    """The names of the values a call takes."""
    patterns: dict[Any, Any]
    """What calls have in common that differ in tensors only, by pattern and by token."""
    built_for: Any = None
    """The rules for which a compiler was given the generated call."""
    pure = False
    """Whether nothing it runs can use torch."""
    elementwise = False
    """Whether it is a function of numbers that broadcasts."""
    _overload: Overload | None = None

    def dispatcher(self) -> Overload:
        """The dispatcher op, defined on first use."""
        if self._overload is None:
            with _defining:  # or a second thread's op would replace one that is running
                if self._overload is None:
                    with without_modes():  # the digest reads numbers
                        self._overload = Overload(self)
        return self._overload

    def forget_overload(self) -> None:
        """After a change of rules the next use defines another op, under another name."""
        self._overload = None
        self.built_for = None

    @abstractmethod
    def digest(self) -> str:
        """A short text that changes with all that decides a result or a derivative."""

    @abstractmethod
    def defaults(self, values: tuple[Any, ...]) -> tuple[Any, ...]:
        """The values of a call that was given its first ones only."""

    @abstractmethod
    def bind(
        self, tensors: Sequence[Tensor], token: str, numbers: Sequence[int]
    ) -> tuple[Any, list[Tensor]]:
        """The call and its tensors, out of the arguments of the dispatcher op."""

    @abstractmethod
    def run(self, call: Any, tensors: Sequence[Tensor]) -> tuple[list[Tensor], Outcome]:
        """Compute, on the host and below autograd."""

    @abstractmethod
    def declared(self, call: Any, tensors: Sequence[Tensor]) -> tuple[list[Tensor], Outcome]:
        """Tensors with the shapes and dtypes that `run` would give."""

    @abstractmethod
    def check(
        self, call: Any, tensors: Sequence[Tensor], outputs: list[Tensor], outcome: Outcome
    ) -> None:
        """Hold what came out against what was declared; compiled code trusts it."""

    @abstractmethod
    def save(
        self,
        ctx: Any,
        call: Any,
        inputs: Sequence[Tensor],
        outputs: Sequence[Tensor],
        needs: Sequence[bool],
    ) -> None:
        """Keep in `ctx` what the rules name."""

    @abstractmethod
    def load(self, ctx: Any, tensors: Sequence[Tensor | None]) -> Saved:
        """What `save` kept, out of the unpacked `tensors`."""

    @abstractmethod
    def pull_back(
        self, call: Any, saved: Saved, needs: Sequence[bool], grads: list[Tensor | None]
    ) -> list[Tensor | None]:
        """The VJP on tensors: a gradient for each tensor argument that needs one."""

    @abstractmethod
    def push_forward(
        self, call: Any, saved: Saved, tangents: list[Tensor | None]
    ) -> list[Tensor | None]:
        """The JVP on tensors: a tangent for each tensor output."""
