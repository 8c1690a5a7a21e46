"""Inverses of the incomplete gamma functions. DLMF section 8.12(i) and 8.2(i)."""

from __future__ import annotations

from typing import Any

import scipy.special as sc

from npbridge import ElementwiseOp, elementwise_op
from npbridge.elementary import where
from npbridge.special._gamma import gamma_density_da, gammainc_da

__all__ = ["gammainccinv", "gammaincinv"]

END = "Where x = 0 the first derivatives hold, and no higher ones."


def d_inverse_da(a: Any, out: Any) -> Any:
    """Less the derivative of P in a over that in x; 0 where x = 0 whatever a is."""
    held = out == 0
    point = where(held, 1.0, out)
    return where(held, 0.0, -gammainc_da(1, a, point) / gamma_density_da(0, a, point))


gammaincinv: ElementwiseOp = elementwise_op(
    sc.gammaincinv,
    partials={
        "a": d_inverse_da,
        "y": lambda a, out: 1 / gamma_density_da(0, a, out),
    },
    title="The x with P(a, x) = y, the inverse of the lower incomplete gamma function.",
    source="DLMF 8.2.4 and 8.8.13, by the inverse function rule",
    domain={"a": (0.3, 20.0), "y": (0.05, 0.95)},
    edges=[((1.0, 0.5), {"y": 2.0}), ((1.0, 0.75), {"y": 4.0})],
    notes=END,
)

gammainccinv: ElementwiseOp = elementwise_op(
    sc.gammainccinv,
    partials={
        "a": d_inverse_da,
        "y": lambda a, out: -1 / gamma_density_da(0, a, out),
    },
    title="The x with Q(a, x) = y, the inverse of the upper incomplete gamma function.",
    source="DLMF 8.2.4 and 8.8.13, by the inverse function rule",
    domain={"a": (0.3, 20.0), "y": (0.05, 0.95)},
    edges=[((1.0, 0.5), {"y": -2.0}), ((1.0, 0.25), {"y": -4.0})],
    notes=END,
)
