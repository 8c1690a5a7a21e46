"""Spherical harmonics of all degrees and orders at once. DLMF section 14.30."""

from __future__ import annotations

from math import pi, sqrt
from typing import Any

import scipy.special as sc
import torch
from torch import Tensor

from npbridge import NumpyOp, numpy_op
from npbridge.special import _legendre_sphere
from npbridge.special._axes import as_wide
from npbridge.special._entry import described
from npbridge.special._legendre_gradients import empty, over_batch, pulled, shape_of, wide
from npbridge.special._legendre_rows import ROWS

__all__ = ["sph_harm_y_all", "sph_legendre_p_all"]

Op = NumpyOp[..., Any]

_LADDER = "DLMF 14.6.1, differentiated, with 14.10.1 and 14.30.1"


def _all_sph_dn(n: int, degree: int, order: int, theta: Any) -> Any:
    return _legendre_sphere.all_sph_legendre_dn(n, degree, order, theta)


all_sph_legendre_dn: Op = numpy_op(
    _all_sph_dn, name="all_sph_legendre_dn", differentiable=("theta",)
)
all_sph_legendre_dn.register_vmap(over_batch(all_sph_legendre_dn, ("theta",), 2))


@all_sph_legendre_dn.register_vjp(composite=True)
def _all_sph_legendre_dn_vjp(grad: Any, n: int, degree: int, order: int, theta: Any) -> Any:
    return {"theta": pulled(grad, all_sph_legendre_dn(n + 1, degree, order, theta), theta)}


@all_sph_legendre_dn.register_fake
def _all_sph_legendre_dn_fake(n: int, degree: int, order: int, theta: Any) -> Any:  # noqa: ARG001  # the parameters of the op
    return empty((degree + 1, 2 * order + 1, *shape_of(theta)), theta)


def _sph_legendre_p_all(n: int, m: int, theta: Any, *, diff_n: int = 0) -> Any:
    return sc.sph_legendre_p_all(n, m, theta, diff_n=diff_n)


sph_legendre_p_all: Op = described(
    numpy_op(_sph_legendre_p_all, name="sph_legendre_p_all", differentiable=("theta",)),
    title="Yⱼᵏ(θ, 0) for all degrees j to n and orders k to ±m, with derivatives in front.",
    source=_LADDER,
    domain={"theta": (0.1, 3.0)},
    edges=[((1, 1, 0.0), {"theta": 0.0}), ((1, 1, pi / 2), {"theta": -sqrt(3 / (4 * pi))})],
    notes=f"{ROWS} SciPy has |sin θ|: at the poles the derivative is that from within.",
)
sph_legendre_p_all.register_vmap(over_batch(sph_legendre_p_all, ("theta",), 3))


@sph_legendre_p_all.register_vjp(composite=True)
def _sph_legendre_p_all_vjp(grad: Any, n: int, m: int, theta: Any, diff_n: int) -> Any:
    """Each row is followed by the next derivative."""
    x = wide(theta)
    slopes = torch.stack([all_sph_legendre_dn(i + 1, n, abs(m), x) for i in range(diff_n + 1)])
    return {"theta": pulled(grad, slopes, theta)}


@sph_legendre_p_all.register_fake
def _sph_legendre_p_all_fake(n: int, m: int, theta: Any, *, diff_n: int = 0) -> Any:
    return empty((diff_n + 1, n + 1, 2 * abs(m) + 1, *shape_of(theta)), theta)


def _sph_harm_y_all(n: int, m: int, theta: Any, phi: Any, *, diff_n: int = 0) -> Any:
    return sc.sph_harm_y_all(n, m, theta, phi, diff_n=diff_n)


sph_harm_y_all: Op = described(
    numpy_op(_sph_harm_y_all, name="sph_harm_y_all", differentiable=("theta", "phi")),
    title="Yⱼᵏ(θ, φ) for all degrees j to n and orders k to ±m.",
    source=_LADDER,
    domain={"theta": (0.1, 3.0), "phi": (0.0, 6.0)},
    edges=[
        ((1, 1, pi / 2, 0.0), {"theta": -sqrt(3 / (4 * pi)), "phi": -1j * sqrt(3 / (2 * pi))}),
        ((1, 1, 0.0, pi / 2), {"theta": -1j * sqrt(3 / (2 * pi)), "phi": 0.0}),
    ],
    notes="With diff_n a tuple of values, gradients and Hessians, all differentiable. SciPy has "
    "|sin θ|: at the poles the derivative is that from within.",
)
sph_harm_y_all.register_vmap(over_batch(sph_harm_y_all, ("theta", "phi"), 2))


@sph_harm_y_all.register_vjp(composite=True)
def _sph_harm_y_all_vjp(
    grad: Any, n: int, m: int, theta: Any, phi: Any, diff_n: int, needs_input_grad: Any
) -> Any:
    """Derivatives in theta are those of Legendre functions; each in phi is a factor i k."""
    found: dict[str, Any] = {"theta": None, "phi": None}
    like = theta if isinstance(theta, Tensor) else phi
    angles = [as_wide(a, like, dtype=torch.float64) for a in (theta, phi)]
    shape = shape_of(*angles)
    orders = torch.tensor([*range(abs(m) + 1), *range(-abs(m), 0)], device=angles[0].device)
    # Times 1j, integers are complex64 (torch 2.13).
    factor = 1j * orders.to(torch.float64).reshape(-1, *(1,) * len(shape))
    wave = torch.exp(factor * angles[1])

    def harmonics(j: int, k: int) -> Any:
        legendre = all_sph_legendre_dn(j, n, abs(m), angles[0].expand(shape))
        return legendre * (factor**k * wave)

    parts = [(grad if diff_n == 0 else grad[0], 0, 0)]
    if diff_n > 0:
        parts += [(grad[1][..., 0], 1, 0), (grad[1][..., 1], 0, 1)]
    if diff_n > 1:
        hessian = grad[2]
        parts += [(hessian[..., a, b], 2 - a - b, a + b) for a in (0, 1) for b in (0, 1)]
    for name, x, (right, up) in (("theta", theta, (1, 0)), ("phi", phi, (0, 1))):
        if needs_input_grad[name]:
            found[name] = sum(pulled(g, harmonics(j + right, k + up), x) for g, j, k in parts)
    return found


@sph_harm_y_all.register_fake
def _sph_harm_y_all_fake(n: int, m: int, theta: Any, phi: Any, *, diff_n: int = 0) -> Any:
    shape = (n + 1, 2 * abs(m) + 1, *shape_of(theta, phi))
    found = tuple(empty((*shape, *(2,) * i), theta, phi, complex=True) for i in range(diff_n + 1))
    return found if diff_n else found[0]
