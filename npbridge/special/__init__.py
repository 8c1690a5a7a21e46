"""`scipy.special` on tensors, differentiable: names and argument names are SciPy's.

`CATALOGUE` maps each name to its op, which bears what a formula book says about it: `title`,
`source`, `domain`, `edges` and `notes`; and `partials`, if it is elementwise. The stub beside this
module tells type checkers the same. By subject:
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from textwrap import fill
from types import MappingProxyType
from typing import Any

from npbridge._op import NumpyOp
from npbridge.special import _missing

CONTENTS: Mapping[str, tuple[str, ...]] = {
    "Elementary functions": (
        "_boxcox",
        "_divergence",
        "_elementary",
        "_exponential",
        "_exponential_sums",
        "_huber",
        "_inverse_boxcox",
        "_logistic",
        "_steps",
        "_trigonometric",
    ),
    "Gamma and beta functions (DLMF 5, 8)": (
        "_beta",
        "_beta_inverse",
        "_binomial",
        "_complete_gamma",
        "_factorials",
        "_gamma",
        "_gamma_inverse",
        "_incomplete_beta",
    ),
    "Zeta functions and the dilogarithm (DLMF 25)": ("_zeta",),
    "Exponential integrals, Lambert W and relatives (DLMF 4, 6)": (
        "_exponential_integrals",
        "_lambert",
    ),
    "Error functions and the normal distribution (DLMF 7)": (
        "_error",
        "_inverse_error",
        "_normal_inverse",
        "_voigt",
        "_wofz",
    ),
    "Bessel functions (DLMF 9, 10, 11)": (
        "_airy",
        "_bessel",
        "_bessel_integrals",
        "_bessel_modified",
        "_bessel_scaled",
        "_bessel_sequences",
        "_bessel_second",
        "_hankel",
        "_kelvin",
        "_spherical_bessel",
        "_struve",
    ),
    "Hypergeometric functions (DLMF 13, 15)": ("_hypergeometric",),
    "Orthogonal polynomials and harmonics (DLMF 14, 18)": (
        "_chebyshev",
        "_gauss_rules",
        "_harmonics",
        "_harmonics_all",
        "_legendre",
        "_legendre_all",
        "_legendre_rows",
        "_legendre_second",
        "_orthogonal",
    ),
    "Parabolic cylinder, Mathieu and spheroidal functions (DLMF 12, 28, 30)": (
        "_mathieu",
        "_mathieu_coefficients",
        "_mathieu_modified",
        "_parabolic_cylinder",
        "_parabolic_cylinder_sequences",
        "_spheroidal",
        "_spheroidal_sequences",
    ),
    "Elliptic integrals and functions (DLMF 19, 22)": (
        "_carlson",
        "_carlson_principal",
        "_ellipsoidal",
        "_elliptic",
    ),
    "Distribution functions": (
        "_chi_square",
        "_fisher",
        "_gamma_distribution",
        "_noncentral",
        "_poisson",
        "_binomial_distribution",
        "_binomial_inverse",
        "_kolmogorov",
        "_noncentral_inverse",
        "_tukey",
        "_student",
    ),
}
"""The subjects and their chapters, whose `__all__` are the entries."""
ALIASES = {
    "cg_roots": "roots_gegenbauer",
    "digamma": "psi",
    "j_roots": "roots_jacobi",
    "jn": "jv",
    "js_roots": "roots_sh_jacobi",
    "la_roots": "roots_genlaguerre",
}
"""SciPy's other names."""


def _entries(chapters: tuple[str, ...]) -> dict[str, NumpyOp[..., Any]]:
    """The ops of some chapters by name, and by SciPy's other names."""
    found: dict[str, NumpyOp[..., Any]] = {}
    for chapter in chapters:
        module = import_module(f"npbridge.special.{chapter}")
        found |= {name: getattr(module, name) for name in module.__all__}
    return found | {alias: found[name] for alias, name in ALIASES.items() if name in found}


_INDENT = {"initial_indent": "    ", "subsequent_indent": "    "}
_by_subject = {subject: _entries(chapters) for subject, chapters in CONTENTS.items()}
CATALOGUE: Mapping[str, NumpyOp[..., Any]] = MappingProxyType(
    {name: op for entries in _by_subject.values() for name, op in sorted(entries.items())}
)
globals().update(CATALOGUE)
__doc__ = (__doc__ or "") + "".join(
    f"\n{subject}\n{fill(', '.join(f'`{name}`' for name in sorted(entries)), 100, **_INDENT)}\n"
    for subject, entries in _by_subject.items()
)


def __getattr__(name: str) -> object:
    raise _missing.no_such_function(name, CATALOGUE)
