"""Spherical Bessel functions."""

import mpmath as mp

from references._reference import Reference


def entire(sign):
    """jₙ for -1, iₙ⁽¹⁾ for 1, by DLMF 10.53.1 and 10.53.3 as hypergeometric functions."""

    def function(n, z):
        return z**n / mp.fac2(2 * n + 1) * mp.hyp0f1(n + mp.mpf(3) / 2, sign * z * z / 4)

    return function


def second(n, z):
    """yₙ = (-1)^(n + 1) j of order -n - 1, by DLMF 10.53.2."""
    h = mp.hyp0f1(mp.mpf(1) / 2 - n, -z * z / 4)
    return -mp.fac2(2 * n - 1) * h / z ** (n + 1)


def third(n, z):
    """kₙ by DLMF 10.49.12."""
    terms = [mp.fac(n + k) / (mp.fac(k) * mp.fac(n - k)) / (2 * z) ** k for k in range(n + 1)]
    return mp.pi / 2 * mp.exp(-z) / z * mp.fsum(terms)


def or_slope(function, lower, upper):
    """The function, or its derivative, a combination of the neighbouring orders: DLMF 10.51."""

    def either(n, z, derivative):
        if not derivative:
            return function(n, z)
        total = upper * (n + 1) * function(n + 1, z)
        return (total + (lower * n * function(n - 1, z) if n else 0)) / (2 * n + 1)

    return either


FLAG = {"integers": {"n": [0, 2]}, "inside": 4}

REFERENCES = {
    "spherical_in": Reference(or_slope(entire(1), 1, 1), inside=4),
    "spherical_jn": Reference(or_slope(entire(-1), 1, -1), inside=4),
    "spherical_kn": Reference(or_slope(third, -1, -1), **FLAG),
    "spherical_yn": Reference(or_slope(second, 1, -1), **FLAG),
}
