"""Exponentials and logarithms. DLMF chapter 4."""

from __future__ import annotations

from math import factorial, inf
from typing import Any

import numpy as np
import scipy.special as sc

from npbridge import ElementwiseOp, elementwise_op, integer
from npbridge.elementary import exp, log

__all__ = ["exp2", "exp10", "expm1", "exprel", "log1p"]

exp2: ElementwiseOp = elementwise_op(
    sc.exp2,
    partials={"x": lambda out: log(2.0) * out},
    title="2^x.",
    source="DLMF 4.7.11",
    domain={"x": (-10.0, 10.0)},
    edges=[((0.0,), {"x": 0.6931471805599453}), ((-2000.0,), {"x": 0.0})],
)

exp10: ElementwiseOp = elementwise_op(
    sc.exp10,
    partials={"x": lambda out: log(10.0) * out},
    title="10^x.",
    source="DLMF 4.7.11",
    domain={"x": (-4.0, 4.0)},
    edges=[((0.0,), {"x": 2.302585092994046}), ((-500.0,), {"x": 0.0})],
)

expm1: ElementwiseOp = elementwise_op(
    sc.expm1,
    partials={"x": lambda x: exp(x)},
    title="exp x - 1.",
    source="DLMF 4.7.7",
    holomorphic=("x",),
    domain={"x": (-10.0, 10.0)},
    edges=[((0.0,), {"x": 1.0}), ((-800.0,), {"x": 0.0})],
)

log1p: ElementwiseOp = elementwise_op(
    sc.log1p,
    partials={"x": lambda x: 1 / (1 + x)},
    title="log(1 + x).",
    source="DLMF 4.7.1",
    holomorphic=("x",),
    domain={"x": (-0.9, 9.0)},
    edges=[((0.0,), {"x": 1.0}), ((-1.0,), {"x": inf})],
)


def _exprel_dn(n: int, x: Any) -> Any:
    # SciPy's hyp1f1 takes minutes at 1e15 (SciPy 1.17). Beyond 800 the result is infinite, and
    # below -800 the exponential is nothing beside the power.
    with np.errstate(all="ignore"):
        near = sc.hyp1f1(n + 1.0, n + 2.0, np.clip(x, -800.0, 800.0)) / (n + 1)
        return np.where(np.asarray(x) < -800, factorial(n) / (-np.asarray(x)) ** (n + 1), near)


exprel_dn: ElementwiseOp = elementwise_op(
    _exprel_dn,
    name="exprel_dn",
    partials={
        "n": integer("the order of the derivative", static=True),
        "x": lambda n, x: exprel_dn(n + 1, x),
    },
    title="The n-th derivative of (exp x - 1) / x, the integral of tⁿ exp(xt) over (0, 1).",
    source="DLMF 13.4.1 with 13.3.15",
    domain={"n": (0, 4), "x": (-10.0, 10.0)},
    edges=[((0, 0.0), {"x": 0.5}), ((2, 0.0), {"x": 0.25})],
)

# (exp x - exprel x) / x, as often written, loses a factor 2/|x|.
exprel: ElementwiseOp = elementwise_op(
    sc.exprel,
    partials={"x": lambda x: exprel_dn(1, x)},
    title="(exp x - 1) / x, and 1 at x = 0.",
    source="DLMF 13.6.2 with 13.3.15",
    domain={"x": (-10.0, 10.0)},
    edges=[((0.0,), {"x": 0.5}), ((1e-300,), {"x": 0.5})],
)


def _log1prel_dn(n: int, x: Any) -> Any:
    with np.errstate(all="ignore"):
        far = x > 100  # where the hypergeometric function loses 5e-13, and then all
        near = sc.hyp2f1(n + 1.0, n + 1.0, n + 2.0, -np.where(far, 1.0, x)) / (n + 1)
        part = np.where(far, x / (1 + x), 0.5)
        # The logarithm without the first terms of its series in x / (1 + x).
        rest = np.log1p(np.where(far, x, 1.0)) - sum(part**k / k for k in range(1, n + 1))
        scale = np.where(far, 1 / ((1 + x) * part), 0.0) ** (n + 1)
        return (-1) ** n * sc.factorial(n) * np.where(far, rest * scale, near)


log1prel_dn: ElementwiseOp = elementwise_op(
    _log1prel_dn,
    name="log1prel_dn",
    partials={
        "n": integer("the order of the derivative", static=True),
        "x": lambda n, x: log1prel_dn(n + 1, x),
    },
    title="The n-th derivative of log(1 + x) / x.",
    source="DLMF 15.4.1 with 15.5.2",
    domain={"n": (0, 4), "x": (-0.9, 9.0)},
    edges=[((0, 0.0), {"x": -0.5}), ((1, 0.0), {"x": 0.6666666666666666})],
)
