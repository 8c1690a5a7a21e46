"""What runs of a NumPy rule have in common, and the text that says so in a graph."""

from __future__ import annotations

import functools
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from npbridge._call import Call
from npbridge._convert import Like
from npbridge._outcome import Outcome

if TYPE_CHECKING:
    from npbridge._rule_call import RuleCall
    from npbridge._rule_primitive import RulePrimitive

Layout = tuple[tuple[torch.dtype, int, bool], ...]
"""Of each tensor its dtype, its number of dimensions, and whether it is given."""


@dataclass(frozen=True)
class Plan:
    """What runs of a rule have in common that differ in tensors and sizes only."""

    call: Call
    """The call of the op that is differentiated."""
    names: tuple[str, ...]
    needs: tuple[bool, ...]
    inputs: Layout
    outputs: Layout
    given: tuple[bool, ...]
    """Which cotangents (or, for a jvp, tangents) there are."""
    outcome: Outcome
    token: str
    sized: dict[tuple[int, ...], RuleCall] = field(default_factory=dict)
    """The calls with nothing but sizes of their own, by their sizes."""

    @functools.cached_property
    def count(self) -> int:
        """The number of tensors."""
        kept = sum(here for _, _, here in (*self.inputs, *self.outputs))
        return kept + sum(self.given)


def layout_of(likes: Sequence[Like], given: Sequence[Tensor | None]) -> Layout:
    """The layout of inputs or outputs, out of those that are given."""
    return tuple(
        [(like.dtype, len(like.shape), x is not None) for like, x in zip(likes, given, strict=True)]
    )


def write(pattern: tuple[Any, ...]) -> str:
    """A plan's token; `pattern` is its fields, with the tokens of its call and its outcome."""
    call, names, needs, inputs, outputs, given, outcome = pattern
    layouts = [
        [(str(dtype).removeprefix("torch."), rank, here) for dtype, rank, here in layout]
        for layout in (inputs, outputs)
    ]
    return json.dumps([call, names, needs, *layouts, given, outcome])


def read(primitive: RulePrimitive, token: str) -> Plan:
    """The plan of a token."""
    call_token, names, needs, inputs, outputs, given, outcome = json.loads(token)
    count = len(needs)
    call = Call.by_token(primitive.op, call_token, count)
    layouts = [
        tuple((getattr(torch, dtype), rank, here) for dtype, rank, here in layout)
        for layout in (inputs, outputs)
    ]
    return Plan(
        call,
        tuple(names),
        tuple(needs),
        layouts[0],
        layouts[1],
        tuple(given),
        Outcome.of_text(outcome, primitive.label),
        token,
    )
