"""`scipy.special` on tensors, differentiable: names and argument names are SciPy's.

Gamma functions (DLMF 5, 8)
    `gammaln`, `psi`, `digamma`, `polygamma`, `gammainc`, `gammaincc`
Error functions and the normal distribution (DLMF 7)
    `erf`, `erfc`, `erfcx`, `ndtr`, `log_ndtr`
Bessel functions (DLMF 10)
    `j0`, `j1`, `jv`, `jn`
Elementary functions
    `xlogy`

`CATALOGUE` maps each name to its op, which bears what a formula book says about it: `title`,
`partials`, `source`, `domain`, `edges` and `notes`.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from npbridge._elementwise import ElementwiseOp
from npbridge.special._bessel import j0 as j0
from npbridge.special._bessel import j1 as j1
from npbridge.special._bessel import jn as jn
from npbridge.special._bessel import jv as jv
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

digamma = psi
"""SciPy's other name of `psi`."""

CATALOGUE: Mapping[str, ElementwiseOp] = MappingProxyType(
    {name: op for name, op in globals().items() if isinstance(op, ElementwiseOp)}
)
