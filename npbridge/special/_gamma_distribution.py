"""The gamma distribution and its inverses. DLMF chapter 8."""

from __future__ import annotations

from math import inf
from typing import Any

import numpy as np
import scipy.special as sc

from npbridge import ElementwiseOp, elementwise_op, integer
from npbridge.special import _incomplete_gamma
from npbridge.special._chi_square import density, slope
from npbridge.special._in_double import in_double
from npbridge.special._rate_density import rate_density
from npbridge.special._reasons import reaches

__all__ = ["gdtr", "gdtrc", "gdtria", "gdtrib", "gdtrix"]


def _gdtr_db(n: int, a: Any, b: Any, x: Any) -> Any:
    with np.errstate(all="ignore"):
        return _incomplete_gamma.gammainc_da(n, b, np.multiply(a, x))


def d_gdtr_da(n: int, a: Any, b: Any, x: Any) -> Any:
    """Of b/a p(b + 1, ax), not x p(b, ax), where p may be infinite at x = 0."""
    slope = b * rate_density(n, 2, a, b + 1, x)
    return slope + n * rate_density(n - 1, 2, a, b + 1, x) if n else slope


gdtr_db: ElementwiseOp = elementwise_op(
    in_double(_gdtr_db),
    name="gdtr_db",
    partials={
        "n": integer("the order of the derivative", static=True),
        "a": d_gdtr_da,
        "b": lambda n, a, b, x: gdtr_db(reaches("gdtr", n, _incomplete_gamma.MAX_ORDER), a, b, x),
        "x": lambda n, a, b, x: rate_density(n, 0, a, b, x),
    },
    title="The n-th derivative in b of P(b, a x).",
    source="DLMF 8.2.1 and 8.8.13",
    domain={"n": (1, 3), "a": (0.2, 5.0), "b": (0.2, 30.0), "x": (0.1, 30.0)},
    edges=[((1, 2.0, 3.0, 0.0), {"a": 0.0, "x": 0.0}), ((1, 2.0, 2.0, 0.0), {"a": 0.0, "x": 0.0})],
)

gdtr: ElementwiseOp = elementwise_op(
    sc.gdtr,
    partials={
        "a": lambda a, b, x: d_gdtr_da(0, a, b, x),
        "b": lambda a, b, x: gdtr_db(1, a, b, x),
        "x": lambda a, b, x: rate_density(0, 0, a, b, x),
    },
    title="P(b, a x), the gamma distribution function.",
    source="DLMF 8.2.1 and 8.8.13",
    domain={"a": (0.2, 5.0), "b": (0.2, 30.0), "x": (0.1, 30.0)},
    edges=[
        ((2.0, 0.5, 0.0), {"a": 0.0, "b": 0.0, "x": inf}),
        ((2.0, 1.0, 0.0), {"a": 0.0, "b": 0.0, "x": 2.0}),
        ((2.0, 3.0, 0.0), {"a": 0.0, "b": 0.0, "x": 0.0}),
        ((0.0, 1.0, 3.0), {"a": 3.0, "b": 0.0, "x": 0.0}),
    ],
)

gdtrc: ElementwiseOp = elementwise_op(
    sc.gdtrc,
    partials={
        "a": lambda a, b, x: -d_gdtr_da(0, a, b, x),
        "b": lambda a, b, x: -gdtr_db(1, a, b, x),
        "x": lambda a, b, x: -rate_density(0, 0, a, b, x),
    },
    title="Q(b, a x), the survival function of the gamma distribution.",
    source="DLMF 8.2.5 and 8.8.13",
    domain={"a": (0.2, 5.0), "b": (0.2, 30.0), "x": (0.1, 30.0)},
    edges=[
        ((2.0, 0.5, 0.0), {"a": 0.0, "b": 0.0, "x": -inf}),
        ((2.0, 1.0, 0.0), {"a": 0.0, "b": 0.0, "x": -2.0}),
    ],
)

gdtria: ElementwiseOp = elementwise_op(
    sc.gdtria,
    partials={
        "p": lambda b, x, out: 1 / (x * density(b, out * x)),
        "b": lambda b, x, out: -slope(b, out * x) / (x * density(b, out * x)),
        "x": lambda x, out: -out / x,
    },
    title="The a at which P(b, a x) = p.",
    source="DLMF 8.8.13 and the inverse rule",
    domain={"p": (0.01, 0.99), "b": (0.2, 30.0), "x": (0.5, 30.0)},
    edges=[((0.5, 1.0, 2.0), {"p": 1.0, "x": -0.17328679513998632})],
)

gdtrib: ElementwiseOp = elementwise_op(
    sc.gdtrib,
    partials={
        "a": lambda a, x, out: -x * density(out, a * x) / slope(out, a * x),
        "p": lambda a, x, out: 1 / slope(out, a * x),
        "x": lambda a, x, out: -a * density(out, a * x) / slope(out, a * x),
    },
    title="The b at which P(b, a x) = p.",
    source="DLMF 8.8.13 and the inverse rule",
    domain={"a": (0.2, 5.0), "p": (0.01, 0.99), "x": (0.5, 10.0)},
    edges=[((1.0, 0.6321205588285577, 1.0), {"p": -2.3162640313297106})],
)

gdtrix: ElementwiseOp = elementwise_op(
    sc.gdtrix,
    partials={
        "a": lambda a, out: -out / a,
        "b": lambda a, b, out: -slope(b, a * out) / (a * density(b, a * out)),
        "p": lambda a, b, out: 1 / (a * density(b, a * out)),
    },
    title="The x at which P(b, a x) = p.",
    source="DLMF 8.8.13 and the inverse rule",
    domain={"a": (0.2, 5.0), "b": (0.2, 30.0), "p": (0.01, 0.99)},
    edges=[((2.0, 1.0, 0.5), {"p": 1.0, "a": -0.17328679513998632})],
)
