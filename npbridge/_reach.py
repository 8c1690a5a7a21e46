"""Whether a function may come across a tensor other than its arguments.

`Function.forward` runs with grad mode off, where `np.asarray(weight)` of a weight that the
function closes over loses the gradient in silence. For functions that may do so grad mode is on
while they run, and torch refuses; asking once spares the others 0.15 us a call.
"""

from __future__ import annotations

import builtins
import dis
from types import BuiltinFunctionType, CodeType, FunctionType, ModuleType
from typing import Any

import numpy as np

_PURE = frozenset({"builtins", "cmath", "math", "numpy", "scipy"})
_INERT = (bool, int, float, complex, str, bytes, np.ufunc, np.number)
_NAMED = (FunctionType, BuiltinFunctionType, type)


def may_reach_tensors(fn: Any) -> bool:
    """False only where all that `fn` refers to is numbers and the functions of NumPy and SciPy."""
    if isinstance(fn, np.ufunc):
        return False
    if not isinstance(fn, FunctionType) or fn.__closure__:
        return True
    return any(
        operation == "IMPORT_NAME" or not _is_pure(_value(fn, name))
        for operation, name in _references(fn.__code__)
    )


def _value(fn: FunctionType, name: str) -> Any:
    """What a global name means now; None, which is not pure, where it means nothing yet."""
    return fn.__globals__.get(name, getattr(builtins, name, None))


def _is_pure(x: Any) -> bool:
    if isinstance(x, ModuleType):
        return x.__name__.split(".")[0] in _PURE
    if isinstance(x, _NAMED):
        return (x.__module__ or "").split(".")[0] in _PURE
    return isinstance(x, _INERT)


def _references(code: CodeType) -> set[tuple[str, str]]:
    own = {
        (step.opname, step.argval)
        for step in dis.get_instructions(code)
        if step.opname in {"LOAD_GLOBAL", "LOAD_NAME", "IMPORT_NAME"}
    }
    inner = (c for c in code.co_consts if isinstance(c, CodeType))
    return own.union(*map(_references, inner))
