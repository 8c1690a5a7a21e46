"""Two ways to the same numbers: what both start from, and how far apart they may end."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

import torch
from torch import Tensor

from npbridge.testing._case import Case, NotApplicable
from npbridge.testing._property import compare
from npbridge.testing._report import SILENT, Point, Verdict
from npbridge.testing._samples import weights

Way = Callable[[Sequence[Tensor]], Sequence[Tensor | None]]
"""From tensors to what is compared; None for a derivative that is not there."""


def leaves(tensors: Sequence[Tensor], wrt: Sequence[int]) -> list[Tensor]:
    """Copies, of which some require grad."""
    copies = [x.detach().clone(memory_format=torch.preserve_format) for x in tensors]
    return [x.requires_grad_() if i in wrt else x for i, x in enumerate(copies)]


def pulled(
    outputs: Sequence[Tensor],
    inputs: Sequence[Tensor],
    cotangents: Sequence[Tensor],
    *,
    batched: bool = False,
    create_graph: bool = False,
) -> list[Tensor | None]:
    """The VJP as autograd gives it, None where nothing leads to an input."""
    pairs = [(y, c) for y, c in zip(outputs, cotangents, strict=True) if y.requires_grad]
    if not pairs:
        return [None] * len(inputs)
    found = torch.autograd.grad(
        [y for y, _ in pairs],
        list(inputs),
        [c for _, c in pairs],
        allow_unused=True,
        retain_graph=True,
        is_grads_batched=batched,
        create_graph=create_graph,
    )
    return list(found)


def gradients(case: Case, wrt: Sequence[int], tensors: Sequence[Tensor]) -> list[Tensor | None]:
    """The gradient of the weighed outputs, outside of any transform."""
    copies = leaves(tensors, wrt)
    outputs = case.smooth_outputs(copies)
    return pulled(outputs, [copies[i] for i in wrt], weights(case, outputs))


def connected(case: Case) -> list[int]:
    """The differentiable tensors in which plain autograd gives a derivative."""
    wrt = case.differentiable
    if not wrt:
        raise NotApplicable("no argument is differentiable")
    found = [
        i for i, g in zip(wrt, gradients(case, wrt, case.fresh()), strict=True) if g is not None
    ]
    if not found:
        raise NotApplicable("plain autograd gives no derivative to compare with")
    return found


def agree(
    what: str,
    labels: Sequence[str],
    truth: Way,
    inputs: Sequence[Tensor],
    got: Sequence[Tensor | None],
    *,
    derivative: bool = False,
    floors: Sequence[float] = (),
    note: str = "",
) -> list[Point]:
    """The elements of `got` that are not those of `truth(inputs)`.

    Two right computations are apart by rounding, which an ill-conditioned function magnifies:
    where they are further apart than the table says, the change of the truth under changes of
    the inputs in their last place is allowed too.
    """
    expected = truth(inputs)
    points: list[Point] = []
    doubts: list[Tensor] | None = None
    for k, (label, e, g) in enumerate(zip(labels, expected, got, strict=True)):
        if e is None:
            continue
        given = torch.zeros_like(e) if g is None else g
        floor = floors[k] if floors else 0.0
        found = compare(what, label, e, given, uncertain=floor, note=note)
        if not found:
            continue
        if g is None or g.shape == e.shape:
            doubts = _doubts(truth, inputs, expected) if doubts is None else doubts
            found = compare(what, label, e, given, uncertain=floor + doubts[k], note=note)
            if largest(doubts[k]) < 1e-3 * largest(e):
                # Within the doubt, and not so wide that anything would be.
                found = [p for p in found if p.verdict is not Verdict.UNDECIDED]
        points += _detached(found, given) if derivative else found
    return points


def largest(x: Tensor) -> float:
    """The greatest magnitude among the finite numbers."""
    sizes = x[x.isfinite()].abs()
    return float(sizes.max()) if sizes.numel() else 0.0


def labelled(word: str, count: int) -> list[str]:
    """Names of several things."""
    return [word] if count == 1 else [f"{word}[{i}]" for i in range(count)]


def stacked(column: Sequence[Tensor | None]) -> Tensor | None:
    """What a loop gave, as one tensor, None if it gave nothing."""
    there = [x for x in column if x is not None]
    if len({x.shape for x in there}) > 1:
        raise NotApplicable("the shape of a result depends on the numbers")
    if not there:
        return None
    return torch.stack([torch.zeros_like(there[0]) if x is None else x for x in column])


def _detached(points: Sequence[Point], got: Tensor) -> Sequence[Point]:
    """Zeros for a derivative that is none are called what they are."""
    wrong = [p for p in points if p.verdict is Verdict.WRONG]
    if not wrong or bool((got != 0).any()):
        return points
    worst = wrong[0]
    where = worst.element
    return [
        Point(Verdict.DETACHED, worst.argument, where, worst.expected, worst.got, 1.0, worst.note)
    ]


def _doubts(
    truth: Way, inputs: Sequence[Tensor], expected: Sequence[Tensor | None]
) -> list[Tensor]:
    generator = torch.Generator().manual_seed(0)
    found = [torch.zeros(() if e is None else e.shape, dtype=torch.float64) for e in expected]
    for _ in range(2):
        try:
            others = truth([_nudged(x, generator) for x in inputs])
        except Exception:  # noqa: BLE001, S112  # at the end of a domain there is no neighbour
            continue
        for k, (e, other) in enumerate(zip(expected, others, strict=True)):
            if e is not None and other is not None and e.shape == other.shape:
                off = 16 * (other - e).abs().detach().to(torch.float64)
                found[k] = torch.maximum(found[k], off.nan_to_num(nan=0.0, posinf=0.0))
    return found


def _nudged(x: Tensor, generator: torch.Generator) -> Tensor:
    if not (x.is_floating_point() or x.is_complex()):
        return x.clone()
    signs = torch.randint(0, 2, x.shape, generator=generator) * 2 - 1
    # In the dtype of x: a Python float times integers would be float32, and vanish in float64.
    return x * (1 + torch.finfo(x.dtype).eps * signs.to(device=x.device, dtype=x.dtype))


def parts(*runs: Callable[[], Iterable[Point]]) -> Iterator[Point]:
    """All that several comparisons find; an exception in one hides nothing silent in another."""
    points: list[Point] = []
    reasons: list[NotApplicable] = []
    errors: list[Exception] = []
    for run in runs:
        try:
            points += run()
        except NotApplicable as reason:
            reasons.append(reason)
        except Exception as error:  # noqa: BLE001  # raised below, if nothing worse is found
            errors.append(error)
    if errors and not any(p.verdict in SILENT for p in points):
        raise errors[0]
    if len(reasons) == len(runs):
        raise reasons[0]
    yield from points
