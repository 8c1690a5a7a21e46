"""Derivatives of Dawson's integral, the modified Fresnel integrals and the Voigt profile."""

from functools import partial
from math import factorial

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from npbridge.special._faddeeva import (
    LOW,
    NEAR,
    Array,
    ComplexArray,
    dawson_low,
    far_from,
    far_series,
    gaussian,
    in_blocks,
    plane,
    recurrence,
    upper_half,
    wofz_dn,
)
from npbridge.special._quadrature import FloatArray

__all__ = ["dawsn_dn", "modfresnel_dn", "voigt_dn"]


def _dawson_plane(n: int, z: ComplexArray) -> ComplexArray:
    """Derivatives of Dawson's integral, which is odd (DLMF 7.5.1)."""
    near = ~(np.abs(z) >= NEAR)
    result = np.empty_like(z)
    first = special.dawsn(z[near])
    result[near] = recurrence(n, z[near], first, 1 - 2 * z[near] * first)[n]
    sign = np.where(z[~near].imag < 0, -1.0, 1.0)
    upper = sign * z[~near]
    bare = upper_half(n, upper, upper, np.ones_like(sign), peak=False)
    high = upper.imag >= LOW
    bare[high] -= gaussian(n, upper[high])
    result[~near] = sign ** (n + 1) * np.sqrt(np.pi) / 2j * bare
    return result


def _dawson_line(n: int, x: FloatArray) -> FloatArray:
    """The same on the real axis."""
    size = np.abs(x)
    far = size >= far_from(n)
    result = np.empty_like(x)
    front = (-1) ** n * factorial(n) / 2
    result[far] = front * (1 / size[far]) ** (n + 1) * far_series(n, 1 / size[far])
    result[~far] = dawson_low(range(n, n + 1), size[~far])[0]
    return np.where(x < 0, -1.0, 1.0) ** (n + 1) * result


def dawsn_dn(n: int, x: ArrayLike) -> Array:
    """``n``-th derivative of ``scipy.special.dawsn`` at any real or complex ``x``."""
    if n == 0:
        return np.asarray(special.dawsn(x))
    point = np.asarray(x)
    if point.dtype.kind == "c":
        return in_blocks(partial(_dawson_plane, n), np.complex128, point.astype(np.complex128))
    return in_blocks(partial(_dawson_line, n), np.float64, point.astype(np.float64))


def modfresnel_dn(n: int, x: ArrayLike) -> Array:
    """``n``-th derivative of the second output of ``scipy.special.modfresnelp``, at real ``x``.

    That is ``w(exp(i pi / 4) x) / 2`` (DLMF 7.5.10 and 7.2.3).
    """
    turn = np.sqrt(0.5) * (1 + 1j)
    return np.asarray(turn**n / 2 * wofz_dn(n, turn * np.asarray(x, np.float64)))


def voigt_dn(
    n: int, x: ArrayLike, sigma: ArrayLike, gamma: ArrayLike
) -> tuple[FloatArray, FloatArray]:
    """Real and imaginary part of the ``n``-th derivative in ``x`` of the complex Voigt profile.

    That is ``w((x + i gamma) / (sigma sqrt 2)) / (sigma sqrt(2 pi))``, or at ``sigma = 0`` its
    limit ``i / (pi (x + i gamma))``; its real part is ``scipy.special.voigt_profile``.
    """
    x, sigma, gamma = (np.asarray(v, np.float64) for v in (x, sigma, gamma))
    head = np.empty(np.broadcast_shapes(x.shape, gamma.shape), np.complex128)
    head.real, head.imag = x, gamma
    profile = in_blocks(partial(plane, n), np.complex128, head, sigma * np.sqrt(2))
    profile /= np.sqrt(np.pi)
    return profile.real.copy(), profile.imag.copy()
