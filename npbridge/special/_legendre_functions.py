"""Derivatives in x of Legendre functions of real degree, to any order."""

from __future__ import annotations

from math import comb, factorial
from typing import Any

import numpy as np
import scipy.special as sc

from npbridge.special._legendre_polynomials import assoc_legendre_dn
from npbridge.special._legendre_weight import falling_power, weight

__all__ = ["lpmv_dn"]

_TERMS = 40
_NEAR = 2.0
"""Up to this v² (1 - x)/2 the series in powers of (1 - x)/2 has no large terms."""


def _polynomial_part(nu: int, v: Any, x: Any) -> Any:
    """The ν-th derivative of Pᵥ(x): DLMF 14.3(i) near x = 1, and else by SciPy's function."""
    t = (1 - x) / 2
    near = (x > 0) & ((v + nu + 1) ** 2 * t < _NEAR)
    term = np.prod([(v - i) * (v + i + 1) for i in range(nu)], axis=0)
    term = term * (np.ones_like(t) / (2.0**nu * factorial(nu)))
    small, total = np.where(near, t, 0.0), 0.0 * t
    for i in range(_TERMS):
        total = total + term
        term = term * ((nu - v + i) * (nu + v + 1 + i) / ((nu + 1 + i) * (i + 1.0)) * small)
    # SciPy's own square root, so that its rounding cancels.
    far = (-1) ** nu * sc.lpmv(nu, v, x) / np.sqrt(1 - x * x) ** nu
    return np.where(near, total, far)


def _of_real_degree(k: int, m: int, v: Any, x: Any) -> Any:
    mu = abs(m)
    w = np.sqrt((1 - x) * (1 + x))
    total = sum(
        comb(k, j) * weight(j, mu, x, w, -1) * _polynomial_part(mu + k - j, v, x)
        for j in range(k + 1)
    )
    # At x = 1 an odd power of w is 0 or infinite, and at x = -1 the logarithm in Pᵥ.
    if mu % 2:
        slope = np.copysign(np.inf, falling_power(mu, k) * (-2.0) ** k) if 2 * k > mu else 0.0
        total = np.where(x == 1, slope * _polynomial_part(mu, v, x), total)
    limit = np.copysign(np.inf, -((-1) ** (k + mu)) * np.sin(np.pi * (v % 2)))
    total = np.where(x == -1, limit, total)
    if m > 0:
        return (-1) ** mu * total
    return total / np.prod([(v - i) * (v + i + 1) for i in range(mu)], axis=0)


def lpmv_dn(n: Any, order: Any, degree: Any, x: Any) -> Any:
    """The n-th derivative in x of the Ferrers function, on the cut from -1 to 1."""
    with np.errstate(all="ignore"):
        arrays = np.broadcast_arrays(order, degree, x)
        m, v, z = (np.asarray(a, dtype=np.float64).ravel() for a in arrays)
        v = np.maximum(v, -v - 1)
        result = np.full(z.shape, np.nan)
        whole = v == np.rint(v)
        for each in np.unique(m[np.isfinite(m) & (m == np.rint(m))]).astype(int).tolist():
            for chosen, function in ((whole, _of_whole_degree), (~whole, _of_real_degree)):
                there = chosen & (m == each) & np.isfinite(v)
                if there.any():
                    result[there] = function(n, each, v[there], z[there])
        return result.reshape(arrays[0].shape)


def _of_whole_degree(n: int, m: int, v: Any, x: Any) -> Any:
    return assoc_legendre_dn(n, v.astype(np.int64), m, x, 2, norm=False)
