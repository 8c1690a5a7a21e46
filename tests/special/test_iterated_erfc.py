"""Tests of the derivatives of the scaled complementary error function."""

import warnings

import mpmath
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy import special

from npbridge.special import _iterated_erfc as module
from npbridge.special._iterated_erfc import erfcx_dn

ORDERS = range(1, 7)
POINTS = np.concatenate(
    (
        -np.geomspace(1e-12, 26.0, 15),
        [0.0],
        np.geomspace(1e-12, 1e6, 30),
        np.linspace(0.1, 8.0, 24),
    )
)


def repeated_integral(order: int, point: float) -> mpmath.mpf:
    """Return the derivative from the repeated integral of erfc, by quadrature in mpmath."""
    x = mpmath.mpf(point)
    scale = 1 / (1 + abs(x))
    breaks = [0, scale, 8 * scale, 64 * scale, max(-x, 0) + 8, max(-x, 0) + 64 * scale + 40]

    def integrand(t: mpmath.mpf) -> mpmath.mpf:
        return t**order * mpmath.exp(-t * t - 2 * x * t)

    total = mpmath.quad(integrand, sorted(set(breaks)))
    return (-1) ** order * 2 ** (order + 1) / mpmath.sqrt(mpmath.pi) * total


def reference(order: int, point: float) -> mpmath.mpf:
    """Return the derivative by the recurrence in the order, with digits to spare for its loss."""
    lost = 2 * order * max(0.0, float(np.log10(1 + abs(point))))
    with mpmath.workdps(60 + round(lost)):
        x = mpmath.mpf(point)
        previous = mpmath.exp(x * x) * mpmath.erfc(x)
        current = 2 * x * previous - 2 / mpmath.sqrt(mpmath.pi)
        for k in range(1, order):
            previous, current = current, 2 * x * current + 2 * k * previous
        return current


@pytest.mark.parametrize("order", [1, 2, 4, 6])
@pytest.mark.parametrize("point", [-3.0, -0.25, 0.0, 0.75, 2.0, 9.0])
def test_reference_agrees_with_direct_differentiation(order: int, point: float) -> None:
    """The fast reference, mpmath.diff and the repeated integral (DLMF 7.18.4) are one function."""
    with mpmath.workdps(50):
        direct = mpmath.diff(lambda t: mpmath.exp(t * t) * mpmath.erfc(t), mpmath.mpf(point), order)
        exact = reference(order, point)
        assert abs(direct / exact - 1) < mpmath.mpf(10) ** -30
        assert abs(repeated_integral(order, point) / exact - 1) < mpmath.mpf(10) ** -20


@pytest.mark.parametrize("order", ORDERS)
def test_matches_mpmath_on_the_whole_line(order: int) -> None:
    """The relative error is at rounding level from the overflow limit to large arguments."""
    for point, value in zip(POINTS, erfcx_dn(order, POINTS), strict=True):
        exact = reference(order, float(point))
        assert float(abs(mpmath.mpf(float(value)) / exact - 1)) < 1e-14, point


@pytest.mark.parametrize("order", [10, 20, 30])
def test_high_orders_stay_accurate(order: int) -> None:
    """The order is not limited to the few that are usually asked for."""
    points = np.array([-5.0, -0.5, 0.0, 0.01, 0.5, 2.0, 5.0, 40.0])
    for point, value in zip(points, erfcx_dn(order, points), strict=True):
        exact = reference(order, float(point))
        assert float(abs(mpmath.mpf(float(value)) / exact - 1)) < 1e-13, point


@pytest.mark.parametrize("order", ORDERS)
def test_overflow_only_where_the_value_overflows(order: int) -> None:
    """Infinity, of the right sign, is returned exactly where the true value exceeds a double."""
    points = np.linspace(-26.7, -26.3, 41)
    largest = mpmath.mpf(float(np.finfo(np.float64).max))
    for point, value in zip(points, erfcx_dn(order, points), strict=True):
        exact = reference(order, float(point))
        if abs(exact) > largest * (1 + 1e-12):
            assert value == (-1) ** order * np.inf
        elif abs(exact) < largest * (1 - 1e-12):
            assert float(abs(mpmath.mpf(float(value)) / exact - 1)) < 1e-13


@pytest.mark.parametrize("order", ORDERS)
def test_underflow_follows_the_leading_power(order: int) -> None:
    """Far out the derivative is n!/(sqrt(pi) x**(n+1)), into the subnormals and then 0."""
    largest = 10 ** (300 / (order + 1))
    point = largest / 10
    factorial = float(special.factorial(order))
    expected = (-1) ** order * factorial / np.sqrt(np.pi) * point ** -(order + 1.0)
    np.testing.assert_allclose(erfcx_dn(order, point), expected, rtol=1e-12)
    assert erfcx_dn(order, 1e308) == 0
    assert erfcx_dn(order, np.inf) == 0


@pytest.mark.parametrize("order", range(7))
def test_infinities_and_nan(order: int) -> None:
    """NaN gives NaN, minus infinity the infinity of the derivative's sign, plus infinity 0."""
    assert np.isnan(erfcx_dn(order, np.nan))
    assert erfcx_dn(order, -np.inf) == (-1) ** order * np.inf
    assert erfcx_dn(order, np.inf) == 0


def test_order_zero_is_scipy_and_negative_orders_are_refused() -> None:
    """Order 0 is SciPy's value unchanged and a negative order raises a ValueError."""
    np.testing.assert_array_equal(erfcx_dn(0, POINTS), special.erfcx(POINTS))
    with pytest.raises(ValueError, match="must not be negative"):
        erfcx_dn(-1, 1.0)


@settings(max_examples=300, deadline=None)
@given(point=st.floats(allow_nan=True, allow_infinity=True), order=st.integers(0, 12))
@example(point=5e-324, order=6)
@example(point=-0.0, order=1)
def test_no_warning_and_the_right_sign(point: float, order: int) -> None:
    """Any double gives no warning and, unless it is NaN, a value of sign (-1)**n or 0."""
    with np.errstate(all="raise"), warnings.catch_warnings():
        warnings.simplefilter("error")
        value = erfcx_dn(order, point)
    assert np.isnan(value) if np.isnan(point) else (-1) ** order * value >= 0


@pytest.mark.parametrize("order", [0, 1, 3])
def test_shapes_and_types(order: int) -> None:
    """The shape is kept, float32 stays float32 and everything else becomes float64."""
    points = np.array([[-1.5, 0.0, 0.5], [1.0, 3.0, 20.0]])
    table = erfcx_dn(order, points)
    assert table.shape == points.shape
    assert table.dtype == np.float64
    narrow = erfcx_dn(order, points.astype(np.float32))
    assert narrow.dtype == np.float32
    np.testing.assert_array_equal(narrow, table.astype(np.float32))
    np.testing.assert_allclose(erfcx_dn(order, 3), table[1, 1], rtol=1e-14)
    assert np.ndim(erfcx_dn(order, 0.5)) == 0
    assert erfcx_dn(order, np.empty((0, 3))).shape == (0, 3)
    with pytest.raises(TypeError):
        erfcx_dn(order, 1.0 + 2.0j)


@pytest.mark.parametrize("order", [0, 1, 5])
def test_results_do_not_depend_on_the_blocks(order: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Splitting the input elsewhere, or not being contiguous, does not change the values."""
    points = np.random.default_rng(3).normal(size=(3, 2001)) * 6
    expected = erfcx_dn(order, points)
    monkeypatch.setattr(module, "_BLOCK", 97)
    np.testing.assert_allclose(erfcx_dn(order, points), expected, rtol=1e-14)
    np.testing.assert_allclose(erfcx_dn(order, points.T[::2]), expected.T[::2], rtol=1e-14)
