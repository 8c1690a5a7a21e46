"""Modified Bessel functions. DLMF chapter 10."""

from __future__ import annotations

from math import inf
from typing import Any

import scipy.special as sc

from npbridge import ElementwiseOp, elementwise_op, integer, unwritten
from npbridge.special._orders import by_order

__all__ = ["i0", "i1", "iv", "ivp", "k0", "k1", "kn", "kv", "kvp"]

ORDER_I = unwritten("the derivative in the order is an infinite series", see="DLMF 10.38.1")
ORDER_K = unwritten("the derivative in the order is an infinite series", see="DLMF 10.38.2")
NAN = "For negative real z and an order that is no integer the value is NaN, as SciPy's."
NEGATIVE = "For negative real arguments the value is NaN, as SciPy's."

i0: ElementwiseOp = elementwise_op(
    sc.i0,
    partials={"x": lambda x: i1(x)},
    title="I₀(x), the modified Bessel function of the first kind of order 0.",
    source="DLMF 10.29.3",
    domain={"x": (-20.0, 20.0)},
    edges=[((0.0,), {"x": 0.0})],
)

# I₀(x) - I₁(x)/x, as often written, is 0/0 at x = 0; DLMF 10.29.1 has no such hole.
i1: ElementwiseOp = elementwise_op(
    sc.i1,
    partials={"x": lambda x: (i0(x) + iv(2, x)) / 2},
    title="I₁(x), the modified Bessel function of the first kind of order 1.",
    source="DLMF 10.29.1",
    domain={"x": (-20.0, 20.0)},
    edges=[((0.0,), {"x": 0.5})],
)

iv: ElementwiseOp = elementwise_op(
    sc.iv,
    partials={"v": ORDER_I, "z": lambda v, z: (iv(v - 1, z) + iv(v + 1, z)) / 2},
    title="Iᵥ(z), the modified Bessel function of the first kind of real order.",
    source="DLMF 10.29.1",
    holomorphic=("z",),
    domain={"v": (-8.0, 8.0), "z": (0.5, 20.0)},
    edges=[
        ((0.0, 0.0), {"z": 0.0}),
        ((0.5, 0.0), {"z": inf}),
        ((1.0, 0.0), {"z": 0.5}),
        ((2.0, 0.0), {"z": 0.0}),
    ],
    notes=NAN,
)


def _ivp(v: Any, z: Any, n: Any) -> Any:
    return by_order(sc.ivp, n, v, z)


ivp: ElementwiseOp = elementwise_op(
    _ivp,
    name="ivp",
    partials={
        "v": ORDER_I,
        "z": lambda v, z, n: ivp(v, z, n + 1),
        "n": integer("the order of the derivative"),
    },
    title="The n-th derivative of Iᵥ(z).",
    source="DLMF 10.29.5",
    holomorphic=("z",),
    domain={"v": (-8.0, 8.0), "z": (0.5, 20.0), "n": (0, 4)},
    edges=[
        ((0.0, 0.0, 0), {"z": 0.0}),
        ((0.0, 0.0, 1), {"z": 0.5}),
        ((1.0, 0.0, 0), {"z": 0.5}),
        ((1.0, 0.0, 2), {"z": 0.375}),
    ],
    notes=NAN,
)

k0: ElementwiseOp = elementwise_op(
    sc.k0,
    partials={"x": lambda x: -k1(x)},
    title="K₀(x), the modified Bessel function of the second kind of order 0.",
    source="DLMF 10.29.3",
    domain={"x": (0.1, 20.0)},
    edges=[((0.0,), {"x": -inf})],
    notes=NEGATIVE,
)

k1: ElementwiseOp = elementwise_op(
    sc.k1,
    partials={"x": lambda x: -(k0(x) + kv(2, x)) / 2},
    title="K₁(x), the modified Bessel function of the second kind of order 1.",
    source="DLMF 10.29.1",
    domain={"x": (0.1, 20.0)},
    edges=[((0.0,), {"x": -inf})],
    notes=NEGATIVE,
)

kn: ElementwiseOp = elementwise_op(
    sc.kn,
    partials={
        "n": integer("the order"),
        "x": lambda n, x: -(kn(n - 1, x) + kn(n + 1, x)) / 2,
    },
    title="Kₙ(x), the modified Bessel function of the second kind of integer order.",
    source="DLMF 10.29.1",
    domain={"n": (0, 8), "x": (0.1, 20.0)},
    edges=[((0, 0.0), {"x": -inf}), ((1, 0.0), {"x": -inf}), ((2, 0.0), {"x": -inf})],
    notes=NEGATIVE,
)

kv: ElementwiseOp = elementwise_op(
    sc.kv,
    partials={"v": ORDER_K, "z": lambda v, z: -(kv(v - 1, z) + kv(v + 1, z)) / 2},
    title="Kᵥ(z), the modified Bessel function of the second kind of real order.",
    source="DLMF 10.29.1",
    holomorphic=("z",),
    domain={"v": (-8.0, 8.0), "z": (0.1, 20.0)},
    edges=[((0.0, 0.0), {"z": -inf}), ((0.5, 0.0), {"z": -inf}), ((1.0, 0.0), {"z": -inf})],
    notes=NEGATIVE,
)


def _kvp(v: Any, z: Any, n: Any) -> Any:
    return by_order(sc.kvp, n, v, z)


kvp: ElementwiseOp = elementwise_op(
    _kvp,
    name="kvp",
    partials={
        "v": ORDER_K,
        "z": lambda v, z, n: kvp(v, z, n + 1),
        "n": integer("the order of the derivative"),
    },
    title="The n-th derivative of Kᵥ(z).",
    source="DLMF 10.29.5",
    holomorphic=("z",),
    domain={"v": (-8.0, 8.0), "z": (0.1, 20.0), "n": (0, 4)},
    edges=[((0.0, 0.0, 0), {"z": -inf}), ((0.0, 0.0, 1), {"z": inf})],
    notes=NEGATIVE,
)
