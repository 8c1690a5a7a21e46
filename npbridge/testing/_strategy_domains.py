"""Hypothesis: tensors inside a domain of `npbridge.domains`."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from typing import Any

import torch
from hypothesis import assume
from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument
from hypothesis.strategies import DrawFn
from torch import Tensor

from npbridge.domains import (
    Choices,
    Domain,
    Integers,
    Interval,
    PositiveDefinite,
    Simplex,
    Symmetric,
    WellConditioned,
)
from npbridge.errors import sentence
from npbridge.testing._strategy_numbers import EXCLUDED, complex_of, real, reals, whole_numbers
from npbridge.testing._strategy_operands import Options, filled

CORE = {
    Choices: 0,
    Interval: 0,
    Integers: 0,
    Simplex: 1,
    Symmetric: 2,
    PositiveDefinite: 2,
    WellConditioned: 2,
}
"""The last dimensions that a domain speaks of."""
WORST = 1e4
"""The condition number drawn at most."""


def inside(
    draw: DrawFn, domain: Domain | None, shape: tuple[int, ...], dtype: torch.dtype
) -> Tensor:
    """A contiguous tensor of a shape, inside a domain; of moderate numbers where there is none.

    Complex numbers have their real parts in an interval.
    """
    if isinstance(domain, Interval | Integers):
        whole = isinstance(domain, Integers) or dtype == torch.int64
        elements: Any = whole_numbers(domain) if whole else reals(domain, real(dtype))
        if dtype.is_complex:
            elements = complex_of(elements, reals(Interval((), -4.0, 4.0), real(dtype)))
        return filled(draw, shape, Options(dtype, elements, False, None))
    if domain is None:
        return filled(draw, shape, Options(dtype, None, False, None))
    core = CORE[type(domain)]
    wide = torch.complex128 if dtype.is_complex else torch.float64
    made = torch.empty(shape, dtype=wide)
    for index in itertools.product(*map(range, shape[: len(shape) - core])):
        made[index] = _ONE[type(domain)](draw, domain, shape[-1], dtype)
    rounded = made.to(dtype)
    for point in domain.excluded:
        distance = (rounded.to(wide) - point).abs()
        assume(bool((distance > EXCLUDED * max(1.0, abs(point))).all()))
    return rounded


def check_core(label: str, name: str, domain: Domain | None, core: tuple[Any, ...]) -> None:
    """Refuse a domain of vectors or matrices for an argument that is none."""
    needed = 0 if domain is None else CORE[type(domain)]
    square = needed < 2 or (len(core) >= 2 and core[-1] == core[-2])
    if len(core) < needed or not square:
        kind = "a square matrix" if needed == 2 else "a vector"
        raise InvalidArgument(
            sentence(
                f"the domain of {label} in {name!r} does not fit its dimensions.",
                expected=f"{kind} in the signature, for {domain}",
                got=f"({','.join(map(str, core))})",
            )
        )


def _numbers(draw: DrawFn, bound: float, dtype: torch.dtype, count: int) -> Tensor:
    parts = reals(Interval((), -bound, bound), torch.float64)
    elements: Any = complex_of(parts, parts) if dtype.is_complex else parts
    drawn = draw(st.lists(elements, min_size=count, max_size=count))
    return torch.tensor(drawn, dtype=torch.complex128 if dtype.is_complex else torch.float64)


def _probabilities(draw: DrawFn, _: Any, n: int, __: Any) -> Tensor:
    """Weights of 1 where they are plainest; zeros of no precision come near."""
    weights = st.floats(1 / 64, 1.0)
    drawn = torch.tensor(draw(st.lists(weights, min_size=n, max_size=n)), dtype=torch.float64)
    return drawn / drawn.sum()


def _symmetric(draw: DrawFn, _: Any, n: int, dtype: torch.dtype) -> Tensor:
    """The identity and a symmetric matrix."""
    upper = torch.zeros(n, n, dtype=torch.complex128 if dtype.is_complex else torch.float64)
    places = torch.triu_indices(n, n)
    upper[places[0], places[1]] = _numbers(draw, 8.0, dtype, places.shape[1])
    strict = upper.triu(1)
    return torch.eye(n, dtype=upper.dtype) + strict + strict.mH + upper.real.diag().diag()


def _positive_definite(draw: DrawFn, _: Any, n: int, dtype: torch.dtype) -> Tensor:
    """A multiple of 1 + BBᴴ, whose condition number is at most 1 + |B|²."""
    scale = draw(_SCALES)
    b = _numbers(draw, 2.0, dtype, n * n).reshape(n, n)
    # Entries of n times the size would have n² times the condition number.
    a = torch.eye(n, dtype=b.dtype) + b @ b.mH * min(1.0, (3 / n) ** 2)
    return (a + a.mH) / 2 * scale


def _well_conditioned(draw: DrawFn, domain: Any, n: int, dtype: torch.dtype) -> Tensor:
    """A multiple of 1 + E, rows exchanged and signs changed: cond ≤ (1 + |E|) / (1 - |E|)."""
    condition = min(domain.condition, WORST)
    if not condition >= 1:
        raise InvalidArgument(
            sentence(
                "no matrix is so well conditioned.",
                expected="a condition number of 1 or more",
                got=str(domain.condition),
            )
        )
    scale = draw(_SCALES)
    signs = draw(st.lists(st.sampled_from((1.0, -1.0)), min_size=n, max_size=n))
    rows = draw(st.permutations(range(n)))
    e = _numbers(draw, 1.0, dtype, n * n).reshape(n, n)
    # Rounding to the dtype moves each entry of 1 + E by less than eps.
    room = max(0.0, (condition - 1) / (condition + 1) - 2 * n * torch.finfo(dtype).eps)
    e = e * min(1.0, room / max(float(e.norm()), math.ulp(0.0)))
    a = (torch.eye(n, dtype=e.dtype) + e)[list(rows)]
    changed: Tensor = a * torch.tensor(signs, dtype=torch.float64)[:, None]
    return changed * scale


_SCALES = st.sampled_from((1.0, 2.0, 0.5, 4.0, 0.25))
"""Powers of two, which no rounding sees."""

_ONE: dict[type[Domain], Callable[[DrawFn, Any, int, torch.dtype], Tensor]] = {
    Simplex: _probabilities,
    Symmetric: _symmetric,
    PositiveDefinite: _positive_definite,
    WellConditioned: _well_conditioned,
}
