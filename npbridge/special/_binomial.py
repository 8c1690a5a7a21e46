"""Pochhammer's symbol and binomial coefficients. DLMF sections 5.2(iii) and 1.2(i)."""

from __future__ import annotations

from typing import Any

import scipy.special as sc

from npbridge import ElementwiseOp, elementwise_op
from npbridge.elementary import pi, where
from npbridge.special._beta import beta, d_beta_da, near_pole, psi_diff, sin_pi
from npbridge.special._complete_gamma import gamma
from npbridge.special._gamma import psi

__all__ = ["binom", "poch"]


def d_poch_dz(z: Any, m: Any, out: Any) -> Any:
    """(ψ(z + m) - ψ(z)) Γ(z + m) / Γ(z), which is no product of 0 and inf where that is 0."""
    end = z + m
    left, beyond = z < 0.5, end > 0.5
    # Zeros left of z = 1/2: sin(πz) Γ(1 - z) Γ(z + m) / π.
    across = left & beyond
    at, to = where(across, z, 0.0), where(across, end, 1.0)
    cosine = sin_pi(1, at)
    crossing = cosine * gamma(1 - at) * gamma(to) + out * (psi(to) - psi(1 - at))
    # And where z + m is there as well, sin(πz) / sin(π(z + m)) (1 - z - m)ₘ, unless the poles of
    # the two gamma functions cancel.
    (apart, near), (other, _) = near_pole(z), near_pole(end)
    zero = left & (end <= 0.5) & near & (2 * apart < other)
    at, to = where(zero, z, 0.0), where(zero, end, -0.5)
    cosine, sine, cosine_to = sin_pi(1, at), sin_pi(0, to), sin_pi(1, to)
    inside = pi * cosine / sine * poch(1 - to, to - at) - out * (
        pi * cosine_to / sine + psi_diff(0, 1 - to, to - at)
    )
    plain = where(across | zero, 1.0, out) * psi_diff(
        0, where(across | zero, 1.0, z), where(across | zero, 0.0, m)
    )
    return where(across, crossing, where(zero, inside, plain))


poch: ElementwiseOp = elementwise_op(
    sc.poch,
    partials={"z": d_poch_dz, "m": lambda z, m, out: out * psi(z + m)},
    title="(z)ₘ = Γ(z + m) / Γ(z), Pochhammer's symbol.",
    source="DLMF 5.2.5 with 5.2.2 and 5.5.3",
    domain={"z": (0.2, 20.0), "m": (-0.1, 9.0)},
    edges=[
        ((1.0, 0.0), {"z": 0.0, "m": -0.5772156649015329}),
        ((2.0, 1.0), {"z": 1.0, "m": 1.8455686701969343}),
        ((-2.0, 3.0), {"z": 2.0, "m": 0.0}),
        ((0.0, 2.0), {"z": 1.0, "m": 0.0}),
    ],
)


def d_binom_dx(x: Any, y: Any, out: Any) -> Any:
    """(ψ(x+1) - ψ(x-y+1)) times the coefficient; left and right of the triangle by reflection."""
    # The coefficient is 0 and ψ infinite at many integers outside: there it is
    # -sin(πy) B(x+1, -y) / π or the same with x - y for y (DLMF 5.5.3).
    left = y < -0.5
    right = (x - y < -0.5) & (y >= -0.5)
    n, k = where(left, x, 1.0), where(left, y, -1.0)
    sine = sin_pi(0, k)
    before = -sine / pi * d_beta_da(n + 1, -k, beta(n + 1, -k))
    n, k = where(right, x, 0.0), where(right, y, 1.0)
    cosine = sin_pi(1, n - k)
    after = out * psi_diff(0, k - n, 2 * n - k + 1) - cosine * beta(n + 1, k - n)
    n, k = where(left | right, 1.0, x), where(left | right, 0.0, y)
    return where(left, before, where(right, after, out * psi_diff(0, n - k + 1, k)))


def d_binom_dy(x: Any, y: Any, out: Any) -> Any:
    """(ψ(x-y+1) - ψ(y+1)) times the coefficient; left and right of the triangle by reflection."""
    left = y < -0.5
    right = (x - y < -0.5) & (y >= -0.5)
    n, k = where(left, x, 1.0), where(left, y, -1.0)
    sine, cosine = sin_pi(0, k), sin_pi(1, k)
    whole = beta(n + 1, -k)
    before = sine / pi * d_beta_da(-k, n + 1, whole) - cosine * whole
    n, k = where(right, x, 0.0), where(right, y, 1.0)
    cosine = sin_pi(1, n - k)
    # The derivative of log B(x+1, y-x) in y is ψ(y-x) - ψ(y+1).
    after = cosine * beta(n + 1, k - n) - out * psi_diff(0, k - n, n + 1)
    n, k = where(left | right, 1.0, x), where(left | right, 0.0, y)
    return where(left, before, where(right, after, out * psi_diff(0, k + 1, n - 2 * k)))


binom: ElementwiseOp = elementwise_op(
    sc.binom,
    partials={"x": d_binom_dx, "y": d_binom_dy},
    title="Γ(x+1) / (Γ(y+1) Γ(x-y+1)), the binomial coefficient of real numbers.",
    source="DLMF 1.2.6 with 5.2.2 and 5.5.3",
    domain={"x": (0.2, 20.0), "y": (-2.4, 22.6)},
    edges=[
        ((1.0, 1.0), {"x": 1.0, "y": -1.0}),
        ((1.0, 0.0), {"x": 0.0, "y": 1.0}),
        ((1.0, -1.0), {"x": 0.0, "y": 0.5}),
        ((1.0, 2.0), {"x": 0.5, "y": -0.5}),
    ],
)
