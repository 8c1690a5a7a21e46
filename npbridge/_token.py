"""Tokens: a call, less its tensors, as the string that a dispatcher op is given.

A token is text that any process can read, so that a graph can be saved; or, for objects that no
text can stand for, the number of one that lives in this process.
"""

from __future__ import annotations

import enum
import itertools
import json
import secrets
import sys
import types
import weakref
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from npbridge._slots import BY_NAME, TENSOR, Slot
from npbridge._torch_private import TreeSpec, tree_flatten, treespec_dumps, treespec_loads
from npbridge.errors import TransformError

if TYPE_CHECKING:
    from npbridge._call import Call
    from npbridge._primitive import Primitive

_serial = itertools.count()
_running: weakref.WeakValueDictionary[str, Any] = weakref.WeakValueDictionary()
_objects: list[Any] = []
_known: dict[int, int] = {}
_PROCESS = secrets.token_hex(4)


def of_running(call: Any) -> str:
    """A token for as long as `call` lives."""
    token = f"#{next(_serial)}"
    _running[token] = call
    return token


def running(token: str, label: str) -> Any:
    """The call such a token stands for."""
    call = _running.get(token)
    if call is None:
        raise TransformError(
            f"{label} was recorded in a graph with an argument that a graph cannot hold, and the "
            "call is gone.\n"
            "Pass tensors, arrays, numbers, strings, or functions of a module."
        )
    return call


def of_call(call: Call) -> str:
    """The token of a call; the empty one where all its values are tensors."""
    flat = call.flat
    positional: Any = getattr(call.primitive, "parameters", None)
    by_position = positional is None or len(call.leaves) <= len(positional.positional)
    if flat and by_position and all(x is TENSOR for x in call.leaves):
        return ""
    leaves = [dump(x) for x in call.leaves]
    return json.dumps({"leaves": leaves} if flat else {"leaves": leaves, "tree": tree(call.tree)})


def to_call(primitive: Primitive, token: str) -> tuple[TreeSpec, list[Any]]:
    """The structure and the leaves a token stands for."""
    read = json.loads(token)
    leaves = [load(x, primitive.label) for x in read["leaves"]]
    if "tree" in read:
        return load_tree(read["tree"], primitive.label), leaves
    return tree_flatten(tuple(leaves))[1], leaves


def tree(spec: TreeSpec) -> Any:
    """A structure as text."""
    try:
        return treespec_dumps(spec)
    except NotImplementedError:  # a container that torch cannot name
        return _object(spec)


def load_tree(read: Any, label: str) -> TreeSpec:
    """A structure out of its text."""
    return treespec_loads(read) if isinstance(read, str) else load(read, label)


def dump(x: Any) -> Any:
    """A leaf as JSON."""
    if x is None or type(x) in (str, bool, int):
        return {"": x}
    for kind, (test, write, _) in _KINDS.items():
        if test(x):
            written = write(x)
            if written is not None:
                return {kind: written}
    return _object(x)


def load(read: Any, label: str) -> Any:
    """A leaf out of its JSON."""
    ((kind, value),) = read.items()
    if kind == "":
        return value
    if kind == "object":
        process, number, what = value
        if process != _PROCESS:
            raise TransformError(
                f"a graph of {label} was saved with an argument that no file can hold: {what}.\n"
                "Pass tensors, arrays, numbers, strings, or functions of a module."
            )
        return _objects[number]
    return _KINDS[kind][2](value)


def _object(x: Any) -> Any:
    """Kept as long as the process lives: a graph may name it at any time."""
    number = _known.get(id(x))
    if number is None:
        number = _known[id(x)] = len(_objects)
        _objects.append(x)
    return {"object": [_PROCESS, number, type(x).__name__]}


def _named(x: Any) -> list[str] | None:
    """Where a function or class is found again, if it is."""
    module, name = getattr(x, "__module__", None), getattr(x, "__qualname__", None)
    if not isinstance(module, str) or not isinstance(name, str) or module == "__main__":
        return None
    return [module, name] if _found(module, name) is x else None


def _found(module: str, name: str) -> Any:
    found: Any = sys.modules.get(module)
    for part in name.split("."):
        found = getattr(found, part, None)
    return found


def _import(place: list[str]) -> Any:
    __import__(place[0])
    return _found(*place)


_FUNCTIONS = (type, types.FunctionType, types.BuiltinFunctionType, np.ufunc)
_KINDS: dict[str, tuple[Callable[[Any], bool], Callable[[Any], Any], Callable[[Any], Any]]] = {
    "slot": (lambda x: isinstance(x, Slot), lambda x: x.name, BY_NAME.__getitem__),
    "float": (lambda x: type(x) is float, float.hex, float.fromhex),
    "complex": (
        lambda x: type(x) is complex,
        lambda x: [x.real.hex(), x.imag.hex()],
        lambda v: complex(*map(float.fromhex, v)),
    ),
    "bytes": (lambda x: type(x) is bytes, bytes.hex, bytes.fromhex),
    "dtype": (
        lambda x: isinstance(x, np.dtype) and x.fields is None and x.subdtype is None,
        lambda x: x.str,
        np.dtype,
    ),
    "number": (
        lambda x: isinstance(x, (np.number, np.bool_)),
        lambda x: [x.dtype.str, x.tobytes().hex()],
        lambda v: np.frombuffer(bytes.fromhex(v[1]), v[0])[0],
    ),
    "torch": (
        lambda x: isinstance(x, torch.dtype),
        lambda x: str(x).removeprefix("torch."),
        lambda v: getattr(torch, v),
    ),
    "slice": (
        lambda x: type(x) is slice,
        lambda x: [dump(x.start), dump(x.stop), dump(x.step)],
        lambda v: slice(*(load(part, "slice") for part in v)),
    ),
    "ellipsis": (lambda x: x is ..., lambda _: True, lambda _: ...),
    "enum": (
        lambda x: isinstance(x, enum.Enum),
        lambda x: _named(type(x)) and [*(_named(type(x)) or ()), x.name],
        lambda v: _import(v[:2])[v[2]],
    ),
    "name": (lambda x: isinstance(x, _FUNCTIONS), _named, _import),
}
