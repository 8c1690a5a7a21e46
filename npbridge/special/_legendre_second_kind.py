"""Derivatives of Legendre functions of the second kind, to any order.

SciPy 1.17.1 recurs upwards also where that loses everything: at z = -2.5 its Q₂₀ is off by 10
orders of magnitude. No derivative is made of its values.
"""

from __future__ import annotations

from math import comb
from typing import Any

import numpy as np

from npbridge.special._legendre_weight import weight

__all__ = ["all_legendre_q_dn"]

_DIGITS = 18.0
"""Natural logarithms in half of what is to be gained by recurring downwards."""
_HARMLESS = 0.3
"""What recurring upwards may lose, in the same units."""


def _upwards(first: Any, second: Any, nu: int, last: int, z: Any) -> list[Any]:
    """The derivatives of order ν of Q₀, Q₁, ... by DLMF 14.10.3."""
    found = [first, second]
    for n in range(2, last + 1):
        u, before = found[-1], found[-2]
        found.append(((2 * n - 1) * z * u - (n + nu - 1) * before) / (n - nu))
    return found[: last + 1]


def _downwards(first: Any, nu: int, last: int, z: Any, terms: int) -> list[Any]:
    """The same by the continued fraction of their ratios."""
    ratio, ratios = 0.0 * z, []
    for n in range(last + terms, 0, -1):
        ratio = (n + nu) / ((2 * n + 1) * z - (n + 1 - nu) * ratio)
        if n <= last:
            ratios.append(ratio)
    found = [first]
    for r in reversed(ratios):
        found.append(found[-1] * r)
    return found


def _q0_outside(z: Any) -> Any:
    """The inverse hyperbolic cotangent; NumPy's log1p of small complex numbers is not accurate."""
    if not np.iscomplexobj(z):
        return np.copysign(np.log1p(2 / (abs(z) - 1)) / 2, z)
    far = abs(z) > 2
    return np.where(far, np.arctanh(1 / np.where(far, z, 2.0)), np.log((z + 1) / (z - 1)) / 2)


def _values_and_slopes(last: int, z: Any, outer: Any) -> list[tuple[Any, Any]]:
    """Q and its derivative, for the degrees 0 to `last`."""
    square = (1 - z) * (1 + z)
    q = np.where(outer, _q0_outside(z), np.arctanh(z))
    slope = 1 / square
    values = _upwards(q, z * q - 1, 0, last, z)
    slopes = _upwards(slope, q + z * slope, 1, last, z)
    size = np.log(abs(z + np.sqrt(z - 1 + 0j) * np.sqrt(z + 1 + 0j)))
    falling = outer & (last * size > _HARMLESS)
    if falling.any():
        x, terms = z[falling], int(_DIGITS / size[falling].min()) + 10
        for nu, first, found in ((0, q, values), (1, slope, slopes)):
            for n, u in enumerate(_downwards(first[falling], nu, last, x, terms)):
                found[n][falling] = u
    return list(zip(values, slopes, strict=True))


def _orders(k: int, top: int, degree: int, z: Any, outer: Any, pair: tuple[Any, Any]) -> list[Any]:
    """The k-th derivatives of the orders 0 to `top`: DLMF 14.6(i) and 14.2.1, differentiated."""
    sign, square = np.where(outer, 1, -1), (1 - z) * (1 + z)
    w = np.sqrt(np.where(outer, -square, square))
    plain = list(pair)
    for nu in range(top + k - 1):
        higher = 2 * (nu + 1) * z * plain[-1] - (degree - nu) * (degree + nu + 1) * plain[-2]
        plain.append(higher / square)
    at_minus_1 = np.inf if (degree + k) % 2 else -np.inf
    found = []
    for m in range(top + 1):
        total: Any = sum(
            comb(k, j) * weight(j, m, z, w, sign) * plain[m + k - j] for j in range(k + 1)
        )
        phase = -1.0 if m % 2 else 1.0
        total = np.where(outer, total, phase * total)
        # At the ends the limits from within.
        total = np.where(z == 1, phase * np.inf, np.where(z == -1, at_minus_1, total))
        found.append(total)
    return found


def _prepared(z: Any) -> tuple[Any, Any]:
    """An array in double precision of one dimension, and where SciPy has the function whose
    cut lies between -1 and 1.
    """
    z = np.asarray(z)
    z = z.astype(np.result_type(z, np.float64), copy=False).ravel()
    return z, abs(z) > 1


def all_legendre_q_dn(n: int, order: int, degree: int, z: Any) -> Any:
    """The n-th derivatives of all orders and degrees up to these, in SciPy's arrangement."""
    with np.errstate(all="ignore"):
        x, outer = _prepared(z)
        pairs = _values_and_slopes(degree, x, outer)
        rows = [_orders(n, order, d, x, outer, pair) for d, pair in enumerate(pairs)]
        return np.stack([np.stack(r) for r in zip(*rows, strict=True)]).reshape(
            order + 1, degree + 1, *np.shape(z)
        )
