"""Carlson's elliptic integrals with a pole."""

import mpmath as mp

from references._reference import Reference


def third(x, y, z, p):
    """R_J, by DLMF 19.20.14 for negative p."""
    if p > 0:
        return mp.elliprj(x, y, z, p)
    x, y, z = sorted((x, y, z))
    q = -p
    above = (z * (x + y + q) - x * y) / (z + q)
    product = x * y + above * q
    terms = (
        (above - z) * mp.elliprj(x, y, z, above),
        -3 * mp.elliprf(x, y, z),
        3 * mp.sqrt(x * y * z / product) * mp.elliprc(product, above * q),
    )
    return sum(terms) / (q + z)


REFERENCES = {
    "elliprc": Reference(
        mp.elliprc, points=[(1.3, 1.3), (1.3, 1.3 + 1e-9), (1.0, -0.5), (0.3, -2.0)], inside=4
    ),
    "elliprj": Reference(
        third,
        inside=2,
        far=1,
        points=[
            (1.3, 1.3, 1.3, 1.3),
            (0.7, 2.0, 1.3, 2.0 + 1e-9),
            (1.0, 2.0, 3.0, -0.5),
            (0.3, 0.2, 4.0, -2.0),
        ],
        why="mpmath is slow here",
    ),
}
