"""Functions of SciPy that crash the interpreter at some arguments: NaN there instead."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np


def guarded(function: Callable[..., Any], place: int, safe: Callable[..., Any], *args: Any) -> Any:
    """Call a ufunc with a harmless number in one argument where `safe` does not hold; NaN there."""
    with np.errstate(all="ignore"):
        held = safe(*args)
    if np.all(held):
        return function(*args)
    given = np.asarray(args[place])
    found = function(*args[:place], np.where(held, given, given.dtype.type(1)), *args[place + 1 :])
    if isinstance(found, tuple):
        return tuple(np.where(held, y, y.dtype.type(np.nan)) for y in found)
    return np.where(held, found, found.dtype.type(np.nan))


def moderate_q(*args: Any) -> Any:
    """Where SciPy 1.17.1 can tell Mathieu functions: at NaN, and from q = 1e8, it crashes."""
    return abs(np.asarray(args[1])) <= 1e5


def moderate_cv(*args: Any) -> Any:
    """Where SciPy 1.17.1 can tell characteristic values: at NaN, and from c = 300, it crashes."""
    m, n, c = map(np.asarray, args)
    return c + (n - m) / 2 <= 240


def moderate_angular(*args: Any) -> Any:
    """The same of angular functions: from c = 190."""
    m, n, c = map(np.asarray, args[:3])
    return c + (n - m) / 2 <= 150


def moderate_radial(*args: Any) -> Any:
    """The same of radial functions: from c = 100."""
    return np.asarray(args[2]) + np.asarray(args[1]) / 2 <= 90
