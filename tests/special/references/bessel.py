"""Bessel functions."""

import mpmath as mp

from references._reference import Reference

REFERENCES = {
    "j0": Reference(lambda x: mp.besselj(0, x)),
    "j1": Reference(lambda x: mp.besselj(1, x)),
    "jv": Reference(mp.besselj),
}
