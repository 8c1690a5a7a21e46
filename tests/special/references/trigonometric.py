"""Trigonometric functions."""

from math import inf

import mpmath as mp

from references._reference import Reference


def dirichlet(x, n):
    """sin(nx/2) / (n sin(x/2))."""
    return mp.sin(n * x / 2) / (n * mp.sin(x / 2))


def spherical(n, x):
    """The spherical Bessel function of πx."""
    z = mp.pi * x
    return z**n / mp.fac2(2 * n + 1) * mp.hyp0f1(n + mp.mpf(3) / 2, -z * z / 4)


NEAR = [(6.283185307179, 4), (6.2832, 5), (1e-3, 8), (-12.5663, 7), (2.0, 31), (0.1, 200)]

REFERENCES = {
    "cosdg": Reference(lambda x: mp.cos(mp.pi * x / 180)),
    "cosm1": Reference(lambda x: mp.cos(x) - 1),
    "cotdg": Reference(
        lambda x: mp.cot(mp.pi * x / 180),
        reach={"x": (0.009, inf)},
        why="SciPy subtracts x from 90 or 270",
    ),
    "diric": Reference(dirichlet, points=NEAR),
    "diric_dx": Reference(
        lambda p, x, n: mp.diff(lambda t: dirichlet(t, n), x, p) if p else dirichlet(x, n),
        integers={"p": [0, 1], "n": [3, 4]},
        inside=3,
        beyond=False,
        points=[(0, x, n) for x, n in NEAR],
        why="derivatives of numerical derivatives",
    ),
    "sinc": Reference(lambda x: mp.sin(mp.pi * x) / (mp.pi * x)),
    "sinc_jn": Reference(spherical, integers={"n": [0, 1, 2]}, inside=3),
    "sindg": Reference(lambda x: mp.sin(mp.pi * x / 180)),
    "tandg": Reference(lambda x: mp.tan(mp.pi * x / 180)),
}
