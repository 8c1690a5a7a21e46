"""Huber's loss functions."""

from __future__ import annotations

from math import nan
from typing import Any

import numpy as np
import scipy.special as sc

from npbridge import ElementwiseOp, elementwise_op
from npbridge.elementary import abs as absolute
from npbridge.elementary import sign, where

__all__ = ["huber", "pseudo_huber"]


def d_huber_ddelta(delta: Any, r: Any) -> Any:
    """|r| - δ outside of the parabola; the value is inf for negative δ."""
    outside = where(absolute(r) <= delta, 0 * delta, absolute(r) - delta)
    return where(delta < 0, nan, outside)


def d_huber_dr(delta: Any, r: Any) -> Any:
    """The residual within the parabola, ±δ outside."""
    return where(delta < 0, nan, where(absolute(r) <= delta, r, delta * sign(r)))


huber: ElementwiseOp = elementwise_op(
    sc.huber,
    partials={"delta": d_huber_ddelta, "r": d_huber_dr},
    title="r²/2 where |r| ≤ δ, and δ(|r| - δ/2) elsewhere, Huber's loss.",
    source="the power rule",
    domain={"delta": (0.5, 2.0), "r": (2.5, 5.0)},
    edges=[
        ((1.0, 0.0), {"delta": 0.0, "r": 0.0}),
        ((1.0, 1.0), {"delta": 0.0, "r": 1.0}),
        ((1.0, -3.0), {"delta": 2.0, "r": -1.0}),
    ],
    notes="Second derivatives jump at |r| = δ; there they are those from within.",
)


def _inverse_hypot(x: Any, y: Any) -> Any:
    with np.errstate(all="ignore"):
        return 1 / np.hypot(x, y)


inverse_hypot: ElementwiseOp = elementwise_op(
    _inverse_hypot,
    name="inverse_hypot",
    partials={
        "x": lambda x, y, out: -inclination(x, y) * out * out,
        "y": lambda x, y, out: -inclination(y, x) * out * out,
    },
    title="1 / √(x² + y²).",
    source="the power rule",
    domain={"x": (-3.0, 3.0), "y": (0.1, 3.0)},
    edges=[((0.0, 2.0), {"x": 0.0, "y": -0.25}), ((2.0, 0.0), {"x": -0.25, "y": 0.0})],
)


def _inclination(x: Any, y: Any) -> Any:
    with np.errstate(all="ignore"):
        return np.where((x == 0) & (y == 0), 0.0, x / np.hypot(x, y))


inclination: ElementwiseOp = elementwise_op(
    _inclination,
    name="inclination",
    partials={
        "x": lambda x, y: inclination(y, x) * inclination(y, x) * inverse_hypot(x, y),
        "y": lambda x, y: -inclination(x, y) * inclination(y, x) * inverse_hypot(x, y),
    },
    title="x / √(x² + y²), and 0 at x = y = 0.",
    source="the quotient rule",
    domain={"x": (-3.0, 3.0), "y": (0.1, 3.0)},
    edges=[((0.0, 2.0), {"x": 0.5, "y": 0.0}), ((2.0, 0.0), {"x": 0.0, "y": 0.0})],
)


def _shortfall(x: Any, y: Any) -> Any:
    with np.errstate(all="ignore"):
        length = np.hypot(x, y)
        share = np.where(length == 0, 0.0, x / length)
        inside = share * (x / (length + np.where(length == 0, 1.0, y)))
        return np.where(y < 0, 1 - y / length, inside)


shortfall: ElementwiseOp = elementwise_op(
    _shortfall,
    name="shortfall",
    partials={
        "x": lambda x, y: inclination(x, y) * inclination(y, x) * inverse_hypot(x, y),
        "y": lambda x, y: -inclination(x, y) * inclination(x, y) * inverse_hypot(x, y),
    },
    title="1 - y / √(x² + y²), and 0 at x = y = 0.",
    source="the quotient rule",
    domain={"x": (-3.0, 3.0), "y": (0.1, 3.0)},
    edges=[((0.0, 2.0), {"x": 0.0, "y": 0.0}), ((2.0, 0.0), {"x": 0.0, "y": -0.5})],
)


def _loss_slope(delta: Any, r: Any) -> Any:
    with np.errstate(all="ignore"):
        return np.where(delta < 0, np.nan, delta * _inclination(r, delta))


# As ops, these two have derivatives without cancellation: that of δr/h as a product loses
# (r/δ)² and (δ/r)².
loss_slope: ElementwiseOp = elementwise_op(
    _loss_slope,
    name="loss_slope",
    partials={
        "delta": lambda delta, r: inclination(r, delta) ** 3,
        "r": lambda delta, r: inclination(delta, r) ** 3,
    },
    title="δr / √(δ² + r²).",
    source="the quotient rule",
    domain={"delta": (0.5, 2.0), "r": (-5.0, 5.0)},
    edges=[((1.0, 0.0), {"delta": 0.0, "r": 1.0}), ((0.0, 2.0), {"delta": 1.0, "r": 0.0})],
)


def _loss_growth(delta: Any, r: Any) -> Any:
    with np.errstate(all="ignore"):
        length = np.hypot(delta, r)
        part = r / np.where(length == 0, 1.0, length + delta)
        return np.where(delta < 0, np.nan, _inclination(r, delta) * r * part * part)


loss_growth: ElementwiseOp = elementwise_op(
    _loss_growth,
    name="loss_growth",
    partials={
        "delta": lambda delta, r: -(shortfall(r, delta) ** 2) * (2 + inclination(delta, r)),
        "r": lambda delta, r: inclination(r, delta) ** 3,
    },
    title="r⁴ / (h (δ + h)²) with h = √(δ² + r²).",
    source="the quotient rule",
    domain={"delta": (0.5, 2.0), "r": (-5.0, 5.0)},
    edges=[((1.0, 0.0), {"delta": 0.0, "r": 0.0}), ((0.0, 2.0), {"delta": -2.0, "r": 1.0})],
)

# 2δ(s - 1) - r²/(δs) with s = √(1 + (r/δ)²), as often written for δ, loses (δ/r)⁴.
pseudo_huber: ElementwiseOp = elementwise_op(
    sc.pseudo_huber,
    partials={
        "delta": lambda delta, r: loss_growth(delta, r),
        "r": lambda delta, r: loss_slope(delta, r),
    },
    title="δ² (√(1 + (r/δ)²) - 1), a smooth form of Huber's loss.",
    source="the quotient rule",
    domain={"delta": (0.5, 2.0), "r": (-5.0, 5.0)},
    edges=[
        ((1.0, 0.0), {"delta": 0.0, "r": 0.0}),
        ((0.0, 2.0), {"delta": 2.0, "r": 0.0}),
        ((0.0, 0.0), {"delta": 0.0, "r": 0.0}),
    ],
)
