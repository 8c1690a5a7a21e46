"""Modified Bessel functions, scaled by an exponential."""

import mpmath as mp

from references._reference import Reference


def scaled_i(v, z):
    """exp(-|z|) I, for z > 0 and z < 0."""
    return mp.exp(z if z < 0 else -z) * mp.besseli(v, z)


def scaled_k(v, z):
    """exp(z) K."""
    return mp.exp(z) * mp.besselk(v, z)


FAMILY = {
    "inside": 3,
    "beyond": False,
    "far": 1,
    "integers": {"n": [0, 1, 3]},
    "why": "mpmath is slow, and ive and kve go far",
}
NEAR = [(0.25, 21.9), (0.25, 22.1), (8.5, 22.0), (30.25, 228.0), (30.25, 230.0), (2.25, 1e8)]
FEWER = {"inside": 4, "far": 1, "why": "mpmath is slow"}

REFERENCES = {
    "i0e": Reference(lambda x: scaled_i(0, x), points=[(21.9,), (22.1,), (-1e8,), (1e12,)]),
    "i1e": Reference(lambda x: scaled_i(1, x), points=[(21.9,), (22.1,), (-1e8,), (1e12,)]),
    "ive": Reference(scaled_i, points=NEAR),
    "ive_dn": Reference(scaled_i, counted="z", **FAMILY),
    "k0e": Reference(lambda x: scaled_k(0, x), points=[(21.9,), (22.1,), (1e8,), (1e12,)]),
    "k1e": Reference(lambda x: scaled_k(1, x), points=[(21.9,), (22.1,), (1e8,), (1e12,)]),
    "kve": Reference(scaled_k, points=NEAR, **FEWER),
    "kve_dn": Reference(scaled_k, counted="z", **FAMILY),
}
