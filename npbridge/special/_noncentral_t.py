r"""Moments of a normal density under the chi distribution, for the noncentral t distribution.

With ``S`` the square root of a chi-square variable over its degrees of freedom ``v`` the
distribution function is ``E[Phi(t S - c)]``, and every derivative in ``t`` and ``c`` is a multiple
of ``E[S**i phi^(j)(t S - c)]``.  In ``u = log S`` the integrand has a single peak, whose place is
the root of a quadratic; to its right it falls like a Gaussian at least, to its left like
``exp((v + i) u)``, and once ``t S`` is negligible it is exactly that, which is integrated by hand.
The closed form by confluent hypergeometric functions (DLMF 13.4.4) cancels where ``c t < 0``.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import ArrayLike, NDArray

from npbridge.special._gamma_density import weight
from npbridge.special._quadrature import FloatArray, blockwise, gauss_rule

__all__ = ["noncentral_moment"]

_BLOCK = 512
_DROP = 42.0
_PANELS = 6
_NODES, _WEIGHTS = gauss_rule(24)


def _hermite(j: int, z: FloatArray) -> FloatArray:
    """``(-1)**j He_j(z)``, the factor of the j-th derivative of the normal density."""
    before, now = np.ones_like(z), -z
    if j == 0:
        return before
    for k in range(1, j):
        before, now = now, -z * now - k * before
    return now


def _edge(
    exponent: Callable[[FloatArray], FloatArray], mode: FloatArray, first: FloatArray
) -> FloatArray:
    """How far from the mode the exponent has fallen enough, to a few percent."""
    low, high = np.zeros_like(mode), first
    for _ in range(12):
        short = exponent(mode + high) > -_DROP
        low = np.where(short, high, low)
        high = np.where(short, 2 * high, high)
    for _ in range(6):
        middle = (low + high) / 2
        short = exponent(mode + middle) > -_DROP
        low, high = np.where(short, middle, low), np.where(short, high, middle)
    return high


def _moment(i: int, j: int, v: FloatArray, c: FloatArray, t: FloatArray) -> FloatArray:
    """Evaluate one block."""
    inside = (v > 0) & ~np.isnan(c + t)
    regular = inside & np.isfinite(c) & np.isfinite(t)
    v = np.minimum(np.where(regular, v, 1.0), 1e16)  # beyond which S is 1 to rounding
    c, t = np.where(regular, c, 0.0), np.where(regular, t, 0.0)
    power, curve, pull = v + i, np.hypot(np.sqrt(v), t), t * c
    # exp(power u - curve² S²/2 + pull S): its mode, without cancellation for either sign.
    relative = pull / curve
    root = np.hypot(relative, 2 * np.sqrt(power))
    peak = np.where(relative > 0, (relative + root) / 2, 2 * power / (root - relative)) / curve
    mode = np.log(peak)

    def exponent(u: FloatArray) -> FloatArray:
        # Relative to the peak: power (w - (e^2w - 1)/2) - pull S* (e^w - 1)²/2.
        w = u - mode
        rise = np.expm1(w)
        fallen: FloatArray = power * (w - rise - rise * rise / 2) - pull * peak * rise * rise / 2
        return fallen

    width = 3 / np.sqrt(np.maximum(2 * power + pull * peak, 1e-300))
    above = _edge(exponent, mode, width)
    below = -_edge(exponent, mode, -width)
    # Beyond this S changes nothing but the power of S itself.
    flat = -_DROP - np.log(np.maximum(np.abs(t) * (1 + np.abs(c)) + np.sqrt(v), 1e-300))
    below = np.minimum(below, np.maximum(mode - flat, 0.0) + width)

    def part(start: FloatArray, length: FloatArray) -> FloatArray:
        u = start + length * _NODES
        s = np.exp(u)
        value = np.exp(exponent(u)) * _hermite(j, t * s - c)
        total: FloatArray = (_WEIGHTS * value).sum(0) * length
        return total

    total = np.zeros_like(mode)
    for sign, length in ((1.0, above), (-1.0, below)):
        edge = np.zeros_like(mode)
        for panel in range(_PANELS):
            following = length * 2.0 ** (panel + 1 - _PANELS)
            total = total + part(mode + np.minimum(sign * edge, sign * following), following - edge)
            edge = following
    end = mode - below
    total = total + np.exp(exponent(end)) / power * _hermite(j, -c)
    half = v / 2
    # 2 h^(h) e^(-h) / Γ(h) at S = 1, and what the exponent is at the peak.
    rise = np.expm1(mode)
    height = v * (mode - rise - rise * rise / 2) + i * mode - (t * peak - c) ** 2 / 2
    value = 2 * half * weight(half, half) * np.exp(height) * total / np.sqrt(2 * np.pi)
    return np.where(regular, value, np.where(inside, 0.0, np.nan))


def noncentral_moment(
    i: int, j: int, v: ArrayLike, c: ArrayLike, t: ArrayLike
) -> NDArray[np.floating]:
    """``E[S**i phi^(j)(t S - c)]`` for ``v`` degrees of freedom; see the module's docstring."""
    return blockwise(partial(_moment, i, j), v, c, t, block=_BLOCK)
