"""Fourier coefficients of Mathieu functions. DLMF 28.4."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.special as sc
from torch import Tensor

from npbridge import numpy_op
from npbridge.special import _mathieu_series
from npbridge.special._entry import described

__all__ = ["mathieu_even_coef", "mathieu_odd_coef"]

SOURCE = "DLMF 28.4(ii) and the perturbation series of Rayleigh and Schrödinger"
NOTES = (
    "`m` is a Python int, and `q` a single number, at least 0. The number of coefficients depends "
    "on q: compiled code breaks there. The derivative is that of the true coefficients, up to "
    "q = 1e6. "
)


def _called(function: Any, m: Any, q: Any) -> Any:
    """SciPy's function, which takes numbers only, in the precision of the argument."""
    found = function(m, np.asarray(q, np.float64)[()])
    return found.astype(q.dtype) if isinstance(q, np.ndarray) else found


def _coefficients_dn(n: int, odd: bool, m: int, count: int, q: Any) -> Any:
    """The first coefficients that SciPy has."""
    found = np.zeros(count, np.result_type(q))
    size = float(_mathieu_series.window(m, q))
    if not np.isfinite(size):
        return found * np.nan
    given = np.array([q], dtype=np.float64)
    own, multiples = _mathieu_series.coefficients(odd, n, m, int(size), given)
    places = (multiples - (m % 2 or 2 * odd)).astype(np.int64) // 2
    kept = places < count
    found[places[kept]] = own[0][kept]
    return found


mathieu_coef_dn = numpy_op(_coefficients_dn, name="mathieu_coef_dn", differentiable=("q",))


@mathieu_coef_dn.register_fake
def _same_count(n: int, odd: bool, m: int, count: int, q: Any) -> Tensor:
    del n, odd, m
    return q.new_empty(count)  # type: ignore[no-any-return]


@mathieu_coef_dn.register_vjp(composite=True)
def _next(grad: Any, n: int, odd: bool, m: int, count: int, q: Any) -> Any:
    return (grad * mathieu_coef_dn(n + 1, odd, m, count, q)).sum()


def _even(m: Any, q: Any) -> Any:
    return _called(sc.mathieu_even_coef, m, q)


mathieu_even_coef = described(
    numpy_op(_even, name="mathieu_even_coef", differentiable=("q",)),
    title="The Fourier coefficients of the even Mathieu function ceₘ(x, q).",
    source=SOURCE,
    domain={"q": (0.0, 20.0)},
    edges=[((0, 0.0), {"q": -(0.125**0.5)}), ((1, 0.0), {"q": -0.125}), ((2, 0.0), {"q": 1 / 6})],
    notes=NOTES + "SciPy's value is 3e-11 off at m = 2, q = 1e-4, and wrong where that of "
    "mathieu_a is.",
)


@mathieu_even_coef.register_vjp(composite=True)
def _even_gradient(grad: Any, m: Any, q: Any) -> Any:
    return (grad * mathieu_coef_dn(1, False, int(m), len(grad), q)).sum()


def _odd(m: Any, q: Any) -> Any:
    return _called(sc.mathieu_odd_coef, m, q)


mathieu_odd_coef = described(
    numpy_op(_odd, name="mathieu_odd_coef", differentiable=("q",)),
    title="The Fourier coefficients of the odd Mathieu function seₘ(x, q).",
    source=SOURCE,
    domain={"q": (0.0, 20.0)},
    edges=[((1, 0.0), {"q": -0.125}), ((2, 0.0), {"q": -1 / 12})],
    notes=NOTES + "SciPy's value is 5e-11 off at m = 6, q = 1e-4, and wrong where that of "
    "mathieu_b is.",
)


@mathieu_odd_coef.register_vjp(composite=True)
def _odd_gradient(grad: Any, m: Any, q: Any) -> Any:
    return (grad * mathieu_coef_dn(1, True, int(m), len(grad), q)).sum()
