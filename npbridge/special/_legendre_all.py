"""Legendre functions of all degrees and orders at once. DLMF chapter 14."""

from __future__ import annotations

from typing import Any

import scipy.special as sc
import torch

from npbridge import NumpyOp, numpy_op
from npbridge.special import _legendre_polynomials
from npbridge.special._entry import described
from npbridge.special._legendre_gradients import empty, over_batch, pulled, rounded, shape_of, wide
from npbridge.special._legendre_rows import NORM, ROWS

__all__ = ["assoc_legendre_p_all", "legendre_p_all"]

Op = NumpyOp[..., Any]


def _all_assoc_dn(n: int, degree: int, order: int, z: Any, branch_cut: Any, norm: bool) -> Any:
    return _legendre_polynomials.all_assoc_legendre_dn(n, degree, order, z, branch_cut, norm)


all_assoc_legendre_dn: Op = numpy_op(
    _all_assoc_dn, name="all_assoc_legendre_dn", differentiable=("z",)
)
all_assoc_legendre_dn.register_vmap(over_batch(all_assoc_legendre_dn, ("z", "branch_cut"), 2))


@all_assoc_legendre_dn.register_vjp(composite=True)
def _all_assoc_legendre_dn_vjp(
    grad: Any, n: int, degree: int, order: int, z: Any, branch_cut: Any, norm: bool
) -> Any:
    slopes = all_assoc_legendre_dn(n + 1, degree, order, z, branch_cut, norm)
    return {"z": pulled(grad, slopes, z)}


@all_assoc_legendre_dn.register_fake
def _all_assoc_legendre_dn_fake(
    n: int,  # noqa: ARG001  # a parameter of the op
    degree: int,
    order: int,
    z: Any,
    branch_cut: Any,
    norm: bool,  # noqa: ARG001  # a parameter of the op
) -> Any:
    return empty((degree + 1, 2 * order + 1, *shape_of(z, branch_cut)), z, branch_cut)


def _legendre_p_all(n: int, z: Any, *, diff_n: int = 0) -> Any:
    return sc.legendre_p_all(n, z, diff_n=diff_n)


legendre_p_all: Op = described(
    numpy_op(_legendre_p_all, name="legendre_p_all", differentiable=("z",)),
    title="Pⱼ(z) for j from 0 to n, with derivatives to order diff_n in front.",
    source="DLMF 18.9.19 and 18.9.1",
    domain={"z": (-0.9, 0.9)},
    edges=[((2, 1.0), {"z": 4.0})],
    notes=ROWS,
)
legendre_p_all.register_vmap(over_batch(legendre_p_all, ("z",), 2))


@legendre_p_all.register_vjp(composite=True)
def _legendre_p_all_vjp(grad: Any, n: int, z: Any, diff_n: int) -> Any:
    """Each row is followed by the next derivative."""
    x = wide(z)
    slopes = [all_assoc_legendre_dn(i + 1, n, 0, x, 2, False)[:, 0] for i in range(diff_n + 1)]
    return {"z": pulled(grad, torch.stack(slopes), z)}


@legendre_p_all.register_fake
def _legendre_p_all_fake(n: int, z: Any, *, diff_n: int = 0) -> Any:
    return empty((diff_n + 1, n + 1, *shape_of(z)), z)


def _assoc_legendre_p_all(
    n: int, m: int, z: Any, *, branch_cut: Any = 2, norm: bool = False, diff_n: int = 0
) -> Any:
    found = sc.assoc_legendre_p_all(n, m, z, branch_cut=branch_cut, norm=norm, diff_n=diff_n)
    return rounded(found, z)


assoc_legendre_p_all: Op = described(
    numpy_op(_assoc_legendre_p_all, name="assoc_legendre_p_all", differentiable=("z",)),
    title="Pⱼᵏ(z) for all degrees j to n and orders k to ±m, with derivatives in front.",
    source="the product rule on DLMF 14.6.1, with 18.9.1",
    domain={"z": (-0.9, 0.9)},
    edges=[((1, 0, 1.0), {"z": 1.0})],
    notes=NORM + ROWS,
)
assoc_legendre_p_all.register_vmap(over_batch(assoc_legendre_p_all, ("z", "branch_cut"), 3))


@assoc_legendre_p_all.register_vjp(composite=True)
def _assoc_legendre_p_all_vjp(
    grad: Any, n: int, m: int, z: Any, branch_cut: Any, norm: bool, diff_n: int
) -> Any:
    """Each row is followed by the next derivative."""
    x = wide(z)
    slopes = [all_assoc_legendre_dn(i + 1, n, m, x, branch_cut, norm) for i in range(diff_n + 1)]
    return {"z": pulled(grad, torch.stack(slopes), z)}


@assoc_legendre_p_all.register_fake
def _assoc_legendre_p_all_fake(
    n: int,
    m: int,
    z: Any,
    *,
    branch_cut: Any = 2,
    norm: bool = False,  # noqa: ARG001  # a parameter of the op
    diff_n: int = 0,
) -> Any:
    return empty((diff_n + 1, n + 1, 2 * m + 1, *shape_of(z, branch_cut)), z, branch_cut)
