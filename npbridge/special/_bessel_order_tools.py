"""What derivatives of Bessel functions in the order share: differences, series, limits at 0."""

from __future__ import annotations

from collections.abc import Callable
from math import comb, factorial, inf, pi
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import special

from npbridge.special import _stencil
from npbridge.special._polygamma import sin_pi
from npbridge.special._scaled_bessel_derivatives import LARGE

Array = NDArray[Any]
Base = Callable[[int, Array, Array], Array]

_LEVELS = 5
_TERMS = 200


def expands(v: Array, z: Array) -> Array:
    result: Array = np.isfinite(v) & (np.abs(z) >= LARGE) & (np.abs(z) >= v * v / 4)
    return result


def leibniz(m: int, rate: complex, derivatives: list[Array]) -> Array:
    """Of exp(rate x) times a function, over that exponential."""
    total: Any = 0.0
    for j in range(m + 1):
        total = total + comb(m, j) * rate ** (m - j) * derivatives[j]
    result: Array = np.asarray(total)
    return result


def pieces(
    v: Array, z: Array, kind: Any, *pieces: tuple[Any, Callable[[Array, Array], Array]]
) -> Array:
    """The first of the pieces whose condition holds, evaluated there only; else NaN."""
    result = np.full(z.shape, np.nan, kind)
    left = np.ones(z.shape, np.bool_)
    for condition, function in pieces:
        chosen = left & condition
        if chosen.any():
            result[chosen] = function(v[chosen], z[chosen])
        left &= ~chosen
    return result


def turning(v: Array, z: Array) -> Array:
    """The rate of J, Y and H: they turn by a quarter for each order, or grow like a power."""
    result: Array = np.hypot(np.where(v > 0, pi / 2, pi), np.arcsinh((np.abs(v) + 1) / np.abs(z)))
    return result


def growing(v: Array, z: Array) -> Array:
    """The rate of I and K, whose part that changes sign is small for large z."""
    small = pi / (1 + np.maximum(z.real, 0))
    result: Array = np.hypot(small, np.arcsinh((np.abs(v) + 1) / np.abs(z)))
    return result


def stencil_of(
    function: Callable[..., Any], rate: Callable[..., Array], m: int, v: Array, z: Array
) -> Array:
    """Of a function that changes in the order by about this rate."""
    step = 0.3 / rate(v, z)
    result: Array = _stencil.derivative(function, m, v, z, step=step, levels=_LEVELS)
    return result


def series(sign: int, m: int, v: Array, z: Array) -> Array:
    """J (sign -1) or I (sign 1) at v >= 0: DLMF 10.2.2 and 10.25.2, as Taylor series in v."""
    # Of (z/2)^e Γ(v + 1) / Γ(v + 1 + e), from that of its logarithm.
    slopes = [np.log(z / 2) - special.digamma(v + 1)]
    slopes += [-special.polygamma(i, v + 1) / factorial(i) for i in range(1, m)]
    terms: list[Any] = [np.ones(z.shape)]
    for i in range(m):
        terms.append(sum(slopes[j] * terms[i - j] for j in range(i + 1)) / (i + 1))
    total, size = terms[m].copy(), np.abs(terms[m])
    for k in range(1, _TERMS):
        scale, below = sign * (z / 2) ** 2 / k, 1 / (v + k)
        terms[0] = terms[0] * scale * below
        for i in range(1, m + 1):
            terms[i] = (terms[i] * scale - terms[i - 1]) * below
        total += terms[m]
        size = np.maximum(size, np.abs(terms[m]))
        if k > 4 and (np.abs(terms[m]) <= 1e-18 * size).all():
            break
    power = (z / 2) ** v * special.rgamma(v + 1)
    # 1 / Γ underflows from 171 on.
    power = np.where(v < 150, power, np.exp(v * np.log(z / 2) - special.gammaln(v + 1)))
    result: Array = factorial(m) * power * total
    return result


def by_differences(base: Base, m: int, n: int, r: int, v: Array, z: Array) -> Array:
    """DLMF 10.6.7 for r = -1, 10.29.5 for r = 1."""
    total: Any = 0.0
    for k in range(n + 1):
        total = total + comb(n, k) * r**k * base(m, v + (2 * k - n), z)
    result: Array = total / 2**n
    return result


def scaled_differences(
    base: Base, m: int, n: int, c: complex, r: complex, v: Array, z: Array
) -> Array:
    """As `_scaled_bessel_derivatives`."""
    total: Any = 0.0
    for k in range(2 * n + 1):
        total = total + comb(2 * n, k) * r ** (k - n) * base(m, v + (k - n), z)
    result: Array = total * (c / 2) ** n
    return result


# Where functions are infinite, at z = 0 or by overflow, so are their derivatives in the order: like
# their leading terms, powers of z with a coefficient, n-th derivatives of which have powers of log.


def limit_of_first(m: int, n: int, v: Array) -> Array:
    """J and I: (z/2)^u / Γ(u + 1) with u = v - n."""
    u = v - n
    value = special.rgamma(u + 1)
    # At its zeros 1 / Γ has derivatives of alternating sign.
    slope = np.where(np.mod(u, 2) == 0, -1.0, 1.0)
    sign = np.where(value != 0, np.sign(value) * (-1.0) ** m, slope * (-1.0) ** (m - 1))
    result: Array = np.where(u > 0, 0.0, np.where(np.isnan(v), np.nan, sign * inf))
    return result


def limit_of_second(m: int, n: int, v: Array) -> Array:
    """Y: -Γ(|v|) (z/2)^-|v| / π, with the cosine of πv at negative orders."""
    cosine, sine = sin_pi(1, v), sin_pi(0, v)
    sign = np.where(cosine != 0, np.sign(cosine), np.sign(sine)) * (-1.0) ** m
    sign = np.where(v < 0, sign, 1.0) * (-1.0) ** (n + 1)
    result: Array = np.where(np.isnan(v), np.nan, sign * inf)
    if m == 1:  # -π/2 times a derivative of J at order 0
        result = np.where(v == 0, -pi / 2 * special.jvp(0, 0.0, n), result)
    return result


def limit_of_modified(m: int, n: int, v: Array) -> Array:
    """K: Γ(|v|) (z/2)^-|v| / 2."""
    sign = (np.sign(v) if m % 2 else np.ones_like(v)) * (-1.0) ** n
    result: Array = np.where((v == 0) & (m % 2 == 1), 0.0, sign * inf)
    return result


def with_limits(
    limit: Callable[[int, int, Array], Array], m: int, n: int, v: Array, z: Array, result: Array
) -> Array:
    lost = (z == 0) | (np.isnan(result) & (z > 0) & (z < np.abs(v) + 1))
    result = np.where(lost, limit(m, n, v), result)
    return np.where(z < 0, np.nan, result)
