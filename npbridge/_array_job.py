"""A NumPy rule run on arrays: at once, or over the batch where the op does not broadcast itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from npbridge import _contract
from npbridge._batch import items_of, stack
from npbridge._convert import Like, numpy_dtype
from npbridge._job import Job

if TYPE_CHECKING:
    from npbridge._op import NumpyOp


def array_gradients(job: Job, environment: dict[str, Any]) -> list[Any]:
    """What a vjp returns, one entry for each tensor argument."""
    op, label = job.op, job.rule.label
    output = tuple(job.output_likes[0].shape)

    def check(name: str, g: Any, like: Like) -> Any:
        full = op.broadcast_shape(name, like.shape, output)
        return _contract.array_gradient(label, name, g, _numpy(like), full, project=op.elementwise)

    if not loops(op, output):
        return job.gradients(job.rule(environment), check)

    def check_item(name: str, g: Any, like: Like) -> Any:
        item = Like(_core(job, name, like), like.dtype)
        return np.array(_contract.array_gradient(label, name, g, _numpy(item), item.shape))

    batch = op.batch_of(output)
    rows = [
        job.gradients(job.rule(item), check_item)
        for item in items_of(environment, _cores(job), batch)
    ]
    if not rows:
        return [
            np.zeros(like.shape, _numpy(like).dtype) if need else None
            for like, need in zip(job.likes, job.needs, strict=True)
        ]
    gradients = []
    for column, like in zip(zip(*rows, strict=True), job.likes, strict=True):
        some = next((g for g in column if g is not None), None)
        if some is not None:
            filled = [np.zeros_like(some) if g is None else g for g in column]
            some = _contract.sum_array(stack(label, filled, batch), tuple(like.shape))
        gradients.append(some)
    return gradients


def array_tangents(job: Job, environment: dict[str, Any]) -> list[Any]:
    """What a jvp returns, one entry for each tensor output."""
    label = job.rule.label

    def check(_: str, t: Any, like: Like) -> Any:
        return _contract.array_gradient(label, None, t, _numpy(like), like.shape)

    if not loops(job.op, tuple(job.output_likes[0].shape)):
        return job.tangents_of(job.rule(environment), check)
    batch = job.op.batch_of(tuple(job.output_likes[0].shape))

    def check_item(_: str, t: Any, like: Like) -> Any:
        item = Like(tuple(like.shape[len(batch) :]), like.dtype)
        return np.array(_contract.array_gradient(label, None, t, _numpy(item), item.shape))

    rows = [
        job.tangents_of(job.rule(item), check_item)
        for item in items_of(environment, _cores(job), batch)
    ]
    if not rows:
        return [np.zeros(like.shape, _numpy(like).dtype) for like in job.output_likes]
    return [
        None if any(t is None for t in column) else stack(label, column, batch)
        for column in zip(*rows, strict=True)
    ]


def loops(op: NumpyOp[..., Any], output: tuple[int, ...]) -> bool:
    """Whether a rule of `op` runs once for each item of the batch of this output."""
    return op.signature is not None and not op.vectorized and bool(op.batch_of(output))


def _cores(job: Job) -> dict[str, Any]:
    """The core dimensions of everything a rule is given."""
    op = job.op
    if op.signature is None:
        return {}
    single = len(op.signature.outputs) == 1
    outputs: Any = op.signature.outputs[0] if single else op.signature.outputs
    operands = dict(zip(op.names, op.signature.inputs, strict=False))
    words = dict.fromkeys((*op.words.grad, *op.words.out), outputs)
    return {**words, **operands, **dict.fromkeys(op.words.tangents, operands)}


def _core(job: Job, name: str, like: Like) -> tuple[int, ...]:
    core = job.op.core_of(name)
    return tuple(like.shape) if core is None else tuple(like.shape[len(like.shape) - len(core) :])


def _numpy(like: Like) -> Like:
    return Like(tuple(like.shape), numpy_dtype(like.dtype))
