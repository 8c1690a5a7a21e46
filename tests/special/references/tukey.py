"""Tukey's lambda distribution."""

import mpmath as mp

from npbridge.special._tukey_moments import tukey_logit
from references._reference import Reference
from references._roots import root


def moment(a, logit):
    """The integral of exp(a u) from log q to log p, whose derivatives in a the others are."""
    p, q = (mp.log1p(mp.exp(-logit)), mp.log1p(mp.exp(logit)))
    return (mp.exp(-a * p) - mp.exp(-a * q)) / a if a else q - p


def logarithm(x, a):
    """The logarithm of p / (1 - p), by Newton's method."""
    start = float(tukey_logit(float(x), float(a)))
    if not mp.isfinite(start):
        raise ValueError("outside the support")
    return root(lambda y: moment(a, y) - x, start) if start else start


def tukey(x, a):
    """The distribution function."""
    return 1 / (1 + mp.exp(-logarithm(x, a)))


SIDES = [(0.3, 1e-9), (-0.3, -1e-9), (0.7, 1.0), (-0.4, 2.0), (1e9, -0.5), (5.0, 0.1), (3e-7, 0.4)]


def weight(a, logit):
    """The derivative of the moment in logit."""
    p, q = 1 / (1 + mp.exp(-logit)), 1 / (1 + mp.exp(logit))
    return q * p**a + p * q**a


WIDE = {
    "counted": "a",
    "reach": {"a": (-50, 130), "logit": (-300, 300)},
    "inside": 4,
    "why": "powers overflow beyond it",
}
POINTS = [(1, 1e-8, 3.0), (2, -1.0, 30.0), (1, 3.0, 200.0), (1, 2.0, 1e-9), (0, -1e-9, 0.9)]
ACROSS = [(s * x, a) for s in (1, -1) for x in (1e-30, 1e-9, 1e-2) for a in (-0.7, 1e-30, 3.0)]
ALONG = [(0.1, a) for a in (-40.0, -9.0, -1e-3, -1e-12, 1e-3, 1e-30, 9.0)]

REFERENCES = {
    "hyperbolic_tangent": Reference(mp.tanh),
    "log_cosh": Reference(lambda x: mp.log(mp.cosh(x))),
    "tukey_moment": Reference(moment, points=POINTS, **WIDE),
    "tukey_weight": Reference(weight, points=POINTS, **WIDE),
    "tukey_logit": Reference(
        logarithm, points=SIDES, reach={"a": (-900.0, 2e5)}, why="powers overflow beyond it"
    ),
    "tklmbda": Reference(
        tukey,
        points=[*SIDES, *ACROSS, *ALONG],
        beyond=False,
        why="SciPy's values are those of λ = 0 where |λ| < 1e-4, and wrong at λ = -1e5",
    ),
}
