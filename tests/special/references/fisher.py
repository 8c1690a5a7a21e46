"""Fisher's F distribution, central and noncentral."""

import mpmath as mp

from references._reference import Reference
from references._roots import inverse


def summed(terms, c):
    """The mixture of the terms of a series with the Poisson weights of mean c/2."""
    with mp.extradps(20):
        total, most, weight = mp.mpf(0), mp.mpf(0), mp.exp(-c / 2)
        for k, term in enumerate(terms):
            total += weight * term
            most = max(most, abs(weight * term))
            if k > c / 2 and abs(weight * term) <= mp.eps * most:
                break
            weight *= c / 2 / (k + 1)
    return +total


def weights(a, b, z):
    """The weights of the negative binomial distribution of a, a + 1, ..."""
    scale = mp.rgamma(a + 1) * mp.gamma(a + b) / mp.gamma(b)
    now = scale * z**a * (1 + z) ** (-a - b)
    while True:
        yield now
        now *= (a + b) / (a + 1) * z / (1 + z)
        a += 1


def betas(a, b, y):
    """I(y; a, b), I(y; a + 1, b), ..., each the one before less a weight (DLMF 8.17.20)."""
    now = mp.betainc(a, b, 0, y, regularized=True)
    for weight in weights(a, b, y / (1 - y)):
        yield now
        now -= weight


def fisher(dfn, dfd, f):
    """The distribution function."""
    y = dfn * f / (dfn * f + dfd)
    return mp.betainc(dfn / 2, dfd / 2, 0, y, regularized=True)


def upper(dfn, dfd, f):
    """The survival function."""
    return mp.betainc(dfd / 2, dfn / 2, 0, dfd / (dfn * f + dfd), regularized=True)


def noncentral(dfn, dfd, nc, f):
    """The distribution function of the noncentral F distribution."""
    return summed(betas(dfn / 2, dfd / 2, dfn * f / (dfn * f + dfd)), nc)


CALM = {"beyond": False, "inside": 2, "why": "each point is a root that mpmath finds"}
SERIES = {"beyond": False, "inside": 3, "why": "each point is a sum of slow functions"}

REFERENCES = {
    "fdtr": Reference(fisher, reach={"dfn": (0.05, 300), "dfd": (0.05, 300)}, why="slow beyond"),
    "fdtrc": Reference(upper, beyond=False, inside=3, why="it is 1 - fdtr"),
    "fdtri": Reference(inverse("fdtri", lambda y, m, n, p: fisher(m, n, y) - p), **CALM),
    "fdtridfd": Reference(
        inverse("fdtridfd", lambda n, m, p, x: fisher(m, n, x) - p),
        beyond=False,
        inside=2,
        tolerance=1e-9,
        why="SciPy's roots are no better, and each is one that mpmath finds",
    ),
    "ncfdtr": Reference(noncentral, **SERIES),
    "ncfdtri": Reference(
        inverse("ncfdtri", lambda y, m, n, c, p: noncentral(m, n, c, y) - p), **CALM
    ),
    "negative_binomial_mixture": Reference(
        lambda a, b, c, z: summed(weights(a, b, z), c),
        reach={"a": (1e-12, 1e5), "b": (1e-12, 1e5), "c": (0, 700), "z": (0, 1e6)},
        points=[(0.5, 1.5, 1500.0, 90.0), (-0.5, 2.0, 3.0, 1e-3), (400.0, 300.0, 900.0, 2.0)],
        far=1,
        why="mpmath sums a term for each unit of c",
    ),
}
