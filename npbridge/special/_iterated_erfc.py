r"""Derivatives of the scaled complementary error function ``erfcx(x) = exp(x**2) * erfc(x)``.

They are the repeated integrals of ``erfc`` in disguise (DLMF 7.18.4),

.. math:: \frac{d^n}{dx^n} \bigl(e^{x^2} \operatorname{erfc} x\bigr)
          = (-1)^n 2^n n!\, e^{x^2}\, \mathrm{i}^n\!\operatorname{erfc} x .

The textbook recurrence in ``n`` (DLMF 7.18.7) adds terms of one sign for ``x <= 0`` and is used
there.  For ``x > 0`` it subtracts nearly equal numbers, losing ``x**2 * eps`` at the first order
and more at each further one, so the integral

.. math:: (-1)^n \frac{1}{\sqrt\pi} \int_0^\infty s^n e^{-s^2/4 - xs}\,ds

(DLMF 7.18.2 with ``t = x + s/2``), whose integrand is positive, is evaluated by Gauss-Legendre.
"""

from functools import partial

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from npbridge.special._quadrature import FloatArray, blockwise, gauss_rule

__all__ = ["erfcx_dn"]

_BLOCK = 4096


_NODES, _WEIGHTS = gauss_rule(48)


def _recurrence(n: int, x: FloatArray) -> FloatArray:
    """Step up from ``erfcx`` by ``y[k+1] = 2 x y[k] + 2 k y[k-1]``, for ``x <= 0`` or NaN."""
    # The rounding of x**2 alone would cost 350 * eps near the overflow limit, so square a
    # multiple of 1/16 exactly and exponentiate the remainder separately.
    bounded = np.maximum(x, -1000.0)
    short = np.trunc(16 * bounded) / 16
    square = np.exp(short * short) * np.exp((bounded - short) * (bounded + short))
    previous = 2 * square - special.erfcx(-bounded)
    current: FloatArray = 2 * x * previous - 2 / np.sqrt(np.pi)
    for order in range(1, n):
        previous, current = current, 2 * x * current + 2 * order * previous
    return current


def _quadrature(n: int, x: FloatArray) -> FloatArray:
    """Integrate ``s**n * exp(-s**2/4 - x*s)`` over the window that matters, for ``x > 0``."""
    drop = 40.0 + 3 * n  # the tail beyond exp(-drop) is below eps even with the factor s**n
    x = np.minimum(x, 1e300)  # keeps inf out of 0 * inf; the result underflows either way
    end = 2 * drop / (x + np.hypot(x, np.sqrt(drop)))
    s = end * _NODES
    mass: FloatArray = (_WEIGHTS * _NODES**n * np.exp(-s * (x + s / 4))).sum(0)
    scale: FloatArray = (-end) ** n * end / np.sqrt(np.pi)
    return scale * mass


def _derivative(n: int, x: FloatArray) -> FloatArray:
    """Evaluate one block, each element by the method that is stable at its sign."""
    result = np.empty_like(x)
    positive = x > 0
    for method, chosen in ((_quadrature, positive), (_recurrence, ~positive)):
        if chosen.any():
            result[chosen] = method(n, x[chosen])
    return result


def erfcx_dn(n: int, x: ArrayLike) -> NDArray[np.floating]:
    """``n``-th derivative of ``scipy.special.erfcx`` at real ``x`` (DLMF 7.18.4).

    Parameters
    ----------
    n : int
        Order of the derivative, ``n >= 0``; 0 is ``erfcx`` itself.
    x : array_like
        Real argument, any value.

    Returns
    -------
    ndarray or NumPy scalar
        Shape of ``x``; float32 for float32 input, else float64.  Signed infinity where the
        derivative exceeds the largest double, a signed zero where it underflows, NaN for NaN.

    Raises
    ------
    ValueError
        If ``n`` is negative.
    """
    if n < 0:
        raise ValueError(f"the order n must not be negative, got {n}")
    return blockwise(special.erfcx if n == 0 else partial(_derivative, n), x, block=_BLOCK)
