r"""Derivatives of the Faddeeva function ``w(z) = exp(-z**2) * erfc(-i z)`` and of its relatives.

``w`` obeys ``w[n+1] = -2 z w[n] - 2 n w[n-1]`` (DLMF 7.10.3 with 7.10.2), which cancels: by
``abs(z)**2`` eps at the first order, and by as much again at each further one.  In the upper half
plane there is instead (DLMF 7.7.2, and 7.5.1 with 7.7.1)

.. math:: w^{(n)}(z) = \frac{(-1)^n n!\,i}{\pi} \int_{-\infty}^\infty
          \frac{e^{-t^2}}{(z-t)^{n+1}}\,dt
          = \frac{i^n}{\sqrt\pi} \int_0^\infty s^n e^{-s^2/4 + izs}\,ds .

The former is evaluated by the trapezoidal rule, far from 0; the latter by Gauss-Legendre, on a ray
that is turned towards the direction of steepest descent; the recurrence serves near 0 only.

Real and imaginary part are each accurate in themselves.  Close to the real axis, where the real
part is tiny, ``w = exp(-z**2) + 2i/sqrt(pi) F`` is used, with Dawson's integral ``F`` expanded
about the real axis.
"""

from collections.abc import Callable
from functools import partial
from math import comb, factorial
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from npbridge.special._quadrature import FloatArray, gauss_rule

__all__ = ["wofz_dn"]

Array = NDArray[Any]
ComplexArray = NDArray[np.complex128]

_BLOCK = 4096
_NODES, _WEIGHTS = gauss_rule(48)
NEAR = 1.5
LOW = 0.01
_TERMS = 8  # of the Taylor series in an imaginary part below LOW

_STEP = 0.5  # of the trapezoidal rule, whose error is exp(-(pi / step)**2) and exp(-x**2)
_GRID = _STEP * np.arange(14)[:, None]
_MASS = _STEP / np.sqrt(np.pi) * np.exp(-_GRID * _GRID) * np.where(_GRID > 0, 2, 1)


def far_from(n: int) -> float:
    """The modulus from which the ``n``-th derivative is a series in ``1 / z`` to rounding."""
    return 8.0 + n / 2


def far_series(n: int, inverse: Array) -> Array:
    """``z**(n+1) * w[n] * pi / (i (-1)**n n! sqrt(pi))`` at ``1 / inverse``, which tends to 1."""
    # Even in the grid, so a function of squares, which keep the smallness of one part.
    square = (_GRID * inverse) ** 2
    even = sum(comb(n + 1, 2 * j) * square**j for j in range(n // 2 + 2))
    total: Array = (_MASS * even / (1 - square) ** (n + 1)).sum(0)
    return total


def _quadrature(orders: range, x: FloatArray, y: FloatArray) -> list[ComplexArray]:
    """Derivatives at ``x + iy`` in the first quadrant, not close to 0."""
    radius, angle = np.hypot(x, y), np.arctan2(x, y)
    # All of half the angle is the steepest descent, and oscillates too much near 0.
    turn = np.where(radius < 3, 0.3, 0.42) * angle
    decay, drop = radius * np.cos(turn - angle), 40.0 + 3 * orders[-1]
    end = 2 * drop / (decay + np.sqrt(decay * decay + np.cos(2 * turn) * drop))
    s = end * _NODES
    ray = radius * np.exp(1j * (turn - angle))
    kernel = _WEIGHTS * np.exp(-s * (s / 4 * np.exp(2j * turn) + ray))
    return [
        1j**n / np.sqrt(np.pi) * np.exp(1j * (n + 1) * turn) * end * (s**n * kernel).sum(0)
        for n in orders
    ]


def recurrence(count: int, z: Array, first: Array, second: Array) -> list[Array]:
    found = [first, second]
    for k in range(1, count):
        found.append(-2 * z * found[-1] - 2 * k * found[-2])
    return found


def gaussian(n: int, z: ComplexArray) -> Array:
    """The ``n``-th derivative of ``exp(-z**2)`` (DLMF 18.5.5)."""
    size = np.exp((z.imag - z.real) * (z.imag + z.real))
    turned = size * np.exp(-2j * z.real * z.imag) * recurrence(n, z, np.ones_like(z), -2 * z)[n]
    return np.where(size == 0, 0, turned)


def dawson_low(orders: range, x: FloatArray) -> list[FloatArray]:
    """Derivatives of Dawson's integral at ``x >= 0``, below the far ones."""
    near = ~(x >= NEAR)
    first = special.dawsn(x[near])
    steps = recurrence(orders[-1], x[near], first, 1 - 2 * x[near] * first)
    bulk = _quadrature(orders, x[~near], np.zeros_like(x[~near]))
    found = [np.empty_like(x) for _ in orders]
    for k, n in enumerate(orders):
        found[k][near] = steps[n]
        found[k][~near] = np.sqrt(np.pi) / 2 * bulk[k].imag
    return found


def _low(n: int, x: FloatArray, y: FloatArray) -> ComplexArray:
    """Close to the real axis, without the Gaussian."""
    terms = dawson_low(range(n, n + (_TERMS if y.any() else 1)), x)
    total = sum((1j * y) ** k / factorial(k) * term for k, term in enumerate(terms))
    lowered: ComplexArray = 2j / np.sqrt(np.pi) * total
    return lowered


def _near(n: int, x: FloatArray, y: FloatArray) -> ComplexArray:
    z = x + 1j * y
    first = special.wofz(z)
    return recurrence(n, z, first, -2 * z * first + 2j / np.sqrt(np.pi))[n]


def _quadrant(n: int, x: FloatArray, y: FloatArray) -> ComplexArray:
    """``w[n]`` at ``x, y >= 0`` below the far points, without the Gaussian where ``y`` is low."""
    result = np.empty(x.shape, np.complex128)
    low = y < LOW
    near = ~low & ~(np.hypot(x, y) >= NEAR)
    for method, chosen in (
        (_low, low),
        (_near, near),
        (lambda n, x, y: _quadrature(range(n, n + 1), x, y)[0], ~low & ~near),
    ):
        if chosen.any():
            result[chosen] = method(n, x[chosen], y[chosen])
    return result


def upper_half(
    n: int, z: ComplexArray, head: ComplexArray, scale: FloatArray, *, peak: bool = True
) -> ComplexArray:
    """``w[n](z) / scale**(n+1)`` for ``z = head / scale`` with ``z.imag >= 0``.

    Without the peak ``exp(-z**2)`` is left out close to the real axis.
    """
    x, y = np.abs(z.real), z.imag
    far = np.hypot(x, y) >= far_from(n)
    result = np.empty(z.shape, np.complex128)
    front = (-1) ** n * factorial(n) * 1j / np.sqrt(np.pi)
    result[far] = front * (1 / head[far]) ** (n + 1) * far_series(n, scale[far] / head[far])
    within = _quadrant(n, x[~far], y[~far])
    mirrored = z.real[~far] < 0
    within[mirrored] = (-1) ** n * within[mirrored].conj()
    result[~far] = within / scale[~far] ** (n + 1)
    if peak:
        low = (y < LOW) & (x < 28)
        result[low] += gaussian(n, z[low]) / scale[low] ** (n + 1)
    return result


def plane(n: int, head: ComplexArray, scale: FloatArray) -> ComplexArray:
    """``w[n](head / scale) / scale**(n+1)`` anywhere; the scale may be 0."""
    z = np.empty_like(head)
    z.real = np.where(scale == 0, np.inf, head.real / scale)
    z.imag = np.where(scale == 0, np.copysign(np.inf, head.imag), head.imag / scale)
    lower = z.imag < 0
    sign = np.where(lower, -1.0, 1.0)
    result = sign ** (n + 1) * upper_half(n, np.where(lower, -z, z), sign * head, scale)
    if lower.any():  # DLMF 7.4.3
        result[lower] += 2 * gaussian(n, z[lower]) / scale[lower] ** (n + 1)
    return result


def in_blocks(kernel: Callable[..., Array], dtype: type, *arguments: Array) -> Array:
    """Evaluate a kernel on so many elements at a time, with warnings off."""
    points = np.broadcast_arrays(*arguments)
    result: Array = np.empty(points[0].shape, dtype)
    flat = result.reshape(-1)
    with np.errstate(all="ignore"):
        for start in range(0, result.size, _BLOCK):
            part = slice(start, start + _BLOCK)
            flat[part] = kernel(*[v.flat[part] for v in points])
    return result


def wofz_dn(n: int, z: ArrayLike) -> Array:
    """``n``-th derivative of ``scipy.special.wofz`` at any ``z``."""
    if n == 0:
        return np.asarray(special.wofz(z))
    point = np.asarray(z, np.complex128)
    return in_blocks(partial(plane, n), np.complex128, point, np.ones(()))
