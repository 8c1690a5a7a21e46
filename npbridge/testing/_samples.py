"""What contexts are tried on: steady functions, batches of samples, cotangents and tangents."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from npbridge.testing._case import Case, NotApplicable
from npbridge.testing._tolerances import tolerance

SAMPLES = 3
"""In a batch."""


def steady(case: Case) -> list[Tensor]:
    """The outputs, if they are decided by the arguments alone."""
    state = torch.get_rng_state()
    first, second = case.outputs(case.fresh()), case.outputs(case.fresh())
    if not first:
        raise NotApplicable("no output is a tensor")
    if not torch.equal(state, torch.get_rng_state()):
        raise NotApplicable("the function draws random numbers")
    for a, b in zip(first, second, strict=True):
        if a.shape != b.shape or not bool(((a == b) | (a.isnan() & b.isnan())).all()):
            raise NotApplicable("two calls on the same numbers give different results")
    return first


def samples(case: Case) -> list[list[Tensor]]:
    """The tensors of a batch: those of the case, and the same scaled by a little more than one.

    A tensor that the function does not take scaled, such as a float that holds a whole number, is
    repeated. Scaling keeps shapes, signs, symmetry and layout.
    """
    plain = case.fresh()
    finite = [y.isfinite() for y in case.outputs(case.fresh())]
    scaled: list[int] = []
    for i, x in enumerate(plain):
        if x.is_floating_point() or x.is_complex():
            trial = [_scaled(plain, [*scaled, i], k) for k in range(SAMPLES)]
            if all(_allowed(case, tensors, finite) for tensors in trial):
                scaled.append(i)
    return [_scaled(plain, scaled, k) for k in range(SAMPLES)]


def _scaled(tensors: Sequence[Tensor], which: Sequence[int], k: int) -> list[Tensor]:
    # Far enough for a sample in the wrong place to be noticed in this precision.
    return [
        x * (1 + k * max(2.0**-20, 16 * tolerance("batched", x.dtype))) if i in which else x.clone()
        for i, x in enumerate(tensors)
    ]


def _allowed(case: Case, tensors: Sequence[Tensor], finite: Sequence[Tensor]) -> bool:
    try:
        outputs = case.outputs([x.clone() for x in tensors])
    except Exception:  # noqa: BLE001  # whatever it says, it does not take these numbers
        return False
    return len(outputs) == len(finite) and all(
        y.shape == f.shape and bool((y.isfinite() == f).all())
        for y, f in zip(outputs, finite, strict=True)
    )


def weights(case: Case, outputs: Sequence[Tensor]) -> list[Tensor]:
    """Random cotangents (or tangents), the same each time for tensors like these."""
    generator = case.generator()
    found = []
    for y in outputs:
        wide = torch.complex128 if y.is_complex() else torch.float64
        random = torch.randn(y.shape, generator=generator, dtype=wide)
        found.append(random.to(device=y.device, dtype=y.dtype))
    return found


def weighed(outputs: Sequence[Tensor], cotangents: Sequence[Tensor]) -> Tensor:
    """The real number whose gradient is the VJP of these cotangents, in torch's convention."""
    terms = [
        ((c.conj() * y).real if y.is_complex() else c * y).sum()
        for y, c in zip(outputs, cotangents, strict=True)
    ]
    return torch.stack([t.to(torch.float64) for t in terms]).sum()


def symmetric(direction: Tensor, x: Tensor) -> Tensor:
    """The direction, if `x` is no symmetric (or Hermitian) matrix; else its symmetric part.

    A function of symmetric matrices may read one triangle only, in one mode and not in another:
    derivatives mean something along symmetric directions.
    """
    if x.dim() < 2 or x.shape[-1] != x.shape[-2] or not torch.equal(x, x.mH):
        return direction
    return (direction + direction.mH) / 2
