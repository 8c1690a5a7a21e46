"""Inverses of the error functions and of the normal distribution function. DLMF chapter 7."""

from __future__ import annotations

from math import inf
from typing import Any

import scipy.special as sc

from npbridge import ElementwiseOp, elementwise_op
from npbridge.elementary import exp, expm1, pi, sqrt, where
from npbridge.special._error import erfcx, normal_hazard

__all__ = ["erfcinv", "erfinv", "ndtri", "ndtri_exp"]

erfinv: ElementwiseOp = elementwise_op(
    sc.erfinv,
    partials={"y": lambda out: sqrt(pi) / 2 * exp(out * out)},
    title="erf⁻¹(y), the inverse of the error function.",
    source="DLMF 7.10.1 and 7.17.1",
    domain={"y": (-0.99, 0.99)},
    edges=[
        ((0.0,), {"y": 0.886226925452758}),
        ((1.0,), {"y": inf}),
        ((-1.0,), {"y": inf}),
    ],
)


def d_erfcinv_dy(y: Any, out: Any) -> Any:
    """-√π/2 exp(x²), where exp(x²) = erfcx(x) / y."""
    # exp(x²) loses 2 x² eps of the rounding of x, which is 3e-13 at y = 1e-300.
    small = (y > 0) & (y < 1)
    scaled = erfcx(where(small, out, 1.0)) / where(small, y, 1.0)
    direct = where(small, 0.0, out)
    return -sqrt(pi) / 2 * where(small, scaled, exp(direct * direct))


erfcinv: ElementwiseOp = elementwise_op(
    sc.erfcinv,
    partials={"y": d_erfcinv_dy},
    title="erfc⁻¹(y), the inverse of the complementary error function.",
    source="DLMF 7.10.1 and 7.17.1",
    domain={"y": (0.01, 1.99)},
    edges=[
        ((1.0,), {"y": -0.886226925452758}),
        ((0.0,), {"y": -inf}),
        ((2.0,), {"y": -inf}),
    ],
)


def d_ndtri_dy(y: Any, out: Any) -> Any:
    """1 / φ(x), where φ(x) = y h(x) with the hazard h."""
    # exp(x²/2) loses x² eps of the rounding of x, which is 3e-13 at y = 1e-300.
    small = (y > 0) & (y < 0.5)
    scaled = 1 / (where(small, y, 1.0) * normal_hazard(where(small, out, 0.0)))
    direct = where(small, 0.0, out)
    return where(small, scaled, sqrt(2 * pi) * exp(direct * direct / 2))


ndtri: ElementwiseOp = elementwise_op(
    sc.ndtri,
    partials={"y": d_ndtri_dy},
    title="Φ⁻¹(y), the quantile function of the standard normal distribution.",
    source="DLMF 7.10.1 and 7.17.1",
    domain={"y": (0.01, 0.99)},
    edges=[
        ((0.5,), {"y": 2.5066282746310002}),
        ((0.0,), {"y": inf}),
        ((1.0,), {"y": inf}),
    ],
)


def d_ndtri_exp_dy(y: Any, out: Any) -> Any:
    """1 / h(x); for x > 0, where φ(x) = (1 - exp y) h(-x), exp(y) / φ(x)."""
    top = out == inf
    high = (out > 0) & (y < 0)
    upper = where(high, y, -1.0)
    tail = -expm1(upper) * normal_hazard(-where(high, out, 0.0))
    at_top = where(top, out, 0.0)
    middle = 1 / normal_hazard(where(high | top, 0.0, out))
    rest = where(top, sqrt(2 * pi) * exp(at_top * at_top / 2), middle)
    return where(high, exp(upper) / tail, rest)


ndtri_exp: ElementwiseOp = elementwise_op(
    sc.ndtri_exp,
    partials={"y": d_ndtri_exp_dy},
    title="Φ⁻¹(exp y), the inverse of log Φ.",
    source="DLMF 7.10.1 and 7.8.1",
    domain={"y": (-40.0, -0.01)},
    edges=[
        ((-0.6931471805599453,), {"y": 1.2533141373155003}),
        ((0.0,), {"y": inf}),
    ],
)
