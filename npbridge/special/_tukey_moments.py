r"""Moments of a logarithm, for Tukey's lambda distribution.

The distribution is given by its quantiles, ``Q = (p**a - q**a) / a`` with ``q = 1 - p``.  In terms
of ``L = log(p / q)``, in which both tails are told apart from 0, all derivatives are made of

.. math:: M_k(a, L) = \int_{\log q}^{\log p} u^k e^{a u}\,du,

where ``M_0 = Q``.  With ``u = log p - s`` and ``s`` from 0 to ``L > 0`` every term of the binomial
expansion of ``u**k`` has the same sign, so that nothing cancels; ``M_k`` is odd in ``L``.
"""

from __future__ import annotations

from functools import partial
from math import comb

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from npbridge.special._quadrature import FloatArray, blockwise

__all__ = ["tukey_logit", "tukey_moment", "tukey_weight"]

_BLOCK = 4096
_STEPS = 60


def _power_mean(i: int, z: FloatArray) -> FloatArray:
    """The integral of ``s**i * exp(z * s)`` over (0, 1) (DLMF 13.4.1)."""
    if i == 0:
        return np.where(z == 0, 1.0, np.expm1(z) / np.where(z == 0, 1.0, z))
    value: FloatArray = special.hyp1f1(i + 1, i + 2, z) / (i + 1)
    return value


def _moment(k: int, a: FloatArray, logit: FloatArray) -> FloatArray:
    """Evaluate one block."""
    gap = np.abs(logit)
    log_p = -np.log1p(np.exp(-gap))
    exponent = -a * gap
    total = np.zeros_like(gap)
    for i in range(k + 1):
        near = gap ** (i + 1) * _power_mean(i, np.maximum(exponent, -700.0))
        term = np.where(exponent < -700, special.gamma(i + 1.0) / a ** (i + 1), near)
        share = np.abs(log_p) ** (k - i)
        total = total + np.where(share == 0, 0.0, comb(k, i) * share * term)
    value = np.sign(logit) * (-1) ** k * np.exp(a * log_p) * total
    return np.where(np.isnan(a + logit), np.nan, value)


def _weight(k: int, a: FloatArray, logit: FloatArray) -> FloatArray:
    """Evaluate one block of the derivative of the moment in ``L``."""
    total = np.zeros_like(logit)
    for sign in (1, -1):
        log_p, log_q = -np.logaddexp(0, -sign * logit), -np.logaddexp(0, sign * logit)
        term = np.exp(np.where(a == 0, 0.0, a * log_p) + log_q)
        total = total + np.where(term == 0, 0.0, term * log_p**k)
    return total


def _logit(x: FloatArray, a: FloatArray) -> FloatArray:
    """Solve ``M_0(a, L) = x`` by Newton's method for its logarithm, from an end of a bracket."""
    size = np.abs(x)
    outside = (a > 0) & (a * size >= 1) | np.isinf(size)
    regular = ~outside & (size > 0) & np.isfinite(a)
    shape, at = np.where(regular, a, 0.0), np.where(regular, size, 1.0)
    # p is between 1/2 and 1: M_0 is between that and 1 to the power a of (1 - exp(-a L)) / a.
    one, half = -shape * at, -shape * at * 2**shape
    ends = [
        np.where(y == 0, at * scale, -np.log1p(np.maximum(y, -1.0)) / np.where(y == 0, 1.0, shape))
        for y, scale in ((one, 1.0), (half, 2**shape))
    ]
    low, high = np.minimum(*ends), np.maximum(*ends)
    now = low
    for _ in range(_STEPS):
        value = _moment(0, shape, now)
        step = np.log(value / at) * value / _weight(0, shape, now)
        following = np.clip(now - step, low, high)
        done = ~(np.abs(following - now) > 4e-16 * now)
        now = np.where(np.isfinite(following), following, now)
        if done.all():
            break
    value = np.where(outside, np.inf, np.where(regular, now, size))
    return np.where(np.isnan(x + a), np.nan, np.copysign(value, x))


def tukey_moment(n: int, a: ArrayLike, logit: ArrayLike) -> NDArray[np.floating]:
    """``M_n(a, L)`` of the module's docstring, for real ``a`` and ``L``."""
    return blockwise(partial(_moment, n), a, logit, block=_BLOCK)


def tukey_weight(n: int, a: ArrayLike, logit: ArrayLike) -> NDArray[np.floating]:
    """The derivative of ``M_n(a, L)`` in ``L``: ``q p**a log(p)**n + p q**a log(q)**n``."""
    return blockwise(partial(_weight, n), a, logit, block=_BLOCK)


def tukey_logit(x: ArrayLike, a: ArrayLike) -> NDArray[np.floating]:
    """The ``L`` at which ``M_0(a, L) = x``: infinite where ``|a x| >= 1``, outside the support."""
    return blockwise(_logit, x, a, block=_BLOCK)
