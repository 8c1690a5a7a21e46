r"""Parameter derivatives of the regularised incomplete gamma function.

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

from functools import partial
from math import comb, factorial

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from npbridge.special._arithmetic import horner
from npbridge.special._gamma_density import (
    bell_polynomials,
    centred_bell,
    gamma_density,
    log_shift,
    weight,
)
from npbridge.special._quadrature import FloatArray, blockwise, gauss_rule

__all__ = ["MAX_ORDER", "gamma_density", "gammainc_da"]

MAX_ORDER = 6
_BLOCK = 4096

_NODES, _WEIGHTS = gauss_rule(40)


def _series(n: int, a: FloatArray, x: FloatArray) -> FloatArray:
    """Differentiate ``x**a / Gamma(1+a) * sum((-x)**k / k! * a / (a+k))`` (DLMF 8.7.1), x < 1."""
    sums = [np.ones_like(a)] + [np.zeros_like(a) for _ in range(n)]
    term = np.ones_like(a)
    for k in range(1, 20):
        term = term * (-x / k)
        sums[0] = sums[0] + term * (a / (a + k))
        for j in range(1, n + 1):
            sums[j] = sums[j] - (-1) ** j * factorial(j) * k * term / (a + k) ** (j + 1)
    total = np.zeros_like(a)
    for m, bell in enumerate(bell_polynomials(n, a, x)):
        total += comb(n, m) * sums[n - m] * bell
    return weight(a, x) * np.exp(x) * total


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
    shift, bell = log_shift(a, x), centred_bell(n, a)
    kernel = [a / scale * bell[0]]
    kernel += [a / scale * bell[j] + j / scale * bell[j - 1] for j in range(1, n + 1)]
    coefficients = [comb(n, k) * kernel[n - k] for k in range(n + 1)]
    edge = _window(40.0 + 2 * n, a * shift + 1 >= 0, a, x)
    v = edge * _NODES
    narrow = np.abs(edge) < 0.15
    curved = np.zeros_like(v)  # exp(v) - 1 - v, by its Taylor series where that would cancel
    if narrow.any():
        curved = v * v * horner(v, (1 / factorial(k) for k in range(2, 10)))
    if not narrow.all():
        curved = np.where(narrow, curved, np.expm1(v) - v)
    integrand = np.exp(-(x * curved + (x - a) * v)) * horner(shift + v, coefficients)
    factor = weight(a, x)
    return np.where(factor > 0, -edge * (integrand * _WEIGHTS).sum(0) * (factor * scale), 0.0)


def _derivative(n: int, a: FloatArray, x: FloatArray) -> FloatArray:
    """Evaluate one block, sending each element to the series, the quadrature or a limit."""
    regular = (a > 0) & (a < np.inf) & (x > 0) & (x < np.inf)
    outside = ~((a > 0) & (x >= 0)) | np.isinf(a) & np.isinf(x)
    result = np.where(outside, np.nan, 0.0)  # 0 where P is constantly 0 or 1
    for method, chosen in ((_series, regular & (x < 1)), (_quadrature, regular & (x >= 1))):
        if chosen.any():
            result[chosen] = method(n, a[chosen], x[chosen])
    return result


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
        return blockwise(special.gammainc, a, x, block=_BLOCK)
    return blockwise(partial(_derivative, n), a, x, block=_BLOCK)
