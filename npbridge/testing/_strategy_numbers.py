"""Hypothesis strategies of Python numbers: plain ones, and those of an interval."""

from __future__ import annotations

import functools
import math

import torch
from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument
from hypothesis.strategies import SearchStrategy

from npbridge.domains import Integers, Interval
from npbridge.errors import sentence

MODERATE = 64.0
"""The greatest magnitude where nothing is said."""
LARGE = 1e6
"""The greatest magnitude toward an infinite end."""
EXCLUDED = 1e-3
"""How near to an excluded point numbers come, relative to it."""
OPEN = 1e-6
"""How near to an open end, likewise."""


@functools.cache
def elements_of(dtype: torch.dtype) -> SearchStrategy[complex]:
    """Finite numbers of moderate size that a dtype holds."""
    if dtype == torch.bool:
        return st.booleans()
    if dtype.is_complex:
        return complex_of(elements_of(real(dtype)), elements_of(real(dtype)))
    if dtype.is_floating_point:
        return reals(Interval((), -MODERATE, MODERATE), dtype)
    return st.integers(max(-10, torch.iinfo(dtype).min), 10)


def complex_of(re: SearchStrategy[complex], im: SearchStrategy[complex]) -> SearchStrategy[complex]:
    """Complex numbers of two parts."""
    return st.tuples(re, im).map(lambda parts: complex(parts[0].real, parts[1].real))


def real(dtype: torch.dtype) -> torch.dtype:
    """The dtype of the parts."""
    return dtype.to_real() if dtype.is_complex else dtype


@functools.cache
def reals(domain: Interval, dtype: torch.dtype) -> SearchStrategy[float]:
    """The numbers of an interval that a dtype holds, once they are rounded to it.

    They come near to the ends, and closed ends are among them; they keep away from excluded points
    and from the neighbourhood of 0, for which 0 itself stands. The plainest is the first.
    """
    pieces = _pieces(domain, dtype)
    if not pieces:
        raise InvalidArgument(
            sentence(
                "a domain leaves no numbers to draw.",
                expected=f"numbers of {dtype} in it",
                got=str(domain),
            )
        )
    pieces.sort(key=_plainness)
    signed = domain.low < 0 < domain.high
    return st.one_of([s for low, high in pieces for s in _piece(low, high, signed)])


def whole_numbers(domain: Interval | Integers) -> SearchStrategy[int]:
    """The whole numbers of a domain, the nearest to 0 first."""
    if isinstance(domain, Integers):
        low, high = domain.low, domain.high
    else:
        low = math.ceil(max(domain.low, -LARGE))
        high = math.floor(min(domain.high, LARGE))
        low += low == domain.low and not domain.closed_low
        high -= high == domain.high and not domain.closed_high
    excluded = {int(p) for p in domain.excluded if p == int(p) and low <= p <= high}
    if high - low + 1 <= len(excluded):
        raise InvalidArgument(
            sentence(
                "a domain leaves no integers to draw.", expected="at least one", got=str(domain)
            )
        )
    numbers = st.integers(low, high)
    return numbers.filter(lambda n: n not in excluded) if excluded else numbers


def _pieces(domain: Interval, dtype: torch.dtype) -> list[tuple[float, float]]:
    """Closed intervals between numbers of the dtype: together the domain, as it is drawn."""
    info = torch.finfo(dtype)
    largest = min(LARGE, math.sqrt(info.max))
    low, high = domain.low, domain.high
    if math.isinf(low):
        low = -largest if math.isinf(high) else min(-largest, -8 * abs(high))
    if math.isinf(high):
        high = largest if math.isinf(domain.low) else max(largest, 8 * abs(low))
    unit = min(1.0, (high - low) / 2)

    def near(point: float, relative: float) -> float:
        return max(relative, 8 * info.eps) * max(abs(point), unit)

    cuts = {p: near(p, EXCLUDED) for p in domain.excluded}
    zero = all(abs(p) > margin for p, margin in cuts.items()) and (
        low < 0 < high or (low == 0 and domain.closed_low) or (high == 0 and domain.closed_high)
    )
    if zero:
        cuts[0.0] = near(0.0, EXCLUDED)
    if not domain.closed_low and low == domain.low:
        cuts.setdefault(low, near(low, OPEN))
    if not domain.closed_high and high == domain.high:
        cuts.setdefault(high, near(high, OPEN))
    pieces = [(0.0, 0.0)] if zero else []
    for point, margin in sorted(cuts.items()):
        pieces.append((low, min(high, point - margin)))
        low = max(low, point + margin)
    pieces.append((low, high))
    rounded = [(_inward(a, dtype, math.inf), _inward(b, dtype, -math.inf)) for a, b in pieces]
    return [(a, b) for a, b in rounded if a <= b]


def _inward(end: float, dtype: torch.dtype, toward: float) -> float:
    """The number of the dtype that is nearest to an end, on the side given."""
    largest = torch.finfo(dtype).max
    x = torch.tensor(min(max(end, -largest), largest), dtype=dtype)
    if (x.item() - end) * toward < 0:
        x = torch.nextafter(x, torch.tensor(toward, dtype=dtype))
    return float(x.item())


def _plainness(piece: tuple[float, float]) -> tuple[bool, bool, float]:
    """The order in which pieces are tried: those with the plainest numbers first."""
    low, high = sorted(map(abs, piece))
    return math.ceil(low) > high, piece[1] < 0, math.ceil(low)


def _piece(low: float, high: float, signed: bool) -> list[SearchStrategy[float]]:
    """Strategies of the numbers of one piece, the one of plain numbers first."""
    if low == high:
        return [st.just(low), st.just(-0.0)] if low == 0 and signed else [st.just(low)]
    if high < 0:
        return [numbers.map(lambda x: -x) for numbers in _piece(-high, -low, signed)]
    moderate = max(low, 1 / 16), min(high, 16.0)
    parts = [moderate] if moderate[0] <= moderate[1] and moderate != (low, high) else []
    edge = (high - low) / 1024
    parts += [(low, high), (low, low + edge), (high - edge, high)]
    return [st.floats(a, b) for a, b in parts]
