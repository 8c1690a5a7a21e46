"""Kelvin functions of order 0. DLMF 10.61 to 10.68."""

from __future__ import annotations

from math import inf
from typing import Any

import scipy.special as sc

from npbridge import ElementwiseOp, elementwise_op, integer
from npbridge.special import _kelvin_series
from npbridge.special._in_double import in_double

__all__ = ["bei", "beip", "ber", "berp", "kei", "keip", "kelvin", "ker", "kerp"]

COUNT = integer("the order of the derivative", static=True)
# SciPy's own ber', ker' and the like are 1e-13 off and, near zeros, 1e-9: no partial is made of
# them.
ACCURACY = (
    "SciPy's value is some 1e-13 off, and up to 1e-9 near its zeros; the derivatives are not."
)
# Of Be, Ke, Be' and Ke' at x = 2.
KELVIN_2: Any = (
    -0.49306712470943914 + 0.9170136133840363j,
    -0.10660096588105265 + 0.21980790991960553j,
    -0.7257580649519416 + 0.2932273760217901j,
    0.2557005507052306 - 0.1515684689513123j,
)

ber_dn: ElementwiseOp = elementwise_op(
    lambda n, x: _kelvin_series.ber_bei(n, x, 0),
    name="ber_dn",
    partials={"n": COUNT, "x": lambda n, x: ber_dn(n + 1, x)},
    title="The n-th derivative of ber x.",
    source="DLMF 10.61.1, 10.65(i) and 10.6.7",
    domain={"n": (0, 4), "x": (-20.0, 20.0)},
    edges=[((0, 0.0), {"x": 0.0}), ((3, 0.0), {"x": -0.375})],
)

bei_dn: ElementwiseOp = elementwise_op(
    lambda n, x: _kelvin_series.ber_bei(n, x, 1),
    name="bei_dn",
    partials={"n": COUNT, "x": lambda n, x: bei_dn(n + 1, x)},
    title="The n-th derivative of bei x.",
    source="DLMF 10.61.1, 10.65(i) and 10.6.7",
    domain={"n": (0, 4), "x": (-20.0, 20.0)},
    edges=[((0, 0.0), {"x": 0.0}), ((1, 0.0), {"x": 0.5})],
)

ker_dn: ElementwiseOp = elementwise_op(
    lambda n, x: _kelvin_series.ker_kei(n, x, 0),
    name="ker_dn",
    partials={"n": COUNT, "x": lambda n, x: ker_dn(n + 1, x)},
    title="The n-th derivative of ker x.",
    source="DLMF 10.61.2, 10.65(ii) and 10.29.5",
    domain={"n": (0, 4), "x": (0.1, 20.0)},
    edges=[((0, 0.0), {"x": -inf}), ((1, 0.0), {"x": inf})],
)

kei_dn: ElementwiseOp = elementwise_op(
    lambda n, x: _kelvin_series.ker_kei(n, x, 1),
    name="kei_dn",
    partials={"n": COUNT, "x": lambda n, x: kei_dn(n + 1, x)},
    title="The n-th derivative of kei x.",
    source="DLMF 10.61.2, 10.65(ii) and 10.29.5",
    domain={"n": (0, 4), "x": (0.1, 20.0)},
    edges=[((0, 0.0), {"x": 0.0}), ((1, 0.0), {"x": inf})],
)

ber: ElementwiseOp = elementwise_op(
    in_double(sc.ber),
    name="ber",
    partials={"x": lambda x: ber_dn(1, x)},
    title="ber x, the Kelvin function Re J₀(x exp(3πi/4)).",
    source="DLMF 10.61.1",
    domain={"x": (-20.0, 20.0)},
    edges=[((0.0,), {"x": 0.0})],
    notes=ACCURACY,
)

bei: ElementwiseOp = elementwise_op(
    in_double(sc.bei),
    name="bei",
    partials={"x": lambda x: bei_dn(1, x)},
    title="bei x, the Kelvin function Im J₀(x exp(3πi/4)).",
    source="DLMF 10.61.1",
    domain={"x": (-20.0, 20.0)},
    edges=[((0.0,), {"x": 0.0})],
    notes=ACCURACY,
)

ker: ElementwiseOp = elementwise_op(
    in_double(sc.ker),
    name="ker",
    partials={"x": lambda x: ker_dn(1, x)},
    title="ker x, the Kelvin function Re K₀(x exp(πi/4)).",
    source="DLMF 10.61.2",
    domain={"x": (0.1, 20.0)},
    edges=[((0.0,), {"x": -inf})],
    notes=ACCURACY,
)

kei: ElementwiseOp = elementwise_op(
    in_double(sc.kei),
    name="kei",
    partials={"x": lambda x: kei_dn(1, x)},
    title="kei x, the Kelvin function Im K₀(x exp(πi/4)).",
    source="DLMF 10.61.2",
    domain={"x": (0.1, 20.0)},
    edges=[((0.0,), {"x": 0.0})],
    notes=ACCURACY,
)

# w'' = i w - w'/x, as often written, is 0/0 at x = 0.
berp: ElementwiseOp = elementwise_op(
    in_double(sc.berp),
    name="berp",
    partials={"x": lambda x: ber_dn(2, x)},
    title="ber' x, the derivative of ber x.",
    source="DLMF 10.61.1 and 10.6.7",
    domain={"x": (-20.0, 20.0)},
    edges=[((0.0,), {"x": 0.0})],
    notes=ACCURACY,
)

beip: ElementwiseOp = elementwise_op(
    in_double(sc.beip),
    name="beip",
    partials={"x": lambda x: bei_dn(2, x)},
    title="bei' x, the derivative of bei x.",
    source="DLMF 10.61.1 and 10.6.7",
    domain={"x": (-20.0, 20.0)},
    edges=[((0.0,), {"x": 0.5})],
    notes=ACCURACY,
)

kerp: ElementwiseOp = elementwise_op(
    in_double(sc.kerp),
    name="kerp",
    partials={"x": lambda x: ker_dn(2, x)},
    title="ker' x, the derivative of ker x.",
    source="DLMF 10.61.2 and 10.29.5",
    domain={"x": (0.1, 20.0)},
    edges=[((0.0,), {"x": inf})],
    notes=ACCURACY,
)

keip: ElementwiseOp = elementwise_op(
    in_double(sc.keip),
    name="keip",
    partials={"x": lambda x: kei_dn(2, x)},
    title="kei' x, the derivative of kei x.",
    source="DLMF 10.61.2 and 10.29.5",
    domain={"x": (0.1, 20.0)},
    edges=[((0.0,), {"x": inf})],
    notes=ACCURACY,
)

kelvin: ElementwiseOp = elementwise_op(
    in_double(sc.kelvin),
    name="kelvin",
    partials={"x": lambda x: (*kelvin_dn(1, x), *kelvin_dn(2, x))},
    title="Be = ber x + i bei x, Ke = ker x + i kei x, and their derivatives Be' and Ke'.",
    source="DLMF 10.61.1, 10.61.2, 10.6.7 and 10.29.5",
    outputs=4,
    domain={"x": (0.1, 20.0)},
    edges=[((2.0,), {"x": KELVIN_2})],
    notes=ACCURACY + " At x = 0 the second derivative of Ke is infinite in both parts, and the "
    "gradient of one of them is NaN.",
)

kelvin_dn: ElementwiseOp = elementwise_op(
    _kelvin_series.kelvin,
    name="kelvin_dn",
    partials={"n": COUNT, "x": lambda n, x: kelvin_dn(n + 1, x)},
    title="The n-th derivatives of Be = ber x + i bei x and Ke = ker x + i kei x.",
    source="DLMF 10.61.1, 10.61.2, 10.6.7 and 10.29.5",
    outputs=2,
    domain={"n": (0, 3), "x": (0.1, 20.0)},
    edges=[((0, 2.0), {"x": KELVIN_2[:2]})],
)
