"""One run of a function and its gradients, as the properties about wrappers need them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from npbridge.testing._case import Case, NotApplicable
from npbridge.testing._property import REFUSALS, compare
from npbridge.testing._report import Point, Verdict

MARGIN = 64
"""Elements before and after a tensor `within` memory; they keep the alignment of the whole."""

NO_DERIVATIVE = (NotImplementedError, *REFUSALS)
"""How torch and npbridge say that there is none, to a property that has more to look at."""

DRAWS = 6
DOUBT = 64
"""How often inputs are moved to see how far results move, and how much of that is forgiven."""


def outputs(case: Case, tensors: Sequence[Tensor]) -> list[Tensor]:
    """All tensors that come out. An op that changes its arguments by design is given copies."""
    if case.op is not None and case.op.mutates:
        tensors = [x.clone() for x in tensors]
    return case.outputs(tensors)


def recorded(case: Case, tensors: Sequence[Tensor]) -> list[Tensor]:
    """The outputs through which there is a backward."""
    ys = [y for y in outputs(case, tensors) if y.requires_grad]
    if not ys:
        raise NotApplicable("no output has a derivative")
    return ys


def cotangents(case: Case, ys: Sequence[Tensor]) -> list[Tensor]:
    """Random numbers like the outputs, the same each time, in contiguous memory of their own."""
    generator = case.generator()
    found = []
    for y in ys:
        wide = torch.complex128 if y.is_complex() else torch.float64
        c = torch.randn(y.shape, dtype=wide, generator=generator)
        found.append(c.to(device=y.device, dtype=y.dtype))
    return found


def gradients(
    ys: Sequence[Tensor], xs: Sequence[Tensor], grads: Sequence[Tensor], *, keep: bool = False
) -> list[Tensor | None]:
    """One backward; None where an input has no part in the outputs."""
    return list(torch.autograd.grad(ys, xs, grads, allow_unused=True, retain_graph=keep))


def pulled(case: Case, tensors: Sequence[Tensor], which: Sequence[int]) -> list[Tensor | None]:
    """The gradients in some inputs for the random cotangents."""
    ys = recorded(case, tensors)
    return gradients(ys, [tensors[i] for i in which], cotangents(case, ys))


def magnitude(x: Tensor) -> float:
    """The largest finite magnitude in a tensor."""
    sizes = x.detach().abs().to(torch.float64)
    sizes = sizes[sizes.isfinite()]
    return float(sizes.max()) if sizes.numel() else 0.0


def agree(
    argument: str,
    expected: Tensor | None,
    got: Tensor | None,
    note: str,
    *,
    uncertain: Tensor | float = 0.0,
) -> list[Point]:
    """What is wrong between two gradients that should be equal to rounding.

    No gradient and zeros are the same here. Sums in another order are as far off as their largest
    terms allow, and so all elements are held to the largest.
    """
    if expected is None and got is None:
        return []
    expected = torch.zeros_like(got) if expected is None and got is not None else expected
    got = torch.zeros_like(expected) if got is None and expected is not None else got
    assert expected is not None  # noqa: S101  # for mypy
    scale = magnitude(expected)
    points = compare(
        "rounding", argument, expected, got, scale=scale, uncertain=uncertain, note=note
    )
    return [p for p in points if p.verdict is Verdict.WRONG]


def same(a: Tensor, b: Tensor) -> bool:
    """Whether two tensors hold the same numbers, NaN included."""
    return a.dtype == b.dtype and not compare("identical", "", a, b)


def spread(
    run: Callable[[Sequence[Tensor]], Sequence[Tensor]], tensors: Sequence[Tensor], case: Case
) -> list[Tensor]:
    """How far each result may be off for rounding alone, by moving inputs in their last places.

    Where a result turns into NaN, or its neighbours raise, that is as far as can be.
    """
    generator = case.generator()
    base = [y.detach().clone() for y in run(tensors)]
    most = [torch.zeros(y.shape, dtype=torch.float64, device=y.device) for y in base]
    for _ in range(DRAWS):
        try:
            moved = run([_moved(x, generator) for x in tensors])
        except Exception:  # noqa: BLE001  # a neighbour outside the domain
            return [torch.full_like(m, float("inf")) for m in most]
        for k, (m, y, z) in enumerate(zip(most, base, moved, strict=True)):
            off = (z.detach() - y).abs().to(torch.float64)
            off = torch.where((z == y) | (z.isnan() & y.isnan()), 0.0, off)
            most[k] = torch.maximum(m, off.nan_to_num(nan=float("inf")))
    return [DOUBT * m for m in most]


def _moved(x: Tensor, generator: torch.Generator) -> Tensor:
    if not (x.is_floating_point() or x.is_complex()):
        return x
    steps = torch.tensor([-4.0, -1.0, 1.0, 4.0], dtype=torch.float64)
    drawn = steps[torch.randint(4, x.shape, generator=generator)].to(x.device)
    factor = 1 + torch.finfo(x.dtype).eps * drawn
    wide = torch.complex128 if x.is_complex() else torch.float64
    return (x.detach().to(wide) * factor).to(x.dtype)


def within(x: Tensor) -> tuple[Tensor, Tensor]:
    """A copy of a tensor inside a larger piece of memory: all of that, and the copy."""
    memory = torch.zeros(x.numel() + 2 * MARGIN, dtype=x.dtype, device=x.device)
    inner = memory.as_strided(x.shape, x.stride(), MARGIN)
    inner.copy_(x)
    return memory, inner.detach()


def bits(memory: Tensor) -> Tensor:
    """A copy of what is in memory, byte by byte."""
    plain = memory.detach().resolve_conj().resolve_neg()
    # Not contiguous(): one number counts as contiguous whatever its stride, and has no such view.
    return plain.clone(memory_format=torch.contiguous_format).reshape(-1).view(torch.uint8)


def changed(x: Tensor) -> Tensor:
    """Other numbers everywhere, of which most domains that hold the old ones hold the new."""
    if x.dtype is torch.bool:
        return ~x
    if x.is_floating_point() or x.is_complex():
        return torch.where(x.isfinite() & (x != 0), x / 2, torch.full_like(x, 0.25))
    return torch.where(x == 0, torch.ones_like(x), x.div(2, rounding_mode="trunc"))


def overwrite(x: Tensor) -> bool:
    """Change a tensor in place, as torch counts it; only its first element where torch refuses
    more, because elements share memory. False where nothing can be changed.
    """
    if not x.numel():
        return False
    x = x.detach()  # of the same memory and the same version counter
    for part in (x, x[(0,) * x.ndim]):
        try:
            part.copy_(changed(part))
        except RuntimeError:  # more than one element in one place
            continue
        return True
    return False


def refuse_mutating(case: Case) -> None:
    """Stop where the sentence is about arguments that stay as they are."""
    if case.op is not None and case.op.mutates:
        raise NotApplicable("it changes its arguments by design")


def labels(what: str, items: Sequence[Any]) -> list[str]:
    """What points call each of several things."""
    return [what] if len(items) == 1 else [f"{what} {i}" for i in range(len(items))]
