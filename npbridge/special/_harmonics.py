"""Spherical harmonics, element by element. DLMF section 14.30."""

from __future__ import annotations

from math import sqrt
from typing import Any

import scipy.special as sc

from npbridge import ElementwiseOp, elementwise_op, integer
from npbridge.domains import choices
from npbridge.elementary import exp, pi
from npbridge.errors import OptionError, sentence
from npbridge.special import _legendre_sphere
from npbridge.special._legendre import COUNT, DEGREE, ORDER

__all__ = ["sph_harm_y"]

sph_legendre_dn: ElementwiseOp = elementwise_op(
    _legendre_sphere.sph_legendre_dn,
    name="sph_legendre_dn",
    partials={
        "n": COUNT,
        "degree": DEGREE,
        "order": ORDER,
        "theta": lambda n, degree, order, theta: sph_legendre_dn(n + 1, degree, order, theta),
    },
    title="The n-th derivative of the spherical Legendre function.",
    source="DLMF 14.6.1, differentiated, with 14.10.1 and 14.30.1",
    domain={"n": (0, 4), "degree": (1, 8), "order": (-3, 3), "theta": (0.1, 3.0)},
    edges=[
        ((0, 1, 1, 0.0), {"theta": -sqrt(3 / (8 * pi))}),
        ((0, 1, -1, 0.0), {"theta": sqrt(3 / (8 * pi))}),
        ((1, 2, 2, 0.0), {"theta": sqrt(15 / (8 * pi))}),
        ((0, 1, 2, 0.3), {"theta": 0.0}),
    ],
)


def d_sph_harm_y_dtheta(n: Any, m: Any, theta: Any, phi: Any) -> Any:
    """The phase does not depend on theta."""
    return sph_legendre_dn(1, n, m, theta) * exp(1j * m * phi)


def _sph_harm_y(n: Any, m: Any, theta: Any, phi: Any, *, diff_n: int = 0) -> Any:
    if diff_n != 0:
        raise OptionError(
            sentence(
                f"npbridge.special.sph_harm_y takes no diff_n={diff_n!r}: it has one output, whose "
                "derivatives are those of the tensor.",
                expected="diff_n=0",
                got=f"diff_n={diff_n!r}",
                remedy="Call npbridge.special.sph_harm_y_all for values, gradients and Hessians, "
                "or npbridge.special.sph_legendre_p for derivatives in theta.",
            )
        )
    return sc.sph_harm_y(n, m, theta, phi)


sph_harm_y: ElementwiseOp = elementwise_op(
    _sph_harm_y,
    name="sph_harm_y",
    partials={
        "n": DEGREE,
        "m": ORDER,
        "theta": d_sph_harm_y_dtheta,
        "phi": lambda m, out: 1j * m * out,
        "diff_n": integer("how many derivatives are asked for", static=True),
    },
    title="Yₙᵐ(θ, φ), the spherical harmonic; θ is the polar angle.",
    source="DLMF 14.6.1, differentiated, with 14.10.1 and 14.30.1",
    domain={
        "n": (1, 8),
        "m": (-3, 3),
        "theta": (0.1, 3.0),
        "phi": (0.0, 6.0),
        "diff_n": choices(0),
    },
    edges=[
        ((1, 1, 0.0, 0.0, 0), {"theta": -sqrt(3 / (8 * pi)) + 0j, "phi": 0j}),
        ((1, 0, 0.0, 1.0, 0), {"theta": 0j, "phi": 0j}),
        ((2, 1, 0.0, 0.0, 0), {"theta": -sqrt(15 / (8 * pi)) + 0j, "phi": 0j}),
    ],
    notes="With diff_n above 0 it is several tensors, and refused: see sph_harm_y_all. Where sin θ "
    "is negative SciPy has |sin θ|, so that functions of odd order have a kink at the poles; the "
    "derivative there is that from within.",
)
