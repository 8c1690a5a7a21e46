"""Exponentials and logarithms."""

import mpmath as mp

from references._reference import Reference


def relative_exponential(x):
    """(exp x - 1) / x."""
    return mp.expm1(x) / x


def relative_logarithm(x):
    """log(1 + x) / x."""
    return mp.log(1 + x) / x


REFERENCES = {
    "exp10": Reference(lambda x: mp.power(10, x)),
    "exp2": Reference(lambda x: mp.power(2, x)),
    "expm1": Reference(lambda x: mp.exp(x) - 1),
    "exprel": Reference(relative_exponential, points=[(-600.0,), (50.0,), (300.0,)]),
    "exprel_dn": Reference(relative_exponential, counted="x", inside=4),
    "log1p": Reference(lambda x: mp.log(1 + x)),
    "log1prel_dn": Reference(
        relative_logarithm, counted="x", inside=4, points=[(2, 99.0), (2, 101.0), (3, -0.9999999)]
    ),
}
