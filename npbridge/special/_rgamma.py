"""Derivatives of the reciprocal gamma function."""

from __future__ import annotations

from math import comb, pi
from typing import Any

import numpy as np
import scipy.special as sc

from npbridge.special._polygamma import polygamma_z, sin_cos_pi

__all__: list[str] = []


def bell(n: int, sign: int, z: Any) -> list[Any]:
    """The derivatives of Γ(z) for sign 1, of 1 / Γ(z) for -1, over that itself: orders 0 to n."""
    slopes = [sign * polygamma_z(k, z) for k in range(n)]
    found = [np.ones_like(z)]
    for m in range(n):
        found.append(sum(comb(m, j) * found[m - j] * slopes[j] for j in range(m + 1)))
    return found


def rgamma_dn(n: int, z: Any) -> Any:
    """The n-th derivative of 1 / Γ(z), real or complex."""
    z = np.asarray(z)
    if n == 0:
        return sc.rgamma(z)
    with np.errstate(all="ignore"):
        # Near the poles of ψ the terms of the direct form are as large as δ⁻ⁿ, and cancel.
        left = (z.real < 0.5) & (np.abs(z.imag) < 1)
        right = np.where(left, 1.0, z)
        direct = sc.rgamma(right) * bell(n, -1, right)[n]
        if not left.any():
            return direct
        # Γ(1-z) sin(πz) / π (DLMF 5.5.3).
        mirror = np.where(left, 1 - z, 1.0)
        sine, cosine = sin_cos_pi(1 - mirror)
        waves = (sine, cosine, -sine, -cosine)
        total: Any = 0.0
        for j, each in enumerate(bell(n, 1, mirror)):
            wave = pi ** (n - j - 1) * waves[(n - j) % 4]
            total = total + comb(n, j) * (-1) ** j * each * wave
        product = np.where(total == 0, 0.0, sc.gamma(mirror) * total)
        return np.where(left, product, direct)
