r"""Derivatives in a parameter of functions that are analytic in it, from values of the function.

Where neither a formula nor an integral serves, a central difference does, if it is of high order:
with seventeen points (DLMF 3.4(i)) its steps need not be small, so rounding is not amplified.  It
is taken with steps that are halved, of which the next reuses half of the points, and each element
keeps the step with the least estimate of its error, of truncation and of rounding together.

- Truncation: how much the derivative changed when the two outermost points were added, times how
  fast such changes decrease.
- Rounding: what the weights make of half a unit in the last place, and of the noise of the
  function itself, which its sixteenth difference shows.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import cache
from math import comb, factorial, inf
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["MAX_ORDER", "derivative", "derivative_and_error"]

Array = NDArray[Any]
Function = Callable[..., Any]

MAX_ORDER = 4
REACH = 8  # points on either side
_ENOUGH = 3e-14, 3e-13, 3e-12, 3e-11  # of relative error, by order: no smaller step is tried
_ROOM = REACH + 1  # steps that lie between a point and the next singularity
_SPREAD = comb(4 * REACH, 2 * REACH) ** 0.5  # of the highest difference of noise of size one
_EPS = 2.0**-52


@cache
def _weights(n: int, reach: int) -> Array:
    """Of the values at 0, 1, ..., REACH steps, both sides together, for the n-th derivative."""
    points = range(-reach, reach + 1)
    result = np.zeros(REACH + 1)
    for i in range(reach + 1):
        # n! times the coefficient of x**n in the polynomial that is 1 at i and 0 elsewhere.
        product, scale = [Fraction(1)], 1
        for j in points:
            if j != i:
                shifted = [Fraction(0), *product]
                product = [a - j * b for a, b in zip(shifted, [*product, Fraction(0)], strict=True)]
                scale *= i - j
        result[i] = float(factorial(n) * product[n] / scale)
    return result


# The difference of order 2 REACH, of values at 0, 1, ... steps on both sides together.
_HIGHEST = np.array([(-1.0) ** k * comb(2 * REACH, REACH + k) for k in range(REACH + 1)])


@cache
def _falling(n: int) -> list[int]:
    """Coefficients of x (x - 1) ... (x - n + 1): Stirling numbers of the first kind."""
    product = [1]
    for j in range(n):
        product = [a - j * b for a, b in zip([0, *product], [*product, 0], strict=True)]
    return product


def derivative(
    function: Function,
    n: int,
    parameter: ArrayLike,
    *arguments: ArrayLike,
    step: ArrayLike = 0.5,
    levels: int = 6,
    lo: ArrayLike = -inf,
    hi: ArrayLike = inf,
    log: bool = False,
    block: int = 2048,
) -> Any:
    """``n``-th derivative in ``parameter`` of ``function(parameter, *arguments)``.

    Parameters
    ----------
    function : callable
        Elementwise on arrays, real or complex, and analytic in its real first argument between
        ``lo`` and ``hi``.
    n : int
        Order of the derivative, ``0 <= n <= MAX_ORDER``; 0 is the function.
    parameter : array_like
        Real.
    *arguments : array_like
        The other arguments, of any type; all of them are broadcast.
    step : array_like
        The largest step: a third of a length on which the function changes much, or more.
        It is rounded down to a power of two.
    levels : int
        How many steps at most, each a half of the one before.
    lo, hi : array_like
        No value is taken at or outside of these: poles, or ends of the domain.
    log : bool
        Whether the steps are in the logarithm of the parameter, which must be positive; ``lo`` and
        ``hi`` are limits of the parameter all the same.
    block : int
        How many elements at a time.

    Returns
    -------
    ndarray
        NaN where no level gives a number. Single precision if all arrays are.
    """
    return derivative_and_error(
        function,
        n,
        parameter,
        *arguments,
        step=step,
        levels=levels,
        lo=lo,
        hi=hi,
        log=log,
        block=block,
    )[0]


def derivative_and_error(
    function: Function,
    n: int,
    parameter: ArrayLike,
    *arguments: ArrayLike,
    step: ArrayLike = 0.5,
    levels: int = 6,
    lo: ArrayLike = -inf,
    hi: ArrayLike = inf,
    log: bool = False,
    block: int = 2048,
) -> tuple[Any, Any]:
    """What `derivative` returns, and the estimate of its absolute error."""
    if not 0 <= n <= MAX_ORDER:
        raise ValueError(f"the order n must be between 0 and {MAX_ORDER}, got {n}")
    given = [np.asarray(a) for a in (parameter, *arguments)]
    kinds = [
        v if isinstance(v, int | float | complex) else a
        for v, a in zip((parameter, *arguments), given, strict=True)
    ]
    single = np.result_type(*kinds) in (np.float32, np.complex64)
    double = [a.astype(np.result_type(a, np.float64)) if a.dtype.kind in "fc" else a for a in given]
    limits = [np.asarray(a, np.float64) for a in (step, lo, hi)]
    p, *others = np.broadcast_arrays(*double, *limits)
    shape, flat = p.shape, [np.ravel(a) for a in others]
    p = np.ravel(p).astype(np.float64)
    rest, (h, low, high) = flat[: len(arguments)], flat[len(arguments) :]
    values, errors = [], []
    with np.errstate(all="ignore"):
        for start in range(0, max(p.size, 1), block):
            part = slice(start, start + block)
            given = [a[part] for a in rest]
            if n == 0:
                found = np.asarray(function(p[part], *given))
                estimate = _EPS * np.abs(found)
            else:
                first = _first_step(p[part], h[part], low[part], high[part], log)
                found, estimate = _adaptive(function, n, p[part], given, first, levels, log)
            values.append(found)
            errors.append(estimate)
    value, error = np.concatenate(values), np.concatenate(errors)
    kind = np.result_type(value, np.float64)
    if single:
        kind = np.dtype(np.complex64 if kind.kind == "c" else np.float32)
    return value.astype(kind).reshape(shape)[()], error.reshape(shape)[()]


def _first_step(p: Array, step: Array, lo: Array, hi: Array, log: bool) -> Array:
    """A power of two, so that the points are exact; NaN where there is no room for a step."""
    if log:
        room = np.fmin(np.log(p / np.fmax(lo, 0.0)), np.log(hi / p))
        least = np.full(p.shape, 2.0**-45)
    else:
        room = np.fmin(p - lo, hi - p)
        least = np.where(np.isfinite(p), np.abs(p) * 2.0**-45, 0.0)
    exponent = np.frexp(np.fmin(np.fmax(step, least), room / _ROOM))[1] - 1
    return np.where(room / _ROOM >= least, np.ldexp(1.0, exponent), np.nan)


def _points(p: Array, offsets: Array, log: bool) -> Array:
    return p * np.exp(offsets) if log else p + offsets


def _adaptive(
    function: Function, n: int, p: Array, rest: list[Array], h: Array, levels: int, log: bool
) -> tuple[Array, Array]:
    """The derivative of the level with the least estimate of its error, and that estimate."""

    def sample(steps: Array, active: Array) -> Array:
        at = _points(p[active], steps[:, None] * h[active], log)
        return np.asarray(function(at, *[np.broadcast_to(a[active], at.shape) for a in rest]))

    active = np.arange(p.size)
    table = sample(np.arange(-REACH, REACH + 1.0), active)
    best = np.full(p.shape, np.nan, np.result_type(table, np.float64))
    error, noise = np.full(p.shape, inf), np.full(p.shape, inf)
    worse = np.zeros(p.shape, np.int64)
    h = h.copy()
    for level in range(levels):
        if level:
            h[active] /= 2
            finer = np.empty_like(table)
            finer[0::2] = table[REACH // 2 : REACH + REACH // 2 + 1]
            finer[1::2] = sample(np.arange(1.0 - REACH, REACH, 2.0), active)
            table = finer
        at = p[active] if log else None
        found, estimate, floor, spread = _one_level(n, table, h[active], noise[active], at)
        noise[active] = spread
        better = estimate < error[active]
        best[active[better]], error[active[better]] = found[better], estimate[better]
        worse[active] = np.where(better, 0, worse[active] + np.isfinite(estimate))
        # Not where it is good enough, or the next level has more rounding than this error.
        left = error[active] > np.maximum(_ENOUGH[n - 1] * np.abs(best[active]), floor)
        left &= (worse[active] < 2) & ~np.isnan(h[active])
        if not left.any():
            break
        active, table = active[left], table[:, left]
    return best, error


def _one_level(
    n: int, table: Array, h: Array, noise: Array, p: Array | None
) -> tuple[Array, Array, Array, Array]:
    """The derivative, its error, the least rounding of the next level, and the function's noise."""
    right, left = table[REACH:], table[REACH::-1]
    both = {0: right + left, 1: right - left}
    both[0][0] = right[0]
    size = np.maximum(np.abs(right), np.abs(left))
    noise = np.fmin(noise, np.abs(np.tensordot(_HIGHEST, both[0], 1)) / _SPREAD)
    # In the logarithm, n-th derivatives are sums of those up to n.
    terms = {n: 1.0 + 0 * h} if p is None else {k: c / p**n for k, c in enumerate(_falling(n)) if k}
    last: list[Any] = [0.0, 0.0, 0.0]
    rounding: Any = 0.0
    floor: Any = 0.0
    for k, factor in terms.items():
        scale = factor / h**k
        for j in range(3):
            last[j] = last[j] + scale * np.tensordot(_weights(k, REACH - j), both[k % 2], 1)
        share = np.abs(_weights(k, REACH))[:, None] * size
        amplified = np.linalg.norm(_weights(k, REACH))
        rounding = rounding + np.abs(scale) * (2 * _EPS * share.max(axis=0) + 4 * amplified * noise)
        inner = np.abs(_weights(k, REACH))[::2, None] * size[: REACH // 2 + 1]
        floor = np.maximum(floor, np.abs(scale) * 2.0**k * _EPS * inner.max(axis=0))
    change, before = np.abs(last[0] - last[1]), np.abs(last[1] - last[2])
    truncation = change * np.clip(change / np.where(before > 0, before, 1.0), 2.0**-10, 1.0)
    estimate = np.where(np.isfinite(last[0]), truncation + rounding, inf)
    return last[0], np.where(np.isnan(estimate), inf, estimate), floor, noise
