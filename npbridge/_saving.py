"""What a node of the dispatcher path keeps for the rules, and how it comes back.

Tensors go through save_for_backward: the version counter watches them, saved-tensor hooks may pack
them, and they die with the graph. Residuals that are no arrays ride on a saved tensor.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import numpy as np
import torch
from torch import Tensor

from npbridge._call import Call
from npbridge._convert import NATIVE, Like
from npbridge._primitive import UNSAVED, Saved
from npbridge._slots import TENSOR
from npbridge._torch_private import saved_tensor_hooks_active, tree_flatten, tree_unflatten

if TYPE_CHECKING:
    from npbridge._op import NumpyOp


def save(
    op: NumpyOp[..., Any],
    ctx: Any,
    call: Call,
    inputs: Sequence[Tensor],
    outputs: Sequence[Tensor],
    needs: Sequence[bool],
) -> None:
    """Keep in `ctx` what the rules that this call may need name."""
    wanted = _wanted(op, call, tuple(needs))
    ctx.rules = op.rules
    ctx.likes = ([Like.of(x) for x in inputs], [Like.of(y) for y in outputs])
    ctx.call = call.kept_for(wanted.names)
    ctx.residuals = None
    residuals: list[Tensor] = []
    if wanted.residuals and ctx.plain:
        ctx.residuals, residuals = _take_residuals(ctx.outcome.residuals)
    ctx.outcome = ctx.outcome.bare()
    ctx.save_for_backward(*wanted.reverse.of(inputs, outputs), *residuals)
    ctx.save_for_forward(*wanted.forward.of(inputs, outputs))


class _Kept(NamedTuple):
    """Which tensors a mode keeps."""

    inputs: tuple[bool, ...]
    outputs: bool

    @staticmethod
    def for_words(op: NumpyOp[..., Any], words: Collection[str], call: Call) -> _Kept:
        """Those that `words` name. Residuals depend on every input: with them all inputs are
        kept, so that a second derivative meets the error, not a zero.
        """
        inputs = [False] * call.count
        for name, indices in call.spans().items():
            for i in indices:
                inputs[i] = name in words or "residuals" in words
        return _Kept(tuple(inputs), any(word in words for word in op.words.out))

    def of(self, inputs: Sequence[Tensor], outputs: Sequence[Tensor]) -> list[Tensor | None]:
        """The tensors, None for the rest."""
        kept = [x if keep else None for x, keep in zip(inputs, self.inputs, strict=True)]
        return [*kept, *(outputs if self.outputs else [None] * len(outputs))]


class _Wanted(NamedTuple):
    """What a kind of call keeps."""

    reverse: _Kept
    forward: _Kept
    names: frozenset[str]
    """The arguments, tensors or not, that a rule names."""
    residuals: bool


def _wanted(op: NumpyOp[..., Any], call: Call, needs: tuple[bool, ...]) -> _Wanted:
    known: _Wanted | None = op.rules.wanted_by.get((call.token, needs))
    if known is None:
        spans = call.spans()
        reverse = op.rules.wanted([n for n, at in spans.items() if any(needs[i] for i in at)])
        forward = op.rules.wanted_forward(op.names)
        words = reverse | forward
        known = _Wanted(
            _Kept.for_words(op, reverse, call),
            _Kept.for_words(op, forward, call),
            frozenset(op.names if "residuals" in words else words),
            "residuals" in reverse,
        )
        lasting = call.token is not None and not call.token.startswith("#")
        if lasting and len(op.rules.wanted_by) < 1000:
            op.rules.wanted_by[call.token, needs] = known
    return known


def load(ctx: Any, tensors: Sequence[Tensor | None]) -> Saved:
    """What `save` kept, out of the unpacked `tensors`, with the residuals put together again."""
    input_likes, output_likes = ctx.likes
    split = len(input_likes)
    stop = split + len(output_likes)
    residuals = UNSAVED
    if ctx.residuals is not None and len(tensors) > stop:
        residuals = _give_residuals(ctx.residuals, cast("Sequence[Tensor]", tensors[stop:]))
    inputs, outputs = list(tensors[:split]), list(tensors[split:stop])
    return Saved(inputs, outputs, input_likes, output_likes, ctx.outcome, ctx.rules, residuals)


_NUMERIC = frozenset(str(dtype).removeprefix("torch.") for dtype in NATIVE)


class _Leaves(list[Any]):
    """The leaves of residuals that are no arrays; a list that can be an attribute's value."""


def _take_residuals(residuals: Any) -> tuple[Any, list[Tensor]]:
    leaves, tree = tree_flatten(residuals)
    arrays = [torch.from_numpy(np.array(x)) for x in leaves if _is_numeric(x)]
    rest = _Leaves(TENSOR if _is_numeric(x) else x for x in leaves)
    carrier = torch.empty(0)
    cast("Any", carrier).residuals = rest
    # Hooks put other tensors in the place of those saved, so then the node itself holds the rest.
    held = rest if saved_tensor_hooks_active() else None
    return (tree, held), [*arrays, carrier]


def _is_numeric(x: Any) -> bool:
    """Whether torch has the dtype of an array; other arrays stay objects."""
    return type(x) is np.ndarray and x.dtype.isnative and x.dtype.name in _NUMERIC


def _give_residuals(kept: Any, tensors: Sequence[Tensor]) -> Any:
    tree, held = kept
    rest = held if held is not None else cast("Any", tensors[-1]).residuals
    arrays = iter(tensors[:-1])
    return tree_unflatten([next(arrays) if x is TENSOR else x for x in rest], tree)
