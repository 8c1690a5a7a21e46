"""Lambert's W function and its relatives."""

from math import inf

import mpmath as mp

from references._reference import Reference


def omega(z):
    """ω(z) by Newton's method for log ω, where the principal branch of W is meant."""
    if mp.im(z) == 0 and mp.re(z) > 100:
        w = mp.re(z) - mp.log(mp.re(z))
        for _ in range(12):
            w -= (w + mp.log(w) - z) / (1 + 1 / w)
        return w
    return mp.lambertw(mp.exp(z))


def wright(a, b, x):
    """Φ(a, b; x)."""
    total, term, k = mp.mpf(0), mp.mpf(1), 0
    while k < 5 or abs(term) * abs(mp.rgamma(a * k + b)) > mp.eps**2 * abs(total):
        total += term * mp.rgamma(a * k + b)
        k += 1
        term *= x / k
    return total


POSITIVE = {
    "reach": {"a": (1e-3, 4.0), "b": (0.0, 6.0), "x": (0.0, 30.0)},
    "why": "SciPy has it for arguments that are not negative; mpmath is slow far out",
}


def branch(z, k, tol=None):
    """Wₖ(z); the tolerance is SciPy's matter."""
    return mp.lambertw(z, k)


B = -0.36787944117144233
STEPS = (1e-15, 1e-12, 1e-9, 1e-5, 1e-3, 0.02, -1e-12, -1e-5, -0.1)
BRANCH = [(B * (1 - d), k) for d in STEPS for k in (0, -1)]

REFERENCES = {
    "lambertw": Reference(
        branch,
        integers={"k": [0, -1, 1]},
        inside=4,
        complex=True,
        reach={"z": (-0.36, inf)},
        why="near -1/e SciPy's value is wrong: test_lambert.py compares derivatives",
    ),
    "lambertw_dn": Reference(
        branch,
        counted="z",
        integers={"n": [1, 2], "k": [0, -1]},
        points=[(1, *point) for point in BRANCH],
        inside=3,
        complex=True,
    ),
    "log_wright_bessel": Reference(lambda a, b, x: mp.log(wright(a, b, x)), **POSITIVE),
    "wright_bessel": Reference(wright, **POSITIVE),
    "wrightomega": Reference(omega),
}
