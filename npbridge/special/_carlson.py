"""Carlson's symmetric elliptic integrals. DLMF 19.15 to 19.29."""

from __future__ import annotations

from math import inf
from typing import Any

import scipy.special as sc

from npbridge import ElementwiseOp, elementwise_op, integer
from npbridge.special import _carlson_integral

__all__ = ["elliprd", "elliprf", "elliprg"]

TWICE = integer("twice an exponent", static=True)

POSITIVE = "Where an argument is negative, SciPy's value and the derivatives are NaN."


def lowered(a: int, shifted: Any, like: Any) -> Any:
    """The derivative of a power -a/2 under the integral."""
    return -a / 2 * shifted() if a else 0 * like


# The quotients of DLMF 19.18(i), as often written, are 0/0 at equal arguments; a positive integrand
# has no such holes, and its derivatives are of its own kind.
carlson_integral: ElementwiseOp = elementwise_op(
    _carlson_integral.carlson_integral,
    name="carlson_integral",
    partials={
        "a": TWICE,
        "b": TWICE,
        "c": TWICE,
        "d": TWICE,
        "x": lambda a, b, c, d, x, y, z, p: lowered(
            a, lambda: carlson_integral(a + 2, b, c, d, x, y, z, p), x
        ),
        "y": lambda a, b, c, d, x, y, z, p: lowered(
            b, lambda: carlson_integral(a, b + 2, c, d, x, y, z, p), y
        ),
        "z": lambda a, b, c, d, x, y, z, p: lowered(
            c, lambda: carlson_integral(a, b, c + 2, d, x, y, z, p), z
        ),
        "p": lambda a, b, c, d, x, y, z, p: lowered(
            d, lambda: carlson_integral(a, b, c, d + 2, x, y, z, p), p
        ),
    },
    title="The integral of (t+x)^(-a/2) (t+y)^(-b/2) (t+z)^(-c/2) (t+p)^(-d/2) over positive t.",
    source="DLMF 19.16(ii)",
    domain={
        "a": (1, 3),
        "b": (1, 3),
        "c": (1, 3),
        "d": (1, 3),
        "x": (0.2, 4.0),
        "y": (0.2, 4.0),
        "z": (0.2, 4.0),
        "p": (0.2, 4.0),
    },
    edges=[
        (
            (1, 1, 1, 2, 1.0, 1.0, 1.0, 1.0),
            {"x": -0.2, "y": -0.2, "z": -0.2, "p": -0.4},
        ),
    ],
)

elliprf: ElementwiseOp = elementwise_op(
    sc.elliprf,
    partials={
        "x": lambda x, y, z: -carlson_integral(3, 1, 1, 0, x, y, z, 1.0) / 4,
        "y": lambda x, y, z: -carlson_integral(1, 3, 1, 0, x, y, z, 1.0) / 4,
        "z": lambda x, y, z: -carlson_integral(1, 1, 3, 0, x, y, z, 1.0) / 4,
    },
    title="R_F(x, y, z), the symmetric elliptic integral of the first kind.",
    source="DLMF 19.16.1",
    domain={"x": (0.2, 4.0), "y": (0.2, 4.0), "z": (0.2, 4.0)},
    edges=[
        ((1.0, 1.0, 1.0), {"x": -1 / 6, "y": -1 / 6, "z": -1 / 6}),
        ((0.0, 1.0, 1.0), {"x": -inf, "y": -0.39269908169872414, "z": -0.39269908169872414}),
    ],
    notes=POSITIVE,
)

elliprd: ElementwiseOp = elementwise_op(
    sc.elliprd,
    partials={
        "x": lambda x, y, z: -3 / 4 * carlson_integral(3, 1, 3, 0, x, y, z, 1.0),
        "y": lambda x, y, z: -3 / 4 * carlson_integral(1, 3, 3, 0, x, y, z, 1.0),
        "z": lambda x, y, z: -9 / 4 * carlson_integral(1, 1, 5, 0, x, y, z, 1.0),
    },
    title="R_D(x, y, z), the elliptic integral symmetric in two arguments only.",
    source="DLMF 19.16.5",
    domain={"x": (0.2, 4.0), "y": (0.2, 4.0), "z": (0.2, 4.0)},
    edges=[((1.0, 1.0, 1.0), {"x": -0.3, "y": -0.3, "z": -0.9})],
    notes=POSITIVE,
)

# As R_F/4 - x R_D/12, the derivative of R_G cancels for x far above y and z.
elliprg: ElementwiseOp = elementwise_op(
    sc.elliprg,
    partials={
        "x": lambda x, y, z: carlson_integral(3, 1, 1, -2, x, y, z, 0.0) / 8,
        "y": lambda x, y, z: carlson_integral(1, 3, 1, -2, x, y, z, 0.0) / 8,
        "z": lambda x, y, z: carlson_integral(1, 1, 3, -2, x, y, z, 0.0) / 8,
    },
    title="R_G(x, y, z), the symmetric elliptic integral of the second kind.",
    source="DLMF 19.16.3 with 19.18.4",
    domain={"x": (0.2, 4.0), "y": (0.2, 4.0), "z": (0.2, 4.0)},
    edges=[
        ((1.0, 1.0, 1.0), {"x": 1 / 6, "y": 1 / 6, "z": 1 / 6}),
        ((0.0, 1.0, 1.0), {"x": 0.39269908169872414, "y": 0.19634954084936207}),
    ],
    notes=POSITIVE,
)
