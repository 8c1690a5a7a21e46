"""The noncentral chi-square and t distributions. DLMF 8.2 and 10.25."""

from __future__ import annotations

from math import inf
from typing import Any

import scipy.special as sc

from npbridge import ElementwiseOp, elementwise_op, integer, unwritten
from npbridge.special import _binomial_weight, _noncentral_t
from npbridge.special._in_double import in_double

__all__ = ["chndtr", "chndtrinc", "chndtrix", "nctdtr", "nctdtrit"]

FREEDOM = unwritten(
    "the derivative in the degrees of freedom is a series of integrals that is not evaluated yet",
    see="DLMF 8.2.1",
)
SHAPE = unwritten("the derivative in the shape is not written", see="DLMF 5.2.2")
POWER = integer("a power in the integrand", static=True)
ORDER = integer("the order of a derivative in the integrand", static=True)


chi_square_mixture: ElementwiseOp = elementwise_op(
    _binomial_weight.chi_square_mixture,
    name="chi_square_mixture",
    partials={
        "a": SHAPE,
        "c": lambda a, c, x: (chi_square_mixture(a + 1, c, x) - chi_square_mixture(a, c, x)) / 2,
        "x": lambda a, c, x: (chi_square_mixture(a - 1, c, x) - chi_square_mixture(a, c, x)) / 2,
    },
    title="(x/c)^(a/2) exp(-(c+x)/2) Iₐ(√(cx)), twice a noncentral chi-square density.",
    source="DLMF 10.25.2 and 10.29.2",
    domain={"a": (-0.5, 20.0), "c": (0.1, 40.0), "x": (0.1, 60.0)},
    edges=[
        ((0.0, 0.0, 0.0), {"c": -0.5, "x": -0.5}),
        ((1.0, 0.0, 0.0), {"c": 0.0, "x": 0.5}),
        ((-0.5, 2.0, 0.0), {"x": -inf}),
    ],
)


def density(x: Any, df: Any, nc: Any) -> Any:
    """Of the noncentral chi-square distribution."""
    return chi_square_mixture(df / 2 - 1, nc, x) / 2


chndtr: ElementwiseOp = elementwise_op(
    in_double(sc.chndtr),
    partials={
        "x": density,
        "df": FREEDOM,
        "nc": lambda x, df, nc: -density(x, df + 2, nc),
    },
    title="The distribution function of the noncentral chi-square distribution.",
    source="DLMF 8.8.13 and 10.25.2",
    domain={"x": (0.1, 60.0), "df": (0.5, 30.0), "nc": (0.1, 30.0)},
    edges=[
        ((0.0, 2.0, 0.0), {"x": 0.5, "nc": 0.0}),
        ((0.0, 4.0, 1.0), {"x": 0.0, "nc": 0.0}),
    ],
)

chndtrix: ElementwiseOp = elementwise_op(
    in_double(sc.chndtrix),
    partials={
        "p": lambda df, nc, out: 1 / density(out, df, nc),
        "df": FREEDOM,
        "nc": lambda df, nc, out: density(out, df + 2, nc) / density(out, df, nc),
    },
    title="The x at which the noncentral chi-square distribution function is p.",
    source="DLMF 8.8.13 and the inverse rule",
    domain={"p": (0.05, 0.95), "df": (0.5, 30.0), "nc": (0.1, 30.0)},
    edges=[((0.5, 2.0, 0.0), {"p": 4.0})],
)

chndtrinc: ElementwiseOp = elementwise_op(
    in_double(sc.chndtrinc),
    partials={
        "x": lambda x, df, out: density(x, df, out) / density(x, df + 2, out),
        "df": FREEDOM,
        "p": lambda x, df, out: -1 / density(x, df + 2, out),
    },
    title="The noncentrality at which the chi-square distribution function of x is p.",
    source="DLMF 8.8.13 and the inverse rule",
    domain={"x": (20.0, 60.0), "df": (0.5, 12.0), "p": (0.05, 0.6)},
    edges=[((2.0, 2.0, 0.6321205588285577), {"x": 1.0, "p": -5.43656365691809})],
)


noncentral_moment: ElementwiseOp = elementwise_op(
    _noncentral_t.noncentral_moment,
    name="noncentral_moment",
    partials={
        "i": POWER,
        "j": ORDER,
        "v": SHAPE,
        "c": lambda i, j, v, c, t: -noncentral_moment(i, j + 1, v, c, t),
        "t": lambda i, j, v, c, t: noncentral_moment(i + 1, j + 1, v, c, t),
    },
    title="E[Sⁱ φ⁽ʲ⁾(t S - c)], where v S² is a chi-square variable of v degrees of freedom.",
    source="DLMF 7.2.1 under the sign of integration",
    domain={"i": (0, 2), "j": (0, 2), "v": (0.5, 60.0), "c": (-4.0, 4.0), "t": (-6.0, 6.0)},
    edges=[((0, 0, 2.0, 0.0, 0.0), {"c": 0.0, "t": 0.0})],
)

nctdtr: ElementwiseOp = elementwise_op(
    in_double(sc.nctdtr),
    partials={
        "df": FREEDOM,
        "nc": lambda df, nc, t: -noncentral_moment(0, 0, df, nc, t),
        "t": lambda df, nc, t: noncentral_moment(1, 0, df, nc, t),
    },
    title="The distribution function of the noncentral t distribution.",
    source="DLMF 7.2.1 under the sign of integration",
    domain={"df": (0.5, 60.0), "nc": (-4.0, 4.0), "t": (-6.0, 6.0)},
    edges=[((2.0, 0.0, 0.0), {"nc": -0.3989422804014327, "t": 0.35355339059327373})],
)

nctdtrit: ElementwiseOp = elementwise_op(
    in_double(sc.nctdtrit),
    partials={
        "df": FREEDOM,
        "nc": lambda df, nc, out: (
            noncentral_moment(0, 0, df, nc, out) / noncentral_moment(1, 0, df, nc, out)
        ),
        "p": lambda df, nc, out: 1 / noncentral_moment(1, 0, df, nc, out),
    },
    title="The t at which the noncentral t distribution function is p.",
    source="DLMF 7.2.1 and the inverse rule",
    domain={"df": (0.5, 60.0), "nc": (-4.0, 4.0), "p": (0.05, 0.95)},
    edges=[((2.0, 0.0, 0.5), {"p": 2.8284271247461903})],
)
