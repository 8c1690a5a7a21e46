"""The Faddeeva function and the modified Fresnel integrals."""

from math import inf

import mpmath as mp

from references._reference import Reference
from references.voigt import faddeeva


def fresnel(x):
    """F₊(x)."""
    turn = mp.expjpi(mp.mpf(1) / 4)
    return mp.sqrt(mp.pi) / 2 * turn * mp.erfc(x / turn)


def scaled(x):
    """K₊(x)."""
    turn = mp.expjpi(mp.mpf(1) / 4)
    if x < 0:
        return mp.exp(-1j * x * x) - scaled(-x)
    return faddeeva(turn * x) / 2


def both(x):
    """F₊ and K₊."""
    return fresnel(x), scaled(x)


POSITIVE = {
    "reach": {"x": (0.0, 1e3)},
    "why": "SciPy's first value is wrong for negative x (test_wofz.py compares the derivative), "
    "and exp(ix²) and SciPy's second value lose x² eps",
}

REFERENCES = {
    "modfresnel_dn": Reference(
        scaled, counted="x", complex=True, reach={"x": (-1e3, inf)}, why="exp(ix²) loses x² eps"
    ),
    "modfresnelm": Reference(
        lambda x: tuple(map(mp.conj, both(x))), inside=9, complex=True, **POSITIVE
    ),
    "modfresnelp": Reference(both, inside=9, complex=True, **POSITIVE),
    "wofz": Reference(faddeeva, complex=True),
    "wofz_dn": Reference(faddeeva, counted="z", complex=True),
}
