"""The chi-square distribution and its inverses. DLMF chapter 8."""

from __future__ import annotations

from math import inf
from typing import Any

import scipy.special as sc

from npbridge import ElementwiseOp, elementwise_op
from npbridge.special._gamma import gamma_density_da, gammainc_da
from npbridge.special._in_double import in_double

__all__ = ["chdtr", "chdtrc", "chdtri", "chdtriv"]


def density(a: Any, x: Any) -> Any:
    """The gamma density."""
    return gamma_density_da(0, a, x)


def slope(a: Any, x: Any) -> Any:
    """The derivative of P(a, x) in a."""
    return gammainc_da(1, a, x)


chdtr: ElementwiseOp = elementwise_op(
    sc.chdtr,
    partials={
        "v": lambda v, x: slope(v / 2, x / 2) / 2,
        "x": lambda v, x: density(v / 2, x / 2) / 2,
    },
    title="P(v/2, x/2), the chi-square distribution function.",
    source="DLMF 8.2.1 and 8.8.13",
    domain={"v": (0.5, 60.0), "x": (0.1, 80.0)},
    edges=[
        ((1.0, 0.0), {"v": 0.0, "x": inf}),
        ((2.0, 0.0), {"v": 0.0, "x": 0.5}),
        ((4.0, 0.0), {"v": 0.0, "x": 0.0}),
    ],
)

chdtrc: ElementwiseOp = elementwise_op(
    sc.chdtrc,
    partials={
        "v": lambda v, x: -slope(v / 2, x / 2) / 2,
        "x": lambda v, x: -density(v / 2, x / 2) / 2,
    },
    title="Q(v/2, x/2), the survival function of the chi-square distribution.",
    source="DLMF 8.2.5 and 8.8.13",
    domain={"v": (0.5, 60.0), "x": (0.1, 80.0)},
    edges=[
        ((1.0, 0.0), {"v": 0.0, "x": -inf}),
        ((2.0, 0.0), {"v": 0.0, "x": -0.5}),
        ((4.0, 0.0), {"v": 0.0, "x": 0.0}),
    ],
)

chdtri: ElementwiseOp = elementwise_op(
    sc.chdtri,
    partials={
        "v": lambda v, out: -slope(v / 2, out / 2) / density(v / 2, out / 2),
        "p": lambda v, out: -2 / density(v / 2, out / 2),
    },
    title="The x at which Q(v/2, x/2) = p.",
    source="DLMF 8.8.13 and the inverse rule",
    domain={"v": (0.5, 60.0), "p": (0.01, 0.99)},
    edges=[((2.0, 0.5), {"p": -4.0})],
)

chdtriv: ElementwiseOp = elementwise_op(
    in_double(sc.chdtriv),
    partials={
        "p": lambda x, out: 2 / slope(out / 2, x / 2),
        "x": lambda x, out: -density(out / 2, x / 2) / slope(out / 2, x / 2),
    },
    title="The v at which P(v/2, x/2) = p.",
    source="DLMF 8.8.13 and the inverse rule",
    domain={"p": (0.01, 0.99), "x": (0.5, 60.0)},
    edges=[((0.6321205588285577, 2.0), {"p": -4.632528062659421, "x": 0.8521059174510862})],
)
