"""`scipy.special` on tensors, differentiable: names and argument names are SciPy's.

Elementary functions
    `entr`, `expit`, `kl_div`, `log_expit`, `logit`, `rel_entr`, `softplus`, `xlogy`
Gamma and beta functions (DLMF 5, 8)
    `digamma`, `gammainc`, `gammaincc`, `gammaln`, `polygamma`, `psi`
Error functions and the normal distribution (DLMF 7)
    `erf`, `erfc`, `erfcx`, `log_ndtr`, `ndtr`
Bessel functions (DLMF 9, 10, 11)
    `i0`, `i1`, `iv`, `ivp`, `j0`, `j1`, `jn`, `jv`, `jve`, `jvp`, `k0`, `k1`, `kn`, `kv`,
    `kvp`, `y0`, `y1`, `yn`, `yv`, `yve`, `yvp`

`CATALOGUE` maps each name to its op, which bears what a formula book says about it: `title`,
`partials`, `source`, `domain`, `edges` and `notes`.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from npbridge._elementwise import ElementwiseOp
from npbridge.special import _missing
from npbridge.special._bessel import j0 as j0
from npbridge.special._bessel import j1 as j1
from npbridge.special._bessel import jv as jv
from npbridge.special._bessel import jve as jve
from npbridge.special._bessel import jvp as jvp
from npbridge.special._bessel_modified import i0 as i0
from npbridge.special._bessel_modified import i1 as i1
from npbridge.special._bessel_modified import iv as iv
from npbridge.special._bessel_modified import ivp as ivp
from npbridge.special._bessel_modified import k0 as k0
from npbridge.special._bessel_modified import k1 as k1
from npbridge.special._bessel_modified import kn as kn
from npbridge.special._bessel_modified import kv as kv
from npbridge.special._bessel_modified import kvp as kvp
from npbridge.special._bessel_second import y0 as y0
from npbridge.special._bessel_second import y1 as y1
from npbridge.special._bessel_second import yn as yn
from npbridge.special._bessel_second import yv as yv
from npbridge.special._bessel_second import yve as yve
from npbridge.special._bessel_second import yvp as yvp
from npbridge.special._divergence import entr as entr
from npbridge.special._divergence import kl_div as kl_div
from npbridge.special._divergence import rel_entr as rel_entr
from npbridge.special._elementary import xlogy as xlogy
from npbridge.special._error import erf as erf
from npbridge.special._error import erfc as erfc
from npbridge.special._error import erfcx as erfcx
from npbridge.special._error import log_ndtr as log_ndtr
from npbridge.special._error import ndtr as ndtr
from npbridge.special._gamma import gammainc as gammainc
from npbridge.special._gamma import gammaincc as gammaincc
from npbridge.special._gamma import gammaln as gammaln
from npbridge.special._gamma import polygamma as polygamma
from npbridge.special._gamma import psi as psi
from npbridge.special._logistic import expit as expit
from npbridge.special._logistic import log_expit as log_expit
from npbridge.special._logistic import logit as logit
from npbridge.special._logistic import softplus as softplus

digamma = psi
"""SciPy's other name of `psi`."""
jn = jv
"""SciPy's other name of `jv`."""

CATALOGUE: Mapping[str, ElementwiseOp] = MappingProxyType(
    {name: op for name, op in globals().items() if isinstance(op, ElementwiseOp)}
)

if not TYPE_CHECKING:  # a checker would take any name whatever for one of the module's

    def __getattr__(name: str) -> object:
        raise _missing.no_such_function(name, CATALOGUE)
