"""Ellipsoidal harmonics, which are Lamé functions. DLMF 29.12."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import scipy.special as sc
from scipy.integrate import IntegrationWarning

from npbridge import ElementwiseOp, elementwise_op, integer, unwritten
from npbridge.domains import choices
from npbridge.elementary import sqrt
from npbridge.special._lame import lame

__all__ = ["ellip_harm", "ellip_harm_2"]

TIMES = integer("how often it is differentiated in s", static=True)
DEGREE, PLACE = integer("the degree"), integer("the place among the functions of its degree")
SIGN = integer("a sign")
AXIS = unwritten("the coefficients of the polynomial have not been differentiated in the axes")
DOMAIN: Any = {"h2": (0.5, 4.0), "k2": (5.0, 9.0), "n": (1, 3), "p": (1, 3)}
SIGNS: Any = {"signm": choices(1, -1), "signn": choices(1, -1)}

ellip_harm: ElementwiseOp = elementwise_op(
    sc.ellip_harm,
    partials={
        "h2": AXIS,
        "k2": AXIS,
        "n": DEGREE,
        "p": PLACE,
        "s": lambda h2, k2, n, p, s, signm, signn: ellip_harm_dn(1, h2, k2, n, p, s, signm, signn),
        "signm": SIGN,
        "signn": SIGN,
    },
    title="Eₙᵖ(s), an ellipsoidal harmonic: a Lamé function, of the first kind.",
    source="DLMF 29.12(i), differentiated",
    domain={**DOMAIN, "s": (0.1, 6.0), **SIGNS},
    edges=[
        ((5.0, 8.0, 1, 1, 0.0, 1, 1), {"s": 1.0}),
        ((5.0, 8.0, 1, 2, 3.0, 1, -1), {"s": 1.5}),
        ((4.0, 8.0, 1, 2, 2.0, 1, 1), {"s": np.inf}),
    ],
    notes="At s = h and s = k, where the function may behave like a square root, the derivative is "
    "that to the right.",
)

ellip_harm_dn: ElementwiseOp = elementwise_op(
    lame,
    name="ellip_harm_dn",
    partials={
        "times": TIMES,
        "h2": AXIS,
        "k2": AXIS,
        "n": DEGREE,
        "p": PLACE,
        "s": lambda times, h2, k2, n, p, s, signm, signn: ellip_harm_dn(
            times + 1, h2, k2, n, p, s, signm, signn
        ),
        "signm": SIGN,
        "signn": SIGN,
    },
    title="The derivative of Eₙᵖ(s), so many times in s.",
    source="DLMF 29.12(i), differentiated",
    domain={"times": (0, 3), **DOMAIN, "s": (0.1, 6.0), **SIGNS},
    edges=[((0, 5.0, 8.0, 1, 1, 0.0, 1, 1), {"s": 1.0})],
)


def _second_kind(h2: Any, k2: Any, n: Any, p: Any, s: Any) -> Any:
    """NaN where SciPy (1.17.1) prints errors from inside its integrand, and has NaN, too."""
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore", IntegrationWarning)
        outside = (h2 > 0) & (k2 > h2) & (np.square(s) > k2) & np.isfinite(s)
        given = (np.where(outside, y, safe) for y, safe in ((h2, 5.0), (k2, 8.0)))
        found = sc.ellip_harm_2(*given, n, p, np.where(outside, s, 10.0))
        return np.where(outside, found, np.nan).astype(np.result_type(h2, k2, s, np.float32))


def d_ellip_harm_2_ds(h2: Any, k2: Any, n: Any, p: Any, s: Any, out: Any) -> Any:
    """F = (2n + 1) E I, and I' = -1 / (E² √((s² - h²) (s² - k²)))."""
    first, slope = ellip_harm_dn(0, h2, k2, n, p, s), ellip_harm_dn(1, h2, k2, n, p, s)
    width = sqrt(s * s - h2) * sqrt(s * s - k2)
    return (slope * out - (2 * n + 1) / width) / first


ellip_harm_2: ElementwiseOp = elementwise_op(
    _second_kind,
    name="ellip_harm_2",
    partials={"h2": AXIS, "k2": AXIS, "n": DEGREE, "p": PLACE, "s": d_ellip_harm_2_ds},
    title="Fₙᵖ(s), an ellipsoidal harmonic of the second kind, for s > k.",
    source="DLMF 29.12(i) and reduction of order",
    domain={**DOMAIN, "s": (3.2, 8.0)},
    edges=[((5.0, 8.0, 0, 1, 3.0), {"s": -0.5})],
    notes="NaN for |s| <= k, as SciPy's. SciPy's values are right to 1e-14, the derivatives too, "
    "but for a few digits near s = k, where the terms of the derivative grow.",
)
