"""Derivatives of quotients f(x) / x with a removable hole at x = 0."""

from __future__ import annotations

from collections.abc import Callable
from math import comb, factorial, pi, prod
from typing import Any

import numpy as np
import scipy.special as sc

NEAR = 3.0
"""Below, the power series; above, Leibniz' rule, which cancels near x = 0."""
TERMS = 30


def _quotient(
    n: int, x: Any, series: Any, function: Callable[[int, Any], Any], border: float = NEAR
) -> Any:
    """The n-th derivative of f(x) / x; `series` lists the powers of f(x) / x, with factors."""
    x = np.asarray(x, dtype=np.float64)
    out = np.full(x.shape, np.nan)
    with np.errstate(all="ignore"):
        near, far = np.abs(x) < border, np.abs(x) >= border
        start, at = x[near], x[far]
        out[near] = sum(
            c * prod(p - i for i in range(n)) * (start ** float(p - n) if p > n else 1.0)
            for p, c in series
            if p >= n
        )
        out[far] = sum(
            comb(n, k) * function(k, at) * (-1) ** (n - k) * factorial(n - k) / at / at ** (n - k)
            for k in range(n + 1)
        )
    return out


STRUVE0_SERIES = [
    (2 * k, 2 / pi * (-1) ** k / prod(2 * i + 1 for i in range(1, k + 1)) ** 2)
    for k in range(TERMS)
]


def _struve0_dn(n: int, x: Any) -> Any:
    """Of H₀, by its differential equation x f'' + f' + x f = 2/π: DLMF 11.2.7."""
    found = [sc.struve(0.0, x), 2 / pi - sc.struve(1.0, x)]
    found.append((2 / pi - found[1]) / x - found[0])
    for k in range(1, n - 1):
        found.append(-found[k] - ((k + 1) * found[k + 1] + k * found[k - 1]) / x)
    return found[n]


def struve0_over_x_dn(n: int, x: Any) -> Any:
    """Of H₀(x) / x."""
    return _quotient(n, x, STRUVE0_SERIES, _struve0_dn)


MODIFIED_NEAR = 20.0
"""Of I₀, whose series does not cancel; above, its exponential growth is taken out."""


def _bessel0_series(terms: int, sign: int) -> list[tuple[int, float]]:
    """Of I₀ - 1 for sign = 1, of 1 - J₀ for sign = -1: DLMF 10.25.2 and 10.2.2."""
    return [
        (2 * k - 1, (1 if k % 2 else sign) / (4**k * factorial(k) ** 2)) for k in range(1, terms)
    ]


BESSEL0_SERIES = _bessel0_series(TERMS, -1)
MODIFIED_BESSEL0_SERIES = _bessel0_series(50, 1)


def _bessel0_dn(n: int, x: Any) -> Any:
    """Of 1 - J₀."""
    return -sc.jvp(0, x, n) if n else 1 - sc.j0(x)


def bessel0_over_x_dn(n: int, x: Any) -> Any:
    """Of (1 - J₀(x)) / x."""
    return _quotient(n, x, BESSEL0_SERIES, _bessel0_dn)


def _modified_bessel0_dn(n: int, x: Any) -> Any:
    """Of I₀ - 1, times exp(-|x|): DLMF 10.29.5."""
    total = sum(comb(n, k) * sc.ive(abs(2 * k - n), x) for k in range(n + 1)) / 2**n
    return total if n else total - np.exp(-np.abs(x))


def modified_bessel0_over_x_dn(n: int, x: Any) -> Any:
    """Of (I₀(x) - 1) / x."""
    size = np.abs(np.asarray(x, dtype=np.float64))
    # In two steps, for exp(|x|) overflows before I₀ does.
    growth = np.where(size < MODIFIED_NEAR, 1.0, np.exp(np.minimum(size, 1400.0) / 2))
    rest = _quotient(n, x, MODIFIED_BESSEL0_SERIES, _modified_bessel0_dn, MODIFIED_NEAR)
    with np.errstate(over="ignore"):
        return growth * rest * growth
