"""Mathieu functions of whole order. DLMF 28.2 to 28.4."""

from __future__ import annotations

from functools import partial
from math import pi
from typing import Any

import scipy.special as sc

from npbridge import ElementwiseOp, elementwise_op, integer
from npbridge.elementary import cos
from npbridge.special import _mathieu_series
from npbridge.special._guarded import guarded, moderate_q

__all__ = ["mathieu_a", "mathieu_b", "mathieu_cem", "mathieu_sem"]

ORDER = integer("the order")
TIMES_Q = integer("how often it is differentiated in q", static=True)
TIMES_X = integer("how often it is differentiated in x", static=True)
DEGREE = pi / 180
REACH = "The derivative in q is that of the Fourier series, up to |q| = 1e6; NaN beyond."
CRASH = "For |q| > 1e5 and NaN, where SciPy 1.17.1 crashes the interpreter, the value is NaN."
WRONG = (
    "SciPy's value is that of another order at some q: a₃ from 15.52 to 15.56 (32.5, where 16.5 is "
    "true), a₇ from 30.19 to 30.22, b₅ from 31.33 to 31.39 and so on; and for some orders at 1e4."
)
SOURCE = "DLMF 28.4(ii) and the perturbation series of Rayleigh and Schrödinger"
TITLE = "derivative, j times in q and k times in x in degrees, and k + 1 times."

mathieu_a_dn: ElementwiseOp = elementwise_op(
    partial(_mathieu_series.characteristic, False),
    name="mathieu_a_dn",
    partials={"n": TIMES_Q, "m": ORDER, "q": lambda n, m, q: mathieu_a_dn(n + 1, m, q)},
    title="The n-th derivative of aₘ(q) in q.",
    source=SOURCE,
    domain={"n": (0, 4), "m": (0, 6), "q": (-20.0, 20.0)},
    edges=[((0, 1, 0.0), {"q": 1.0}), ((1, 0, 0.0), {"q": -1.0}), ((1, 2, 0.0), {"q": 5 / 6})],
)

mathieu_b_dn: ElementwiseOp = elementwise_op(
    partial(_mathieu_series.characteristic, True),
    name="mathieu_b_dn",
    partials={"n": TIMES_Q, "m": ORDER, "q": lambda n, m, q: mathieu_b_dn(n + 1, m, q)},
    title="The n-th derivative of bₘ(q) in q.",
    source=SOURCE,
    domain={"n": (0, 4), "m": (1, 6), "q": (-20.0, 20.0)},
    edges=[((0, 1, 0.0), {"q": -1.0}), ((1, 2, 0.0), {"q": -1 / 6})],
)

mathieu_a: ElementwiseOp = elementwise_op(
    sc.mathieu_a,
    partials={"m": ORDER, "q": lambda m, q: mathieu_a_dn(1, m, q)},
    title="aₘ(q), the characteristic value of the even Mathieu function ceₘ.",
    source=SOURCE,
    domain={"m": (0, 6), "q": (-20.0, 20.0)},
    edges=[((0, 0.0), {"q": 0.0}), ((1, 0.0), {"q": 1.0})],
    notes=f"{REACH} {WRONG}",
)

mathieu_b: ElementwiseOp = elementwise_op(
    sc.mathieu_b,
    partials={"m": ORDER, "q": lambda m, q: mathieu_b_dn(1, m, q)},
    title="bₘ(q), the characteristic value of the odd Mathieu function seₘ.",
    source=SOURCE,
    domain={"m": (1, 6), "q": (-20.0, 20.0)},
    edges=[((1, 0.0), {"q": -1.0}), ((2, 0.0), {"q": 0.0})],
    notes=f"{REACH} {WRONG}",
)

mathieu_cem_dn: ElementwiseOp = elementwise_op(
    partial(_mathieu_series.angular, False),
    name="mathieu_cem_dn",
    outputs=2,
    partials={
        "j": TIMES_Q,
        "k": TIMES_X,
        "m": ORDER,
        "q": lambda j, k, m, q, x: mathieu_cem_dn(j + 1, k, m, q, x),
        "x": lambda j, k, m, q, x: mathieu_cem_dn(j, k + 1, m, q, x),
    },
    title=f"ceₘ(x, q), its {TITLE}",
    source=SOURCE,
    domain={"j": (0, 3), "k": (0, 3), "m": (0, 6), "q": (-20.0, 20.0), "x": (-360.0, 360.0)},
    edges=[((0, 0, 1, 0.0, 0.0), {"x": (0.0, -(DEGREE**2)), "q": (-0.125, 0.0)})],
)

mathieu_sem_dn: ElementwiseOp = elementwise_op(
    partial(_mathieu_series.angular, True),
    name="mathieu_sem_dn",
    outputs=2,
    partials={
        "j": TIMES_Q,
        "k": TIMES_X,
        "m": ORDER,
        "q": lambda j, k, m, q, x: mathieu_sem_dn(j + 1, k, m, q, x),
        "x": lambda j, k, m, q, x: mathieu_sem_dn(j, k + 1, m, q, x),
    },
    title=f"seₘ(x, q), its {TITLE}",
    source=SOURCE,
    domain={"j": (0, 3), "k": (0, 3), "m": (1, 6), "q": (-20.0, 20.0), "x": (-360.0, 360.0)},
    edges=[((0, 0, 1, 0.0, 0.0), {"x": (DEGREE, 0.0), "q": (0.0, -0.375 * DEGREE)})],
)


def d_cem_dq(m: Any, q: Any, x: Any) -> Any:
    """SciPy's second output is the derivative in radians."""
    value, slope = mathieu_cem_dn(1, 0, m, q, x)
    return value, slope / DEGREE


def d_sem_dq(m: Any, q: Any, x: Any) -> Any:
    """SciPy's second output is the derivative in radians."""
    value, slope = mathieu_sem_dn(1, 0, m, q, x)
    return value, slope / DEGREE


def d_cem_dx(m: Any, q: Any, x: Any, out: Any) -> Any:
    """The differential equation, in degrees."""
    bend = 2 * q * cos(2 * DEGREE * x) - mathieu_a(m, q)
    return DEGREE * out[1], DEGREE * bend * out[0]


def d_sem_dx(m: Any, q: Any, x: Any, out: Any) -> Any:
    """The differential equation, in degrees."""
    bend = 2 * q * cos(2 * DEGREE * x) - mathieu_b(m, q)
    return DEGREE * out[1], DEGREE * bend * out[0]


DEGREES = "As in SciPy, x is in degrees, and the second output the derivative in radians."

mathieu_cem: ElementwiseOp = elementwise_op(
    partial(guarded, partial(sc.mathieu_cem, dtype=float), 1, moderate_q),
    name="mathieu_cem",
    outputs=2,
    partials={"m": ORDER, "q": d_cem_dq, "x": d_cem_dx},
    title="ceₘ(x, q) and its derivative, the even Mathieu function.",
    source=f"DLMF 28.2.1; {SOURCE}",
    domain={"m": (0, 6), "q": (-20.0, 20.0), "x": (-360.0, 360.0)},
    edges=[((1, 0.0, 0.0), {"x": (0.0, -DEGREE), "q": (-0.125, 0.0)})],
    notes=f"{DEGREES} {REACH} {CRASH} SciPy's value is 3e-10 off at m = 2, "
    "|q| = 1e-3, NaN at 1e4, and wrong where that of mathieu_a is.",
)

mathieu_sem: ElementwiseOp = elementwise_op(
    partial(guarded, partial(sc.mathieu_sem, dtype=float), 1, moderate_q),
    name="mathieu_sem",
    outputs=2,
    partials={"m": ORDER, "q": d_sem_dq, "x": d_sem_dx},
    title="seₘ(x, q) and its derivative, the odd Mathieu function.",
    source=f"DLMF 28.2.1; {SOURCE}",
    domain={"m": (1, 6), "q": (-20.0, 20.0), "x": (-360.0, 360.0)},
    edges=[((1, 0.0, 0.0), {"x": (DEGREE, 0.0), "q": (0.0, -0.375)})],
    notes=f"{DEGREES} {REACH} {CRASH} SciPy's value is 4e-11 off at m = 2, "
    "|q| = 1e-3, NaN at 1e4, and wrong where that of mathieu_b is.",
)
