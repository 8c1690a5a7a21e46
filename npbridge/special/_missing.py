"""What is said of a name that the catalogue does not have."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping

import scipy.special as sc

_ZEROS = """
    ai bei beip ber berp bi erf fresnel fresnelc fresnels jn jnjnp jnp jnyn kei keip kelvin ker kerp
    y0 y1 y1p yn ynp
"""
_RULES = """
    roots_legendre roots_chebyt roots_chebyu roots_chebyc roots_chebys roots_laguerre roots_hermite
    roots_hermitenorm roots_sh_legendre roots_sh_chebyt roots_sh_chebyu p_roots t_roots u_roots
    c_roots s_roots l_roots h_roots he_roots ps_roots ts_roots us_roots
"""
_POLYNOMIALS = """
    legendre chebyt chebyu chebyc chebys jacobi laguerre genlaguerre hermite hermitenorm gegenbauer
    sh_legendre sh_chebyt sh_chebyu sh_jacobi
"""

NOT_DIFFERENTIABLE: Mapping[str, str] = {
    **{f"{n}_zeros": "it takes integers and returns a table of zeros" for n in _ZEROS.split()},
    **dict.fromkeys(("bernoulli", "euler"), "it takes an integer and returns numbers"),
    "stirling2": "it takes integers and returns integers",
    **dict.fromkeys(_RULES.split(), "it takes an integer and returns the numbers of a Gauss rule"),
    **{
        n: f"it returns an object; npbridge.special.eval_{n} has the polynomial's values"
        for n in _POLYNOMIALS.split()
    },
    **dict.fromkeys(("errstate", "geterr", "seterr"), "it is about how SciPy reports errors"),
}
"""Of every function of `scipy.special` that has no derivative the reason."""

_WRAP = "Wrap it with npbridge.numpy_op, and register a vjp."
_WRONSKIAN = (
    "SciPy's values violate the Wronskian with {0}_rad1 at {1} % of random points "
    "(m <= 2, n <= 5, 0.2 < c < 4, {2})"
)
_WITHOUT_CV = ("obl_ang1", "obl_rad1", "pro_ang1", "pro_rad1")

LEFT_OUT: Mapping[str, tuple[str, str]] = {
    **dict.fromkeys(
        ("pro_rad2", "pro_rad2_cv"), (_WRONSKIAN.format("pro", 12, "1 < x < 3"), _WRAP)
    ),
    **dict.fromkeys(
        ("obl_rad2", "obl_rad2_cv"), (_WRONSKIAN.format("obl", 38, "0 < x < 4"), _WRAP)
    ),
    **{
        f"{n}_cv": (
            f"cv must be {n[:3]}_cv(m, n, c), and then it is {n}(m, n, c, x)",
            f"Call npbridge.special.{n}.",
        )
        for n in _WITHOUT_CV
    },
    "ellip_normal": (
        "it has but integers and axes, and no derivative in the axes is written",
        _WRAP,
    ),
}
"""Of functions that could have been entries the reason why they are not, and what to do."""


def no_such_function(name: str, known: Collection[str]) -> AttributeError:
    """The error, with the nearest names; or with the reason, if SciPy has the function."""
    if name in NOT_DIFFERENTIABLE:
        return AttributeError(
            f"npbridge.special has no {name!r}: {NOT_DIFFERENTIABLE[name]}.\n"
            f"Use scipy.special.{name}."
        )
    if name in LEFT_OUT:
        reason, remedy = LEFT_OUT[name]
        return AttributeError(f"npbridge.special leaves out {name!r}: {reason}.\n{remedy}")
    near = [f"npbridge.special.{n}" for n in difflib.get_close_matches(name, known)]
    if not name.startswith("_") and hasattr(sc, name):
        what = (
            f"npbridge.special has no {name!r}: the derivatives of scipy.special.{name} are not "
            "written yet.\n"
            "Wrap it with npbridge.numpy_op, and register a vjp."
        )
    else:
        what = f"module 'npbridge.special' has no attribute {name!r}."
    return AttributeError(
        "\n".join([what, *([f"Did you mean {', '.join(near)}?"] if near else [])])
    )
