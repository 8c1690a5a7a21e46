r"""Derivatives of exponentially scaled Bessel functions.

Derivatives of ``exp(z) K``, ``exp(-z) I``, ``exp(-iz) H1`` and ``exp(iz) H2`` are central
differences in the order (DLMF 10.6.1 and 10.29.1),

.. math:: \frac{d^n}{dz^n} E_\nu(z)
          = \Bigl(\frac{c}{2}\Bigr)^n \sum_{k=0}^{2n} \binom{2n}{k} r^{k-n} E_{\nu+k-n}(z) ,

with ``(c, r)`` in this order ``(1, -1)``, ``(-1, -1)``, ``(-i, -i)`` and ``(i, i)``.  They lose
``(2 z)**n * eps``, as the functions vary like ``z**-0.5``.  For large ``z`` their expansions in
descending powers (DLMF 10.40.2, 10.40.1, 10.17.5 and 10.17.6) are differentiated term by term,
which gives the expansions of these sums, and loses nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import comb, inf
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from npbridge.special._orders import by_order

__all__ = ["LARGE", "expansion", "hankel1e_dn", "hankel2e_dn", "ive_dn", "kve_dn"]

Array = NDArray[Any]
Scaled = Callable[[Array, Array], Array]

LARGE = 22.0  # the least term of the expansion is about exp(-2 z)
_TERMS = 40  # they decrease, from the fourth on, for |z| > 22 and |z| > v²/4


def _power(base: complex, n: int) -> complex:
    """Of a real or imaginary unit, exactly: `**` of complex numbers rounds."""
    result: complex = 1.0
    for _ in range(n % 4):
        result *= base
    return result


def expansion(n: int, ratio: complex, v: Array, z: Array, m: int = 0) -> list[Array]:
    """The n-th derivative of ``z**-0.5 * sum(a_k(v) * (ratio / z)**k)``.

    It and its derivatives in v up to the m-th, which come of that of the factors.
    """
    start = 1.0
    for j in range(n):
        start *= -(0.5 + j)
    kind = np.result_type(z, type(ratio))
    terms = [np.full(z.shape, 0.0 if i else start, kind) for i in range(m + 1)]
    totals = [term.copy() for term in terms]
    for k in range(_TERMS):
        scale = ratio / z / (8 * (k + 1)) * ((k + n + 0.5) / (k + 0.5))
        factor = 4 * v * v - (2 * k + 1) ** 2
        for i in range(m, -1, -1):
            term = terms[i] * (factor * scale)
            if i > 0:
                term += i * terms[i - 1] * (8 * v * scale)
            if i > 1:
                term += i * (i - 1) * terms[i - 2] * (4 * scale)
            terms[i] = term
            totals[i] += term
        pairs = zip(terms, totals, strict=True)
        if k > 3 and all((np.abs(a) <= 1e-18 * np.abs(b)).all() for a, b in pairs):
            break
    for divisor in [np.sqrt(z)] + [z] * n:
        totals = [total / divisor for total in totals]
    return totals


def _differences(function: Scaled, n: int, c: complex, r: complex, v: Array, z: Array) -> Array:
    """The n-th derivative from values of the function at orders around v."""
    total: Any = 0.0
    for k in range(2 * n + 1):
        total = total + comb(2 * n, k) * _power(r, k - n) * function(v + (k - n), z)
    result: Array = total * _power(c, n) / 2**n
    return result


def _nth(
    n: int, v: Array, z: Array, function: Scaled, c: complex, r: complex, far: Array, scale: Array
) -> Array:
    """The n-th derivative: by the expansion where `far`, which is `scale` times it."""
    if n < 0:
        raise ValueError(f"the order n must not be negative, got {n}")
    far = far & (np.abs(z) >= LARGE) & (np.abs(z) >= v * v / 4)
    result = np.empty(z.shape, np.result_type(z, type(r)))
    result[~far] = _differences(function, n, c, r, v[~far], z[~far])
    if far.any():
        ratio = c if isinstance(c, float) else -c
        result[far] = scale[far] * expansion(n, ratio, v[far], z[far])[0]
    return result


def _arrays(v: ArrayLike, z: ArrayLike) -> tuple[Array, Array]:
    kind = np.complex128 if np.iscomplexobj(z) else np.float64
    v, z = np.broadcast_arrays(np.asarray(v, np.float64), np.asarray(z, kind))
    return v, z


def _ive(v: Array, z: Array) -> Array:
    """SciPy's, and at z = 0, where that is NaN for negative orders, infinite."""
    pole = (z == 0) & (v < 0) & (v != np.floor(v))
    result: Array = np.where(pole, np.copysign(inf, special.rgamma(v + 1)), special.ive(v, z))
    return result


def ive_dn(n: Any, v: ArrayLike, z: ArrayLike) -> Array:
    """``n``-th derivative in real ``z`` of ``exp(-|z|) I_v(z)``.

    Parameters
    ----------
    n : int or array_like of int
        Order of the derivative, ``n >= 0``.
    v : array_like
        Real order of the function.
    z : array_like
        Real argument.

    Returns
    -------
    ndarray
        NaN where ``z < 0`` and ``v`` is no integer. At ``z = 0``, where odd derivatives of even
        functions jump, and even ones of odd functions, the mean of both sides.
    """
    result: Array = by_order(_ive_dn, n, v, z)
    return result


def _ive_dn(v: ArrayLike, z: ArrayLike, n: int) -> Array:
    v, z = _arrays(v, z)
    scale = np.full(z.shape, 1 / np.sqrt(2 * np.pi))
    result = _nth(n, v, np.abs(z), _ive, -1.0, -1.0, np.isfinite(v), scale)
    odd = np.mod(v + n, 2)
    mirrored = np.where(odd == 1, np.sign(z), np.where(odd == 0, 1.0, np.nan))
    return np.where((z > 0) | ((z == 0) & (odd != 1)), result, mirrored * result)


def kve_dn(n: Any, v: ArrayLike, z: ArrayLike) -> Array:
    """``n``-th derivative in real or complex ``z`` of ``exp(z) K_v(z)``, as `ive_dn`."""
    result: Array = by_order(_kve_dn, n, v, z)
    return result


def _kve_dn(v: ArrayLike, z: ArrayLike, n: int) -> Array:
    v, z = _arrays(v, z)
    far, scale = np.isfinite(v) & ~(z.real < 0), np.full(z.shape, np.sqrt(np.pi / 2))
    if np.iscomplexobj(z):
        far |= np.isfinite(v) & (z.imag != 0)
    result = _nth(n, v, z, special.kve, 1.0, -1.0, far, scale)
    # The terms alternate; where two of them overflow, so does the sum.
    lost = (z.real >= 0) & (np.abs(z) < 1) & np.isnan(result) & ~np.isnan(v)
    return np.where(lost, -inf if n % 2 else inf, result)


def _hankel_dn(function: Scaled, sign: int, v: ArrayLike, z: ArrayLike, n: int) -> Array:
    v, z = _arrays(v, z)
    z = z.astype(np.complex128)
    turn = np.pi / 2 * np.mod(v, 4) + np.pi / 4
    scale = np.sqrt(2 / np.pi) * np.exp(-1j * sign * turn)
    far = np.isfinite(v) & ((z.real > 0) | (sign * z.imag > 0))
    return _nth(n, v, z, function, -1j * sign, -1j * sign, far, scale)


def hankel1e_dn(n: Any, v: ArrayLike, z: ArrayLike) -> Array:
    """``n``-th derivative in ``z`` of ``exp(-iz) H1_v(z)``, as `ive_dn`."""
    result: Array = by_order(partial(_hankel_dn, special.hankel1e, 1), n, v, z)
    return result


def hankel2e_dn(n: Any, v: ArrayLike, z: ArrayLike) -> Array:
    """``n``-th derivative in ``z`` of ``exp(iz) H2_v(z)``, as `ive_dn`."""
    result: Array = by_order(partial(_hankel_dn, special.hankel2e, -1), n, v, z)
    return result
