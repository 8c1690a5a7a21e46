"""Airy functions. DLMF chapter 9."""

from __future__ import annotations

from typing import Any

import scipy.special as sc

from npbridge import ElementwiseOp, elementwise_op
from npbridge.elementary import pi, sqrt, where
from npbridge.special._bessel_scaled import ive, ive_dn, kve, kve_dn

__all__ = ["airy", "airye", "itairy"]

AT_0: Any = (-0.2588194037928068, 0.0, 0.4482883573538264, 0.0)
AT_MINUS_1: Any = (
    -0.01016056711664521,
    -0.5355608832923521,
    0.5923756264227924,
    -0.10399738949694461,
)
INTEGRANDS_AT_0: Any = (
    0.3550280538878172,
    0.6149266274460007,
    0.3550280538878172,
    0.6149266274460007,
)

airy: ElementwiseOp = elementwise_op(
    sc.airy,
    partials={"z": lambda z, out: (out[1], z * out[0], out[3], z * out[2])},
    title="Ai(z), Ai'(z), Bi(z), Bi'(z), the Airy functions.",
    source="DLMF 9.2.1",
    holomorphic=("z",),
    domain={"z": (-20.0, 20.0)},
    edges=[((0.0,), {"z": AT_0}), ((-1.0,), {"z": AT_MINUS_1})],
)


def _by_product_rule(z: Any, out: Any) -> Any:
    """From 9.2.1; for negative z the functions Bi and Bi' are not scaled, the others NaN."""
    root = where(z < 0, 0.0, sqrt(where(z < 0, 1.0, z)))
    ai, ai_prime, bi, bi_prime = out
    return (
        ai_prime + root * ai,
        z * ai + root * ai_prime,
        bi_prime - root * bi,
        z * bi - root * bi_prime,
    )


def _by_bessel_functions(z: Any) -> Any:
    """Derivatives of 9.6.2 to 9.6.5, whose terms are not larger than their sums."""
    root = sqrt(z)
    t = 2 / 3 * z * root
    by_k, by_i = 1 / (pi * sqrt(3.0)), 1 / sqrt(3.0)
    return (
        by_k * (kve(1 / 3, t) / (2 * root) + z * kve_dn(1, 1 / 3, t)),
        -by_k * (kve(2 / 3, t) + z * root * kve_dn(1, 2 / 3, t)),
        by_i * ((ive(1 / 3, t) + ive(-1 / 3, t)) / (2 * root))
        + by_i * z * (ive_dn(1, 1 / 3, t) + ive_dn(1, -1 / 3, t)),
        by_i * (ive(2 / 3, t) + ive(-2 / 3, t))
        + by_i * z * root * (ive_dn(1, 2 / 3, t) + ive_dn(1, -2 / 3, t)),
    )


def d_airye_dz(z: Any, out: Any) -> Any:
    """By Bessel functions where z is not small: the product rule alone loses z^1.5 eps."""
    far = z > 0.5
    near = _by_product_rule(z, out)
    beyond = _by_bessel_functions(where(far, z, 1.0))
    return tuple(where(far, b, n) for b, n in zip(beyond, near, strict=True))


airye: ElementwiseOp = elementwise_op(
    sc.airye,
    partials={"z": d_airye_dz},
    title="Airy functions times exp(±⅔ z√z), Ai(z) and Ai'(z) with plus, Bi(z) and Bi'(z) minus.",
    source="DLMF 9.2.1 and 9.6.2 to 9.6.5",
    domain={"z": (0.1, 100.0)},
    edges=[((0.0,), {"z": AT_0})],
    notes="For negative z the first two are NaN, and the others are not scaled, as SciPy's. The "
    "scale of the last two is not holomorphic, so that z is real here.",
)

itairy: ElementwiseOp = elementwise_op(
    sc.itairy,
    partials={"x": lambda x: (airy(x)[0], airy(x)[2], airy(-x)[0], airy(-x)[2])},
    title="∫₀ˣ Ai(t) dt, ∫₀ˣ Bi(t) dt, ∫₀ˣ Ai(-t) dt, ∫₀ˣ Bi(-t) dt, integrals of Airy functions.",
    source="the fundamental theorem of calculus",
    domain={"x": (15.0, 30.0)},
    edges=[((0.0,), {"x": INTEGRANDS_AT_0})],
    notes="The derivatives are right, SciPy's values are not: for |x| from 0.1 to 9.25 they are "
    "off by 1e-8 and more, by 6e-5 at 5, and the first is 2.6 at 9, where 0.3333 is true.",
)
