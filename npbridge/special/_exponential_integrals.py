"""Exponential, trigonometric and hyperbolic integrals, and Fresnel's. DLMF chapters 6 to 8."""

from __future__ import annotations

from math import inf

import scipy.special as sc

from npbridge import ElementwiseOp, elementwise_op, integer
from npbridge.elementary import cos, exp, pi, sin
from npbridge.special import _sine_quotients

__all__ = ["exp1", "expi", "expn", "fresnel", "shichi", "sici"]

ORDER = integer("the order of the derivative", static=True)

exp1: ElementwiseOp = elementwise_op(
    sc.exp1,
    partials={"z": lambda z: -exp(-z) / z},
    title="E₁(z), the exponential integral.",
    source="DLMF 6.2.1",
    holomorphic=("z",),
    domain={"z": (0.1, 20.0)},
    edges=[((0.0,), {"z": -inf}), ((1.0,), {"z": -0.36787944117144233}), ((1e4,), {"z": 0.0})],
)

expi: ElementwiseOp = elementwise_op(
    sc.expi,
    partials={"x": lambda x: exp(x) / x},
    title="Ei(x), the exponential integral.",
    source="DLMF 6.2.5",
    holomorphic=("x",),
    domain={"x": (0.1, 20.0)},
    edges=[((1.0,), {"x": 2.718281828459045}), ((-1e4,), {"x": 0.0})],
    notes="x = 0 is a logarithmic pole.",
)

expn: ElementwiseOp = elementwise_op(
    sc.expn,
    partials={"n": integer("the power of 1 / t"), "x": lambda n, x: -expn_lowered(n, 1, x)},
    title="Eₙ(x), the generalised exponential integral.",
    source="DLMF 8.19.13",
    domain={"n": (0, 5), "x": (0.1, 20.0)},
    edges=[
        ((0, 1.0), {"x": -0.7357588823428847}),
        ((1, 0.0), {"x": -inf}),
        ((2, 0.0), {"x": -inf}),
        ((3, 0.0), {"x": -1.0}),
    ],
)

expn_lowered: ElementwiseOp = elementwise_op(
    _sine_quotients.expn_lowered,
    name="expn_lowered",
    partials={
        "n": integer("the power of 1 / t"),
        "k": integer("by how much the power is less", static=True),
        "x": lambda n, k, x: -expn_lowered(n, k + 1, x),
    },
    title="Eₙ₋ₖ(x), the generalised exponential integral, of negative orders too.",
    source="DLMF 8.19.13 and 8.4.8",
    domain={"n": (0, 5), "k": (0, 3), "x": (0.1, 20.0)},
    edges=[((0, 0, 1.0), {"x": -0.7357588823428847}), ((4, 1, 0.0), {"x": -1.0})],
)

shichi: ElementwiseOp = elementwise_op(
    sc.shichi,
    partials={"x": lambda x: sinhc_coshc_dn(0, x)},
    title="Shi(x) and Chi(x), the hyperbolic sine and cosine integrals.",
    source="DLMF 6.2.15 and 6.2.16",
    holomorphic=("x",),
    domain={"x": (0.1, 20.0)},
    edges=[((0.0,), {"x": (1.0, inf)}), ((1e-8,), {"x": (1.0, 1e8)})],
    notes="For real x < 0, Chi is the real part, as SciPy's.",
)

sinhc_coshc_dn: ElementwiseOp = elementwise_op(
    _sine_quotients.sinhc_coshc_dn,
    name="sinhc_coshc_dn",
    partials={"n": ORDER, "x": lambda n, x: sinhc_coshc_dn(n + 1, x)},
    title="The n-th derivatives of sinh x / x and cosh x / x.",
    source="the product rule",
    outputs=2,
    holomorphic=("x",),
    domain={"n": (0, 3), "x": (0.1, 20.0)},
    edges=[((0, 0.0), {"x": (0.0, -inf)}), ((1, 0.0), {"x": (0.3333333333333333, inf)})],
)

sici: ElementwiseOp = elementwise_op(
    sc.sici,
    partials={"x": lambda x: sinc_cosc_dn(0, x)},
    title="Si(x) and Ci(x), the sine and cosine integrals.",
    source="DLMF 6.2.9 and 6.2.11",
    holomorphic=("x",),
    domain={"x": (0.1, 40.0)},
    edges=[((0.0,), {"x": (1.0, inf)}), ((1e-8,), {"x": (1.0, 1e8)})],
    notes="For real x < 0, Ci is the real part, as SciPy's.",
)

sinc_cosc_dn: ElementwiseOp = elementwise_op(
    _sine_quotients.sinc_cosc_dn,
    name="sinc_cosc_dn",
    partials={"n": ORDER, "x": lambda n, x: sinc_cosc_dn(n + 1, x)},
    title="The n-th derivatives of sin x / x and cos x / x.",
    source="the product rule",
    outputs=2,
    holomorphic=("x",),
    domain={"n": (0, 3), "x": (0.1, 40.0)},
    edges=[((0, 0.0), {"x": (0.0, -inf)}), ((1, 0.0), {"x": (-0.3333333333333333, inf)})],
)

fresnel: ElementwiseOp = elementwise_op(
    sc.fresnel,
    partials={"z": lambda z: (sin(pi / 2 * z * z), cos(pi / 2 * z * z))},
    title="S(z) and C(z), the Fresnel integrals.",
    source="DLMF 7.2.7 and 7.2.8",
    holomorphic=("z",),
    domain={"z": (-5.0, 5.0)},
    edges=[((0.0,), {"z": (0.0, 1.0)}), ((1.0,), {"z": (1.0, 6.123233995736766e-17)})],
    notes="sin(πz²/2) loses z² eps; from |z| = 1e8 on it has no correct digit.",
)
