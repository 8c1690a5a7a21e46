"""Dawson's integral and the Voigt profile. DLMF chapter 7."""

from __future__ import annotations

import scipy.special as sc

from npbridge import ElementwiseOp, elementwise_op, integer
from npbridge.special import _faddeeva_relatives

__all__ = ["dawsn", "voigt_profile"]

ORDER = integer("the order of the derivative", static=True)

# 1 - 2x F, as often written, loses x² eps.
dawsn: ElementwiseOp = elementwise_op(
    sc.dawsn,
    partials={"x": lambda x: dawsn_dn(1, x)},
    title="F(x) = √π/2 exp(-x²) erfi x, Dawson's integral.",
    source="DLMF 7.10.4 and 7.5.1",
    holomorphic=("x",),
    domain={"x": (-9.0, 9.0)},
    edges=[((0.0,), {"x": 1.0}), ((1e200,), {"x": 0.0})],
)

dawsn_dn: ElementwiseOp = elementwise_op(
    _faddeeva_relatives.dawsn_dn,
    name="dawsn_dn",
    partials={"n": ORDER, "x": lambda n, x: dawsn_dn(n + 1, x)},
    title="F⁽ⁿ⁾(x), the n-th derivative of Dawson's integral.",
    source="DLMF 7.10.3 and 7.5.1",
    holomorphic=("x",),
    domain={"n": (0, 3), "x": (-9.0, 9.0)},
    edges=[((0, 0.0), {"x": 1.0}), ((1, 0.0), {"x": 0.0}), ((2, 0.0), {"x": -4.0})],
)

voigt_profile: ElementwiseOp = elementwise_op(
    sc.voigt_profile,
    partials={
        "x": lambda x, sigma, gamma: voigt_dn(1, x, sigma, gamma)[0],
        "sigma": lambda x, sigma, gamma: sigma * voigt_dn(2, x, sigma, gamma)[0],
        "gamma": lambda x, sigma, gamma: -voigt_dn(1, x, sigma, gamma)[1],
    },
    title="V(x; σ, γ), the Voigt profile: a Gaussian convolved with a Lorentzian.",
    source="DLMF 7.19.1 with 7.10.2; the derivative in σ is the heat equation",
    domain={"x": (-10.0, 10.0), "sigma": (0.1, 3.0), "gamma": (0.01, 3.0)},
    edges=[
        ((1.0, 0.0, 1.0), {"x": -0.15915494309189535, "sigma": 0.0, "gamma": 0.0}),
        (
            (0.0, 1.0, 0.0),
            {"x": 0.0, "sigma": -0.3989422804014327, "gamma": -0.3183098861837907},
        ),
        ((1.0, 0.0, 0.0), {"x": 0.0, "sigma": 0.0, "gamma": 0.3183098861837907}),
    ],
)

voigt_dn: ElementwiseOp = elementwise_op(
    _faddeeva_relatives.voigt_dn,
    name="voigt_dn",
    partials={
        "n": ORDER,
        "x": lambda n, x, sigma, gamma: voigt_dn(n + 1, x, sigma, gamma),
        "sigma": lambda n, x, sigma, gamma: tuple(
            sigma * part for part in voigt_dn(n + 2, x, sigma, gamma)
        ),
        "gamma": lambda n, x, sigma, gamma: (
            -voigt_dn(n + 1, x, sigma, gamma)[1],
            voigt_dn(n + 1, x, sigma, gamma)[0],
        ),
    },
    title="The n-th derivative in x of w(z) / (σ√2π), z = (x + iγ) / (σ√2): both parts of it.",
    source="DLMF 7.10.3 and 7.7.2",
    outputs=2,
    domain={"n": (0, 2), "x": (-10.0, 10.0), "sigma": (0.1, 3.0), "gamma": (0.01, 3.0)},
    edges=[((1, 1.0, 0.0, 1.0), {"x": (0.15915494309189535, -0.15915494309189535)})],
)
