"""The noncentral chi-square and t distributions."""

import mpmath as mp

from references._reference import Reference
from references._roots import inverse
from references.chi_square import lower
from references.fisher import betas, summed


def mixture(a, c, x):
    """Twice the noncentral chi-square density of 2 a + 2 degrees of freedom."""
    return (x / c) ** (a / 2) * mp.exp(-(c + x) / 2) * mp.besseli(a, mp.sqrt(c * x))


def chi(x, df, nc):
    """The noncentral chi-square distribution function."""
    return summed(gammas(df / 2, x / 2), nc)


def gammas(a, x):
    """P(a, x), P(a + 1, x), ... (DLMF 8.8.5)."""
    now, weight = lower(a, x), x**a * mp.exp(-x) * mp.rgamma(a + 1)
    while True:
        yield now
        now -= weight
        a += 1
        weight *= x / a


def moment(i, j, v, c, t):
    """E[S^i phi^(j)(t S - c)]."""
    if j == 0:
        m, curve, pull = v + i, v + t * t, t * c
        z, root = pull * pull / (2 * curve), pull * mp.sqrt(2 / curve)
        even = mp.gamma(m / 2) * mp.hyp1f1(m / 2, mp.mpf(1) / 2, z)
        odd = mp.gamma((m + 1) / 2) * mp.hyp1f1((m + 1) / 2, mp.mpf(3) / 2, z)
        scale = mp.exp(-c * c / 2 + v / 2 * mp.log(v / 2)) / mp.gamma(v / 2) / mp.sqrt(2 * mp.pi)
        return scale * (2 / curve) ** (m / 2) * (even + root * odd)
    found = c * moment(i, j - 1, v, c, t) - t * moment(i + 1, j - 1, v, c, t)
    return found - (j - 1) * moment(i, j - 2, v, c, t) if j > 1 else found


def student(v, c, t):
    """The noncentral t distribution function."""
    if t < 0:
        return 1 - student(v, -c, -t)
    if t == 0:
        return mp.ncdf(-c)
    y, half = t * t / (v + t * t), mp.mpf(1) / 2
    even = summed(betas(half, v / 2, y), c * c)

    def odd():
        ratio = 1 / mp.gamma(3 * half)
        for k, beta in enumerate(betas(mp.mpf(1), v / 2, y)):
            yield ratio * beta
            ratio *= (k + 1) / (k + 3 * half)

    return mp.ncdf(-c) + (even + c / mp.sqrt(2) * summed(odd(), c * c)) / 2


CALM = {"beyond": False, "inside": 2, "why": "each point is a sum of slow functions, or its root"}

REFERENCES = {
    "chi_square_mixture": Reference(
        mixture,
        reach={"a": (-1, 1e3), "c": (0, 1e5), "x": (0, 1e5)},
        points=[(0.5, 2e4, 2.1e4), (300.0, 40.0, 600.0), (-0.9, 3.0, 0.1)],
        far=1,
        why="mpmath is slow beyond it",
    ),
    "chndtr": Reference(chi, **CALM),
    "chndtrinc": Reference(inverse("chndtrinc", lambda c, x, df, p: chi(x, df, c) - p), **CALM),
    "chndtrix": Reference(inverse("chndtrix", lambda x, p, df, c: chi(x, df, c) - p), **CALM),
    "nctdtr": Reference(student, **CALM),
    "nctdtrit": Reference(inverse("nctdtrit", lambda t, df, nc, p: student(df, nc, t) - p), **CALM),
    "noncentral_moment": Reference(
        moment, beyond=False, why="mpmath is slow far out, where all is zero"
    ),
}
