"""Tukey's lambda distribution. DLMF 4.2 and 13.4, by the inverse rule."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.special as sc

from npbridge import ElementwiseOp, elementwise_op, integer
from npbridge.elementary import abs as size
from npbridge.elementary import exp, where
from npbridge.special import _tukey_moments
from npbridge.special._logistic import expit, log_expit
from npbridge.special._quadrature import FloatArray, blockwise

__all__ = ["tklmbda"]

LOG_2 = float(np.log(2.0))


def _block(x: FloatArray) -> FloatArray:
    far = np.abs(x) + np.log1p(np.exp(-2 * np.abs(x))) - LOG_2
    near = np.log1p(np.sinh(np.clip(x, -1, 1)) ** 2) / 2
    value: FloatArray = np.where(np.abs(x) < 1, near, far)
    return value


hyperbolic_tangent: ElementwiseOp = elementwise_op(
    np.tanh,
    name="hyperbolic_tangent",
    partials={"x": lambda x: exp(-2 * log_cosh(x))},  # 1 - tanh² loses all digits at x = 19
    title="tanh x.",
    source="DLMF 4.34.3",
    domain={"x": (-20.0, 20.0)},
    edges=[((0.0,), {"x": 1.0}), ((1e300,), {"x": 0.0})],
)

# An op: the derivative of what it is made of is a difference that cancels near 0.
log_cosh: ElementwiseOp = elementwise_op(
    lambda x: blockwise(_block, x, block=4096),
    name="log_cosh",
    partials={"x": lambda x: hyperbolic_tangent(x)},
    title="log cosh x.",
    source="DLMF 4.35.7 and 4.37.1",
    domain={"x": (-20.0, 20.0)},
    edges=[((0.0,), {"x": 0.0}), ((1e300,), {"x": 1.0}), ((-1e300,), {"x": -1.0})],
)


def density(lmbda: Any, logit: Any) -> Any:
    """1 / (p^(λ-1) + q^(λ-1)), even in log(p/q) to rounding."""
    half = (lmbda - 1) * log_cosh(logit / 2) - log_cosh((lmbda - 1) * logit / 2)
    return exp(half + (lmbda - 2) * LOG_2)


def d_weight_dlogit(n: int, a: Any, logit: Any) -> Any:
    """q² (P a)' - p² (Q a)' - p q (P - Q), where P = p^a logⁿ p and Q = q^a logⁿ q."""
    # Odd in logit, and near 0 made of what is odd: else nothing would be left of it.
    small = size(logit) < 1
    near, far = where(small, logit, 0.0), where(small, 1.0, logit)
    p, q, u, v = expit(near), expit(-near), expit(far), expit(-far)
    found = -expit(logit) * expit(-logit) * apart(n, a, logit)
    for factor, k in ((a, n), (n, n - 1)):
        if k >= 0:
            (x, y), (z, w) = powers(k, a, near), powers(k, a, far)
            centre = (p * p + q * q) * apart(k, a, near) - hyperbolic_tangent(near / 2) * (x + y)
            found = found + factor * where(small, centre / 2, v * v * z - u * u * w)
    return found


def apart(n: int, a: Any, logit: Any) -> Any:
    """P - Q: by parts, except where those cancel."""
    if n == 0:
        return a * tukey_moment(0, a, logit)
    small = size(logit) < 1
    near, (p, q) = where(small, logit, 0.0), powers(n, a, where(small, 1.0, logit))
    parts = a * tukey_moment(n, a, near) + n * tukey_moment(n - 1, a, near)
    return where(small, parts, p - q)


def powers(n: int, a: Any, logit: Any) -> tuple[Any, Any]:
    """p^a logⁿ p and q^a logⁿ q."""
    p, q = log_expit(logit), log_expit(-logit)
    return (exp(a * p) * p**n, exp(a * q) * q**n) if n else (exp(a * p), exp(a * q))


COUNT = integer("the order of the derivative", static=True)

tukey_weight: ElementwiseOp = elementwise_op(
    _tukey_moments.tukey_weight,
    name="tukey_weight",
    partials={
        "n": COUNT,
        "a": lambda n, a, logit: tukey_weight(n + 1, a, logit),
        "logit": d_weight_dlogit,
    },
    title="q p^a logⁿ p + p q^a logⁿ q, where p/q = exp(logit) and p + q = 1.",
    source="the product rule",
    domain={"n": (0, 2), "a": (-2.0, 4.0), "logit": (-9.0, 9.0)},
    edges=[
        ((0, 1.0, 0.0), {"a": -0.34657359027997264, "logit": 0.0}),
        ((0, 0.0, 3.0), {"logit": 0.0}),
    ],
)

tukey_moment: ElementwiseOp = elementwise_op(
    _tukey_moments.tukey_moment,
    name="tukey_moment",
    partials={
        "n": COUNT,
        "a": lambda n, a, logit: tukey_moment(n + 1, a, logit),
        "logit": lambda n, a, logit: tukey_weight(n, a, logit),
    },
    title="∫ uⁿ exp(a u) du from log q to log p, where p/q = exp(logit) and p + q = 1.",
    source="DLMF 13.4.1 after the binomial theorem",
    domain={"n": (0, 2), "a": (-2.0, 4.0), "logit": (-9.0, 9.0)},
    edges=[
        ((0, 1.0, 0.0), {"a": 0.0, "logit": 0.5}),
        ((0, 0.0, 2.0), {"logit": 1.0}),
        ((1, 0.0, 0.0), {"logit": -0.6931471805599453}),
    ],
)

tukey_logit: ElementwiseOp = elementwise_op(
    _tukey_moments.tukey_logit,
    name="tukey_logit",
    partials={
        "x": lambda a, out: 1 / tukey_weight(0, a, out),
        "a": lambda a, out: -tukey_moment(1, a, out) / tukey_weight(0, a, out),
    },
    title="log(p / (1 - p)) of Tukey's lambda distribution, (p^a - (1-p)^a) / a = x.",
    source="the inverse rule",
    domain={"x": (-0.2, 0.2), "a": (-2.0, 4.0)},
    edges=[((0.0, 1.0), {"x": 2.0, "a": 0.0}), ((3.0, 0.0), {"x": 1.0})],
)


def inside(x: Any, lmbda: Any) -> tuple[Any, Any, Any]:
    """Whether the distribution function is flat, and else the logarithm of p / (1 - p)."""
    far = (size(x) > 1e100) & (lmbda > -1e-3) | (size(x) > 1e300)
    # Below -1000 the distribution is that steep at 0 that all else is beyond double precision.
    flat = (lmbda * size(x) >= 1) | (lmbda < -1000) | far
    shape = where(flat, 0.0, lmbda)
    return flat, shape, tukey_logit(where(flat, 0.0, x), shape)


def d_tklmbda_dx(x: Any, lmbda: Any) -> Any:
    """The density, and 0 from the ends of the support on."""
    flat, shape, logit = inside(x, lmbda)
    return where(flat, 0.0, density(shape, logit))


def d_tklmbda_dlmbda(x: Any, lmbda: Any) -> Any:
    """Less the derivative of the quantile in λ, times the density."""
    flat, shape, logit = inside(x, lmbda)
    return where(flat, 0.0, -tukey_moment(1, shape, logit) * density(shape, logit))


tklmbda: ElementwiseOp = elementwise_op(
    sc.tklmbda,
    partials={"x": d_tklmbda_dx, "lmbda": d_tklmbda_dlmbda},
    title="The p with (p^λ - (1-p)^λ) / λ = x, Tukey's lambda distribution function.",
    source="the inverse rule",
    domain={"x": (-0.2, 0.2), "lmbda": (-2.0, 4.0)},
    edges=[
        ((0.0, 0.0), {"x": 0.25, "lmbda": 0.0}),
        ((0.0, 3.0), {"x": 2.0, "lmbda": 0.0}),
        ((1.0, 0.0), {"x": 0.19661193324148185}),
        ((0.25, 1.0), {"x": 0.5}),
        ((2.0, 1.0), {"x": 0.0, "lmbda": 0.0}),
        ((0.0, -1.0), {"x": 0.125, "lmbda": 0.0}),
    ],
    notes="For λ >= 1 the density ends in a jump, at whose outer side the derivative is taken. "
    "Values of SciPy 1.17.1 are right to 1e-14 of 1, in the lower tail to none of their digits; "
    "where |λ| < 1e-4 they are those of λ = 0, off by 2e-5 at worst. The derivatives are right.",
)
