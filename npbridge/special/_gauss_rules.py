"""Gauss rules: nodes and weights as functions of the parameters of the weight function."""

from __future__ import annotations

from math import log, pi
from typing import Any

import scipy.special as sc
import torch
from torch import Tensor

from npbridge._decorator import numpy_op
from npbridge.special._beta import beta as euler_beta
from npbridge.special._complete_gamma import gamma
from npbridge.special._entry import described
from npbridge.special._gamma import psi
from npbridge.special._gauss_sensitivities import Recurrence, declared, gradients, rule

__all__ = ["roots_gegenbauer", "roots_genlaguerre", "roots_jacobi", "roots_sh_jacobi"]

_euler = 0.5772156649015329
_SOURCE = "the recurrence (DLMF 18.9(i)) and the weights (DLMF 3.5(v)), differentiated"
_NOTES = (
    "In single precision the rule is computed in double precision and rounded. SciPy's weights "
    "lose digits at large and at singular parameters, 3e-11 at n = 30, alpha = 50, beta = -0.9; "
    "the derivatives are those of the true weights."
)


# -- Jacobi: (1 - x)^alpha (1 + x)^beta on (-1, 1) ------------------------------------------------


def _jacobi(k: Tensor, alpha: Tensor, beta: Tensor) -> Recurrence:
    """DLMF 18.9.2 for orthonormal polynomials; no 0/0 where alpha + beta is 0 or -1."""
    s, one = alpha + beta, torch.ones_like(alpha)
    first, later = k == 0, k.clamp(min=1)
    d = torch.where(first, 1.0, (2 * later + s) * (2 * later + s + 2))
    a = torch.where(first, (beta - alpha) / (s + 2), (beta - alpha) * s / d)
    d_slope = 2 * (2 * later + s + 1)
    a_slopes = torch.stack(
        [
            torch.where(first, (-one - a) / (s + 2), (-2 * alpha - a * d_slope) / d),
            torch.where(first, (one - a) / (s + 2), (2 * beta - a * d_slope) / d),
        ]
    )
    k = k[1:]
    second, later = k == 1, k.clamp(min=2)
    twice = 2 * k + s
    quotient = torch.where(second, 1.0, (later + s) / (2 * later + s - 1))
    b = 2 / twice * torch.sqrt(k * (k + alpha) * (k + beta) * quotient / (twice + 1))
    common = torch.where(second, 0.0, 1 / (later + s) - 1 / (2 * later + s - 1))
    common = common - 2 / twice - 1 / (twice + 1)
    b_slopes = torch.stack([b * (1 / (k + alpha) + common) / 2, b * (1 / (k + beta) + common) / 2])
    mass = 2 * torch.exp2(s) * euler_beta(alpha + 1, beta + 1)
    log_mass = torch.stack([psi(alpha + 1), psi(beta + 1)]) + log(2.0) - psi(s + 2)
    return Recurrence(a, b, a_slopes, b_slopes, mass, log_mass)


def _roots_jacobi(n: Any, alpha: Any, beta: Any, mu: Any = False) -> Any:
    return rule(sc.roots_jacobi, n, mu, alpha=alpha, beta=beta)


roots_jacobi = described(
    numpy_op(_roots_jacobi, name="roots_jacobi", differentiable=("alpha", "beta")),
    title="Nodes and weights of the Gauss rule for (1 - x)^alpha (1 + x)^beta on (-1, 1).",
    source=_SOURCE,
    domain={"alpha": (-0.9, 20), "beta": (-0.9, 20)},
    edges=[
        ((1, 0.0, 0.0), {"alpha": 2 * log(2.0) - 2.5, "beta": 2 * log(2.0) - 1.5}),
        ((1, -0.5, -0.5), {"alpha": -1 - pi * log(2.0), "beta": 1 - pi * log(2.0)}),
    ],
    notes=_NOTES,
)


@roots_jacobi.register_vjp(composite=True)
def _jacobi_vjp(grad: Any, out: Any, n: Any, alpha: Any, beta: Any) -> dict[str, Tensor]:
    return gradients(roots_jacobi, _jacobi, grad, out, n, alpha=alpha, beta=beta)


@roots_jacobi.register_fake
def _jacobi_fake(n: Any, alpha: Any, beta: Any, mu: Any) -> Any:
    return declared(n, mu, alpha=alpha, beta=beta)


# -- the same on (0, 1): (1 - x)^(p1 - q1) x^(q1 - 1) ---------------------------------------------


def _shifted_jacobi(k: Tensor, p1: Tensor, q1: Tensor) -> Recurrence:
    r = _jacobi(k, p1 - q1, q1 - 1)

    def turned(slopes: Tensor) -> Tensor:
        return torch.stack([slopes[0], slopes[1] - slopes[0]])

    a_slopes, b_slopes, log_mass = (turned(y) for y in (r.a_slopes, r.b_slopes, r.log_mass))
    log_mass = log_mass - torch.stack([torch.full_like(p1, log(2.0)), torch.zeros_like(p1)])
    a, b, mass = (r.a + 1) / 2, r.b / 2, euler_beta(p1 - q1 + 1, q1)
    return Recurrence(a, b, a_slopes / 2, b_slopes / 2, mass, log_mass)


def _roots_sh_jacobi(n: Any, p1: Any, q1: Any, mu: Any = False) -> Any:
    return rule(sc.roots_sh_jacobi, n, mu, p1=p1, q1=q1)


roots_sh_jacobi = described(
    numpy_op(_roots_sh_jacobi, name="roots_sh_jacobi", differentiable=("p1", "q1")),
    title="Nodes and weights of the Gauss rule for (1 - x)^(p1 - q1) x^(q1 - 1) on (0, 1).",
    source=_SOURCE,
    domain={"p1": (3, 20), "q1": (0.1, 3)},
    edges=[((1, 1.0, 1.0), {"p1": -1.25, "q1": 0.5})],
    notes=_NOTES,
)


@roots_sh_jacobi.register_vjp(composite=True)
def _shifted_jacobi_vjp(grad: Any, out: Any, n: Any, p1: Any, q1: Any) -> dict[str, Tensor]:
    return gradients(roots_sh_jacobi, _shifted_jacobi, grad, out, n, p1=p1, q1=q1)


@roots_sh_jacobi.register_fake
def _shifted_jacobi_fake(n: Any, p1: Any, q1: Any, mu: Any) -> Any:
    return declared(n, mu, p1=p1, q1=q1)


# -- Gegenbauer: (1 - x^2)^(alpha - 1/2) on (-1, 1) -----------------------------------------------


def _gegenbauer(k: Tensor, alpha: Tensor) -> Recurrence:
    """DLMF 18.9.1 for orthonormal polynomials; no 0/0 at alpha = 0."""
    zeros = torch.zeros_like(alpha).expand(k.shape)
    k = k[1:]
    second, later = k == 1, k.clamp(min=2)
    quotient = torch.where(second, 2.0, (later + 2 * alpha - 1) / (later + alpha - 1))
    b = torch.sqrt(k * quotient / (k + alpha)) / 2
    slope = torch.where(second, 0.0, 2 / (later + 2 * alpha - 1) - 1 / (later + alpha - 1))
    b_slope = b * (slope - 1 / (k + alpha)) / 2
    mass, log_mass = euler_beta(alpha + 0.5, 0.5), psi(alpha + 0.5) - psi(alpha + 1)
    return Recurrence(zeros, b, zeros[None], b_slope[None], mass, log_mass[None])


def _roots_gegenbauer(n: Any, alpha: Any, mu: Any = False) -> Any:
    return rule(sc.roots_gegenbauer, n, mu, alpha=alpha)


roots_gegenbauer = described(
    numpy_op(_roots_gegenbauer, name="roots_gegenbauer", differentiable=("alpha",)),
    title="Nodes and weights of the Gauss rule for (1 - x^2)^(alpha - 1/2) on (-1, 1).",
    source=_SOURCE,
    domain={"alpha": (-0.4, 20)},
    edges=[
        ((1, 0.0), {"alpha": -2 * pi * log(2.0)}),
        ((1, 0.5), {"alpha": 4 * log(2.0) - 4}),
        ((2, 0.0), {"alpha": -2 * pi * log(2.0)}),
    ],
    notes=_NOTES,
)


@roots_gegenbauer.register_vjp(composite=True)
def _gegenbauer_vjp(grad: Any, out: Any, n: Any, alpha: Any) -> dict[str, Tensor]:
    return gradients(roots_gegenbauer, _gegenbauer, grad, out, n, alpha=alpha)


@roots_gegenbauer.register_fake
def _gegenbauer_fake(n: Any, alpha: Any, mu: Any) -> Any:
    return declared(n, mu, alpha=alpha)


# -- Laguerre: x^alpha e^-x on (0, inf) -----------------------------------------------------------


def _laguerre(k: Tensor, alpha: Tensor) -> Recurrence:
    """DLMF 18.9.1 for orthonormal polynomials."""
    a = 2 * k + 1 + alpha
    b = torch.sqrt(k[1:] * (k[1:] + alpha))
    b_slope = b / (k[1:] + alpha) / 2
    slopes = torch.ones_like(a)[None], b_slope[None]
    return Recurrence(a, b, *slopes, gamma(alpha + 1), psi(alpha + 1)[None])


def _roots_genlaguerre(n: Any, alpha: Any, mu: Any = False) -> Any:
    return rule(sc.roots_genlaguerre, n, mu, alpha=alpha)


roots_genlaguerre = described(
    numpy_op(_roots_genlaguerre, name="roots_genlaguerre", differentiable=("alpha",)),
    title="Nodes and weights of the Gauss rule for x^alpha exp(-x) on (0, inf).",
    source=_SOURCE,
    domain={"alpha": (-0.9, 20)},
    edges=[((1, 0.0), {"alpha": 1 - _euler}), ((1, 1.0), {"alpha": 2 - _euler})],
    notes=_NOTES,
)


@roots_genlaguerre.register_vjp(composite=True)
def _laguerre_vjp(grad: Any, out: Any, n: Any, alpha: Any) -> dict[str, Tensor]:
    return gradients(roots_genlaguerre, _laguerre, grad, out, n, alpha=alpha)


@roots_genlaguerre.register_fake
def _laguerre_fake(n: Any, alpha: Any, mu: Any) -> Any:
    return declared(n, mu, alpha=alpha)
