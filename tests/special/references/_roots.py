"""Inverses: roots that mpmath polishes."""

from math import isfinite

import mpmath as mp
import scipy.special as sc


def inverse(name, function):
    """The inverse of a function, from the root that SciPy finds.

    `function` takes the root and then the arguments that the inverse takes, and is 0 at it.
    """

    def solved(*arguments):
        start = float(getattr(sc, name)(*map(_double, arguments)))
        if not isfinite(start) or start == 0:
            raise ValueError("SciPy has no root")
        return root(lambda y: function(y, *arguments), start)

    return solved


def root(function, start):
    """By the secant method to all digits; ValueError unless it converges."""
    before, now = mp.mpf(start) * (1 + mp.mpf(10) ** -9), mp.mpf(start)
    last, value = function(before), function(now)
    for _ in range(60):
        if value == last:
            break
        before, now = now, now - value * (now - before) / (value - last)
        if abs(now - before) <= abs(now) * mp.eps * 100:
            return now
        last, value = value, function(now)
    if value and abs(value) > mp.eps * 10**6:
        raise ValueError("no root found")
    return now


def _double(x):
    return x if isinstance(x, int) else float(x)
