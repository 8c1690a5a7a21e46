"""The mean and the standard deviation of a normal distribution from a quantile. DLMF 7.17."""

from __future__ import annotations

import scipy.special as sc

from npbridge import ElementwiseOp, elementwise_op
from npbridge.elementary import exp, pi, sqrt

__all__ = ["nrdtrimn", "nrdtrisd"]

normal_quantile: ElementwiseOp = elementwise_op(
    sc.ndtri,
    name="normal_quantile",
    partials={"p": lambda out: sqrt(2 * pi) * exp(out * out / 2)},
    title="Φ⁻¹(p), the quantiles of the standard normal distribution.",
    source="DLMF 7.17.1 and the inverse rule",
    domain={"p": (0.02, 0.98)},
    edges=[((0.5,), {"p": 2.5066282746310002})],
)

nrdtrimn: ElementwiseOp = elementwise_op(
    sc.nrdtrimn,
    partials={
        "p": lambda p, std: -std * sqrt(2 * pi) * exp(normal_quantile(p) ** 2 / 2),
        "std": lambda p: -normal_quantile(p),
        "x": lambda x: 1 + 0 * x,
    },
    title="x - σ Φ⁻¹(p), the mean of the normal distribution whose quantile of p is x.",
    source="DLMF 7.17.1",
    domain={"p": (0.02, 0.98), "std": (0.1, 5.0), "x": (-5.0, 5.0)},
    edges=[((0.5, 2.0, 1.0), {"p": -5.0132565492620005, "std": 0.0, "x": 1.0})],
)

nrdtrisd: ElementwiseOp = elementwise_op(
    sc.nrdtrisd,
    partials={
        "mn": lambda p: -1 / normal_quantile(p),
        "p": lambda mn, p, x: (
            (mn - x) * (sqrt(2 * pi) * exp(normal_quantile(p) ** 2 / 2) / normal_quantile(p) ** 2)
        ),
        "x": lambda p: 1 / normal_quantile(p),
    },
    title="(x - μ) / Φ⁻¹(p), the standard deviation of the normal distribution with x at p.",
    source="DLMF 7.17.1",
    domain={"mn": (-5.0, 5.0), "p": (0.6, 0.98), "x": (-5.0, 5.0)},
    edges=[((1.0, 0.75, 1.0), {"p": 0.0})],
    notes="At p = 1/2 there is a pole.",
)
