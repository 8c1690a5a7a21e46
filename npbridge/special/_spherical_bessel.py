"""Spherical Bessel functions. DLMF 10.47 to 10.60."""

from __future__ import annotations

from math import inf
from typing import Any

import numpy as np
import scipy.special as sc

from npbridge import ElementwiseOp, elementwise_op, integer
from npbridge.domains import choices
from npbridge.elementary import where

__all__ = ["spherical_in", "spherical_jn", "spherical_kn", "spherical_yn"]

ORDER = integer("the order")
OPTION = integer("whether the value is that of the derivative", static=True)
FLAGS = choices(False, True)


def _double(z: Any) -> Any:
    # SciPy's recurrences are up to 1e-6 off in single precision.
    return np.asarray(z, dtype=np.result_type(z, np.float64))


def _below(n: Any) -> Any:
    # Order n - 1 is multiplied by n: at n = 0 any order does that SciPy has.
    return abs(n - 1)


def _jn(n: Any, z: Any, derivative: bool = False) -> Any:
    return sc.spherical_jn(n, _double(z), derivative)


# f' = n f / z - f of order n + 1, as often written, is 0/0 at z = 0, and so is the differential
# equation.
def d_spherical_jn_dz(n: Any, z: Any, derivative: bool = False) -> Any:
    """DLMF 10.51.1; of the derivative, once more."""
    f = d_spherical_jn_dz if derivative else spherical_jn
    return (n * f(_below(n), z) - (n + 1) * f(n + 1, z)) / (2 * n + 1)


spherical_jn: ElementwiseOp = elementwise_op(
    _jn,
    name="spherical_jn",
    partials={"n": ORDER, "z": d_spherical_jn_dz, "derivative": OPTION},
    title="jₙ(z), the spherical Bessel function of the first kind, or its derivative.",
    source="DLMF 10.51.1",
    holomorphic=("z",),
    domain={"n": (0, 8), "z": (0.1, 30.0), "derivative": FLAGS},
    edges=[
        ((0, 0.0, False), {"z": 0.0}),
        ((1, 0.0, False), {"z": 1 / 3}),
        ((2, 0.0, False), {"z": 0.0}),
        ((0, 0.0, True), {"z": -1 / 3}),
        ((2, 0.0, True), {"z": 2 / 15}),
    ],
)


def _yn(n: Any, z: Any, derivative: bool = False) -> Any:
    return sc.spherical_yn(n, _double(z), derivative)


def d_spherical_yn_dz(n: Any, z: Any, derivative: bool = False) -> Any:
    """DLMF 10.51.1; at z = 0 the terms are of opposite infinite signs."""
    f = d_spherical_yn_dz if derivative else spherical_yn
    lower = n * f(_below(n), where((z == 0) | (n == 0), 1.0, z))
    return (lower - (n + 1) * f(n + 1, z)) / (2 * n + 1)


spherical_yn: ElementwiseOp = elementwise_op(
    _yn,
    name="spherical_yn",
    partials={"n": ORDER, "z": d_spherical_yn_dz, "derivative": OPTION},
    title="yₙ(z), the spherical Bessel function of the second kind, or its derivative.",
    source="DLMF 10.51.1",
    holomorphic=("z",),
    domain={"n": (0, 8), "z": (0.5, 30.0), "derivative": FLAGS},
    edges=[
        ((0, 0.0, False), {"z": inf}),
        ((2, 0.0, False), {"z": inf}),
        ((0, 0.0, True), {"z": -inf}),
        ((2, 0.0, True), {"z": -inf}),
    ],
)


def _in(n: Any, z: Any, derivative: bool = False) -> Any:
    return sc.spherical_in(n, _double(z), derivative)


def d_spherical_in_dz(n: Any, z: Any, derivative: bool = False) -> Any:
    """DLMF 10.51.4; of the derivative, once more."""
    f = d_spherical_in_dz if derivative else spherical_in
    return (n * f(_below(n), z) + (n + 1) * f(n + 1, z)) / (2 * n + 1)


spherical_in: ElementwiseOp = elementwise_op(
    _in,
    name="spherical_in",
    partials={"n": ORDER, "z": d_spherical_in_dz, "derivative": OPTION},
    title="iₙ⁽¹⁾(z), the modified spherical Bessel function of the first kind, or its derivative.",
    source="DLMF 10.51.4",
    holomorphic=("z",),
    domain={"n": (0, 8), "z": (0.1, 30.0), "derivative": FLAGS},
    edges=[
        ((0, 0.0, False), {"z": 0.0}),
        ((1, 0.0, False), {"z": 1 / 3}),
        ((2, 0.0, False), {"z": 0.0}),
        ((0, 0.0, True), {"z": 1 / 3}),
        ((2, 0.0, True), {"z": 2 / 15}),
    ],
)


def _kn(n: Any, z: Any, derivative: bool = False) -> Any:
    return sc.spherical_kn(n, _double(z), derivative)


def d_spherical_kn_dz(n: Any, z: Any, derivative: bool = False) -> Any:
    """DLMF 10.51.5; for n = 0 the lower order would be 0 times infinity at z = 0."""
    f = d_spherical_kn_dz if derivative else spherical_kn
    lower = n * f(_below(n), where(n == 0, 1.0, z))
    return -(lower + (n + 1) * f(n + 1, z)) / (2 * n + 1)


spherical_kn: ElementwiseOp = elementwise_op(
    _kn,
    name="spherical_kn",
    partials={"n": ORDER, "z": d_spherical_kn_dz, "derivative": OPTION},
    title="kₙ(z), the modified spherical Bessel function of the second kind, or its derivative.",
    source="DLMF 10.51.4",
    holomorphic=("z",),
    domain={"n": (0, 8), "z": (0.5, 30.0), "derivative": FLAGS},
    edges=[
        ((0, 0.0, False), {"z": -inf}),
        ((2, 0.0, False), {"z": -inf}),
        ((0, 0.0, True), {"z": inf}),
        ((2, 0.0, True), {"z": inf}),
    ],
)
