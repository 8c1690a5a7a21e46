"""Modified Mathieu functions of whole order. DLMF 28.20."""

from __future__ import annotations

from functools import partial
from typing import Any

import scipy.special as sc

from npbridge import ElementwiseOp, elementwise_op, integer, unwritten
from npbridge.elementary import cosh
from npbridge.special._guarded import guarded, moderate_q
from npbridge.special._mathieu import mathieu_a, mathieu_b

__all__ = ["mathieu_modcem1", "mathieu_modcem2", "mathieu_modsem1", "mathieu_modsem2"]

ORDER = integer("the order")
PARAMETER = unwritten("the series of products of Bessel functions has not been differentiated in q")
VALUES = (
    "NaN for q <= 0, as SciPy's, and for q > 1e5, where SciPy 1.17.1 crashes. Its values lose "
    "digits for small q: "
)


def d_even_dx(m: Any, q: Any, x: Any, out: Any) -> Any:
    """The differential equation with a_m."""
    return out[1], (mathieu_a(m, q) - 2 * q * cosh(2 * x)) * out[0]


def d_odd_dx(m: Any, q: Any, x: Any, out: Any) -> Any:
    """The differential equation with b_m."""
    return out[1], (mathieu_b(m, q) - 2 * q * cosh(2 * x)) * out[0]


mathieu_modcem1: ElementwiseOp = elementwise_op(
    partial(guarded, partial(sc.mathieu_modcem1, dtype=float), 1, moderate_q),
    name="mathieu_modcem1",
    outputs=2,
    partials={"m": ORDER, "q": PARAMETER, "x": d_even_dx},
    title="Mcₘ⁽¹⁾(x, √q) and its derivative, the even modified function of the first kind.",
    source="DLMF 28.20.1",
    domain={"m": (0, 4), "q": (0.5, 20.0), "x": (0.0, 3.0)},
    edges=[((1, 1.0, 0.0), {"x": (0.0, -0.09689514385542156)})],
    notes=f"{VALUES}2e-6 at m = 5, q = 1e-3. The derivative, which is 0 at x = 0, is 3e-8 "
    "off at m = 3, q = 1e-3, x = 1e-5.",
)

mathieu_modcem2: ElementwiseOp = elementwise_op(
    partial(guarded, partial(sc.mathieu_modcem2, dtype=float), 1, moderate_q),
    name="mathieu_modcem2",
    outputs=2,
    partials={"m": ORDER, "q": PARAMETER, "x": d_even_dx},
    title="Mcₘ⁽²⁾(x, √q) and its derivative, the even modified function of the second kind.",
    source="DLMF 28.20.1",
    domain={"m": (0, 4), "q": (0.5, 10.0), "x": (0.0, 3.0)},
    edges=[((1, 1.0, 0.0), {"x": (0.925687121515296, 0.09556610108073421)})],
    notes=f"{VALUES}5e-10 at m = 2, q = 1e-3. They are wrong for x < 0: 6e-4 off at m = 1, "
    "q = 5, x = -2.",
)

mathieu_modsem1: ElementwiseOp = elementwise_op(
    partial(guarded, partial(sc.mathieu_modsem1, dtype=float), 1, moderate_q),
    name="mathieu_modsem1",
    outputs=2,
    partials={"m": ORDER, "q": PARAMETER, "x": d_odd_dx},
    title="Msₘ⁽¹⁾(x, √q) and its derivative, the odd modified function of the first kind.",
    source="DLMF 28.20.1",
    domain={"m": (1, 4), "q": (0.5, 20.0), "x": (0.0, 3.0)},
    edges=[((1, 1.0, 0.0), {"x": (0.8970753336197018, 0.0)})],
    notes=f"{VALUES}5e-7 at m = 5, q = 1e-3; and the value, which is 0 at x = 0, is 2e-8 off "
    "at m = 3, q = 1e-3, x = 1e-5.",
)

mathieu_modsem2: ElementwiseOp = elementwise_op(
    partial(guarded, partial(sc.mathieu_modsem2, dtype=float), 1, moderate_q),
    name="mathieu_modsem2",
    outputs=2,
    partials={"m": ORDER, "q": PARAMETER, "x": d_odd_dx},
    title="Msₘ⁽²⁾(x, √q) and its derivative, the odd modified function of the second kind.",
    source="DLMF 28.20.1",
    domain={"m": (1, 4), "q": (0.5, 10.0), "x": (0.0, 3.0)},
    edges=[((1, 1.0, 0.0), {"x": (0.17190795458198427, 1.4975622126312813)})],
    notes=f"{VALUES}2e-10 at m = 2, q = 1e-3. They are wrong for x < 0: 1e-4 off at m = 1, "
    "q = 5, x = -2.",
)
