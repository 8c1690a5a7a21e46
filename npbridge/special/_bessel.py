"""Bessel functions. DLMF chapter 10."""

from __future__ import annotations

from math import inf

import scipy.special as sc

from npbridge import ElementwiseOp, elementwise_op
from npbridge._partials import unwritten

ORDER = unwritten("the derivative in the order is an infinite series", see="DLMF 10.15.1")

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
    partials={"v": ORDER, "z": lambda v, z: (jv(v - 1, z) - jv(v + 1, z)) / 2},
    title="Jᵥ(z), the Bessel function of the first kind of real order.",
    source="DLMF 10.6.1",
    holomorphic=("z",),
    domain={"v": (-8.0, 8.0), "z": (0.5, 40.0)},
    edges=[
        ((0.0, 0.0), {"z": 0.0}),
        ((0.5, 0.0), {"z": inf}),
        ((1.0, 0.0), {"z": 0.5}),
        ((2.0, 0.0), {"z": 0.0}),
    ],
    notes="For negative real z and an order that is no integer the value is NaN, as SciPy's.",
)

jn: ElementwiseOp = jv
"""SciPy's other name of `jv`."""
