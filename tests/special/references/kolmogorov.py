"""The distributions of the Kolmogorov-Smirnov statistics."""

import mpmath as mp

from references._reference import Reference
from references._roots import inverse


def limit(y):
    """Kolmogorov's survival function, by the series that is the faster one."""
    total, k = mp.mpf(0), 0
    while True:
        k += 1
        if y > 1:
            term = -2 * (-1) ** k * mp.exp(-2 * k * k * y * y)
        else:
            scale = mp.sqrt(2 * mp.pi) / y
            term = scale * mp.exp(-(((2 * k - 1) * mp.pi / y) ** 2) / 8)
        total += term
        if abs(term) <= abs(total) * mp.eps / 1000:
            return total if y > 1 else 1 - total


def finite(n, d):
    """That of n numbers, on the polynomial piece to the left of d."""
    piece = min(int(mp.floor(mp.nint(n * (1 - d) * 10**9) / 10**9)), n - 1)
    total = mp.mpf(0)
    for j in range(piece + 1):
        u = mp.mpf(j) / n
        total += mp.binomial(n, j) * (d + u) ** (j - 1) * (1 - d - u) ** (n - j)
    return d * total


SMALL = "the derivatives of 1 - exp(-1e10) are beyond mpmath's digits"
NUMBERS = {"inside": 4, "reach": {"d": (0.0, 1.0)}, "why": "SciPy's value is NaN beyond it"}
PLACES = [(n, d) for n, d in ((2, 0.4), (4, 0.25), (400, 0.01), (400, 0.07), (90, 1e-5), (90, 0.5))]

REFERENCES = {
    "kolmogorov_dn": Reference(
        limit, counted="y", reach={"y": (0.04, 18.0)}, points=[(1, 0.05), (2, 16.0)], why=SMALL
    ),
    "kolmogorov": Reference(limit, reach={"y": (0.04, 30.0)}, points=[(0.06,), (18.0,)], why=SMALL),
    "kolmogi": Reference(
        inverse("kolmogi", lambda y, p: limit(y) - p),
        reach={"p": (0.0, 1.0)},
        points=[(1e-200,), (0.999999,)],
        why="SciPy's value is NaN beyond it",
    ),
    "smirnov_dn": Reference(
        finite,
        counted="d",
        integers={"count": [3, 30]},
        points=[(1, n, d) for n, d in PLACES],
        **NUMBERS,
    ),
    "smirnov": Reference(finite, integers={"n": [1, 3, 30]}, points=PLACES, **NUMBERS),
    "smirnovi": Reference(
        inverse("smirnovi", lambda d, n, p: finite(n, d) - p),
        integers={"n": [1, 3, 30]},
        reach={"p": (1e-6, 1.0)},
        inside=4,
        far=1,
        why="next to 1 the result is as fine as its rounding there",
    ),
}
