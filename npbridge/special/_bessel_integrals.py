"""Integrals of Bessel and Struve functions. DLMF 10.22, 10.43 and 11.7."""

from __future__ import annotations

from math import inf

import scipy.special as sc

from npbridge import ElementwiseOp, elementwise_op, integer, unwritten
from npbridge.special import _over_x
from npbridge.special._bessel import j0
from npbridge.special._bessel_modified import i0, k0
from npbridge.special._bessel_second import y0
from npbridge.special._in_double import in_double
from npbridge.special._struve import modstruve, struve

__all__ = [
    "besselpoly",
    "it2i0k0",
    "it2j0y0",
    "it2struve0",
    "iti0k0",
    "itj0y0",
    "itmodstruve0",
    "itstruve0",
]

COUNT = integer("the order of the derivative", static=True)

struve0_over_x_dn: ElementwiseOp = elementwise_op(
    _over_x.struve0_over_x_dn,
    name="struve0_over_x_dn",
    partials={"n": COUNT, "x": lambda n, x: struve0_over_x_dn(n + 1, x)},
    title="The n-th derivative of H₀(x) / x.",
    source="DLMF 11.2.1 and 11.2.7",
    domain={"n": (0, 3), "x": (-40.0, 40.0)},
    edges=[((0, 0.0), {"x": 0.0}), ((1, 0.0), {"x": -0.1414710605261292})],
)

itstruve0: ElementwiseOp = elementwise_op(
    sc.itstruve0,
    partials={"x": lambda x: struve(0.0, x)},
    title="The integral of H₀ from 0 to x.",
    source="the fundamental theorem of calculus",
    domain={"x": (0.1, 40.0)},
    edges=[((0.0,), {"x": 0.0})],
    notes="SciPy's value is wrong for large x (10.4 instead of 4.4 at x = 300).",
)

# H₀(x) / x is 0/0 at x = 0, and its derivatives cancel for small x.
it2struve0: ElementwiseOp = elementwise_op(
    sc.it2struve0,
    partials={"x": lambda x: -struve0_over_x_dn(0, x)},
    title="The integral of H₀(t) / t from x to ∞.",
    source="the fundamental theorem of calculus",
    domain={"x": (0.1, 40.0)},
    edges=[((0.0,), {"x": -0.6366197723675814})],
    notes="SciPy's values are up to 1e-7 off; the derivatives are not.",
)

itmodstruve0: ElementwiseOp = elementwise_op(
    sc.itmodstruve0,
    partials={"x": lambda x: modstruve(0.0, x)},
    title="The integral of L₀ from 0 to x.",
    source="the fundamental theorem of calculus",
    domain={"x": (0.1, 20.0)},
    edges=[((0.0,), {"x": 0.0})],
    notes="SciPy's values are up to 4e-9 off; the derivatives are not.",
)

besselpoly: ElementwiseOp = elementwise_op(
    sc.besselpoly,
    partials={
        "a": lambda a, lmb, nu: besselpoly(a, lmb + 1, nu - 1) - besselpoly(a, lmb + 1, nu + 1),
        "lmb": unwritten(
            "the derivative in the power is an integral with a logarithm", see="DLMF 10.22(i)"
        ),
        "nu": unwritten("the derivative in the order is an infinite series", see="DLMF 10.15.1"),
    },
    title="The integral of x^λ Jᵥ(2 a x) from 0 to 1.",
    source="DLMF 10.6.1 under the integral",
    domain={"a": (0.1, 6.0), "lmb": (0.0, 4.0), "nu": (0.0, 6.0)},
    edges=[((0.0, 0.0, 0.0), {"a": 0.0}), ((0.0, 1.0, 1.0), {"a": 0.3333333333333333})],
    notes="SciPy sums a power series, which is 1e-9 off at a = 10 and loses all digits from a = 16 "
    "on, and gives NaN for negative a.",
)

# In single precision SciPy's (1.17.1) second values have few right digits, and that of it2i0k0 at
# x = 11 none.
itj0y0: ElementwiseOp = elementwise_op(
    in_double(sc.itj0y0),
    name="itj0y0",
    outputs=2,
    partials={"x": lambda x: (j0(x), y0(x))},
    title="The integrals of J₀ and of Y₀ from 0 to x.",
    source="the fundamental theorem of calculus",
    domain={"x": (0.1, 40.0)},
    edges=[((0.0,), {"x": (1.0, -inf)})],
    notes="SciPy's values are up to 6e-10 and 3e-8 off, at x = 20; the derivatives are not.",
)

iti0k0: ElementwiseOp = elementwise_op(
    in_double(sc.iti0k0),
    name="iti0k0",
    outputs=2,
    partials={"x": lambda x: (i0(x), k0(x))},
    title="The integrals of I₀ and of K₀ from 0 to x.",
    source="the fundamental theorem of calculus",
    domain={"x": (0.1, 20.0)},
    edges=[((0.0,), {"x": (1.0, inf)})],
    notes="SciPy's values are up to 1e-7 (at x = 20) and 1e-11 off; the derivatives are not.",
)

# (1 - J₀(x)) / x and (I₀(x) - 1) / x are 0/0 at x = 0, and cancel near it.
it2j0y0: ElementwiseOp = elementwise_op(
    in_double(sc.it2j0y0),
    name="it2j0y0",
    outputs=2,
    partials={"x": lambda x: (bessel0_over_x_dn(0, x), -y0(x) / x)},
    title="The integrals of (1 - J₀(t)) / t from 0 to x and of Y₀(t) / t from x to ∞.",
    source="the fundamental theorem of calculus",
    domain={"x": (0.1, 40.0)},
    edges=[((0.0,), {"x": (0.0, inf)})],
    notes="SciPy's values are up to 6e-11 and 1e-7 off, at x = 20; the derivatives are not.",
)

bessel0_over_x_dn: ElementwiseOp = elementwise_op(
    _over_x.bessel0_over_x_dn,
    name="bessel0_over_x_dn",
    partials={"n": COUNT, "x": lambda n, x: bessel0_over_x_dn(n + 1, x)},
    title="The n-th derivative of (1 - J₀(x)) / x.",
    source="DLMF 10.2.2 and 10.6.7",
    domain={"n": (0, 3), "x": (-40.0, 40.0)},
    edges=[((0, 0.0), {"x": 0.25}), ((1, 0.0), {"x": 0.0}), ((2, 0.0), {"x": -0.09375})],
)

it2i0k0: ElementwiseOp = elementwise_op(
    in_double(sc.it2i0k0),
    name="it2i0k0",
    outputs=2,
    partials={"x": lambda x: (modified_bessel0_over_x_dn(0, x), -k0(x) / x)},
    title="The integrals of (I₀(t) - 1) / t from 0 to x and of K₀(t) / t from x to ∞.",
    source="the fundamental theorem of calculus",
    domain={"x": (0.1, 11.0)},
    edges=[((0.0,), {"x": (0.0, -inf)})],
    notes="SciPy's first value is 2e-4 off from x = 40 on; its second is up to 1e-6 off below "
    "x = 12 and x times too large from there on. The derivatives are right.",
)

modified_bessel0_over_x_dn: ElementwiseOp = elementwise_op(
    _over_x.modified_bessel0_over_x_dn,
    name="modified_bessel0_over_x_dn",
    partials={"n": COUNT, "x": lambda n, x: modified_bessel0_over_x_dn(n + 1, x)},
    title="The n-th derivative of (I₀(x) - 1) / x.",
    source="DLMF 10.25.2 and 10.29.5",
    domain={"n": (0, 3), "x": (-40.0, 40.0)},
    edges=[((0, 0.0), {"x": 0.25}), ((1, 0.0), {"x": 0.0}), ((2, 0.0), {"x": 0.09375})],
)
