"""Parabolic cylinder functions of several orders at one number. DLMF 12.2."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.special as sc
import torch
from torch import Tensor

from npbridge import numpy_op
from npbridge.errors import MissingDerivativeError, UnsupportedTensorError
from npbridge.special._entry import described

__all__ = ["pbdn_seq", "pbdv_seq", "pbvv_seq"]

NOTES = (
    "`v` is a Python number without a derivative, and `x` a single number. For v < 0 SciPy (1.17.1)"
    " returns other orders than it says: there is no derivative then. It is as good as SciPy's "
    "values: see"
)


def _called(function: Callable[..., Any], order: Any, x: Any) -> Any:
    """SciPy's function, which takes numbers only, in the precision of the argument."""
    found = function(np.asarray(order)[()], np.asarray(x)[()])
    if not (isinstance(x, np.ndarray) and x.dtype.itemsize < 8):
        return found
    return tuple(y.astype(np.complex64 if np.iscomplexobj(y) else np.float32) for y in found)


def _pulled(grad: Any, orders: Tensor, x: Tensor, value: Tensor, slope: Tensor) -> Tensor:
    """The differential equation: each order k has a = -k - 1/2; far out x² is infinite."""
    bend = x / 2 * (x / 2 * value) - (orders + 0.5) * value
    total: Tensor = (grad[0] * slope + grad[1] * bend).sum()
    return total


def _orders(name: str, v: Any, x: Any) -> Tensor:
    """The orders of both sequences, which have two members at least."""
    if not float(v) >= 0:
        raise MissingDerivativeError(
            f"npbridge.special.{name}_seq has no derivative for v < 0, got v = {float(v)}: SciPy's "
            f"values are those of other orders.\nUse npbridge.special.{name} at each order."
        )
    return float(v) - int(v) + torch.arange(_count(v), dtype=torch.float64, device=x.device)


def _count(v: Any) -> int:
    return max(int(v), 1) + 1


def _empty(v: Any, x: Any) -> tuple[Tensor, Tensor]:
    return x.new_empty(_count(v)), x.new_empty(_count(v))


def _pbdv_seq(v: Any, x: Any) -> Any:
    return _called(sc.pbdv_seq, v, x)


pbdv_seq = described(
    numpy_op(_pbdv_seq, name="pbdv_seq", differentiable=("x",)),
    title="Dᵤ(x) for u = v - ⌊v⌋ ... v, parabolic cylinder functions, and their derivatives.",
    source="DLMF 12.2.2",
    domain={"x": (-5.0, 5.0)},
    edges=[((0, 0.0), {"x": 0.5}), ((2, 0.0), {"x": 3.0})],
    notes=f"{NOTES} `pbdv`.",
)
pbdv_seq.register_fake(_empty)


@pbdv_seq.register_vjp(composite=True)
def _pbdv_gradient(grad: Any, v: Any, x: Any) -> Any:
    orders, wide = _orders("pbdv", v, x), x.double()
    return _pulled(grad, orders, wide, *pbdv_seq(v, wide)).to(x.dtype)


def _pbvv_seq(v: Any, x: Any) -> Any:
    return _called(sc.pbvv_seq, v, x)


pbvv_seq = described(
    numpy_op(_pbvv_seq, name="pbvv_seq", differentiable=("x",)),
    title="Vᵤ(x) for u = v - ⌊v⌋ ... v, parabolic cylinder functions too, and their derivatives.",
    source="DLMF 12.2.2",
    domain={"x": (-3.0, 5.0)},
    edges=[((0, 0.0), {"x": 1.9947114020071635})],
    notes=f"{NOTES} `pbvv`.",
)
pbvv_seq.register_fake(_empty)


@pbvv_seq.register_vjp(composite=True)
def _pbvv_gradient(grad: Any, v: Any, x: Any) -> Any:
    orders, wide = _orders("pbvv", v, x), x.double()
    return _pulled(grad, orders, wide, *pbvv_seq(v, wide)).to(x.dtype)


def _refuse_complex(complex_: bool, dtype: Any) -> None:
    if complex_:
        raise UnsupportedTensorError(
            "npbridge.special.pbdn_seq does not take complex numbers for 'z'.\n"
            f"  expected  a real tensor or number\n  got       {dtype}\n"
            "SciPy's values are wrong there: that of order 0 lacks its imaginary part."
        )


def _pbdn_seq(n: Any, z: Any) -> Any:
    _refuse_complex(np.iscomplexobj(z), np.asarray(z).dtype)
    return _called(sc.pbdn_seq, n, z)


pbdn_seq = described(
    numpy_op(_pbdn_seq, name="pbdn_seq", differentiable=("z",)),
    title="Dₖ(z) for k = 0 ... n, parabolic cylinder functions, and their derivatives.",
    source="DLMF 12.2.2",
    domain={"z": (-5.0, 5.0)},
    edges=[((0, 0.0), {"z": 0.5}), ((2, 0.0), {"z": 3.0})],
    notes="`n` is a Python int, and `z` a single real number: SciPy's values (1.17.1) are wrong "
    "for complex ones. As in SciPy, the result is complex; for n < -1 it has the orders 0, -1 "
    "and -2 only, and for n = -1 the orders 0 and 1.",
)


@pbdn_seq.register_fake
def _pbdn_fake(n: Any, z: Any) -> tuple[Tensor, Tensor]:
    _refuse_complex(z.is_complex(), z.dtype)
    dtype = torch.promote_types(z.dtype, torch.complex32)
    count = 3 if int(n) < -1 else _count(n)
    return z.new_empty(count, dtype=dtype), z.new_empty(count, dtype=dtype)


@pbdn_seq.register_vjp(composite=True)
def _pbdn_gradient(grad: Any, n: Any, z: Any) -> Any:
    wide = z.double()
    values, slopes = (y.real for y in pbdn_seq(n, wide))
    orders = torch.arange(len(values), dtype=torch.float64, device=z.device)
    orders = -orders if int(n) < -1 else orders
    real = [g.real for g in grad]
    return _pulled(real, orders, wide, values, slopes).to(z.dtype)
