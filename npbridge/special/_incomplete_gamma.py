r"""Gamma density and parameter derivatives of the regularised incomplete gamma function.

With ``P(a, x) = gammainc(a, x)`` (DLMF 8.2.4) the derivatives in ``a`` come from

.. math:: \partial_a^n P = \frac{x^a e^{-x}}{\Gamma(1+a)}
          \int_{-\infty}^0 e^{-x(e^v-1)+av} R_n(w+v)\,dv, \qquad w = \ln x - \psi(1+a),

which is DLMF 8.2.1 with ``t = x e^v`` and the factor ``a t^a / Gamma(1+a)`` differentiated.
``R_n(w) = a A_n(w) + n A_{n-1}(w)``, where ``A_n`` is the complete Bell polynomial of
``(w, -psi'(1+a), -psi''(1+a), ...)``.  Working with ``1 + a`` instead of ``a`` keeps every
coefficient finite and free of cancellation as ``a -> 0``.  The total mass of ``P`` does not depend
on ``a``, so the same integral over ``v > 0`` is the negative of the one over ``v < 0``; taking the
side that holds the smaller tail keeps full relative accuracy however small the tail is.
"""

from collections.abc import Callable, Iterable
from functools import partial
from math import comb, factorial

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

__all__ = ["MAX_ORDER", "gamma_density", "gammainc_da"]

FloatArray = NDArray[np.float64]

MAX_ORDER = 6
_BLOCK = 4096
_SPLIT = 2.0**27 + 1  # halves the 53 bits of a double
_LARGE = 10.0  # from here on the Stirling series below reach double precision
_STIRLING = (1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156)
_PSI_SERIES = (1 / 12, -1 / 120, 1 / 252, -1 / 240, 1 / 132, -691 / 32760, 1 / 12)


def _gauss_rule(count: int) -> tuple[FloatArray, FloatArray]:
    """Return Gauss-Legendre nodes and weights on (0, 1) as columns (DLMF 3.5(v)), even ``count``.

    The library rule has nodes good to ``eps`` in absolute terms, which costs four digits of the
    weights next to 0, just where an integrand that decays fast lives.  One Newton step on the
    recurrence for the differences ``P[k] - P[k-1]`` in the distance from the end restores them.
    """
    near = (1 - np.polynomial.legendre.leggauss(count)[0][: count // 2 - 1 : -1]) / 2
    weights = near
    for _ in range(2):
        value, step = np.ones_like(near), np.zeros_like(near)
        for k in range(count):
            step = (k * step - 2 * (2 * k + 1) * near * value) / (k + 1)
            value = value + step
        spread = near * (1 - near)
        weights = 4 * spread / (count * step) ** 2
        near = near - 2 * spread * value / (count * step)
    nodes = np.concatenate((near, 1 - near[::-1]))
    return nodes[:, None], np.concatenate((weights, weights[::-1]))[:, None]


_NODES, _WEIGHTS = _gauss_rule(40)


def _horner(point: FloatArray, coefficients: Iterable[float | FloatArray]) -> FloatArray:
    """Evaluate a polynomial, lowest coefficient first, in place to spare memory traffic."""
    value = np.zeros_like(point)
    for coefficient in reversed(tuple(coefficients)):
        value *= point
        value += coefficient
    return value


def _exact_product(left: FloatArray, right: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return ``left * right`` as a rounded product and its rounding error (Dekker's splitting)."""
    product = left * right
    left_high, right_high = (_SPLIT * f - (_SPLIT * f - f) for f in (left, right))
    left_low, right_low = left - left_high, right - right_high
    error = (left_high * right_high - product) + left_high * right_low + left_low * right_high
    return product, error + left_low * right_low


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
    product, error = _exact_product(d, a_unit)
    d_error = ((gap - product) - error) / a_unit
    lead, lead_error = _exact_product(gap, d)
    s = d / (2 + d)
    rest = a_unit * s * (d * d / 2 + 2 * s * s * _horner(s * s, (1 / k for k in range(3, 19, 2))))
    drop = lead / 2 - rest
    drop_error = (lead / 2 - drop) - rest + (lead_error + gap * d_error) / 2
    near = np.exp(-np.ldexp(drop, exponent)) * np.exp(-np.ldexp(drop_error, exponent))
    # Elsewhere: powers of x/a, corrected for its rounding, in steps so that nothing overflows.
    ratio = x_unit / a_unit
    product, error = _exact_product(ratio, a_unit)
    recovered = gap - x_unit
    gap_error = (x_unit - (gap - recovered)) - (a_unit + recovered)
    correction = a * ((x_unit - product) - error) / x_unit - np.ldexp(gap_error, exponent)
    steps = np.exp2(np.maximum(np.ceil(np.log2(np.abs(np.ldexp(gap, exponent)) / 128)), 1.0))
    root = ratio ** (a / steps) * np.exp(-np.ldexp(gap, exponent) / steps)
    far = np.where(root > 0, root**steps * np.exp(np.clip(correction, -1.0, 1.0)), 0.0)
    return np.where(np.abs(d) < 0.2, near, far)


def _weight(a: FloatArray, x: FloatArray) -> FloatArray:
    """Return ``x**a * exp(-x) / Gamma(1 + a)`` for ``a > -1`` and finite ``x > 0``."""
    small_a, small_x = np.minimum(a, _LARGE), np.minimum(x, 2000.0)
    half = np.exp(-small_x / 2)  # two halves: exp(-x) alone is subnormal from x = 708 on
    direct: FloatArray = half * small_x**small_a * half / special.gamma(1 + small_a)
    large_a = np.maximum(a, _LARGE)
    # Stirling's series, DLMF 5.11.1.
    scale = np.exp(-_horner(large_a**-2, _STIRLING) / large_a) / np.sqrt(2 * np.pi)
    return np.where(a < _LARGE, direct, _peak_ratio(large_a, x) * scale / np.sqrt(large_a))


def _log_shift(a: FloatArray, x: FloatArray) -> FloatArray:
    """Return ``log(x) - psi(1 + a)`` accurate relative to the spread ``a**-0.5`` of ``log t``."""
    large_a = np.maximum(a, _LARGE)
    relative = (x - large_a) / large_a
    log_ratio = np.where(np.abs(relative) < 0.5, np.log1p(relative), np.log(x) - np.log(large_a))
    # DLMF 5.11.2 and 5.5.2.
    psi_excess = 0.5 / large_a - _horner(large_a**-2, _PSI_SERIES) / large_a / large_a
    direct: FloatArray = np.log(x) - special.digamma(1 + a)
    return np.where(a < _LARGE, direct, log_ratio - psi_excess)


def _centred_bell(n: int, a: FloatArray) -> list[FloatArray]:
    """Return the Bell polynomials ``B_j(0, -psi'(1+a), -psi''(1+a), ...)`` for ``j = 0..n``."""
    kappa = [np.zeros_like(a)] + [-special.polygamma(order, 1 + a) for order in range(1, n)]
    bell = [np.ones_like(a)]
    for j in range(n):
        bell.append(sum((comb(j, i) * bell[j - i] * kappa[i] for i in range(j + 1)), 0 * a))
    return bell


def _series(n: int, a: FloatArray, x: FloatArray) -> FloatArray:
    """Differentiate ``x**a / Gamma(1+a) * sum((-x)**k / k! * a / (a+k))`` (DLMF 8.7.1), x < 1."""
    sums = [np.ones_like(a)] + [np.zeros_like(a) for _ in range(n)]
    term = np.ones_like(a)
    for k in range(1, 20):
        term = term * (-x / k)
        sums[0] = sums[0] + term * (a / (a + k))
        for j in range(1, n + 1):
            sums[j] = sums[j] - (-1) ** j * factorial(j) * k * term / (a + k) ** (j + 1)
    bell, shift = _centred_bell(n, a), _log_shift(a, x)
    total = np.zeros_like(a)
    for m in range(n + 1):
        appell = _horner(shift, [comb(m, k) * bell[m - k] for k in range(m + 1)])
        total += comb(n, m) * sums[n - m] * appell
    return _weight(a, x) * np.exp(x) * total


def _window(drop: float, upper: NDArray[np.bool_], a: FloatArray, x: FloatArray) -> FloatArray:
    """Return the signed ``v`` where ``exp(-x*(exp(v)-1) + a*v)`` has fallen by ``exp(-drop)``."""
    sign = np.where(upper, 1.0, -1.0)
    slope = sign * (x - a)
    width = 2 * drop / (slope + np.hypot(slope, np.sqrt(2 * drop) * np.sqrt(x)))
    level = drop / x
    bound = np.where(upper, np.log1p(level + np.log1p(level)), np.inf)
    newton = np.minimum(width, bound)
    for _ in range(4):
        curved = np.expm1(sign * newton)
        excess = x * (curved - sign * newton) + slope * newton - drop
        newton = newton - excess / (sign * x * curved + slope)
    # The parabola is good enough for narrow windows, where Newton's step is all rounding.
    signed: FloatArray = sign * np.where(width < 0.05, width, newton)
    return signed


def _quadrature(n: int, a: FloatArray, x: FloatArray) -> FloatArray:
    """Integrate the tail on the side of ``x`` away from the bulk by Gauss-Legendre, x >= 1."""
    scale = np.maximum(a, 1.0)  # divided out of R_n and multiplied back, against overflow
    shift, bell = _log_shift(a, x), _centred_bell(n, a)
    kernel = [a / scale * bell[0]]
    kernel += [a / scale * bell[j] + j / scale * bell[j - 1] for j in range(1, n + 1)]
    coefficients = [comb(n, k) * kernel[n - k] for k in range(n + 1)]
    edge = _window(40.0 + 2 * n, a * shift + 1 >= 0, a, x)
    v = edge * _NODES
    narrow = np.abs(edge) < 0.15
    curved = np.zeros_like(v)  # exp(v) - 1 - v, by its Taylor series where that would cancel
    if narrow.any():
        curved = v * v * _horner(v, (1 / factorial(k) for k in range(2, 10)))
    if not narrow.all():
        curved = np.where(narrow, curved, np.expm1(v) - v)
    integrand = np.exp(-(x * curved + (x - a) * v)) * _horner(shift + v, coefficients)
    weight = _weight(a, x)
    return np.where(weight > 0, -edge * (integrand * _WEIGHTS).sum(0) * (weight * scale), 0.0)


def _derivative(n: int, a: FloatArray, x: FloatArray) -> FloatArray:
    """Evaluate one block, sending each element to the series, the quadrature or a limit."""
    regular = (a > 0) & (a < np.inf) & (x > 0) & (x < np.inf)
    outside = ~((a > 0) & (x >= 0)) | np.isinf(a) & np.isinf(x)
    result = np.where(outside, np.nan, 0.0)  # 0 where P is constantly 0 or 1
    for method, chosen in ((_series, regular & (x < 1)), (_quadrature, regular & (x >= 1))):
        if chosen.any():
            result[chosen] = method(n, a[chosen], x[chosen])
    return result


def _density(a: FloatArray, x: FloatArray) -> FloatArray:
    """Evaluate one block of the density."""
    regular = (a >= 0) & (a < np.inf) & (x > 0) & (x < np.inf)
    shape, point = np.where(regular, a, 1.0), np.where(regular, x, 1.0)
    # Neither form rounds a - 1 nor takes a power that underflows before the density does.
    value = np.where(
        shape < 0.5,
        shape * _weight(np.minimum(shape, 0.5), point) / point,
        _weight(np.maximum(shape - 1, -0.5), point),
    )
    at_zero = np.where(a < 1, np.inf, np.where(a == 1, 1.0, 0.0))
    value = np.where(x == 0, at_zero, np.where(np.isinf(x) | np.isinf(a), 0.0, value))
    outside = ~((a >= 0) & (x >= 0)) | (a == 0) & (x == 0) | np.isinf(a) & np.isinf(x)
    return np.where(outside, np.nan, value)


def _blockwise(
    kernel: Callable[[FloatArray, FloatArray], FloatArray], a: ArrayLike, x: ArrayLike
) -> NDArray[np.floating]:
    """Broadcast, evaluate in float64 block by block with warnings off, and restore float32."""
    arrays = [np.asarray(a), np.asarray(x)]
    # Python numbers are weak, as in NumPy's own promotion.
    kinds = [v if isinstance(v, int | float) else w for v, w in zip((a, x), arrays, strict=True)]
    dtype = np.float32 if np.result_type(*kinds) == np.float32 else np.float64
    with np.errstate(all="ignore"):
        doubles = [v.astype(np.float64, casting="same_kind", copy=False) for v in arrays]
        shapes, points = np.broadcast_arrays(*doubles)
        result = np.empty(shapes.shape, dtype)
        flat = result.reshape(-1)
        for start in range(0, result.size, _BLOCK):
            block = slice(start, start + _BLOCK)
            flat[block] = kernel(shapes.flat[block], points.flat[block])
    return result[()]


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
    return _blockwise(_density, a, x)


def gammainc_da(n: int, a: ArrayLike, x: ArrayLike) -> NDArray[np.floating]:
    """``n``-th derivative in ``a`` of ``P(a, x) = scipy.special.gammainc(a, x)`` (DLMF 8.2.4).

    Parameters
    ----------
    n : int
        Order of the derivative, ``0 <= n <= MAX_ORDER``; 0 is ``gammainc`` itself.
    a, x : array_like
        Real shape parameter, ``a > 0``, and argument, ``x >= 0``; broadcast together.

    Returns
    -------
    ndarray or NumPy scalar
        Broadcast shape; float32 if the inputs promote to float32, else float64.  For ``n >= 1``
        the value is 0 at ``x = 0``, at ``x = inf`` and at ``a = inf``, tends to ``-exp1(x)`` as
        ``a -> 0`` with ``n = 1`` (DLMF 8.4.4), and is NaN outside the domain.

    Raises
    ------
    ValueError
        If ``n`` is negative or above ``MAX_ORDER``.
    """
    if not 0 <= n <= MAX_ORDER:
        raise ValueError(f"the order n must be between 0 and {MAX_ORDER}, got {n}")
    if n == 0:
        return _blockwise(special.gammainc, a, x)
    return _blockwise(partial(_derivative, n), a, x)
