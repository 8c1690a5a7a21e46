"""Derivatives of the Lambert W function, right near its branch point too."""

from __future__ import annotations

from math import e
from typing import Any

import numpy as np
import scipy.special as sc

NEAR = 0.1
"""Of p = sqrt(2 (e z + 1)): below, the series about the branch point; above, SciPy's value with a
step of Newton's method, whose last digits, and near the branch point all of them but the leading
ones, SciPy (1.17.1) leaves wrong."""
BRANCH_POINT = -0.36787944117144233
REST = 1.2428753672788363e-17
"""-1/e is `BRANCH_POINT + REST`."""
SERIES = (
    1.0,
    -1 / 3,
    11 / 72,
    -43 / 540,
    769 / 17280,
    -221 / 8505,
    680863 / 43545600,
    -1963 / 204120,
    226287557 / 37623398400,
    -5776369 / 1515591000,
    169709463197 / 69528040243200,
    -1118511313 / 709296588000,
)
"""1 + W in powers of p: DLMF 4.13.6 with the signs of p."""


def _above_branch_point(z: Any, k: Any) -> Any:
    """1 + Wₖ(z)."""
    squared = 2 * e * ((z - BRANCH_POINT) - REST)
    p = np.sqrt(squared)
    lower = np.signbit(z.imag)
    meets = (k == 0) | ((k == -1) & ~lower) | ((k == 1) & lower)
    near = meets & (np.abs(p) < NEAR)
    p = np.where(k == 0, p, -p)
    series = sum(c * p**j for j, c in enumerate(SERIES, 1))
    w = sc.lambertw(z, k)
    step = (w - z * np.exp(-w)) / (1 + w)
    return np.where(near, series, 1 + np.where(np.isfinite(step), w - step, w))


def _numerator(n: int, u: Any) -> Any:
    """The polynomial in W = u - 1 of the n-th derivative."""
    coefficients = np.polynomial.Polynomial([1.0])
    u_ = np.polynomial.Polynomial([0.0, 1.0])
    for k in range(1, n):
        coefficients = -(k * (u_ - 1) + 3 * k - 1) * coefficients + u_ * coefficients.deriv()
    return coefficients(u)


def lambertw_dn(n: int, z: Any, k: Any) -> Any:
    """The n-th derivative of Wₖ(z), n >= 1."""
    z, k = np.broadcast_arrays(np.asarray(z, np.complex128), np.asarray(k, np.int64))
    with np.errstate(all="ignore"):
        u = _above_branch_point(z, k)
        found = np.exp(n * (1 - u)) * _numerator(n, u) / u ** (2 * n - 1)
        # W grows as log z does: at z = 0, but for k = 0, and at infinity.
        side = np.where(k == -1, -1.0, 1.0)  # W₋₁ is real on the left of 0
        found = np.where((z == 0) & (k != 0), -((-side) ** n) * np.inf, found)
        found = np.where(np.isinf(z), 0, found)
        branch = (z == BRANCH_POINT) & (np.abs(u) < NEAR)
        sides = np.where(k == 0, 1.0, -1.0)
        return np.where(branch, -((-1.0) ** n) * sides * np.inf, found)
