"""Derivatives of spherical Legendre functions, to any order, by their neighbours in order."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.special as sc

__all__ = ["all_sph_legendre_dn", "sph_legendre_dn"]


def _neighbours(k: int, degree: Any, order: Any) -> dict[int, Any]:
    """The factors of functions of order m + i, by i, in the k-th derivative in theta.

    The first is half of √((n-m)(n+m+1)) times that of order m + 1, less √((n+m)(n-m+1)) times that
    of order m - 1. Unlike the differential equation it has nothing to divide by sin theta.
    """
    n, m = (np.asarray(a, dtype=np.float64) for a in (degree, order))
    factors: dict[int, Any] = {0: np.ones(np.broadcast_shapes(n.shape, m.shape))}
    for _ in range(k):
        found: dict[int, Any] = {}
        for i, factor in factors.items():
            up = np.sqrt(np.maximum((n - m - i) * (n + m + i + 1), 0.0)) / 2
            down = np.sqrt(np.maximum((n + m + i) * (n - m - i + 1), 0.0)) / 2
            found[i + 1] = found.get(i + 1, 0.0) + factor * up
            found[i - 1] = found.get(i - 1, 0.0) - factor * down
        factors = found
    return factors


def sph_legendre_dn(n: Any, degree: Any, order: Any, theta: Any) -> Any:
    """The n-th derivative in theta."""
    with np.errstate(all="ignore"):
        theta = np.asarray(theta, dtype=np.float64)
        total = sum(
            factor * sc.sph_legendre_p(degree, np.add(order, i), theta)[0]
            for i, factor in _neighbours(n, degree, order).items()
        )
        if n % 2:  # SciPy has |sin theta| where others have sin theta
            total = np.where(np.sin(theta) < 0, -total, total)
        return np.where(np.isnan(theta), np.nan, total)


def all_sph_legendre_dn(n: int, degree: int, order: int, theta: Any) -> Any:
    """The n-th derivatives of all degrees and orders up to these, in SciPy's arrangement."""
    with np.errstate(all="ignore"):
        theta = np.asarray(theta, dtype=np.float64)
        functions = sc.sph_legendre_p_all(degree, order + n, theta)[0]
        orders = np.r_[0 : order + 1, -order:0]
        total = np.zeros((degree + 1, 2 * order + 1, *theta.shape))
        for i, factor in _neighbours(n, np.arange(degree + 1)[:, None], orders).items():
            total += factor.reshape(factor.shape + (1,) * theta.ndim) * functions[:, orders + i]
        if n % 2:
            total = np.where(np.sin(theta) < 0, -total, total)
        return total
