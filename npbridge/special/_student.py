"""Student's t distribution. DLMF 8.17."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.special as sc

from npbridge import ElementwiseOp, elementwise_op, unwritten
from npbridge.special._arithmetic import horner
from npbridge.special._in_double import in_double

__all__ = ["stdtr", "stdtridf", "stdtrit"]

FREEDOM = unwritten(
    "the derivative in the degrees of freedom is an integral that is not evaluated yet",
    see="DLMF 8.17.1",
)
# log(Γ(x + 1/2) / (Γ(x) √x)) = Σ cₖ x^(1 - 2k), DLMF 5.11.8 at h = 0 and 1/2.
_RATIO = (-1 / 8, 1 / 192, -1 / 640, 17 / 14336, -31 / 18432)


def _student_density(df: Any, t: Any) -> Any:
    with np.errstate(all="ignore"):
        df, t = np.broadcast_arrays(np.asarray(df, float), np.asarray(t, float))
        half = df / 2
        few, many = np.minimum(half, 40.0), np.maximum(half, 40.0)
        scale = np.where(
            half < 40,
            sc.gamma(few + 0.5) / sc.gamma(few) / np.sqrt(few),
            np.exp(horner(many**-2, _RATIO) / many),
        )
        ratio = t / np.sqrt(df)
        growth = np.where(abs(ratio) < 1e100, np.log1p(t * t / df), 2 * np.log(abs(ratio)))
        power = np.exp(-(half + 0.5) * growth)
        power = np.where(np.isposinf(df), np.exp(-t * t / 2), power)
        return np.where(df > 0, scale / np.sqrt(2 * np.pi) * power, np.nan)


student_density: ElementwiseOp = elementwise_op(
    _student_density,
    name="student_density",
    partials={
        "df": unwritten("the derivative in the degrees of freedom is not written"),
        "t": lambda df, t, out: -t * ((1 + 1 / df) / (1 + t * t / df)) * out,
    },
    title="The density of Student's t distribution.",
    source="DLMF 8.17.1 with 5.12.1",
    domain={"df": (0.5, 60.0), "t": (-8.0, 8.0)},
    edges=[((3.0, 0.0), {"t": 0.0}), ((2.0, 1e200), {"t": 0.0})],
)

stdtr: ElementwiseOp = elementwise_op(
    in_double(sc.stdtr),
    partials={"df": FREEDOM, "t": lambda df, t: student_density(df, t)},
    title="The distribution function of Student's t distribution.",
    source="DLMF 8.17.1",
    domain={"df": (0.5, 60.0), "t": (-8.0, 8.0)},
    edges=[
        ((1.0, 0.0), {"t": 0.3183098861837907}),
        ((2.0, 0.0), {"t": 0.35355339059327373}),
        ((5.0, 1e300), {"t": 0.0}),
    ],
)

stdtrit: ElementwiseOp = elementwise_op(
    in_double(sc.stdtrit),
    partials={"df": FREEDOM, "p": lambda df, out: 1 / student_density(df, out)},
    title="The t at which Student's distribution function is p.",
    source="DLMF 8.17.1 and the inverse rule",
    domain={"df": (0.5, 60.0), "p": (0.05, 0.95)},
    edges=[((1.0, 0.5), {"p": 3.141592653589793}), ((2.0, 0.5), {"p": 2.8284271247461903})],
)

INVERSE = unwritten(
    "it would need that of the distribution function in the degrees of freedom, which is an "
    "integral that is not evaluated yet",
    see="DLMF 8.17.1",
)

stdtridf: ElementwiseOp = elementwise_op(
    sc.stdtridf,
    partials={"p": INVERSE, "t": INVERSE},
    title="The degrees of freedom at which Student's distribution function of t is p.",
    source="DLMF 8.17.1",
    domain={"p": (0.76, 0.78), "t": (0.9, 0.95)},
)
