"""The Poisson distribution and its inverses. DLMF chapter 8."""

from __future__ import annotations

from typing import Any

import scipy.special as sc

from npbridge import ElementwiseOp, elementwise_op, integer
from npbridge.elementary import where
from npbridge.special._chi_square import density, slope

__all__ = ["pdtr", "pdtrc", "pdtri", "pdtrik"]

EVENTS = integer("a number of events")

# SciPy rounds k down where it is no integer; `k // 1` does.
pdtr: ElementwiseOp = elementwise_op(
    sc.pdtr,
    partials={"k": EVENTS, "m": lambda k, m: -density(k // 1 + 1, m)},
    title="Q(k + 1, m), the Poisson distribution function.",
    source="DLMF 8.4.10 and 8.8.13",
    domain={"k": (0, 20), "m": (0.1, 30.0)},
    edges=[((0, 0.0), {"m": -1.0}), ((1, 0.0), {"m": 0.0})],
)

pdtrc: ElementwiseOp = elementwise_op(
    sc.pdtrc,
    partials={"k": EVENTS, "m": lambda k, m: density(k // 1 + 1, m)},
    title="P(k + 1, m), the survival function of the Poisson distribution.",
    source="DLMF 8.4.9 and 8.8.13",
    domain={"k": (0, 20), "m": (0.1, 30.0)},
    edges=[((0, 0.0), {"m": 1.0}), ((1, 0.0), {"m": 0.0})],
)

pdtri: ElementwiseOp = elementwise_op(
    sc.pdtri,
    partials={"k": EVENTS, "y": lambda k, out: -1 / density(k // 1 + 1, out)},
    title="The m at which Q(k + 1, m) = y.",
    source="DLMF 8.8.13 and the inverse rule",
    domain={"k": (0, 20), "y": (0.01, 0.99)},
    edges=[((0, 0.5), {"y": -2.0})],
)


def d_pdtrik(numerator: Any, m: Any, out: Any) -> Any:
    """The inverse rule in k, and 0 where no k >= 0 gives p, so that SciPy returns 0."""
    return where(out <= 0, 0.0, numerator / -slope(out + 1, m))


pdtrik: ElementwiseOp = elementwise_op(
    sc.pdtrik,
    partials={
        "p": lambda m, out: d_pdtrik(1.0, m, out),
        "m": lambda m, out: d_pdtrik(density(out + 1, m), m, out),
    },
    title="The real k at which Q(k + 1, m) = p, and 0 where there is none.",
    source="DLMF 8.8.13 and the inverse rule",
    domain={"p": (0.4, 0.99), "m": (1.0, 30.0)},
    edges=[((0.01, 3.0), {"p": 0.0, "m": 0.0})],
)
