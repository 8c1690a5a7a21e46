"""Derivatives of Bessel functions in the order: identities, special orders, limits, complex z."""

import warnings
from math import inf, pi

import mpmath as mp
import numpy as np
import pytest
import scipy.special as sc

from npbridge.special import _bessel_order_derivatives as module
from npbridge.special._bessel_order_derivatives import (
    hankel1_dv,
    hankel1e_dv,
    hankel2_dv,
    hankel2e_dv,
    iv_dv,
    ive_dv,
    jv_dv,
    kv_dv,
    kve_dv,
    yv_dv,
)

# On both sides of every change of method: of order, and of argument.
ORDERS = np.array([-33.3, -12.0, -9.5, -1.0, -0.999, -1e-9, 0.0, 0.3, 1.0, 4.5, 9.99, 10.01, 40.0])
ARGUMENTS = np.array([1e-9, 0.02, 0.999, 1.001, 2.9, 7.0, 21.99, 22.01, 59.0, 61.0, 399.0, 401.0])
V, Z = np.meshgrid(ORDERS, ARGUMENTS)
COMPLEX = np.array([0.4 + 0.3j, 5 - 4j, 30 + 8j, -3 + 1j])
FUNCTIONS = {
    "jv": (jv_dv, mp.besselj),
    "yv": (yv_dv, mp.bessely),
    "iv": (iv_dv, mp.besseli),
    "kv": (kv_dv, mp.besselk),
    "hankel1": (hankel1_dv, mp.hankel1),
    "hankel2": (hankel2_dv, mp.hankel2),
}
PAIRS = [
    (hankel1e_dv, hankel1_dv, lambda v, z: np.exp(1j * z)),
    (hankel2e_dv, hankel2_dv, lambda v, z: np.exp(-1j * z)),
    (kve_dv, kv_dv, lambda v, z: np.exp(-z)),
    (ive_dv, iv_dv, lambda v, z: np.exp(z)),
]


def vanishes(*terms, rtol=1e-12):
    """A sum is zero to rounding of its largest term, where none is out of range."""
    size = np.max(np.abs(terms), axis=0)
    usual = (size < 1e280) & (size > 1e-280)
    assert usual.sum() > 0.6 * usual.size
    assert (np.abs(sum(terms))[usual] <= rtol * size[usual]).all()


@np.errstate(all="ignore")
@pytest.mark.parametrize("m", [1, 2])
@pytest.mark.parametrize("function", [jv_dv, yv_dv, hankel1_dv])
def test_three_terms(function, m):
    """DLMF 10.6.1, differentiated m times in the order."""
    lower, upper = (function(m, 0, V + step, Z) for step in (-1, 1))
    middle, before = function(m, 0, V, Z), function(m - 1, 0, V, Z)
    vanishes(lower, upper, -2 * V / Z * middle, -2 * m / Z * before, rtol=10.0 ** (2 * m - 14))


@np.errstate(all="ignore")
@pytest.mark.parametrize("m", [1, 2])
@pytest.mark.parametrize(("function", "sign"), [(ive_dv, 1), (kve_dv, -1)])
def test_three_terms_of_modified_functions(function, sign, m):
    """DLMF 10.29.1, differentiated m times in the order."""
    lower, upper = (function(m, 0, V + step, Z) for step in (-1, 1))
    middle, before = function(m, 0, V, Z), function(m - 1, 0, V, Z)
    vanishes(lower, -upper, -sign * 2 * V / Z * middle, -sign * 2 * m / Z * before, rtol=1e-12)


@np.errstate(all="ignore")
@pytest.mark.parametrize("function", [jv_dv, yv_dv, hankel1_dv])
def test_bessels_equation(function):
    """DLMF 10.2.1, differentiated in the order."""
    v, z = V[1:], Z[1:]
    first, second, none = (function(1, n, v, z) for n in (1, 2, 0))
    value = function(0, 0, v, z)
    vanishes(z * z * second, z * first, (z * z - v * v) * none, -2 * v * value, rtol=1e-11)


@np.errstate(all="ignore")
def test_wronskians():
    """DLMF 10.5.2 and 10.28.2 do not depend on the order."""
    j, y, k, i = (f(0, 0, V, Z) for f in (jv_dv, yv_dv, kve_dv, ive_dv))
    j1, y1, k1, i1 = (f(0, 0, V + 1, Z) for f in (jv_dv, yv_dv, kve_dv, ive_dv))
    dj, dy, dk, di = (f(1, 0, V, Z) for f in (jv_dv, yv_dv, kve_dv, ive_dv))
    dj1, dy1, dk1, di1 = (f(1, 0, V + 1, Z) for f in (jv_dv, yv_dv, kve_dv, ive_dv))
    vanishes(dj1 * y, j1 * dy, -dj * y1, -j * dy1, rtol=1e-11)
    vanishes(di1 * k, i1 * dk, di * k1, i * dk1, rtol=1e-11)


@np.errstate(all="ignore")
def test_reflections():
    """DLMF 10.27.3 and 10.4.6: of K exactly, of H with the derivative of its factor."""
    np.testing.assert_array_equal(kv_dv(1, 0, -V, Z), -kv_dv(1, 0, V, Z))
    np.testing.assert_array_equal(kv_dv(2, 1, -V, Z), kv_dv(2, 1, V, Z))
    v, z = V[:, 6:-1], Z[:, 6:-1]
    turned = np.exp(1j * pi * v)
    h, dh = hankel1_dv(0, 0, v, z), hankel1_dv(1, 0, v, z)
    vanishes(hankel1_dv(1, 0, -v, z), turned * dh, 1j * pi * turned * h, rtol=1e-11)


def test_derivatives_at_order_zero():
    """DLMF 10.15.3, 10.15.4 and 10.38.4: those of I is exponentially smaller than I."""
    z = np.concatenate((ARGUMENTS, [0.5, 15.0, 300.0]))
    np.testing.assert_allclose(jv_dv(1, 0, 0.0, z), pi / 2 * sc.y0(z), rtol=2e-13)
    np.testing.assert_allclose(yv_dv(1, 0, 0.0, z), -pi / 2 * sc.j0(z), rtol=1e-12)
    for scale in (1.0, 0.5):  # SciPy's exp(-2 z) K underflows sooner
        near = z * scale
        np.testing.assert_allclose(iv_dv(1, 0, 0.0, near), -sc.k0(near), rtol=1e-13)
        np.testing.assert_allclose(iv_dv(1, 1, 0.0, near), sc.k1(near), rtol=1e-13)
        np.testing.assert_allclose(
            ive_dv(1, 0, 0.0, near), -np.exp(-near) * sc.k0(near), rtol=1e-13, atol=1e-300
        )
    assert (kv_dv(1, 0, 0.0, z) == 0).all()
    assert (kve_dv(3, 1, 0.0, z) == 0).all()


def test_derivatives_at_half_orders():
    """DLMF 10.15.6 to 10.15.9, 10.38.6 and 10.38.7: integrals of sines and exponentials."""
    z = np.array([0.02, 0.5, 2.0, 7.0, 15.0, 21.0, 25.0, 100.0])
    si, ci = sc.sici(2 * z)
    scale = np.sqrt(2 / (pi * z))
    j = scale * (ci * np.sin(z) - si * np.cos(z))
    np.testing.assert_allclose(jv_dv(1, 0, 0.5, z), j, rtol=1e-13)
    j = scale * (ci * np.cos(z) + si * np.sin(z))
    np.testing.assert_allclose(jv_dv(1, 0, -0.5, z), j, rtol=1e-13)
    y = scale * (ci * np.cos(z) + (si - pi) * np.sin(z))
    np.testing.assert_allclose(yv_dv(1, 0, 0.5, z), y, rtol=1e-12)
    k = np.sqrt(pi / (2 * z)) * sc.exp1(2 * z) * np.exp(2 * z)
    np.testing.assert_allclose(kve_dv(1, 0, 0.5, z), k, rtol=1e-13)
    i = (sc.exp1(2 * z) * np.exp(z) + sc.expi(2 * z) * np.exp(-z)) / -np.sqrt(2 * pi * z)
    np.testing.assert_allclose(iv_dv(1, 0, 0.5, z), i, rtol=1e-13)


@np.errstate(all="ignore")
@pytest.mark.parametrize(("scaled", "plain", "factor"), PAIRS)
def test_scaled_functions_are_the_others(scaled, plain, factor):
    usual = Z < 300
    v, z = V[usual], Z[usual]
    for m in (1, 3):
        vanishes(scaled(m, 0, v, z) * factor(v, z), -plain(m, 0, v, z), rtol=1e-12)


def test_scaled_functions_do_not_overflow():
    """At z where exp(z) does."""
    z = np.array([1e3, 1e5, 1e15])
    assert np.isfinite(ive_dv(1, 0, 2.0, z)).all()
    np.testing.assert_allclose(ive_dv(1, 0, 2.0, z) * z * np.sqrt(2 * pi * z), -2, rtol=1e-2)
    np.testing.assert_allclose(kve_dv(1, 0, 2.0, z) * z / np.sqrt(pi / (2 * z)), 2, rtol=1e-2)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_complex_arguments(name):
    """Beside mpmath; by central differences of SciPy's values, or expansions."""
    ours, exact = FUNCTIONS[name]
    for m, n, tolerance in ((1, 0, 1e-11), (1, 1, 1e-11), (2, 0, 1e-9)):
        for v in (-1.3, 2.0):
            with mp.workdps(40):
                step = mp.mpf(10) ** -9
                weights = {0: [0, 1, 0], 1: [-0.5, 0, 0.5], 2: [1, -2, 1]}
                for z in COMPLEX:
                    total = mp.fsum(
                        a * b * exact(v + i * step, mp.mpmathify(z) + j * step)
                        for i, a in enumerate(weights[m], -1)
                        for j, b in enumerate(weights[n], -1)
                        if a and b
                    )
                    got = complex(ours(m, n, v, z))
                    assert abs(got - total / step ** (m + n)) <= tolerance * abs(got), (v, z)


def test_real_and_complex_arguments_agree():
    """Two methods for one number."""
    v, z = np.meshgrid(np.array([-2.7, 0.0, 1.5, 6.0]), np.array([0.1, 3.0, 12.0, 30.0]))
    for function in (jv_dv, yv_dv, kv_dv, kve_dv, hankel1_dv, hankel2e_dv):
        vanishes(function(1, 1, v, z), -function(1, 1, v, z + 0j), rtol=1e-11)


def test_hankel_functions_of_negative_arguments():
    """As SciPy's, which take them for complex numbers with imaginary part zero."""
    for function, wave in ((hankel1_dv, sc.hankel1), (hankel2_dv, sc.hankel2)):
        z, step = np.array([-2.0, 3.0]), 1e-4
        difference = (wave(0.7 + step, z) - wave(0.7 - step, z)) / (2 * step)
        np.testing.assert_allclose(function(1, 0, 0.7, z), difference, rtol=1e-6)


LIMITS = [
    (jv_dv, (1, 0, 0.0), -inf),
    (jv_dv, (2, 0, 0.0), inf),
    (jv_dv, (1, 0, -1.0), inf),
    (jv_dv, (1, 0, -2.0), -inf),
    (jv_dv, (1, 0, -0.5), -inf),
    (jv_dv, (1, 0, -1.5), inf),
    (jv_dv, (1, 0, 1e-9), 0.0),
    (jv_dv, (1, 1, 0.0), inf),
    (jv_dv, (1, 1, 1.0), -inf),
    (jv_dv, (1, 2, 3.0), 0.0),
    (iv_dv, (1, 0, 0.0), -inf),
    (ive_dv, (1, 0, -1.0), inf),
    (yv_dv, (1, 0, 0.0), -pi / 2),
    (yv_dv, (1, 2, 0.0), pi / 4),
    (yv_dv, (2, 0, 0.0), -inf),
    (yv_dv, (1, 0, 2.0), -inf),
    (yv_dv, (1, 0, -1.0), -inf),
    (yv_dv, (1, 0, -0.5), -inf),
    (yv_dv, (1, 1, 2.0), inf),
    (yv_dv, (0, 1, 2.0), inf),
    (kv_dv, (1, 0, 0.0), 0.0),
    (kv_dv, (2, 0, 0.0), inf),
    (kv_dv, (1, 0, -3.0), -inf),
    (kve_dv, (1, 1, 3.0), -inf),
]


@pytest.mark.parametrize(("function", "orders", "limit"), LIMITS)
def test_limits_at_zero(function, orders, limit):
    """At z = 0 the limit from above, which is where values close to it head."""
    assert function(*orders, 0.0) == limit
    near = function(*orders, 1e-120)
    if np.isfinite(limit):
        assert abs(near - limit) < 1e-6 * abs(limit) + 1e-6 or orders[2] == 1e-9
    else:
        assert near * np.sign(limit) > 100


def test_no_number_warns_and_nan_stays():
    """NaN gives NaN, negative real arguments do, and nothing warns."""
    strange = np.array([0.0, -0.0, 1e-320, 1e-30, -1e-30, 1.0, -1.0, 1e5, 1e17, -1e17, 1e300, inf])
    v, z = np.meshgrid(np.concatenate((strange, -strange)), np.concatenate((strange, [np.nan])))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for name in module.__all__:
            for orders in ((1, 0), (1, 1), (2, 0)):
                got = getattr(module, name)(*orders, v, z)
                assert np.isnan(got[-1]).all()
                assert np.isnan(getattr(module, name)(*orders, np.nan, 1.0))
                if not name.startswith("hankel"):
                    assert np.isnan(got[z < 0]).all()
