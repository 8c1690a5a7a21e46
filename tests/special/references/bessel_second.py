"""Bessel functions of the second kind."""

import mpmath as mp

from references._reference import Reference

FEW = {"inside": 3, "far": 1, "why": "the same as the functions above"}
PRIMED = {"counted": "z", "inside": 2, "beyond": False, "why": "derivatives of the functions above"}

REFERENCES = {
    "y0": Reference(lambda x: mp.bessely(0, x)),
    "y1": Reference(lambda x: mp.bessely(1, x)),
    "yn": Reference(mp.bessely, integers={"n": [0, 1, 4]}, **FEW),
    "yv": Reference(mp.bessely),
    "yve": Reference(mp.bessely, **FEW),
    "yvp": Reference(mp.bessely, integers={"n": [0, 1, 3]}, **PRIMED),
}
