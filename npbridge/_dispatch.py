"""The dispatcher path: one opaque torch.library op per primitive, differentiable at every level.

Everything but a plain eager call comes here: torch.func, forward mode, nested arguments, tensor
subclasses and modes, tracing, second derivatives. The Autograd kernel applies a single-level
Function whose forward calls the op again below autograd, so that each level of a nesting adds its
own node.
"""

from __future__ import annotations

import re
import weakref
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from npbridge import _dtensor, _namespace
from npbridge._convert import PLAIN, has_tangent, zeros_beside
from npbridge._outcome import last
from npbridge._torch_private import (
    SingleLevelFunction,
    call_below_autograd,
    call_below_vmap,
    dispatch_modes_active,
    grad_modes,
    has_derivative,
    is_plain,
    primal,
    single_level,
    skipped_by_compile,
    transforms_active,
    will_run,
    with_autograd,
    with_forward_ad,
    without_modes,
)
from npbridge.errors import TransformError

if TYPE_CHECKING:
    from npbridge._outcome import Outcome
    from npbridge._primitive import AnyCall, Primitive


class Overload:
    """The dispatcher op of a primitive and the Function behind its Autograd kernel."""

    def __init__(self, primitive: Primitive) -> None:
        self.serves_dtensors = False
        self._primitive = weakref.ref(primitive)
        name = self.name = _namespace.name_for(primitive, self)
        # Kept: the op is undefined again when its Library is collected.
        library: Any = torch.library.Library  # its methods are not annotated (torch 2.13)
        self.library = library(_namespace.NAME, "FRAGMENT")
        self.library.define(
            f'{name}(Tensor[] tensors, str call="", SymInt[] numbers=[]) -> Tensor[]',
            tags=(torch.Tag.pt2_compliant_tag,),
        )
        self.apply = single_level(type(class_name(primitive.name), (_Node,), {}))
        # torch never lets go of a Python kernel (2.13), so these hold the op weakly.
        compute, autograd, batched, fake = _kernels(weakref.ref(self))
        self.library.impl(name, compute, "CPU")
        self.library.impl(name, autograd, "Autograd")
        self.library.impl(name, batched, "FuncTorchBatched")
        torch.library.register_fake(f"{_namespace.NAME}::{name}", fake, lib=self.library)
        self.op = _namespace.operator(name)

    @property
    def primitive(self) -> Primitive:
        """The primitive, which owns this overload."""
        primitive = self._primitive()
        if primitive is None:
            raise TransformError(
                f"{self.name} was called after its op was deleted or defined anew.\n"
                "Trace or compile the function again."
            )
        return primitive


def call(call: AnyCall, tensors: list[Tensor]) -> tuple[list[Tensor], Outcome]:
    """Run a call through the dispatcher."""
    overload = call.primitive.dispatcher()
    if call.token is None and recording(tensors):
        call = call.for_graph()
    _dtensor.serve(overload, tensors)
    outputs, outcome = dispatch(overload, call, tensors)
    last.outcome = outcome = outcome.bare()
    return outputs, outcome


def dispatch(
    overload: Overload, call: AnyCall, tensors: Sequence[Tensor]
) -> tuple[list[Tensor], Outcome]:
    """Call the dispatcher op, and tell the structure of what came out.

    A mode may answer without running a kernel, as selective checkpointing does.
    """
    last.outcome = None
    outputs: list[Tensor] = overload.op(*call.packed(tensors))
    outcome = last.outcome
    if outcome is None:
        with without_modes():
            _, outcome = call.primitive.declared(call, tensors)
    return outputs, outcome


def recording(tensors: Sequence[Tensor]) -> bool:
    """Whether the call may end up in a graph, where only what can be written down can stay."""
    return bool(dispatch_modes_active()) or any(type(x) not in PLAIN for x in tensors)


def class_name(op: str) -> str:
    """`SolveBanded` for solve_banded, so that `grad_fn` reads `<SolveBandedBackward>`."""
    parts = re.split(r"[^0-9a-zA-Z]+", op)
    return "".join(part[:1].upper() + part[1:] for part in parts) or "Op"


def _kernels(ref: weakref.ref[Overload]) -> tuple[Callable[..., list[Tensor]], ...]:
    def found() -> Overload:
        overload = ref()
        if overload is None:
            raise TransformError("an op was called after it was deleted.")
        return overload

    def compute(tensors: list[Tensor], call: str = "", numbers: Sequence[int] = ()) -> list[Tensor]:
        bound, inputs = found().primitive.bind(tensors, call, numbers)
        if bound.primitive.pure:
            return _compute(bound, inputs)
        with with_autograd():
            return _compute(bound, inputs)

    def fake(tensors: list[Tensor], call: str = "", numbers: Sequence[int] = ()) -> list[Tensor]:
        primitive = found().primitive
        bound, inputs = primitive.bind(tensors, call, numbers)
        outputs, last.outcome = primitive.declared(bound, inputs)
        return outputs

    def autograd(
        tensors: list[Tensor], call: str = "", numbers: Sequence[int] = ()
    ) -> list[Tensor]:
        overload = found()
        bound, inputs = overload.primitive.bind(tensors, call, numbers)
        if is_plain(inputs):
            return _compute(bound, inputs)
        _dtensor.serve(overload, tensors)  # a compiled function comes here first
        modes, again = grad_modes(), partial(dispatch, overload)
        if not has_derivative(inputs):
            listed, last.outcome = call_below_autograd(modes, again, bound, inputs)
            return list(listed)
        box: list[Outcome] = []
        below = partial(call_below_autograd, modes, again)
        outputs = overload.apply(below, bound, box, *inputs)
        last.outcome = box[0]  # a jvp, which has run by now, has set its own
        return [y for y in outputs if isinstance(y, Tensor)]

    def batched(tensors: list[Tensor], call: str = "", numbers: Sequence[int] = ()) -> list[Tensor]:
        from npbridge import _batching

        overload = found()
        bound, inputs = overload.primitive.bind(tensors, call, numbers)
        below = _batching.Below(call_below_vmap, partial(dispatch, overload))
        outputs, last.outcome = _batching.run(bound, inputs, below)
        return outputs

    return compute, autograd, batched, fake


def _compute(call: AnyCall, tensors: list[Tensor]) -> list[Tensor]:
    primitive = call.primitive
    outputs, outcome = primitive.run(call, tensors)
    outputs = [y.contiguous() for y in outputs]  # as was declared
    primitive.check(call, tensors, outputs, outcome)
    last.outcome = outcome
    return outputs


class _Node(SingleLevelFunction):
    """One level of autograd over a primitive; subclassed for each so that it bears its name."""

    @staticmethod
    def forward(
        ctx: Any, below: Callable[..., Any], call: AnyCall, box: list[Outcome], *tensors: Tensor
    ) -> tuple[Any, ...]:
        ctx.set_materialize_grads(False)
        outputs, ctx.outcome = below(call, tensors)
        ctx.call = call
        box.append(ctx.outcome.bare())
        last.outcome = box[0]  # or residuals would live on in this thread
        ctx.plain = not (transforms_active() or recording(tensors))
        if whole := [y for y in outputs if not has_tangent(y)]:
            ctx.mark_non_differentiable(*whole)
        call.primitive.save(ctx, call, tensors, outputs, ctx.needs_input_grad[3:])
        return tuple(outputs)

    @staticmethod
    def _compiled_autograd_key(ctx: Any) -> tuple[int]:
        return (ctx._autograd_function_id,)  # which torch gives to its own Functions only (2.13)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor | None) -> tuple[Any, ...]:
        needs = refine(ctx, ctx.needs_input_grad[3:])
        saved = ctx.call.primitive.load(ctx, ctx.saved_tensors)
        pulled = ctx.call.primitive.pull_back(ctx.call, saved, needs, list(grads))
        return (None, None, None, *pulled)

    @staticmethod
    def jvp(ctx: Any, *tangents: Tensor | None) -> tuple[Tensor | None, ...]:
        with with_forward_ad():
            saved = ctx.call.primitive.load(ctx, [primal(x) for x in ctx.saved_tensors])
            given = list(tangents[3:])
            pushed = ctx.call.primitive.push_forward(ctx.call, saved, given)
            beside = next(t for t in given if t is not None)
            return tuple(
                zeros_beside(beside, like) if y is None and has_tangent(like) else y
                for y, like in zip(pushed, saved.output_likes, strict=True)
            )


skipped_by_compile(_Node.backward, "the backward of an op called eagerly runs between graphs")


def refine(ctx: Any, needs: tuple[bool, ...]) -> list[bool]:
    """Which gradients this backward pass will use, out of those wanted at forward.

    `needs` has one entry for each tensor. Only where several were wanted is the engine asked: a
    node with a single wanted input runs for that input.
    """
    if sum(needs) < 2:
        return list(needs)
    return [need and will_run(ctx, i) for i, need in enumerate(needs)]
