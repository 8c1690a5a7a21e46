"""Orthogonal polynomials that take the recurrence where their real degree is whole."""

import mpmath as mp

from references._reference import Reference
from references.orthogonal import SMALL, sh_jacobi

REFERENCES = {
    "gegenbauer": Reference(
        mp.gegenbauer,
        points=[(2.0, 1.5, -1.0), (3.0, 0.5, 0.25), (30.0, 1.5, 0.7)],
        **SMALL,
    ),
    "jacobi": Reference(mp.jacobi, points=[(2.0, 0.5, 1.5, -1.0), (3.0, 0.5, 1.5, 2.5)], **SMALL),
    "laguerre": Reference(mp.laguerre, points=[(40.0, 1.5, 20.0), (20.0, 0.5, 3.0)], **SMALL),
    "sh_jacobi_dx": Reference(
        sh_jacobi,
        counted="x",
        counter="k",
        integers={"k": [1]},
        inside=3,
        beyond=False,
        far=1,
        why="mpmath is slow",
    ),
}
