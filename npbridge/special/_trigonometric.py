"""Trigonometric functions: of degrees, and quotients with removable holes."""

from __future__ import annotations

from math import inf
from typing import Any

import numpy as np
import scipy.special as sc

from npbridge import ElementwiseOp, elementwise_op, integer
from npbridge.elementary import pi, sin
from npbridge.special._elementary import quotient
from npbridge.special._in_double import in_double

__all__ = ["cosdg", "cosm1", "cotdg", "diric", "sinc", "sindg", "tandg"]

DEGREE = pi / 180

LOST = "Beyond 1e14 degrees SciPy gives 0, and so is the derivative."

sindg: ElementwiseOp = elementwise_op(
    sc.sindg,
    partials={"x": lambda x: DEGREE * cosdg(x)},
    title="sin(πx/180), the sine of an angle in degrees.",
    source="DLMF 4.20.1",
    domain={"x": (-360.0, 360.0)},
    edges=[((0.0,), {"x": 0.017453292519943295}), ((90.0,), {"x": 0.0})],
    notes=LOST,
)

cosdg: ElementwiseOp = elementwise_op(
    sc.cosdg,
    partials={"x": lambda x: -DEGREE * sindg(x)},
    title="cos(πx/180), the cosine of an angle in degrees.",
    source="DLMF 4.20.2",
    domain={"x": (-360.0, 360.0)},
    edges=[((0.0,), {"x": 0.0}), ((270.0,), {"x": 0.017453292519943295})],
    notes=LOST,
)

tandg: ElementwiseOp = elementwise_op(
    sc.tandg,
    partials={"x": lambda out: DEGREE * (1 + out * out)},
    title="tan(πx/180), the tangent of an angle in degrees.",
    source="DLMF 4.20.3",
    domain={"x": (-80.0, 80.0)},
    edges=[((180.0,), {"x": 0.017453292519943295}), ((90.0,), {"x": inf})],
    notes="At the poles SciPy gives inf. Beyond 1e14 degrees it gives 0, and so tan 0 is assumed.",
)

cotdg: ElementwiseOp = elementwise_op(
    sc.cotdg,
    partials={"x": lambda x: -DEGREE * quotient(2, 1.0, sindg(x))},
    title="cot(πx/180), the cotangent of an angle in degrees.",
    source="DLMF 4.20.6",
    domain={"x": (10.0, 170.0)},
    edges=[((90.0,), {"x": -0.017453292519943295}), ((0.0,), {"x": -inf})],
    notes="SciPy subtracts x from 90, and so its value at 1e-12 is 0.1 % off, at -1e-12 0.7 %; the "
    "derivative is right. At the poles and beyond 1e14 degrees the derivative is -inf.",
)

cosm1: ElementwiseOp = elementwise_op(
    sc.cosm1,
    partials={"x": lambda x: -sin(x)},
    title="cos x - 1.",
    source="DLMF 4.20.2",
    domain={"x": (-6.0, 6.0)},
    edges=[((0.0,), {"x": 0.0})],
)


def _sinc_jn(n: int, x: Any) -> Any:
    with np.errstate(all="ignore"):
        return sc.spherical_jn(n, pi * x)


def d_sinc_jn_dx(n: int, x: Any) -> Any:
    """The derivative of jₙ(πx), without the quotient that has a hole at 0."""
    above = pi * (n + 1) / (2 * n + 1) * sinc_jn(n + 1, x)
    return -above if n == 0 else pi * n / (2 * n + 1) * sinc_jn(n - 1, x) - above


sinc_jn: ElementwiseOp = elementwise_op(
    in_double(_sinc_jn),
    name="sinc_jn",
    partials={"n": integer("the order of the Bessel function", static=True), "x": d_sinc_jn_dx},
    title="jₙ(πx), the spherical Bessel function.",
    source="DLMF 10.51.2",
    holomorphic=("x",),
    domain={"n": (0, 4), "x": (-8.0, 8.0)},
    edges=[
        ((0, 0.0), {"x": 0.0}),
        ((1, 0.0), {"x": 1.0471975511965976}),
        ((2, 0.0), {"x": 0.0}),
    ],
)

# (cos πx - sinc x) / x, as often written, loses all digits by x = 1e-8.
sinc: ElementwiseOp = elementwise_op(
    in_double(sc.sinc),
    name="sinc",
    partials={"x": lambda x: -pi * sinc_jn(1, x)},
    title="sin(πx) / (πx), the normalised cardinal sine.",
    source="DLMF 10.49.3 with 10.51.2",
    holomorphic=("x",),
    domain={"x": (-8.0, 8.0)},
    edges=[((0.0,), {"x": 0.0}), ((1.0,), {"x": -1.0})],
)


def _diric_dx(p: int, x: Any, n: Any) -> Any:
    counts = np.asarray(n)
    with np.errstate(all="ignore"):
        total = np.zeros(np.broadcast_shapes(np.shape(x), counts.shape))
        for k in range(max(int(counts.max(initial=0)) // 2, 0)):
            # The frequencies above 0, from the highest one down.
            frequency = (counts - 1) / 2 - k
            angle = frequency * x
            wave = (np.cos, lambda t: -np.sin(t), lambda t: -np.cos(t), np.sin)[p % 4](angle)
            total = total + np.where(frequency > 0, frequency**p * wave, 0.0)
        total = 2 * total + (np.where(counts % 2, 1.0, 0.0) if p == 0 else 0.0)
        return np.where(counts > 0, total / counts, np.nan) + 0 * x


# The derivative of the quotient is 0/0 at the multiples of 2π, this sum nowhere.
diric_dx: ElementwiseOp = elementwise_op(
    _diric_dx,
    name="diric_dx",
    partials={
        "p": integer("the order of the derivative", static=True),
        "x": lambda p, x, n: diric_dx(p + 1, x, n),
        "n": integer("the number of waves"),
    },
    title="The p-th derivative of sin(nx/2) / (n sin(x/2)).",
    source="DLMF 1.15.3",
    domain={"p": (0, 4), "x": (-12.0, 12.0), "n": (3, 8)},
    edges=[((1, 0.0, 3), {"x": -0.6666666666666666}), ((0, 0.0, 4), {"x": 0.0})],
)


def _diric(x: Any, n: Any) -> Any:
    with np.errstate(all="ignore"):
        return sc.diric(x, n)


diric: ElementwiseOp = elementwise_op(
    _diric,
    name="diric",
    partials={
        "x": lambda x, n: diric_dx(1, x, n),
        "n": integer("the number of waves"),
    },
    title="sin(nx/2) / (n sin(x/2)), the Dirichlet kernel.",
    source="DLMF 1.15.3",
    domain={"x": (-12.0, 12.0), "n": (3, 8)},
    edges=[((0.0, 5), {"x": 0.0}), ((1.0, 1), {"x": 0.0})],
    notes="Its derivatives are sums of n/2 waves.",
)
