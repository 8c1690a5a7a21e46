"""The density of the gamma distribution with a rate."""

import mpmath as mp

from references._reference import Reference


def density(k, a, b, x):
    """Over the k-th power of the rate."""
    return a ** (1 - k) * mp.exp((b - 1) * mp.log(a * x) - a * x) * mp.rgamma(b)


REFERENCES = {
    "rate_density": Reference(
        density,
        counted="b",
        far=1,
        integers={"n": (0, 1), "k": (0, 2)},
        inside=3,
        points=[(0, 0, 2.0, 0.7, 1.5), (1, 1, 2.0, 1.0, 0.5), (0, 0, 2.0, 0.3, 1e-20)],
        why="mpmath is slow there",
    ),
}
