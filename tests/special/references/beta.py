"""The beta function and its logarithm."""

import mpmath as mp

from references._reference import Reference


def psi_diff(n, a, b):
    """A difference of polygamma functions."""
    return mp.polygamma(n, a + b) - mp.polygamma(n, a)


def beta(a, b):
    """The beta function, its zeros included."""
    return mp.gamma(a) * mp.gamma(b) * mp.rgamma(a + b)


PAIRS = [(0.5, -0.5), (2.5, -4.5), (2.5, -4.499), (-2.3, 1e-7), (-2.3, -3.6), (-0.3, 0.2)]
LARGE = [(1e5, 1e-9), (1e-9, 1e5), (3e3, 4e5)]

REFERENCES = {
    "beta": Reference(
        beta,
        points=[*PAIRS, (3e2, 4e3)],
        reach={"a": (1e-6, 1e3), "b": (1e-6, 1e3)},
        why="below, mixed derivatives cancel; beyond, mpmath is slow",
    ),
    "betaln": Reference(
        lambda a, b: mp.log(abs(beta(a, b))),
        points=[*PAIRS[2:], *LARGE],
        reach={"a": (0.0, 1e6), "b": (0.0, 1e6)},
        why="the points are chosen there",
    ),
    "psi_diff": Reference(
        psi_diff,
        points=[(n, a, b) for n in (0, 2) for a, b in [*PAIRS, *LARGE, (-7.1, 1e-9)]],
        reach={"a": (-5e2, 1e5), "b": (-5e2, 1e5)},
        why="mpmath is slow below",
    ),
    "sin_pi": Reference(lambda n, x: mp.sinpi(x + mp.mpf(n) / 2)),
}
