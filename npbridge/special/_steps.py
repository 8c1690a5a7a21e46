"""Functions that are constant between steps."""

from __future__ import annotations

import scipy.special as sc

from npbridge._elementwise_op import elementwise_op

__all__ = ["gammasgn", "round"]

round = elementwise_op(  # noqa: A001  # SciPy's name
    sc.round,
    title="The nearest integer, the even one of two.",
    partials={"x": lambda: 0.0},
    source="a constant's derivative",
    domain={"x": (1.6, 2.4)},
    edges=[((0.0,), {"x": 0.0}), ((0.5,), {"x": 0.0}), ((float("inf"),), {"x": 0.0})],
    notes="As torch.round, it has derivative zero also at the steps.",
)

gammasgn = elementwise_op(
    sc.gammasgn,
    title="The sign of the gamma function.",
    partials={"x": lambda: 0.0},
    source="a constant's derivative",
    domain={"x": (-0.9, -0.1)},
    edges=[((0.0,), {"x": 0.0}), ((2.0,), {"x": 0.0}), ((float("inf"),), {"x": 0.0})],
    notes="It has derivative zero also at the poles.",
)
