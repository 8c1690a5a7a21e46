"""The binomial and negative binomial distributions."""

import mpmath as mp

from references._reference import Reference
from references._roots import inverse


def at_most(k, n, p):
    """The sum of the binomial probabilities up to k."""
    return mp.fsum(mp.binomial(n, j) * p**j * (1 - p) ** (n - j) for j in range(k + 1))


def more_than(k, n, p):
    """The sum of the others."""
    return mp.fsum(mp.binomial(n, j) * p**j * (1 - p) ** (n - j) for j in range(k + 1, n + 1))


def failures(k, n, p):
    """The sum of the negative binomial probabilities up to k."""
    return p**n * mp.fsum(mp.binomial(n + j - 1, j) * (1 - p) ** j for j in range(k + 1))


def more_failures(k, n, p):
    """The sum of the others, as one of binomial probabilities."""
    return at_most(n - 1, n + k, p)


TRIALS = {"integers": {"k": [0, 3], "n": [5, 40]}, "reach": {"p": (0.0, 1.0)}, "inside": 3}
TRIALS["why"] = "beyond it SciPy's values are NaN"
TIMES = {**TRIALS, "integers": {"k": [0, 3, 30], "n": [1, 7]}}
CALM = {
    "reach": {"y": (1e-6, 1.0)},
    "inside": 3,
    "far": 1,
    "why": "SciPy's root is no better there",
}

REFERENCES = {
    "bdtr": Reference(at_most, points=[(400, 1000, 0.41), (2, 30, 0.9)], **TRIALS),
    "bdtrc": Reference(more_than, points=[(400, 1000, 0.41), (2, 30, 0.9)], **TRIALS),
    "bdtri": Reference(
        inverse("bdtri", lambda p, k, n, y: at_most(k, n, p) - y),
        integers={"k": [0, 3], "n": [5, 40]},
        **CALM,
    ),
    "nbdtr": Reference(failures, points=[(300, 200, 0.41)], **TIMES),
    "nbdtrc": Reference(more_failures, points=[(300, 200, 0.41)], **TIMES),
    "nbdtri": Reference(
        inverse("nbdtri", lambda p, k, n, y: failures(k, n, p) - y),
        integers={"k": [0, 3], "n": [1, 7]},
        **CALM,
    ),
}
