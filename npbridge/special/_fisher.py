"""Fisher's F distribution, central and noncentral. DLMF 8.17."""

from __future__ import annotations

from math import inf
from typing import Any

import scipy.special as sc

from npbridge import ElementwiseOp, elementwise_op, unwritten
from npbridge.special import _binomial_weight
from npbridge.special._in_double import in_double

__all__ = ["fdtr", "fdtrc", "fdtri", "fdtridfd", "ncfdtr", "ncfdtri"]

FREEDOM = unwritten(
    "the derivative in the degrees of freedom is an integral that is not evaluated yet",
    see="DLMF 8.17.1",
)
SHAPE = unwritten("the derivative in the shape is not written", see="DLMF 5.2.2")


negative_binomial_mixture: ElementwiseOp = elementwise_op(
    _binomial_weight.negative_binomial_mixture,
    name="negative_binomial_mixture",
    partials={
        "a": SHAPE,
        "b": SHAPE,
        "c": lambda a, b, c, z: (
            (negative_binomial_mixture(a + 1, b, c, z) - negative_binomial_mixture(a, b, c, z)) / 2
        ),
        "z": lambda a, b, c, z: (
            b * negative_binomial_mixture(a - 1, b + 1, c, z)
            - b * negative_binomial_mixture(a, b + 1, c, z)
        ),
    },
    title="Σ exp(-c/2) (c/2)ᵏ/k! Γ(A+b) / (A! Γ(b)) z^A (1+z)^(-A-b) over k ≥ 0, with A = a + k.",
    source="DLMF 5.12.3 and the product rule",
    domain={"a": (0.2, 20.0), "b": (0.5, 20.0), "c": (0.1, 20.0), "z": (0.1, 6.0)},
    edges=[
        ((0.0, 2.0, 0.0, 0.0), {"z": -2.0, "c": -0.5}),
        ((1.0, 2.0, 0.0, 0.0), {"z": 2.0, "c": 0.0}),
        ((-0.5, 2.0, 0.0, 0.0), {"z": -inf}),
    ],
)


def density(dfn: Any, dfd: Any, nc: Any, f: Any) -> Any:
    """Of the F distribution, noncentral where nc > 0."""
    mixture = negative_binomial_mixture(dfn / 2 - 1, dfd / 2 + 1, nc, dfn / dfd * f)
    return dfn / 2 * mixture


def d_ncfdtr_dnc(dfn: Any, dfd: Any, nc: Any, f: Any) -> Any:
    """Each term of the mixture, I(y; a + 1, b) - I(y; a, b), in one piece by DLMF 8.17.20."""
    return -negative_binomial_mixture(dfn / 2, dfd / 2, nc, dfn / dfd * f) / 2


fdtr: ElementwiseOp = elementwise_op(
    in_double(sc.fdtr),
    partials={
        "dfn": FREEDOM,
        "dfd": FREEDOM,
        "x": lambda dfn, dfd, x: density(dfn, dfd, 0.0, x),
    },
    title="The distribution function of the F distribution.",
    source="DLMF 8.17.1",
    domain={"dfn": (0.5, 30.0), "dfd": (0.5, 30.0), "x": (0.1, 8.0)},
    edges=[
        ((2.0, 3.0, 0.0), {"x": 1.0}),
        ((1.0, 3.0, 0.0), {"x": inf}),
        ((4.0, 3.0, 0.0), {"x": 0.0}),
    ],
)

fdtrc: ElementwiseOp = elementwise_op(
    in_double(sc.fdtrc),
    partials={
        "dfn": FREEDOM,
        "dfd": FREEDOM,
        "x": lambda dfn, dfd, x: -density(dfn, dfd, 0.0, x),
    },
    title="The survival function of the F distribution.",
    source="DLMF 8.17.1",
    domain={"dfn": (0.5, 30.0), "dfd": (0.5, 30.0), "x": (0.1, 8.0)},
    edges=[((2.0, 3.0, 0.0), {"x": -1.0}), ((4.0, 3.0, 0.0), {"x": 0.0})],
)


fdtri: ElementwiseOp = elementwise_op(
    in_double(sc.fdtri),
    partials={
        "dfn": FREEDOM,
        "dfd": FREEDOM,
        "p": lambda dfn, dfd, out: 1 / density(dfn, dfd, 0.0, out),
    },
    title="The x at which the F distribution function is p.",
    source="DLMF 8.17.1 and the inverse rule",
    domain={"dfn": (0.5, 30.0), "dfd": (0.5, 30.0), "p": (0.05, 0.95)},
    edges=[((2.0, 2.0, 0.5), {"p": 4.0})],
)

INVERSE = unwritten(
    "it would need that of the distribution function in the degrees of freedom, which is an "
    "integral that is not evaluated yet",
    see="DLMF 8.17.1",
)

fdtridfd: ElementwiseOp = elementwise_op(
    sc.fdtridfd,
    partials={"dfn": INVERSE, "p": INVERSE, "x": INVERSE},
    title="The second degrees of freedom at which the F distribution function of x is p.",
    source="DLMF 8.17.1",
    domain={"dfn": (2.0, 5.0), "p": (0.75, 0.8), "x": (2.0, 2.2)},
)

ncfdtr: ElementwiseOp = elementwise_op(
    in_double(sc.ncfdtr),
    partials={"dfn": FREEDOM, "dfd": FREEDOM, "nc": d_ncfdtr_dnc, "f": density},
    title="The distribution function of the noncentral F distribution.",
    source="DLMF 8.17.1 and 8.17.20",
    domain={"dfn": (0.5, 30.0), "dfd": (0.5, 30.0), "nc": (0.1, 20.0), "f": (0.1, 8.0)},
    edges=[((2.0, 3.0, 0.0, 0.0), {"nc": -0.0, "f": 1.0}), ((4.0, 3.0, 1.0, 0.0), {"f": 0.0})],
)

ncfdtri: ElementwiseOp = elementwise_op(
    in_double(sc.ncfdtri),
    partials={
        "dfn": FREEDOM,
        "dfd": FREEDOM,
        "nc": lambda dfn, dfd, nc, out: (
            -d_ncfdtr_dnc(dfn, dfd, nc, out) / density(dfn, dfd, nc, out)
        ),
        "p": lambda dfn, dfd, nc, out: 1 / density(dfn, dfd, nc, out),
    },
    title="The f at which the noncentral F distribution function is p.",
    source="DLMF 8.17.1 and the inverse rule",
    domain={"dfn": (0.5, 30.0), "dfd": (0.5, 30.0), "nc": (0.1, 20.0), "p": (0.05, 0.95)},
    edges=[((2.0, 2.0, 0.0, 0.5), {"p": 4.0})],
)
