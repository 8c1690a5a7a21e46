"""Derivatives of ``sinh(x)/x``, ``cosh(x)/x``, ``sin(x)/x``, ``cos(x)/x`` and of ``E_n(x)``.

The product rule, ``x f[n] + n f[n-1] = (x f)[n]``, steps up in the order without loss where ``x``
is large or the function has a pole at 0; ``sinh(x)/x`` and ``sin(x)/x`` have a removable hole there
and are summed as a power series nearby.
"""

from collections.abc import Callable
from math import factorial
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

__all__ = ["expn_lowered", "sinc_cosc_dn", "sinhc_coshc_dn"]

Array = NDArray[Any]


def _stepped(n: int, x: Array, numerators: Callable[[int], Array]) -> Array:
    found = numerators(0) / x
    for k in range(1, n + 1):
        found = (numerators(k) - k * found) / x
    return found


def _series(n: int, x: Array, sign: int) -> Array:
    """``n``-th derivative of the sum of ``sign**k x**(2k) / (2k+1)!``."""
    start = (n + 1) // 2
    total = np.zeros_like(x)
    for k in range(start, start + 14):
        total += sign**k * x ** (2 * k - n) / ((2 * k + 1) * factorial(2 * k - n))
    return total


def _pair(
    n: int, argument: ArrayLike, sign: int, sine: Callable[[int, Array], Array]
) -> tuple[Array, Array]:
    x = np.asarray(argument)
    x = x.astype(np.complex128 if x.dtype.kind == "c" else np.float64)
    with np.errstate(all="ignore"):
        near = np.abs(x) < 1.5 + n / 2
        odd = _stepped(n, x, lambda k: sine(k, x))
        odd = np.where(near, _series(n, np.where(near, x, 0), sign), odd)
        # Next to a pole the other terms vanish, and at it they would be of inf - inf.
        top = (-1) ** n * factorial(n) * sine(1, np.zeros_like(x)) / x ** (n + 1)
        even = np.where(x == 0, top, _stepped(n, x, lambda k: sine(k + 1, x)))
    return odd, even


def _turned_sine(k: int, x: Array) -> Array:
    return np.asarray((-1) ** (k // 2) * (np.cos(x) if k % 2 else np.sin(x)))


def sinhc_coshc_dn(n: int, x: ArrayLike) -> tuple[Array, Array]:
    """``n``-th derivatives of ``sinh(x)/x`` and of ``cosh(x)/x``, real or complex."""
    return _pair(n, x, 1, lambda k, x: np.asarray(np.cosh(x) if k % 2 else np.sinh(x)))


def sinc_cosc_dn(n: int, x: ArrayLike) -> tuple[Array, Array]:
    """``n``-th derivatives of ``sin(x)/x`` and of ``cos(x)/x``, real or complex."""
    return _pair(n, x, -1, _turned_sine)


def expn_lowered(n: ArrayLike, k: int, x: ArrayLike) -> Array:
    """``E_(n-k)(x)`` for ``n >= 0``: ``scipy.special.expn``, and where ``n < k`` a finite sum.

    That is ``m! exp(-x) (1 + x + ... + x**m / m!) / x**(m+1)`` with ``m = k - n``, whose terms
    have one sign (DLMF 8.4.8 with 8.19.1).
    """
    order, point = np.broadcast_arrays(np.asarray(n) - k, np.asarray(x, np.float64))
    with np.errstate(all="ignore"):
        result = np.asarray(special.expn(np.maximum(order, 0).astype(np.int64), point))
        inverse = 1 / point
        power = np.exp(-point) * inverse
        for m in range(1, k + 1):
            power = power * inverse
            sums = sum(factorial(m) // factorial(j) * point**j for j in range(m + 1))
            # x**m overflows where exp(-x) has long vanished.
            value = np.where(point > 1e4, 0.0, power * sums)
            result = np.where((order == -m) & (point >= 0), value, result)
    return result
