"""What the generated eager code calls when a call is not plain: any result, any derivative."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor

from npbridge import _contract
from npbridge._call import Call
from npbridge._convert import Like, adopt, numpy_dtype
from npbridge._execute import finish
from npbridge._job import Job
from npbridge._outcome import Outcome
from npbridge._primitive import Saved
from npbridge._slots import TENSOR
from npbridge._torch_private import tree_flatten, will_run

if TYPE_CHECKING:
    from npbridge._op import NumpyOp

_LEAF = tree_flatten(0)[1]
_ONE_TENSOR = Outcome(_LEAF, [TENSOR])


def finish_outputs(
    op: NumpyOp[..., Any], box: list[Any], values: tuple[Any, ...], ctx: Any = None
) -> tuple[list[Tensor], Outcome]:
    """Outputs that are not one fresh array; `box` holds the only reference to them."""
    outputs, outcome = finish(op.name, box, [x for x in values if isinstance(x, Tensor)])
    if ctx is not None:
        ctx.mark_non_differentiable(
            *(y for y in outputs if not (y.is_floating_point() or y.is_complex()))
        )
        ctx.output_likes = [Like.of(y) for y in outputs]
    return outputs, outcome


def unpack(returned: tuple[Any, ...]) -> Any:
    """The structured result out of what `apply` returned: its tensors, then its outcome."""
    *tensors, outcome = returned
    return outcome.fill(tensors)


def needs_of(ctx: Any) -> Sequence[bool]:
    """Which gradients this pass will use: for each parameter, unlike a node's own mask, which is
    fixed at forward. With a single one wanted the node runs for it.
    """
    needs: Sequence[bool] = ctx.needs_input_grad
    if sum(needs) < 2:
        return needs
    refined = list(needs)
    index = 0
    for i, value in enumerate(ctx.values):
        if value is TENSOR:
            refined[i] = needs[i] and will_run(ctx, index)
            index += 1
    return refined


def gradient_tensor(
    op: NumpyOp[..., Any], label: str, name: str, gradient: Any, like: Any, output: Any
) -> Any:
    """A gradient that is not a fresh array of the right shape and dtype: checked, then copied."""
    if not isinstance(like, np.ndarray):
        like = (
            Like(*like)
            if isinstance(like, tuple)
            else Like(tuple(like.shape), numpy_dtype(like.dtype))
        )
    full = op.broadcast_shape(name, like.shape, output.shape)
    array = _contract.array_gradient(label, name, gradient, like, full, project=op.elementwise)
    return adopt(label, array)


def arrange(
    op: NumpyOp[..., Any],
    ctx: Any,
    tensors: Sequence[Tensor | None],
    result: Any,
    needs: Sequence[bool],
) -> tuple[Any, ...]:
    """A rule's return value with one entry for each parameter.

    `tensors` are those saved: checkpointing gives them out once.
    """
    call, saved = _rebuilt(op, ctx, tensors, 1)
    needed = [name for name, need in zip(op.names, needs, strict=True) if need]
    masks = tuple(need for need, v in zip(needs, ctx.values, strict=True) if v is TENSOR)
    job = Job(op, ctx.rules.vjp[None], call, needed, saved, masks)
    arranged = job.arrange(result)
    return tuple(arranged.get(name) for name in op.names)


def backward(
    op: NumpyOp[..., Any],
    ctx: Any,
    grads: tuple[Tensor | None, ...],
    tensors: Sequence[Tensor | None] | None = None,
) -> tuple[Tensor | None, ...]:
    """The backward of anything: on tensors, so that it can be differentiated again."""
    outcome: Outcome | None = ctx.outcome
    count = len(grads) if outcome is None else len(grads) - 1  # the outcome itself was returned
    if tensors is None:
        tensors = ctx.saved_tensors
    call, saved = _rebuilt(op, ctx, tensors, count)
    if outcome is not None:
        saved.outcome = outcome
        saved.output_likes = ctx.output_likes
    elif grads[0] is not None:
        saved.output_likes = [Like.of(grads[0])]
    else:
        return (None,) * len(op.names)
    refined = needs_of(ctx)
    needs = [need for need, v in zip(refined, ctx.values, strict=True) if v is TENSOR]
    pulled = iter(op.pull_back(call, saved, needs, list(grads[:count])))
    return tuple(next(pulled) if v is TENSOR else None for v in ctx.values)


def _rebuilt(
    op: NumpyOp[..., Any], ctx: Any, tensors: Sequence[Tensor | None], outputs: int
) -> tuple[Call, Saved]:
    """The call and what was saved of it, in the form the dispatcher path has them."""
    leaves, tree = tree_flatten(ctx.values)
    stored = dict(zip(ctx.kept, tensors, strict=False))
    inputs: list[Tensor | None] = []
    likes: list[Like] = []
    for i, (name, value) in enumerate(zip(op.names, ctx.values, strict=True)):
        if value is TENSOR:
            x = stored.get(name)
            inputs.append(x)
            likes.append(Like.of(x) if x is not None else _torch_like(getattr(ctx, f"like{i}_")))
    kept: list[Tensor | None] = list(tensors[len(ctx.kept) :]) or [None] * outputs
    return Call(op, tree, leaves), Saved(inputs, kept, likes, (), _ONE_TENSOR, ctx.rules)


def _torch_like(like: tuple[Any, Any]) -> Like:
    shape, dtype = like
    return Like(shape, getattr(torch, dtype.name))
