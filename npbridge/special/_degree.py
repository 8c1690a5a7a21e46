"""Polynomials of real degree: where the degree is whole, by the recurrence for integers.

SciPy's loops for real degrees sum hypergeometric series. For whole ones these give NaN at degree
-1 left of the interval, and lose all digits of a Laguerre polynomial of degree 40.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.special as sc

from npbridge.elementary import where

_MANY = 2.0**31


def by_degree(ufunc: Callable[..., Any], n: Any, *rest: Any) -> Any:
    """The polynomial of degree n, and 0 for the whole negative degrees."""
    n = np.asarray(n)
    with np.errstate(all="ignore"):
        if n.dtype.kind in "iub":
            return np.where(n < 0, 0.0, ufunc(np.maximum(n, 0), *rest))
        whole = (n == np.rint(n)) & (abs(n) < _MANY)
        if not whole.any():
            return ufunc(n, *rest)
        counted = np.where(whole, np.maximum(n, 0), 0).astype(np.int64)
        of_whole = np.where(n < 0, 0.0, ufunc(counted, *rest))
        return of_whole if whole.all() else np.where(whole, of_whole, ufunc(n, *rest))


def gegenbauer(n: Any, alpha: Any, x: Any) -> Any:
    """The ultraspherical polynomial."""
    return by_degree(sc.eval_gegenbauer, n, alpha, x)


def jacobi(n: Any, alpha: Any, beta: Any, x: Any) -> Any:
    """The Jacobi polynomial."""
    return by_degree(sc.eval_jacobi, n, alpha, beta, x)


def laguerre(n: Any, alpha: Any, x: Any) -> Any:
    """The generalised Laguerre polynomial."""
    return by_degree(sc.eval_genlaguerre, n, alpha, x)


def sh_jacobi_dx(k: Any, n: Any, p: Any, q: Any, x: Any) -> Any:
    """The k-th derivative of the shifted Jacobi polynomial."""
    with np.errstate(all="ignore"):
        scale = sc.poch(n + p, k) / sc.binom(2 * n + p - 1, n)
        return scale * jacobi(n - k, p - q + k, q - 1 + k, 2 * x - 1)


def at_least_zero(n: Any) -> Any:
    """A degree of Legendre polynomials as one that is at least -1/2: that of -n - 1 is the same."""
    if isinstance(n, int):
        return max(n, -n - 1)
    return where(n < -0.5, -n - 1, n)
