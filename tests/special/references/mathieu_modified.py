"""Modified Mathieu functions, by series of products of Bessel functions: DLMF 28.24."""

from functools import cache

import mpmath as mp

from references._reference import Reference
from references.mathieu import expansion


def first_kind(z, count):
    """J of orders up to a count, by backward recurrence."""
    found = [mp.mpf(0)] * count + [mp.besselj(count, z), mp.besselj(count + 1, z)]
    for k in range(count, 0, -1):
        found[k - 1] = 2 * k / z * found[k] - found[k + 1]
    return found


def second_kind(z, count):
    """Y of orders up to a count, by forward recurrence."""
    found = [mp.bessely(0, z), mp.bessely(1, z)]
    for k in range(1, count + 1):
        found.append(2 * k / z * found[k] - found[k - 1])
    return found


def at(values, k):
    """Of any whole order, and the derivative."""

    def order(n):
        return values[n] if n >= 0 else (-1) ** n * values[-n]

    return order(k), (order(k - 1) - order(k + 1)) / 2


def modified(odd, kind):
    """The function and its derivative in x."""

    @cache
    def computed(m, q, x, digits):
        _, vector, multiples = expansion(odd, m, q, digits)
        with mp.workdps(digits + 30):
            shift, own = m % 2, max(range(len(vector)), key=lambda k: abs(vector[k]))
            s = (multiples[own] - shift) // 2
            small = mp.sqrt(q) * mp.exp(-x)
            large = mp.sqrt(q) * mp.exp(x)
            count = s + (multiples[-1] - shift) // 2 + 3
            inner, outer = first_kind(small, count), kind(large, count)
            value = slope = mp.mpf(0)
            for a, r in zip(vector, multiples, strict=True):
                if abs(a) < mp.mpf(10) ** (-2 * mp.mp.dps):
                    continue
                k = (r - shift) // 2
                for sign, p, n in (
                    (1, k - s, k + s + shift),
                    (-1 if odd else 1, k + s + shift, k - s),
                ):
                    (f, df), (g, dg) = at(inner, p), at(outer, n)
                    value += (-1) ** k * sign * a * f * g
                    slope += (-1) ** k * sign * a * (large * f * dg - small * df * g)
            # Of 28.24.2 with s = 0, where both terms are the same, one is taken.
            scale = (-1) ** (m // 2) / vector[own] / (2 if multiples[own] == 0 else 1)
            return scale * value, scale * slope

    return lambda m, q, x: computed(m, q, x, mp.mp.dps)


WHY = "SciPy's values lose digits at small q and large x; derivatives that vanish at x = 0 near it"
FIRST = {"reach": {"q": (0.3, 30.0), "x": (0.02, 4.5)}, "inside": 5, "why": WHY}
SECOND = {"reach": {"q": (0.3, 20.0), "x": (0.0, 4.5)}, "inside": 5, "why": WHY}
EVEN, ODD = {"integers": {"m": (0, 1)}}, {"integers": {"m": (1, 2)}}

REFERENCES = {
    "mathieu_modcem1": Reference(modified(False, first_kind), **EVEN, **FIRST),
    "mathieu_modcem2": Reference(modified(False, second_kind), **EVEN, **SECOND),
    "mathieu_modsem1": Reference(modified(True, first_kind), **ODD, **FIRST),
    "mathieu_modsem2": Reference(modified(True, second_kind), **ODD, **SECOND),
}
