"""Calls inside torch.func: each transform is taken off in turn, and what is left is computed.

torch's dispatcher comes to the same, by way of two calls of the op for each transform; it serves
what cannot be seen from here, such as a traced graph that is run inside a transform.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from torch import Tensor

from npbridge import _batching, _dispatch
from npbridge._batching import Below
from npbridge._torch_private import (
    VMAP,
    alive,
    grad_modes,
    has_derivative,
    innermost_level,
    is_plain,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from npbridge._outcome import Outcome
    from npbridge._primitive import AnyCall
    from npbridge._torch_private import Level


def through(call: AnyCall, tensors: Sequence[Tensor]) -> tuple[list[Tensor], Outcome]:
    """Run a call below the innermost transform, or compute it where there is none."""
    level = innermost_level()
    if level is None:
        if is_plain(tensors):
            return call.primitive.run(call, tensors)
        return _dispatch.call(call, list(tensors))
    tensors = alive(tensors)
    modes = grad_modes()
    if level.kind == VMAP:
        return _batching.run(call, tensors, Below(partial(level.call_below, modes), through))
    own = level.own(tensors)
    if not has_derivative(own):
        return _derivative_below(level, modes, call, own)
    box: list[Outcome] = []
    apply = call.primitive.dispatcher().apply
    outputs = apply(partial(_derivative_below, level, modes), call, box, *own)
    return list(outputs), box[0]


def _derivative_below(
    level: Level, modes: tuple[bool, bool], call: AnyCall, tensors: Sequence[Tensor]
) -> tuple[list[Tensor], Outcome]:
    outputs, outcome = level.call_below(modes, through, call, level.inner(tensors))
    return level.wrap(outputs), outcome
