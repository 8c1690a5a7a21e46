"""vmap: one call on the whole batch where an op broadcasts, otherwise one for each sample."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np
import torch
from torch import Tensor

from npbridge._batched import Batch
from npbridge._call import Call
from npbridge._convert import Like
from npbridge._outcome import Outcome, agree
from npbridge._primitive import UNSAVED, Saved
from npbridge._rule_call import RuleCall
from npbridge._shapes import why_unknown
from npbridge._slots import TENSOR
from npbridge._torch_private import (
    add_batch,
    is_plain,
    randomness,
    tree_flatten,
    tree_unflatten,
)
from npbridge.errors import RuleError, TransformError, sentence

if TYPE_CHECKING:
    from npbridge._op import NumpyOp
    from npbridge._primitive import AnyCall

    Again: TypeAlias = Callable[[AnyCall, Sequence[Tensor]], tuple[list[Tensor], Outcome]]


class Below(NamedTuple):
    """The way from a vmap to what is below it."""

    enter: Callable[..., tuple[list[Tensor], Outcome]]
    """Calls a function with its arguments there."""
    again: Again
    """Runs a call once there."""


def run(call: AnyCall, tensors: Sequence[Tensor], below: Below) -> tuple[list[Tensor], Outcome]:
    """A call of batched tensors."""
    batch = Batch(tensors)
    if batch.size is None:  # constants of an outer level
        return below.enter(below.again, call, tensors)
    if isinstance(call, RuleCall):
        outputs, outcome = below.enter(_rule, call, batch, below.again)
        return batch.wrap(call.primitive.op.label, outputs), outcome
    op: Any = call.primitive
    if op.vmap_rule is not None:
        return below.enter(_by_rule, call, batch, randomness())
    outputs, outcome = below.enter(_whole, call, batch, below.again)
    return batch.wrap(op.label, outputs), outcome


def _whole(call: Call, batch: Batch, again: Again) -> tuple[list[Tensor], Outcome]:
    op: Any = call.primitive
    ranks = _ranks(op, call, batch)
    if ranks is None and op.vmap != "broadcast":
        return _each(op, call, batch, again)
    whole = [
        batch.leading(i, rank=None if ranks is None else ranks.get(i), always=ranks is None)
        for i in range(len(batch.inner))
    ]
    return again(call, whole)


def _rule(call: RuleCall, batch: Batch, again: Again) -> tuple[list[Tensor], Outcome]:
    """A NumPy rule is given everything with the batch in front, what is not batched expanded."""
    op, plan = call.primitive.op, call.plan
    ranks = _ranks_of_rule(call, batch)
    if (ranks is None and op.vmap != "broadcast") or call.residuals is not UNSAVED:
        return _each(op, call, batch, again)
    likes, out_likes = call.likes
    inputs, outputs, given = call.parts(list(range(len(batch.inner))))

    def whole(place: int | None, rank: int | None, *, operand: bool = True) -> Tensor | None:
        if place is None:
            return None
        if not operand:
            return batch.inner[place]  # it is not batched, and broadcasts over nothing
        return batch.leading(place, rank=rank, always=True)

    def rank_of(k: int) -> int | None:
        return None if ranks is None else ranks.get(k)

    def stretched(like: Like, rank: int | None) -> Like:
        shape = tuple(like.shape)
        ones = (1,) * (0 if rank is None else rank - len(shape))
        return Like((batch.size, *ones, *shape), like.dtype)

    operand = [ranks is None or k in ranks for k in range(len(likes))]
    saved = Saved(
        [whole(i, rank_of(k), operand=operand[k]) for k, i in enumerate(inputs)],
        [whole(i, None) for i in outputs],
        [stretched(x, rank_of(k)) if operand[k] else x for k, x in enumerate(likes)],
        [stretched(like, None) for like in out_likes],
        plan.outcome,
        op.rules,
    )
    forward = call.primitive.mode == "jvp"
    grads = [
        whole(i, rank_of(k) if forward else None, operand=not forward or operand[k])
        for k, i in enumerate(given)
    ]
    bigger, tensors = RuleCall.make(call.primitive, call.call, plan.names, plan.needs, saved, grads)
    results, outcome = again(bigger, tensors)
    shaped = [
        y.reshape((batch.size, *like.shape))
        for y, like in zip(results, call.results(), strict=True)
    ]
    return shaped, outcome


def _ranks(op: NumpyOp[..., Any], call: Call, batch: Batch) -> dict[int, int] | None:
    """For each tensor operand of the signature its dimensions once all batches are aligned; None
    where the op does not broadcast over what is batched.
    """
    if op.signature is None:
        return None
    count = len(op.signature.inputs)
    values = call.fill([None] * len(batch.inner))
    spans = call.spans()
    lead = 0
    places: dict[int, int] = {}
    for name, dims, value in zip(op.names, op.signature.inputs, values[:count], strict=False):
        rank = value.dim() if isinstance(value, Tensor) else np.ndim(value)
        if not call.structure(name).is_leaf():
            return None  # a list of tensors is one operand
        for i in spans[name]:
            rank = batch.inner[i].dim() - (batch.axes[i] is not None)
            places[i] = len(dims)
        if rank < len(dims):
            return None  # the op says so, sample by sample
        lead = max(lead, rank - len(dims))
    if any(axis is not None and i not in places for i, axis in enumerate(batch.axes)):
        return None
    return {i: lead + core for i, core in places.items()}


def _ranks_of_rule(call: RuleCall, batch: Batch) -> dict[int, int] | None:
    """The same for the inputs of the op whose rule runs."""
    op = call.primitive.op
    if op.signature is None:
        return None
    if not all(
        call.call.structure(name).is_leaf() for name in op.names[: len(op.signature.inputs)]
    ):
        return None
    out_likes = call.likes[1]
    lead = len(op.batch_of(tuple(out_likes[0].shape)))
    spans = call.call.spans()
    places = {
        i: lead + len(dims)
        for name, dims in zip(op.names, op.signature.inputs, strict=False)
        for i in spans[name]
    }
    inputs, _, given = call.parts(batch.axes)
    tangents = given if call.primitive.mode == "jvp" else []
    stray = any(
        axis is not None and i not in places
        for axes in (inputs, tangents)
        for i, axis in enumerate(axes)
    )
    missing = call.primitive.mode == "vjp" and any(i not in places for i in call.places())
    return None if stray or missing else places


def _each(
    op: NumpyOp[..., Any], call: AnyCall, batch: Batch, again: Again
) -> tuple[list[Tensor], Outcome]:
    """One call for each sample; on threads where nothing but arrays is left below."""
    if batch.size == 0:
        return _none(op, call, batch)
    samples = [batch.sample(i) for i in range(batch.size)]
    if op.vmap == "threads" and is_plain(batch.inner):
        contexts = [copy_context() for _ in samples]  # the caller's np.errstate, for one
        with ThreadPoolExecutor(max_workers=torch.get_num_threads()) as pool:
            run = call.primitive.run
            done = list(pool.map(lambda c, s: c.run(run, call, s), contexts, samples))
    else:
        done = [again(call, sample) for sample in samples]
    agree(op.label, [outcome for _, outcome in done])
    columns = zip(*(outputs for outputs, _ in done), strict=True)
    return [torch.stack(column) for column in columns], done[0][1]


def _none(op: NumpyOp[..., Any], call: AnyCall, batch: Batch) -> tuple[list[Tensor], Outcome]:
    """The outputs for a batch without samples."""
    if (reason := why_unknown(op)) is not None and isinstance(call, Call):
        raise TransformError(
            f"{op.label} was vmapped over an empty batch.\n"
            + reason.partition("\n")[2].replace("Declare", "For its shapes declare")
        )
    sample = [
        x if a is None else x.new_zeros(x.shape[:a] + x.shape[a + 1 :])
        for x, a in zip(batch.inner, batch.axes, strict=True)
    ]
    likes, outcome = call.primitive.declared(call, sample)
    return [y.new_empty((0, *y.shape)) for y in likes], outcome


def _by_rule(call: Call, batch: Batch, randomness: str) -> tuple[list[Tensor], Outcome]:
    """The author's own batching rule."""
    op: Any = call.primitive
    values = call.fill(batch.inner)
    following = iter(batch.axes)
    axes = tree_unflatten(
        [next(following) if x is TENSOR else None for x in call.leaves], call.tree
    )
    info = VmapInfo(batch.size, randomness)
    returned = op.vmap_rule(info, axes, *values)
    if not (isinstance(returned, tuple) and len(returned) == 2):
        raise RuleError(
            sentence(
                f"the register_vmap rule of {op.label} returned something else than outputs and "
                "their batch dimensions.",
                expected="(outputs, out_dims)",
                got=type(returned).__name__,
            )
        )
    result, dims = returned
    leaves, tree = tree_flatten(result)
    listed = tree_flatten(dims)[0]
    if len(listed) == 1:
        listed = listed * len(leaves)
    pairs = [(y, d) for y, d in zip(leaves, listed, strict=True) if isinstance(y, Tensor)]
    for y, d in pairs:
        if d is not None and y.size(d) != batch.size:
            raise RuleError(
                sentence(
                    f"the register_vmap rule of {op.label} returned an output with another batch.",
                    expected=f"{batch.size} along dimension {d}",
                    got=tuple(y.shape),
                )
            )
    outputs = [y if d is None else add_batch(y, d, batch.level) for y, d in pairs]
    kept = [TENSOR if isinstance(y, Tensor) else y for y in leaves]
    return outputs, Outcome(tree, kept)


class VmapInfo(NamedTuple):
    """What `register_vmap` tells a rule, as torch.library.register_vmap does."""

    batch_size: int
    randomness: str
