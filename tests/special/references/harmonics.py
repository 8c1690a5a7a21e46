"""Spherical harmonics."""

import mpmath as mp

from references._reference import Reference
from references.legendre import COUNTS, WHY, coefficients


def sphere(degree, order, theta):
    """With |sin theta|, as SciPy has it."""
    sine, mu = mp.sin(theta), abs(order)
    if mu > degree:
        return mp.mpf(0)
    z = mp.cos(theta)
    polynomial = sum(c * z**power for power, c in coefficients(degree, mu).items())
    ratio = mp.factorial(degree - mu) / mp.factorial(degree + mu)
    phase = (-1) ** (mu if order > 0 else 0)
    sine = sine if sine > 0 else -sine
    return phase * mp.sqrt((2 * degree + 1) * ratio / (4 * mp.pi)) * sine**mu * polynomial


def harmonic(n, m, theta, phi, diff_n=0):
    """The spherical harmonic."""
    return sphere(n, m, theta) * mp.expj(m * phi)


REFERENCES = {
    "sph_legendre_dn": Reference(
        sphere,
        counted="theta",
        integers=COUNTS | {"degree": [4], "order": [-3, 0, 1, 2]},
        points=[(1, 30, 20, 0.4), (0, 60, -50, 1e-3), (1, 5, 5, 1e-30)],
        inside=2,
        beyond=False,
        why=WHY,
    ),
    "sph_harm_y": Reference(
        harmonic,
        integers={"n": [3], "m": [-3, 0, 1]},
        points=[
            (30, 20, 0.4, 1.5, 0),
            (5, 2, -0.4, 1.5, 0),
            (4, 3, 4.0, -2.0, 0),
            (2, -1, 1e-12, 1e5, 0),
        ],
        far=1,
        complex=True,
        inside=3,
        why=WHY,
    ),
}
