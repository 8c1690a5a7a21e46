r"""Derivatives of Bessel functions in their order, and in their argument.

All functions take ``m`` derivatives in the order and ``n`` in the argument.  Of several ways:

- Large z: the expansions in descending powers (DLMF 10.40 and 10.17), whose coefficients are
  polynomials in the order, are differentiated term by term.
- Power series (DLMF 10.15.1 and 10.38.1) where their terms do not cancel: of I at moderate z, and
  of J at small z, both at positive orders.
- Integrals, see `_bessel_order_integrals`: of K anywhere, of J and Y at orders up to 10, of I at
  orders near 0, where its derivative in the order is exponentially smaller than itself.
- Reflection of negative orders (DLMF 10.4 and 10.27.2).  Integer orders are points like any other.
- Elsewhere, and at complex z, where none of these serves: a central difference of high order of
  SciPy's own values, see `_stencil`.

Derivatives in z are differences in the order (DLMF 10.6.7 and 10.29.5), or of the integrands.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import comb, pi
from typing import Any

import numpy as np
from scipy import special

from npbridge.special._bessel_order_integrals import (
    LARGEST,
    j_moderate,
    y_moderate,
)
from npbridge.special._bessel_order_modified import modified_dv, second_dv
from npbridge.special._bessel_order_tools import (
    Array,
    by_differences,
    expands,
    leibniz,
    limit_of_first,
    limit_of_second,
    pieces,
    scaled_differences,
    series,
    stencil_of,
    turning,
    with_limits,
)
from npbridge.special._orders import by_order
from npbridge.special._polygamma import sin_pi
from npbridge.special._scaled_bessel_derivatives import (
    expansion,
    hankel1e_dn,
    hankel2e_dn,
    ive_dn,
    kve_dn,
)

__all__ = [
    "hankel1_dv",
    "hankel1e_dv",
    "hankel2_dv",
    "hankel2e_dv",
    "iv_dv",
    "ive_dv",
    "jv_dv",
    "kv_dv",
    "kve_dv",
    "yv_dv",
]


def _hankel_far(m: int, n: int, sign: int, v: Array, z: Array) -> Array:
    """exp(-iz) H1 or exp(iz) H2."""
    turn = pi / 2 * np.mod(v, 4) + pi / 4
    scale = np.sqrt(2 / pi) * np.exp(-1j * sign * turn)
    result: Array = scale * leibniz(m, -0.5j * sign * pi, expansion(n, 1j * sign, v, z, m))
    return result


def _first_reflected(second: bool, m: int, n: int, v: Array, z: Array) -> Array:
    """DLMF 10.4.6: J_-a is cos J_a - sin Y_a, and Y_-a is sin J_a + cos Y_a."""
    a, total = -v, np.zeros(z.shape)
    for i in range(m + 1):
        j, y = (_first(kind, i, n, a, z) for kind in (False, True))
        cosine, sine = pi ** (m - i) * sin_pi(m - i + 1, a), pi ** (m - i) * sin_pi(m - i, a)
        total += comb(m, i) * (sine * j + cosine * y if second else cosine * j - sine * y)
    return (-1.0) ** m * total


def _first(second: bool, m: int, n: int, v: Array, z: Array) -> Array:
    """J or Y at z > 0."""

    def far(v: Array, z: Array) -> Array:
        waves = np.exp(1j * z) * _hankel_far(m, 0, 1, v, z)
        return waves.imag if second else waves.real

    def differences(v: Array, z: Array) -> Array:
        return by_differences(partial(_first_base, second), m, n, -1, v, z)

    def stencil(v: Array, z: Array) -> Array:
        return stencil_of(special.yv if second else special.jv, turning, m, v, z)

    is_far, moderate = expands(v, z) & (z > 0), (z > 0) & (z < LARGEST[1]) & (v <= LARGEST[0])
    # The sum of the absolute values of the terms is at most some fifty times the value.
    tame = (z > 0) & (z**2 <= 8 * v + 8) & (not second)
    return pieces(
        v,
        z,
        np.float64,
        (is_far & (n > 0), differences),
        (is_far, far),
        ((z > 0) & (v < 0), partial(_first_reflected, second, m, n)),
        (moderate & ~tame, partial(y_moderate if second else j_moderate, m, n)),
        ((z > 0) & (n > 0), differences),
        (tame, partial(series, -1, m)),
        (z > 0, stencil),
    )


def _first_base(second: bool, m: int, v: Array, z: Array) -> Array:
    return _first(second, m, 0, v, z)


def _first_complex(second: bool, m: int, v: Array, z: Array) -> Array:
    def far(v: Array, z: Array) -> Array:
        one = np.exp(1j * z) * _hankel_far(m, 0, 1, v, z)
        two = np.exp(-1j * z) * _hankel_far(m, 0, -1, v, z)
        result: Array = (one - two) / 2j if second else (one + two) / 2
        return result

    def near(v: Array, z: Array) -> Array:
        function = special.yve if second else special.jve
        result: Array = np.exp(np.abs(z.imag)) * stencil_of(function, turning, m, v, z)
        return result

    return pieces(v, z, z.dtype, (expands(v, z) & (z.real > 0), far), (True, near))


def _first_dv(second: bool, m: int, v: Array, z: Array, n: int) -> Array:
    v, z = np.broadcast_arrays(v, z)
    if np.iscomplexobj(z):
        return by_differences(partial(_first_complex, second), m, n, -1, v, z)
    limit = limit_of_second if second else limit_of_first
    return with_limits(limit, m, n, v, z, _first(second, m, n, v, z))


def _hankel_base(sign: int, m: int, v: Array, z: Array) -> Array:
    """exp(-iz) H1 or exp(iz) H2."""
    function = special.hankel1e if sign > 0 else special.hankel2e
    far = expands(v, z) & ((z.real > 0) | (sign * z.imag > 0))

    def real(v: Array, z: Array) -> Array:
        x = z.real
        h = _first_dv(False, m, v, x, 0) + 1j * sign * _first_dv(True, m, v, x, 0)
        result: Array = np.exp(-1j * sign * x) * h
        return result

    return pieces(
        v,
        z,
        np.complex128,
        (far, partial(_hankel_far, m, 0, sign)),
        ((z.real > 0) & (z.imag == 0), real),
        (True, partial(stencil_of, function, turning, m)),
    )


def _hankel_dv(sign: int, m: int, v: Array, z: Array, n: int) -> Array:
    v, z = np.broadcast_arrays(v, z)
    if not np.iscomplexobj(z) and (z >= 0).all():
        h = _first_dv(False, m, v, z, n) + 1j * sign * _first_dv(True, m, v, z, n)
        return np.where(z > 0, h, np.nan)
    exponential, z = np.exp(1j * sign * z), z.astype(np.complex128)
    return exponential * by_differences(partial(_hankel_base, sign), m, n, -1, v, z)


def _hankel_scaled_dv(sign: int, m: int, v: Array, z: Array, n: int) -> Array:
    v, z = np.broadcast_arrays(v, z.astype(np.complex128))
    far = expands(v, z) & ((z.real > 0) | (sign * z.imag > 0))
    c = -1j * sign
    near = partial(scaled_differences, partial(_hankel_base, sign), m, n, c, c)
    return pieces(v, z, z.dtype, (far, partial(_hankel_far, m, n, sign)), (True, near))


def _public(
    function: Callable[..., Array], chosen: Any, zeroth: Callable[..., Any]
) -> Callable[..., Array]:
    def derivative(m: int, n: Any, v: Any, z: Any) -> Array:
        """``m`` derivatives in the real order ``v``, and ``n`` in ``z``, of a Bessel function."""
        result: Array = zeroth(n, v, z) if m == 0 else _by_order(function, chosen, m, n, v, z)
        return result

    return derivative


def _by_order(function: Callable[..., Array], chosen: Any, m: int, n: Any, v: Any, z: Any) -> Any:
    return by_order(partial(function, chosen, m), n, v, z)


def _yvp(v: Array, z: Array, n: int) -> Array:
    """SciPy's, and at z = 0, where that is NaN for n > 0, infinite."""
    result: Array = special.yvp(v, z, n)
    return result if np.iscomplexobj(z) else np.where(z == 0, limit_of_second(0, n, v), result)


jv_dv = _public(_first_dv, False, lambda n, v, z: by_order(special.jvp, n, v, z))
yv_dv = _public(_first_dv, True, lambda n, v, z: by_order(_yvp, n, v, z))
iv_dv = _public(modified_dv, False, lambda n, v, z: by_order(special.ivp, n, v, z))
kv_dv = _public(second_dv, False, lambda n, v, z: by_order(special.kvp, n, v, z))
hankel1_dv = _public(_hankel_dv, 1, lambda n, v, z: by_order(special.h1vp, n, v, z))
hankel2_dv = _public(_hankel_dv, -1, lambda n, v, z: by_order(special.h2vp, n, v, z))
ive_dv = _public(modified_dv, True, ive_dn)
kve_dv = _public(second_dv, True, kve_dn)
hankel1e_dv = _public(_hankel_scaled_dv, 1, hankel1e_dn)
hankel2e_dv = _public(_hankel_scaled_dv, -1, hankel2e_dn)
