"""Hankel functions."""

import mpmath as mp

from references._reference import Reference


def scaled_1(v, z):
    """exp(-iz) H1."""
    return mp.exp(-1j * z) * mp.hankel1(v, z)


def scaled_2(v, z):
    """exp(iz) H2."""
    return mp.exp(1j * z) * mp.hankel2(v, z)


REACH = {
    "reach": {"z": (0.0, float("inf"))},
    "complex": True,
    "inside": 4,
    "far": 1,
    "why": "for negative z the branch is a matter of the sign of zero",
}
FAMILY = REACH | {"counted": "z", "beyond": False, "inside": 2}
NEAR = [(0.25, 21.9), (0.25, 22.1), (8.5, 22.0), (30.25, 228.0), (30.25, 230.0), (2.25, 1e8)]

REFERENCES = {
    "h1vp": Reference(mp.hankel1, integers={"n": [0, 1, 3]}, **FAMILY),
    "h2vp": Reference(mp.hankel2, integers={"n": [0, 1, 3]}, **FAMILY),
    "hankel1": Reference(mp.hankel1, **REACH),
    "hankel1e": Reference(scaled_1, points=NEAR, **REACH),
    "hankel1e_dn": Reference(scaled_1, integers={"n": [0, 1, 3]}, **FAMILY),
    "hankel2": Reference(mp.hankel2, **REACH),
    "hankel2e": Reference(scaled_2, points=NEAR, **REACH),
    "hankel2e_dn": Reference(scaled_2, integers={"n": [0, 1, 3]}, **FAMILY),
}
