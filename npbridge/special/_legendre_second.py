"""Legendre functions of the second kind, of all degrees and orders at once. DLMF chapter 14."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.special as sc

from npbridge import NumpyOp, numpy_op
from npbridge.special import _legendre_second_kind
from npbridge.special._entry import described
from npbridge.special._legendre_gradients import (
    empty,
    is_single,
    over_batch,
    pulled,
    rounded,
    shape_of,
    wide,
)

__all__ = ["lqmn", "lqn"]

Op = NumpyOp[..., Any]

_SECOND = "DLMF 14.6(i), 14.10.3 and 14.2.1"


def _all_q_dn(n: int, order: int, degree: int, z: Any) -> Any:
    return _legendre_second_kind.all_legendre_q_dn(n, order, degree, z)


all_legendre_q_dn: Op = numpy_op(_all_q_dn, name="all_legendre_q_dn", differentiable=("z",))
all_legendre_q_dn.register_vmap(over_batch(all_legendre_q_dn, ("z",), 2))


@all_legendre_q_dn.register_vjp(composite=True)
def _all_legendre_q_dn_vjp(grad: Any, n: int, order: int, degree: int, z: Any) -> Any:
    return {"z": pulled(grad, all_legendre_q_dn(n + 1, order, degree, z), z)}


@all_legendre_q_dn.register_fake
def _all_legendre_q_dn_fake(n: int, order: int, degree: int, z: Any) -> Any:  # noqa: ARG001  # the parameters of the op
    return empty((order + 1, degree + 1, *shape_of(z)), z)


def in_double(z: Any) -> Any:
    """What SciPy computes on: of single precision it would return arrays of double precision with
    numbers that are not (1.17.1).
    """
    return z.astype(np.result_type(z, np.float64)) if is_single(z) else z


def _lqn(n: int, z: Any) -> Any:
    return rounded(sc.lqn(n, in_double(z)), z)


lqn: Op = described(
    numpy_op(_lqn, name="lqn", differentiable=("z",)),
    title="Qⱼ(z) for j from 0 to n, and the derivatives.",
    source=_SECOND,
    domain={"z": (-0.9, 0.9)},
    edges=[((1, 0.0), {"z": 3.0})],
    notes="The derivatives are right, SciPy's values are not everywhere: left of z = -1.021 they "
    "lose (2|z|)²ⁿ eps; right of z = 1.021 Q₀ is 0 if n < 2; at z = ±1, and at complex z with real "
    "part 1, they are 1e300; at complex z with 1 < |z| < 1.1 most are NaN.",
)
lqn.register_vmap(over_batch(lqn, ("z",), 1))


@lqn.register_vjp(composite=True)
def _lqn_vjp(grad: Any, n: int, z: Any) -> Any:
    """Values are followed by their first derivatives, these by the second."""
    x = wide(z)
    return {
        "z": sum(pulled(g, all_legendre_q_dn(i + 1, 0, n, x)[0], z) for i, g in enumerate(grad))
    }


@lqn.register_fake
def _lqn_fake(n: int, z: Any) -> Any:
    shape = (n + 1, *shape_of(z))
    return empty(shape, z), empty(shape, z)


def _lqmn(m: int, n: int, z: Any) -> Any:
    x = in_double(z)
    found = sc.lqmn(m, n, x)
    if not np.iscomplexobj(x) and (lost := (np.less_equal(-1.1, x) & np.less(x, -1.0))).any():
        # There SciPy (1.17.1) returns memory that it never wrote to.
        true = [_legendre_second_kind.all_legendre_q_dn(d, m, n, x) for d in (0, 1)]
        pairs = zip(found, true, strict=True)
        found = tuple(np.where(lost & ~np.isclose(y, q, 1e-6, 0.0), q, y) for y, q in pairs)
    return rounded(found, z)


lqmn: Op = described(
    numpy_op(_lqmn, name="lqmn", differentiable=("z",)),
    title="Qⱼᵏ(z) for k from 0 to m and j from 0 to n, and the derivatives.",
    source=_SECOND,
    domain={"z": (-0.9, 0.9)},
    edges=[((0, 1, 0.0), {"z": 3.0})],
    notes="For -1.1 <= z < -1 SciPy returns memory that it never wrote to; here values are right. "
    "At z = ±1 SciPy's values are 1e300, and the derivatives the limits from within.",
)
lqmn.register_vmap(over_batch(lqmn, ("z",), 2))


@lqmn.register_vjp(composite=True)
def _lqmn_vjp(grad: Any, m: int, n: int, z: Any) -> Any:
    """Values are followed by their first derivatives, these by the second."""
    x = wide(z)
    return {"z": sum(pulled(g, all_legendre_q_dn(i + 1, m, n, x), z) for i, g in enumerate(grad))}


@lqmn.register_fake
def _lqmn_fake(m: int, n: int, z: Any) -> Any:
    shape = (m + 1, n + 1, *shape_of(z))
    return empty(shape, z), empty(shape, z)
