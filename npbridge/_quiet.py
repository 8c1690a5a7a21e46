"""Formulas run with NumPy's floating-point warnings off.

`np.errstate` costs 1.1 us, as much as a small formula; setting the context variable behind it
costs 0.15 us. The variable is found by what it does, since NumPy does not name it in public.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar, copy_context
from typing import Any

import numpy as np

_VARIABLE = "numpy.ufunc.extobj"  # NumPy 2.0 to 2.4


def _find() -> tuple[ContextVar[Any], Any] | None:
    context = copy_context()
    context.run(np.seterr, all="ignore")
    return next(((var, value) for var, value in context.items() if var.name == _VARIABLE), None)


_found = _find()


def quietly(fn: Callable[..., Any]) -> Callable[..., Any]:
    """`fn` with NumPy's floating-point warnings off while it runs."""
    if _found is None:

        def with_errstate(*args: Any) -> Any:
            with np.errstate(all="ignore"):
                return fn(*args)

        return with_errstate
    variable, ignore = _found

    def run(*args: Any) -> Any:
        before = variable.set(ignore)
        try:
            return fn(*args)
        finally:
            variable.reset(before)

    return run
