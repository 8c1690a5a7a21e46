"""Mathieu functions by their Fourier series, differentiated to any order. DLMF 28.4."""

from __future__ import annotations

from math import factorial, pi
from typing import Any

import numpy as np

from npbridge.special import _eigenpair

MOST = 1e6
"""The largest |q|: beyond, the matrices have some thousand rows."""


def window(m: Any, q: Any) -> Any:
    """How many coefficients on each side of the m-th are not negligible, in steps of eight."""
    with np.errstate(all="ignore"):
        q = abs(np.asarray(q, dtype=np.float64))
        whole = (m == np.floor(m)) & (m >= 0) & (q <= MOST)
        many = 14 + np.minimum(2 * np.sqrt(q), 10 * np.sqrt(np.sqrt(q)))
        return np.where(whole, 8 * np.ceil(many / 8), np.nan)


def _matrix(odd: bool, m: int, size: int, q: Any) -> tuple[Any, ...]:
    """T and M of T + qM, the index of the eigenvalue, and the multiples of x: DLMF 28.4(ii).

    The vector is that of the coefficients, but for the constant one, which is taken √2 times.
    """
    first = m % 2 or (2 if odd else 0)
    index = (m - first) // 2
    low = max(0, index - size)
    multiples = first + 2.0 * np.arange(low, index + size + 1)
    slope, slope_beside = np.zeros(len(multiples)), np.ones(len(multiples) - 1)
    if low == 0 and m % 2:
        slope[0] = -1.0 if odd else 1.0
    elif low == 0 and not odd:
        slope_beside[0] = np.sqrt(2.0)
    q = q[:, None]
    return (
        multiples**2 + q * slope,
        q * slope_beside,
        (slope, slope_beside),
        index - low,
        multiples,
    )


def characteristic(odd: bool, n: int, m: Any, q: Any) -> Any:
    """The n-th derivative of a_m(q), or of b_m(q), in q."""

    def of_order(m: int, size: int, q: Any) -> list[Any]:
        diagonal, beside, slopes, index, _ = _matrix(odd, m, size, q)
        values, _ = _eigenpair.series(diagonal, beside, slopes, index, n)
        return [factorial(n) * values[n]]

    m = np.where(np.asarray(m) < odd, np.nan, m)  # there is no b_0
    return _eigenpair.grouped(of_order, (m, window(m, q)), (np.asarray(q, dtype=np.float64),), 1)[0]


def coefficients(odd: bool, n: int, m: int, size: int, q: Any) -> tuple[Any, Any]:
    """The n-th derivative of the Fourier coefficients in q, and what they multiply x by."""
    diagonal, beside, slopes, index, multiples = _matrix(odd, m, size, q)
    vectors = _eigenpair.normalized(_eigenpair.series(diagonal, beside, slopes, index, n)[1])
    found, start = factorial(n) * vectors[n], vectors[0]
    if multiples[0] == 0:
        found[:, 0] /= np.sqrt(2.0)
        start = start * np.where(multiples == 0, np.sqrt(0.5), 1.0)
    # The sign is that of cos mx or sin mx at q = 0, and where |q| is large the function is small
    # at 0 or at π/2, whichever is taken here in the other case.
    at_0 = np.sum(start * (multiples if odd else 1.0), axis=1)
    alternating = start * np.where((multiples - m) % 4 == 0, 1.0, -1.0)
    at_half = np.sum(alternating * (multiples if odd != bool(m % 2) else 1.0), axis=1)
    sign = np.where(np.where(q < 0, at_0, at_half) < 0, -1.0, 1.0)
    return sign[:, None] * found, multiples


def angular(odd: bool, j: int, k: int, m: Any, q: Any, x: Any) -> tuple[Any, Any]:
    """Derivatives of ce_m or se_m: j times in q, and k and k + 1 times in x, in degrees."""

    def of_order(m: int, size: int, q: Any, x: Any) -> list[Any]:
        # Many x have the same q.
        distinct, places = np.unique(q, return_inverse=True)
        found, multiples = coefficients(odd, j, m, size, distinct)
        found, turned = found[places], np.fmod(x, 360.0)[:, None] * multiples
        waves = np.cos(turned * (pi / 180)), np.sin(turned * (pi / 180))
        return [
            np.sum(found * (multiples * (pi / 180)) ** i * _turned(waves, i - odd), axis=1)
            for i in (k, k + 1)
        ]

    m = np.where(np.asarray(m) < odd, np.nan, m)
    keys, arrays = (m, window(m, q)), [np.asarray(y, dtype=np.float64) for y in (q, x)]
    first, second = _eigenpair.grouped(of_order, keys, arrays, 2)
    return first, second


def _turned(waves: tuple[Any, Any], i: int) -> Any:
    """The i-th derivative of the cosine; for i = -1 it is the sine."""
    return (1, -1, -1, 1)[i % 4] * waves[i % 2]
