"""Entropies."""

from __future__ import annotations

from math import inf
from typing import Any

import numpy as np
import scipy.special as sc

from npbridge import ElementwiseOp, elementwise_op
from npbridge.elementary import log
from npbridge.special._elementary import quotient

__all__ = ["entr", "kl_div", "rel_entr"]

entr: ElementwiseOp = elementwise_op(
    sc.entr,
    partials={"x": lambda x: -log(x) - 1},
    title="-x log x, and 0 at x = 0.",
    source="the product rule",
    domain={"x": (0.1, 9.0)},
    edges=[((0.0,), {"x": inf}), ((1.0,), {"x": -1.0})],
)


def _log_ratio(x: Any, y: Any) -> Any:
    with np.errstate(all="ignore"):
        near = np.abs(x - y) < y / 2
        ratio = np.where(near, np.log1p((x - y) / np.where(near, y, 1.0)), np.log(x) - np.log(y))
        return np.where((x == 0) & (y == 0), np.inf, ratio)


# log(x/y) loses all digits as x nears y, where x - y is exact; and overflows before its time.
log_ratio: ElementwiseOp = elementwise_op(
    _log_ratio,
    name="log_ratio",
    partials={"x": lambda x: 1 / x, "y": lambda y: -1 / y},
    title="log(x/y), and inf at x = y = 0.",
    source="DLMF 4.7.1",
    domain={"x": (0.1, 9.0), "y": (0.1, 9.0)},
    edges=[((1.0, 1.0), {"x": 1.0, "y": -1.0}), ((0.0, 1.0), {"x": inf, "y": -1.0})],
)


def _one_minus_ratio(x: Any, y: Any) -> Any:
    with np.errstate(all="ignore"):
        return np.where((x == 0) & (y == 0), 1.0, (y - x) / np.asarray(y))


# 1 - x/y has rounding errors of its own near x = y, this has none.
one_minus_ratio: ElementwiseOp = elementwise_op(
    _one_minus_ratio,
    name="one_minus_ratio",
    partials={"x": lambda y: -1 / y, "y": lambda x, y: quotient(2, x, y)},
    title="1 - x/y, and 1 at x = y = 0.",
    source="the quotient rule",
    domain={"x": (0.1, 9.0), "y": (0.1, 9.0)},
    edges=[((1.0, 1.0), {"x": -1.0, "y": 1.0}), ((0.0, 1.0), {"x": -1.0, "y": 0.0})],
)

kl_div: ElementwiseOp = elementwise_op(
    sc.kl_div,
    partials={
        "x": lambda x, y: log_ratio(x, y),
        "y": lambda x, y: one_minus_ratio(x, y),
    },
    title="x log(x/y) - x + y, the terms of the Kullback-Leibler divergence.",
    source="the product rule",
    domain={"x": (0.1, 9.0), "y": (0.1, 9.0)},
    edges=[
        ((0.0, 2.0), {"x": -inf, "y": 1.0}),
        ((0.0, 0.0), {"x": inf, "y": 1.0}),
        ((3.0, 3.0), {"x": 0.0, "y": 0.0}),
    ],
    notes="Near x = y SciPy's value has the rounding error of x log(x/y), 2 % of it at a relative "
    "distance of 1e-7; the derivatives are right.",
)

rel_entr: ElementwiseOp = elementwise_op(
    sc.rel_entr,
    partials={
        "x": lambda x, y: log_ratio(x, y) + 1,
        "y": lambda x, y: -quotient(1, x, y),
    },
    title="x log(x/y), the terms of the relative entropy.",
    source="the product rule",
    domain={"x": (0.1, 9.0), "y": (0.1, 9.0)},
    edges=[
        ((0.0, 2.0), {"x": -inf, "y": 0.0}),
        ((0.0, 0.0), {"x": inf, "y": 0.0}),
        ((3.0, 3.0), {"x": 1.0, "y": -1.0}),
    ],
)
