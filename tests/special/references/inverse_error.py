"""Inverses of the error functions and of the normal distribution function."""

import mpmath as mp
from scipy import special as sc

from references._reference import Reference


def quantile(log_p):
    """Of the standard normal distribution, at a probability below one half."""
    start = sc.ndtri_exp(float(log_p))
    x = mp.mpf(float(start))
    for _ in range(12):
        tail = mp.erfc(-x / mp.sqrt(2)) / 2
        x -= (mp.log(tail) - log_p) * tail / mp.npdf(x)
    return x


def normal(y):
    """The quantile function; of 1 - y beyond the middle."""
    return quantile(mp.log(y)) if y < 0.5 else -quantile(mp.log(1 - y))


def inverse(tail):
    """erfc⁻¹."""
    return -normal(tail / 2) / mp.sqrt(2)


REFERENCES = {
    "erfcinv": Reference(inverse, points=[(1e-300,), (1e-17,), (1.999999,)]),
    "erfinv": Reference(mp.erfinv, points=[(0.999999,), (-0.9999999999,)]),
    "ndtri": Reference(normal, points=[(1e-300,), (1e-17,), (0.999999,)]),
    "ndtri_exp": Reference(
        lambda y: quantile(y) if y < -0.6 else -quantile(mp.log(-mp.expm1(y))),
        points=[(-1e-17,), (-1e-300,)],
    ),
}
