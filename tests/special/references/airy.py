"""Airy functions."""

import mpmath as mp

from references._reference import Reference


def airy(z):
    """Ai, Ai', Bi, Bi'."""
    return (
        mp.airyai(z),
        mp.airyai(z, derivative=1),
        mp.airybi(z),
        mp.airybi(z, derivative=1),
    )


def scaled(z):
    """The same, scaled; not at negative z."""
    if mp.re(z) < 0:
        return None, None, mp.airybi(z), mp.airybi(z, derivative=1)
    scale = mp.exp(2 * z * mp.sqrt(z) / 3)
    a, a_prime, b, b_prime = airy(z)
    return a * scale, a_prime * scale, b / scale, b_prime / scale


def integrals(x):
    """From 0 to x, of Ai(t), Bi(t), Ai(-t), Bi(-t)."""
    ahead = mp.airyai(x, derivative=-1), mp.airybi(x, derivative=-1)
    return *ahead, -mp.airyai(-x, derivative=-1), -mp.airybi(-x, derivative=-1)


REFERENCES = {
    "airy": Reference(airy, points=[(-2.3,), (-1.0,), (103.0,)]),
    "airye": Reference(
        scaled, points=[(0.499,), (0.501,), (2.0,), (7.0,), (12.0,), (1e8,), (-3.0,)]
    ),
    "itairy": Reference(
        integrals,
        reach={"x": (-0.02, 0.02)},
        points=[(16.0,), (21.5,), (29.0,), (-17.0,), (-25.0,)],
        inside=0,
        why="SciPy's values are wrong in between",
    ),
}
