"""Hypergeometric functions. DLMF chapters 13, 15 and 16."""

from __future__ import annotations

from math import inf
from typing import Any

import scipy.special as sc

from npbridge import ElementwiseOp, elementwise_op, unwritten
from npbridge.elementary import abs, where  # noqa: A004  # as NumPy and torch call it

__all__ = ["hyp0f1", "hyp1f1", "hyp2f1", "hyperu"]

PARAMETER = unwritten("the derivative in a parameter is an infinite series", see="DLMF 16.2.1")

hyp0f1: ElementwiseOp = elementwise_op(
    sc.hyp0f1,
    partials={"v": PARAMETER, "z": lambda v, z: hyp0f1(v + 1, z) / v},
    title="₀F₁(; v; z), the confluent hypergeometric limit function.",
    source="DLMF 16.3.1",
    holomorphic=("z",),
    domain={"v": (0.5, 10.0), "z": (-40.0, 40.0)},
    edges=[((1.5, 0.0), {"z": 2 / 3}), ((-0.5, 0.0), {"z": -2.0})],
    notes="At v = 1 and z > 1.26e5 SciPy's value is 0, where it overflows (1.17.1).",
)


def d_hyp1f1_dx(a: Any, b: Any, x: Any) -> Any:
    """(a/b) ₁F₁(a + 1; b + 1; x); for a = 0 it is 0, also where the function overflows."""
    x = where((a == 0) & (abs(x) > 700), 0.0, x)
    # ₁F₁(0; b; x) = 1 is infinite in SciPy for whole b <= 0, where polynomials end.
    lower = where((a == 0) | (a == -1), 1.0, b + 1)
    return a / b * hyp1f1(a + 1, lower, x)


hyp1f1: ElementwiseOp = elementwise_op(
    sc.hyp1f1,
    partials={"a": PARAMETER, "b": PARAMETER, "x": d_hyp1f1_dx},
    title="₁F₁(a; b; x), Kummer's confluent hypergeometric function.",
    source="DLMF 13.3.15",
    holomorphic=("x",),
    domain={"a": (0.2, 6.0), "b": (0.5, 8.0), "x": (-15.0, 15.0)},
    edges=[
        ((2.0, 3.0, 0.0), {"x": 2 / 3}),
        ((-1.0, 2.0, 5.0), {"x": -0.5}),
        ((-1.0, -3.0, 0.5), {"x": 1 / 3}),
        ((0.0, 2.0, 1e4), {"x": 0.0}),
    ],
)


def d_hyp2f1_dz(a: Any, b: Any, c: Any, z: Any) -> Any:
    """(ab/c) F(a + 1, b + 1; c + 1; z); for ab = 0 it is 0, also at the singular point."""
    none = a * b == 0
    z = where(none & (abs(z) >= 1), 0.0, z)
    lower = where(none | (a == -1) | (b == -1), 1.0, c + 1)  # as for ₁F₁
    return a * b / c * hyp2f1(a + 1, b + 1, lower, z)


hyp2f1: ElementwiseOp = elementwise_op(
    sc.hyp2f1,
    partials={"a": PARAMETER, "b": PARAMETER, "c": PARAMETER, "z": d_hyp2f1_dz},
    title="F(a, b; c; z), Gauss's hypergeometric function.",
    source="DLMF 15.5.1",
    holomorphic=("z",),
    domain={"a": (0.2, 3.0), "b": (0.2, 3.0), "c": (0.5, 6.0), "z": (-4.0, 0.9)},
    edges=[
        ((1.0, 2.0, 4.0, 0.0), {"z": 0.5}),
        ((0.5, 1.0, 4.0, 1.0), {"z": 0.4}),
        ((0.5, 0.5, 1.5, 1.0), {"z": inf}),
        ((0.0, 2.0, 1.5, 1.0), {"z": 0.0}),
        ((-2.0, 1.0, 1.0, 3.0), {"z": 4.0}),
    ],
    notes="For z < -1 and c of some tens SciPy's value is up to 1e-6 off, and so are derivatives.",
)


def d_hyperu_dx(a: Any, b: Any, x: Any) -> Any:
    """-a U(a + 1, b + 1, x); for a = 0 it is 0, also at the singular point."""
    x = where(a == 0, 1.0, x)
    return -a * hyperu(a + 1, b + 1, x)


hyperu: ElementwiseOp = elementwise_op(
    sc.hyperu,
    partials={"a": PARAMETER, "b": PARAMETER, "x": d_hyperu_dx},
    title="U(a, b, x), Tricomi's confluent hypergeometric function.",
    source="DLMF 13.3.22",
    domain={"a": (0.2, 4.0), "b": (0.2, 4.0), "x": (0.2, 1.2)},
    edges=[
        ((-1.0, 2.0, 3.0), {"x": 1.0}),
        ((1.0, 0.5, 0.0), {"x": -inf}),
        ((0.0, 2.5, 0.0), {"x": 0.0}),
    ],
    notes="SciPy's values are up to 1e-6 off at a fifth of points with x > 1.3 and a, b of some "
    "units, and more for large ones; derivatives are made of values, and as accurate.",
)
