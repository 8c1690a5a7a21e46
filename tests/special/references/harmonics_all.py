"""Spherical harmonics of all degrees and orders."""

import mpmath as mp
import numpy as np

from references.legendre_all import orders
from references.legendre_rows import THETA, elements, in_front, sphere_dn


def sph_legendre_p_all(n, m, theta, *, diff_n=0):
    return in_front(
        [
            sphere_dn(diff_n, d, k, t)
            for d in range(n + 1)
            for k in orders(m)
            for (t,) in elements(theta)
        ]
    )


def sph_harm_y_all(n, m, theta, phi, *, diff_n=0):
    """Values; gradients; Hessians: for each element those in theta and phi, as rows."""
    values, gradients, hessians = [], [], []
    for d in range(n + 1):
        for k in orders(m):
            for t, p in elements(theta, phi):
                f, g, h = sphere_dn(2, d, k, t)
                wave, i = mp.expj(k * p), mp.mpc(0, k)
                values.append(wave * f)
                gradients += [wave * g, i * wave * f]
                hessians += [wave * h, i * wave * g, i * wave * g, i * i * wave * f]
    return values + (gradients if diff_n else []) + (hessians if diff_n > 1 else [])


FUNCTIONS = {f.__name__: f for f in (sph_legendre_p_all, sph_harm_y_all)}
SAMPLES = {
    "sph_legendre_p_all": [
        ((1, -1, THETA[:1]), {"diff_n": 2}),
        ((1, 2, -0.7), {}),
    ],
    "sph_harm_y_all": [
        ((1, -1, 0.4, np.array([5.1])), {}),
        ((1, 1, 2.1, 0.4), {"diff_n": 1}),
    ],
}
