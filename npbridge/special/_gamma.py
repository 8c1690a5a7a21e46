"""Gamma functions, complete and incomplete. DLMF chapters 5 and 8."""

from __future__ import annotations

from math import inf
from typing import Any

import scipy.special as sc

from npbridge import ElementwiseOp, elementwise_op, integer
from npbridge.elementary import where
from npbridge.special import _gamma_density, _incomplete_gamma, _polygamma
from npbridge.special._reasons import reaches

__all__ = ["gammainc", "gammaincc", "gammaln", "polygamma", "psi"]

gammaln: ElementwiseOp = elementwise_op(
    sc.gammaln,
    partials={"x": lambda x: psi(x)},
    title="log |Γ(x)|, the logarithm of the absolute value of the gamma function.",
    source="DLMF 5.2.2",
    domain={"x": (0.1, 40.0)},
    edges=[((1.0,), {"x": -0.5772156649015329}), ((2.0,), {"x": 0.42278433509846713})],
)

psi: ElementwiseOp = elementwise_op(
    sc.psi,
    partials={"z": lambda z: polygamma_z(1, z)},
    title="ψ(z), the digamma function.",
    source="DLMF 5.15.1",
    holomorphic=("z",),
    domain={"z": (0.1, 40.0)},
    edges=[((1.0,), {"z": 1.6449340668482264})],
)

# SciPy's polygamma takes real numbers only, and left of zero a step for each unit.
polygamma_z: ElementwiseOp = elementwise_op(
    _polygamma.polygamma_z,
    name="polygamma_z",
    partials={
        "n": integer("the order of the derivative", static=True),
        "z": lambda n, z: polygamma_z(n + 1, z),
    },
    title="ψ⁽ⁿ⁾(z), the n-th derivative of the digamma function, of real or complex z.",
    source="DLMF 5.15.1, 5.15.6 and 5.15.8",
    holomorphic=("z",),
    domain={"n": (0, 4), "z": (0.1, 40.0)},
    edges=[((1, 1.0), {"z": -2.404113806319188})],
)

polygamma: ElementwiseOp = elementwise_op(
    sc.polygamma,
    partials={
        "n": integer("the order of the derivative"),
        "x": lambda n, x: polygamma(n + 1, x),
    },
    title="ψ⁽ⁿ⁾(x), the n-th derivative of the digamma function.",
    source="DLMF 5.15.1",
    domain={"n": (0, 4), "x": (0.1, 40.0)},
    edges=[((1, 1.0), {"x": -2.404113806319188})],
)


def d_density_dx(n: int, a: Any, x: Any) -> Any:
    """The n-th derivative in a of p(a - 1, x) - p(a, x), also (a - 1) p(a, x) / x - p(a, x)."""
    # Near x = 0 the quotient loses its way for a > 1 (0/0); far from it differences of densities
    # cancel at large a, and p(a - 1, x) is not defined for a < 1. What is not taken is evaluated
    # where it and its derivatives are finite.
    near = (a > 1) & (x < 1)
    upper, lower = where(near, a, 64.0), where(near, 0.5, a)
    start, at = where(near, x, 1.0), where(near, 1.0, x)
    shifted = gamma_density_da(n, upper - 1, start) - gamma_density_da(n, upper, start)
    over = where((at == 0) & (a == 1), 1.0, at)
    quotient = ((lower - 1) / over - 1) * gamma_density_da(n, lower, at)
    if n:
        quotient = quotient + n / over * gamma_density_da(n - 1, lower, at)
    return where(near, shifted, quotient)


gamma_density_da: ElementwiseOp = elementwise_op(
    _gamma_density.gamma_density_da,
    name="gamma_density_da",
    partials={
        "n": integer("the order of the derivative", static=True),
        "a": lambda n, a, x: gamma_density_da(n + 1, a, x),
        "x": d_density_dx,
    },
    title="The n-th derivative in a of the gamma density x^(a-1) exp(-x) / Γ(a).",
    source="DLMF 8.8.13 with 5.2.2",
    domain={"n": (0, 3), "a": (0.2, 40.0), "x": (0.1, 60.0)},
    edges=[
        ((0, 0.5, 0.0), {"x": -inf}),
        ((0, 1.0, 0.0), {"x": -1.0}),
        ((0, 2.0, 0.0), {"a": 0.0, "x": 1.0}),
        ((0, 3.0, 0.0), {"a": 0.0, "x": 0.0}),
        ((1, 2.0, 0.0), {"a": 0.0, "x": -inf}),
    ],
)

gammainc_da: ElementwiseOp = elementwise_op(
    _incomplete_gamma.gammainc_da,
    name="gammainc_da",
    partials={
        "n": integer("the order of the derivative", static=True),
        "a": lambda n, a, x: gammainc_da(reaches("gammainc", n, _incomplete_gamma.MAX_ORDER), a, x),
        "x": lambda n, a, x: gamma_density_da(n, a, x),
    },
    title="The n-th derivative in a of P(a, x).",
    source="DLMF 8.2.1 and 8.8.13",
    domain={"n": (1, 3), "a": (0.2, 40.0), "x": (0.1, 60.0)},
    edges=[((1, 1.0, 0.0), {"a": 0.0, "x": -inf}), ((1, 2.0, 0.0), {"a": 0.0, "x": 0.0})],
)

gammainc: ElementwiseOp = elementwise_op(
    sc.gammainc,
    partials={
        "a": lambda a, x: gammainc_da(1, a, x),
        "x": lambda a, x: gamma_density_da(0, a, x),
    },
    title="P(a, x), the regularised lower incomplete gamma function.",
    source="DLMF 8.2.1 and 8.8.13",
    domain={"a": (0.2, 40.0), "x": (0.1, 60.0)},
    edges=[
        ((0.5, 0.0), {"a": 0.0, "x": inf}),
        ((1.0, 0.0), {"a": 0.0, "x": 1.0}),
        ((2.0, 0.0), {"a": 0.0, "x": 0.0}),
    ],
)

gammaincc: ElementwiseOp = elementwise_op(
    sc.gammaincc,
    partials={
        "a": lambda a, x: -gammainc_da(1, a, x),
        "x": lambda a, x: -gamma_density_da(0, a, x),
    },
    title="Q(a, x), the regularised upper incomplete gamma function.",
    source="DLMF 8.2.5 and 8.8.13",
    domain={"a": (0.2, 40.0), "x": (0.1, 60.0)},
    edges=[
        ((0.5, 0.0), {"a": 0.0, "x": -inf}),
        ((1.0, 0.0), {"a": 0.0, "x": -1.0}),
        ((2.0, 0.0), {"a": 0.0, "x": 0.0}),
    ],
)
