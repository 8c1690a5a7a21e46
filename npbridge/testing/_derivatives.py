"""Properties of derivatives: each mode against numerical differentiation and the other modes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import torch
from torch import Tensor

from npbridge.testing._case import Case, NotApplicable
from npbridge.testing._maps import PROJECTIONS, Map, real
from npbridge.testing._property import compare, holds
from npbridge.testing._report import Point, Verdict


@holds("reverse mode", "The VJP is the derivative.")
def reverse(case: Case) -> Iterator[Point]:
    """Every row of the Jacobian, or its products with random vectors."""
    yield from reverse_of(Map.of(case), "derivative")


@holds("forward mode", "The JVP is the derivative.")
def forward(case: Case) -> Iterator[Point]:
    """Every column of the Jacobian, or its product with random vectors."""
    made = Map.of(case)
    for index in range(len(made.names)):
        for number, direction in enumerate(_some(made, index, made.fn(made.inputs))):
            label = _label(made, index, number)
            estimate = made.numeric(index, direction)
            tangents = made.pushed(index, direction)
            outputs = made.fn(made.inputs)
            sizes = [real(y).numel() for y in outputs]
            parts = zip(*(torch.split(v, sizes) for v in estimate), strict=True)
            for (value, doubt, scale), t in zip(parts, tangents, strict=True):
                got = torch.zeros_like(value) if t is None else real(t)
                points = compare(
                    "derivative",
                    label,
                    value,
                    got,
                    uncertain=doubt,
                    scale=scale,
                    precision=_of(made),
                )
                yield from _detached(points, none=t is None, what="tangent")


@holds("dot product", "The JVP is the transpose of the VJP.")
def dot_product(case: Case) -> Iterator[Point]:
    """U . (J v) = (J^T u) . v, which needs no numerical derivative."""
    made = Map.of(case)
    generator = case.generator()
    for index, name in enumerate(made.names):
        direction = made.random(index, generator)
        try:
            tangents = made.pushed(index, direction)
        except Exception as error:  # noqa: BLE001  # whatever it is, forward mode reports it
            raise NotApplicable(f"forward mode raises {type(error).__name__}") from None
        leaves, outputs = made.recorded()
        length = sum(real(y).numel() for y in outputs)
        u = torch.randn(length, generator=generator, dtype=torch.float64)
        pairs = zip(outputs, tangents, strict=True)
        pushed = torch.cat([real(torch.zeros_like(y) if t is None else t) for y, t in pairs])
        gradient = made.pulled(leaves, outputs, u)[index]
        pulled = torch.zeros_like(direction) if gradient is None else real(gradient)
        yield from compare(
            "dot product",
            name,
            u @ pushed,
            pulled @ direction,
            scale=(u * pushed).abs().sum() + (pulled * direction).abs().sum(),
            precision=_of(made),
        )


@holds("second order", "The derivative of the gradient is right, or refused.")
def second_order(case: Case) -> Iterator[Point]:
    """The gradient for a random cotangent is differentiated once more, in inputs and cotangent."""
    first = Map.of(case)
    generator = case.generator()
    outputs = first.fn(first.inputs)
    cotangents = [
        torch.randn(y.shape, generator=generator, dtype=torch.float64).to(y.dtype) for y in outputs
    ]
    count = len(first.inputs)

    def gradients(tensors: Sequence[Tensor], *, wide: bool = False) -> list[Tensor]:
        with torch.enable_grad():
            leaves = [x if x.requires_grad else x.detach().requires_grad_() for x in tensors]
            ys = (first.wide if wide else first.fn)(leaves[:count])
            pairs = [(y, u) for y, u in zip(ys, leaves[count:], strict=True) if y.requires_grad]
            if not pairs:
                raise NotApplicable("there is no first derivative")
            found = torch.autograd.grad(
                [y for y, _ in pairs],
                leaves[:count],
                [u for _, u in pairs],
                create_graph=True,
                allow_unused=True,
            )
        given = zip(found, leaves[:count], strict=True)
        return [torch.zeros_like(x) if g is None else g for g, x in given]

    names = [*first.names, *(f"cotangent {i}" for i in range(len(cotangents)))]
    directions = [*first.directions, *(None for _ in cotangents)]
    inputs = [*first.inputs, *cotangents]
    second = Map(
        gradients,
        inputs,
        lambda tensors: gradients(tensors, wide=True),
        names,
        directions,
        case.projected,
        case.seed,
    )
    yield from reverse_of(second, "second derivative")


def reverse_of(made: Map, what: str) -> Iterator[Point]:
    """The points at which the VJP of a map is not the numerical derivative."""
    leaves, outputs = made.recorded()
    total = sum(real(y).numel() for y in outputs)
    if not total:
        return
    generator = torch.Generator().manual_seed(made.seed)
    if made.large(outputs):
        rows = torch.randn(PROJECTIONS, total, generator=generator, dtype=torch.float64)
    else:
        rows = torch.eye(total, dtype=torch.float64)
    gradients = [made.pulled(leaves, outputs, row) for row in rows]
    if any(g is None for g in gradients[0]):
        # An error that waits where torch.autograd.grad does not pass (once_differentiable, 2.13).
        torch.autograd.backward(
            [y for y in outputs if y.requires_grad],
            [torch.ones_like(y) for y in outputs if y.requires_grad],
            retain_graph=True,
        )
    for index in range(len(made.names)):
        column = [g[index] for g in gradients]
        none = all(g is None for g in column)
        count = real(made.inputs[index]).numel()
        zero = torch.zeros(count, dtype=torch.float64)
        jacobian = torch.stack([zero if g is None else real(g) for g in column])
        for number, direction in enumerate(_some(made, index, outputs)):
            estimate = made.numeric(index, direction)
            points = compare(
                what,
                _label(made, index, number),
                rows @ estimate.value,
                jacobian @ direction,
                uncertain=rows.abs() @ estimate.doubt,
                scale=rows.abs() @ estimate.scale,
                precision=_of(made),
            )
            yield from _detached(points, none=none, what="gradient")


def _some(made: Map, index: int, outputs: Sequence[Tensor]) -> Sequence[Tensor]:
    if not made.large(outputs):
        return list(made.basis(index))
    generator = torch.Generator().manual_seed(made.seed + 1)
    return [made.random(index, generator) for _ in range(PROJECTIONS)]


def _label(made: Map, index: int, number: int) -> str:
    """Which element of an input moves: `a[1, 2]`."""
    name, x = made.names[index], made.inputs[index]
    whole = made.directions[index] if made.directions else None
    if whole is not None or made.large(made.fn(made.inputs)):
        return f"{name}, direction {number}"
    part = ""
    if x.is_complex():
        part, number = (".real", ".imag")[number % 2], number // 2
    where = ", ".join(str(int(i)) for i in np.unravel_index(number, x.shape)) if x.dim() else ""
    return f"{name}[{where}]{part}" if where else name + part


def _of(made: Map) -> torch.dtype:
    """The lowest precision that is involved."""
    return min((x.dtype for x in made.inputs), key=lambda d: -torch.finfo(d).eps)


def _detached(points: list[Point], *, none: bool, what: str) -> list[Point]:
    """Of a derivative that is not there, wrong points are detached ones."""
    if not none:
        return points
    return [
        Point(Verdict.DETACHED, p.argument, p.element, p.expected, None, p.error, f"no {what}")
        if p.verdict is Verdict.WRONG
        else p
        for p in points
    ]
