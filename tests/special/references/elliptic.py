"""Elliptic integrals and functions."""

from math import inf

import mpmath as mp

from references._reference import Reference


def jacobi(u, m):
    """Jacobi's functions and the amplitude."""
    sn, cn, dn = (mp.re(mp.ellipfun(kind, u, m=m)) for kind in ("sn", "cn", "dn"))
    turns = mp.nint(u / (4 * mp.ellipk(m)))
    return sn, cn, dn, mp.atan2(sn, cn) + 2 * mp.pi * turns


def moment(i, k, phi, m):
    """An incomplete integral."""
    if (i, k) == (0, 1):
        return mp.ellipf(phi, m)
    assert (i, k) == (0, -1)
    return mp.ellipe(phi, m)


SLOW = "mpmath is slow beyond"

REFERENCES = {
    "agm": Reference(mp.agm, inside=3, reach={"a": (0, inf), "b": (0, inf)}, why="NaN"),
    "ellipe": Reference(mp.ellipe, points=[(0.999999,)]),
    "ellipeinc": Reference(mp.ellipe, inside=4, far=1, why=SLOW),
    "ellipj": Reference(
        jacobi,
        inside=3,
        far=1,
        reach={"m": (0, 1)},
        points=[(1.0, 1e-3), (10.0, 0.5), (2.0, 0.999)],
        why="SciPy has no values beyond",
    ),
    "ellipk": Reference(mp.ellipk, points=[(0.999999,)]),
    "ellipkinc": Reference(mp.ellipf, inside=4, far=1, points=[(1.5, 0.999)], why=SLOW),
    "ellipkm1": Reference(lambda p: mp.ellipk(1 - p)),
    "elliptic_moment": Reference(
        moment,
        inside=2,
        far=1,
        integers={"i": [0], "k": [1]},
        points=[(0, -1, 1.0, 0.5)],
        why="the others are derivatives of these",
    ),
}
