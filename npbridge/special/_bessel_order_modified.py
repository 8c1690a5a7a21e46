"""Derivatives of the modified Bessel functions I and K in their order, and in their argument."""

from __future__ import annotations

from functools import partial
from math import comb, pi
from typing import Any

import numpy as np
from scipy import special

from npbridge.special._bessel_order_integrals import i_small_order, k_any
from npbridge.special._bessel_order_tools import (
    Array,
    by_differences,
    expands,
    growing,
    leibniz,
    limit_of_first,
    limit_of_modified,
    pieces,
    scaled_differences,
    series,
    stencil_of,
    with_limits,
)
from npbridge.special._polygamma import sin_pi
from npbridge.special._scaled_bessel_derivatives import LARGE, expansion

__all__ = ["modified_dv", "second_dv"]


def _modified_far(m: int, n: int, scaled: bool, v: Array, z: Array) -> Array:
    """I: the expansion, and the one that is exponentially smaller, DLMF 10.40.5."""
    total: Any = 0.0
    for rate, ratio in ((0.0 if scaled else 1.0, -1.0), (-2.0 if scaled else -1.0, 1.0)):
        if ratio > 0 and (z > 400).all():
            continue
        in_z = [expansion(j, ratio, v, z, m) for j in range(n + 1)]
        in_v = [leibniz(n, rate, [terms[i] for terms in in_z]) for i in range(m + 1)]
        part: Any = in_v[m]
        if ratio > 0:
            part = -sum(
                comb(m, i) * pi ** (m - i) * sin_pi(m - i, v) * in_v[i] for i in range(m + 1)
            )
        total = total + np.exp(rate * z) * part
    result: Array = total / np.sqrt(2 * pi)
    return result


def _modified_reflected(m: int, v: Array, z: Array) -> Array:
    """exp(-z) I at negative orders: DLMF 10.27.2."""
    total: Any = 0.0
    for i in range(m + 1):
        total = total + comb(m, i) * pi ** (m - i) * sin_pi(m - i, -v) * k_any(i, 0, -v, z, True)
    result: Array = _modified_base(m, -v, z) + 2 / pi * np.exp(-2 * z) * total
    return (-1.0) ** m * result


def _modified_base(m: int, v: Array, z: Array) -> Array:
    """exp(-|Re z|) I."""
    stencil = partial(stencil_of, special.ive, growing, m)
    if np.iscomplexobj(z):
        return stencil(v, z)
    return pieces(
        v,
        z,
        np.float64,
        (expands(v, z) & (z > 0), partial(_modified_far, m, 0, True)),
        (_is_small_order(v, z), lambda v, z: i_small_order(m, 0, v, z, True)),
        ((z > 0) & (v < 0), partial(_modified_reflected, m)),
        ((z > 0) & (z < 60), lambda v, z: np.exp(-z) * series(1, m, v, z)),
        (z > 0, stencil),
    )


def _is_small_order(v: Array, z: Array) -> Array:
    result: Array = (z > 1) & (z < LARGE) & (np.abs(v) < 1)
    return result


def modified_dv(scaled: bool, m: int, v: Array, z: Array, n: int) -> Array:
    v, z = np.broadcast_arrays(v, z)

    def near(v: Array, z: Array) -> Array:
        if scaled:
            return scaled_differences(_modified_base, m, n, -1.0, -1.0, v, z)
        total = by_differences(_modified_base, m, n, 1, v, z)
        result: Array = np.exp(np.abs(z.real)) * total
        return result

    if np.iscomplexobj(z):
        return near(v, z)
    real = pieces(
        v,
        z,
        np.float64,
        (expands(v, z) & (z > 0), partial(_modified_far, m, n, scaled)),
        (_is_small_order(v, z), lambda v, z: i_small_order(m, n, v, z, scaled)),
        (z > 0, near),
    )
    return with_limits(limit_of_first, m, n, v, z, real)


def _second_far(m: int, n: int, v: Array, z: Array) -> Array:
    """exp(z) K."""
    result: Array = np.sqrt(pi / 2) * expansion(n, 1.0, v, z, m)[m]
    return result


def _second_base(m: int, v: Array, z: Array) -> Array:
    """exp(z) K at complex z."""

    def rate(v: Array, z: Array) -> Array:
        return np.hypot(np.where(z.real < 0, pi, 0.0), growing(v, z))

    is_far = expands(v, z) & ((z.real > 0) | (z.imag != 0))
    stencil = partial(stencil_of, special.kve, rate, m)
    return pieces(v, z, np.complex128, (is_far, partial(_second_far, m, 0)), (True, stencil))


def second_dv(scaled: bool, m: int, v: Array, z: Array, n: int) -> Array:
    v, z = np.broadcast_arrays(v, z)
    if not np.iscomplexobj(z):
        return with_limits(limit_of_modified, m, n, v, z, k_any(m, n, v, z, scaled))
    if not scaled:
        return (-1.0) ** n * np.exp(-z) * by_differences(_second_base, m, n, 1, v, z)

    is_far = expands(v, z) & ((z.real > 0) | (z.imag != 0))
    near = partial(scaled_differences, _second_base, m, n, 1.0, -1.0)
    return pieces(v, z, z.dtype, (is_far, partial(_second_far, m, n)), (True, near))
