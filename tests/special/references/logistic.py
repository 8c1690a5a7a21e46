"""The logistic function and its relatives."""

import mpmath as mp

from references._reference import Reference


def logistic(x):
    """The logistic function."""
    return 1 / (1 + mp.exp(-x))


REFERENCES = {
    "expit": Reference(logistic),
    "log_expit": Reference(lambda x: -mp.log1p(mp.exp(-x))),
    "logit": Reference(lambda x: mp.log(x) - mp.log1p(-x), points=[(0.999999,)]),
    "logistic_density": Reference(lambda x: 1 / (4 * mp.cosh(x / 2) ** 2)),
    "softplus": Reference(lambda x: mp.log1p(mp.exp(x))),
}
