"""Inverses of the incomplete beta functions. DLMF section 8.17."""

from __future__ import annotations

from typing import Any

import scipy.special as sc

from npbridge import ElementwiseOp, elementwise_op
from npbridge.elementary import where
from npbridge.special._in_double import in_double
from npbridge.special._incomplete_beta import betainc_dab, density

__all__ = ["betainccinv", "betaincinv", "btdtria", "btdtrib"]

ROUNDED = (
    "Next to 1 the result is as fine as its rounding there, and so is the derivative; with a and b "
    "swapped the other end is. Where it is 0 or 1 the first derivatives hold, and no higher ones."
)


def d_inverse(i: int, j: int, a: Any, b: Any, out: Any) -> Any:
    """Less the derivative in a parameter over that in x; 0 where x is 0 or 1 whatever they are."""
    held = (out == 0) | (out == 1)
    point = where(held, 0.5, out)
    return where(held, 0.0, -betainc_dab(i, j, a, b, point) / density(a, b, point))


betaincinv: ElementwiseOp = elementwise_op(
    in_double(sc.betaincinv),
    name="betaincinv",
    partials={
        "a": lambda a, b, out: d_inverse(1, 0, a, b, out),
        "b": lambda a, b, out: d_inverse(0, 1, a, b, out),
        "y": lambda a, b, out: 1 / density(a, b, out),
    },
    title="The x with Iₓ(a, b) = y, the inverse of the incomplete beta function.",
    source="DLMF 8.17.1, by the inverse function rule",
    domain={"a": (0.5, 20.0), "b": (0.5, 20.0), "y": (0.05, 0.95)},
    edges=[((1.0, 1.0, 0.5), {"a": 0.34657359027997264, "y": 1.0})],
    notes=ROUNDED,
)

betainccinv: ElementwiseOp = elementwise_op(
    in_double(sc.betainccinv),
    name="betainccinv",
    partials={
        "a": lambda a, b, out: d_inverse(1, 0, a, b, out),
        "b": lambda a, b, out: d_inverse(0, 1, a, b, out),
        "y": lambda a, b, out: -1 / density(a, b, out),
    },
    title="The x with 1 - Iₓ(a, b) = y, the inverse of the complement.",
    source="DLMF 8.17.1, by the inverse function rule",
    domain={"a": (0.5, 20.0), "b": (0.5, 20.0), "y": (0.05, 0.95)},
    edges=[((1.0, 1.0, 0.5), {"a": 0.34657359027997264, "y": -1.0})],
    notes=ROUNDED,
)

btdtria: ElementwiseOp = elementwise_op(
    in_double(sc.btdtria),
    name="btdtria",
    partials={
        "p": lambda b, x, out: 1 / betainc_dab(1, 0, out, b, x),
        "b": lambda b, x, out: -betainc_dab(0, 1, out, b, x) / betainc_dab(1, 0, out, b, x),
        "x": lambda b, x, out: -density(out, b, x) / betainc_dab(1, 0, out, b, x),
    },
    title="The a with Iₓ(a, b) = p.",
    source="DLMF 8.17.2 and the inverse rule",
    domain={"p": (0.05, 0.95), "b": (0.5, 20.0), "x": (0.05, 0.95)},
    edges=[((0.25, 1.0, 0.5), {"p": -5.7707801635558535, "x": 5.7707801635558535})],
)

btdtrib: ElementwiseOp = elementwise_op(
    in_double(sc.btdtrib),
    name="btdtrib",
    partials={
        "a": lambda a, x, out: -betainc_dab(1, 0, a, out, x) / betainc_dab(0, 1, a, out, x),
        "p": lambda a, x, out: 1 / betainc_dab(0, 1, a, out, x),
        "x": lambda a, x, out: -density(a, out, x) / betainc_dab(0, 1, a, out, x),
    },
    title="The b with Iₓ(a, b) = p.",
    source="DLMF 8.17.2 and the inverse rule",
    domain={"a": (0.5, 20.0), "p": (0.05, 0.95), "x": (0.05, 0.95)},
    edges=[((1.0, 0.75, 0.5), {"p": 5.7707801635558535, "x": -5.7707801635558535})],
)
