"""Functions of one integer order, for arrays of orders."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

__all__ = ["by_order"]


def _whole(order: Any) -> int:
    if order != np.trunc(order):
        raise ValueError(f"the order n must be a whole number, got {order}")
    return int(order)


def by_order(function: Callable[..., Any], n: Any, *arguments: Any) -> Any:
    """``function(*arguments, n)`` without warnings, and for an array ``n`` order by order."""
    # In double precision: the sums that SciPy takes for derivatives cancel in single.
    arguments = tuple(np.asarray(a, np.result_type(a, np.float64)) for a in arguments)
    orders = np.asarray(n)
    with np.errstate(all="ignore"):
        if orders.ndim == 0:
            return function(*arguments, _whole(orders))
        orders, *arrays = np.broadcast_arrays(orders, *arguments)
        result = np.empty(orders.shape, np.result_type(np.float64, *arrays))
        for order in np.unique(orders):
            chosen = orders == order
            part = function(*[a[chosen] for a in arrays], _whole(order))
            result = result.astype(np.result_type(result, part), copy=False)
            result[chosen] = part
        return result
