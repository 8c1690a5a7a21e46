"""Functions whose single precision loops lose digits, in double precision."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from npbridge._precision import widened


def in_double(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function in double precision, whatever that of its arguments; an op rounds what it gives.

    The reason is always the same: values are to be right to float32 rounding, and SciPy's loops for
    it are not, or what a formula subtracts is not.
    """

    @functools.wraps(function)
    def wide(*arguments: Any, **options: Any) -> Any:
        return function(*map(widened, arguments), **options)

    if isinstance(function, np.ufunc):
        del wide.__wrapped__  # whose argument names are x1, x2, ...
    return wide
