"""Bessel functions of the first kind."""

import mpmath as mp

from references._reference import Reference

FEW = {"inside": 3, "far": 1, "why": "the same as the functions above"}
PRIMED = {"counted": "z", "inside": 2, "beyond": False, "why": "derivatives of the functions above"}

REFERENCES = {
    "j0": Reference(lambda x: mp.besselj(0, x)),
    "j1": Reference(lambda x: mp.besselj(1, x)),
    "jv": Reference(mp.besselj),
    "jve": Reference(mp.besselj, **FEW),
    "jvp": Reference(mp.besselj, integers={"n": [0, 1, 3]}, **PRIMED),
}
