r"""Derivatives of the distributions of the Kolmogorov-Smirnov statistics.

The limiting one is a theta function, of which one of two series converges within a few terms.

That of ``n`` numbers is, with ``x = n d``, a sum of products of an Abel polynomial and a power,

.. math:: S = \frac{n!\,e^n}{n^n} \sum_j A_j(x) B_{n-j}(x), \qquad
          A_j = \frac{x (x+j)^{j-1} e^{-x-j}}{j!}, \quad B_q = \frac{(q-x)^q e^{x-q}}{q!},

over ``q = n - j >= x``.  Derivatives are taken of both factors by their logarithms, in which what
is of order ``n`` has cancelled by hand.  The sum over all ``j`` is 1 (Abel's identity), so that
near 0 the few terms that are left out, which alternate, give the derivatives with less loss.
"""

from __future__ import annotations

from functools import partial
from math import comb, factorial, pi

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from npbridge.special._arithmetic import horner
from npbridge.special._gamma_density import weight
from npbridge.special._quadrature import FloatArray, blockwise

__all__ = ["kolmogorov_dn", "smirnov_dn"]

_SPLIT = 0.9  # both series have five terms at most here
_TERMS = 6
_ROWS = 2048


def _hermite(n: int, z: FloatArray) -> FloatArray:
    """``(-1)**n He_n(z)``, the factor of the n-th derivative of ``exp(-z*z/2)``."""
    before, now = np.zeros_like(z), np.ones_like(z)
    for k in range(n):
        before, now = now, -z * now - k * before
    return now


def _theta_coefficients(n: int) -> list[float]:
    """Of the polynomial in ``s = c / y**2`` with which the n-th derivative of ``exp(-s) / y``
    begins, the rest being ``exp(-s) / y**(n + 1)``.
    """
    p = [1.0]
    for m in range(1, n + 1):
        slope = [-2 * k * c for k, c in enumerate(p)]  # of -2 s p'
        p = [a + 2 * b - m * c for a, b, c in zip([*slope, 0], [0, *p], [*p, 0], strict=True)]
    return p


def _kolmogorov(n: int, y: FloatArray) -> FloatArray:
    """Evaluate one block, for ``n >= 1``."""
    at = np.clip(y, 0.03, 30.0)  # beyond which all derivatives are 0
    large, small = np.maximum(at, _SPLIT), np.minimum(at, _SPLIT)
    far = np.zeros_like(y)
    for k in range(1, _TERMS):
        z = 2 * k * large
        far -= 2 * (-1) ** k * (2.0 * k) ** n * _hermite(n, z) * np.exp(-z * z / 2)
    near, coefficients = np.zeros_like(y), _theta_coefficients(n)
    for k in range(1, _TERMS):
        s = ((2 * k - 1) * pi / small) ** 2 / 8
        near -= np.sqrt(2 * pi) * horner(s, coefficients) * np.exp(-s) / small ** (n + 1)
    value = np.where(at > _SPLIT, far, near)
    # The sign of 0 is that of the first derivative, for the inverse.
    return np.where(np.isnan(y), np.nan, np.where((y <= 0) | (value == 0), -0.0, value))


def kolmogorov_dn(n: int, y: ArrayLike) -> NDArray[np.floating]:
    """``n``-th derivative of ``scipy.special.kolmogorov(y)``, for ``n >= 1`` (DLMF 20.7.32)."""
    return blockwise(partial(_kolmogorov, n), y, block=4096)


def _bell(scores: list[FloatArray]) -> list[FloatArray]:
    """Complete Bell polynomials, from derivatives of a logarithm those of the function."""
    bell = [np.ones_like(scores[0])]
    for m in range(len(scores)):
        bell.append(
            sum((comb(m, i) * bell[m - i] * scores[i] for i in range(m + 1)), 0.0 * bell[0])
        )
    return bell


def _abel(m: int, j: FloatArray, x: FloatArray) -> list[FloatArray]:
    """``A_j`` and its derivatives over ``(x+j)**j exp(-x-j) / j!``, up to order ``m``."""
    over = np.maximum(j + x, 1e-300)
    scores = [-(x + 1) / over]
    scores += [(-1.0) ** k * factorial(k) * (j - 1) / over ** (k + 1) for k in range(1, m)]
    bell = _bell(scores[:m]) if m else [np.ones_like(over)]
    found = [x / over * bell[0]]
    found += [(x * bell[k] + k * bell[k - 1]) / over for k in range(1, m + 1)]
    return [np.where(j == 0, (-1.0) ** k, f) for k, f in enumerate(found)]


def _power(m: int, q: FloatArray, x: FloatArray) -> list[FloatArray]:
    """``B_q`` and its derivatives up to order ``m``, also where ``q < x``."""
    gap = q - x
    # Few factors: by the product rule, which has no poles where q = x.
    few = np.minimum(q, 24.0)
    apart = np.where(q > 24, 1.0, gap)
    powers = []
    for i in range(m + 1):
        falling = special.poch(few - i + 1, i)  # 0 where i > q
        rest = np.maximum(few - i, 0.0)
        powers.append((-1.0) ** i * falling * apart**rest)
    scale = np.exp(-apart) / special.gamma(few + 1)
    direct = [
        scale * sum((comb(k, i) * powers[i] for i in range(k + 1)), 0.0 * gap) for k in range(m + 1)
    ]
    # Many: the logarithm has the derivatives -x/(q-x), -q/(q-x)**2, -2q/(q-x)**3, ...
    many = np.where((q > 24) & (gap > 0), gap, 1.0)
    scores = [-x / many] + [-factorial(k) * q / many ** (k + 1) for k in range(1, m)]
    bell = _bell(scores[:m]) if m else [np.ones_like(many)]
    height = np.where(many == gap, weight(np.maximum(q, 0.0), many), 0.0)
    return [np.where(q > 24, height * b, d) for b, d in zip(bell, direct, strict=True)]


def _smirnov(m: int, n: FloatArray, d: FloatArray) -> FloatArray:
    """Evaluate one block of the ``m``-th derivative, ``m >= 1``."""
    n = np.trunc(n)
    inside = (n >= 1) & (d >= 0) & (d <= 1)
    count, x = np.where(inside, n, 1.0), np.where(inside, n * d, 0.0)
    near = x < np.minimum(0.6 * np.log(count), 8.0)
    total = np.zeros_like(x)
    most = int(np.max(count)) + 1
    for start in range(0, most, _ROWS):
        q = np.arange(start, min(start + _ROWS, most), dtype=float)[:, None]
        within = (q <= count) & np.where(near, (q < x) | (q == 0), (q >= x) & (q > 0))
        rows = within.any(axis=1)
        if not rows.any():
            continue
        q, within = q[rows], within[rows]
        j = np.where(within, count - q, 1.0)
        at = np.where(within, x, 0.5)
        factor = weight(j, np.maximum(j + at, 1e-300))
        first, last = _abel(m, j, at), _power(m, np.where(within, q, 1.0), at)
        terms = factor * sum((comb(m, i) * first[i] * last[m - i] for i in range(m + 1)), 0.0 * j)
        total = total + np.where(within & (factor > 0), terms, 0.0).sum(axis=0)
    value = np.where(near, -total, total) * count**m / weight(count, count)
    value = np.where(count < m, 0.0, value)  # a polynomial of degree n
    return np.where(inside, np.where(value == 0, -0.0, value), np.nan)


def smirnov_dn(n: int, count: ArrayLike, d: ArrayLike) -> NDArray[np.floating]:
    """``n``-th derivative in ``d`` of ``scipy.special.smirnov(count, d)``, for ``n >= 1``.

    Where it has a jump, at ``d = 1 - j/count``, it is the one to the left; at 0 to the right.
    """
    return blockwise(partial(_smirnov, n), count, d, block=64)
