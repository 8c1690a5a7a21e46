"""Box and Cox's transformation of powers."""

import mpmath as mp

from references._reference import Reference


def transform(x, lmbda):
    """(x^λ - 1) / λ."""
    return mp.expm1(lmbda * mp.log(x)) / lmbda if lmbda else mp.log(x)


def transform1p(x, lmbda):
    """((1 + x)^λ - 1) / λ."""
    return transform(1 + x, lmbda)


REFERENCES = {
    "boxcox": Reference(transform, inside=4, points=[(1.0001, 1e-9), (1e-20, -0.5), (1e300, 1e-4)]),
    "boxcox1p": Reference(transform1p, inside=4, points=[(1e-9, -0.7), (-0.9999, 1e-3)]),
    "boxcox1p_dn": Reference(transform1p, counted="lmbda", inside=2),
    "boxcox_dn": Reference(transform, counted="lmbda", inside=2),
    "power1p_log": Reference(lambda n, x, y: mp.power(1 + x, y) * mp.log(1 + x) ** n, inside=2),
}
