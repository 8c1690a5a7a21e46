"""Legendre's elliptic integrals, Jacobi's elliptic functions, and Gauss's mean. DLMF 19, 22."""

from __future__ import annotations

from math import inf
from typing import Any

import numpy as np
import scipy.special as sc

from npbridge import ElementwiseOp, elementwise_op, integer
from npbridge.elementary import abs as absolute
from npbridge.elementary import cos, pi, sin, sqrt, square, where
from npbridge.special._carlson import carlson_integral
from npbridge.special._carlson_integral import carlson_integral as integrated

__all__ = ["agm", "ellipe", "ellipeinc", "ellipj", "ellipk", "ellipkinc", "ellipkm1"]

# (E/(1-m) - K) / 2m, as often written, is 0/0 at m = 0; this integral is positive.
ellipk: ElementwiseOp = elementwise_op(
    sc.ellipk,
    partials={"m": lambda m: carlson_integral(1, 1, 3, 0, 1.0, 0.0, 1 - m, 1.0) / 4},
    title="K(m), the complete elliptic integral of the first kind, with m = k².",
    source="DLMF 19.25.1 with 19.18.1",
    domain={"m": (-4.0, 0.95)},
    edges=[((0.0,), {"m": 0.39269908169872414}), ((1.0,), {"m": inf})],
)

ellipkm1: ElementwiseOp = elementwise_op(
    sc.ellipkm1,
    partials={"p": lambda p: -carlson_integral(1, 1, 3, 0, 1.0, 0.0, p, 1.0) / 4},
    title="K(1 - p), the complete elliptic integral of the first kind near m = 1.",
    source="DLMF 19.25.1 with 19.18.1",
    domain={"p": (0.05, 5.0)},
    edges=[((1.0,), {"p": -0.39269908169872414}), ((0.0,), {"p": -inf})],
)

ellipe: ElementwiseOp = elementwise_op(
    sc.ellipe,
    partials={"m": lambda m: -carlson_integral(3, 1, 1, 0, 1.0, 0.0, 1 - m, 1.0) / 4},
    title="E(m), the complete elliptic integral of the second kind, with m = k².",
    source="DLMF 19.25.1 with 19.18.1",
    domain={"m": (-4.0, 0.95)},
    edges=[((0.0,), {"m": -0.39269908169872414}), ((1.0,), {"m": -inf})],
)


def delta_squared(phi: Any, m: Any) -> Any:
    """1 - m sin²φ: near m = 1 this form cancels, the other one for small m in its derivatives."""
    near = m > 0.5
    s2 = square(sin(phi))
    return where(near, square(cos(phi)) + (1 - m) * s2, 1 - m * s2)


def _elliptic_moment(i: int, k: int, phi: Any, m: Any) -> Any:
    with np.errstate(all="ignore"):
        turns = np.round(phi / pi)
        rest = phi - turns * pi
        s, c2 = np.sin(rest), np.cos(rest) ** 2
        d2 = np.where(m > 0.5, c2 + (1 - m) * s * s, 1 - m * s * s)
        part = s ** (2 * i + 1) * integrated(2 * i + 2 - k, 1, k, 0, 1.0, c2, d2, 1.0) / 2
        whole = np.zeros_like(part)
        if np.any(turns != 0):
            whole = integrated(2 * i + 2 - k, 1, k, 0, 1.0, 0.0, 1 - m + 0 * phi, 1.0)
        # Beyond m = 1 the integral ends before a half turn.
        return np.where(s == 0, 0 * m, part) + np.where(turns != 0, turns * whole, 0.0)


def d_moment_dphi(i: int, k: int, phi: Any, m: Any) -> Any:
    """The integrand."""
    return square(sin(phi)) ** i * delta_squared(phi, m) ** (-k / 2)


elliptic_moment: ElementwiseOp = elementwise_op(
    _elliptic_moment,
    name="elliptic_moment",
    partials={
        "i": integer("the power of sin²θ", static=True),
        "k": integer("the power of √(1 - m sin²θ)", static=True),
        "phi": d_moment_dphi,
        "m": lambda i, k, phi, m: k / 2 * elliptic_moment(i + 1, k + 2, phi, m),
    },
    title="The integral of sin²ⁱθ (1 - m sin²θ)^(-k/2) from 0 to φ.",
    source="DLMF 19.2(ii) with 19.25(i)",
    domain={"i": (0, 2), "k": (1, 3), "phi": (-1.4, 1.4), "m": (-2.0, 0.9)},
    edges=[
        ((0, 1, 0.0, 0.5), {"phi": 1.0, "m": 0.0}),
    ],
)

ellipkinc: ElementwiseOp = elementwise_op(
    sc.ellipkinc,
    partials={
        "phi": lambda phi, m: d_moment_dphi(0, 1, phi, m),
        "m": lambda phi, m: elliptic_moment(1, 3, phi, m) / 2,
    },
    title="F(φ | m), the incomplete elliptic integral of the first kind, with m = k².",
    source="DLMF 19.2.4",
    domain={"phi": (-4.0, 4.0), "m": (-2.0, 0.9)},
    edges=[
        ((0.0, 0.5), {"phi": 1.0, "m": 0.0}),
    ],
)

ellipeinc: ElementwiseOp = elementwise_op(
    sc.ellipeinc,
    partials={
        "phi": lambda phi, m: d_moment_dphi(0, -1, phi, m),
        "m": lambda phi, m: -elliptic_moment(1, 1, phi, m) / 2,
    },
    title="E(φ | m), the incomplete elliptic integral of the second kind, with m = k².",
    source="DLMF 19.2.5",
    domain={"phi": (-4.0, 4.0), "m": (-2.0, 0.9)},
    edges=[
        ((0.0, 0.5), {"phi": 1.0, "m": 0.0}),
    ],
)


def d_ellipj_dm(m: Any, out: Any) -> Any:
    """By the amplitude, which solves F(φ | m) = u."""
    sn, cn, dn, ph = out
    am = -dn * elliptic_moment(1, 3, ph, m) / 2
    return cn * am, -sn * am, -(sn * sn + 2 * m * sn * cn * am) / (2 * dn), am


ellipj: ElementwiseOp = elementwise_op(
    sc.ellipj,
    partials={
        "u": lambda m, out: (
            out[1] * out[2],
            -out[0] * out[2],
            -m * out[0] * out[1],
            out[2],
        ),
        "m": d_ellipj_dm,
    },
    title="sn(u | m), cn(u | m), dn(u | m) and am(u | m), Jacobi's elliptic functions.",
    source="DLMF 22.13.1 to 22.13.3 with 22.16.1",
    domain={"u": (-4.0, 4.0), "m": (0.05, 0.95)},
    edges=[((0.0, 0.5), {"u": (1.0, 0.0, 0.0, 1.0), "m": (0.0, 0.0, 0.0, 0.0)})],
    notes="SciPy has values for 0 ≤ m ≤ 1 only. Next to m = 1 the derivatives in m "
    "lose exp(|u|) eps, for the amplitude has: 1e-7 at u = 20.",
)


def d_agm_db(a: Any, b: Any, out: Any) -> Any:
    """|b| M² / π times the integral of t^(-1/2) (t + a²)^(-1/2) (t + b²)^(-3/2)."""
    end, axis = a == 0, b == 0
    start, safe = where(end, 1.0, a), where(axis, 1.0, b)
    integral = carlson_integral(1, 1, 3, 0, 0.0, start * start, safe * safe, 1.0)
    inside = absolute(safe) * out * out / pi * integral
    # The true values and derivatives on the axes, where M is π|a| / (2 log |4a/b|): inf, and 0 with
    # an infinite slope.
    beside = absolute(a) / where(axis, b * b, 1.0)
    return where(end, sqrt(where(end, a, safe) / safe), where(axis, beside, inside))


agm: ElementwiseOp = elementwise_op(
    sc.agm,
    partials={
        "a": lambda a, b, out: d_agm_db(b, a, out),
        "b": lambda a, b, out: d_agm_db(a, b, out),
    },
    title="M(a, b), the arithmetic-geometric mean.",
    source="DLMF 19.8.4 to 19.8.6 with 19.18.1",
    domain={"a": (0.2, 5.0), "b": (0.2, 5.0)},
    notes="Where an argument is 0 or below 1e-140, second derivatives are NaN; below 1e-160 the "
    "first in it loses digits.",
    edges=[((1.0, 1.0), {"a": 0.5, "b": 0.5}), ((-3.0, -3.0), {"a": 0.5, "b": 0.5})],
)
