"""Elementary functions with a removable hole."""

from __future__ import annotations

from math import inf
from typing import Any

import scipy.special as sc

from npbridge._elementwise import ElementwiseOp, elementwise_op
from npbridge.elementary import log, where


def d_xlogy_dy(x: Any, y: Any) -> Any:
    """X / y, and 0 at the hole x = y = 0."""
    # The denominator is guarded, not the quotient, whose NaN would reach a backward; and only at
    # the hole itself, since the mixed second derivative at x = 0 is 1 / y.
    hole = (x == 0) & (y == 0)
    return x / where(hole, 1.0, y)


xlogy: ElementwiseOp = elementwise_op(
    sc.xlogy,
    partials={"x": lambda y: log(y), "y": d_xlogy_dy},
    title="x log y, and 0 where x = 0.",
    source="the product rule",
    holomorphic=("x", "y"),
    domain={"x": (-3.0, 3.0), "y": (0.1, 9.0)},
    edges=[
        ((0.0, 0.0), {"x": -inf, "y": 0.0}),
        ((0.0, 2.0), {"x": 0.6931471805599453, "y": 0.0}),
    ],
)
