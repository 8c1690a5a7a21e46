"""Lamé functions, which are polynomials times square roots, differentiated. DLMF 29.12.

Of n and p the function is s^a |s² - h²|^(b/2) |s² - k²|^(c/2) F(s² - h²) with a, b and c 0 or 1
and a polynomial F, an eigenvector of a matrix with three diagonals.
"""

from __future__ import annotations

from math import factorial
from typing import Any

import numpy as np
from scipy.linalg import eigh_tridiagonal

from npbridge.special import _eigenpair


def _kind(n: int, p: int) -> tuple[int, int, int, int, int] | None:
    """The exponents a, b and c, the degree of F, and the index of the eigenvalue."""
    odd, index = n % 2, p - 1
    for a, b, c in ((odd, 0, 0), (1 - odd, 1, 0), (1 - odd, 0, 1), (odd, 1, 1)):
        degree = (n - a - b - c) // 2
        if 0 <= index <= degree:
            return a, b, c, degree, degree - index
        index -= degree + 1
    return None


def _polynomial(h2: float, k2: float, kind: tuple[int, int, int, int, int]) -> Any:
    """The coefficients of F, of which the last one is 1."""
    a, b, c, degree, index = kind
    j = np.arange(degree + 1.0)
    middle = j * ((j - 1) * (2 * h2 - k2) + (b + 0.5) * (2 * h2 - k2))
    middle += j * ((c + 0.5) * h2 - (a + 0.5) * (k2 - h2))
    if degree == 0:
        return np.ones(1)
    up = (j[:-1] - degree) * (j[:-1] + a + b + c + degree + 0.5)
    down = -h2 * (k2 - h2) * j[1:] * (j[:-1] + b + 0.5)
    _, vectors = eigh_tridiagonal(
        middle, -np.sqrt(up * down), select="i", select_range=(index,) * 2
    )
    scale = np.cumprod(np.concatenate([[1.0], np.sqrt(up / down)]))
    found = scale * vectors[:, 0]
    return found / found[-1]


def _times(x: list[Any], y: list[Any]) -> list[Any]:
    return [sum(x[i] * y[k - i] for i in range(k + 1)) for k in range(len(x))]


def _root(x: Any, count: int) -> list[Any]:
    """The Taylor coefficients of the square root of |x|; at 0 those to the right.

    There the last one outweighs the others.
    """
    sign, binomial, found = np.where(x < 0, -1.0, 1.0), 1.0, []
    for i in range(count):
        power = np.where((x == 0) & (i < count - 1), 0.0, abs(x) ** (0.5 - i))
        found.append(binomial * sign**i * power)
        binomial *= (0.5 - i) / (i + 1)
    return found


def _root_of_difference(s: Any, end: float, count: int) -> list[Any]:
    """The Taylor coefficients of the square root of |s² - end²|."""
    outer = _times(_root(s - end, count), _root(s + end, count))
    # At small s that cancels: there out of y² = end² - s².
    inner = [np.sqrt(abs((s - end) * (s + end)))]
    for k in range(1, count):
        right = (0.0, -2 * s, -1.0)[k] if k < 3 else 0.0
        inner.append((right - sum(inner[i] * inner[k - i] for i in range(1, k))) / (2 * inner[0]))
    return [np.where(abs(s) < end / 2, x, y) for x, y in zip(inner, outer, strict=True)]


def lame(
    times: int, h2: Any, k2: Any, n: Any, p: Any, s: Any, signm: Any = 1, signn: Any = 1
) -> Any:
    """The derivative of a Lamé function, so many times in s."""

    def of_order(n: int, p: int, h2: Any, k2: Any, s: Any, signm: Any, signn: Any) -> list[Any]:
        kind, found = _kind(n, p), np.full_like(s, np.nan)
        good = (h2 > 0) & (k2 > h2) & np.isfinite(k2) & (abs(signm) == 1) & (abs(signn) == 1)
        if kind is not None:
            signs = signm ** kind[1] * signn ** kind[2]
            for pair in set(zip(h2[good], k2[good], strict=True)):
                here = good & (h2 == pair[0]) & (k2 == pair[1])
                found[here] = signs[here] * _along(times, *pair, kind, s[here])
        return [found]

    with np.errstate(all="ignore"):
        arrays = [np.asarray(y, dtype=np.float64) for y in (h2, k2, s, signm, signn)]
        whole = (n == np.floor(n)) & (p == np.floor(p)) & (n >= 0)
        return _eigenpair.grouped(of_order, (np.where(whole, n, np.nan), p), arrays, 1)[0]


def _along(times: int, h2: float, k2: float, kind: tuple[int, int, int, int, int], s: Any) -> Any:
    a, b, c, *_ = kind
    count, h, k = times + 1, np.sqrt(h2), np.sqrt(k2)
    zero, one = np.zeros_like(s), np.ones_like(s)
    square = [(s - h) * (s + h), 2 * s, one, *[zero] * count][:count]
    series = [zero] * count
    for coefficient in _polynomial(h2, k2, kind)[::-1]:
        series = _times(series, square)
        series[0] = series[0] + coefficient
    if a:
        series = _times(series, [s, one, *[zero] * count][:count])
    for there, end in ((b, h), (c, k)):
        if there:
            series = _times(series, _root_of_difference(s, end, count))
    return factorial(times) * series[times]
