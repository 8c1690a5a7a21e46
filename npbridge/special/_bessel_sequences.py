"""Bessel functions of several orders at one number, with derivatives. DLMF 10.16 and 10.51."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.special as sc
import torch
from torch import Tensor

from npbridge import numpy_op
from npbridge.special._entry import described
from npbridge.special._hypergeometric import hyp0f1
from npbridge.special._spherical_bessel import spherical_jn, spherical_yn

__all__ = ["lmbda", "riccati_jn", "riccati_yn"]


HUGE = 2e9
"""From here on, and of NaN, SciPy (1.17.1) counts beyond its integers: lmbda of orders that are not
whole ends the process, and riccati_jn returns memory it never wrote to. Here it is NaN, as
SciPy's values are from 1e4 on."""


def _no_numbers(n: Any, x: Any) -> tuple[Any, Any]:
    found = np.full((2, int(n) + 1), np.nan, np.result_type(x, np.float32))
    return found[0], found[1]


def _filled(function: Any, n: Any, x: Any) -> tuple[Any, Any]:
    """Values and derivatives, where SciPy (1.17.1) returns memory that it never wrote to: where
    the recurrence has under- or overflowed.
    """
    orders, x_given, x = np.arange(int(n) + 1), x, np.float64(x)
    with np.errstate(all="ignore"):
        f, slope = function(orders, x), function(orders, x, derivative=True)
        true: Any = (x * f, f + x * slope)
        if function is sc.spherical_yn:
            found = sc.riccati_yn(int(n), float(x))
            lost = (x > 1e-60) & (np.abs(true[0]) > 1e290)
            true = np.where(np.isnan(true), np.inf, true)
        else:
            found = sc.riccati_jn(int(n), float(x))
            lost = (np.abs(x) > 1e-100) & (np.abs(true[0]) < 1e-200)
        unwritten = [lost & ~np.isclose(y, t, 1e-6, 0.0) for y, t in zip(found, true, strict=True)]
        value, derivative = map(np.where, unwritten, true, found)
    return _rounded(value, x_given), _rounded(derivative, x_given)


def _rounded(y: Any, x: Any) -> Any:
    """In the precision of the argument."""
    return np.asarray(y, np.result_type(x)) if isinstance(x, np.ndarray) else y


def _orders(n: Any, x: Any) -> Tensor:
    return torch.arange(int(n) + 1, device=x.device)


def _like(n: Any, x: Any) -> tuple[Tensor, Tensor]:
    return x.new_empty(int(n) + 1), x.new_empty(int(n) + 1)


def _second(k: Any, x: Any, below: Any, at: Any, above: Any) -> Any:
    """S'' = (k (k + 1) / x² - 1) S of S = x f, without the hole at x = 0: DLMF 10.51.1."""
    return k * (k + 1) / (2 * k + 1) * (below + above) - x * at


def _riccati_jn(n: Any, x: Any) -> Any:
    if not abs(x) < HUGE:
        return _no_numbers(n, x)
    return _filled(sc.spherical_jn, n, x)


riccati_jn = described(
    numpy_op(_riccati_jn, name="riccati_jn", differentiable=("x",)),
    title="x jₖ(x) for k = 0 ... n, the Riccati-Bessel functions, and their derivatives.",
    source="DLMF 10.51.1 and 10.47.3",
    domain={"x": (0.5, 20.0)},
    edges=[((1, 0.0), {"x": 5 / 3})],
    notes="`n` is a Python int, and `x` a single number. Orders that underflow are 0: "
    "SciPy returns memory there that it never wrote to.",
)
riccati_jn.register_fake(_like)


@riccati_jn.register_vjp(composite=True)
def _jn_vjp(grad: Any, n: Any, x: Any) -> Any:
    k, dtype, x = _orders(n, x), x.dtype, x.double()
    below, at, above = (spherical_jn(m, x) for m in ((k - 1).abs(), k, k + 1))
    k = k.double()
    slope = at + x * (k * below - (k + 1) * above) / (2 * k + 1)
    return (grad[0] * slope + grad[1] * _second(k, x, below, at, above)).sum().to(dtype)


def _riccati_yn(n: Any, x: Any) -> Any:
    return _filled(sc.spherical_yn, n, x)


riccati_yn = described(
    numpy_op(_riccati_yn, name="riccati_yn", differentiable=("x",)),
    title="x yₖ(x) for k = 0 ... n, Riccati-Bessel functions too, and their derivatives.",
    source="DLMF 10.51.1 and 10.47.4",
    domain={"x": (0.5, 20.0)},
    edges=[((0, 1.0), {"x": 1.3817732906760363})],
    notes="`n` is a Python int, and `x` a single positive number: for others SciPy returns "
    "-1e300. Orders that overflow are -inf: SciPy returns memory there that it never wrote to.",
)
riccati_yn.register_fake(_like)


@riccati_yn.register_vjp(composite=True)
def _yn_vjp(grad: Any, n: Any, x: Any) -> Any:
    k, dtype, x = _orders(n, x), x.dtype, x.double()
    below, at, above = (spherical_yn(m, x) for m in ((k - 1).abs(), k, k + 1))
    k = k.double()
    # As of the first kind it would cancel, by 1 / x²; for k = 0 also these, and S is -cos x.
    slope = torch.where(k == 0, x.sin(), x * below - k * at)
    second = torch.where(k == 0, x.cos(), _second(k, x, below, at, above))
    return (grad[0] * slope + grad[1] * second).sum().to(dtype)


def _lmbda(v: Any, x: Any) -> Any:
    if not abs(x) < HUGE:
        return _no_numbers(v, x)
    value, derivative = sc.lmbda(float(v), float(x))
    return _rounded(value, x), _rounded(derivative, x)


lmbda = described(
    numpy_op(_lmbda, name="lmbda", differentiable=("x",)),
    title="Γ(u+1) (2/x)ᵘ Jᵤ(x) for u = v - ⌊v⌋ ... v, and their derivatives.",
    source="DLMF 10.16.9",
    domain={"x": (0.5, 20.0)},
    edges=[((1, 0.0), {"x": -0.75})],
    notes="`v` is a Python number, in compiled code a whole one, and has no derivative; "
    "`x` is a single number. At x = 0 SciPy's values of integer orders above 0 are 0 instead of "
    "1; for x < 0 and other orders its derivatives have the wrong sign. The gradient is right.",
)
lmbda.register_fake(_like)


@lmbda.register_vjp(composite=True)
def _lmbda_gradient(grad: Any, v: Any, x: Any) -> Any:
    """Λᵤ = ₀F₁(u + 1; -x²/4) and Λᵤ' = -x Λᵤ₊₁ / (2 (u + 1))."""
    dtype, x = x.dtype, x.double()
    u = float(v) - int(v) + _orders(v, x).double()
    z = -x * x / 4
    first, second = hyp0f1(u + 2, z), hyp0f1(u + 3, z)
    slope = -x / 2 * first / (u + 1)
    curve = (x * x / 2 * second / (u + 2) - first) / (2 * (u + 1))
    return (grad[0] * slope + grad[1] * curve).sum().to(dtype)
