"""Where and in which precision a call is computed, and what comes out of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor

from npbridge import _device, _dispatch, _levels
from npbridge._call import Call
from npbridge._convert import (
    FLOATS,
    HALVES,
    PLAIN,
    adopt,
    check_supported,
    has_tangent,
    output_leaf,
    view,
)
from npbridge._outcome import ONE_TENSOR, Outcome, agree
from npbridge._slots import TENSOR
from npbridge._torch_private import (
    fast_path_closed,
    is_legacy_batched,
    is_tracing,
    over_legacy_batch,
    transforms_active,
    tree_flatten,
)
from npbridge.errors import TransformError

if TYPE_CHECKING:
    from npbridge._primitive import AnyCall


def run(call: Call, tensors: Sequence[Tensor]) -> tuple[list[Tensor], Outcome]:
    """Compute an op on the host, below autograd: arrays in, the outputs' tensors out."""
    op: Any = call.primitive
    arrays = [view(x) for x in tensors]
    result, residuals = op.compute(call.on_arrays().fill(arrays))
    box = [result]
    del result
    outputs, outcome = finish(op.name, box, tensors)
    if residuals is not None:
        outcome = Outcome(outcome.tree, outcome.leaves, residuals)
    return outputs, outcome


def finish(op: str, box: list[Any], arguments: Sequence[Tensor]) -> tuple[list[Tensor], Outcome]:
    """The tensors and the rest of what a function returned, which is the one item of `box`.

    No variable may refer to the result besides: arrays that somebody else holds are copied.
    """
    if type(box[0]) is np.ndarray:
        y = box.pop()
        return [adopt(op, y)], ONE_TENSOR
    if isinstance(box[0], np.number):
        return [adopt(op, np.array(box.pop()))], ONE_TENSOR
    leaves, tree = tree_flatten(box.pop())
    like = next((x.dtype.to_real() for x in arguments if has_tangent(x)), torch.float64)
    outputs: list[Tensor] = []
    for i in range(len(leaves)):
        y = output_leaf(op, leaves, i, like)
        leaves[i] = TENSOR if isinstance(y, Tensor) else y
        if isinstance(y, Tensor):
            outputs.append(y)
    return outputs, Outcome(tree, leaves)


def execute(call: AnyCall, tensors: list[Any]) -> tuple[list[Any], Outcome]:
    """Compute where and how these tensors need it; derivatives are recorded if any can be.

    Halves are computed in float32 and device tensors on the host by torch's own conversions,
    which are differentiable and compose with every transform.
    """
    legacy = odd = halves = away = False
    for x in tensors:  # once, since this is on the way of every call inside a transform
        legacy = legacy or is_legacy_batched(x)
        if x.dtype not in FLOATS or x.layout is not torch.strided or x.is_nested:
            odd = True
            halves = halves or x.dtype in HALVES
        away = away or not x.is_cpu
    if legacy:
        outcomes: list[Outcome] = []

        def sample(parts: list[Any]) -> list[Any]:
            outputs, outcome = execute(call, parts)
            outcomes.append(outcome)
            return outputs

        batched = over_legacy_batch(sample, tensors)
        agree(call.primitive.label, outcomes)
        return batched, outcomes[0]
    primitive = call.primitive
    if is_tracing():
        raise TransformError(
            f"{primitive.label} cannot be traced by torch.jit: the trace would hold its result as "
            "a constant.\n"
            "Call it outside of the traced function, or use torch.compile."
        )
    if odd:
        for i, x in enumerate(tensors):
            check_supported(primitive.name, argument_of(call, i), x)
    home = half = None
    if halves:
        half = _rounded_to(tensors)
        tensors = [x.float() if x.dtype in HALVES else x for x in tensors]
    if away:
        tensors, home = _device.to_host(primitive, tensors)
    if transforms_active():
        outputs, outcome = _levels.through(call, tensors)
    elif _is_plain(tensors) and not (
        torch.is_grad_enabled() and any(x.requires_grad for x in tensors)
    ):
        outputs, outcome = primitive.run(call, tensors)
    else:
        outputs, outcome = _dispatch.call(call, tensors)
    if home is not None:
        outputs = [y.to(home) for y in outputs]
    if half is not None:
        outputs = [y.to(half) if y.dtype in FLOATS else y for y in outputs]
    return outputs, outcome


def argument_of(call: AnyCall, index: int) -> str:
    """The name of the argument that holds tensor `index`, for messages."""
    for name, indices in call.spans().items():
        if index in indices:
            return f"argument {name!r}"
    return "a tensor"


def _rounded_to(tensors: Sequence[Tensor]) -> torch.dtype | None:
    """The half in which a result is given, or None where an argument is wider."""
    dtypes = {x.dtype for x in tensors if x.dtype.is_floating_point or x.dtype.is_complex}
    return dtypes.pop() if len(dtypes) == 1 else None


def _is_plain(tensors: Sequence[Tensor]) -> bool:
    return not fast_path_closed() and all(type(x) in PLAIN and not x.is_meta for x in tensors)
