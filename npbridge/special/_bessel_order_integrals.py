r"""Bessel functions of real order and z > 0, differentiated under integral signs.

All functions take ``m`` derivatives in the order and ``n`` in the argument.

- K: the integrand of DLMF 10.32.9, :math:`e^{-z \cosh t} \cosh \nu t`, and that of each of its
  derivatives, is of one sign.  With :math:`(1 - \cosh t)^n` instead of :math:`(-\cosh t)^n` it is
  :math:`e^z K` that is differentiated in z, without cancellation as well.
- I: DLMF 10.32.4.  Near order 0, where the derivative in the order is exponentially smaller than
  I, both integrals are of one sign.
- J and Y: DLMF 10.9.6 and 10.9.7, to a few units in the last place of the modulus of J + iY.

Integrals to infinity are summed by Gauss rules over the window outside of which the integrand is
less than exp(-44) of its maximum, in panels towards the place where it falls off for good, which
for small z lies far out.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import comb, pi
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from npbridge.special._polygamma import sin_pi
from npbridge.special._quadrature import FloatArray, blockwise, gauss_rule

__all__ = ["LARGEST", "i_small_order", "j_moderate", "k_any", "y_moderate"]

LARGEST = 10.0, 22.0
"""Up to which order and argument J and Y are good: the phase is what the rule can follow."""

_DEPTH = 44.0
_BREAKS = (40.0, 12.0, 3.0)  # before the fall
_RULES = [gauss_rule(count) for count in (24, 32, 32, 48)]
_ANGLES, _ANGLE_WEIGHTS = gauss_rule(64)
_BLOCK = 2048

Exponent = Callable[[Any, Any, Any], FloatArray]
Factor = Callable[[FloatArray, FloatArray], FloatArray]


def _crossing(exponent: Exponent, v: Any, z: Any, level: Any, inside: Any, outside: Any) -> Any:
    """A place near the one where the exponent falls below a level, on the outer side of it."""
    for _ in range(12):
        middle = (inside + outside) / 2
        above = exponent(v, z, middle) > level
        inside, outside = np.where(above, middle, inside), np.where(above, outside, middle)
    return outside


def _panels(
    exponent: Exponent, factor: Factor, v: FloatArray, z: FloatArray, mode: FloatArray, reach: Any
) -> tuple[FloatArray, FloatArray]:
    """The integral over t > 0 of exp(exponent - top) factor(v, t), and top, at the mode."""
    top = exponent(v, z, mode)
    level = top - _DEPTH
    zero = np.zeros_like(mode)
    upper = _crossing(exponent, v, z, level, mode, mode + reach)
    lower = _crossing(exponent, v, z, level, mode, zero)
    lower = np.where(exponent(v, z, zero) > level, 0.0, lower)
    fall = np.arcsinh(np.maximum(v, 1.0) / z)
    edges = [lower, *(np.clip(fall - b, lower, upper) for b in _BREAKS), upper]
    total = zero
    for k, (nodes, weights) in enumerate(_RULES):
        (chosen,) = np.nonzero(edges[k + 1] > edges[k])
        if chosen.size:
            start, width = edges[k][chosen], (edges[k + 1] - edges[k])[chosen]
            t, order, at = start + width * nodes, v[chosen], z[chosen]
            table = np.exp(exponent(order, at, t) - top[chosen]) * factor(order, t)
            total[chosen] += width * (weights * table).sum(axis=0)
    return total, top


# -- K --------------------------------------------------------------------------------------------


def k_any(m: int, n: int, v: ArrayLike, z: ArrayLike, scaled: bool) -> NDArray[np.floating]:
    """K, or exp(z) K, of any order at z > 0, elsewhere NaN."""
    return blockwise(partial(_k_any, m, n, scaled), v, z, block=_BLOCK)


def _k_exponent(v: Any, z: Any, t: Any) -> FloatArray:
    result: FloatArray = v * t - 2 * z * np.sinh(t / 2) ** 2
    return result


def _k_any(m: int, n: int, scaled: bool, order: FloatArray, z: FloatArray) -> FloatArray:
    def factor(v: FloatArray, t: FloatArray) -> FloatArray:
        result = -np.expm1(-2 * v * t) if m % 2 else 1 + np.exp(-2 * v * t)
        if m:
            result *= t**m
        if n:
            result *= (2 * np.sinh(t / 2) ** 2 + (0 if scaled else 1)) ** n
        return result

    v = np.abs(order)
    # Past the mode the exponent falls off faster than a parabola, and than an exponential.
    parabola = np.sqrt(2 * _DEPTH / np.hypot(v, z))
    reach = np.fmin(parabola, np.log1p(_DEPTH / v) + 8)
    total, top = _panels(_k_exponent, factor, v, z, np.arcsinh(v / z), reach)
    sign = (np.sign(order) if m % 2 else 1.0) * (-1.0) ** n
    result = sign * (total / 2) * np.exp(top if scaled else top - z)
    result = np.where(z == np.inf, 0.0, result)
    return np.where((z > 0) & ~np.isnan(order), result, np.nan)


# -- I --------------------------------------------------------------------------------------------


def i_small_order(m: int, n: int, v: ArrayLike, z: ArrayLike, scaled: bool) -> Any:
    """I, or exp(-z) I, for orders between -1 and 1 and 1 < z < 40."""
    return blockwise(partial(_i_small_order, m, n, scaled), v, z, block=_BLOCK)


def _i_small_order(m: int, n: int, scaled: bool, v: FloatArray, z: FloatArray) -> FloatArray:
    angle = pi * _ANGLES
    fall = 2 * np.sin(angle / 2) ** 2  # 1 - cos
    wave = (np.sin if m % 2 else np.cos)(v * angle) * (-1.0) ** ((m + 1) // 2) * angle**m
    level = -fall if scaled else 1 - fall
    even = (_ANGLE_WEIGHTS * np.exp(-z * fall) * wave * level**n).sum(axis=0)
    # Of exp(-z cosh t), as above for K, but with exp(-v t) and only where it matters.
    nodes, weights = _RULES[-1]
    width = np.arccosh(1 + _DEPTH / z)
    t = width * nodes
    rise = 2 * np.sinh(t / 2) ** 2  # cosh - 1
    table = weights * np.exp(-z * rise - v * t) * (-(rise + 1 + scaled)) ** n
    odd: Any = 0.0
    for i in range(m + 1):
        odd = odd + comb(m, i) * pi ** (m - i) * sin_pi(m - i, v) * (table * (-t) ** i).sum(axis=0)
    result: FloatArray = even - odd * width / pi * np.exp(-2 * z)
    return result if scaled else result * np.exp(z)


# -- J and Y --------------------------------------------------------------------------------------


def _angles(m: int, n: int, second: bool, v: FloatArray, z: FloatArray) -> FloatArray:
    angle = pi * _ANGLES
    height = np.sin(angle)
    turns = (n - m - second) % 4
    wave = (np.sin if turns % 2 else np.cos)(z * height - v * angle)
    weights = _ANGLE_WEIGHTS * angle**m * height**n
    sign = -1.0 if turns in (1, 2) else 1.0  # cos(x + quarters)
    result: FloatArray = sign * (weights * wave).sum(axis=0)
    return result


def j_moderate(m: int, n: int, v: ArrayLike, z: ArrayLike) -> Any:
    """J for orders between 0 and 10 and 2 < z < 22."""
    return blockwise(partial(_j_moderate, m, n), v, z, block=_BLOCK)


def _j_moderate(m: int, n: int, v: FloatArray, z: FloatArray) -> FloatArray:
    nodes, weights = _RULES[-1]
    width = np.arcsinh(_DEPTH / z)
    t = width * nodes
    table = weights * np.exp(-z * np.sinh(t) - v * t) * (-np.sinh(t)) ** n
    rest: Any = 0.0
    for i in range(m + 1):
        rest = rest + comb(m, i) * pi ** (m - i) * sin_pi(m - i, v) * (table * (-t) ** i).sum(
            axis=0
        )
    result: FloatArray = _angles(m, n, False, v, z) - rest * width / pi
    return result


def y_moderate(m: int, n: int, v: ArrayLike, z: ArrayLike) -> Any:
    """Y for orders between 0 and 10 and 0 < z < 22."""
    return blockwise(partial(_y_moderate, m, n), v, z, block=_BLOCK)


def _y_exponent(v: Any, z: Any, t: Any) -> FloatArray:
    result: FloatArray = v * t - z * np.sinh(t)
    return result


def _y_moderate(m: int, n: int, v: FloatArray, z: FloatArray) -> FloatArray:
    def factor(v: FloatArray, t: FloatArray) -> FloatArray:
        # Of exp(v t) + exp(-v t) cos(pi v) over exp(v t), by powers of t; those of odd
        # derivatives that are small near order 0 without cancellation.
        decay = np.exp(-2 * v * t)
        if m % 2:
            result: FloatArray = -np.expm1(-2 * v * t) + decay * 2 * sin_pi(0, v / 2) ** 2
        else:
            result = 1 + decay * sin_pi(1, v)
        result *= t**m
        for i in range(1, m + 1):
            result += comb(m, i) * pi**i * sin_pi(i + 1, v) * (-t) ** (m - i) * decay
        if n:
            result *= (-np.sinh(t)) ** n
        return result

    mode = np.arccosh(np.maximum(v / z, 1.0))
    reach = 5 + np.log1p(50 / np.maximum(v, z))
    total, top = _panels(_y_exponent, factor, v, z, mode, reach)
    result: FloatArray = _angles(m, n, True, v, z) - total / pi * np.exp(top)
    return result
