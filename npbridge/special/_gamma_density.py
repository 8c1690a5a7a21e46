r"""The gamma density and its derivatives in the shape.

The density is ``p(a, x) = x**(a-1) exp(-x) / Gamma(a)``.  Its ``n``-th derivative in ``a`` is
``p(a, x) (A_n + n A_{n-1} / a)``, where ``A_n`` is the complete Bell polynomial of
``(ln x - psi(1+a), -psi'(1+a), -psi''(1+a), ...)``: written with ``1 + a``, no two terms of size
``a**-n`` cancel as ``a -> 0``.
"""

from __future__ import annotations

from functools import partial
from math import comb

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from npbridge.special._arithmetic import exact_product, horner
from npbridge.special._quadrature import FloatArray, blockwise

__all__ = ["gamma_density", "gamma_density_da"]

_BLOCK = 4096
_LARGE = 10.0  # from here on the Stirling series below reach double precision
_STIRLING = (1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156)
_PSI_SERIES = (1 / 12, -1 / 120, 1 / 252, -1 / 240, 1 / 132, -691 / 32760, 1 / 12)


def _peak_ratio(a: FloatArray, x: FloatArray) -> FloatArray:
    """Return ``(x/a)**a * exp(a - x)`` for ``a >= 10`` to a few ulp, however deep in the tail.

    One rounding of the exponent would already cost ``700 * eps`` where the result is near the
    underflow limit, so both forms below carry the rounding errors of their leading terms.
    """
    exponent = np.frexp(a)[1]
    a_unit, x_unit = np.ldexp(a, -exponent), np.ldexp(x, -exponent)
    gap = x_unit - a_unit  # exact when x is within a factor 2 of a
    # Near the peak: with d = (x - a)/a and s = d/(2 + d), log1p(d) = 2 atanh(s).
    d = gap / a_unit
    product, error = exact_product(d, a_unit)
    d_error = ((gap - product) - error) / a_unit
    lead, lead_error = exact_product(gap, d)
    s = d / (2 + d)
    rest = a_unit * s * (d * d / 2 + 2 * s * s * horner(s * s, (1 / k for k in range(3, 19, 2))))
    drop = lead / 2 - rest
    drop_error = (lead / 2 - drop) - rest + (lead_error + gap * d_error) / 2
    near = np.exp(-np.ldexp(drop, exponent)) * np.exp(-np.ldexp(drop_error, exponent))
    # Elsewhere: powers of x/a, corrected for its rounding, in steps so that nothing overflows.
    ratio = x_unit / a_unit
    product, error = exact_product(ratio, a_unit)
    recovered = gap - x_unit
    gap_error = (x_unit - (gap - recovered)) - (a_unit + recovered)
    correction = a * ((x_unit - product) - error) / x_unit - np.ldexp(gap_error, exponent)
    steps = np.exp2(np.maximum(np.ceil(np.log2(np.abs(np.ldexp(gap, exponent)) / 128)), 1.0))
    root = ratio ** (a / steps) * np.exp(-np.ldexp(gap, exponent) / steps)
    far = np.where(root > 0, root**steps * np.exp(np.clip(correction, -1.0, 1.0)), 0.0)
    return np.where(np.abs(d) < 0.2, near, far)


def weight(a: FloatArray, x: FloatArray) -> FloatArray:
    """Return ``x**a * exp(-x) / Gamma(1 + a)`` for ``a > -1`` and finite ``x > 0``."""
    small_a, small_x = np.minimum(a, _LARGE), np.minimum(x, 2000.0)
    half = np.exp(-small_x / 2)  # two halves: exp(-x) alone is subnormal from x = 708 on
    direct: FloatArray = half * small_x**small_a * half / special.gamma(1 + small_a)
    large_a = np.maximum(a, _LARGE)
    # Stirling's series, DLMF 5.11.1.
    scale = np.exp(-horner(large_a**-2, _STIRLING) / large_a) / np.sqrt(2 * np.pi)
    return np.where(a < _LARGE, direct, _peak_ratio(large_a, x) * scale / np.sqrt(large_a))


def log_shift(a: FloatArray, x: FloatArray) -> FloatArray:
    """Return ``log(x) - psi(1 + a)`` accurate relative to the spread ``a**-0.5`` of ``log t``."""
    large_a = np.maximum(a, _LARGE)
    relative = (x - large_a) / large_a
    log_ratio = np.where(np.abs(relative) < 0.5, np.log1p(relative), np.log(x) - np.log(large_a))
    # DLMF 5.11.2 and 5.5.2.
    psi_excess = 0.5 / large_a - horner(large_a**-2, _PSI_SERIES) / large_a / large_a
    direct: FloatArray = np.log(x) - special.digamma(1 + a)
    return np.where(a < _LARGE, direct, log_ratio - psi_excess)


def centred_bell(n: int, a: FloatArray) -> list[FloatArray]:
    """Return the Bell polynomials ``B_j(0, -psi'(1+a), -psi''(1+a), ...)`` for ``j = 0..n``."""
    kappa = [np.zeros_like(a)] + [-special.polygamma(order, 1 + a) for order in range(1, n)]
    bell = [np.ones_like(a)]
    for j in range(n):
        bell.append(sum((comb(j, i) * bell[j - i] * kappa[i] for i in range(j + 1)), 0 * a))
    return bell


def bell_polynomials(n: int, a: FloatArray, x: FloatArray) -> list[FloatArray]:
    """Return the ``A_j`` of the module's docstring for ``j = 0..n``."""
    centred, shift = centred_bell(n, a), log_shift(a, x)
    return [
        horner(shift, [comb(j, k) * centred[j - k] for k in range(j + 1)]) for j in range(n + 1)
    ]


def _density(a: FloatArray, x: FloatArray) -> FloatArray:
    """Evaluate one block of the density."""
    regular = (a >= 0) & (a < np.inf) & (x > 0) & (x < np.inf)
    shape, point = np.where(regular, a, 1.0), np.where(regular, x, 1.0)
    # Neither form rounds a - 1 nor takes a power that underflows before the density does.
    value = np.where(
        shape < 0.5,
        shape * weight(np.minimum(shape, 0.5), point) / point,
        weight(np.maximum(shape - 1, -0.5), point),
    )
    at_zero = np.where(a < 1, np.inf, np.where(a == 1, 1.0, 0.0))
    value = np.where(x == 0, at_zero, np.where(np.isinf(x) | np.isinf(a), 0.0, value))
    outside = ~((a >= 0) & (x >= 0)) | (a == 0) & (x == 0) | np.isinf(a) & np.isinf(x)
    return np.where(outside, np.nan, value)


def _density_derivative(n: int, a: FloatArray, x: FloatArray) -> FloatArray:
    """Evaluate one block of the ``n``-th derivative of the density in ``a``, ``n >= 1``."""
    density = _density(a, x)
    regular = (a >= 0) & (a < np.inf) & (x > 0) & (x < np.inf)
    shape, point = np.where(regular, a, 1.0), np.where(regular, x, 1.0)
    *_, before, last = bell_polynomials(n, shape, point)
    value = np.where(
        shape < 0.5,
        weight(np.minimum(shape, 0.5), point) / point * (shape * last + n * before),
        density * (last + n * before / np.maximum(shape, 0.5)),
    )
    value = np.where((shape > 0) & (density == 0), 0.0, value)  # where the polynomial is infinite
    # At x = 0 the logarithm decides for a <= 1 and the power for a > 1.
    at_zero = np.where(a > 1, 0.0, (-1.0) ** n * np.inf)
    value = np.where(x == 0, at_zero, np.where(np.isinf(x) | np.isinf(a), 0.0, value))
    return np.where(np.isnan(density), np.nan, value)


def gamma_density(a: ArrayLike, x: ArrayLike) -> NDArray[np.floating]:
    """Density of the Gamma(a) distribution, ``x**(a-1) * exp(-x) / Gamma(a)``.

    It is the derivative of ``scipy.special.gammainc(a, x)`` in ``x`` (DLMF 8.8.13).

    Parameters
    ----------
    a, x : array_like
        Real shape parameter, ``a >= 0``, and argument, ``x >= 0``; broadcast together.

    Returns
    -------
    ndarray or NumPy scalar
        Broadcast shape; float32 if the inputs promote to float32, else float64.  ``x = 0`` gives
        inf, 1 or 0 for ``a`` below, at or above 1; ``a = 0`` is a point mass at the origin, so 0
        for ``x > 0``; an infinite argument gives 0; NaN outside the domain.
    """
    return blockwise(_density, a, x, block=_BLOCK)


def gamma_density_da(n: int, a: ArrayLike, x: ArrayLike) -> NDArray[np.floating]:
    """``n``-th derivative in ``a`` of ``gamma_density(a, x)`` (DLMF 8.8.13 with 5.2.2).

    Parameters
    ----------
    n : int
        Order of the derivative, ``n >= 0``; 0 is the density itself.
    a, x : array_like
        Real shape parameter, ``a >= 0``, and argument, ``x >= 0``; broadcast together.

    Returns
    -------
    ndarray or NumPy scalar
        Broadcast shape; float32 if the inputs promote to float32, else float64.  For ``n >= 1``
        ``x = 0`` gives an infinity of sign ``(-1)**n`` for ``a <= 1`` and 0 for ``a > 1``; an
        infinite argument gives 0; NaN where the density is NaN.
    """
    return blockwise(_density if n == 0 else partial(_density_derivative, n), a, x, block=_BLOCK)
