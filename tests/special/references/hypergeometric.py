"""Hypergeometric functions."""

from math import inf

import mpmath as mp

from references._reference import Reference

REFERENCES = {
    "hyp0f1": Reference(
        mp.hyp0f1, reach={"z": (-inf, 1e5)}, why="beyond, it overflows, and SciPy divides by v - 1"
    ),
    "hyp1f1": Reference(mp.hyp1f1),
    "hyp2f1": Reference(
        mp.hyp2f1,
        reach={"c": (-inf, 10.0)},
        why="SciPy's values are 1e-7 off for larger c and z < -1",
    ),
    "hyperu": Reference(
        mp.hyperu,
        reach={"a": (-5.0, 5.5), "b": (0.1, 5.5), "x": (0.0, 1.25)},
        why="SciPy's values are up to 1e-6 off beyond",
    ),
}
