"""The gamma function, its logarithm and its reciprocal."""

import mpmath as mp

from references._reference import Reference

POLES = [-170.5, -20.0000001, -7.3, -3.0, -2.999, -1.0, -0.5, -1e-9, 0.0, 1e-9, 1.46163]
"""Points at and near poles of the gamma function."""


def multigammaln(a, d):
    """The logarithm of the multivariate gamma function."""
    product = mp.fprod(mp.gamma(a - mp.mpf(j) / 2) for j in range(d))
    return mp.log(mp.pi ** (mp.mpf(d * (d - 1)) / 4) * product)


REFERENCES = {
    "gamma": Reference(
        mp.gamma,
        points=[(x,) for x in (-20.0000001, -7.3, -2.999, -0.5, -1e-9, 1e-9, 1.46163, 170.5)],
        reach={"z": (-150.0, 160.0)},
        why="it overflows or underflows",
    ),
    "loggamma": Reference(mp.loggamma, points=[(1.46163,), (1.0000001,)]),
    "multigammaln": Reference(
        multigammaln,
        integers={"d": [1, 4]},
        reach={"a": (1.5001, 1e6)},
        why="SciPy raises a ValueError below",
    ),
    "rgamma": Reference(
        mp.rgamma,
        points=[(x,) for x in POLES],
        reach={"z": (-150.0, 160.0)},
        why="it overflows or underflows",
    ),
    "rgamma_dn": Reference(
        mp.rgamma,
        counted="z",
        points=[(n, x) for n in (1, 3) for x in POLES[1:]],
        reach={"z": (-150.0, 160.0)},
        why="it overflows or underflows",
    ),
}
