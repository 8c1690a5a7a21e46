"""A primitive: one opaque computation on arrays, and what autograd may do with it."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from torch import Tensor

from npbridge._convert import Like
from npbridge._dispatch import Overload

if TYPE_CHECKING:
    from collections.abc import Sequence

    from npbridge._call import Call, Outcome
    from npbridge._rulebook import Rulebook

UNSAVED = object()
_defining = threading.Lock()


@dataclass(slots=True)
class Saved:
    """What a node kept for its rules: None stands for a tensor no rule names."""

    inputs: list[Tensor | None]
    outputs: list[Tensor | None]
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
    _overload: Overload | None = None

    def overload(self) -> Overload:
        """The dispatcher op, defined on first use."""
        if self._overload is None:
            with _defining:  # or a second thread's op would replace one that is running
                if self._overload is None:
                    self._overload = Overload(self)
        return self._overload

    @abstractmethod
    def compute(self, values: tuple[Any, ...]) -> tuple[Any, Any]:
        """The result and the residuals, on arrays."""

    @abstractmethod
    def save(
        self,
        ctx: Any,
        call: Call,
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
        self, call: Call, saved: Saved, needs: Sequence[bool], grads: list[Tensor | None]
    ) -> list[Tensor | None]:
        """The VJP on tensors: a gradient for each tensor argument that needs one."""

    @abstractmethod
    def push_forward(
        self, call: Call, saved: Saved, tangents: list[Tensor | None]
    ) -> list[Tensor | None]:
        """The JVP on tensors: a tangent for each tensor output."""
