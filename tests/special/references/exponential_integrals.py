"""Exponential, trigonometric and hyperbolic integrals, and Fresnel's."""

from math import inf

import mpmath as mp

from references._reference import Reference


def generalised(n, k, x):
    """Eₙ₋ₖ(x)."""
    return mp.expint(n - k, x)


POSITIVE = {"reach": {"x": (0.0, inf)}, "why": "SciPy has it for x >= 0"}

REFERENCES = {
    "exp1": Reference(mp.e1, reach={"z": (0.0, inf)}, why="on the cut the real E₁ is not a number"),
    "expi": Reference(mp.ei),
    "expn": Reference(mp.expint, integers={"n": [0, 1, 2, 5]}, inside=3, **POSITIVE),
    "expn_lowered": Reference(
        generalised, integers={"n": [0, 2], "k": [0, 2]}, inside=3, beyond=False, **POSITIVE
    ),
    "fresnel": Reference(
        lambda z: (mp.fresnels(z), mp.fresnelc(z)),
        reach={"z": (-1e3, 1e3)},
        why="sin(πz²/2) loses z² eps",
    ),
    "shichi": Reference(lambda x: (mp.shi(x), mp.re(mp.chi(x)) if mp.im(x) == 0 else mp.chi(x))),
    "sici": Reference(lambda x: (mp.si(x), mp.re(mp.ci(x)) if mp.im(x) == 0 else mp.ci(x))),
    "sinhc_coshc_dn": Reference(
        lambda x: (mp.sinh(x) / x, mp.cosh(x) / x),
        counted="x",
        integers={"n": [0, 2]},
        inside=4,
    ),
    "sinc_cosc_dn": Reference(
        lambda x: (mp.sin(x) / x, mp.cos(x) / x),
        counted="x",
        integers={"n": [0, 2]},
        inside=4,
    ),
}
