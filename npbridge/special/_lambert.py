"""Lambert's W function and its relatives. DLMF sections 4.13 and 10.46."""

from __future__ import annotations

from math import inf
from typing import Any

import scipy.special as sc

from npbridge import ElementwiseOp, elementwise_op, integer, unwritten
from npbridge.domains import choices
from npbridge.elementary import abs as absolute
from npbridge.elementary import exp, where
from npbridge.special import _lambert_w

__all__ = ["lambertw", "log_wright_bessel", "wright_bessel", "wrightomega"]

BRANCH = integer("the branch")


def _lambertw(z: Any, k: Any = 0, tol: float = 1e-8) -> Any:
    return sc.lambertw(z, k, tol)


# exp(-W) / (1 + W) of SciPy's W, as often written, has no correct digit near the branch point.
lambertw: ElementwiseOp = elementwise_op(
    _lambertw,
    name="lambertw",
    partials={
        "z": lambda z, k: lambertw_dn(1, z, k),
        "k": BRANCH,
        "tol": integer("the tolerance", static=True),
    },
    title="Wₖ(z), the k-th branch of the Lambert W function: W exp W = z.",
    source="DLMF 4.13.1 and the inverse function rule; 4.13.6 near -1/e",
    holomorphic=("z",),
    domain={"z": (0.1, 20.0), "k": (-1, 1), "tol": choices(1e-8)},
    edges=[
        ((0.0, 0, 1e-8), {"z": 1 + 0j}),
        ((inf, 0, 1e-8), {"z": 0j}),
    ],
    notes="It is complex at real z too. At -1/e, where SciPy's value is NaN instead of -1, the "
    "derivative of the real part is infinite: inf of W₀ and -inf of W₋₁. Near it SciPy's W₋₁ is "
    "wrong (2e-6 off at a distance of 1e-12); the derivatives are right.",
)

lambertw_dn: ElementwiseOp = elementwise_op(
    _lambert_w.lambertw_dn,
    name="lambertw_dn",
    partials={
        "n": integer("the order of the derivative", static=True),
        "z": lambda n, z, k: lambertw_dn(n + 1, z, k),
        "k": BRANCH,
    },
    title="The n-th derivative of Wₖ(z).",
    source="DLMF 4.13.1, differentiated n times; 4.13.6 near -1/e",
    holomorphic=("z",),
    domain={"n": (1, 3), "z": (0.1, 20.0), "k": (-1, 1)},
    edges=[((1, 0.0, 0), {"z": -2 + 0j}), ((2, 0.0, 0), {"z": 9 + 0j})],
)


def d_wrightomega_dz(out: Any) -> Any:
    """ω / (1 + ω); from ω = 1 on 1 - 1 / (1 + ω), whose derivatives lose nothing."""
    large = absolute(out) > 1
    omega = where(large, 0.0, out)
    return where(large, 1 - 1 / (1 + where(large, out, 1.0)), omega / (1 + omega))


wrightomega: ElementwiseOp = elementwise_op(
    sc.wrightomega,
    partials={"z": d_wrightomega_dz},
    title="ω(z), the Wright omega function: ω + log ω = z.",
    source="DLMF 4.13.1 and the inverse function rule",
    holomorphic=("z",),
    domain={"z": (-20.0, 20.0)},
    edges=[((1.0,), {"z": 0.5}), ((-1e4,), {"z": 0.0}), ((inf,), {"z": 1.0})],
)

SERIES = "it is a series of digamma functions"

wright_bessel: ElementwiseOp = elementwise_op(
    sc.wright_bessel,
    partials={
        "a": unwritten(SERIES, see="DLMF 10.46.1"),
        "b": unwritten(SERIES, see="DLMF 10.46.1"),
        "x": lambda a, b, x: wright_bessel(a, a + b, x),
    },
    title="Φ(a, b; x), Wright's generalised Bessel function.",
    source="DLMF 10.46.1, term by term",
    domain={"a": (0.1, 3.0), "b": (0.1, 5.0), "x": (0.1, 5.0)},
    edges=[
        ((1.0, 1.0, 0.0), {"x": 1.0}),
        ((1.0, 0.0, 0.0), {"x": 1.0}),
        ((0.0, 2.0, 0.0), {"x": 1.0}),
    ],
)

log_wright_bessel: ElementwiseOp = elementwise_op(
    sc.log_wright_bessel,
    partials={
        "a": unwritten(SERIES, see="DLMF 10.46.1"),
        "b": unwritten(SERIES, see="DLMF 10.46.1"),
        "x": lambda a, b, x, out: exp(log_wright_bessel(a, a + b, x) - out),
    },
    title="log Φ(a, b; x), the logarithm of Wright's generalised Bessel function.",
    source="DLMF 10.46.1, term by term",
    domain={"a": (0.1, 3.0), "b": (0.1, 5.0), "x": (0.1, 5.0)},
    edges=[((1.0, 1.0, 0.0), {"x": 1.0}), ((0.0, 2.0, 0.0), {"x": 1.0})],
)
