"""Carlson's symmetric elliptic integrals."""

import mpmath as mp

from references._reference import Reference


def integral(a, b, c, d, x, y, z, p):
    """The integral of the third kind, without its factor."""
    assert (a, b, c, d) == (1, 1, 1, 2)
    return 2 * mp.elliprj(x, y, z, p) / 3


SLOW = {"inside": 3, "why": "mpmath is slow here"}
EQUAL = [(1.3, 1.3, 0.7), (1.3, 1.3, 1.3), (2.0, 0.7, 2.0 + 1e-9)]

REFERENCES = {
    "carlson_integral": Reference(
        integral,
        integers={"a": [1], "b": [1], "c": [1], "d": [2]},
        inside=1,
        beyond=False,
        far=1,
        points=[(1, 1, 1, 2, 0.5, 0.5, 30.0, 1.7)],
        why="mpmath is slow here, and the other entries show it in full",
    ),
    "elliprd": Reference(mp.elliprd, points=EQUAL, far=1, **SLOW),
    "elliprf": Reference(mp.elliprf, points=EQUAL, far=1, **SLOW),
    "elliprg": Reference(mp.elliprg, points=[*EQUAL, (1e20, 1.0, 2.0)], far=1, **SLOW),
}
