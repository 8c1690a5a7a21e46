"""Incomplete beta functions. DLMF section 8.17."""

from __future__ import annotations

from math import inf
from typing import Any

import scipy.special as sc

from npbridge import ElementwiseOp, elementwise_op, integer
from npbridge.elementary import where
from npbridge.special import _beta_parameters
from npbridge.special._in_double import in_double
from npbridge.special._reasons import reaches

__all__ = ["betainc", "betaincc"]

ORDER = integer("the order of the derivative", static=True)
LAST = _beta_parameters.MAX_ORDER


def risen(i: int, j: int, a: Any, b: Any, x: Any) -> Any:
    """The derivative of order (i, j) of a + b times the density."""
    found = (a + b) * beta_density_dab(i, j, a, b, x)
    if i:
        found = found + i * beta_density_dab(i - 1, j, a, b, x)
    return found + j * beta_density_dab(i, j - 1, a, b, x) if j else found


def d_density_dx(i: int, j: int, a: Any, b: Any, x: Any) -> Any:
    """The density times (a - 1) / x - (b - 1) / (1 - x), differentiated in a and b."""
    # Near an end a quotient is 0/0; there it is a multiple of the density of one less (DLMF 5.5.1).
    start, end = (x < 0.1) & (a > 1), (x > 0.9) & (b > 1)
    below = where(start | (x == 0) & (a == 1) & (i == 0), 1.0, x)
    above = where(end | (x == 1) & (b == 1) & (j == 0), 1.0, 1 - x)
    scores = where(start, 0.0, (a - 1) / below) - where(end, 0.0, (b - 1) / above)
    found = beta_density_dab(i, j, a, b, x) * scores
    if i:
        found = found + where(start, 0.0, i * beta_density_dab(i - 1, j, a, b, x) / below)
    if j:
        found = found - where(end, 0.0, j * beta_density_dab(i, j - 1, a, b, x) / above)
    p, q = where(start, a, 2.0), where(end, b, 2.0)
    lesser = risen(i, j, p - 1, b, where(start, x, 0.5))
    other = risen(i, j, a, q - 1, where(end, x, 0.5))
    return found + where(start, lesser, 0.0) - where(end, other, 0.0)


beta_density_dab: ElementwiseOp = elementwise_op(
    _beta_parameters.beta_density_dab,
    name="beta_density_dab",
    partials={
        "i": ORDER,
        "j": ORDER,
        "a": lambda i, j, a, b, x: beta_density_dab(i + 1, j, a, b, x),
        "b": lambda i, j, a, b, x: beta_density_dab(i, j + 1, a, b, x),
        "x": d_density_dx,
    },
    title="The i-th derivative in a of the j-th in b of the density of the beta distribution.",
    source="DLMF 8.17.1 with 5.12.1 and 5.5.1",
    domain={"i": (0, 2), "j": (0, 2), "a": (0.2, 40.0), "b": (0.2, 40.0), "x": (0.05, 0.95)},
    edges=[
        ((0, 0, 2.0, 2.0, 0.5), {"x": 0.0}),
        ((0, 0, 3.0, 2.0, 0.0), {"a": 0.0, "b": 0.0, "x": 0.0}),
        ((0, 0, 2.0, 3.0, 1.0), {"a": 0.0, "b": 0.0, "x": 0.0}),
    ],
)


def density(a: Any, b: Any, x: Any) -> Any:
    """x^(a-1) (1-x)^(b-1) / B(a, b), of the beta distribution."""
    return beta_density_dab(0, 0, a, b, x)


betainc_dab: ElementwiseOp = elementwise_op(
    _beta_parameters.betainc_dab,
    name="betainc_dab",
    partials={
        "i": ORDER,
        "j": ORDER,
        "a": lambda i, j, a, b, x: betainc_dab(reaches("betainc", i, LAST - j), j, a, b, x),
        "b": lambda i, j, a, b, x: betainc_dab(i, reaches("betainc", j, LAST - i), a, b, x),
        "x": lambda i, j, a, b, x: beta_density_dab(i, j, a, b, x),
    },
    title="The i-th derivative in a of the j-th in b of Iₓ(a, b).",
    source="DLMF 8.17.1 and 5.12.1",
    domain={"i": (1, 2), "j": (0, 2), "a": (0.2, 40.0), "b": (0.2, 40.0), "x": (0.05, 0.95)},
    edges=[
        ((1, 0, 2.0, 2.0, 0.0), {"a": 0.0, "b": 0.0, "x": 0.0}),
        ((1, 1, 2.0, 2.0, 1.0), {"a": 0.0, "b": 0.0, "x": 0.0}),
    ],
)

betainc: ElementwiseOp = elementwise_op(
    in_double(sc.betainc),
    name="betainc",
    partials={
        "a": lambda a, b, x: betainc_dab(1, 0, a, b, x),
        "b": lambda a, b, x: betainc_dab(0, 1, a, b, x),
        "x": density,
    },
    title="Iₓ(a, b), the regularised incomplete beta function.",
    source="DLMF 8.17.1 and 8.17.2",
    domain={"a": (0.2, 40.0), "b": (0.2, 40.0), "x": (0.05, 0.95)},
    edges=[
        ((0.5, 1.0, 0.0), {"a": 0.0, "b": 0.0, "x": inf}),
        ((1.0, 3.0, 0.0), {"a": 0.0, "b": 0.0, "x": 3.0}),
        ((2.0, 3.0, 0.0), {"a": 0.0, "b": 0.0, "x": 0.0}),
        ((2.0, 1.0, 1.0), {"a": 0.0, "b": 0.0, "x": 2.0}),
        ((2.0, 0.5, 1.0), {"a": 0.0, "b": 0.0, "x": inf}),
        ((2.0, 1.0, 0.5), {"a": -0.17328679513998632}),
    ],
)

betaincc: ElementwiseOp = elementwise_op(
    in_double(sc.betaincc),
    name="betaincc",
    partials={
        "a": lambda a, b, x: -betainc_dab(1, 0, a, b, x),
        "b": lambda a, b, x: -betainc_dab(0, 1, a, b, x),
        "x": lambda a, b, x: -density(a, b, x),
    },
    title="1 - Iₓ(a, b), the complement of the regularised incomplete beta function.",
    source="DLMF 8.17.1 and 8.17.2",
    domain={"a": (0.2, 40.0), "b": (0.2, 40.0), "x": (0.05, 0.95)},
    edges=[
        ((0.5, 1.0, 0.0), {"a": 0.0, "b": 0.0, "x": -inf}),
        ((1.0, 3.0, 0.0), {"a": 0.0, "b": 0.0, "x": -3.0}),
        ((2.0, 3.0, 0.0), {"a": 0.0, "b": 0.0, "x": 0.0}),
        ((2.0, 1.0, 1.0), {"a": 0.0, "b": 0.0, "x": -2.0}),
        ((2.0, 1.0, 0.5), {"a": 0.17328679513998632}),
    ],
)
