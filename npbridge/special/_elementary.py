"""Elementary functions: powers, products with logarithms, and their removable holes."""

from __future__ import annotations

from math import inf
from typing import Any

import numpy as np
import scipy.special as sc

from npbridge import ElementwiseOp, elementwise_op, integer
from npbridge.elementary import log, log1p, pi, where

__all__ = ["cbrt", "powm1", "radian", "xlog1py", "xlogy"]


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

xlog1py: ElementwiseOp = elementwise_op(
    sc.xlog1py,
    partials={"x": lambda y: log1p(y), "y": lambda x, y: quotient(1, x, 1 + y)},
    title="x log(1 + y), and 0 where x = 0.",
    source="the product rule",
    holomorphic=("x", "y"),
    domain={"x": (-3.0, 3.0), "y": (-0.9, 9.0)},
    edges=[
        ((0.0, -1.0), {"x": -inf, "y": 0.0}),
        ((1.0, -1.0), {"x": -inf, "y": inf}),
        ((2.0, 0.0), {"x": 0.0, "y": 2.0}),
    ],
)

cbrt: ElementwiseOp = elementwise_op(
    sc.cbrt,
    partials={"x": lambda out: quotient(2, 1 / 3, out)},
    title="∛x, the real cube root.",
    source="the power rule",
    domain={"x": (0.1, 9.0)},
    edges=[((0.0,), {"x": inf}), ((-8.0,), {"x": 0.08333333333333333})],
)

radian: ElementwiseOp = elementwise_op(
    sc.radian,
    partials={
        "d": lambda: pi / 180,
        "m": lambda: pi / 10800,
        "s": lambda: pi / 648000,
    },
    title="d degrees, m minutes and s seconds in radians.",
    source="π (d + m/60 + s/3600) / 180",
    domain={"d": (-180.0, 180.0), "m": (0.0, 60.0), "s": (0.0, 60.0)},
    edges=[
        ((0.0, 0.0, 0.0), {"d": 0.017453292519943295, "m": 2.908882086657216e-4}),
        ((180.0, 0.0, 0.0), {"s": 4.84813681109536e-6}),
    ],
)


def _power_log(n: int, x: Any, y: Any) -> Any:
    with np.errstate(all="ignore"):
        power = np.power(x, y)
        if n:
            return np.where((x == 0) & (y > 0), 0.0, power * np.log(x) ** n)
        return np.where(np.isnan(x) | np.isnan(y), np.nan, power)  # NumPy's NaN⁰ is 1


def d_power_log_dx(n: int, x: Any, y: Any) -> Any:
    """The slope y x^(y-1) logⁿ x + n x^(y-1) logⁿ⁻¹ x, where x⁰ is constant at x = 0 too."""
    base = where((x == 0) & (y == 0), 1.0, x) if n == 0 else x
    slope = y * power_log(n, base, y - 1)
    return slope if n == 0 else slope + n * power_log(n - 1, x, y - 1)


# An op, as torch's own power has no derivatives of higher order in y at x = 0.
power_log: ElementwiseOp = elementwise_op(
    _power_log,
    name="power_log",
    partials={
        "n": integer("the power of the logarithm", static=True),
        "x": d_power_log_dx,
        "y": lambda n, x, y: power_log(n + 1, x, y),
    },
    title="x^y logⁿ x, and 0 at x = 0 where y > 0.",
    source="DLMF 4.2(iv)",
    domain={"n": (0, 3), "x": (0.1, 4.0), "y": (-3.0, 3.0)},
    edges=[
        ((0, 0.0, 2.0), {"x": 0.0, "y": 0.0}),
        ((0, 0.0, 1.0), {"x": 1.0, "y": 0.0}),
        ((1, 0.0, 3.0), {"x": 0.0, "y": 0.0}),
    ],
)

powm1: ElementwiseOp = elementwise_op(
    sc.powm1,
    partials={
        "x": lambda x, y: d_power_log_dx(0, x, y),
        "y": lambda x, y: power_log(1, x, y),
    },
    title="x^y - 1.",
    source="DLMF 4.2(iv)",
    domain={"x": (0.1, 4.0), "y": (-3.0, 3.0)},
    edges=[
        ((0.0, 2.0), {"x": 0.0, "y": 0.0}),
        ((0.0, 1.0), {"x": 1.0, "y": 0.0}),
        ((1.0, 0.0), {"x": 0.0, "y": 0.0}),
    ],
    notes="For negative x only integers y have a value, and there is no derivative in y.",
)
