"""Factorials, combinations and permutations."""

import mpmath as mp

from references._reference import Reference
from references.binomial import binom

LARGE = {"reach": {"n": (-150.0, 150.0)}, "why": "it overflows"}
RIM = {"N": (11.0, 1e6), "k": (1e-40, 10.9)}


def comb(N, k, exact, repetition):
    """The binomial coefficient, 0 outside the triangle."""
    if repetition:
        return binom(N + k - 1, k)
    return binom(N, k) if 0 <= k <= N else mp.mpf(0)


def perm(N, k, exact):
    """The number of permutations, 0 outside the triangle."""
    return mp.gammaprod([N + 1], [N - k + 1]) if 0 <= k <= N else mp.mpf(0)


def multifactorial(n, k):
    """The analytic one, of SciPy's extend='complex'."""
    return mp.mpf(k) ** ((n - 1) / k) * mp.gamma(n / k + 1) / mp.gamma(mp.mpf(1) / k + 1)


POINTS = [(5.5, 5.0), (3.0, 1e-9), (5.3, 8.3), (5.3, -0.3), (60.5, 29.2)]

REFERENCES = {
    "comb": Reference(
        comb,
        points=[(*point, False, again) for point in POINTS for again in (False, True)],
        reach=RIM,
        why="the points are chosen there",
    ),
    "factorial": Reference(
        lambda n, exact, extend: mp.factorial(n) if extend == "complex" or n >= 0 else mp.mpf(0),
        points=[(x, False, "zero") for x in (0.3, 5.0, 17.7, 1e-8, -1e-8, -3.5, -4.0)],
        **LARGE,
    ),
    "factorial2": Reference(lambda n, exact, extend: multifactorial(n, 2), **LARGE),
    "factorialk": Reference(
        lambda n, k, exact, extend: multifactorial(n, k),
        integers={"k": [1, 3]},
        points=[(7.5, -2, False, "complex"), (-3.3, 5, False, "complex")],
        complex=True,
        **LARGE,
    ),
    "perm": Reference(
        perm,
        points=[(*point, False) for point in POINTS],
        reach=RIM,
        why="the points are chosen there",
    ),
}
