"""Carlson's elliptic integrals with a pole: principal values at negative arguments."""

from __future__ import annotations

from math import inf
from typing import Any

import scipy.special as sc

from npbridge import ElementwiseOp, elementwise_op
from npbridge.elementary import sqrt, where
from npbridge.special._carlson import carlson_integral, elliprd

__all__ = ["elliprc", "elliprj"]


def d_elliprc_dx(x: Any, y: Any) -> Any:
    """The integral for y > 0; for y < 0, where nothing is 0/0, the closed form."""
    principal = y < 0
    start, below = where(principal, x, 1.0), where(principal, y, -1.0)
    closed = (elliprc(start, below) - 1 / sqrt(start)) / (2 * (below - start))
    ordinary = carlson_integral(
        3, 0, 0, 2, where(principal, 1.0, x), 1.0, 1.0, where(principal, 1.0, y)
    )
    return where(principal, closed, -ordinary / 4)


def d_elliprc_dy(x: Any, y: Any) -> Any:
    """The same for y."""
    principal = y < 0
    start, below = where(principal, x, 1.0), where(principal, y, -1.0)
    closed = (elliprc(start, below) - sqrt(start) / below) / (2 * (start - below))
    ordinary = carlson_integral(
        1, 0, 0, 4, where(principal, 1.0, x), 1.0, 1.0, where(principal, 1.0, y)
    )
    return where(principal, closed, -ordinary / 2)


elliprc: ElementwiseOp = elementwise_op(
    sc.elliprc,
    partials={"x": d_elliprc_dx, "y": d_elliprc_dy},
    title="R_C(x, y), the degenerate symmetric elliptic integral.",
    source="DLMF 19.16.6 with 19.2.17",
    domain={"x": (0.2, 4.0), "y": (0.2, 4.0)},
    edges=[
        ((1.0, 1.0), {"x": -1 / 6, "y": -1 / 3}),
        ((0.0, 1.0), {"x": -inf, "y": -0.7853981633974483}),
    ],
    notes="For y < 0 it is the Cauchy principal value.",
)


def principal_dx(x: Any, y: Any, z: Any, p: Any) -> Any:
    """(R_J - R_D) / (2(p - x)), which has no hole for p < 0."""
    return (elliprj(x, y, z, p) - elliprd(y, z, x)) / (2 * (p - x))


def d_elliprj_dx(x: Any, y: Any, z: Any, p: Any) -> Any:
    """The integral for p > 0, and the closed form for p < 0."""
    principal = p < 0
    ordinary = carlson_integral(3, 1, 1, 2, *(where(principal, 1.0, v) for v in (x, y, z, p)))
    x, y, z = (where(principal, v, 1.0) for v in (x, y, z))
    closed = principal_dx(x, y, z, where(principal, p, -1.0))
    return where(principal, closed, -3 / 4 * ordinary)


def d_elliprj_dp(x: Any, y: Any, z: Any, p: Any) -> Any:
    """The integral for p > 0, and for p < 0 what follows from the degree of homogeneity, -3/2."""
    principal = p < 0
    ordinary = carlson_integral(1, 1, 1, 4, *(where(principal, 1.0, v) for v in (x, y, z, p)))
    x, y, z = (where(principal, v, 1.0) for v in (x, y, z))
    p = where(principal, p, -1.0)
    total = 3 / 2 * elliprj(x, y, z, p)
    for u, v, w in ((x, y, z), (y, z, x), (z, x, y)):
        hole = u == 0  # where the product vanishes, and its second factor is infinite
        total = total + where(hole, 0.0, u) * principal_dx(where(hole, 1.0, u), v, w, p)
    return where(principal, -total / p, -3 / 2 * ordinary)


elliprj: ElementwiseOp = elementwise_op(
    sc.elliprj,
    partials={
        "x": lambda x, y, z, p: d_elliprj_dx(x, y, z, p),
        "y": lambda x, y, z, p: d_elliprj_dx(y, x, z, p),
        "z": lambda x, y, z, p: d_elliprj_dx(z, x, y, p),
        "p": lambda x, y, z, p: d_elliprj_dp(x, y, z, p),
    },
    title="R_J(x, y, z, p), the symmetric elliptic integral of the third kind.",
    source="DLMF 19.16.2 with 19.20.14",
    domain={"x": (0.2, 4.0), "y": (0.2, 4.0), "z": (0.2, 4.0), "p": (0.2, 4.0)},
    edges=[
        ((1.0, 1.0, 1.0, 1.0), {"x": -0.3, "y": -0.3, "z": -0.3, "p": -0.6}),
    ],
    notes="For p < 0 it is the Cauchy principal value.",
)
