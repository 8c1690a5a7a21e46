"""Gamma functions, complete and incomplete. DLMF chapters 5 and 8."""

from __future__ import annotations

from math import comb, inf
from typing import Any

import scipy.special as sc

from npbridge._elementwise import ElementwiseOp, elementwise_op
from npbridge._partials import integer
from npbridge.elementary import log, where
from npbridge.special import _incomplete_gamma
from npbridge.special._reasons import reaches

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
    partials={"z": lambda z: polygamma(1, z)},
    title="ψ(z), the digamma function.",
    source="DLMF 5.15.1",
    domain={"z": (0.1, 40.0)},
    edges=[((1.0,), {"z": 1.6449340668482264})],
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


def density_da(n: int, a: Any, x: Any) -> Any:
    """The n-th derivative in a of the gamma density: the density times a Bell polynomial."""
    hole = x == 0
    scores = [log(where(hole, 1.0, x)) - psi(a)]
    scores += [-polygamma(k, a) for k in range(1, n)]
    bell: list[Any] = [1.0]
    for k in range(n):
        bell.append(sum(comb(k, i) * bell[k - i] * scores[i] for i in range(k + 1)))
    at_hole = 0.0 if n == 0 else (-1.0) ** n * inf
    return where(hole, where(a > 1, 0.0, at_hole), gamma_density(a, x) * bell[n])


def d_density_dx(a: Any, x: Any, out: Any) -> Any:
    """p(a - 1, x) - p(a, x), where the first term is (a - 1) p(a, x) / x."""
    hole = x == 0
    regular = out * ((a - 1) / where(hole, 1.0, x) - 1)
    # Only one density has a finite slope other than 0 at x = 0, and only for a = 1 and a = 2.
    steep = where(a < 1, -inf, where(a > 2, 0.0, where(a < 2, inf, 1.0)))
    return where(hole, where(a == 1, -1.0, steep), regular)


gamma_density: ElementwiseOp = elementwise_op(
    _incomplete_gamma.gamma_density,
    name="gamma_density",
    partials={"a": lambda a, x: density_da(1, a, x), "x": d_density_dx},
    title="x^(a-1) exp(-x) / Γ(a), the density of the gamma distribution.",
    source="DLMF 8.8.13 with 5.2.2",
    domain={"a": (0.2, 40.0), "x": (0.1, 60.0)},
    edges=[((1.0, 0.0), {"x": -1.0}), ((2.0, 0.0), {"x": 1.0}), ((3.0, 0.0), {"x": 0.0})],
)

gammainc_da: ElementwiseOp = elementwise_op(
    _incomplete_gamma.gammainc_da,
    name="gammainc_da",
    partials={
        "n": integer("the order of the derivative"),
        "a": lambda n, a, x: gammainc_da(reaches("gammainc", n, _incomplete_gamma.MAX_ORDER), a, x),
        "x": density_da,
    },
    title="The n-th derivative in a of P(a, x).",
    source="DLMF 8.2.1 and 8.8.13",
    domain={"n": (1, 3), "a": (0.2, 40.0), "x": (0.1, 60.0)},
)

gammainc: ElementwiseOp = elementwise_op(
    sc.gammainc,
    partials={
        "a": lambda a, x: gammainc_da(1, a, x),
        "x": lambda a, x: gamma_density(a, x),
    },
    title="P(a, x), the regularised lower incomplete gamma function.",
    source="DLMF 8.2.1 and 8.8.13",
    domain={"a": (0.2, 40.0), "x": (0.1, 60.0)},
    edges=[((2.0, 0.0), {"a": 0.0, "x": 0.0}), ((1.0, 0.0), {"x": 1.0}), ((0.5, 0.0), {"x": inf})],
)

gammaincc: ElementwiseOp = elementwise_op(
    sc.gammaincc,
    partials={
        "a": lambda a, x: -gammainc_da(1, a, x),
        "x": lambda a, x: -gamma_density(a, x),
    },
    title="Q(a, x), the regularised upper incomplete gamma function.",
    source="DLMF 8.2.5 and 8.8.13",
    domain={"a": (0.2, 40.0), "x": (0.1, 60.0)},
    edges=[((2.0, 0.0), {"a": 0.0, "x": 0.0}), ((1.0, 0.0), {"x": -1.0})],
)
