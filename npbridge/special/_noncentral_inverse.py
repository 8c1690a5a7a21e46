"""The noncentral distributions solved for a parameter. DLMF 8.17, 7.2 and 8.2."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.special as sc

from npbridge import ElementwiseOp, elementwise_op, unwritten
from npbridge.elementary import where
from npbridge.special import _binomial_weight, _noncentral_t
from npbridge.special._fisher import d_ncfdtr_dnc, density, ncfdtr
from npbridge.special._noncentral import noncentral_moment
from npbridge.special._quadrature import FloatArray, blockwise

__all__ = [
    "chndtridf",
    "ncfdtridfd",
    "ncfdtridfn",
    "ncfdtrinc",
    "nctdtridf",
    "nctdtrinc",
]

FREEDOM = unwritten(
    "the derivative in the degrees of freedom is a series of integrals that is not evaluated yet",
    see="DLMF 8.17.1",
)
INVERSE = unwritten(
    "it would need that of the distribution function in the degrees of freedom, which is a series "
    "of integrals that is not evaluated yet",
    see="DLMF 8.17.1",
)
CENTRAL = [((2.0, 2.0, 0.75, 3.0), {"p": -32 / 3, "f": 2 / 3})]
_STEPS = 5


def _polished(value: FloatArray, residual: Any, slope: Any, low: float) -> FloatArray:
    """A root that Newton's steps have made better, where they do."""
    now, error = value, residual(value)
    for _ in range(_STEPS):
        following = np.maximum(now - error / slope(now), low)
        left = residual(following)
        better = np.abs(left) < np.abs(error)
        now, error = np.where(better, following, now), np.where(better, left, error)
    return now


def _student_block(df: FloatArray, p: FloatArray, t: FloatArray) -> FloatArray:
    return _polished(
        sc.nctdtrinc(df, p, t),
        lambda nc: sc.nctdtr(df, nc, t) - p,
        lambda nc: -_noncentral_t.noncentral_moment(0, 0, df, nc, t),
        -np.inf,
    )


def _fisher_block(dfn: FloatArray, dfd: FloatArray, p: FloatArray, f: FloatArray) -> FloatArray:
    return _polished(
        sc.ncfdtrinc(dfn, dfd, p, f),
        lambda nc: sc.ncfdtr(dfn, dfd, nc, f) - p,
        lambda nc: (
            -_binomial_weight.negative_binomial_mixture(dfn / 2, dfd / 2, nc, dfn / dfd * f) / 2
        ),
        0.0,
    )


nctdtrinc_root: ElementwiseOp = elementwise_op(
    lambda df, p, t: blockwise(_student_block, df, p, t, block=1024),
    name="nctdtrinc_root",
    partials={
        "df": FREEDOM,
        "p": lambda df, t, out: -1 / noncentral_moment(0, 0, df, out, t),
        "t": lambda df, t, out: (
            noncentral_moment(1, 0, df, out, t) / noncentral_moment(0, 0, df, out, t)
        ),
    },
    title="The noncentrality at which the t distribution function of t is p, to all digits.",
    source="DLMF 7.2.1 and the inverse rule",
    domain={"df": (1.0, 60.0), "p": (0.05, 0.95), "t": (-3.0, 3.0)},
    edges=[((5.0, 0.25, 1.0), {"p": -3.298988207684158, "t": 1.0100454443938236})],
)

nctdtrinc: ElementwiseOp = elementwise_op(
    sc.nctdtrinc,
    partials={
        "df": FREEDOM,
        "p": lambda df, p, t: -1 / noncentral_moment(0, 0, df, nctdtrinc_root(df, p, t), t),
        "t": lambda df, p, t: (
            noncentral_moment(1, 0, df, nctdtrinc_root(df, p, t), t)
            / noncentral_moment(0, 0, df, nctdtrinc_root(df, p, t), t)
        ),
    },
    title="The noncentrality at which the t distribution function of t is p.",
    source="DLMF 7.2.1 and the inverse rule",
    domain={"df": (1.0, 60.0), "p": (0.05, 0.95), "t": (-3.0, 3.0)},
    edges=[((5.0, 0.25, 1.0), {"p": -3.298988207684158, "t": 1.0100454443938236})],
    notes="Values of SciPy 1.17.1 are off by up to 1e-5 where they are small; the derivatives are "
    "those at the root.",
)

ncfdtrinc_root: ElementwiseOp = elementwise_op(
    lambda dfn, dfd, p, f: blockwise(_fisher_block, dfn, dfd, p, f, block=1024),
    name="ncfdtrinc_root",
    partials={
        "dfn": FREEDOM,
        "dfd": FREEDOM,
        "p": lambda dfn, dfd, f, out: 1 / d_ncfdtr_dnc(dfn, dfd, out, f),
        "f": lambda dfn, dfd, f, out: -density(dfn, dfd, out, f) / d_ncfdtr_dnc(dfn, dfd, out, f),
    },
    title="The noncentrality at which the F distribution function of f is p, to all digits.",
    source="DLMF 8.17.20 and the inverse rule",
    domain={"dfn": (1.0, 12.0), "dfd": (1.0, 30.0), "p": (0.05, 0.3), "f": (2.0, 8.0)},
    edges=CENTRAL,
)


def solved(dfn: Any, dfd: Any, p: Any, f: Any) -> tuple[Any, Any]:
    """Whether even the central distribution is less than p, so that SciPy returns 0; the root."""
    none = p > ncfdtr(dfn, dfd, 0 * p, f) * (1 + 1e-14)
    return none, ncfdtrinc_root(dfn, dfd, p, f)


def d_ncfdtrinc_dp(dfn: Any, dfd: Any, p: Any, f: Any) -> Any:
    """The inverse rule, at a root that is better than SciPy's."""
    none, nc = solved(dfn, dfd, p, f)
    return where(none, 0.0, 1 / d_ncfdtr_dnc(dfn, dfd, nc, f))


def d_ncfdtrinc_df(dfn: Any, dfd: Any, p: Any, f: Any) -> Any:
    """The same."""
    none, nc = solved(dfn, dfd, p, f)
    return where(none, 0.0, -density(dfn, dfd, nc, f) / d_ncfdtr_dnc(dfn, dfd, nc, f))


ncfdtrinc: ElementwiseOp = elementwise_op(
    sc.ncfdtrinc,
    partials={"dfn": FREEDOM, "dfd": FREEDOM, "p": d_ncfdtrinc_dp, "f": d_ncfdtrinc_df},
    title="The noncentrality at which the F distribution function of f is p.",
    source="DLMF 8.17.20 and the inverse rule",
    domain={"dfn": (1.0, 12.0), "dfd": (1.0, 30.0), "p": (0.05, 0.3), "f": (2.0, 8.0)},
    edges=[*CENTRAL, ((2.0, 2.0, 0.9, 3.0), {"p": 0.0, "f": 0.0})],
    notes="Values of SciPy 1.17.1 are off by up to 1e-3; the derivatives are those at the root.",
)

chndtridf: ElementwiseOp = elementwise_op(
    sc.chndtridf,
    partials={"x": INVERSE, "p": INVERSE, "nc": INVERSE},
    title="The degrees of freedom at which the noncentral chi-square distribution of x is p.",
    source="DLMF 8.2.1",
    domain={"x": (5.0, 40.0), "p": (0.05, 0.8), "nc": (0.1, 3.0)},
)

nctdtridf: ElementwiseOp = elementwise_op(
    sc.nctdtridf,
    partials={"p": INVERSE, "nc": INVERSE, "t": INVERSE},
    title="The degrees of freedom at which the noncentral t distribution of t is p.",
    source="DLMF 8.17.1",
    domain={"p": (0.6, 0.7), "nc": (0.1, 0.5), "t": (1.0, 1.1)},
    notes="Values of SciPy 1.17.1 are off by up to 1e-4.",
)

ncfdtridfn: ElementwiseOp = elementwise_op(
    sc.ncfdtridfn,
    partials={"p": INVERSE, "dfd": INVERSE, "nc": INVERSE, "f": INVERSE},
    title="The first degrees of freedom at which the noncentral F distribution of f is p.",
    source="DLMF 8.17.1",
    domain={"p": (0.2, 0.4), "dfd": (1.0, 30.0), "nc": (1.0, 4.0), "f": (1.0, 2.0)},
    notes="Values of SciPy 1.17.1 are off by up to 1e-3; there may be two such numbers, or none.",
)

ncfdtridfd: ElementwiseOp = elementwise_op(
    sc.ncfdtridfd,
    partials={"dfn": INVERSE, "p": INVERSE, "nc": INVERSE, "f": INVERSE},
    title="The second degrees of freedom at which the noncentral F distribution of f is p.",
    source="DLMF 8.17.1",
    domain={"dfn": (1.0, 30.0), "p": (0.2, 0.4), "nc": (1.0, 4.0), "f": (1.0, 2.0)},
    notes="Where SciPy 1.17.1 finds a number it is off by up to 1e-3; often it finds one of the "
    "ends at which it looks.",
)
