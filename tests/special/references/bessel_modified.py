"""Modified Bessel functions."""

import mpmath as mp

from references._reference import Reference

PRIMED = {"counted": "z", "inside": 2, "beyond": False, "why": "derivatives of the functions above"}

REFERENCES = {
    "i0": Reference(lambda x: mp.besseli(0, x)),
    "i1": Reference(lambda x: mp.besseli(1, x)),
    "iv": Reference(mp.besseli),
    "ivp": Reference(mp.besseli, integers={"n": [0, 1, 3]}, **PRIMED),
    "k0": Reference(lambda x: mp.besselk(0, x)),
    "k1": Reference(lambda x: mp.besselk(1, x)),
    "kn": Reference(
        mp.besselk, integers={"n": [0, 1, 4]}, inside=3, far=1, why="mpmath is slow at other points"
    ),
    "kv": Reference(mp.besselk),
    "kvp": Reference(mp.besselk, integers={"n": [0, 1, 3]}, **PRIMED),
}
