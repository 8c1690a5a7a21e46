"""Inverses of the incomplete beta functions."""

import mpmath as mp
from scipy import special

from references._reference import Reference
from references.incomplete_beta import density, lower, upper

FAST = {"beyond": False, "far": 1, "inside": 4, "why": "mpmath is slow there"}


def root(function, start, sign):
    """The inverse of a distribution function in x, by Newton's method from SciPy's number."""

    def inverse(a, b, y):
        x = mp.mpf(float(start(float(a), float(b), float(y))))
        for _ in range(12):
            step = (function(a, b, x) - y) / (sign * density(a, b, x))
            x -= step
            if abs(step) < abs(x) * mp.eps * 1e3:
                break
        return x

    return inverse


def btdtria(p, b, x):
    """The first parameter."""
    return mp.findroot(lambda a: lower(a, b, x) - p, special.btdtria(float(p), float(b), float(x)))


def btdtrib(a, p, x):
    """The second parameter."""
    return mp.findroot(lambda b: lower(a, b, x) - p, special.btdtrib(float(a), float(p), float(x)))


REFERENCES = {
    "betaincinv": Reference(root(lower, special.betaincinv, 1), **FAST),
    "betainccinv": Reference(root(upper, special.betainccinv, -1), **FAST),
    "btdtria": Reference(btdtria, **FAST),
    "btdtrib": Reference(btdtrib, **FAST),
}
