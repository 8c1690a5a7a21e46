"""Box and Cox's transformation of powers.

As integrals, the derivatives in λ have no hole at 0; each derivative of the quotient (x^λ - 1) / λ
loses a further factor of 1/λ.
"""

from __future__ import annotations

from math import inf
from typing import Any

import numpy as np
import scipy.special as sc

from npbridge import ElementwiseOp, elementwise_op, integer
from npbridge.elementary import where
from npbridge.special._elementary import power_log
from npbridge.special._exponential import exprel_dn

__all__ = ["boxcox", "boxcox1p"]

ORDER = integer("the order of the derivative", static=True)


def _integral(n: int, log: Any, lmbda: Any) -> Any:
    """The integral of tⁿ exp(λt) from 0 to a logarithm; at -inf finite for positive λ only."""
    with np.errstate(all="ignore"):
        end = np.isneginf(log)
        finite = np.where(end, 0.0, log)
        inside = finite ** (n + 1) * exprel_dn.numpy(n, lmbda * finite)
        sign = (-1) ** (n + 1)
        whole = np.where(lmbda > 0, sc.factorial(n) / np.maximum(lmbda, 0.0) ** (n + 1), np.inf)
        return np.where(end, sign * whole, inside) + 0 * lmbda


def _boxcox_dn(n: int, x: Any, lmbda: Any) -> Any:
    with np.errstate(all="ignore"):
        return _integral(n, np.log(x), lmbda)


boxcox_dn: ElementwiseOp = elementwise_op(
    _boxcox_dn,
    name="boxcox_dn",
    partials={
        "n": ORDER,
        "x": lambda n, x, lmbda: power_log(n, x, lmbda - 1),
        "lmbda": lambda n, x, lmbda: boxcox_dn(n + 1, x, lmbda),
    },
    title="The n-th derivative of (x^λ - 1) / λ in λ: the integral of t^(λ-1) logⁿ t from 1 to x.",
    source="DLMF 4.10.4 and 4.2(iv)",
    domain={"n": (0, 4), "x": (0.1, 9.0), "lmbda": (-2.0, 2.0)},
    edges=[
        ((1, 1.0, 0.0), {"x": 0.0, "lmbda": 0.0}),
        ((1, 0.0, 2.0), {"x": 0.0, "lmbda": -0.25}),
    ],
)

boxcox: ElementwiseOp = elementwise_op(
    sc.boxcox,
    partials={
        "x": lambda x, lmbda: power_log(0, x, lmbda - 1),
        "lmbda": lambda x, lmbda: boxcox_dn(1, x, lmbda),
    },
    title="(x^λ - 1) / λ, and log x at λ = 0.",
    source="DLMF 4.2(iv) and 4.10.4",
    domain={"x": (0.1, 9.0), "lmbda": (-2.0, 2.0)},
    edges=[
        ((2.0, 0.0), {"x": 0.5, "lmbda": 0.24022650695910072}),
        ((1.0, 0.0), {"x": 1.0, "lmbda": 0.0}),
        ((0.0, 2.0), {"x": 0.0, "lmbda": 0.25}),
        ((0.0, 1.0), {"x": 1.0, "lmbda": 1.0}),
        ((0.0, 0.5), {"x": inf, "lmbda": 4.0}),
    ],
)


def _power1p_log(n: int, x: Any, y: Any) -> Any:
    with np.errstate(all="ignore"):
        log = np.log1p(x)
        product = np.exp(np.where(y == 0, 0.0, y * log)) * log**n
        return np.where((x == -1) & (y > 0), 0.0, product) + 0 * x


def d_power1p_log_dx(n: int, x: Any, y: Any) -> Any:
    """The slope, where a power of 0 is constant at x = -1 too."""
    if n:
        return y * power1p_log(n, x, y - 1) + n * power1p_log(n - 1, x, y - 1)
    return y * power1p_log(0, where((x == -1) & (y == 0), 0.0, x), y - 1)


power1p_log: ElementwiseOp = elementwise_op(
    _power1p_log,
    name="power1p_log",
    partials={
        "n": integer("the power of the logarithm", static=True),
        "x": d_power1p_log_dx,
        "y": lambda n, x, y: power1p_log(n + 1, x, y),
    },
    title="(1 + x)^y logⁿ(1 + x), and 0 at x = -1 where y > 0.",
    source="DLMF 4.2(iv)",
    domain={"n": (0, 3), "x": (-0.9, 4.0), "y": (-3.0, 3.0)},
    edges=[
        ((0, -1.0, 2.0), {"x": 0.0, "y": 0.0}),
        ((1, 0.0, 0.0), {"x": 1.0, "y": 0.0}),
    ],
)


def _boxcox1p_dn(n: int, x: Any, lmbda: Any) -> Any:
    with np.errstate(all="ignore"):
        return _integral(n, np.log1p(x), lmbda)


boxcox1p_dn: ElementwiseOp = elementwise_op(
    _boxcox1p_dn,
    name="boxcox1p_dn",
    partials={
        "n": ORDER,
        "x": lambda n, x, lmbda: power1p_log(n, x, lmbda - 1),
        "lmbda": lambda n, x, lmbda: boxcox1p_dn(n + 1, x, lmbda),
    },
    title="The n-th derivative of ((1 + x)^λ - 1) / λ in λ.",
    source="DLMF 4.10.4 and 4.2(iv)",
    domain={"n": (0, 4), "x": (-0.9, 9.0), "lmbda": (-2.0, 2.0)},
    edges=[
        ((1, 0.0, 0.0), {"x": 0.0, "lmbda": 0.0}),
        ((1, -1.0, 2.0), {"x": 0.0, "lmbda": -0.25}),
    ],
)

boxcox1p: ElementwiseOp = elementwise_op(
    sc.boxcox1p,
    partials={
        "x": lambda x, lmbda: power1p_log(0, x, lmbda - 1),
        "lmbda": lambda x, lmbda: boxcox1p_dn(1, x, lmbda),
    },
    title="((1 + x)^λ - 1) / λ, and log(1 + x) at λ = 0.",
    source="DLMF 4.2(iv) and 4.10.4",
    domain={"x": (-0.9, 9.0), "lmbda": (-2.0, 2.0)},
    edges=[
        ((1.0, 0.0), {"x": 0.5, "lmbda": 0.24022650695910072}),
        ((0.0, 0.0), {"x": 1.0, "lmbda": 0.0}),
        ((-1.0, 1.0), {"x": 1.0, "lmbda": 1.0}),
        ((-1.0, 2.0), {"x": 0.0, "lmbda": 0.25}),
    ],
)
