"""What a function refers to, read out of its code: globals, imports, and where they live."""

from __future__ import annotations

import builtins
import dis
import functools
import sys
import types
from collections.abc import Iterable, Iterator
from importlib import metadata
from typing import Any

_LIBRARIES = frozenset({"numpy", "scipy", "torch"})
_HOMES = ("numpy", "scipy.special", "scipy.linalg.lapack", "scipy.linalg.blas")
_HEAP_TYPE = 1 << 9  # Py_TPFLAGS_HEAPTYPE: types without it are C's own, not all under a name
_LOADS = frozenset({"LOAD_GLOBAL", "LOAD_NAME", "LOAD_FROM_DICT_OR_GLOBALS"})
MISSING = object()


# As Python has them: torch.export has an isinstance of its own while it traces (2.13).
_BUILTINS = dict(vars(builtins))


def is_library(module: str) -> bool:
    """Whether a module's functions count by version: NumPy's, SciPy's, torch's, Python's."""
    top = module.partition(".")[0]
    return top in _LIBRARIES or top in sys.stdlib_module_names


def version(top: str) -> str:
    """The version of a package."""
    if top in sys.stdlib_module_names:
        return sys.version.split()[0]
    version = getattr(sys.modules.get(top), "__version__", None)
    return metadata.version(top) if version is None else str(version)


def address(x: Any) -> tuple[str, str] | None:
    """The module and name under which a library offers `x`.

    What it says of itself is not enough: `functools.wraps` copies that to other functions.
    """
    told = getattr(x, "__qualname__", None), getattr(x, "__name__", None)
    paths = [path.rpartition(" ")[2] for path in told if isinstance(path, str)]  # "function dgesv"
    own = getattr(x, "__module__", None)
    for home in (own, *_HOMES) if paths else ():
        if isinstance(home, str) and home in sys.modules and is_library(home):
            for path in paths:
                if _attribute(sys.modules[home], path) is x:
                    return home, path
    if isinstance(x, type) and not x.__flags__ & _HEAP_TYPE and is_library(x.__module__):
        return x.__module__, x.__qualname__
    return None


def _attribute(module: types.ModuleType, path: str) -> Any:
    first, *rest = path.split(".")
    names = _BUILTINS if module is builtins else vars(module)
    found = names.get(first)  # not asking the module, which might import for it
    return functools.reduce(lambda x, name: getattr(x, name, None), rest, found)


def codes(code: types.CodeType) -> Iterator[types.CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from codes(constant)


def referents(
    fn: types.FunctionType, codes: Iterable[types.CodeType]
) -> Iterator[tuple[object, Any]]:
    """Where a function finds what it refers to, and what is there now."""
    yield from (fn.__kwdefaults__ or {}).items()
    yield from enumerate(fn.__defaults__ or ())
    for name, cell in zip(fn.__code__.co_freevars, fn.__closure__ or (), strict=True):
        try:
            yield ("cell", name), cell.cell_contents
        except ValueError:  # it is not assigned yet
            yield ("cell", name), MISSING
    for code in codes:
        steps = [step for step in dis.get_instructions(code) if step.opname != "EXTENDED_ARG"]
        for i, step in enumerate(steps):
            if step.opname in _LOADS:
                value = fn.__globals__.get(step.argval, _BUILTINS.get(step.argval, MISSING))
                yield ("global", step.argval), value
            elif step.opname == "IMPORT_NAME":
                level, members = steps[i - 2].argval, steps[i - 1].argval
                statement = level, step.argval, members
                yield ("import", *statement), _imported(fn, *statement)


def _imported(
    fn: types.FunctionType, level: int, name: str, members: tuple[str, ...] | None
) -> types.ModuleType:
    """What an import statement of `fn` finds if it has run; it is not run here for its effects."""
    package = (fn.__globals__.get("__package__") or "").split(".")
    above = package[: len(package) + 1 - level] if level else []
    target = ".".join([*above, *filter(None, [name])])
    module = sys.modules.get(target)
    if module is None or not all(hasattr(module, member) for member in members or ()):
        return _unloaded(target)
    return module if members else sys.modules[target.partition(".")[0]]


class Unloaded(types.ModuleType):
    """A module of which a name alone is known."""


_unloaded = functools.cache(Unloaded)
