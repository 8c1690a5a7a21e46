"""Characteristic values of spheroidal functions of several degrees. DLMF 30.3."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.special as sc
import torch
from torch import Tensor

from npbridge import numpy_op
from npbridge.special._entry import described
from npbridge.special._guarded import moderate_cv
from npbridge.special._spheroidal import CRASH, NEGATIVE, SOURCE, spheroidal_cv_dn

__all__ = ["obl_cv_seq", "pro_cv_seq"]

NOTES = f"`m` and `n` are Python ints, and `c` a single number. {NEGATIVE} {CRASH} 240."


def _called(function: Any, m: Any, n: Any, c: Any) -> Any:
    """SciPy's function, which takes numbers only, where it can be called."""
    safe = np.ndim(c) > 0 or moderate_cv(m, n, c)
    found = function(m, n, np.asarray(c)[()] if safe else 1.0)
    found = found if safe else found * np.nan
    return found.astype(c.dtype) if isinstance(c, np.ndarray) else found


def _empty(m: Any, n: Any, c: Any) -> Tensor:
    return c.new_empty(int(n) - int(m) + 1)  # type: ignore[no-any-return]


def _slopes(m: Any, n: Any, c: Any, sign: int) -> Tensor:
    degrees = torch.arange(int(m), int(n) + 1, device=c.device)
    found: Tensor = 2 * sign * c * spheroidal_cv_dn(1, int(m), degrees, sign * c * c)
    return found


def _pro_cv_seq(m: Any, n: Any, c: Any) -> Any:
    return _called(sc.pro_cv_seq, m, n, c)


pro_cv_seq = described(
    numpy_op(_pro_cv_seq, name="pro_cv_seq", differentiable=("c",)),
    title="The characteristic values λ of prolate functions of order m and degrees m ... n.",
    source=SOURCE,
    domain={"c": (0.1, 8.0)},
    edges=[((0, 2, 0.0), {"c": 0.0})],
    notes=NOTES,
)
pro_cv_seq.register_fake(_empty)


@pro_cv_seq.register_vjp(composite=True)
def _pro_gradient(grad: Any, m: Any, n: Any, c: Any) -> Any:
    return (grad * _slopes(m, n, c.double(), 1)).sum().to(c.dtype)


def _obl_cv_seq(m: Any, n: Any, c: Any) -> Any:
    return _called(sc.obl_cv_seq, m, n, c)


obl_cv_seq = described(
    numpy_op(_obl_cv_seq, name="obl_cv_seq", differentiable=("c",)),
    title="The characteristic values λ of oblate functions of order m and degrees m ... n.",
    source=SOURCE,
    domain={"c": (0.1, 8.0)},
    edges=[((0, 2, 0.0), {"c": 0.0})],
    notes=NOTES,
)
obl_cv_seq.register_fake(_empty)


@obl_cv_seq.register_vjp(composite=True)
def _obl_gradient(grad: Any, m: Any, n: Any, c: Any) -> Any:
    return (grad * _slopes(m, n, c.double(), -1)).sum().to(c.dtype)
