"""What stands before the polynomials in associated Legendre functions: a power of w.

w² = 1 - z², or z² - 1.
"""

from __future__ import annotations

from math import factorial, prod
from typing import Any

import numpy as np

__all__ = ["falling_power", "power", "root", "weight"]


def root(z: Any, branch_cut: int) -> Any:
    """The w whose powers stand before the polynomials, on SciPy's side of its cut."""
    if branch_cut == 3:
        return np.sqrt(z - 1) * np.sqrt(z + 1)
    square = (1 - z) * (1 + z)
    if np.iscomplexobj(square):
        # On the cut SciPy's 1 - z z has a positive zero as its imaginary part.
        square = np.where(square.imag == 0, square.real + 0j, square)
    return np.sqrt(square)


def falling_power(mu: int, s: int) -> float:
    """(μ/2)(μ/2 - 1)...(μ/2 - s + 1)."""
    return prod(mu / 2 - i for i in range(s))


def power(exponent: int, z: Any, w: Any, sign: Any) -> Any:
    """A power of w, which is real where only its square is."""
    base, exponent = (w, exponent) if exponent % 2 else (sign * (z - 1) * (z + 1), exponent // 2)
    if exponent >= 0:
        return base**exponent
    zero = base == 0
    return np.where(zero, np.inf, np.where(zero, 1.0, base) ** exponent)


def weight(j: int, mu: int, z: Any, w: Any, sign: Any) -> Any:
    """The j-th derivative of wᵘ, where w² = sign (z² - 1): Faà di Bruno's formula."""
    total = 0.0 * z
    for r in range(j // 2 + 1):
        s = j - r
        if c := falling_power(mu, s):
            c *= sign**s * factorial(j) / (factorial(r) * factorial(j - 2 * r))
            total = total + c * (2 * z) ** (j - 2 * r) * power(mu - 2 * s, z, w, sign)
    return total
