"""Gamma functions, complete and incomplete."""

from math import inf

import mpmath as mp

from references._reference import Reference

# SciPy takes seconds below -1e5, where it sums terms.
SUMMED = {"reach": {"x": (-1e5, inf)}, "why": "SciPy sums a term for each unit below that"}
FAR = "psi is slow in mpmath below that"


def lower(a, x):
    """P(a, x)."""
    return mp.gammainc(a, 0, x, regularized=True)


def upper(a, x):
    """Q(a, x)."""
    return mp.gammainc(a, x, mp.inf, regularized=True)


def density(a, x):
    """Of the gamma distribution."""
    return mp.exp((a - 1) * mp.log(x) - x - mp.loggamma(a))


REFERENCES = {
    "gamma_density_da": Reference(density, counted="a"),
    "gammainc": Reference(lower, far=1, why="mpmath is slow there"),
    "gammainc_da": Reference(
        lower,
        counted="a",
        integers={"n": [1]},
        inside=1,
        beyond=False,
        why="mpmath is slow here, and test_incomplete_gamma.py goes far",
    ),
    "gammaincc": Reference(upper, far=1, why="mpmath is slow there"),
    "gammaln": Reference(lambda x: mp.log(abs(mp.gamma(x))), **SUMMED),
    "polygamma": Reference(mp.digamma, counted="x", **SUMMED),
    "polygamma_z": Reference(mp.digamma, counted="z", reach={"z": (-1e5, inf)}, why=FAR),
    "psi": Reference(mp.digamma, reach={"z": (-1e5, inf)}, why=SUMMED["why"]),
}
