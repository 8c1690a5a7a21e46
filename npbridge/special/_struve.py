"""Struve functions. DLMF chapter 11."""

from __future__ import annotations

from math import prod, sqrt
from typing import Any

import numpy as np
import scipy.special as sc

from npbridge import ElementwiseOp, elementwise_op, integer, unwritten
from npbridge.elementary import abs as size
from npbridge.elementary import where

__all__ = ["modstruve", "struve"]

ORDER = unwritten("the derivative in the order is an infinite series", see="DLMF 11.5(i)")


TERMS = 16


def _term(n: int, v: Any, x: Any) -> Any:
    v, x = np.asarray(v, dtype=np.float64), np.asarray(x, dtype=np.float64)
    with np.errstate(all="ignore"):
        falling = prod((v - i for i in range(n)), start=np.float64(1.0))
        power = np.where(falling == 0, 1.0, (x / 2) ** (v - n)) * sc.rgamma(v + 1.5)
        # 1 / Γ underflows from 171 on.
        power = np.where(v < 150, power, np.exp((v - n) * np.log(x / 2) - sc.gammaln(v + 1.5)))
        return falling * power / (sqrt(np.pi) * 2.0**n)


struve_term: ElementwiseOp = elementwise_op(
    _term,
    name="struve_term",
    partials={
        "n": integer("the order of the derivative", static=True),
        "v": ORDER,
        "x": lambda n, v, x: struve_term(n + 1, v, x),
    },
    title="The n-th derivative of (x/2)^v / (√π Γ(v + 3/2)).",
    source="DLMF 11.2.7",
    domain={"n": (0, 4), "v": (-0.4, 8.0), "x": (0.5, 30.0)},
    edges=[((0, 0.0, 0.0), {"x": 0.0}), ((0, 1.0, 0.0), {"x": 0.2122065907891938})],
)


def _series(n: int, v: Any, x: Any, sign: int) -> Any:
    """DLMF 11.2.1 for sign = -1, 11.2.2 for sign = 1, differentiated n times."""
    v, x = np.asarray(v, dtype=np.float64), np.asarray(x, dtype=np.float64)
    total: Any = 0.0
    with np.errstate(all="ignore"):
        for k in range(TERMS):
            p = 2 * k + 1 + v
            falling = prod((p - i for i in range(n)), start=np.float64(1.0))
            power = np.where(falling == 0, 1.0, (x / 2) ** (p - n))
            scale = sc.rgamma(k + 1.5) * sc.rgamma(k + v + 1.5)
            total = total + sign**k * falling * power * scale / 2.0**n
    return total


def _struve_near(n: int, v: Any, x: Any) -> Any:
    return _series(n, v, x, -1)


def _modstruve_near(n: int, v: Any, x: Any) -> Any:
    return _series(n, v, x, 1)


struve_near: ElementwiseOp = elementwise_op(
    _struve_near,
    name="struve_near",
    partials={
        "n": integer("the order of the derivative", static=True),
        "v": ORDER,
        "x": lambda n, v, x: struve_near(n + 1, v, x),
    },
    title="The n-th derivative of Hᵥ(x) for |x| < 1.",
    source="DLMF 11.2.1",
    domain={"n": (0, 4), "v": (-0.4, 8.0), "x": (0.1, 1.0)},
    edges=[((0, 0.0, 0.0), {"x": 0.6366197723675814}), ((1, 0.0, 0.0), {"x": 0.0})],
)

modstruve_near: ElementwiseOp = elementwise_op(
    _modstruve_near,
    name="modstruve_near",
    partials={
        "n": integer("the order of the derivative", static=True),
        "v": ORDER,
        "x": lambda n, v, x: modstruve_near(n + 1, v, x),
    },
    title="The n-th derivative of Lᵥ(x) for |x| < 1.",
    source="DLMF 11.2.2",
    domain={"n": (0, 4), "v": (-0.4, 8.0), "x": (0.1, 1.0)},
    edges=[((0, 0.0, 0.0), {"x": 0.6366197723675814}), ((1, 0.0, 0.0), {"x": 0.0})],
)


# The recurrences have a hole at x = 0, or terms that are infinite there at the second derivative.
def d_struve_dx(v: Any, x: Any) -> Any:
    """H of order v - 1, less v H / x."""
    # (H of order v - 1, less that of v + 1, plus a power) / 2 cancels like x² eps for large x.
    near = size(x) < 1
    start, at = where(near, x, 0.5), where(near, 1.0, x)
    return where(near, struve_near(1, v, start), struve(v - 1, at) - v * struve(v, at) / at)


def d_modstruve_dx(v: Any, x: Any) -> Any:
    """(L of order v - 1, and that of v + 1, and a power) / 2."""
    near = size(x) < 1
    start, at = where(near, x, 0.5), where(near, 1.0, x)
    far = (modstruve(v - 1, at) + modstruve(v + 1, at) + struve_term(0, v, at)) / 2
    return where(near, modstruve_near(1, v, start), far)


struve: ElementwiseOp = elementwise_op(
    sc.struve,
    partials={"v": ORDER, "x": d_struve_dx},
    title="Hᵥ(x), the Struve function.",
    source="DLMF 11.4.25 and 11.4.27",
    domain={"v": (-0.4, 8.0), "x": (0.5, 30.0)},
    edges=[
        ((0.0, 0.0), {"x": 0.6366197723675814}),
        ((1.0, 0.0), {"x": 0.0}),
    ],
    notes="For negative x and an order that is no integer the value is NaN, as SciPy's.",
)

modstruve: ElementwiseOp = elementwise_op(
    sc.modstruve,
    partials={"v": ORDER, "x": d_modstruve_dx},
    title="Lᵥ(x), the modified Struve function.",
    source="DLMF 11.4.30",
    domain={"v": (-0.4, 8.0), "x": (0.5, 30.0)},
    edges=[((0.0, 0.0), {"x": 0.6366197723675814}), ((1.0, 0.0), {"x": 0.0})],
    notes="For negative x and an order that is no integer the value is NaN, as SciPy's.",
)
