"""Hankel functions, which are complex at real arguments. DLMF chapter 10."""

from __future__ import annotations

from typing import Any

import scipy.special as sc

from npbridge import ElementwiseOp, elementwise_op, integer
from npbridge.special import _scaled_bessel_derivatives
from npbridge.special._bessel_orders import (
    hankel1_dv,
    hankel1e_dv,
    hankel2_dv,
    hankel2e_dv,
)
from npbridge.special._orders import by_order

__all__ = ["h1vp", "h2vp", "hankel1", "hankel1e", "hankel2", "hankel2e"]

# Derivatives at z = 1 of the functions of the first kind; those of the second are conjugate.
ORDER_0: Any = -0.44005058574493355 + 0.7812128213002887j
ORDER_HALF: Any = 0.09540051444747454 + 0.8869461411509911j
AT_0: Any = 0.138633715204054 - 1.2019697153172064j
SCALED: Any = -0.17659863369850798 + 0.3046771393874256j
SCALED_SECOND: Any = 0.189746702867355 - 0.4391836210773659j
SCALED_AT_0: Any = -0.9365185240614194 - 0.7660832576298909j

ZERO = "At z = 0 the value is NaN, as SciPy's."

hankel1: ElementwiseOp = elementwise_op(
    sc.hankel1,
    partials={
        "v": lambda v, z: hankel1_dv(1, 0, v, z),
        "z": lambda v, z: (hankel1(v - 1, z) - hankel1(v + 1, z)) / 2,
    },
    title="Hᵥ⁽¹⁾(z), the Hankel function of the first kind.",
    source="DLMF 10.6.1, and 10.9.6 and 10.9.7 for the order",
    holomorphic=("z",),
    domain={"v": (-8.0, 8.0), "z": (0.5, 40.0)},
    edges=[
        ((0.0, 1.0), {"v": AT_0, "z": ORDER_0}),
        ((0.5, 1.0), {"z": ORDER_HALF}),
    ],
    notes=ZERO,
)

hankel2: ElementwiseOp = elementwise_op(
    sc.hankel2,
    partials={
        "v": lambda v, z: hankel2_dv(1, 0, v, z),
        "z": lambda v, z: (hankel2(v - 1, z) - hankel2(v + 1, z)) / 2,
    },
    title="Hᵥ⁽²⁾(z), the Hankel function of the second kind.",
    source="DLMF 10.6.1, and 10.9.6 and 10.9.7 for the order",
    holomorphic=("z",),
    domain={"v": (-8.0, 8.0), "z": (0.5, 40.0)},
    edges=[
        ((0.0, 1.0), {"v": AT_0.conjugate(), "z": ORDER_0.conjugate()}),
        ((0.5, 1.0), {"z": ORDER_HALF.conjugate()}),
    ],
    notes=ZERO,
)


def _h1vp(v: Any, z: Any, n: Any = 1) -> Any:
    return by_order(sc.h1vp, n, v, z)


h1vp: ElementwiseOp = elementwise_op(
    _h1vp,
    name="h1vp",
    partials={
        "v": lambda v, z, n: hankel1_dv(1, n, v, z),
        "z": lambda v, z, n: h1vp(v, z, n + 1),
        "n": integer("the order of the derivative"),
    },
    title="The n-th derivative of Hᵥ⁽¹⁾(z).",
    source="DLMF 10.6.7",
    holomorphic=("z",),
    domain={"v": (-8.0, 8.0), "z": (0.5, 40.0), "n": (0, 4)},
    edges=[((0.0, 1.0, 0), {"z": ORDER_0})],
    notes=ZERO,
)


def _h2vp(v: Any, z: Any, n: Any = 1) -> Any:
    return by_order(sc.h2vp, n, v, z)


h2vp: ElementwiseOp = elementwise_op(
    _h2vp,
    name="h2vp",
    partials={
        "v": lambda v, z, n: hankel2_dv(1, n, v, z),
        "z": lambda v, z, n: h2vp(v, z, n + 1),
        "n": integer("the order of the derivative"),
    },
    title="The n-th derivative of Hᵥ⁽²⁾(z).",
    source="DLMF 10.6.7",
    holomorphic=("z",),
    domain={"v": (-8.0, 8.0), "z": (0.5, 40.0), "n": (0, 4)},
    edges=[((0.0, 1.0, 0), {"z": ORDER_0.conjugate()})],
    notes=ZERO,
)

# (Hᵥ₋₁ - Hᵥ₊₁)/2 - i Hᵥ, as often written, loses 2z eps: 2e-11 at z = 1e5.
hankel1e: ElementwiseOp = elementwise_op(
    sc.hankel1e,
    partials={
        "v": lambda v, z: hankel1e_dv(1, 0, v, z),
        "z": lambda v, z: hankel1e_dn(1, v, z),
    },
    title="exp(-iz) Hᵥ⁽¹⁾(z), the scaled Hankel function of the first kind.",
    source="DLMF 10.6.1 and 10.17.5",
    holomorphic=("z",),
    domain={"v": (-8.0, 8.0), "z": (0.5, 100.0)},
    edges=[((0.0, 1.0), {"v": SCALED_AT_0, "z": SCALED})],
    notes=ZERO,
)

hankel1e_dn: ElementwiseOp = elementwise_op(
    _scaled_bessel_derivatives.hankel1e_dn,
    name="hankel1e_dn",
    partials={
        "n": integer("the order of the derivative", static=True),
        "v": lambda n, v, z: hankel1e_dv(1, n, v, z),
        "z": lambda n, v, z: hankel1e_dn(n + 1, v, z),
    },
    title="The n-th derivative of exp(-iz) Hᵥ⁽¹⁾(z).",
    source="DLMF 10.6.1 and 10.17.5",
    holomorphic=("z",),
    domain={"n": (0, 4), "v": (-8.0, 8.0), "z": (0.5, 100.0)},
    edges=[((1, 0.0, 1.0), {"z": SCALED_SECOND})],
)

hankel2e: ElementwiseOp = elementwise_op(
    sc.hankel2e,
    partials={
        "v": lambda v, z: hankel2e_dv(1, 0, v, z),
        "z": lambda v, z: hankel2e_dn(1, v, z),
    },
    title="exp(iz) Hᵥ⁽²⁾(z), the scaled Hankel function of the second kind.",
    source="DLMF 10.6.1 and 10.17.6",
    holomorphic=("z",),
    domain={"v": (-8.0, 8.0), "z": (0.5, 100.0)},
    edges=[((0.0, 1.0), {"v": SCALED_AT_0.conjugate(), "z": SCALED.conjugate()})],
    notes=ZERO,
)

hankel2e_dn: ElementwiseOp = elementwise_op(
    _scaled_bessel_derivatives.hankel2e_dn,
    name="hankel2e_dn",
    partials={
        "n": integer("the order of the derivative", static=True),
        "v": lambda n, v, z: hankel2e_dv(1, n, v, z),
        "z": lambda n, v, z: hankel2e_dn(n + 1, v, z),
    },
    title="The n-th derivative of exp(iz) Hᵥ⁽²⁾(z).",
    source="DLMF 10.6.1 and 10.17.6",
    holomorphic=("z",),
    domain={"n": (0, 4), "v": (-8.0, 8.0), "z": (0.5, 100.0)},
    edges=[((1, 0.0, 1.0), {"z": SCALED_SECOND.conjugate()})],
)
