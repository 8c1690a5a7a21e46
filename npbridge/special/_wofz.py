"""The Faddeeva function and the modified Fresnel integrals. DLMF sections 7.2 and 7.10."""

from __future__ import annotations

from math import pi, sqrt
from typing import Any

import scipy.special as sc

from npbridge import ElementwiseOp, elementwise_op, integer
from npbridge.elementary import conj, exp
from npbridge.special import _faddeeva, _faddeeva_relatives
from npbridge.special._in_double import in_double

__all__ = ["modfresnelm", "modfresnelp", "wofz"]

ORDER = integer("the order of the derivative", static=True)
WRONG = (
    "For x < 0 the imaginary part of SciPy's first value is wrong (at x = -2 of F₊ 0.1652 instead "
    "of 1.4314); the derivative is right. exp(ix²) loses x² eps, as does SciPy's second value: "
    "from x = 1e8 on neither it nor the derivative of the first output has a correct digit."
)
# At 0 and, of the second output of modfresnelp, w'(0) exp(πi/4) / 2.
SLOPE: Any = 2j / sqrt(pi)
K_SLOPE: Any = complex(-1, 1) / sqrt(2 * pi)

# 2i/√π - 2z w, as often written, loses |z|² eps.
wofz: ElementwiseOp = elementwise_op(
    sc.wofz,
    partials={"z": lambda z: wofz_dn(1, z)},
    title="w(z) = exp(-z²) erfc(-iz), the Faddeeva function.",
    source="DLMF 7.10.3 and 7.7.2",
    holomorphic=("z",),
    domain={"z": (-9.0, 9.0)},
    edges=[((0.0,), {"z": SLOPE}), ((1e200,), {"z": 0.0j})],
    notes="It is complex at real z too.",
)

wofz_dn: ElementwiseOp = elementwise_op(
    _faddeeva.wofz_dn,
    name="wofz_dn",
    partials={"n": ORDER, "z": lambda n, z: wofz_dn(n + 1, z)},
    title="w⁽ⁿ⁾(z), the n-th derivative of the Faddeeva function.",
    source="DLMF 7.10.3 and 7.7.2",
    holomorphic=("z",),
    domain={"n": (0, 3), "z": (-9.0, 9.0)},
    edges=[((0, 0.0), {"z": SLOPE}), ((1, 0.0), {"z": -2 + 0j}), ((2, 0.0), {"z": -4 * SLOPE})],
)

# In single precision SciPy (1.17.1) gives NaN at some points.
# -2ix K₊ - exp(-πi/4)/√π, as often written, loses x² eps.
modfresnelp: ElementwiseOp = elementwise_op(
    in_double(sc.modfresnelp),
    name="modfresnelp",
    outputs=2,
    partials={"x": lambda x: (-exp(1j * (x * x)), modfresnel_dn(1, x))},
    title="F₊(x), the integral of exp(it²) from x to ∞, and K₊(x) = exp(-i(x² + π/4)) F₊(x) / √π.",
    source="the fundamental theorem of calculus; DLMF 7.2.3 and 7.10.3",
    domain={"x": (0.1, 9.0)},
    edges=[((0.0,), {"x": (-1 + 0j, K_SLOPE)})],
    notes=WRONG,
)

modfresnelm: ElementwiseOp = elementwise_op(
    in_double(sc.modfresnelm),
    name="modfresnelm",
    outputs=2,
    partials={"x": lambda x: (-exp(-1j * (x * x)), conj(modfresnel_dn(1, x)))},
    title="F₋(x), the integral of exp(-it²) from x to ∞, and K₋(x) = exp(i(x² + π/4)) F₋(x) / √π.",
    source="the fundamental theorem of calculus; DLMF 7.2.3 and 7.10.3",
    domain={"x": (0.1, 9.0)},
    edges=[((0.0,), {"x": (-1 + 0j, K_SLOPE.conjugate())})],
    notes=WRONG.replace("₊ 0.1652 instead of 1.4314", "₋ -2.6775 instead of -1.4314"),
)

modfresnel_dn: ElementwiseOp = elementwise_op(
    _faddeeva_relatives.modfresnel_dn,
    name="modfresnel_dn",
    partials={"n": ORDER, "x": lambda n, x: modfresnel_dn(n + 1, x)},
    title="K₊⁽ⁿ⁾(x), the n-th derivative of w(exp(πi/4) x) / 2.",
    source="DLMF 7.10.3 and 7.7.2",
    domain={"n": (0, 3), "x": (-5.0, 9.0)},
    edges=[((0, 0.0), {"x": K_SLOPE}), ((1, 0.0), {"x": -1j})],
)
