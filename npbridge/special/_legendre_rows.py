"""Legendre functions with their derivatives to order diff_n in front. DLMF chapter 14."""

from __future__ import annotations

from math import inf, pi, sqrt
from typing import Any

import scipy.special as sc
import torch

from npbridge import NumpyOp, numpy_op
from npbridge.special._entry import described
from npbridge.special._harmonics import sph_legendre_dn
from npbridge.special._legendre import assoc_legendre_dn, legendre_dn
from npbridge.special._legendre_gradients import empty, over_batch, pulled, rounded, shape_of, wide

__all__ = ["assoc_legendre_p", "legendre_p", "sph_legendre_p"]

Op = NumpyOp[..., Any]

ROWS = "Every row is differentiable, those of derivatives (diff_n) too."
NORM = (
    "With norm=True and m = 0 SciPy's value at z = ±1 lacks the factor √((2n+1)/2); the "
    "derivatives have it. "
)


def _legendre_p(n: Any, z: Any, *, diff_n: int = 0) -> Any:
    return rounded(sc.legendre_p(n, z, diff_n=diff_n), z)


legendre_p: Op = described(
    numpy_op(_legendre_p, name="legendre_p", differentiable=("z",)),
    title="Pₙ(z), the Legendre polynomial, with its derivatives to order diff_n in front.",
    source="DLMF 18.9.19 and 18.9.1",
    domain={"z": (-0.9, 0.9)},
    edges=[((3, 1.0), {"z": 6.0}), ((3, -1.0), {"z": 6.0})],
    notes=f"{ROWS} For negative n SciPy returns z.",
)
legendre_p.register_vmap(over_batch(legendre_p, ("n", "z"), 1))


@legendre_p.register_vjp(composite=True)
def _legendre_p_vjp(grad: Any, n: Any, z: Any, diff_n: int) -> Any:
    """Each row is followed by the next derivative."""
    x = wide(z)
    # SciPy 1.17.1 returns z, the polynomial of degree 1, for negative degrees.
    degree = torch.as_tensor(n, device=z.device)
    degree = torch.where(degree < 0, 1, degree)
    slopes = torch.stack([legendre_dn(i + 1, degree, x) for i in range(diff_n + 1)])
    return {"z": pulled(grad, slopes, z)}


@legendre_p.register_fake
def _legendre_p_fake(n: Any, z: Any, *, diff_n: int = 0) -> Any:
    return empty((diff_n + 1, *shape_of(n, z)), z, n)


def _assoc_legendre_p(
    n: Any, m: Any, z: Any, *, branch_cut: Any = 2, norm: bool = False, diff_n: int = 0
) -> Any:
    found = sc.assoc_legendre_p(n, m, z, branch_cut=branch_cut, norm=norm, diff_n=diff_n)
    return rounded(found, z)


assoc_legendre_p: Op = described(
    numpy_op(_assoc_legendre_p, name="assoc_legendre_p", differentiable=("z",)),
    title="Pₙᵐ(z), the associated Legendre function, with derivatives in front.",
    source="the product rule on DLMF 14.6.1, with 18.9.1",
    domain={"z": (-0.9, 0.9)},
    edges=[((2, 1, 1.0), {"z": inf}), ((3, 2, -1.0), {"z": -30.0})],
    notes=NORM + ROWS,
)
assoc_legendre_p.register_vmap(over_batch(assoc_legendre_p, ("n", "m", "z", "branch_cut"), 1))


@assoc_legendre_p.register_vjp(composite=True)
def _assoc_legendre_p_vjp(
    grad: Any, n: Any, m: Any, z: Any, branch_cut: Any, norm: bool, diff_n: int
) -> Any:
    """Each row is followed by the next derivative."""
    x = wide(z)
    slopes = [assoc_legendre_dn(i + 1, n, m, x, branch_cut, int(norm)) for i in range(diff_n + 1)]
    return {"z": pulled(grad, torch.stack(slopes), z)}


@assoc_legendre_p.register_fake
def _assoc_legendre_p_fake(
    n: Any,
    m: Any,
    z: Any,
    *,
    branch_cut: Any = 2,
    norm: bool = False,  # noqa: ARG001  # a parameter of the op
    diff_n: int = 0,
) -> Any:
    return empty((diff_n + 1, *shape_of(n, m, z, branch_cut)), z, n, m, branch_cut)


def _sph_legendre_p(n: Any, m: Any, theta: Any, *, diff_n: int = 0) -> Any:
    return rounded(sc.sph_legendre_p(n, m, theta, diff_n=diff_n), theta)


sph_legendre_p: Op = described(
    numpy_op(_sph_legendre_p, name="sph_legendre_p", differentiable=("theta",)),
    title="The spherical Legendre function Yₙᵐ(θ, 0), with derivatives in front.",
    source="DLMF 14.6.1, differentiated, with 14.10.1 and 14.30.1",
    domain={"theta": (0.1, 3.0)},
    edges=[((1, 1, 0.0), {"theta": -sqrt(3 / (8 * pi))})],
    notes=f"{ROWS} SciPy has |sin θ|: at the poles the derivative is that from within.",
)
sph_legendre_p.register_vmap(over_batch(sph_legendre_p, ("n", "m", "theta"), 1))


@sph_legendre_p.register_vjp(composite=True)
def _sph_legendre_p_vjp(grad: Any, n: Any, m: Any, theta: Any, diff_n: int) -> Any:
    """Each row is followed by the next derivative."""
    x = wide(theta)
    slopes = torch.stack([sph_legendre_dn(i + 1, n, m, x) for i in range(diff_n + 1)])
    return {"theta": pulled(grad, slopes, theta)}


@sph_legendre_p.register_fake
def _sph_legendre_p_fake(n: Any, m: Any, theta: Any, *, diff_n: int = 0) -> Any:
    return empty((diff_n + 1, *shape_of(n, m, theta)), theta, n, m)
