"""Bessel functions of the first kind. DLMF chapter 10."""

from __future__ import annotations

from math import inf
from typing import Any

import scipy.special as sc

from npbridge import ElementwiseOp, elementwise_op, integer
from npbridge.special._bessel_orders import jv_dv
from npbridge.special._orders import by_order

__all__ = ["j0", "j1", "jv", "jve", "jvp"]

NAN = (
    "For negative real z and an order that is no integer the value is NaN, as SciPy's; "
    "the derivative in the order is NaN for any order there."
)

j0: ElementwiseOp = elementwise_op(
    sc.j0,
    partials={"x": lambda x: -j1(x)},
    title="J₀(x), the Bessel function of the first kind of order 0.",
    source="DLMF 10.6.3",
    domain={"x": (-40.0, 40.0)},
    edges=[((0.0,), {"x": 0.0})],
)

# J₀(x) - J₁(x)/x, as often written, is 0/0 at x = 0; DLMF 10.6.1 has no such hole.
j1: ElementwiseOp = elementwise_op(
    sc.j1,
    partials={"x": lambda x: (j0(x) - jv(2, x)) / 2},
    title="J₁(x), the Bessel function of the first kind of order 1.",
    source="DLMF 10.6.1",
    domain={"x": (-40.0, 40.0)},
    edges=[((0.0,), {"x": 0.5})],
)

jv: ElementwiseOp = elementwise_op(
    sc.jv,
    partials={
        "v": lambda v, z: jv_dv(1, 0, v, z),
        "z": lambda v, z: (jv(v - 1, z) - jv(v + 1, z)) / 2,
    },
    title="Jᵥ(z), the Bessel function of the first kind of real order.",
    source="DLMF 10.6.1",
    holomorphic=("z",),
    domain={"v": (-8.0, 8.0), "z": (0.5, 40.0)},
    edges=[
        ((0.0, 0.0), {"v": -inf, "z": 0.0}),
        ((0.5, 0.0), {"v": 0.0, "z": inf}),
        ((1.0, 0.0), {"v": 0.0, "z": 0.5}),
        ((2.0, 0.0), {"z": 0.0}),
    ],
    notes=NAN,
)

jve: ElementwiseOp = elementwise_op(
    sc.jve,
    # Of jv, whose values at z = 0 are infinite where those of jve are NaN.
    partials={
        "v": lambda v, z: jv_dv(1, 0, v, z),
        "z": lambda v, z: (jv(v - 1, z) - jv(v + 1, z)) / 2,
    },
    title="Jᵥ(z) exp(-|Im z|), the scaled Bessel function of the first kind.",
    source="DLMF 10.6.1",
    domain={"v": (-8.0, 8.0), "z": (0.5, 40.0)},
    edges=[
        ((0.0, 0.0), {"v": -inf, "z": 0.0}),
        ((0.5, 0.0), {"v": 0.0, "z": inf}),
        ((1.0, 0.0), {"v": 0.0, "z": 0.5}),
        ((2.0, 0.0), {"z": 0.0}),
    ],
    notes="At real z it is jv. It is not holomorphic, and takes no complex z here. " + NAN,
)


def _jvp(v: Any, z: Any, n: Any = 1) -> Any:
    return by_order(sc.jvp, n, v, z)


jvp: ElementwiseOp = elementwise_op(
    _jvp,
    name="jvp",
    partials={
        "v": lambda v, z, n: jv_dv(1, n, v, z),
        "z": lambda v, z, n: jvp(v, z, n + 1),
        "n": integer("the order of the derivative"),
    },
    title="The n-th derivative of Jᵥ(z).",
    source="DLMF 10.6.7",
    holomorphic=("z",),
    domain={"v": (-8.0, 8.0), "z": (0.5, 40.0), "n": (0, 4)},
    edges=[
        ((0.0, 0.0, 0), {"z": 0.0}),
        ((0.0, 0.0, 1), {"z": -0.5}),
        ((1.0, 0.0, 0), {"z": 0.5}),
        ((1.0, 0.0, 2), {"z": -0.375}),
    ],
    notes=NAN,
)
