"""Spheroidal wave functions by Legendre functions, differentiated to any order. DLMF 30.8.

The parameter t is c² of prolate and -c² of oblate functions, in which the eigenvalue problem is
linear.
"""

from __future__ import annotations

from math import comb, factorial, prod
from typing import Any

import numpy as np
import scipy.special as sc
from numpy.polynomial import Polynomial

from npbridge.special import _eigenpair

MOST = 1e6
"""The largest |t|: beyond, the matrices have some hundred rows."""
SMALL, TERMS = 0.01, 32
"""Where and how far power series in x are summed."""


def _size(m: Any, n: Any, t: Any) -> Any:
    """How many coefficients on each side of the n-th are not negligible, in steps of eight."""
    with np.errstate(all="ignore"):
        root = np.sqrt(abs(np.asarray(t, dtype=np.float64)))
        whole = (m == np.floor(m)) & (n == np.floor(n)) & (m >= 0) & (n >= m)
        many = 12 + np.minimum(root, 8 * np.sqrt(root))
        return np.where(whole & (root**2 <= MOST), 8 * np.ceil(many / 8), np.nan)


def _matrix(m: int, n: int, size: int, t: Any) -> tuple[Any, ...]:
    """T and M of T + tM, which are n(n + 1) and x² in normalized Legendre functions."""
    low = max((n - m) % 2, n - m - 2 * size)
    r = np.arange(low, n - m + 2 * size + 1, 2.0)
    above = (r + 1) * (r + 2 * m + 1) / ((2 * (r + m) + 1) * (2 * (r + m) + 3))
    below = r * (r + 2 * m) / np.where(r == 0, 1.0, (2 * (r + m) - 1) * (2 * (r + m) + 1))
    next_ = (r + 2) * (r + 2 * m + 2) / ((2 * (r + m) + 3) * (2 * (r + m) + 5))
    beside, square = np.sqrt(above * next_)[:-1], above + below
    t = t[:, None]
    diagonal = (r + m) * (r + m + 1) + t * square
    return diagonal, t * beside, (square, beside), (n - m - low) // 2, r


def characteristic(k: int, m: Any, n: Any, t: Any) -> Any:
    """The k-th derivative of the characteristic value in t."""

    def of_degree(m: int, n: int, size: int, t: Any) -> list[Any]:
        diagonal, beside, slopes, index, _ = _matrix(m, n, size, t)
        values, _ = _eigenpair.series(diagonal, beside, slopes, index, k)
        return [factorial(k) * values[k]]

    arrays = (np.asarray(t, dtype=np.float64),)
    return _eigenpair.grouped(of_degree, (m, n, _size(m, n, t)), arrays, 1)[0]


def _polynomial(i: int, m: int, r: Any, x: Any) -> Any:
    """The i-th derivative of the m-th derivative of the Legendre polynomials of degree m + r."""
    scale = prod(2 * m + 1 + 2 * j for j in range(i)) * float(prod(range(1, 2 * m, 2)))
    degree = np.maximum(r - i, 0).astype(np.int64)
    return scale * np.where(r < i, 0.0, sc.eval_gegenbauer(degree, m + 0.5 + i, x))


def _shape(i: int, m: int, x: Any, lift: float) -> Any:
    """The i-th derivative of (1 - x²)^(m/2), times (1 - x²)^lift."""
    p, total = m / 2, np.zeros_like(x)
    for s in range(i + 1):
        factor = prod(p - j for j in range(s)) * prod(p - j for j in range(i - s))
        if factor:
            powers = (1 - x) ** (p - s + lift) * (1 + x) ** (p - i + s + lift)
            total = total + comb(i, s) * (-1) ** s * factor * powers
    # At small x those powers cancel: there it is (1 - x²)^(p - i) times a polynomial.
    y = Polynomial([1.0])
    for s in range(i):
        y = Polynomial([0.0, -2 * (p - s)]) * y + Polynomial([1.0, 0.0, -1.0]) * y.deriv()
    near = ((1 - x) * (1 + x)) ** (p - i + lift) * y(x)
    return np.where(abs(x) < 0.5, near, total)


def _sum(i: int, m: int, n: int, r: Any, x: Any, found: Any, *, fixed: bool) -> Any:
    """The i-th derivative of the sum of polynomials, whose term that is held fixed is 0.

    That is the constant term, or the linear one; at small x it must not be there by rounding.
    """
    total = np.sum(found * _polynomial(i, m, r, x[:, None]), axis=1)
    odd = (n - m) % 2
    if not fixed or i > odd:
        return total
    series = np.zeros_like(total)
    for k in range(odd - i + 2, TERMS, 2):
        series += np.sum(found * _polynomial(i + k, m, r, 0.0), axis=1) * x**k / factorial(k)
    return np.where(abs(x) < SMALL, series, total)


def _product(times: int, m: int, x: Any, sums: list[Any]) -> Any:
    """A derivative of (1 - x²)^(m/2) times a polynomial, whose derivatives are given.

    For odd m it is infinite at x = ±1: the power of 1 - x² stands before the sum, so that nothing
    infinite is subtracted.
    """
    lift = times - m / 2 if m % 2 else 0.0
    total = sum(comb(times, i) * _shape(times - i, m, x, lift) * sums[i] for i in range(times + 1))
    return total * ((1 - x) * (1 + x)) ** -lift if m % 2 else total


def coefficients(j: int, m: int, n: int, size: int, t: Any) -> tuple[Any, Any]:
    """The j-th derivative in t of the coefficients of the polynomials of degree m + r; and r.

    Their sum is as in SciPy: at x = 0 it or its derivative is that of the Legendre function.
    """
    diagonal, beside, slopes, index, r = _matrix(m, n, size, t)
    lengths = np.sqrt((2 * (r + m) + 1) / sc.poch(r + 1, 2 * m))
    odd = (n - m) % 2
    found = _eigenpair.series(diagonal, beside, slopes, index, j)[1]
    vectors = [v * lengths for v in found]
    at_0 = _polynomial(odd, m, r, 0.0)
    own = float(_polynomial(odd, m, np.array(n - m), 0.0))
    found = _eigenpair.divided(vectors, [np.sum(v * at_0, axis=1) / own for v in vectors])
    return factorial(j) * found[j], r


def angular(j: int, k: int, m: Any, n: Any, t: Any, x: Any) -> tuple[Any, Any]:
    """Derivatives of the angular function, j times in t, and k and k + 1 times in x."""

    def of_degree(m: int, n: int, size: int, t: Any, x: Any) -> list[Any]:
        # Many x have the same t.
        distinct, places = np.unique(t, return_inverse=True)
        found, r = coefficients(j, m, n, size, distinct)
        found = found[places]
        with np.errstate(all="ignore"):
            sums = [_sum(i, m, n, r, x, found, fixed=j > 0) for i in range(k + 2)]
            whole = [_product(times, m, x, sums) for times in (k, k + 1)]
        return [np.where(abs(x) <= 1, y, np.nan) for y in whole]

    arrays = [np.asarray(y, dtype=np.float64) for y in (t, x)]
    first, second = _eigenpair.grouped(of_degree, (m, n, _size(m, n, t)), arrays, 2)
    return first, second
