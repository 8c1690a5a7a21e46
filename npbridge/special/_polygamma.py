"""Polygamma functions of real and complex numbers."""

from __future__ import annotations

from math import factorial, pi
from typing import Any

import numpy as np
import scipy.special as sc

__all__: list[str] = []

# B₂, B₄, ..., B₂₄ (DLMF 24.2(iv)).
_BERNOULLI = (
    *(1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730),
    *(7 / 6, -3617 / 510, 43867 / 798, -174611 / 330, 854513 / 138, -236364091 / 2730),
)


def tail(n: int) -> list[tuple[float, int]]:
    """Coefficients and negative powers of the asymptotic series of ψ⁽ⁿ⁾ (DLMF 5.15.8)."""
    # log x stands for the power 0, which ψ itself has.
    sign = -((-1) ** n)
    terms = [(sign * factorial(n - 1), n)] if n else []
    terms.append((sign * factorial(n) / 2, n + 1))
    for k, bernoulli in enumerate(_BERNOULLI, 1):
        terms.append((sign * bernoulli * factorial(2 * k + n - 1) / factorial(2 * k), 2 * k + n))
    return [(float(coefficient), power) for coefficient, power in terms]


def shift(n: int) -> int:
    """How far to the right the asymptotic series reaches double precision."""
    return 14 + 2 * n


def cot_polynomial(n: int) -> list[int]:
    """The n-th derivative of cot as a polynomial in cot, by cot' = -1 - cot²."""
    powers = [0, 1]
    for _ in range(n):
        slopes = [k * c for k, c in enumerate(powers)][1:]
        powers = [0] * (len(slopes) + 2)
        for k, c in enumerate(slopes):
            powers[k] -= c
            powers[k + 2] -= c
    return powers


def sin_cos_pi(x: Any) -> tuple[Any, Any]:
    """Sine and cosine of πx, exact at integers and at halves."""
    nearest = np.rint(x.real)
    rest = x - nearest
    sign = np.where(nearest % 2 == 0, 1.0, -1.0)
    folded = np.where(rest.real < 0, -rest, rest)
    # cos πr = sin π(1/2 - r), whose zero at a half is exact.
    return sign * np.sin(pi * rest), sign * np.sin(pi * (0.5 - folded))


def sin_pi(n: int, x: Any) -> Any:
    """The sine of πx and n quarter turns, for real x."""
    with np.errstate(all="ignore"):
        sine, cosine = sin_cos_pi(np.asarray(x))
    return (sine, cosine, -sine, -cosine)[n % 4]


def d_cot(n: int, x: Any) -> Any:
    """The n-th derivative of π cot πx, n >= 1."""
    if np.iscomplexobj(x):
        x = x.real + 1j * np.clip(x.imag, -110.0, 110.0)  # it is below 1e-290 from there on
    sine, cosine = sin_cos_pi(x)
    # 1 + cot² divided out of the polynomial: far from the real line it cancels to nothing.
    quotient = cot_polynomial(n)
    for k in range(len(quotient) - 1, 1, -1):
        quotient[k - 2] -= quotient[k]
    cot = cosine / sine
    total: Any = 0.0
    for coefficient in reversed(quotient[2:]):
        total = total * cot + coefficient
    return pi ** (n + 1) * total / (sine * sine)


def _polygamma_right(n: int, z: Any) -> Any:
    """ψ⁽ⁿ⁾(z) for complex z with Re z >= 1/2, n >= 1 (DLMF 5.15.5 and 5.15.8)."""
    sign = -((-1) ** n)
    total = sum((z + k) ** -(n + 1.0) for k in range(shift(n))) * (sign * factorial(n))
    far = z + shift(n)
    for coefficient, power in tail(n):
        total = total + coefficient * far ** -float(power)
    return total


def polygamma_z(n: int, z: Any) -> Any:
    """ψ⁽ⁿ⁾(z) for real or complex z."""
    z = np.asarray(z)
    if n == 0:
        return sc.psi(z)
    with np.errstate(all="ignore"):
        left = z.real < (0.5 if np.iscomplexobj(z) else 0.0)
        right = np.where(left, 1 - z, z)
        values = _polygamma_right(n, right) if np.iscomplexobj(z) else sc.polygamma(n, right)
        if not left.any():
            return values
        # DLMF 5.15.6.
        return np.where(left, (-1) ** n * values - d_cot(n, np.where(left, z, 0.5)), values)
