"""Bessel functions of the second kind. DLMF chapter 10."""

from __future__ import annotations

from math import inf, pi
from typing import Any

import scipy.special as sc

from npbridge import ElementwiseOp, elementwise_op, integer
from npbridge.elementary import where
from npbridge.special._bessel_orders import yv_dv
from npbridge.special._orders import by_order

__all__ = ["y0", "y1", "yn", "yv", "yve", "yvp"]

NEGATIVE = "For negative real arguments the value is NaN, as SciPy's."

y0: ElementwiseOp = elementwise_op(
    sc.y0,
    partials={"x": lambda x: -y1(x)},
    title="Y₀(x), the Bessel function of the second kind of order 0.",
    source="DLMF 10.6.3",
    domain={"x": (0.5, 40.0)},
    edges=[((0.0,), {"x": inf})],
    notes=NEGATIVE,
)

# At x = 0 all functions of the second kind are infinite, and of their differences the limit is
# that of the term of the higher order: the other is taken elsewhere.


def d_y1_dx(x: Any) -> Any:
    """(Y₀ - Y₂) / 2."""
    return (y0(where(x == 0, 1.0, x)) - yn(2, x)) / 2


y1: ElementwiseOp = elementwise_op(
    sc.y1,
    partials={"x": d_y1_dx},
    title="Y₁(x), the Bessel function of the second kind of order 1.",
    source="DLMF 10.6.1",
    domain={"x": (0.5, 40.0)},
    edges=[((0.0,), {"x": inf})],
    notes=NEGATIVE,
)


def d_yn_dx(n: Any, x: Any) -> Any:
    """(Yₙ₋₁ - Yₙ₊₁) / 2."""
    return (yn(n - 1, where(x == 0, 1.0, x)) - yn(n + 1, x)) / 2


yn: ElementwiseOp = elementwise_op(
    sc.yn,
    partials={"n": integer("the order"), "x": d_yn_dx},
    title="Yₙ(x), the Bessel function of the second kind of integer order.",
    source="DLMF 10.6.1",
    domain={"n": (0, 8), "x": (0.5, 40.0)},
    edges=[((0, 0.0), {"x": inf}), ((1, 0.0), {"x": inf}), ((2, 0.0), {"x": inf})],
    notes=NEGATIVE,
)


yv: ElementwiseOp = elementwise_op(
    sc.yv,
    partials={"v": lambda v, z: yv_dv(1, 0, v, z), "z": lambda v, z: yv_dv(0, 1, v, z)},
    title="Yᵥ(z), the Bessel function of the second kind of real order.",
    source="DLMF 10.6.1, and 10.9.7 for the order",
    holomorphic=("z",),
    domain={"v": (-8.0, 8.0), "z": (0.5, 40.0)},
    edges=[
        ((0.0, 0.0), {"v": -pi / 2, "z": inf}),
        ((0.5, 0.0), {"v": -inf, "z": inf}),
        ((1.0, 0.0), {"v": -inf, "z": inf}),
    ],
    notes=NEGATIVE,
)


yve: ElementwiseOp = elementwise_op(
    sc.yve,
    partials={"v": lambda v, z: yv_dv(1, 0, v, z), "z": lambda v, z: yv_dv(0, 1, v, z)},
    title="Yᵥ(z) exp(-|Im z|), the scaled Bessel function of the second kind.",
    source="DLMF 10.6.1",
    domain={"v": (-8.0, 8.0), "z": (0.5, 40.0)},
    edges=[
        ((0.0, 0.0), {"v": -pi / 2, "z": inf}),
        ((0.5, 0.0), {"v": -inf, "z": inf}),
        ((1.0, 0.0), {"v": -inf, "z": inf}),
    ],
    notes="At real z it is yv. It is not holomorphic, and takes no complex z here. " + NEGATIVE,
)


def _yvp(v: Any, z: Any, n: Any = 1) -> Any:
    return by_order(sc.yvp, n, v, z)


yvp: ElementwiseOp = elementwise_op(
    _yvp,
    name="yvp",
    partials={
        "v": lambda v, z, n: yv_dv(1, n, v, z),
        "z": lambda v, z, n: yv_dv(0, n + 1, v, z),
        "n": integer("the order of the derivative"),
    },
    title="The n-th derivative of Yᵥ(z).",
    source="DLMF 10.6.7",
    holomorphic=("z",),
    domain={"v": (-8.0, 8.0), "z": (0.5, 40.0), "n": (0, 4)},
    edges=[((0.0, 0.0, 0), {"z": inf}), ((0.5, 0.0, 0), {"z": inf})],
    notes=NEGATIVE,
)
