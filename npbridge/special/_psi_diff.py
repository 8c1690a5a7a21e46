"""Differences of polygamma functions, without the cancellation."""

from __future__ import annotations

from math import factorial, pi
from typing import Any

import numpy as np

from npbridge.special._polygamma import cot_polynomial, polygamma_z, shift, sin_cos_pi, tail

__all__: list[str] = []


def _log_ratio(x: Any, y: Any, step: Any) -> Any:
    """log(y / x) for y = x + step."""
    small = np.abs(step) < x / 2
    return np.where(small, np.log1p(np.where(small, step / x, 0.0)), np.log(y / x))


def _psi_diff_right(n: int, a: Any, end: Any, b: Any) -> Any:
    """ψ⁽ⁿ⁾(end) - ψ⁽ⁿ⁾(a) for end = a + b, both positive, term by term."""

    def difference(power: int, k: int) -> Any:
        x = a + k
        return x**-power * np.expm1(-power * _log_ratio(x, end + k, b))

    sign = -((-1) ** n)
    total: Any = sum(difference(n + 1, k) for k in range(shift(n))) * (sign * factorial(n))
    far = shift(n)
    for coefficient, power in tail(n):
        total = total + coefficient * difference(power, far)
    return total if n else total + _log_ratio(a + far, end + far, b)


def _cot_diff(n: int, a: Any, end: Any, b: Any) -> Any:
    """The n-th derivative of π cot πx at end = a + b less that at a."""
    (sin_a, cos_a), (sin_end, cos_end) = sin_cos_pi(a), sin_cos_pi(end)
    sin_b, _ = sin_cos_pi(b)
    one, other = cos_end / sin_end, cos_a / sin_a
    # The quotient does not cancel, the difference does not feel the rounding of a + b.
    near = np.abs(one - other) < np.abs(other) / 2
    apart = np.where(near, -sin_b / (sin_end * sin_a), one - other)
    # A difference of powers is the difference of cotangents times a sum.
    total: Any = 0.0
    for k, coefficient in enumerate(cot_polynomial(n)):
        total = total + coefficient * sum(one**i * other ** (k - 1 - i) for i in range(k))
    return np.where(sin_b == 0, 0.0, pi ** (n + 1) * apart * total)


def psi_diff(n: int, a: Any, b: Any) -> Any:
    """ψ⁽ⁿ⁾(a + b) - ψ⁽ⁿ⁾(a) for real numbers."""
    a, b = np.asarray(a, np.float64), np.asarray(b, np.float64)
    with np.errstate(all="ignore"):
        end = a + b
        right, left = (a > 0) & (end > 0), (a <= 0) & (end <= 0)
        start = np.where(right, a, np.where(left, 1 - a, 1.0))
        stop = np.where(right, end, np.where(left, 1 - end, 1.0))
        step = np.where(right, b, np.where(left, -b, 0.0))
        same = _psi_diff_right(n, start, stop, step)
        if right.all():
            return same
        mirrored = (-1) ** n * same - _cot_diff(n, a, end, b)
        across = polygamma_z(n, end) - polygamma_z(n, a)
        return np.where(right, same, np.where(left, mirrored, across))
