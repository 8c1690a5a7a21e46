"""Error functions and the normal distribution. DLMF chapter 7."""

from __future__ import annotations

from math import inf
from typing import Any

import numpy as np
import scipy.special as sc

from npbridge import ElementwiseOp, elementwise_op, integer
from npbridge.elementary import exp, pi, sqrt, where
from npbridge.special import _faddeeva, _iterated_erfc

__all__ = ["erf", "erfc", "erfcx", "erfi", "log_ndtr", "ndtr", "owens_t"]

HALF = sqrt(0.5)

erf: ElementwiseOp = elementwise_op(
    sc.erf,
    partials={"z": lambda z: 2 / sqrt(pi) * exp(-z * z)},
    title="erf z, the error function.",
    source="DLMF 7.10.1",
    holomorphic=("z",),
    domain={"z": (-5.0, 5.0)},
    edges=[((0.0,), {"z": 1.1283791670955126}), ((-30.0,), {"z": 0.0})],
)

erfc: ElementwiseOp = elementwise_op(
    sc.erfc,
    partials={"x": lambda x: -2 / sqrt(pi) * exp(-x * x)},
    title="erfc x, the complementary error function.",
    source="DLMF 7.10.1 with 7.2.2",
    holomorphic=("x",),
    domain={"x": (-5.0, 8.0)},
    edges=[((0.0,), {"x": -1.1283791670955126}), ((30.0,), {"x": 0.0})],
)

erfi: ElementwiseOp = elementwise_op(
    sc.erfi,
    partials={"z": lambda z: 2 / sqrt(pi) * exp(z * z)},
    title="erfi z = -i erf(iz), the imaginary error function.",
    source="DLMF 7.10.1 with 7.2.1",
    holomorphic=("z",),
    domain={"z": (-5.0, 5.0)},
    edges=[((0.0,), {"z": 1.1283791670955126}), ((30.0,), {"z": inf})],
)

# 2x erfcx(x) - 2/√π, as often written, loses x² eps; the iterated integrals lose nothing.
erfcx: ElementwiseOp = elementwise_op(
    sc.erfcx,
    partials={"x": lambda x: erfcx_dn(1, x)},
    title="exp(x²) erfc x, the scaled complementary error function.",
    source="DLMF 7.18.4",
    holomorphic=("x",),
    domain={"x": (-5.0, 100.0)},
    edges=[((0.0,), {"x": -1.1283791670955126})],
)


def _erfcx_dn(n: int, x: Any) -> Any:
    if np.iscomplexobj(x):
        return 1j**n * _faddeeva.wofz_dn(n, 1j * x)
    return _iterated_erfc.erfcx_dn(n, x)


erfcx_dn: ElementwiseOp = elementwise_op(
    _erfcx_dn,
    name="erfcx_dn",
    partials={
        "n": integer("the order of the derivative", static=True),
        "x": lambda n, x: erfcx_dn(n + 1, x),
    },
    title="The n-th derivative of exp(x²) erfc x.",
    source="DLMF 7.18.4",
    holomorphic=("x",),
    domain={"n": (0, 4), "x": (-5.0, 100.0)},
    edges=[((0, 0.0), {"x": -1.1283791670955126}), ((1, 0.0), {"x": 2.0})],
)

ndtr: ElementwiseOp = elementwise_op(
    sc.ndtr,
    partials={"x": lambda x: exp(-x * x / 2) / sqrt(2 * pi)},
    title="Φ(x), the distribution function of the standard normal distribution.",
    source="DLMF 7.10.1 with 7.2.1",
    holomorphic=("x",),
    domain={"x": (-8.0, 8.0)},
    edges=[((0.0,), {"x": 0.3989422804014327}), ((-60.0,), {"x": 0.0}), ((60.0,), {"x": 0.0})],
)


def d_hazard_dx(x: Any, out: Any) -> Any:
    """-h (x + h); for x < 0, with u = -x/√2, -1 + (log erfcx)''(u) / 2."""
    # x + h cancels for negative x, and so do the terms of the derivatives of h (x + h).
    u = where(x < 0, -x * HALF, 0.0)
    scale = erfcx(u)
    slope = erfcx_dn(1, u) / scale
    below = (erfcx_dn(2, u) / scale - slope * slope) / 2 - 1
    return where(x < 0, below, -(x + out) * out)


def _normal_hazard(x: Any) -> Any:
    # From -1e10 down it is -x to rounding, and erfcx goes on into the subnormals.
    return np.where(x < -1e10, -x, sqrt(2 / pi) / sc.erfcx(-np.maximum(x, -1e10) * HALF))


normal_hazard: ElementwiseOp = elementwise_op(
    _normal_hazard,
    name="normal_hazard",
    partials={"x": d_hazard_dx},
    title="φ(x) / Φ(x), the inverse Mills ratio at -x.",
    source="DLMF 7.8.1 with 7.18.4",
    domain={"x": (-40.0, 8.0)},
    edges=[
        ((0.0,), {"x": -0.6366197723675814}),
        ((-1e200,), {"x": -1.0}),
        ((60.0,), {"x": 0.0}),
    ],
)

# exp(-x²/2 - log Φ), as often written, is 7e-10 off at x = -25.
log_ndtr: ElementwiseOp = elementwise_op(
    sc.log_ndtr,
    partials={"x": lambda x: normal_hazard(x)},
    title="log Φ(x), the logarithm of the normal distribution function.",
    source="DLMF 7.8.1",
    domain={"x": (-40.0, 8.0)},
    edges=[
        ((0.0,), {"x": 0.7978845608028654}),
        ((-1e150,), {"x": 1e150}),
        ((60.0,), {"x": 0.0}),
    ],
)

owens_t: ElementwiseOp = elementwise_op(
    sc.owens_t,
    partials={
        "h": lambda h, a: -exp(-h * h / 2) * erf(a * h * HALF) / (2 * sqrt(2 * pi)),
        "a": lambda h, a: exp(-h * h * (1 + a * a) / 2) / (2 * pi * (1 + a * a)),
    },
    title="T(h, a), Owen's function: of two normal variables, X > h and 0 < Y < aX.",
    source="its definition as an integral over a, and DLMF 7.2.1",
    domain={"h": (-5.0, 5.0), "a": (-4.0, 4.0)},
    edges=[
        ((0.0, 1.0), {"h": 0.0, "a": 0.07957747154594767}),
        ((60.0, 1.0), {"h": 0.0, "a": 0.0}),
    ],
)
