"""Bessel functions differentiated in the order, any number of times in z. DLMF 10.15 and 10.38."""

from __future__ import annotations

from math import inf
from typing import Any

from npbridge import ElementwiseOp, elementwise_op, integer
from npbridge.special import _bessel_order_derivatives as derivatives
from npbridge.special._reasons import reaches
from npbridge.special._stencil import MAX_ORDER

__all__ = [
    "hankel1_dv",
    "hankel1e_dv",
    "hankel2_dv",
    "hankel2e_dv",
    "iv_dv",
    "ive_dv",
    "jv_dv",
    "kv_dv",
    "kve_dv",
    "yv_dv",
]

# Derivatives in v and z at order 0 and z = 1 of the functions of the first kind; those of the
# second are conjugate: π/2 (-Y₁ + i J₁), and of the scaled function.
BOTH: Any = 1.2271262301435715 + 0.6912298436920843j
BOTH_SCALED: Any = 0.47858573140814487 + 0.27740048513061377j

IN_ORDER = integer("the order of the derivative in v", static=True)
IN_Z = integer("the order of the derivative in z")

jv_dv: ElementwiseOp = elementwise_op(
    derivatives.jv_dv,
    name="jv_dv",
    partials={
        "m": IN_ORDER,
        "n": IN_Z,
        "v": lambda m, n, v, z: jv_dv(reaches("jv", m, MAX_ORDER), n, v, z),
        "z": lambda m, n, v, z: jv_dv(m, n + 1, v, z),
    },
    title="Jᵥ(z), differentiated m times in v and n times in z.",
    source="DLMF 10.15.1, 10.9.6 and 10.17.5",
    holomorphic=("z",),
    domain={"m": (0, 1), "n": (0, 2), "v": (-8.0, 8.0), "z": (0.5, 40.0)},
    edges=[((1, 0, 0.0, 0.0), {"v": inf}), ((1, 0, 1.0, 0.0), {"v": 0.0, "z": -inf})],
)

yv_dv: ElementwiseOp = elementwise_op(
    derivatives.yv_dv,
    name="yv_dv",
    partials={
        "m": IN_ORDER,
        "n": IN_Z,
        "v": lambda m, n, v, z: yv_dv(reaches("yv", m, MAX_ORDER), n, v, z),
        "z": lambda m, n, v, z: yv_dv(m, n + 1, v, z),
    },
    title="Yᵥ(z), differentiated m times in v and n times in z.",
    source="DLMF 10.9.7, 10.15.2 and 10.17.5",
    holomorphic=("z",),
    domain={"m": (0, 1), "n": (0, 2), "v": (-8.0, 8.0), "z": (0.5, 40.0)},
    edges=[((1, 0, 0.0, 0.0), {"v": -inf, "z": 0.0}), ((1, 0, 1.0, 0.0), {"v": -inf, "z": inf})],
)

iv_dv: ElementwiseOp = elementwise_op(
    derivatives.iv_dv,
    name="iv_dv",
    partials={
        "m": IN_ORDER,
        "n": IN_Z,
        "v": lambda m, n, v, z: iv_dv(reaches("iv", m, MAX_ORDER), n, v, z),
        "z": lambda m, n, v, z: iv_dv(m, n + 1, v, z),
    },
    title="Iᵥ(z), differentiated m times in v and n times in z.",
    source="DLMF 10.38.1, 10.32.4 and 10.40.5",
    holomorphic=("z",),
    domain={"m": (0, 1), "n": (0, 2), "v": (-8.0, 8.0), "z": (0.5, 20.0)},
    edges=[((1, 0, 0.0, 0.0), {"v": inf}), ((1, 0, 1.0, 0.0), {"v": 0.0, "z": -inf})],
)

kv_dv: ElementwiseOp = elementwise_op(
    derivatives.kv_dv,
    name="kv_dv",
    partials={
        "m": IN_ORDER,
        "n": IN_Z,
        "v": lambda m, n, v, z: kv_dv(reaches("kv", m, MAX_ORDER), n, v, z),
        "z": lambda m, n, v, z: kv_dv(m, n + 1, v, z),
    },
    title="Kᵥ(z), differentiated m times in v and n times in z.",
    source="DLMF 10.32.9",
    holomorphic=("z",),
    domain={"m": (0, 1), "n": (0, 2), "v": (-8.0, 8.0), "z": (0.1, 20.0)},
    edges=[((1, 0, 0.0, 0.0), {"v": inf, "z": 0.0}), ((1, 0, 1.0, 0.0), {"v": inf, "z": -inf})],
)

ive_dv: ElementwiseOp = elementwise_op(
    derivatives.ive_dv,
    name="ive_dv",
    partials={
        "m": IN_ORDER,
        "n": IN_Z,
        "v": lambda m, n, v, z: ive_dv(reaches("ive", m, MAX_ORDER), n, v, z),
        "z": lambda m, n, v, z: ive_dv(m, n + 1, v, z),
    },
    title="exp(-|z|) Iᵥ(z), differentiated m times in v and n times in z.",
    source="DLMF 10.38.1, 10.32.4 and 10.40.5",
    domain={"m": (0, 1), "n": (0, 2), "v": (-8.0, 8.0), "z": (0.5, 100.0)},
    edges=[((1, 0, 0.0, 0.0), {"v": inf}), ((1, 0, 1.0, 0.0), {"v": 0.0, "z": -inf})],
)

kve_dv: ElementwiseOp = elementwise_op(
    derivatives.kve_dv,
    name="kve_dv",
    partials={
        "m": IN_ORDER,
        "n": IN_Z,
        "v": lambda m, n, v, z: kve_dv(reaches("kve", m, MAX_ORDER), n, v, z),
        "z": lambda m, n, v, z: kve_dv(m, n + 1, v, z),
    },
    title="exp(z) Kᵥ(z), differentiated m times in v and n times in z.",
    source="DLMF 10.32.9",
    holomorphic=("z",),
    domain={"m": (0, 1), "n": (0, 2), "v": (-8.0, 8.0), "z": (0.1, 100.0)},
    edges=[((1, 0, 0.0, 0.0), {"v": inf, "z": 0.0}), ((1, 0, 1.0, 0.0), {"v": inf, "z": -inf})],
)

hankel1_dv: ElementwiseOp = elementwise_op(
    derivatives.hankel1_dv,
    name="hankel1_dv",
    partials={
        "m": IN_ORDER,
        "n": IN_Z,
        "v": lambda m, n, v, z: hankel1_dv(reaches("hankel1", m, MAX_ORDER), n, v, z),
        "z": lambda m, n, v, z: hankel1_dv(m, n + 1, v, z),
    },
    title="Hᵥ⁽¹⁾(z), differentiated m times in v and n times in z.",
    source="DLMF 10.15.1, 10.9.6, 10.9.7 and 10.17.5",
    holomorphic=("z",),
    domain={"m": (0, 1), "n": (0, 2), "v": (-8.0, 8.0), "z": (0.5, 40.0)},
    edges=[((1, 0, 0.0, 1.0), {"z": BOTH})],
)

hankel2_dv: ElementwiseOp = elementwise_op(
    derivatives.hankel2_dv,
    name="hankel2_dv",
    partials={
        "m": IN_ORDER,
        "n": IN_Z,
        "v": lambda m, n, v, z: hankel2_dv(reaches("hankel2", m, MAX_ORDER), n, v, z),
        "z": lambda m, n, v, z: hankel2_dv(m, n + 1, v, z),
    },
    title="Hᵥ⁽²⁾(z), differentiated m times in v and n times in z.",
    source="DLMF 10.15.1, 10.9.6, 10.9.7 and 10.17.6",
    holomorphic=("z",),
    domain={"m": (0, 1), "n": (0, 2), "v": (-8.0, 8.0), "z": (0.5, 40.0)},
    edges=[((1, 0, 0.0, 1.0), {"z": BOTH.conjugate()})],
)

hankel1e_dv: ElementwiseOp = elementwise_op(
    derivatives.hankel1e_dv,
    name="hankel1e_dv",
    partials={
        "m": IN_ORDER,
        "n": IN_Z,
        "v": lambda m, n, v, z: hankel1e_dv(reaches("hankel1e", m, MAX_ORDER), n, v, z),
        "z": lambda m, n, v, z: hankel1e_dv(m, n + 1, v, z),
    },
    title="exp(-iz) Hᵥ⁽¹⁾(z), differentiated m times in v and n times in z.",
    source="DLMF 10.15.1, 10.9.6, 10.9.7 and 10.17.5",
    holomorphic=("z",),
    domain={"m": (0, 1), "n": (0, 2), "v": (-8.0, 8.0), "z": (0.5, 100.0)},
    edges=[((1, 0, 0.0, 1.0), {"z": BOTH_SCALED})],
)

hankel2e_dv: ElementwiseOp = elementwise_op(
    derivatives.hankel2e_dv,
    name="hankel2e_dv",
    partials={
        "m": IN_ORDER,
        "n": IN_Z,
        "v": lambda m, n, v, z: hankel2e_dv(reaches("hankel2e", m, MAX_ORDER), n, v, z),
        "z": lambda m, n, v, z: hankel2e_dv(m, n + 1, v, z),
    },
    title="exp(iz) Hᵥ⁽²⁾(z), differentiated m times in v and n times in z.",
    source="DLMF 10.15.1, 10.9.6, 10.9.7 and 10.17.6",
    holomorphic=("z",),
    domain={"m": (0, 1), "n": (0, 2), "v": (-8.0, 8.0), "z": (0.5, 100.0)},
    edges=[((1, 0, 0.0, 1.0), {"z": BOTH_SCALED.conjugate()})],
)
