"""Modified Bessel functions, scaled by an exponential. DLMF chapter 10."""

from __future__ import annotations

from math import inf

import scipy.special as sc

from npbridge import ElementwiseOp, elementwise_op, integer
from npbridge.special import _scaled_bessel_derivatives
from npbridge.special._bessel_modified import NAN, NEGATIVE
from npbridge.special._bessel_orders import ive_dv, kve_dv

__all__ = ["i0e", "i1e", "ive", "k0e", "k1e", "kve"]

KINK = "At 0, where it has a corner, the derivative is 0, the mean of both sides."

# The textbook's differences, as I₁ - I₀, lose 2z eps: 2e-11 at z = 1e5. Those of ive_dn do not.

ive: ElementwiseOp = elementwise_op(
    sc.ive,
    partials={"v": lambda v, z: ive_dv(1, 0, v, z), "z": lambda v, z: ive_dn(1, v, z)},
    title="exp(-|Re z|) Iᵥ(z), the scaled modified Bessel function of the first kind.",
    source="DLMF 10.29.1 and 10.40.1",
    domain={"v": (-8.0, 8.0), "z": (0.5, 100.0)},
    edges=[
        ((0.0, 0.0), {"v": -inf, "z": 0.0}),
        ((0.5, 0.0), {"v": 0.0, "z": inf}),
        ((1.0, 0.0), {"v": 0.0, "z": 0.5}),
        ((2.0, 0.0), {"z": 0.0}),
        ((0.0, 1e200), {"z": 0.0}),
    ],
    notes="It is not holomorphic, and takes no complex z here. For even v, too: "
    + KINK[0].lower()
    + KINK[1:]
    + " "
    + NAN,
)

ive_dn: ElementwiseOp = elementwise_op(
    _scaled_bessel_derivatives.ive_dn,
    name="ive_dn",
    partials={
        "n": integer("the order of the derivative", static=True),
        "v": lambda n, v, z: ive_dv(1, n, v, z),
        "z": lambda n, v, z: ive_dn(n + 1, v, z),
    },
    title="The n-th derivative of exp(-|z|) Iᵥ(z).",
    source="DLMF 10.29.1 and 10.40.1",
    domain={"n": (0, 4), "v": (-8.0, 8.0), "z": (0.5, 100.0)},
    edges=[
        ((1, 0.0, 0.0), {"z": 1.5}),
        ((1, 1.0, 0.0), {"z": 0.0}),
        ((1, 2.0, 0.0), {"z": 0.25}),
        ((1, 0.5, 0.0), {"z": -inf}),
    ],
)

kve: ElementwiseOp = elementwise_op(
    sc.kve,
    partials={"v": lambda v, z: kve_dv(1, 0, v, z), "z": lambda v, z: kve_dn(1, v, z)},
    title="exp(z) Kᵥ(z), the scaled modified Bessel function of the second kind.",
    source="DLMF 10.29.1 and 10.40.2",
    holomorphic=("z",),
    domain={"v": (-8.0, 8.0), "z": (0.1, 100.0)},
    edges=[
        ((0.0, 0.0), {"v": 0.0, "z": -inf}),
        ((0.5, 0.0), {"v": inf, "z": -inf}),
        ((-1.0, 0.0), {"v": -inf, "z": -inf}),
    ],
    notes=NEGATIVE,
)

kve_dn: ElementwiseOp = elementwise_op(
    _scaled_bessel_derivatives.kve_dn,
    name="kve_dn",
    partials={
        "n": integer("the order of the derivative", static=True),
        "v": lambda n, v, z: kve_dv(1, n, v, z),
        "z": lambda n, v, z: kve_dn(n + 1, v, z),
    },
    title="The n-th derivative of exp(z) Kᵥ(z).",
    source="DLMF 10.29.1 and 10.40.2",
    holomorphic=("z",),
    domain={"n": (0, 4), "v": (-8.0, 8.0), "z": (0.1, 100.0)},
    edges=[((0, 0.0, 0.0), {"z": -inf}), ((1, 0.5, 0.0), {"z": inf})],
)

i0e: ElementwiseOp = elementwise_op(
    sc.i0e,
    partials={"x": lambda x: ive_dn(1, 0.0, x)},
    title="exp(-|x|) I₀(x), the scaled modified Bessel function of order 0.",
    source="DLMF 10.29.3 and 10.40.1",
    domain={"x": (-100.0, 100.0)},
    edges=[((0.0,), {"x": 0.0}), ((1e200,), {"x": 0.0})],
    notes=KINK,
)

i1e: ElementwiseOp = elementwise_op(
    sc.i1e,
    partials={"x": lambda x: ive_dn(1, 1.0, x)},
    title="exp(-|x|) I₁(x), the scaled modified Bessel function of order 1.",
    source="DLMF 10.29.1 and 10.40.1",
    domain={"x": (-100.0, 100.0)},
    edges=[((0.0,), {"x": 0.5}), ((1e200,), {"x": 0.0})],
)

k0e: ElementwiseOp = elementwise_op(
    sc.k0e,
    partials={"x": lambda x: kve_dn(1, 0.0, x)},
    title="exp(x) K₀(x), the scaled modified Bessel function of the second kind of order 0.",
    source="DLMF 10.29.3 and 10.40.2",
    domain={"x": (0.1, 100.0)},
    edges=[((0.0,), {"x": -inf}), ((1e200,), {"x": -0.0})],
    notes=NEGATIVE,
)

k1e: ElementwiseOp = elementwise_op(
    sc.k1e,
    partials={"x": lambda x: kve_dn(1, 1.0, x)},
    title="exp(x) K₁(x), the scaled modified Bessel function of the second kind of order 1.",
    source="DLMF 10.29.1 and 10.40.2",
    domain={"x": (0.1, 100.0)},
    edges=[((0.0,), {"x": -inf}), ((1e200,), {"x": -0.0})],
    notes=NEGATIVE,
)
