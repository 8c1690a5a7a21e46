"""Legendre functions, element by element. DLMF chapter 14."""

from __future__ import annotations

from math import inf, sqrt

import scipy.special as sc

from npbridge import ElementwiseOp, elementwise_op, integer, unwritten
from npbridge.special import _legendre_functions, _legendre_polynomials

__all__ = ["lpmv"]

COUNT = integer("the order of the derivative", static=True)
DEGREE, ORDER = integer("the degree"), integer("the order")

# (n + m) Pₙ₋₁ - n x Pₙ over x² - 1, as often written, is 0/0 at both ends.
legendre_dn: ElementwiseOp = elementwise_op(
    _legendre_polynomials.legendre_dn,
    name="legendre_dn",
    partials={
        "n": COUNT,
        "degree": DEGREE,
        "z": lambda n, degree, z: legendre_dn(n + 1, degree, z),
    },
    title="The n-th derivative of the Legendre polynomial.",
    source="DLMF 18.9.19 and 18.9.1",
    holomorphic=("z",),
    domain={"n": (0, 4), "degree": (0, 8), "z": (-0.9, 0.9)},
    edges=[
        ((0, 3, 1.0), {"z": 6.0}),
        ((0, 3, -1.0), {"z": 6.0}),
        ((1, 3, -1.0), {"z": -15.0}),
        ((2, 2, 0.5), {"z": 0.0}),
    ],
)

assoc_legendre_dn: ElementwiseOp = elementwise_op(
    _legendre_polynomials.assoc_legendre_dn,
    name="assoc_legendre_dn",
    partials={
        "n": COUNT,
        "degree": DEGREE,
        "order": ORDER,
        "z": lambda n, degree, order, z, branch_cut, norm: assoc_legendre_dn(
            n + 1, degree, order, z, branch_cut, norm
        ),
        "branch_cut": integer("the number of the branch cut"),
        "norm": integer("a flag", static=True),
    },
    title="The n-th derivative of the associated Legendre function of the first kind.",
    source="the product rule on DLMF 14.6.1, with 18.9.1",
    holomorphic=("z",),
    domain={
        "n": (0, 4),
        "degree": (1, 8),
        "order": (-3, 3),
        "z": (-0.9, 0.9),
        "branch_cut": (1, 2),  # to SciPy everything but 3 is 2
        "norm": (0, 1),
    },
    edges=[
        ((0, 2, 1, 1.0, 2, 0), {"z": inf}),
        ((0, 3, 1, -1.0, 2, 0), {"z": -inf}),
        ((0, 3, 2, 1.0, 2, 0), {"z": -30.0}),
        ((0, 3, 2, -1.0, 2, 0), {"z": -30.0}),
        ((1, 3, 2, 1.0, 3, 0), {"z": 90.0}),
        ((0, 3, 3, 1.0, 2, 0), {"z": 0.0}),
        ((0, 2, -2, 1.0, 2, 0), {"z": -0.25}),
        ((0, 1, 2, 0.5, 2, 0), {"z": 0.0}),
        ((0, 1, 0, -1.0, 2, 1), {"z": sqrt(1.5)}),
    ],
)

lpmv: ElementwiseOp = elementwise_op(
    sc.lpmv,
    partials={
        "m": ORDER,
        "v": unwritten("the derivative in the degree is an infinite series", see="DLMF 14.11"),
        "x": lambda m, v, x: lpmv_dn(1, m, v, x),
    },
    title="Pᵥᵐ(x), the Ferrers function of the first kind, of whole order.",
    source="the product rule on DLMF 14.6.1, with 14.3(i)",
    domain={"m": (0, 3), "v": (0.2, 8.0), "x": (-0.9, 0.9)},
    edges=[
        ((0, 3.0, 1.0), {"x": 6.0}),
        ((0, 2.5, 1.0), {"x": 4.375}),
        ((1, 2.0, -1.0), {"x": inf}),
        ((2, 2.5, 1.0), {"x": -14.765625}),
        ((0, 2.5, -1.0), {"x": inf}),
        ((0, 1.5, -1.0), {"x": -inf}),
    ],
    notes="At x = -1 and fractional v SciPy's value is -∞ for m = 0 and ∞ for m > 0, for any v; "
    "the truth is -sin(πv) ∞. There and near it the derivatives do not depend on that.",
)

lpmv_dn: ElementwiseOp = elementwise_op(
    _legendre_functions.lpmv_dn,
    name="lpmv_dn",
    partials={
        "n": COUNT,
        "order": ORDER,
        "degree": lpmv.partials["v"],
        "x": lambda n, order, degree, x: lpmv_dn(n + 1, order, degree, x),
    },
    title="The n-th derivative of Pᵥᵐ(x) in x.",
    source="the product rule on DLMF 14.6.1, with 14.3(i)",
    domain={"n": (0, 4), "order": (0, 3), "degree": (0.2, 8.0), "x": (-0.9, 0.9)},
    edges=[((1, 0, 3.0, 1.0), {"x": 15.0}), ((1, 0, 2.5, -1.0), {"x": -inf})],
)
