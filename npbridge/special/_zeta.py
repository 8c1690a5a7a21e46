"""The zeta functions and the dilogarithm. DLMF chapter 25."""

from __future__ import annotations

from math import factorial, inf
from typing import Any

import numpy as np
import scipy.special as sc

from npbridge import ElementwiseOp, elementwise_op, integer, unwritten
from npbridge.special._quadrature import gauss_rule

__all__ = ["spence", "zeta", "zetac"]

EXPONENT = unwritten("the derivative in x is a series of logarithms", see="DLMF 25.11(vi)")


def _zeta(x: Any, q: Any) -> Any:
    return sc.zeta(x, q)


zeta: ElementwiseOp = elementwise_op(
    _zeta,
    name="zeta",
    partials={"x": EXPONENT, "q": lambda x, q: -x * zeta(x + 1, q)},
    title="ζ(x, q), the zeta function of Hurwitz.",
    source="DLMF 25.11.17",
    domain={"x": (1.1, 9.0), "q": (0.2, 20.0)},
    edges=[((2.0, 1.0), {"q": -2.404113806319188}), ((2.0, 0.0), {"q": -inf})],
    notes="Both arguments are needed: Riemann's function is that of q = 1, for x > 1.",
)

zetac: ElementwiseOp = elementwise_op(
    sc.zetac,
    partials={"x": unwritten("the derivative is a series of logarithms", see="DLMF 25.2.6")},
    title="ζ(x) - 1, the zeta function of Riemann less one.",
    source="DLMF 25.2.1",
    domain={"x": (1.1, 9.0)},
    notes="From x = 127 on SciPy gives 0.",
)

_NODES, _WEIGHTS = gauss_rule(32)


def _log_quotient(n: int, z: Any) -> Any:
    z = np.asarray(z)
    with np.errstate(all="ignore"):
        # Near the hole an integral: -∫ (-t)ⁿ n! / (1 + (z-1)t)ⁿ⁺¹ over (0, 1).
        near = np.abs(z - 1) <= 0.75
        step = np.where(near, z - 1, 0.0).reshape(-1)
        kernel = (-_NODES) ** n * (1 + step * _NODES) ** -(n + 1.0)
        inside = (-factorial(n) * (kernel * _WEIGHTS).sum(0)).reshape(z.shape)
        # Further away, n times differentiated, (1 - z) g(z) = log z.
        far = np.where(near, 2.0, z)
        value = np.log(far) / (1 - far)
        for k in range(1, n + 1):
            value = (k * value - (-1) ** k * factorial(k - 1) * far**-k) / (1 - far)
        value = np.where(z == 0, -inf if n % 2 == 0 else inf, value)
        return np.where(near, inside, np.where(np.isinf(z), 0.0, value))


log_quotient: ElementwiseOp = elementwise_op(
    _log_quotient,
    name="log_quotient",
    partials={
        "n": integer("the order of the derivative", static=True),
        "z": lambda n, z: log_quotient(n + 1, z),
    },
    title="The n-th derivative of log z / (1 - z), which is -1 at z = 1.",
    source="DLMF 4.6.4 and 4.7.1",
    holomorphic=("z",),
    domain={"n": (0, 4), "z": (0.1, 9.0)},
    edges=[((0, 1.0), {"z": 0.5}), ((1, 1.0), {"z": -2 / 3}), ((0, 0.0), {"z": inf})],
)

# log z / (1 - z), as often written, is 0/0 at z = 1, and its derivatives lose 1/(z-1) near it.
spence: ElementwiseOp = elementwise_op(
    sc.spence,
    partials={"z": lambda z: log_quotient(0, z)},
    title="Li₂(1 - z), Spence's function or dilogarithm.",
    source="DLMF 25.12.2",
    holomorphic=("z",),
    domain={"z": (0.1, 9.0)},
    edges=[
        ((0.0,), {"z": -inf}),
        ((1.0,), {"z": -1.0}),
        ((2.0,), {"z": -0.6931471805599453}),
    ],
    notes="For negative real z it is NaN; a complex z goes on, with its cut there.",
)
