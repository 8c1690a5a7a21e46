"""Tests of the Gamma density and of the shape derivatives of the regularised incomplete gamma."""

import warnings
from collections.abc import Callable
from typing import SupportsFloat

import mpmath
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy import special

from npbridge.special import _incomplete_gamma as module
from npbridge.special._incomplete_gamma import MAX_ORDER, gamma_density, gammainc_da

SHAPES = (1e-3, 0.03, 0.4, 1.0, 2.5, 30.0, 1e3, 1e4)
TAILS = (1e-200, 1e-60, 1e-8, 0.2)
TOLERANCE = {1: 2e-14, 2: 1e-13, 3: 1e-12}
any_double = st.floats(allow_nan=True, allow_infinity=True, width=64)


def points_in_both_tails(shape: float) -> list[float]:
    """Return arguments whose lower or upper tail probabilities are those of ``TAILS``."""
    lower = [float(special.gammaincinv(shape, tail)) for tail in TAILS]
    upper = [float(special.gammainccinv(shape, tail)) for tail in TAILS]
    return [point for point in lower + upper if 1e-250 < point < np.inf]


def reference(order: int, shape: float, point: float) -> mpmath.mpf:
    """Differentiate mpmath's incomplete gamma in its shape, on the side without cancellation."""
    with mpmath.workdps(50):
        a, x = mpmath.mpf(shape), mpmath.mpf(point)
        if x < a:
            return mpmath.diff(lambda s: mpmath.gammainc(s, 0, x, regularized=True), a, order)
        return -mpmath.diff(lambda s: mpmath.gammainc(s, x, mpmath.inf, regularized=True), a, order)


def relative_error(value: SupportsFloat, exact: mpmath.mpf) -> float:
    """Return the relative error of a double against a high-precision value."""
    with mpmath.workdps(50):
        return float(abs(mpmath.mpf(float(value)) / exact - 1))


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("order", [1, 2, 3])
def test_shape_derivative_matches_mpmath_deep_into_both_tails(order: int, shape: float) -> None:
    """The first three orders keep full relative accuracy down to tails of 1e-200."""
    for point in points_in_both_tails(shape):
        exact = reference(order, shape, point)
        assert relative_error(gammainc_da(order, shape, point), exact) < TOLERANCE[order], point


@pytest.mark.parametrize("order", range(4, MAX_ORDER + 1))
@pytest.mark.parametrize(("shape", "point"), [(0.2, 0.3), (0.7, 4.0), (5.0, 1.5), (60.0, 90.0)])
def test_every_offered_order_matches_mpmath(order: int, shape: float, point: float) -> None:
    """Each order up to the highest one offered is accurate, not only the first three."""
    exact = reference(order, shape, point)
    assert relative_error(gammainc_da(order, shape, point), exact) < 1e-11


def test_shape_derivative_equals_its_defining_integral() -> None:
    """The first order is the integral of the density times its score from 0 to x."""
    with mpmath.workdps(50):
        a, x = mpmath.mpf("3.25"), mpmath.mpf("2.5")

        def score_density(t: mpmath.mpf) -> mpmath.mpf:
            density = t ** (a - 1) * mpmath.exp(-t) / mpmath.gamma(a)
            return density * (mpmath.log(t) - mpmath.digamma(a))

        exact = mpmath.quad(score_density, [0, 1, x])
    assert relative_error(gammainc_da(1, 3.25, 2.5), exact) < 2e-14


@pytest.mark.parametrize("order", [1, 2, 3])
@pytest.mark.parametrize("shape", [0.05, 0.8, 3.0, 200.0, 1e4])
def test_error_stays_below_the_peak_across_sign_changes(order: int, shape: float) -> None:
    """Where the derivative crosses zero the error is small against its peak nearby."""
    spread = np.sqrt(shape)
    points = np.maximum(shape + spread * np.linspace(-3.0, 3.0, 13), 1e-3)
    exact = [reference(order, shape, float(point)) for point in points]
    peak = max(abs(value) for value in exact)
    for value, target in zip(gammainc_da(order, shape, points), exact, strict=True):
        assert float(abs(mpmath.mpf(float(value)) - target) / peak) < TOLERANCE[order]


def test_first_order_tends_to_the_exponential_integral() -> None:
    """As the shape tends to 0 the first derivative tends to -E1(x)."""
    points = np.array([1e-3, 0.5, 1.0, 2.0, 30.0, 600.0])
    for shape in (1e-300, 5e-324):
        np.testing.assert_allclose(gammainc_da(1, shape, points), -special.exp1(points), rtol=1e-13)


def test_huge_shapes_follow_the_normal_limit() -> None:
    """For huge shapes at the peak the derivative is minus the normal density, 1/sqrt(2 pi a)."""
    shapes = np.array([1e20, 1e100, 1e300, 1e308])
    expected = -1 / np.sqrt(2 * np.pi) / np.sqrt(shapes)
    np.testing.assert_allclose(gammainc_da(1, shapes, shapes), expected, rtol=1e-9)
    np.testing.assert_allclose(gamma_density(shapes, shapes), -expected, rtol=1e-9)


def test_order_zero_is_scipy() -> None:
    """Order 0 returns SciPy's value unchanged."""
    points = np.linspace(0.0, 9.0, 19)
    np.testing.assert_array_equal(gammainc_da(0, 2.5, points), special.gammainc(2.5, points))


@pytest.mark.parametrize("order", [-1, MAX_ORDER + 1])
def test_orders_outside_the_validated_range_are_refused(order: int) -> None:
    """An order that was not validated raises a ValueError naming the range."""
    with pytest.raises(ValueError, match=f"between 0 and {MAX_ORDER}"):
        gammainc_da(order, 1.0, 1.0)


@pytest.mark.parametrize("order", [1, 2, MAX_ORDER])
def test_shape_derivative_at_the_edges(order: int) -> None:
    """The derivative is 0 where P is constantly 0 or 1, and NaN outside the domain."""
    np.testing.assert_array_equal(gammainc_da(order, [0.5, 1.0, 7.0], 0.0), np.zeros(3))
    np.testing.assert_array_equal(gammainc_da(order, [0.5, 1.0, 7.0], np.inf), np.zeros(3))
    assert gammainc_da(order, np.inf, 2.0) == 0.0
    outside = ([0.0, -1.0, np.nan, 1.0, 1.0, np.inf], [1.0, 1.0, 1.0, -1.0, np.nan, np.inf])
    assert np.isnan(gammainc_da(order, *outside)).all()


@pytest.mark.parametrize("decade", range(-8, 8, 2))
def test_density_matches_mpmath(decade: int) -> None:
    """The density is accurate to 1e-13 from tiny to huge shapes, bulk and far tails."""
    generator = np.random.default_rng(decade + 100)
    shapes = 10 ** generator.uniform(decade, decade + 2, 100)
    points = np.abs(shapes + generator.uniform(-37, 37, 100) * np.sqrt(shapes))
    for shape, point, value in zip(shapes, points, gamma_density(shapes, points), strict=True):
        with mpmath.workdps(50):
            a, x = mpmath.mpf(shape), mpmath.mpf(point)
            exact = mpmath.exp((a - 1) * mpmath.log(x) - x - mpmath.loggamma(a))
        if exact > 1e-300:
            assert relative_error(value, exact) < 1e-13, (shape, point)


@pytest.mark.parametrize("shape", [10.1, 33.3, 97.7, 151.9])
def test_density_loses_nothing_far_above_the_peak(shape: float) -> None:
    """Where x - a is not a double, its rounding error does not reach the density."""
    for point in np.linspace(2.5 * shape, 900.0, 40):
        with mpmath.workdps(50):
            a, x = mpmath.mpf(shape), mpmath.mpf(float(point))
            exact = mpmath.exp((a - 1) * mpmath.log(x) - x - mpmath.loggamma(a))
        if exact > 1e-300:
            assert relative_error(gamma_density(shape, point), exact) < 1e-14, point


def test_density_where_factors_overflow_or_underflow() -> None:
    """Powers or exponentials out of range do not spoil a density that is in range."""
    shapes = np.array([3.0, 10.5, 10.999, 0.25, 1.0, 150.0])
    points = np.array([1e-150, 1e-30, 1e-29, 1e-300, 740.0, 1000.0])
    for shape, point, value in zip(shapes, points, gamma_density(shapes, points), strict=True):
        with mpmath.workdps(50):
            a, x = mpmath.mpf(shape), mpmath.mpf(point)
            exact = mpmath.exp((a - 1) * mpmath.log(x) - x - mpmath.loggamma(a))
        # A subnormal result carries fewer digits than eps.
        assert abs(float(value) - float(exact)) <= 1e-13 * float(exact) + 1e-323


def test_density_at_the_edges() -> None:
    """The density has its one-sided limits at 0 and infinity, and is NaN outside the domain."""
    np.testing.assert_array_equal(gamma_density([0.5, 1.0, 2.0], 0.0), [np.inf, 1.0, 0.0])
    np.testing.assert_array_equal(gamma_density([0.5, 1.0, 2.0, 0.0], np.inf), np.zeros(4))
    np.testing.assert_array_equal(gamma_density(0.0, [1e-300, 1.0, 50.0]), np.zeros(3))
    assert gamma_density(np.inf, 3.0) == 0.0
    outside = ([-1.0, np.nan, 1.0, 1.0, 0.0, np.inf], [1.0, 1.0, -1.0, np.nan, 0.0, np.inf])
    assert np.isnan(gamma_density(*outside)).all()


def evaluations() -> list[Callable[..., np.ndarray]]:
    """Return the public functions as functions of shape and argument alone."""
    orders = range(MAX_ORDER + 1)
    return [gamma_density, *(lambda a, x, n=order: gammainc_da(n, a, x) for order in orders)]


@settings(max_examples=300, deadline=None)
@given(shape=any_double, point=any_double)
@example(shape=1e308, point=5e-324)
@example(shape=5e-324, point=1e308)
@example(shape=1.7976931348623157e308, point=1.7976931348623157e308)
@example(shape=9.999999999999998, point=1e308)
def test_no_warning_and_no_nan_inside_the_domain(shape: float, point: float) -> None:
    """Any pair of doubles gives no warning, NaN outside the domain and a number inside."""
    with np.errstate(all="raise"), warnings.catch_warnings():
        warnings.simplefilter("error")
        density, _, *derivatives = (evaluate(shape, point) for evaluate in evaluations())
    if not (shape > 0 and point >= 0) or (np.isinf(shape) and np.isinf(point)):
        assert np.isnan(derivatives).all()
        assert np.isnan(density) or (shape == 0 and point > 0)
    else:
        assert np.isfinite(derivatives).all()
        assert density >= 0


@settings(max_examples=200, deadline=None)
@given(
    shape=st.floats(1e-6, 1e6),
    quantile=st.floats(1e-12, 1 - 1e-12),
)
def test_first_order_is_negative(shape: float, quantile: float) -> None:
    """P decreases strictly in its shape, so the first derivative is never positive."""
    assert gammainc_da(1, shape, special.gammaincinv(shape, quantile)) <= 0


@pytest.mark.parametrize("evaluate", evaluations())
def test_broadcasting_and_types(evaluate: Callable[..., np.ndarray]) -> None:
    """Shapes broadcast, float32 stays float32, everything else becomes float64."""
    shapes, points = np.array([[0.5], [2.0]]), np.array([0.25, 1.0, 8.0])
    table = evaluate(shapes, points)
    assert table.shape == (2, 3)
    assert table.dtype == np.float64
    np.testing.assert_allclose(table[1, 2], evaluate(2, 8), rtol=1e-14)
    narrow = evaluate(shapes.astype(np.float32), points.astype(np.float32))
    assert narrow.dtype == np.float32
    np.testing.assert_array_equal(narrow, table.astype(np.float32))
    assert evaluate(2.0, points.astype(np.float32)).dtype == np.float32
    assert evaluate(shapes, points.astype(np.float32)).dtype == np.float64
    assert np.ndim(evaluate(2.0, 3.0)) == 0
    assert evaluate(np.empty((0, 3)), points).shape == (0, 3)
    with pytest.raises(TypeError):
        evaluate(1.0 + 2.0j, 1.0)


@pytest.mark.parametrize("evaluate", evaluations())
def test_results_do_not_depend_on_the_blocks(
    evaluate: Callable[..., np.ndarray], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Splitting the input elsewhere, or not being contiguous, does not change the values."""
    generator = np.random.default_rng(7)
    shapes = 10 ** generator.uniform(-3, 5, (3, 2001))
    points = shapes * 10 ** generator.uniform(-0.3, 0.3, shapes.shape)
    expected = evaluate(shapes, points)
    monkeypatch.setattr(module, "_BLOCK", 97)
    np.testing.assert_allclose(evaluate(shapes, points), expected, rtol=1e-14, atol=1e-300)
    strided = evaluate(shapes.T[::2], points.T[::2])
    np.testing.assert_allclose(strided, expected.T[::2], rtol=1e-14, atol=1e-300)
