"""The beta function and its logarithm. DLMF section 5.12."""

from __future__ import annotations

from math import inf
from typing import Any

import scipy.special as sc

from npbridge import ElementwiseOp, elementwise_op, integer
from npbridge.elementary import abs as size
from npbridge.elementary import pi, where
from npbridge.special import _polygamma, _psi_diff
from npbridge.special._complete_gamma import gamma, rgamma, rgamma_dn
from npbridge.special._gamma import polygamma_z, psi

__all__ = ["beta", "betaln"]

# ψ(a + b) - ψ(a), as often written, loses a/b of its digits where b is the smaller.
psi_diff: ElementwiseOp = elementwise_op(
    _psi_diff.psi_diff,
    name="psi_diff",
    partials={
        "n": integer("the order of the derivative", static=True),
        "a": lambda n, a, b: psi_diff(n + 1, a, b),
        "b": lambda n, a, b: polygamma_z(n + 1, a + b),
    },
    title="ψ⁽ⁿ⁾(a + b) - ψ⁽ⁿ⁾(a), a difference of polygamma functions.",
    source="DLMF 5.15.1, 5.15.5, 5.15.6 and 5.15.8",
    domain={"n": (0, 3), "a": (0.2, 40.0), "b": (0.1, 30.0)},
    edges=[
        ((0, 1.0, 0.0), {"a": 0.0, "b": 1.6449340668482264}),
        ((0, 1.0, 1.0), {"a": -1.0, "b": 0.6449340668482264}),
    ],
)


# Of the product πx, the rounding alone would be felt.
sin_pi: ElementwiseOp = elementwise_op(
    _polygamma.sin_pi,
    name="sin_pi",
    partials={
        "n": integer("the quarter turns", static=True),
        "x": lambda n, x: pi * sin_pi(n + 1, x),
    },
    title="sin(πx + nπ/2), the sine of πx and n quarter turns.",
    source="DLMF 4.20.1",
    domain={"n": (0, 3), "x": (-9.0, 9.0)},
    edges=[((0, 1.0), {"x": -3.141592653589793}), ((0, 0.5), {"x": 0.0}), ((1, -7.0), {"x": 0.0})],
)


def near_pole(x: Any) -> tuple[Any, Any]:
    """The distance of x from the poles of Γ, where it is small, and whether it is."""
    apart = where(x < 0.5, size(sin_pi(0, x)) / pi, 0.5)
    return apart, apart < 0.1


def d_beta_da(a: Any, b: Any, out: Any) -> Any:
    """The derivative of the beta function in either argument, the other one being b."""
    # B(a, b) (ψ(a) - ψ(a + b)) is 0 * inf where a + b is a pole of Γ. The product there would
    # cancel where b is small, and overflows in the distance.
    apart, near = near_pole(a + b)
    zero = near & (2 * apart < size(a)) & (2 * apart < size(b)) & (size(a - b) < 300)
    x, y = where(zero, a, 0.5), where(zero, b, 0.5)
    product = gamma(x) * gamma(y) * (psi(x) * rgamma(x + y) + rgamma_dn(1, x + y))
    x, y = where(zero, 1.0, a), where(zero, 1.0, b)
    return where(zero, product, -where(zero, 1.0, out) * psi_diff(0, x, y))


beta: ElementwiseOp = elementwise_op(
    sc.beta,
    partials={
        "a": d_beta_da,
        "b": lambda a, b, out: d_beta_da(b, a, out),
    },
    title="B(a, b), the beta function.",
    source="DLMF 5.12.1",
    domain={"a": (0.2, 20.0), "b": (0.2, 20.0)},
    edges=[
        ((1.0, 1.0), {"a": -1.0, "b": -1.0}),
        ((1.0, 2.0), {"a": -0.75, "b": -0.25}),
        ((0.5, -0.5), {"a": -6.283185307179586, "b": -6.283185307179586}),
        ((2.5, -2.5), {"a": -1.2566370614359172, "b": -1.2566370614359172}),
    ],
    notes="Mixed second derivatives lose what the smaller argument is below 1: its part 1/b of the "
    "value has none, and cancels.",
)

betaln: ElementwiseOp = elementwise_op(
    sc.betaln,
    partials={
        "a": lambda a, b: -psi_diff(0, a, b),
        "b": lambda a, b: -psi_diff(0, b, a),
    },
    title="log |B(a, b)|, the logarithm of the absolute value of the beta function.",
    source="DLMF 5.12.1",
    domain={"a": (0.2, 40.0), "b": (0.2, 40.0)},
    edges=[
        ((1.0, 1.0), {"a": -1.0, "b": -1.0}),
        ((1.0, 2.0), {"a": -1.5, "b": -0.5}),
        ((0.0, 1.0), {"a": -inf}),
    ],
)
