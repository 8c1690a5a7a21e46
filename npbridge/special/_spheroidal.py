"""Spheroidal wave functions. DLMF chapter 30."""

from __future__ import annotations

from functools import partial
from typing import Any

import scipy.special as sc

from npbridge import ElementwiseOp, elementwise_op, integer, unwritten
from npbridge.special import _spheroidal_series
from npbridge.special._guarded import guarded, moderate_angular, moderate_cv, moderate_radial

__all__ = ["obl_ang1", "obl_cv", "obl_rad1", "pro_ang1", "pro_cv", "pro_rad1"]

ORDER, DEGREE = integer("the order"), integer("the degree")
TIMES_T = integer("how often it is differentiated in t", static=True)
TIMES_X = integer("how often it is differentiated in x", static=True)
PARAMETER = unwritten("the expansion in Bessel functions has not been differentiated in c")
SOURCE = "DLMF 30.8(i) and the perturbation series of Rayleigh and Schrödinger"
# SciPy 1.17.1 takes the value of c = 0 for all c < 1e-10.
NEGATIVE = "For negative c SciPy's value is wrong: it is that of c = 0, where that of |c| is true."
CRASH = "NaN where SciPy 1.17.1 crashes the interpreter: at NaN and from about c ="
UNITY = "SciPy's value is NaN at x = ±1."

spheroidal_cv_dn: ElementwiseOp = elementwise_op(
    _spheroidal_series.characteristic,
    name="spheroidal_cv_dn",
    partials={
        "k": TIMES_T,
        "m": ORDER,
        "n": DEGREE,
        "t": lambda k, m, n, t: spheroidal_cv_dn(k + 1, m, n, t),
    },
    title="The k-th derivative of the spheroidal characteristic value in t = ±c².",
    source=SOURCE,
    domain={"k": (0, 4), "m": (0, 2), "n": (2, 6), "t": (-25.0, 25.0)},
    edges=[((0, 0, 0, 0.0), {"t": 1 / 3}), ((0, 1, 2, 0.0), {"t": 3 / 7})],
)

pro_cv: ElementwiseOp = elementwise_op(
    partial(guarded, partial(sc.pro_cv, dtype=float), 2, moderate_cv),
    name="pro_cv",
    partials={
        "m": ORDER,
        "n": DEGREE,
        "c": lambda m, n, c: 2 * c * spheroidal_cv_dn(1, m, n, c * c),
    },
    title="The characteristic value λ of prolate spheroidal wave functions.",
    source=SOURCE,
    domain={"m": (0, 2), "n": (2, 6), "c": (0.1, 8.0)},
    edges=[((0, 2, 0.0), {"c": 0.0})],
    notes=f"{NEGATIVE} {CRASH} 300.",
)

obl_cv: ElementwiseOp = elementwise_op(
    partial(guarded, partial(sc.obl_cv, dtype=float), 2, moderate_cv),
    name="obl_cv",
    partials={
        "m": ORDER,
        "n": DEGREE,
        "c": lambda m, n, c: -2 * c * spheroidal_cv_dn(1, m, n, -c * c),
    },
    title="The characteristic value λ of oblate spheroidal wave functions.",
    source=SOURCE,
    domain={"m": (0, 2), "n": (2, 6), "c": (0.1, 8.0)},
    edges=[((0, 2, 0.0), {"c": 0.0})],
    notes=f"{NEGATIVE} {CRASH} 300.",
)

spheroidal_dn: ElementwiseOp = elementwise_op(
    _spheroidal_series.angular,
    name="spheroidal_dn",
    outputs=2,
    partials={
        "j": TIMES_T,
        "k": TIMES_X,
        "m": ORDER,
        "n": DEGREE,
        "t": lambda j, k, m, n, t, x: spheroidal_dn(j + 1, k, m, n, t, x),
        "x": lambda j, k, m, n, t, x: spheroidal_dn(j, k + 1, m, n, t, x),
    },
    title="S(x), its derivative, j times in t = ±c² and k times in x, and k + 1 times.",
    source=SOURCE,
    domain={
        "j": (0, 3),
        "k": (0, 3),
        "m": (0, 2),
        "n": (2, 6),
        "t": (-25.0, 25.0),
        "x": (-0.95, 0.95),
    },
    edges=[
        ((0, 0, 0, 2, 0.0, 1.0), {"x": (3.0, 3.0)}),
        ((0, 0, 2, 2, 0.0, -1.0), {"x": (6.0, -6.0)}),
    ],
)

pro_ang1: ElementwiseOp = elementwise_op(
    partial(guarded, partial(sc.pro_ang1, dtype=float), 2, moderate_angular),
    name="pro_ang1",
    outputs=2,
    partials={
        "m": ORDER,
        "n": DEGREE,
        "c": lambda m, n, c, x: tuple(2 * c * d for d in spheroidal_dn(1, 0, m, n, c * c, x)),
        "x": lambda m, n, c, x: spheroidal_dn(0, 1, m, n, c * c, x),
    },
    title="S(x) and S'(x), the prolate angular function of the first kind.",
    source=SOURCE,
    domain={"m": (0, 2), "n": (2, 6), "c": (0.1, 5.0), "x": (-0.95, 0.95)},
    edges=[((0, 2, 0.0, 1.0), {"x": (3.0, 3.0)}), ((0, 2, 0.0, 0.0), {"c": (0.0, 0.0)})],
    notes=f"{NEGATIVE} {UNITY} It loses digits for large c: 5e-9 at c = 20, all of them at 50. "
    f"{CRASH} 190.",
)

obl_ang1: ElementwiseOp = elementwise_op(
    partial(guarded, partial(sc.obl_ang1, dtype=float), 2, moderate_angular),
    name="obl_ang1",
    outputs=2,
    partials={
        "m": ORDER,
        "n": DEGREE,
        "c": lambda m, n, c, x: tuple(-2 * c * d for d in spheroidal_dn(1, 0, m, n, -c * c, x)),
        "x": lambda m, n, c, x: spheroidal_dn(0, 1, m, n, -c * c, x),
    },
    title="S(x) and S'(x), the oblate angular function of the first kind.",
    source=SOURCE,
    domain={"m": (0, 2), "n": (2, 6), "c": (0.1, 5.0), "x": (-0.95, 0.95)},
    edges=[((0, 2, 0.0, 1.0), {"x": (3.0, 3.0)}), ((0, 2, 0.0, 0.0), {"c": (0.0, 0.0)})],
    notes=f"{NEGATIVE} {UNITY} It loses digits for large c: 3e-11 at c = 10, 6e-3 at 20. "
    f"{CRASH} 190.",
)


def d_pro_rad1_dx(m: Any, n: Any, c: Any, x: Any, out: Any) -> Any:
    """The differential equation."""
    w = (x - 1) * (x + 1)
    bend = (pro_cv(m, n, c) - (c * x) * (c * x) + m * m / w) * out[0] - 2 * x * out[1]
    return out[1], bend / w


def d_obl_rad1_dx(m: Any, n: Any, c: Any, x: Any, out: Any) -> Any:
    """The differential equation."""
    w = 1 + x * x
    bend = (obl_cv(m, n, c) - (c * x) * (c * x) - m * m / w) * out[0] - 2 * x * out[1]
    return out[1], bend / w


pro_rad1: ElementwiseOp = elementwise_op(
    partial(guarded, partial(sc.pro_rad1, dtype=float), 2, moderate_radial),
    name="pro_rad1",
    outputs=2,
    partials={"m": ORDER, "n": DEGREE, "c": PARAMETER, "x": d_pro_rad1_dx},
    title="R(x) and R'(x), the prolate radial function of the first kind, for x > 1.",
    source="DLMF 30.2.1",
    domain={"m": (0, 2), "n": (2, 6), "c": (0.2, 5.0), "x": (1.05, 20.0)},
    edges=[((0, 0, 1.0, 2.0), {"x": (-0.47024428934936774, -0.026091096421053145)})],
    notes=f"{NEGATIVE} It loses digits for large c: 1e-8 at c = 20, all of them at 50. "
    f"{CRASH} 100.",
)

obl_rad1: ElementwiseOp = elementwise_op(
    partial(guarded, partial(sc.obl_rad1, dtype=float), 2, moderate_radial),
    name="obl_rad1",
    outputs=2,
    partials={"m": ORDER, "n": DEGREE, "c": PARAMETER, "x": d_obl_rad1_dx},
    title="R(x) and R'(x), the oblate radial function of the first kind, for x >= 0.",
    source="DLMF 30.2.1",
    domain={"m": (0, 2), "n": (2, 6), "c": (0.2, 5.0), "x": (0.0, 20.0)},
    edges=[((0, 0, 1.0, 0.0), {"x": (0.0, -0.31222468790878516)})],
    notes=f"{NEGATIVE} {CRASH} 100.",
)
