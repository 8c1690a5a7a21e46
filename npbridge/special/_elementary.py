"""Elementary functions with a removable hole."""

from __future__ import annotations

from math import inf
from typing import Any

import numpy as np
import scipy.special as sc

from npbridge import ElementwiseOp, elementwise_op
from npbridge._partials import integer
from npbridge.elementary import log


def _quotient(n: int, x: Any, y: Any) -> Any:
    with np.errstate(all="ignore"):
        return np.where((x == 0) & (y == 0), 0.0, x / np.asarray(y) ** n)


# An op, not a guarded x / y: with the denominator replaced at the hole, the derivative in x there
# would be that of the replacement.
quotient: ElementwiseOp = elementwise_op(
    _quotient,
    name="quotient",
    partials={
        "n": integer("the power", static=True),
        "x": lambda n, y: quotient(n, 1.0, y),
        "y": lambda n, x, y: -n * quotient(n + 1, x, y),
    },
    title="x / yⁿ, and 0 at x = y = 0.",
    source="the quotient rule",
    holomorphic=("x", "y"),
    domain={"n": (1, 4), "x": (-3.0, 3.0), "y": (0.1, 9.0)},
    edges=[((1, 0.0, 0.0), {"x": inf, "y": 0.0}), ((1, 1.0, 0.0), {"x": inf, "y": -inf})],
)

xlogy: ElementwiseOp = elementwise_op(
    sc.xlogy,
    partials={"x": lambda y: log(y), "y": lambda x, y: quotient(1, x, y)},
    title="x log y, and 0 where x = 0.",
    source="the product rule",
    holomorphic=("x", "y"),
    domain={"x": (-3.0, 3.0), "y": (0.1, 9.0)},
    edges=[
        ((0.0, 0.0), {"x": -inf, "y": 0.0}),
        ((1.0, 0.0), {"x": -inf, "y": inf}),
        ((0.0, 2.0), {"x": 0.6931471805599453, "y": 0.0}),
    ],
)
