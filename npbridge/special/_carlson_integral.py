"""Symmetric elliptic integrals with any half-integer exponents. DLMF 19.16(ii)."""

from __future__ import annotations

from typing import Any

import numpy as np

from npbridge.special._quadrature import FloatArray, blockwise

_WEIGHT = 0.3
_STEP = 0.25
"""Of the doubly exponential part, and of the trapezoidal rule: measured to leave 1e-15, also where
all arguments are equal and powers are high."""
_TAIL = 45.0
"""Where the integrand has fallen to exp(-45), the rule ends."""


def carlson_integral(a: int, b: int, c: int, d: int, x: Any, y: Any, z: Any, p: Any) -> Any:
    """Integrate (t+x)^(-a/2) (t+y)^(-b/2) (t+z)^(-c/2) (t+p)^(-d/2) over positive t.

    A positive integrand: no cancellation for any arguments, equal ones included.
    """
    powers = np.array([a, b, c, d], dtype=np.float64) / 2

    def kernel(*arguments: FloatArray) -> FloatArray:
        return _integrated(powers, np.stack(arguments))

    return blockwise(kernel, x, y, z, p, block=256)


def _integrated(powers: FloatArray, arguments: FloatArray) -> FloatArray:
    """Of flat arrays of arguments, one row each."""
    held = powers != 0
    powers, arguments = powers[held, None], arguments[held]
    zero = arguments == 0
    fall, rise = powers.sum() - 1, 1 - np.where(zero, powers, 0.0).sum(0)
    proper = (arguments >= 0).all(0) & ~zero.all(0) & np.isfinite(arguments).all(0)
    proper &= (rise > 0) & (fall > 0)
    safe = np.where(proper & ~zero, arguments, 1.0)
    least = np.where(zero, np.inf, safe).min(0)
    least, most = np.where(proper, least, 1.0), np.where(zero, 0.0, safe).max(0)
    most = np.where(proper, most, 1.0)
    # By a power of 4, whose square root is exact.
    unit = 4.0 ** np.round((np.log2(least) + np.log2(most)) / 4)
    with np.errstate(all="ignore"):
        logs = np.log(np.where(zero & proper, 0.0, safe / unit))
    half = (np.log(most) - np.log(least)) / 2
    # t = exp(s) is spaced evenly over the arguments, and doubly exponentially beyond them.
    start = -half - np.log(_TAIL / _WEIGHT / np.where(proper, rise, 1.0))
    end = half + np.log(_TAIL / _WEIGHT / (fall if fall > 0 else 1.0))
    count = int(np.ceil((end - start).max(initial=1.0) / _STEP)) + 1
    step = (end - start) / (count - 1)
    v = start + np.arange(count)[:, None] * step
    above, below = _WEIGHT * np.exp(v - half), _WEIGHT * np.exp(-v - half)
    s = v + above - below
    total = s + np.log1p(above + below)
    for power, log in zip(powers[:, 0], logs, strict=True):
        total = total - power * np.logaddexp(s, log)
    value = np.exp(total).sum(0) * step * unit ** -float(fall)
    infinite = np.isfinite(arguments) & (arguments >= 0)
    value = np.where(proper, value, np.where(infinite.all(0), np.inf, np.nan))
    vanishing = (np.isposinf(arguments) & (powers > 0)).any(0) & ~np.isnan(arguments).any(0)
    return np.asarray(np.where(vanishing & (arguments >= 0).all(0), 0.0, value))
