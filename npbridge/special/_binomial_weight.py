r"""The terms of the binomial and negative binomial distributions, and their mixtures.

With ``w(a, x) = x**a exp(-x) / Gamma(1 + a)``, which is right to a few ulp however small it is,
``N! / (A! B!) y**A q**B = w(A, N y) w(B, N q) / w(N, N)``, where ``N = A + B`` and ``q = 1 - y``.
A sum of logarithms loses ``N eps`` instead, and a product of powers overflows.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.special as sc
from numpy.typing import ArrayLike, NDArray

from npbridge.special._gamma_density import weight
from npbridge.special._quadrature import FloatArray, blockwise

__all__ = ["binomial_weight", "chi_square_mixture", "negative_binomial_mixture"]

_BLOCK = 1024
_TINY = 1e-300  # in place of 0, where powers and quotients of 0 would be NaN
_WIDTHS = 10.0  # of a Gaussian, beyond which nothing is left of it
_DEEPEST = -40.0  # a derivative of order n needs a - n
_SPARE = 24.0  # more terms, for the skew ones of few


def _binomial(k: FloatArray, n: FloatArray, p: FloatArray) -> FloatArray:
    """One block of the binomial probabilities."""
    q = 1 - p
    inside = (k >= 0) & (k <= n) & (p >= 0) & (p <= 1)
    hits, misses = np.where(inside, k, 0.0), np.where(inside, n - k, 0.0)
    total = hits + misses
    ends = np.where(p <= 0, hits == 0, misses == 0)
    regular = inside & (p > 0) & (p < 1)
    x, y = np.where(regular, total * p, 1.0), np.where(regular, total * q, 1.0)
    x, y = np.maximum(x, _TINY), np.maximum(y, _TINY)  # n = 0
    most = np.maximum(total, _TINY)
    middle = weight(hits, x) / weight(total, most) * weight(misses, y)
    value = np.where(regular, middle, np.where(inside, ends, 0.0))
    return np.where((p >= 0) & (p <= 1) & np.isfinite(n), value, np.nan)


def binomial_weight(k: ArrayLike, n: ArrayLike, p: ArrayLike) -> NDArray[np.floating]:
    """``n! / (k! (n - k)!) p**k (1 - p)**(n - k)``, and 0 unless ``0 <= k <= n``."""
    return blockwise(_binomial, k, n, p, block=4 * _BLOCK)


def _nodes(mode: FloatArray, spread: FloatArray, c: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The indices at which a sum of terms with such a peak is taken, as rows, and their step.

    Every term of narrow sums, and few of those so wide that the trapezoidal rule is exact.
    """
    if not c.any():  # the central distributions: a single term
        return np.zeros((1, c.size)), np.ones_like(c)
    step = np.where(spread > 2 * _WIDTHS, spread / 2, 1.0)
    low = np.maximum(np.floor(mode - _WIDTHS * spread - _SPARE), 0.0)
    high = mode + _WIDTHS * spread + _SPARE
    count = int(np.nanmax(np.ceil((high - low) / step), initial=1.0)) + 1
    return low + step * np.arange(count)[:, None], step


def _spread(*inverse: FloatArray) -> FloatArray:
    """The standard deviation, from the reciprocals of the curvatures."""
    return 1 / np.sqrt(np.maximum(sum(inverse[1:], inverse[0]), _TINY))


def _rise(a: FloatArray) -> FloatArray:
    """How many steps up a weight of ``a <= -1`` is computed."""
    return np.maximum(np.floor(-a), 0.0)


def _lowered(a: FloatArray, rise: FloatArray, inverse: FloatArray, b: Any = None) -> FloatArray:
    """What a weight of ``a`` is of that ``rise`` steps up, for Γ(a + 1) = Γ(a + 2) / (a + 1)."""
    factor = np.ones(np.broadcast_shapes(a.shape, inverse.shape))
    for i in range(int(rise.max(initial=0.0))):
        step = (a + 1 + i) * inverse
        if b is not None:
            step = step / np.where(a + b + i == 0, 1.0, a + b + i)
        factor = np.where(i < rise, factor * step, factor)
    return factor


def _at_zero(a: FloatArray, c: FloatArray) -> FloatArray:
    """Of a mixture at 0 its term of A = 0; infinite where it has one of A < 0 that is not whole."""
    whole = (a == np.rint(a)) & (a <= 0) & (c > 0)
    k, half = np.where(whole, -a, 0.0), np.where(whole, c / 2, 1.0)
    pole = np.where(a < 0, np.inf * sc.gammasgn(1 + a), 0.0)
    term = np.where(whole, weight(k, np.maximum(half, _TINY)), pole)
    return np.where((c == 0) & (a == np.rint(a)), np.where(a == 0, 1.0, 0.0), term)


def _chi_square(a: FloatArray, c: FloatArray, x: FloatArray) -> FloatArray:
    """One block of `chi_square_mixture`."""
    regular = (a > _DEEPEST) & (c >= 0) & (x > 0) & np.isfinite(a + c + x)
    shape, half, at = (np.where(regular, v, 1.0) for v in (a, c / 2, x / 2))
    half = np.maximum(half, _TINY)
    product = half * at
    mode = np.maximum(2 * product / (shape + np.hypot(shape, 2 * np.sqrt(product))), 0.0)
    mode = np.where(shape < 0, np.sqrt(product), mode)
    k, step = _nodes(mode, _spread(1 / (mode + 1), 1 / (mode + shape + 2)), c)
    rise = _rise(shape + k)
    lowered = _lowered(shape + k, rise, 1 / at)
    term = weight(k, half) * weight(shape + k + rise, at) * lowered
    value = step * np.where(np.isfinite(term), term, 0.0).sum(0)
    inside = (a > _DEEPEST) & (c >= 0) & (x >= 0)
    value = np.where(regular, value, np.where(x == 0, _at_zero(a, c), 0.0))
    return np.where(inside, value, np.nan)


def chi_square_mixture(a: ArrayLike, c: ArrayLike, x: ArrayLike) -> NDArray[np.floating]:
    """The sum over k of ``w(k, c/2) w(a + k, x/2)``, twice a noncentral chi-square density.

    Of ``2 a + 2`` degrees of freedom and noncentrality ``c``; with ``a < -1`` its derivatives.
    """
    return blockwise(_chi_square, a, c, x, block=_BLOCK)


def _negative_binomial(a: FloatArray, b: FloatArray, c: FloatArray, z: FloatArray) -> FloatArray:
    """One block of `negative_binomial_mixture`."""
    known = (a > _DEEPEST) & (b > 0) & ((a + b > 0) | (a == np.rint(a)))
    regular = known & (c >= 0) & (z > 0) & np.isfinite(a + b + c + z)
    shape, other, half, at = (np.where(regular, v, 1.0) for v in (a, b, c / 2, z))
    half = np.maximum(half, _TINY)
    q = 1 / (1 + at)
    y = at * q
    linear = half * y - shape
    product = np.maximum(half * y * (shape + other), 0.0)
    root = np.hypot(linear, 2 * np.sqrt(product))
    mode = np.where(linear > 0, (linear + root) / 2, 2 * product / (root - linear))
    mode = np.maximum(mode, 0.0)
    curved = 1 / (mode + shape + 2) - 1 / (mode + shape + other + 2)
    k, step = _nodes(mode, _spread(1 / (mode + 1), np.maximum(curved, 0.0)), c)
    rise = _rise(shape + k)
    hits = shape + k + rise
    total = hits + other
    ratio = weight(hits, total * y) / weight(total, total) * weight(other, total * q)
    lowered = _lowered(shape + k, rise, (1 + at) / at, other)
    term = weight(k, half) * ratio * (other / total) * lowered
    term = np.where(np.isfinite(term), term, 0.0)
    value = step * term.sum(0)
    inside = known & (c >= 0) & (z >= 0)
    value = np.where(regular, value, np.where(z == 0, _at_zero(a, c), 0.0))
    return np.where(inside, value, np.nan)


def negative_binomial_mixture(
    a: ArrayLike, b: ArrayLike, c: ArrayLike, z: ArrayLike
) -> NDArray[np.floating]:
    """The sum over k of ``w(k, c/2)`` times the negative binomial weight of ``a + k``.

    That is ``Gamma(A + b) / (A! Gamma(b)) z**A (1 + z)**(-A - b)`` for ``A = a + k``.
    """
    return blockwise(_negative_binomial, a, b, c, z, block=_BLOCK)
