"""Inverses of the incomplete gamma functions."""

import mpmath as mp
from scipy import special

from references._reference import Reference
from references.gamma import density, lower, upper


def root(function, start, sign):
    """The inverse of a distribution function in x, by Newton's method from SciPy's number."""

    def inverse(a, y):
        x = mp.mpf(float(start(float(a), float(y))))
        for _ in range(12):
            step = (function(a, x) - y) / (sign * density(a, x))
            x -= step
            if abs(step) < abs(x) * mp.eps * 1e3:
                break
        return x

    return inverse


FAST = {"beyond": False, "far": 1, "inside": 4, "why": "mpmath is slow there"}

REFERENCES = {
    "gammaincinv": Reference(
        root(lower, special.gammaincinv, 1), points=[(0.7, 1e-6), (200.0, 0.6)], **FAST
    ),
    "gammainccinv": Reference(
        root(upper, special.gammainccinv, -1), points=[(0.7, 1e-6), (200.0, 0.6)], **FAST
    ),
}
