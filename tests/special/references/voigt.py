"""Dawson's integral and the Voigt profile."""

from math import inf

import mpmath as mp

from references._reference import Reference

WIDTHS = {"sigma": (0.0, inf), "gamma": (0.0, inf)}


def faddeeva(z):
    """w(z)."""
    if abs(z) > 1e3 and mp.im(z) >= 0:  # DLMF 7.12.1
        return 1j / (mp.sqrt(mp.pi) * z) * mp.hyp2f0(1, 0.5, 1 / z**2)
    return mp.exp(-z * z) * mp.erfc(-1j * z)


def dawson(x):
    """F(x)."""
    return mp.sqrt(mp.pi) / 2 * mp.exp(-x * x) * mp.erfi(x)


def profile(x, sigma, gamma):
    """Of which the Voigt profile is the real part."""
    z = (x + 1j * gamma) / (sigma * mp.sqrt(2))
    return faddeeva(z) / (sigma * mp.sqrt(2 * mp.pi))


def voigt(x, sigma, gamma):
    """The profile."""
    return mp.re(profile(x, sigma, gamma))


REFERENCES = {
    "dawsn": Reference(dawson),
    "dawsn_dn": Reference(dawson, counted="x"),
    "voigt_dn": Reference(
        lambda x, sigma, gamma: (
            mp.re(profile(x, sigma, gamma)),
            mp.im(profile(x, sigma, gamma)),
        ),
        counted="x",
        reach=WIDTHS,
        integers={"n": [1]},
        inside=3,
        beyond=False,
        why="sigma and gamma are widths; voigt_profile goes far",
    ),
    "voigt_profile": Reference(
        voigt,
        reach=WIDTHS,
        why="sigma and gamma are widths",
    ),
}
