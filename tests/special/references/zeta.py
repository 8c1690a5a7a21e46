"""The zeta functions and the dilogarithm."""

from math import inf

import mpmath as mp

from references._reference import Reference

REFERENCES = {
    "log_quotient": Reference(
        lambda z: mp.log(z) / (1 - z),
        counted="z",
        points=[(n, x) for n in (0, 3) for x in (0.999999, 1.000001, 1.2, 0.26, 0.24, 1.74, 1.76)],
        reach={"z": (0.0, inf)},
        why="it is complex below",
    ),
    "spence": Reference(
        lambda z: mp.polylog(2, 1 - z),
        points=[(0.999999,), (1.000001,), (1.2,)],
        reach={"z": (0.0, inf)},
        why="it is complex below",
    ),
    "zeta": Reference(
        mp.zeta, reach={"x": (1.0, 1e3), "q": (1e-40, 1e4)}, why="SciPy has it for x > 1 only"
    ),
    "zetac": Reference(
        lambda x: mp.zeta(x) - 1, reach={"x": (-1e2, 126.0)}, why="SciPy gives 0 beyond"
    ),
}
