"""Derivatives of Legendre polynomials and of their associated functions, to any order.

With μ = |m| an associated function is wᵘ dᵘPₙ/dzᵘ times a constant, where w² = 1 - z², or z² - 1.
Its k-th derivative is the sum of binom(k, j) (wᵘ)^(j) Pₙ^(μ+k-j): nothing is divided by w² that
does not grow without bound, and the sum is right at z = ±1.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from math import comb, factorial, prod
from typing import Any

import numpy as np
from numpy.polynomial.legendre import leg2poly

from npbridge.special._legendre_weight import falling_power, power, root, weight

__all__ = ["all_assoc_legendre_dn", "assoc_legendre_dn", "legendre_dn"]


@lru_cache(maxsize=1000)
def _first(mu: int, extra: int, *, negative: bool, norm: bool) -> tuple[float, int]:
    """The constant at degree ν = μ + extra, before wᵘ: (2ν - 1)!!, and what the kind of function
    adds; a number and an exponent of 2, for it overflows where its product with wᵘ does not.
    """
    nu = mu + extra
    top, bottom = prod(range(1, 2 * nu, 2)), 1
    if norm:
        top, bottom = top**2 * (2 * nu + 1) * factorial(extra), 2 * factorial(nu + mu)
    elif negative:
        top, bottom = top * factorial(extra), factorial(nu + mu)
    shift = (top.bit_length() - bottom.bit_length()) // 2 * 2
    scaled = (top << max(-shift, 0)) / (bottom << max(shift, 0))
    return (scaled**0.5, shift // 2) if norm else (scaled, shift)


def _degrees(
    start: Any, nu: int, mu: int, last: int, z: Any, *, negative: bool, norm: bool
) -> Iterator[tuple[int, Any]]:
    """Degree by degree Pₙ^(ν) times its constant, from that of degree ν: DLMF 18.9.1."""

    def ratio(n: int) -> float:
        if norm:
            return float(((2 * n + 1) * (n - mu) / ((2 * n - 1) * (n + mu))) ** 0.5)
        return (n - mu) / (n + mu) if negative else 1.0

    before, u, last_ratio = 0.0 * start, start, 0.0
    yield nu, u
    for n in range(nu + 1, last + 1):
        r = ratio(n)
        before, u = (
            u,
            (r / (n - nu)) * ((2 * n - 1) * z * u - ((n + nu - 1) * last_ratio) * before),
        )
        last_ratio = r
        yield n, u


def _numerator(k: int, mu: int, degree: int, branch_cut: int) -> Any:
    """The polynomial R in the k-th derivative R wᵘ⁻²ᵏ of wᵘ Pₙ^(μ), from the highest power."""
    square = np.array([1.0, 0.0, -1.0]) * (1 if branch_cut == 3 else -1)
    found: Any = np.polyder(leg2poly([0.0] * degree + [1.0])[::-1], mu)
    for i in range(k):
        grown = np.polymul(square, np.polyder(found))
        found = np.polyadd(grown, np.polymul((mu / 2 - i) * np.polyder(square), found))
    return found


def _terms(
    k: int, m: int, last: int, z: Any, branch_cut: int, *, norm: bool
) -> Iterator[tuple[int, Any]]:
    """Degree by degree the terms whose sum is the k-th derivative."""
    mu, negative, sign = abs(m), m < 0, 1 if branch_cut == 3 else -1
    w = root(z, branch_cut)
    phase = -1.0 if m % 2 and not negative and branch_cut != 3 else 1.0
    # At the ends of an odd power only its own k-th derivative counts, and it is 0 or infinite.
    ends: Any = (z == 1) | (z == -1)
    raw = falling_power(mu, k) * (2 * sign * z.real) ** k
    singular: Any = np.copysign(np.inf, raw) if 2 * k > mu else 0.0 * raw
    low = k if mu % 2 else 0  # of the degrees below, the terms cancel at large z
    for d in range(mu, min(low, last + 1)):
        of_sphere = factorial(d - mu) / factorial(d + mu)
        scale = ((d + 0.5) * of_sphere) ** 0.5 if norm else of_sphere if negative else 1.0
        numerator = scale * phase * np.polyval(_numerator(k, mu, d, branch_cut), z)
        yield d, _at_ends(ends, numerator, power(mu - 2 * k, z, w, sign), abs(singular))
    for j in range(k + 1):
        nu = mu + k - j
        if nu > last:
            continue
        heavy = weight(j, mu, z, w, sign)
        after = heavy.real if mu % 2 == 0 else singular if j == k else 0.0 * z.real
        mantissa, exponent = _first(mu, k - j, negative=negative, norm=norm)
        half = exponent // 2
        start = np.where(ends, 1.0, heavy) * np.ldexp(1.0, half) * mantissa
        start = start * (np.ldexp(1.0, exponent - half) * phase * comb(k, j))
        for n, u in _degrees(start, nu, mu, last, z, negative=negative, norm=norm):
            if n >= low:
                yield n, _at_ends(ends, u, 1.0, after)


def _at_ends(ends: Any, u: Any, usual: Any, there: Any) -> Any:
    """A product with another factor at the ends, where it may be infinite: there it is real."""
    return np.where(ends, u.real * there, u * usual) if ends.any() else u * usual


def assoc_legendre_dn(n: Any, degree: Any, order: Any, z: Any, branch_cut: Any, norm: Any) -> Any:
    """The n-th derivative in z of an associated Legendre function of the first kind."""
    with np.errstate(all="ignore"):
        z = np.asarray(z)
        z = z.astype(np.result_type(z, np.float64), copy=False)
        shape = np.broadcast_shapes(*(np.shape(a) for a in (degree, order, z, branch_cut)))
        degree, order, z, branch_cut = (
            np.broadcast_to(a, shape).ravel() for a in (degree, order, z, branch_cut)
        )
        result = np.where(np.isnan(z), np.nan, np.zeros_like(z))
        keys = np.stack([order, branch_cut])
        for m, cut in np.unique(keys, axis=1).T.tolist():
            chosen = np.flatnonzero((keys == [[m], [cut]]).all(axis=0))
            x, degrees = z[chosen], degree[chosen]
            last = int(degrees.max(initial=0))
            one = bool((degrees == last).all())
            found = result[chosen]
            for d, u in _terms(n, m, last, x, cut, norm=bool(norm)):
                if one and d == last:
                    found = found + u
                elif not one:
                    found = np.where(degrees == d, found + u, found)
            result[chosen] = found
        return result.reshape(shape)


def legendre_dn(n: Any, degree: Any, z: Any) -> Any:
    """The n-th derivative of a Legendre polynomial."""
    return assoc_legendre_dn(n, degree, 0, z, 2, norm=False)


def all_assoc_legendre_dn(n: int, degree: int, order: int, z: Any, cut: Any, norm: Any) -> Any:
    """The n-th derivatives of all degrees and orders up to these, in SciPy's arrangement."""
    with np.errstate(all="ignore"):
        z = np.asarray(z)
        z = z.astype(np.result_type(z, np.float64), copy=False)
        z, cuts = np.broadcast_arrays(z, cut)
        result = np.zeros((degree + 1, 2 * order + 1, *z.shape), z.dtype)
        for branch in np.unique(cuts).tolist():
            chosen = cuts == branch
            for m in range(-order, order + 1):
                for d, u in _terms(n, m, degree, z[chosen], branch, norm=bool(norm)):
                    result[d, m, chosen] += u
        return result
