"""Modified Bessel functions. DLMF chapter 10."""

from __future__ import annotations

from math import inf
from typing import Any

import scipy.special as sc

from npbridge import ElementwiseOp, elementwise_op, integer
from npbridge.special._bessel_orders import iv_dv, kv_dv
from npbridge.special._orders import by_order

__all__ = ["i0", "i1", "iv", "ivp", "k0", "k1", "kn", "kv", "kvp"]

NAN = (
    "For negative real z and an order that is no integer the value is NaN, as SciPy's; "
    "the derivative in the order is NaN for any order there."
)
COMPLEX = (
    "At complex z the derivative in the order is good to 1e-13 of the value: near order 0, where "
    "it is smaller by exp(-2 Re z), no more than that."
)
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
    partials={"v": lambda v, z: iv_dv(1, 0, v, z), "z": lambda v, z: ivp(v, z, 1)},
    title="Iᵥ(z), the modified Bessel function of the first kind of real order.",
    source="DLMF 10.29.1, and 10.32.4 and 10.38.1 for the order",
    holomorphic=("z",),
    domain={"v": (-8.0, 8.0), "z": (0.5, 20.0)},
    edges=[
        ((0.0, 0.0), {"v": -inf, "z": 0.0}),
        ((0.5, 0.0), {"v": 0.0, "z": inf}),
        ((1.0, 0.0), {"v": 0.0, "z": 0.5}),
        ((2.0, 0.0), {"z": 0.0}),
    ],
    notes=NAN + " " + COMPLEX,
)


def _ivp(v: Any, z: Any, n: Any = 1) -> Any:
    return by_order(sc.ivp, n, v, z)


ivp: ElementwiseOp = elementwise_op(
    _ivp,
    name="ivp",
    partials={
        "v": lambda v, z, n: iv_dv(1, n, v, z),
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
    partials={"v": lambda v, z: kv_dv(1, 0, v, z), "z": lambda v, z: kvp(v, z, 1)},
    title="Kᵥ(z), the modified Bessel function of the second kind of real order.",
    source="DLMF 10.29.1, and 10.32.9 for the order",
    holomorphic=("z",),
    domain={"v": (-8.0, 8.0), "z": (0.1, 20.0)},
    edges=[
        ((0.0, 0.0), {"v": 0.0, "z": -inf}),
        ((0.5, 0.0), {"v": inf, "z": -inf}),
        ((-1.0, 0.0), {"v": -inf, "z": -inf}),
    ],
    notes=NEGATIVE,
)


def _kvp(v: Any, z: Any, n: Any = 1) -> Any:
    return by_order(sc.kvp, n, v, z)


kvp: ElementwiseOp = elementwise_op(
    _kvp,
    name="kvp",
    partials={
        "v": lambda v, z, n: kv_dv(1, n, v, z),
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
