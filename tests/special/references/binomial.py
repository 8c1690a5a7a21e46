"""Pochhammer's symbol and binomial coefficients."""

import mpmath as mp

from references._reference import Reference


def poch(z, m):
    """Pochhammer's symbol."""
    return mp.gammaprod([z + m], [z])


def binom(x, y):
    """The binomial coefficient."""
    return mp.gammaprod([x + 1], [y + 1, x - y + 1])


REFERENCES = {
    "binom": Reference(
        binom,
        points=[
            *((5.3, -3.0), (5.3, -2.9999), (5.3, 8.3), (5.3, 8.2999), (0.5, 0.5), (-2.3, 1.4)),
            *((-2.3, -4.0), (-2.3, -1.31), (-2.3, 0.2), (-0.4, -0.6), (60.5, 29.2), (3.0, -200.0)),
        ],
        reach={"x": (-0.9, 2e3), "y": (-1e3, 1e3)},
        why="SciPy's values of large numbers",
    ),
    "poch": Reference(
        poch,
        points=[
            *((-3.0, 3.5), (-2.9999, 3.5), (-3.0, 1.5), (-3.0001, 1.5), (-3.7, 0.2), (-3.7, 1e-9)),
            *((-3.7, -2.1), (0.3, -0.6), (-150.0, 149.3), (-200.0, 3.5), (1e5, 1e-9), (1e5, 0.7)),
        ],
        reach={"z": (-1e2, 1e3), "m": (-50.0, 60.0)},
        why="it overflows",
    ),
}
