r"""Derivatives of the incomplete beta function in its parameters.

The beta density is ``f = h K``, with ``h = a b / (a + b)`` and ``K = x**a (1-x)**b / (x (1-x))
Gamma(1+a+b) / (Gamma(1+a) Gamma(1+b))``: no derivative of ``log K`` has a pole at ``a = 0`` or
``b = 0``, and those of ``h`` are known.  Derivatives of ``f`` are therefore ``K`` times polynomials
in ``log x`` and ``log(1-x)``, and those of the incomplete beta function their integrals, in the
variable ``u = log(x / (1-x))`` (DLMF 8.17.1 and 5.12.1).  As the integral up to 1 does not depend
on the parameters, it is taken over the side of ``x`` on which the first derivative has one sign.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from itertools import pairwise
from math import comb, factorial

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from npbridge.special._gamma_density import weight
from npbridge.special._psi_diff import psi_diff
from npbridge.special._quadrature import FloatArray, blockwise, gauss_rule

__all__ = ["MAX_ORDER", "beta_density_dab", "betainc_dab"]

MAX_ORDER = 6
_BLOCK = 512
_TINY = 1e-100
_NODES, _WEIGHTS = gauss_rule(40)
_SHOULDERS = ((-1, -38.0), (-1, -6.0), (-1, 2.0), (1, -2.0), (1, 6.0), (1, 38.0))

Table = dict[tuple[int, int], FloatArray]


def _factor(i: int, j: int, a: FloatArray, b: FloatArray) -> FloatArray:
    """A derivative of ``a b / (a + b)``."""
    s = a + b
    p, q = a / s, b / s
    if i + j == 0:
        return a * q
    if i + j == 1:
        return q * q if i else p * p
    shape = i * (i - 1) * q * q - 2 * i * j * p * q + j * (j - 1) * p * p
    value: FloatArray = -((-1.0) ** (i + j)) * factorial(i + j - 2) * shape / s ** (i + j - 1)
    return value


def _cumulants(i: int, j: int, a: FloatArray, b: FloatArray) -> Table:
    """The derivatives of ``log K`` that do not depend on ``x``."""
    table: Table = {}
    for k in range(i + 1):
        for m in range(j + 1):
            if k and m:
                table[k, m] = special.polygamma(k + m - 1, a + b + 1)
            elif k:
                table[k, m] = psi_diff(k - 1, a + 1, b)
            elif m:
                table[k, m] = psi_diff(m - 1, b + 1, a)
    return table


def _constants(i: int, j: int, a: FloatArray, b: FloatArray) -> tuple[Table, Table]:
    """What does not depend on ``x``: the derivatives of ``log K``, and those of ``h``."""
    orders = [(k, m) for k in range(i + 1) for m in range(j + 1)]
    return _cumulants(i, j, a, b), {(k, m): _factor(k, m, a, b) for k, m in orders}


def _summed(terms: Iterable[FloatArray]) -> FloatArray:
    first, *others = terms
    for term in others:
        first = first + term
    return first


def _polynomial(
    i: int, j: int, constants: tuple[Table, Table], logs: tuple[FloatArray, FloatArray]
) -> FloatArray:
    """The derivative of ``h K`` over ``K``, by complete Bell polynomials and the product rule."""
    kappa, factors = constants
    scores = dict(kappa)
    if i:
        scores[1, 0] = kappa[1, 0] + logs[0]
    if j:
        scores[0, 1] = kappa[0, 1] + logs[1]
    bell: Table = {(0, 0): np.ones_like(logs[0])}
    total = factors[i, j] * bell[0, 0]
    for k in range(i + 1):
        for m in range(j + 1):
            if k:
                bell[k, m] = _summed(
                    comb(k - 1, p) * comb(m, q) * scores[p + 1, q] * bell[k - 1 - p, m - q]
                    for p in range(k)
                    for q in range(m + 1)
                )
            elif m:
                bell[k, m] = _summed(
                    comb(m - 1, q) * scores[0, q + 1] * bell[0, m - 1 - q] for q in range(m)
                )
            if k + m:
                total = total + comb(i, k) * comb(j, m) * factors[i - k, j - m] * bell[k, m]
    return total


def _scaled_kernel(a: FloatArray, b: FloatArray, x: FloatArray) -> FloatArray:
    """``x (1-x) K``, made of three of Poisson's probabilities."""
    n = a + b
    value: FloatArray = weight(a, n * x) * weight(b, n * (1 - x)) / weight(n, n)
    return value


def _fall(
    a: FloatArray, b: FloatArray, x: FloatArray, v: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """The logarithms at ``u + v``, and that of the density, less those at ``u``."""
    right, size = v > 0, np.abs(v)
    part = np.where(right, 1 - x, x)
    rest = np.where(right, np.log(x), np.log1p(-x))
    direct = np.log1p(part * np.expm1(-size))
    # Two positive terms, where the difference would cancel.
    summed = np.logaddexp(rest, np.where(right, np.log1p(-x), np.log(x)) - size)
    less = np.where((part < 0.5) | (size < 1), direct, summed)
    first, last = np.where(right, -less, v - less), np.where(right, -less - v, -less)
    return first, last, a * first + b * last


def _window(
    sign: FloatArray, drop: float, a: FloatArray, b: FloatArray, x: FloatArray
) -> FloatArray:
    """How far to go until the density has fallen by ``exp(-drop)`` from where it is highest."""
    peak = np.log(a) - np.log(b) - (np.log(x) - np.log1p(-x))
    top = np.where(sign * peak > 0, _fall(a, b, x, peak)[2], 0.0)
    slope = sign * ((a + b) * x - a)
    curve = a * (b / (a + b))
    high: FloatArray = 2 * drop / (slope + np.hypot(slope, np.sqrt(2 * drop * curve)))
    high = np.maximum(high, np.maximum(sign * peak, 0.0))
    low = np.zeros_like(high)
    for _ in range(200):
        short = _fall(a, b, x, sign * high)[2] > top - drop
        if not short.any():
            break
        low, high = np.where(short, high, low), np.where(short, 2 * high, high)
    for _ in range(8):
        middle = (low + high) / 2
        short = _fall(a, b, x, sign * middle)[2] > top - drop
        low, high = np.where(short, middle, low), np.where(short, high, middle)
    return high


def _integral(i: int, j: int, a: FloatArray, b: FloatArray, x: FloatArray) -> FloatArray:
    """The derivative of order ``(i, j)``, inside the domain."""
    here = (np.log(x), np.log1p(-x))
    # Where the first derivative in the parameter changes its sign.
    if i >= j:
        upper = a * (here[0] + psi_diff(0, a + 1, b)) + b / (a + b) >= 0
    else:
        upper = b * (here[1] + psi_diff(0, b + 1, a)) + a / (a + b) < 0
    sign = np.where(upper, 1.0, -1.0)
    start = here[0] - here[1]
    end = sign * _window(sign, 44.0 + 2 * (i + j), a, b, x)
    shoulder = np.log1p(a + b)
    breaks = np.sort([side * shoulder + shift - start for side, shift in _SHOULDERS], axis=0)
    breaks = np.clip(breaks, np.minimum(end, 0.0), np.maximum(end, 0.0))
    edges = [np.minimum(end, 0.0), *breaks, np.maximum(end, 0.0)]
    total, constants = np.zeros_like(x), _constants(i, j, a, b)
    for left, right in pairwise(edges):
        chosen = right > left
        if chosen.any():
            p, q, at = a[chosen], b[chosen], x[chosen]
            length = (right - left)[chosen]
            first, last, exponent = _fall(p, q, at, left[chosen] + length * _NODES)
            logs = (here[0][chosen] + first, here[1][chosen] + last)
            kappa, factors = ({key: v[chosen] for key, v in t.items()} for t in constants)
            value = np.exp(exponent) * _polynomial(i, j, (kappa, factors), logs)
            total[chosen] += (_WEIGHTS * value).sum(axis=0) * length
    kernel = _scaled_kernel(a, b, x)
    return np.where(kernel > 0, -sign * kernel * total, 0.0)


def _block(i: int, j: int, a: FloatArray, b: FloatArray, x: FloatArray) -> FloatArray:
    """Evaluate one block."""
    inside = (a > 0) & (b > 0) & (x >= 0) & (x <= 1)
    regular = inside & (a < np.inf) & (b < np.inf) & (x > 0) & (x < 1)
    result = np.where(inside, 0.0, np.nan)  # 0 where the function is constantly 0 or 1
    if regular.any():
        result[regular] = _integral(i, j, a[regular], b[regular], x[regular])
    return result


def betainc_dab(i: int, j: int, a: ArrayLike, b: ArrayLike, x: ArrayLike) -> NDArray[np.floating]:
    """The ``i``-th derivative in ``a`` of the ``j``-th one in ``b`` of ``betainc(a, b, x)``.

    ``i + j`` is between 1 and `MAX_ORDER`.
    """
    return blockwise(partial(_block, i, j), a, b, x, block=_BLOCK)


def _density(i: int, j: int, a: FloatArray, b: FloatArray, x: FloatArray) -> FloatArray:
    """Evaluate one block of the derivatives of the density."""
    inside = (a >= 0) & (b >= 0) & (a + b > 0) & (x >= 0) & (x <= 1)
    regular = inside & (a < np.inf) & (b < np.inf) & (x > 0) & (x < 1)
    p, q, at = np.where(regular, a, 1.0), np.where(regular, b, 1.0), np.where(regular, x, 0.5)
    kernel = _scaled_kernel(p, q, at) / at / (1 - at)
    # Where x^a underflows, long before x^(a - 1) does.
    power = np.exp((p - 1) * np.log(at) - special.betaln(p, q)) * (1 / p + 1 / q)
    kernel = np.where(at < _TINY, power, kernel)
    value = kernel * _polynomial(i, j, _constants(i, j, p, q), (np.log(at), np.log1p(-at)))
    value = np.where(kernel == 0, 0.0, value)
    # At an end its power decides, and the logarithm.
    first = np.where(a > 1, 0.0, (-1.0) ** i * np.inf)
    last = np.where(b > 1, 0.0, (-1.0) ** j * np.inf)
    one, other = (a == 1) & (i == 0), (b == 1) & (j == 0)
    # There the density is the other parameter, however it is differentiated.
    first = np.where(one, np.where(j == 0, b, float(j == 1)), first)
    last = np.where(other, np.where(i == 0, a, float(i == 1)), last)
    value = np.where(x == 0, first, np.where(x == 1, last, value))
    value = np.where(regular | (x == 0) | (x == 1), value, 0.0)
    return np.where(inside, value, np.nan)


def beta_density_dab(
    i: int, j: int, a: ArrayLike, b: ArrayLike, x: ArrayLike
) -> NDArray[np.floating]:
    """The same of the beta density ``x**(a-1) * (1-x)**(b-1) / B(a, b)``, of any order."""
    return blockwise(partial(_density, i, j), a, b, x, block=4 * _BLOCK)
