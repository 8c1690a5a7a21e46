"""The names of dispatcher ops, and ops found by name.

A name carries a digest of all that decides a result, so that a compiled function that another
process cached never meets an op that has changed. Ops are defined on first use; a graph that was
saved, or cached, may be the first to use one, and finds it here by its name.
"""

from __future__ import annotations

import functools
import re
import weakref
from importlib import metadata
from typing import TYPE_CHECKING, Any

import torch

from npbridge._torch_private import install_namespace
from npbridge._version import __version__
from npbridge.errors import StaleOpError

if TYPE_CHECKING:
    from npbridge._dispatch import Overload
    from npbridge._op import NumpyOp
    from npbridge._primitive import Primitive

NAME = "npbridge"
_DIGESTED = re.compile("_[0-9a-f]{16}(_[0-9]+)?$")
_ops: weakref.WeakSet[Any] = weakref.WeakSet()
_defined: weakref.WeakValueDictionary[str, Overload] = weakref.WeakValueDictionary()


@functools.cache
def versions() -> tuple[str, ...]:
    """Of all that computes."""
    return __version__, metadata.version("numpy"), metadata.version("scipy")


def announce(op: NumpyOp[..., Any]) -> None:
    """Let an op be found by its name."""
    _ops.add(op)


def name_for(primitive: Primitive, overload: Overload) -> str:
    """A name that no living op has; the first of several equal ones has the bare digest."""
    stem = name = base(primitive)
    count = 1
    while name in _defined:
        count += 1
        name = f"{stem}_{count}"
    _defined[name] = overload
    return name


def base(primitive: Primitive) -> str:
    """The name of a primitive: its own, and the digest."""
    return f"{_identifier(primitive.name)}_{primitive.digest()}"


def operator(name: str) -> Any:
    """The OpOverload of a name."""
    return getattr(getattr(torch.ops, NAME), name).default


def find(name: str) -> None:
    """Define the op of this name, if there is one; called where torch.ops does not have it."""
    if not _DIGESTED.search(name) or name in _defined:
        return
    near: list[Any] = [op for op in list(_ops) if name.startswith(_identifier(op.name) + "_")]
    for op in near:
        for primitive in (op, *op.rules.numpy_rules()):
            if base(primitive) == name:
                primitive.dispatcher()
                return
    stem = _DIGESTED.sub("", name)
    if near:
        raise StaleOpError(
            f"a saved or compiled graph uses {name}, and {near[0].label} is another version now.\n"
            "The function, a rule, an option, or NumPy or SciPy has changed since: export or "
            "compile again."
        )
    raise StaleOpError(
        f"a saved or compiled graph uses {name}, and no op of this process is called {stem}.\n"
        f"Import the module that defines {stem} before loading the graph."
    )


def _identifier(name: str) -> str:
    return re.sub(r"[^0-9a-zA-Z_]", "_", name)


install_namespace(NAME, find)
