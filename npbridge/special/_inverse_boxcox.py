"""The inverse of Box and Cox's transformation of powers."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.special as sc

from npbridge import ElementwiseOp, elementwise_op, integer
from npbridge.elementary import where
from npbridge.special._exponential import log1prel_dn

__all__ = ["inv_boxcox", "inv_boxcox1p"]


def _inverse_power(n: int, y: Any, lmbda: Any) -> Any:
    with np.errstate(all="ignore"):
        product = lmbda * y
        small = np.abs(product) < 1e-290  # or log1p(λy) / λ has lost digits
        log = np.where(small, y, np.log1p(product) / np.where(small, 1.0, lmbda))
        exponent = 1 - n * lmbda
        return np.exp(np.where(exponent == 0, 0.0, exponent * log)) + 0 * (lmbda + y)


def d_inverse_power_dlmbda(n: int, y: Any, lmbda: Any) -> Any:
    """y² (log(1 + u)/u)' (1 + u)^(1/λ - n) - n y (1 + u)^(1/λ - n - 1) with u = λy."""
    # At u = -1 the part with a logarithm vanishes, and would be inf * 0.
    end = 1 + lmbda * y == 0
    power, above = inverse_power(n, y, lmbda), inverse_power(n + 1, y, lmbda)
    inside = y * y * log1prel_dn(1, where(end, 0.0, lmbda * y)) * power - n * y * above
    return where(end, (1 / where(end, lmbda, 1.0) - n) * y * above, inside)


def d_inverse_power_dy(n: int, y: Any, lmbda: Any) -> Any:
    """0 where the power is, also at the end u = -1, where its slope would be infinite."""
    exponent = 1 - n * lmbda
    return exponent * inverse_power(n + 1, where(exponent == 0, 0.0, y), lmbda)


inverse_power: ElementwiseOp = elementwise_op(
    _inverse_power,
    name="inverse_power",
    partials={
        "n": integer("what is subtracted from the exponent", static=True),
        "y": d_inverse_power_dy,
        "lmbda": d_inverse_power_dlmbda,
    },
    title="(1 + λy)^(1/λ - n), and exp y at λ = 0.",
    source="DLMF 4.2(iv) and 4.4.17",
    domain={"n": (0, 2), "y": (-0.9, 4.0), "lmbda": (-0.2, 1.0)},
    edges=[
        ((0, 2.0, 0.0), {"y": 7.38905609893065, "lmbda": -14.7781121978613}),
        ((1, 0.0, 0.5), {"y": 0.5, "lmbda": 0.0}),
    ],
)

DOMAIN = {"y": (-0.9, 4.0), "lmbda": (-0.2, 1.0)}
EDGES = [
    ((2.0, 0.0), {"y": 7.38905609893065, "lmbda": -14.7781121978613}),
    ((0.0, 0.5), {"y": 1.0, "lmbda": 0.0}),
    ((-2.0, 0.5), {"y": 0.0, "lmbda": 0.0}),
]

inv_boxcox: ElementwiseOp = elementwise_op(
    sc.inv_boxcox,
    partials={
        "y": lambda y, lmbda: inverse_power(1, y, lmbda),
        "lmbda": lambda y, lmbda: d_inverse_power_dlmbda(0, y, lmbda),
    },
    title="(1 + λy)^(1/λ), and exp y at λ = 0.",
    source="DLMF 4.2(iv) and 4.4.17",
    domain=DOMAIN,
    edges=EDGES,
)

inv_boxcox1p: ElementwiseOp = elementwise_op(
    sc.inv_boxcox1p,
    partials={
        "y": lambda y, lmbda: inverse_power(1, y, lmbda),
        "lmbda": lambda y, lmbda: d_inverse_power_dlmbda(0, y, lmbda),
    },
    title="(1 + λy)^(1/λ) - 1, and exp y - 1 at λ = 0.",
    source="DLMF 4.2(iv) and 4.4.17",
    domain=DOMAIN,
    edges=EDGES,
)
