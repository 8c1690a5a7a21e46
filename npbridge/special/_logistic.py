"""The logistic function and its relatives."""

from __future__ import annotations

from math import inf
from typing import Any

import numpy as np
import scipy.special as sc

from npbridge import ElementwiseOp, elementwise_op
from npbridge.elementary import tanh
from npbridge.special._elementary import quotient

__all__ = ["expit", "log_expit", "logit", "softplus"]


def _logistic_density(x: Any) -> Any:
    # y (1 - y), as often written, is 3e-8 off at x = 20.
    return sc.expit(x) * sc.expit(-x)


# An op, as the derivative of the product cancels near x = 0.
logistic_density: ElementwiseOp = elementwise_op(
    _logistic_density,
    name="logistic_density",
    partials={"x": lambda x, out: -out * tanh(x / 2)},
    title="1 / (4 cosh²(x/2)), the density of the logistic distribution.",
    source="DLMF 4.34.1",
    domain={"x": (-8.0, 8.0)},
    edges=[((0.0,), {"x": 0.0}), ((800.0,), {"x": 0.0}), ((-800.0,), {"x": 0.0})],
)

expit: ElementwiseOp = elementwise_op(
    sc.expit,
    partials={"x": lambda x: logistic_density(x)},
    title="1 / (1 + exp(-x)), the logistic function.",
    source="the quotient rule",
    domain={"x": (-8.0, 8.0)},
    edges=[((0.0,), {"x": 0.25}), ((800.0,), {"x": 0.0}), ((-800.0,), {"x": 0.0})],
)

log_expit: ElementwiseOp = elementwise_op(
    sc.log_expit,
    partials={"x": lambda x: expit(-x)},
    title="log(1 / (1 + exp(-x))), the logarithm of the logistic function.",
    source="the chain rule",
    domain={"x": (-8.0, 8.0)},
    edges=[((0.0,), {"x": 0.5}), ((-800.0,), {"x": 1.0}), ((800.0,), {"x": 0.0})],
)

logit: ElementwiseOp = elementwise_op(
    sc.logit,
    partials={"x": lambda x: quotient(1, 1.0, x) + quotient(1, 1.0, 1 - x)},
    title="log(x / (1 - x)), the inverse of the logistic function.",
    source="the quotient rule",
    domain={"x": (0.05, 0.95)},
    edges=[((0.5,), {"x": 4.0}), ((0.0,), {"x": inf}), ((1.0,), {"x": inf})],
)


def _softplus(x: Any) -> Any:
    with np.errstate(all="ignore"):
        return sc.softplus(x)


softplus: ElementwiseOp = elementwise_op(
    _softplus,
    name="softplus",
    partials={"x": lambda x: expit(x)},
    title="log(1 + exp x).",
    source="the chain rule",
    domain={"x": (-8.0, 8.0)},
    edges=[((0.0,), {"x": 0.5}), ((800.0,), {"x": 1.0}), ((-800.0,), {"x": 0.0})],
)
