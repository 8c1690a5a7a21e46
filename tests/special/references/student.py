"""Student's t distribution."""

import mpmath as mp

from references._reference import Reference
from references._roots import inverse


def density(df, t):
    """Of Student's t distribution."""
    scale = mp.gamma((df + 1) / 2) / mp.gamma(df / 2) / mp.sqrt(df * mp.pi)
    return scale * (1 + t * t / df) ** (-(df + 1) / 2)


def student(df, t):
    """The distribution function."""
    y = df / (df + t * t)
    tail = mp.betainc(df / 2, mp.mpf(1) / 2, 0, y, regularized=True) / 2
    return tail if t < 0 else 1 - tail


REFERENCES = {
    "stdtr": Reference(student, reach={"df": (0.01, 2e3)}, why="mpmath is slow beyond it"),
    "stdtridf": Reference(
        inverse("stdtridf", lambda df, p, t: student(df, t) - p),
        inside=2,
        beyond=False,
        why="each point is a root that mpmath finds",
    ),
    "stdtrit": Reference(
        inverse("stdtrit", lambda t, df, p: student(df, t) - p),
        inside=4,
        beyond=False,
        why="each point is a root that mpmath finds",
    ),
    "student_density": Reference(density, points=[(1e8, 3.0), (300.0, -30.0)]),
}
