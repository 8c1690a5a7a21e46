"""Derivatives of the Kelvin functions of order 0, of any order, without cancellation."""

from __future__ import annotations

from math import comb, factorial, pi, prod
from typing import Any

import numpy as np
import scipy.special as sc

NEAR_BER, NEAR_KER = 5.0, 2.0
"""Below, the series in x, whose real and imaginary parts stand apart; above, Bessel functions of
complex argument, whose small part is lost in the rounding of the large one at x = 1e-5."""
TERMS = 30


def _falling(p: int, n: int) -> int:
    return prod(p - i for i in range(n))


def _falling_slope(p: int, n: int) -> int:
    """The derivative of p (p - 1) ... (p - n + 1) in p."""
    return sum(prod(p - i for i in range(n) if i != j) for j in range(n))


def _power(x: Any, p: int) -> Any:
    return np.ones_like(x) if p == 0 else x ** float(p)


def _coefficient(j: int) -> float:
    sign = -1.0 if j // 2 % 2 else 1.0
    return float(sign / (factorial(j) ** 2 * 4**j))


def _series(n: int, x: Any, first: int) -> Any:
    """Of ber for first = 0, of bei for first = 1: DLMF 10.65(i)."""
    return sum(
        _coefficient(j) * _falling(2 * j, n) * _power(x, 2 * j - n)
        for j in range(first, TERMS, 2)
        if 2 * j >= n
    )


def _log_series(n: int, x: Any, first: int) -> Any:
    """The part of ker or kei with log(x/2) and ψ: DLMF 10.65(ii)."""
    log, total = np.log(x / 2), np.zeros_like(x)
    for j in range(first, TERMS, 2):
        p, falling = 2 * j, _falling(2 * j, n)
        factor: Any = -_falling_slope(p, n)
        if falling:
            factor = factor + falling * (sc.psi(j + 1.0) - log)
        term = _coefficient(j) * factor * _power(x, p - n)
        total = total + (np.where(x == 0, 0.0, term) if p > n else term)
    return total


def _of_first_kind(n: int, x: Any) -> Any:
    """The n-th derivative of J₀(x exp(3πi/4)): DLMF 10.6.7."""
    w = complex(-np.sqrt(0.5), np.sqrt(0.5))
    terms = [
        (-1) ** (k if 2 * k >= n else n - k) * comb(n, k) * sc.jv(abs(2 * k - n), w * x)
        for k in range(n + 1)
    ]
    return (w / 2) ** n * sum(terms)


def _of_second_kind(n: int, x: Any) -> Any:
    """The n-th derivative of K₀(x exp(πi/4)): DLMF 10.29.5."""
    w = complex(np.sqrt(0.5), np.sqrt(0.5))
    terms = [comb(n, k) * sc.kv(abs(n - 2 * k), w * x) for k in range(n + 1)]
    return (-w / 2) ** n * sum(terms)


def ber_bei(n: int, x: Any, first: int) -> Any:
    """The n-th derivative of ber, or of bei for first = 1."""
    x = np.asarray(x, dtype=np.float64)
    size, out = np.abs(x), np.full(x.shape, np.nan)
    with np.errstate(all="ignore"):
        near, far = size < NEAR_BER, size >= NEAR_BER
        out[near] = _series(n, size[near], first)
        whole = _of_first_kind(n, size[far])
        out[far] = whole.imag if first else whole.real
    return np.where(x < 0, (-1) ** n * out, out)


def ker_kei(n: int, x: Any, first: int) -> Any:
    """The n-th derivative of ker, or of kei for first = 1; NaN for negative x."""
    x = np.asarray(x, dtype=np.float64)
    out = np.full(x.shape, np.nan)
    with np.errstate(all="ignore"):
        near, far = (x >= 0) & (x < NEAR_KER), x >= NEAR_KER
        start = x[near]
        other = _series(n, start, 1 - first) * (-pi / 4 if first else pi / 4)
        out[near] = _log_series(n, start, first) + other
        whole = _of_second_kind(n, x[far])
        out[far] = whole.imag if first else whole.real
    return out


def kelvin(n: int, x: Any) -> tuple[Any, Any]:
    """The n-th derivatives of ber x + i bei x and of ker x + i kei x."""
    found = []
    for family in (ber_bei, ker_kei):
        whole = np.empty(np.shape(x), np.complex128)  # not a sum, in which i times inf is NaN
        whole.real, whole.imag = family(n, x, 0), family(n, x, 1)
        found.append(whole)
    return found[0], found[1]
