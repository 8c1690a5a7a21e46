"""The distributions of the Kolmogorov-Smirnov statistics. DLMF 20.2 and 20.7(viii)."""

from __future__ import annotations

from math import inf

import scipy.special as sc

from npbridge import ElementwiseOp, elementwise_op, integer
from npbridge.special import _kolmogorov_series

__all__ = ["kolmogi", "kolmogorov", "smirnov", "smirnovi"]

ORDER = integer("the order of the derivative", static=True)
SAMPLE = integer("the size of a sample")
KNOTS = (
    "It is a polynomial between d = 1 - j/n for integers j, where derivative n - j jumps: there "
    "the derivatives are those to the left. They are a sum of n terms, to 1e-14 for n = 3000."
)

ENDS = "Where the first derivative is infinite, at p = 0 or 1, the higher ones are NaN."

kolmogorov_dn: ElementwiseOp = elementwise_op(
    _kolmogorov_series.kolmogorov_dn,
    name="kolmogorov_dn",
    partials={"n": ORDER, "y": lambda n, y: kolmogorov_dn(n + 1, y)},
    title="The n-th derivative of Kolmogorov's distribution, for n ≥ 1.",
    source="DLMF 20.7.32 with 18.5.5",
    domain={"n": (1, 3), "y": (0.3, 3.0)},
    edges=[((1, 0.0), {"y": 0.0}), ((2, inf), {"y": 0.0}), ((1, -1.0), {"y": 0.0})],
)

kolmogorov: ElementwiseOp = elementwise_op(
    sc.kolmogorov,
    partials={"y": lambda y: kolmogorov_dn(1, y)},
    title="2 Σ (-1)ᵏ⁻¹ exp(-2k²y²) over k ≥ 1, the survival function of Kolmogorov's distribution.",
    source="DLMF 20.2.4",
    domain={"y": (0.3, 3.0)},
    edges=[((0.0,), {"y": 0.0}), ((-1.0,), {"y": 0.0}), ((inf,), {"y": 0.0})],
)

kolmogi: ElementwiseOp = elementwise_op(
    sc.kolmogi,
    partials={"p": lambda out: 1 / kolmogorov_dn(1, out)},
    title="The y at which Kolmogorov's survival function is p.",
    source="DLMF 20.2.4 and the inverse rule",
    domain={"p": (0.02, 0.98)},
    edges=[((0.5,), {"p": -0.6359339162772681})],
    notes=ENDS,
)

smirnov_dn: ElementwiseOp = elementwise_op(
    _kolmogorov_series.smirnov_dn,
    name="smirnov_dn",
    partials={
        "n": ORDER,
        "count": SAMPLE,
        "d": lambda n, count, d: smirnov_dn(n + 1, count, d),
    },
    title="The n-th derivative in d of Smirnov's distribution, for n ≥ 1.",
    source="the product rule, and Abel's form of the binomial theorem",
    domain={"n": (1, 3), "count": (3, 40), "d": (0.01, 0.99)},
    edges=[((1, 2, 0.25), {"d": -2.0}), ((1, 2, 0.75), {"d": 2.0}), ((1, 1, 0.5), {"d": 0.0})],
)

smirnov: ElementwiseOp = elementwise_op(
    sc.smirnov,
    partials={"n": SAMPLE, "d": lambda n, d: smirnov_dn(1, n, d)},
    title="The survival function of the one-sided Kolmogorov-Smirnov statistic of n numbers.",
    source="the product rule, and Abel's form of the binomial theorem",
    domain={"n": (3, 40), "d": (0.01, 0.99)},
    edges=[
        ((3, 0.0), {"d": -1.0}),
        ((1, 0.5), {"d": -1.0}),
        ((1, 1.0), {"d": -1.0}),
        ((2, 0.5), {"d": -2.0}),
        ((2, 1.0), {"d": 0.0}),
    ],
    notes=KNOTS,
)

smirnovi: ElementwiseOp = elementwise_op(
    sc.smirnovi,
    partials={"n": SAMPLE, "p": lambda n, out: 1 / smirnov_dn(1, n, out)},
    title="The d at which the survival function of the Kolmogorov-Smirnov statistic is p.",
    source="the inverse rule",
    domain={"n": (3, 40), "p": (0.02, 0.98)},
    edges=[((1, 0.25), {"p": -1.0}), ((3, 1.0), {"p": -1.0})],
    notes=f"{ENDS} Next to 1 the derivative is as fine as the rounding of the result.",
)
