"""Parabolic cylinder functions. DLMF chapter 12."""

from __future__ import annotations

from functools import partial
from typing import Any

import scipy.special as sc

from npbridge import ElementwiseOp, elementwise_op, unwritten

__all__ = ["pbdv", "pbvv", "pbwa"]

# SciPy 1.17.1 gives NaN in single precision at v = 0.73, x = 4.39: values are computed in double.
ORDER = unwritten("the derivative in the order has no closed form", see="DLMF 12.5(i)")
# Derivatives at x = 0, by DLMF 12.2.6 to 12.2.9, 12.14.2 and 12.14.3.
D_HALF_AT_0: Any = (0.6081401071287601, -0.5813683170191186)
V_HALF_AT_0: Any = (0.6862126275593261, 0.656003897333753)
W_AT_0: Any = (-0.6835446693943067, 0.7314810902454307)


def d_pbdv_dx(v: Any, x: Any, out: Any) -> Any:
    """The differential equation, with a = -v - 1/2; far out x² is infinite."""
    return out[1], x / 2 * (x / 2 * out[0]) - (v + 0.5) * out[0]


def d_pbwa_dx(a: Any, x: Any, out: Any) -> Any:
    """The differential equation."""
    return out[1], (a - x * x / 4) * out[0]


pbdv: ElementwiseOp = elementwise_op(
    partial(sc.pbdv, dtype=float),
    name="pbdv",
    outputs=2,
    partials={"v": ORDER, "x": d_pbdv_dx},
    title="Dᵥ(x) and Dᵥ'(x), Whittaker's parabolic cylinder function, with Dᵥ(x) = U(-v-½, x).",
    source="DLMF 12.2.2",
    domain={"v": (-5.0, 8.0), "x": (-5.0, 5.0)},
    edges=[((0.0, 0.0), {"x": (0.0, -0.5)}), ((0.5, 0.0), {"x": D_HALF_AT_0})],
    notes="The derivatives are as good as SciPy's values. These are right to 1e-14 for whole v "
    "from -1, and at x near 6 to 3e-9 for v < 0 and to 3e-12 for v > 0. For other v and x < -5.8 "
    "they are wrong: 1e-4 off at v = 2.5, x = -6, and of another size at v = 20.4, x = -8. Where v "
    "is nearly whole they lose digits: Dᵥ'(x) is 1e-4 off at v = 1e-12.",
)

pbvv: ElementwiseOp = elementwise_op(
    partial(sc.pbvv, dtype=float),
    name="pbvv",
    outputs=2,
    partials={"v": ORDER, "x": d_pbdv_dx},
    title="Vᵥ(x) and Vᵥ'(x), a second parabolic cylinder function, with Vᵥ(x) = V(-v-½, x).",
    source="DLMF 12.2.2",
    domain={"v": (-5.0, 4.0), "x": (-3.0, 5.0)},
    edges=[((0.0, 0.0), {"x": (0.7978845608028654, 0.0)}), ((0.5, 0.0), {"x": V_HALF_AT_0})],
    notes="The derivatives are as good as SciPy's values. These are right to 1e-10 for |x| < 5.8, "
    "but not for v = -½, -1½, ... and x < -3, nor for v > 8 and x > 1. Beyond they are wrong: 3e-5 "
    "off at v = 6.2, x = 8, and infinite at v = -1½, x = -40. Where v is nearly whole they lose "
    "digits, too: 3e-6 at v = 1e-5.",
)

pbwa: ElementwiseOp = elementwise_op(
    partial(sc.pbwa, dtype=float),
    name="pbwa",
    outputs=2,
    partials={"a": ORDER, "x": d_pbwa_dx},
    title="W(a, x) and W'(a, x), the parabolic cylinder function of an inverted parabola.",
    source="DLMF 12.2.3",
    domain={"a": (-4.0, 4.0), "x": (-4.0, 4.0)},
    edges=[((1.0, 0.0), {"x": W_AT_0})],
    notes="NaN for |a| > 5 or |x| > 5, as SciPy's. The derivatives are as good as SciPy's values, "
    "which are 8e-9 off at a = x = 4.9.",
)
