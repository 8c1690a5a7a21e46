"""The dispatcher path: one opaque torch.library op per primitive, differentiable at every level.

Everything but a plain eager call comes here: torch.func, forward mode, nested arguments, tensor
subclasses and modes, second derivatives. The Autograd kernel applies a single-level Function whose
forward calls the op again below autograd, so that each level of a nesting adds its own node.
"""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from npbridge._convert import has_tangent, zeros_beside
from npbridge._torch_private import (
    SingleLevelFunction,
    add_batch,
    batch_of,
    below_autograd,
    below_vmap,
    grad_modes,
    primal,
    single_level,
    transforms_active,
    will_run,
    with_autograd,
    with_forward_ad,
)
from npbridge.errors import TransformError

if TYPE_CHECKING:
    from npbridge._call import Call
    from npbridge._primitive import Primitive

_NAMESPACE = "npbridge"
_serial = itertools.count()


class Overload:
    """The dispatcher op of a primitive and the Function behind its Autograd kernel."""

    def __init__(self, primitive: Primitive) -> None:
        name = f"{re.sub(r'[^0-9a-zA-Z_]', '_', primitive.name)}_{next(_serial)}"
        # Kept: the op is undefined again when its Library is collected.
        library: Any = torch.library.Library  # its methods are not annotated (torch 2.13)
        self.library = library(_NAMESPACE, "FRAGMENT")
        self.library.define(
            f"{name}(Tensor[] tensors, str call) -> Tensor[]",
            tags=(torch.Tag.pt2_compliant_tag,),
        )
        self.op = getattr(getattr(torch.ops, _NAMESPACE), name).default
        self.apply = single_level(type(class_name(primitive.name), (_Node,), {}))
        # Kernels are shared by all ops: torch never lets go of a Python kernel (torch 2.13).
        self.library.impl(name, _compute, "CPU")
        self.library.impl(name, _autograd, "Autograd")
        self.library.impl(name, _loop_over_batch, "FuncTorchBatched")
        torch.library.register_fake(f"{_NAMESPACE}::{name}", _no_shapes, lib=self.library)


def call(call: Call, tensors: list[Tensor]) -> list[Tensor]:
    """Run a call through the dispatcher."""
    outputs: list[Tensor] = call.primitive.overload().op(tensors, call.name_for_dispatcher())
    return outputs


def class_name(op: str) -> str:
    """`SolveBanded` for solve_banded, so that `grad_fn` reads `<SolveBandedBackward>`."""
    parts = re.split(r"[^0-9a-zA-Z]+", op)
    return "".join(part[:1].upper() + part[1:] for part in parts) or "Op"


def _call(token: str) -> Call:
    from npbridge._call import Call

    return Call.by_token(token)


def _compute(tensors: list[Tensor], token: str) -> list[Tensor]:
    from npbridge._execute import run

    with with_autograd():
        return run(_call(token), tensors)


def _autograd(tensors: list[Tensor], token: str) -> list[Tensor]:
    call = _call(token)
    overload = call.primitive.overload()
    outputs = overload.apply(overload.op, call, grad_modes(), *tensors)
    return [y for y in outputs if isinstance(y, Tensor)]


def _no_shapes(_: list[Tensor], token: str) -> list[Tensor]:
    name = _call(token).primitive.label
    raise TransformError(
        f"{name} cannot be traced: its output shapes are known only by running it.\n"
        "Call it outside of FakeTensorMode, make_fx and torch.export."
    )


class _Node(SingleLevelFunction):
    """One level of autograd over a primitive; subclassed for each so that it bears its name."""

    @staticmethod
    def forward(
        ctx: Any, op: Any, call: Call, modes: tuple[bool, bool], *tensors: Tensor
    ) -> tuple[Any, ...]:
        ctx.set_materialize_grads(False)
        with below_autograd(modes):
            outputs = op(list(tensors), call.token)
        ctx.call = call
        ctx.plain = not transforms_active()
        ctx.mark_non_differentiable(
            *(y for y in outputs if not (y.is_floating_point() or y.is_complex()))
        )
        call.primitive.save(ctx, call, tensors, outputs, ctx.needs_input_grad[3:])
        return tuple(outputs)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor | None) -> tuple[Any, ...]:
        needs = refine(ctx, ctx.needs_input_grad[3:])
        saved = ctx.call.primitive.load(ctx, ctx.saved_tensors)
        return (
            None,
            None,
            None,
            *ctx.call.primitive.pull_back(ctx.call, saved, needs, list(grads)),
        )

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


def refine(ctx: Any, needs: tuple[bool, ...]) -> list[bool]:
    """Which gradients this backward pass will use, out of those wanted at forward.

    `needs` has one entry for each tensor. Only where several were wanted is the engine asked: a
    node with a single wanted input runs for that input.
    """
    if sum(needs) < 2:
        return list(needs)
    return [need and will_run(ctx, i) for i, need in enumerate(needs)]


def _loop_over_batch(tensors: list[Tensor], token: str) -> list[Tensor]:
    op = _call(token).primitive.overload().op
    level, axes, inner = batch_of(tensors)
    size = next(x.size(a) for x, a in zip(inner, axes, strict=True) if a is not None)
    if size == 0:
        raise TransformError(
            f"{_call(token).primitive.label} was vmapped over an empty batch.\n"
            "Its output shapes are known only by running it; guard the empty case."
        )
    with below_vmap():
        rows, outcomes = [], []
        for i in range(size):
            sample = [x if a is None else x.select(a, i) for x, a in zip(inner, axes, strict=True)]
            rows.append(op(sample, token))
            outcomes.append(_call(token).outcome)
        _call(token).agree(outcomes)
        stacked = [torch.stack(column) for column in zip(*rows, strict=True)]
    return [add_batch(y, 0, level) for y in stacked]
