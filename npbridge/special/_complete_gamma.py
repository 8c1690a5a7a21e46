"""The gamma function, its logarithm and its reciprocal. DLMF chapter 5."""

from __future__ import annotations

from math import inf
from typing import Any

import scipy.special as sc

from npbridge import ElementwiseOp, elementwise_op, integer
from npbridge.special import _rgamma
from npbridge.special._gamma import psi

__all__ = ["gamma", "loggamma", "multigammaln", "rgamma"]

gamma: ElementwiseOp = elementwise_op(
    sc.gamma,
    partials={"z": lambda z, out: out * psi(z)},
    title="Γ(z), the gamma function.",
    source="DLMF 5.2.2",
    holomorphic=("z",),
    domain={"z": (0.1, 20.0)},
    edges=[
        ((0.0,), {"z": -inf}),
        ((1.0,), {"z": -0.5772156649015329}),
        ((2.0,), {"z": 0.42278433509846713}),
    ],
)

loggamma: ElementwiseOp = elementwise_op(
    sc.loggamma,
    partials={"z": lambda z: psi(z)},
    title="log Γ(z), the principal branch of the logarithm of the gamma function.",
    source="DLMF 5.2.2",
    holomorphic=("z",),
    domain={"z": (0.1, 40.0)},
    edges=[
        ((0.0,), {"z": -inf}),
        ((1.0,), {"z": -0.5772156649015329}),
        ((2.0,), {"z": 0.42278433509846713}),
    ],
    notes="For negative real z the value is NaN, as SciPy's; gammaln or a complex z goes on.",
)

# -ψ(z) / Γ(z), as often written, is inf * 0 at the poles of Γ, where 1 / Γ is as smooth as
# anywhere.
rgamma: ElementwiseOp = elementwise_op(
    sc.rgamma,
    partials={"z": lambda z: rgamma_dn(1, z)},
    title="1 / Γ(z), the reciprocal gamma function, which is entire.",
    source="DLMF 5.2.2 with 5.5.3",
    holomorphic=("z",),
    domain={"z": (-4.0, 12.0)},
    edges=[
        ((0.0,), {"z": 1.0}),
        ((-1.0,), {"z": -1.0}),
        ((-2.0,), {"z": 2.0}),
        ((-3.0,), {"z": -6.0}),
        ((1.0,), {"z": 0.5772156649015329}),
    ],
)

rgamma_dn: ElementwiseOp = elementwise_op(
    _rgamma.rgamma_dn,
    name="rgamma_dn",
    partials={
        "n": integer("the order of the derivative", static=True),
        "z": lambda n, z: rgamma_dn(n + 1, z),
    },
    title="The n-th derivative of 1 / Γ(z).",
    source="DLMF 5.2.2 with 5.5.3",
    holomorphic=("z",),
    domain={"n": (0, 4), "z": (-4.0, 12.0)},
    edges=[((0, -1.0), {"z": -1.0}), ((1, 0.0), {"z": 1.1544313298030658})],
)


def _multigammaln(a: Any, d: Any) -> Any:
    return sc.multigammaln(a, d)


def d_multigammaln_da(a: Any, d: Any) -> Any:
    """The sum of ψ(a - j/2) over j < d."""
    return sum(psi(a - j / 2) for j in range(1, int(d))) + psi(a)


multigammaln: ElementwiseOp = elementwise_op(
    _multigammaln,
    name="multigammaln",
    partials={"a": d_multigammaln_da, "d": integer("the dimension", static=True)},
    title="log Γ_d(a), the logarithm of the multivariate gamma function.",
    source="DLMF 35.3.4",
    domain={"a": (2.1, 40.0), "d": (1, 4)},
    edges=[((1.0, 1), {"a": -0.5772156649015329})],
    notes="SciPy raises a ValueError unless a > (d - 1) / 2; d is one number.",
)
