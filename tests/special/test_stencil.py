"""Tests of the central difference in a parameter: known derivatives, limits, estimates, shapes."""

import warnings

import mpmath as mp
import numpy as np
import pytest
import scipy.special as sc

from npbridge.special._stencil import MAX_ORDER, derivative, derivative_and_error

ORDERS = range(1, MAX_ORDER + 1)
TOLERANCE = {1: 1e-13, 2: 3e-12, 3: 5e-11, 4: 2e-9}
POINTS = np.array([-7.3, -1.0, 0.0, 0.4, 2.0, 31.7])
RATES = np.array([1e-3, 1.0, 7.0])[:, None]


def nth(function, n, points):
    """Derivatives of an mpmath function of one number."""
    with mp.workdps(40):
        return np.array([complex(mp.diff(function, mp.mpf(float(x)), n)) for x in points])


def scaled(function, n, x, **options):
    """A derivative, and the error estimate relative to it."""
    value, error = derivative_and_error(function, n, x, **options)
    return value, error / np.abs(value)


@pytest.mark.parametrize("n", ORDERS)
def test_exponentials_of_all_rates(n):
    """The step follows the rate, real or imaginary, down from the one that is allowed."""
    for unit in (1.0, -1.0, 1j):
        largest = np.maximum(0.5, 0.5 / RATES)
        got = derivative(lambda p, r, u=unit: np.exp(u * r * p), n, POINTS, RATES, step=largest)
        exact = (unit * RATES) ** n * np.exp(unit * RATES * POINTS)
        assert (np.abs(got - exact) <= TOLERANCE[n] * np.abs(exact)).all()


@pytest.mark.parametrize("n", ORDERS)
@pytest.mark.parametrize("distance", [1e-8, 1e-3, 0.1, 1.0, 30.0])
def test_poles_beside_the_limits(n, distance):
    """Beside a pole the steps are fractions of the distance, on either side of it."""
    for side, limits in ((1.0, {"lo": 0.0}), (-1.0, {"hi": 0.0})):
        got = derivative(lambda p: 1 / p, n, side * distance, **limits)
        exact = (-1.0) ** n * sc.factorial(n) / (side * distance) ** (n + 1)
        assert abs(got / exact - 1) < 30 * TOLERANCE[n]


@pytest.mark.parametrize("n", ORDERS)
def test_no_value_is_taken_outside_the_limits(n):
    seen = []

    def log(p):
        seen.append(p)
        return np.log(p)

    x = np.array([1e-300, 1e-12, 0.3, 0.999999, 1.0])
    got = derivative(log, n, x, lo=0.0, hi=1.0)
    taken = np.concatenate([p.ravel() for p in seen])
    taken = taken[~np.isnan(taken)]
    assert taken.min() > 0
    assert taken.max() < 1
    assert np.isnan(got[-1])
    np.testing.assert_allclose(
        got[2], -((-1.0) ** n) * sc.factorial(n - 1) / x[2] ** n, rtol=30 * TOLERANCE[n]
    )


@pytest.mark.parametrize("n", ORDERS)
def test_gamma_function_between_its_poles(n):
    """An actual function of SciPy's, with its own noise, and poles on both sides."""
    x = np.array([-2.9, -2.5, -0.999, -0.3, 0.02, 0.7, 3.3, 60.0])
    lo = np.where(x < 0, np.floor(x), 0.0)
    hi = np.where(x < 0, np.ceil(x), np.inf)
    got = derivative(sc.gamma, n, x, lo=lo, hi=hi)
    exact = nth(mp.gamma, n, x).real
    assert (np.abs(got / exact - 1) < 100 * TOLERANCE[n]).all()


@pytest.mark.parametrize("n", ORDERS)
def test_positive_parameters_in_their_logarithm(n):
    """Over many magnitudes of a parameter that is a scale."""
    x = 10.0 ** np.arange(-200, 201, 40) if n < 2 else 10.0 ** np.arange(-60, 61, 20)
    got = derivative(lambda p, s: (1 + p / s) ** -1.5, n, x, x / 1.7, log=True)
    exact = np.prod(-1.5 - np.arange(n)) * (1 + 1.7) ** (-1.5 - n) * (1.7 / x) ** n
    np.testing.assert_allclose(got, exact, rtol=100 * TOLERANCE[n])


@pytest.mark.parametrize("n", ORDERS)
def test_the_estimate_is_the_size_of_the_error(n):
    """Of the error at many points of several functions, but for those of chance."""
    rng = np.random.default_rng(n)
    x = rng.uniform(0.3, 9, 40)
    for function, exact, limits in (
        (sc.rgamma, mp.rgamma, {}),
        (sc.digamma, mp.digamma, {"lo": 0.0}),
        (lambda p: np.exp(1j * p) / (p * p + 1), lambda p: mp.expj(p) / (p * p + 1), {}),
        (lambda p: sc.jv(p, 3.0), lambda p: mp.besselj(p, 3), {}),
    ):
        value, error = derivative_and_error(function, n, x, **limits)
        true = np.abs(value - nth(exact, n, x))
        assert np.quantile(true / error, 0.9) < 2
        assert np.max(true / error) < 30
        assert np.median(error) < 30 * np.median(true)


def test_estimate_sees_the_noise_of_the_function():
    """A function wrong by 1e-9 has derivatives wrong by as much, and the estimate knows."""
    rng = np.random.default_rng(0)
    x = np.linspace(0.0, 3.0, 50)

    def noisy(p):
        return np.exp(p) * (1 + 1e-9 * rng.standard_normal(p.shape))

    value, error = derivative_and_error(noisy, 1, x)
    assert (np.abs(value / np.exp(x) - 1) < 1e-7).all()
    assert np.median(error / np.exp(x)) > 1e-10
    assert np.quantile(np.abs(value - np.exp(x)) / error, 0.9) < 5


def test_odd_derivatives_of_even_functions_vanish():
    """Exactly: the points on both sides are paired first."""
    for n in (1, 3):
        assert derivative(lambda p: np.cosh(np.sqrt(2) * p), n, 0.0) == 0
        assert derivative(sc.kv, n, 0.0, 1.3) == 0


def test_shapes_broadcast_types_and_blocks():
    v, z = np.linspace(-2, 3, 5), np.array([[0.5], [2.0 + 1j], [30.0]])
    whole, error = derivative_and_error(sc.hankel1, 1, v, z)
    assert whole.shape == error.shape == (3, 5)
    assert whole.dtype == np.complex128
    blocks = derivative(sc.hankel1, 1, v, z, block=4)
    np.testing.assert_allclose(whole, blocks, rtol=1e-14)
    assert np.ndim(derivative(sc.jv, 1, 0.5, 2.0)) == 0
    assert derivative(sc.jv, 1, np.zeros((0, 3)), np.zeros(3)).shape == (0, 3)
    assert derivative(sc.jv, 1, np.float32(0.5), np.float32(2.0)).dtype == np.float32
    assert derivative(sc.jv, 1, np.ones(2, np.float32), 2.0).dtype == np.float32
    assert derivative(sc.hankel1, 1, np.ones(2, np.float32), 2.0).dtype == np.complex64
    np.testing.assert_array_equal(derivative(sc.jv, 0, v, 2.0), sc.jv(v, 2.0))


def test_any_number_gives_a_number_or_nan_and_no_warning():
    x = np.array([0.0, 1e-320, 1e-30, 1e17, 1e300, np.inf, -np.inf, np.nan])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for n in ORDERS:
            for function in (np.exp, np.log, sc.gamma, lambda p: p * 1e308):
                got = derivative(function, n, x)
                assert np.isnan(got[-1])
            derivative(np.log, n, x, lo=0.0, log=True)
    # Steps are never too small to be seen.
    np.testing.assert_allclose(derivative(lambda p: p * p, 1, 1e17), 2e17, rtol=1e-2)
    got = derivative(lambda p: p * p, 1, 1e17, step=1e16)
    np.testing.assert_allclose(got, 2e17, rtol=1e-13)


def test_cost():
    """Smooth functions need two or three levels of steps, and no element more than its own."""
    count = 0

    def counted(v, z):
        nonlocal count
        count += v.size
        return sc.jv(v, z)

    rng = np.random.default_rng(0)
    derivative(counted, 1, rng.uniform(0.5, 8, 1000), rng.uniform(0.5, 40, 1000), step=0.25)
    assert count < 36 * 1000


def test_orders_out_of_reach_are_refused():
    for n in (-1, MAX_ORDER + 1):
        with pytest.raises(ValueError, match=f"between 0 and {MAX_ORDER}"):
            derivative(np.exp, n, 1.0)
