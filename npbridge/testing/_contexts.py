"""Properties of the transforms of torch.func: each is held to plain autograd.

That this is right, other properties say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import torch
from torch import Tensor
from torch.autograd import forward_ad

from npbridge.testing._agreement import (
    agree,
    connected,
    gradients,
    labelled,
    largest,
    leaves,
    parts,
    pulled,
    stacked,
)
from npbridge.testing._case import Case, NotApplicable
from npbridge.testing._property import holds
from npbridge.testing._report import Point
from npbridge.testing._samples import SAMPLES, steady, symmetric, weighed, weights
from npbridge.testing._tolerances import tolerance

MOST_ROWS = 64
"""Elements of outputs up to which whole Jacobians are compared."""


@holds("torch.func", "The transforms of torch.func give what autograd gives.")
def torch_func(case: Case) -> Iterator[Point]:
    """`grad`, `vjp` and `jacrev` against `autograd.grad`, `jvp` against `forward_ad`."""
    steady(case)
    wrt = connected(case)
    shapes = case.smooth_outputs(case.fresh())
    cotangents = weights(case, shapes)
    names = [case.names[i] for i in wrt]
    plain = partial(gradients, case, wrt)
    f = _restricted(case, wrt)
    moving = [case.fresh()[i] for i in wrt]

    def same(note: str, got: Sequence[Tensor | None]) -> list[Point]:
        return agree("batched", names, plain, case.fresh(), got, derivative=True, note=note)

    def grad() -> list[Point]:
        got = torch.func.grad(lambda xs: weighed(f(*xs), cotangents))(tuple(moving))
        return same("func.grad", got)

    def vjp() -> list[Point]:
        return same("func.vjp", torch.func.vjp(f, *moving)[1](tuple(cotangents)))

    def jacrev() -> list[Point]:
        rows_are_many = sum(y.numel() for y in shapes) > MOST_ROWS
        if rows_are_many or any(x.is_complex() for x in (*moving, *shapes)):
            raise NotApplicable("its Jacobian is large or complex")
        rows = torch.func.jacrev(f, argnums=tuple(range(len(wrt))))(*moving)
        got = [g for row in rows for g in row]
        labels = [f"{y} in {x}" for y in labelled("output", len(shapes)) for x in names]
        truth = partial(_jacobian, case, wrt)
        return agree(
            "batched", labels, truth, case.fresh(), got, derivative=True, note="func.jacrev"
        )

    yield from parts(grad, vjp, jacrev, partial(_jvp, case, wrt))


def _jvp(case: Case, wrt: Sequence[int]) -> list[Point]:
    f = _restricted(case, wrt)
    moving = [case.fresh()[i] for i in wrt]
    tangents = [symmetric(t, x) for t, x in zip(weights(case, moving), moving, strict=True)]

    def dual(tensors: Sequence[Tensor]) -> list[Tensor | None]:
        tensors = [x.clone() for x in tensors]
        make: Any = forward_ad.make_dual
        unpack: Any = forward_ad.unpack_dual
        with forward_ad.dual_level():
            for i, t in zip(wrt, tangents, strict=True):
                tensors[i] = make(tensors[i], t)
            return [unpack(y).tangent for y in case.smooth_outputs(tensors)]

    def reverse(tensors: Sequence[Tensor]) -> list[Tensor | None]:
        found = gradients(case, wrt, tensors)
        pairs = zip(found, tangents, strict=True)
        return [weighed([t], [g]) if g is not None else None for g, t in pairs]

    error: Exception | None = None
    try:
        dual(case.fresh())
    except Exception as raised:  # noqa: BLE001  # compared where both exist
        error = raised
    try:
        outputs, got, *_ = torch.func.jvp(f, tuple(moving), tuple(tangents))
    except Exception:
        if error is not None:
            raise NotApplicable(f"forward mode raises {type(error).__name__}") from None
        raise
    labels = labelled("output", len(outputs))
    note = "func.jvp beside forward_ad"
    points = (
        agree("batched", labels, dual, case.fresh(), got, derivative=True, note=note)
        if error is None
        else []
    )
    if all(bool((t == 0).all()) for t in got):
        # Both may be zero without a word, so reverse mode is asked too.
        size = max(largest(y) for y in outputs)
        points += agree(
            "dot product",
            [case.names[i] for i in wrt],
            reverse,
            case.fresh(),
            [None for _ in wrt],
            derivative=True,
            floors=[tolerance("batched", x.dtype) * size for x in moving],
            note="func.jvp is zero; expected is what reverse mode gives along the tangent",
        )
    return points


@holds("batched gradients", "Is_grads_batched=True gives what a loop over cotangents gives.")
def batched_gradients(case: Case) -> Iterator[Point]:
    """`torch.autograd.grad` on several cotangents at once."""
    steady(case)
    wrt = connected(case)
    shapes = case.smooth_outputs(case.fresh())
    many = weights(case, [torch.stack([y.detach()] * SAMPLES) for y in shapes])

    def differentiated(tensors: Sequence[Tensor]) -> tuple[list[Tensor], list[Tensor]]:
        copies = leaves(tensors, wrt)
        return case.smooth_outputs(copies), [copies[i] for i in wrt]

    def loop(tensors: Sequence[Tensor]) -> list[Tensor | None]:
        outputs, inputs = differentiated(tensors)
        rows = [pulled(outputs, inputs, [c[k] for c in many]) for k in range(SAMPLES)]
        return [stacked(column) for column in zip(*rows, strict=True)]

    got = pulled(*differentiated(case.fresh()), many, batched=True)
    names = [case.names[i] for i in wrt]
    yield from agree("batched", names, loop, case.fresh(), got, derivative=True)


@holds("forward over reverse", "A Hessian-vector product is the same in both orders of modes.")
def forward_over_reverse(case: Case) -> Iterator[Point]:
    """`func.jvp` of `func.grad` against `autograd.grad`, twice."""
    steady(case)
    wrt = connected(case)
    f = _restricted(case, wrt)
    cotangents = weights(case, case.smooth_outputs(case.fresh()))
    moving = tuple(case.fresh()[i] for i in wrt)
    tangents = [symmetric(t, x) for t, x in zip(weights(case, moving), moving, strict=True)]

    def reverse(tensors: Sequence[Tensor]) -> list[Tensor | None]:
        copies = leaves(tensors, wrt)
        inputs = [copies[i] for i in wrt]
        first = pulled(case.smooth_outputs(copies), inputs, cotangents, create_graph=True)
        there = [(g, v) for g, v in zip(first, tangents, strict=True) if g is not None]
        second = pulled([g for g, _ in there], inputs, [v for _, v in there])
        pairs = zip(second, inputs, strict=True)
        return [torch.zeros_like(x) if h is None else symmetric(h, x) for h, x in pairs]

    # That of reverse mode first: where it raises, there is nothing to compare.
    reverse(case.fresh())
    gradient = torch.func.grad(lambda xs: weighed(f(*xs), cotangents))
    first, got, *_ = torch.func.jvp(lambda *xs: gradient(xs), moving, tuple(tangents))
    # Rounding of terms that cancel in one order of modes and are never formed in the other.
    size = max(largest(g) for g in first)
    floors = [tolerance("batched", x.dtype) * size / _reach(x) for x in moving]
    yield from agree(
        "second derivative",
        [case.names[i] for i in wrt],
        reverse,
        case.fresh(),
        [symmetric(h, x) for h, x in zip(got, moving, strict=True)],
        derivative=True,
        floors=floors,
        note="expected is reverse over reverse",
    )


def _restricted(case: Case, wrt: Sequence[int]) -> Callable[..., tuple[Tensor, ...]]:
    """The function of some of its tensors, the others as they are."""
    everything = case.fresh()

    def f(*moving: Tensor) -> tuple[Tensor, ...]:
        tensors = list(everything)
        for i, x in zip(wrt, moving, strict=True):
            tensors[i] = x
        return tuple(case.smooth_outputs(tensors))

    return f


def _jacobian(case: Case, wrt: Sequence[int], tensors: Sequence[Tensor]) -> list[Tensor | None]:
    """Row by row, in the order in which `jacrev` nests outputs and arguments."""
    copies = leaves(tensors, wrt)
    inputs = [copies[i] for i in wrt]
    found: list[Tensor | None] = []
    for y in case.smooth_outputs(copies):
        units = torch.eye(y.numel(), dtype=y.dtype, device=y.device)
        rows = [pulled([y], inputs, [unit.reshape(y.shape)]) for unit in units]
        columns = [stacked(column) for column in zip(*rows, strict=True)]
        found += [
            None if c is None else c.reshape(y.shape + x.shape)
            for c, x in zip(columns, inputs, strict=True)
        ]
    return found


def _reach(x: Tensor) -> float:
    """The size of the numbers, at most one, and one where all are zero."""
    return min(1.0, largest(x) or 1.0)
