"""Incomplete beta functions."""

import mpmath as mp

from references._reference import Reference


def lower(a, b, x):
    """The regularised incomplete beta function."""
    return mp.betainc(a, b, 0, x, regularized=True)


def upper(a, b, x):
    """Its complement."""
    return mp.betainc(a, b, x, 1, regularized=True)


def density(a, b, x):
    """Of the beta distribution."""
    power = (a - 1) * mp.log(x) + (b - 1) * mp.log(1 - x)
    return mp.exp(power + mp.loggamma(a + b) - mp.loggamma(a) - mp.loggamma(b))


def in_parameters(function):
    """The i-th derivative in a of the j-th in b."""

    def derived(i, j, a, b, x):
        if i + j == 0:
            return function(a, b, x)

        def scaled(p, q):
            return function(a * (1 + p), b * (1 + q), x)

        return mp.diff(scaled, (0, 0), (i, j)) / (a**i * b**j)

    return derived


FAST = {"far": 1, "inside": 4, "why": "mpmath is slow there"}
BOX = {"a": (1e-40, 1e4), "b": (1e-40, 1e4), "x": (0.0, 1.0)}
CALM = {"beyond": False, "inside": 2, "why": "each is a derivative of a derivative"}

REFERENCES = {
    "beta_density_dab": Reference(
        in_parameters(density),
        integers={"i": [0, 1], "j": [0, 2]},
        points=[
            *((0, 0, *p) for p in [(300.0, 2e3, 0.14), (5e4, 3e4, 0.62), (2.5, 3.5, 0.999999)]),
            *((1, 1, *p) for p in [(300.0, 2e3, 0.14), (2.5, 1.5, 1e-9), (1e-9, 3.0, 0.3)]),
        ],
        reach={"a": (1e-20, 1e5), "b": (1e-20, 1e5), "x": (0.0, 1.0)},
        far=1,
        inside=3,
        why="mpmath is slow there",
    ),
    "betainc_dab": Reference(in_parameters(lower), integers={"i": [1], "j": [0]}, **CALM),
    "betainc": Reference(lower, reach=BOX, **FAST),
    "betaincc": Reference(upper, beyond=False, inside=4, why="it is 1 - the other"),
}
