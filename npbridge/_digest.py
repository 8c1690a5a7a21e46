"""A digest of all that decides what a function computes, the same in every process.

Compiled code that outlives a process is kept under it, and not met again after an edit to a
function or to what it refers to, nor after an upgrade of a library. What cannot be read, such as
C state, differs in every process: a miss costs a compilation, a false match a wrong result.
"""

from __future__ import annotations

import contextlib
import functools
import os
import re
import struct
import sys
import types
import weakref
from collections.abc import Callable, Iterable
from enum import Enum
from hashlib import blake2b
from itertools import count
from operator import attrgetter
from typing import Any

import numpy as np
import torch

from npbridge._referents import MISSING, Unloaded, address, codes, is_library, referents, version

_BUILT_ON = {"scipy": ("scipy", "numpy")}
"""Where compiled functions that do not tell their module are public."""
_SLOTS = (types.GetSetDescriptorType, types.MemberDescriptorType)
# What the methods of a class do not compute with, or hold in their closures too.
_INCIDENTAL = re.compile(
    r"_abc_impl|__(dict|weakref|doc|module|firstlineno|static_attributes|annotations|annotate"
    r"|annotate_func|annotations_cache|orig_bases|parameters|type_params|dataclass_\w+)__"
)
_ATOMS: dict[type, Callable[[Any], bytes]] = {
    int: lambda x: hex(x).encode(),  # decimal digits are limited in number
    float: lambda x: struct.pack("<d", x),
    complex: lambda x: struct.pack("<dd", x.real, x.imag),
    str: lambda x: x.encode("utf-8", "surrogatepass"),
    bytes: lambda x: x,
    **dict.fromkeys((type(None), type(...), type(NotImplemented)), lambda _: b""),
    **dict.fromkeys(
        (bool, torch.dtype, torch.device, torch.layout, torch.memory_format),
        lambda x: str(x).encode(),
    ),
}
_PARTS: dict[type, Callable[[Any], Iterable[object]]] = {
    **dict.fromkeys((tuple, list), lambda x: x),
    **dict.fromkeys((dict, types.MappingProxyType), lambda x: x.items()),
    **dict.fromkeys((staticmethod, classmethod), lambda x: (x.__func__,)),
    types.MethodType: attrgetter("__func__", "__self__"),
    property: attrgetter("fget", "fset", "fdel"),
    functools._lru_cache_wrapper: lambda x: (x.__wrapped__,),
    # Without file, lines and names: functions may move.
    types.CodeType: attrgetter(
        *("co_code", "co_exceptiontable", "co_consts", "co_names", "co_varnames", "co_flags"),
        *("co_freevars", "co_cellvars"),
        *("co_argcount", "co_posonlyargcount", "co_kwonlyargcount"),
    ),
}
_UNSHARED = frozenset({tuple, frozenset, types.CodeType})
"""Constants: whether equal ones are one object depends on who compiled or loaded them."""

_process = os.urandom(16)
_fresh = count()
_numbers: dict[int, tuple[weakref.ref[Any], int]] = {}


def digest(*ingredients: object) -> str:
    """Name what these ingredients compute.

    Parameters
    ----------
    *ingredients
        Data, functions, classes, modules, or objects whose method `digest_ingredients` returns a
        tuple of such.

    Returns
    -------
    str
        16 hexadecimal digits, the same in every process where the ingredients and all that their
        functions refer to are the same.
    """
    hasher = _Hasher()
    try:
        hasher.node("digest", sys.implementation.cache_tag, *ingredients)
    except (RecursionError, _TooLargeError):  # what cannot be read is never met again
        return os.urandom(8).hex()
    return hasher.hash.hexdigest()


class _TooLargeError(Exception):
    """A function that refers to half the program, as tests and notebooks do."""


_MOST_VISITS = 20_000  # a tenth of a second; an op of the catalogue takes a few thousand


class _Hasher:
    """Writes objects as tagged nodes with their sizes: no two structures read the same."""

    def __init__(self) -> None:
        self.hash = blake2b(digest_size=8)
        self.visits = 0
        self.seen: dict[object, tuple[int, object]] = {}  # objects too, lest an id is used again

    def raw(self, tag: str, content: bytes) -> None:
        self.hash.update(b"%s:%d:%s" % (tag.encode(), len(content), content))

    def node(self, tag: str, *children: object) -> None:
        self.raw(tag, b"%d" % len(children))
        for child in children:
            self.feed(child)

    def feed(self, x: Any) -> None:
        cls = type(x)
        self.visits += 1
        if self.visits > _MOST_VISITS:
            raise _TooLargeError
        if cls in _ATOMS:
            self.raw(f"{cls.__module__}.{cls.__qualname__}", _ATOMS[cls](x))
        elif isinstance(x, types.ModuleType):
            self.module(x, None)
        elif (place := address(x)) is not None:
            self.library(*place)
        elif cls in _UNSHARED or self.is_first(id(x), x):
            self.compound(x, cls)

    def is_first(self, key: object, x: object) -> bool:
        """Whether this is the first visit; a later one is written as a reference to it."""
        if key in self.seen:
            self.raw("again", b"%d" % self.seen[key][0])
            return False
        self.seen[key] = len(self.seen), x
        return True

    def compound(self, x: Any, cls: type) -> None:
        if cls in _PARTS:
            self.node(cls.__name__, *_PARTS[cls](x))
        elif cls in {set, frozenset}:
            self.node(cls.__name__, *sorted(map(self.apart, x)))
        elif cls is types.FunctionType:
            self.function(x)
        elif isinstance(x, type):
            kept = (k for k, v in vars(x).items() if not isinstance(v, _SLOTS))
            held = {k: vars(x)[k] for k in sorted(kept) if not _INCIDENTAL.fullmatch(k)}
            self.node("class", x.__qualname__, cls, x.__bases__, held)
        elif isinstance(x, np.dtype):
            self.node("dtype", repr(x))
        elif cls is np.ndarray:
            # Bytes of objects are addresses.
            content = x.tolist() if x.dtype.hasobject else x.tobytes()
            self.node("array", repr(x.dtype), x.shape, content)
        elif isinstance(x, torch.Tensor):
            self.tensor(x)
        elif hasattr(cls, "digest_ingredients"):
            self.node("ingredients", cls.__qualname__, *x.digest_ingredients())
        elif isinstance(x, Enum):
            self.node("enum", cls, x._name_, x._value_)
        else:
            self.instance(x)

    def unknown(self, x: object) -> None:
        self.node("unknown", _process, os.getpid(), _number(x))  # a fork inherits the first

    def library(self, module: str, name: str = "") -> None:
        top = module.partition(".")[0]
        self.node("library", module, name, *map(version, _BUILT_ON.get(top, (top,))))

    def apart(self, x: object) -> bytes:
        """The digest of `x` within what was visited so far, whatever its siblings."""
        outer, self.hash, visited = self.hash, blake2b(digest_size=16), len(self.seen)
        self.feed(x)
        inner, self.hash = self.hash, outer
        while len(self.seen) > visited:
            self.seen.popitem()
        return inner.digest()

    def function(self, fn: types.FunctionType) -> None:
        inner = list(codes(fn.__code__))
        found = dict(referents(fn, inner))
        self.node("function", fn.__code__, vars(fn), len(found))
        self.refer(found, tuple(sorted({name for code in inner for name in code.co_names})))

    def refer(self, found: dict[Any, Any], names: tuple[str, ...]) -> None:
        """What a function refers to; of modules the attributes that it names."""
        for label, x in found.items():
            self.feed(label)
            if x is MISSING:
                self.node("missing")
            elif isinstance(x, types.ModuleType):
                self.module(x, names)
            else:
                self.feed(x)

    def module(self, x: types.ModuleType, names: tuple[str, ...] | None) -> None:
        """`names` are the attributes in use; which they are of modules among data is unknown."""
        if is_library(x.__name__):
            self.library(x.__name__)
        elif names is None or isinstance(x, Unloaded):
            self.unknown(x)
        elif self.is_first((id(x), names), x):
            found = {name: getattr(x, name) for name in names if hasattr(x, name)}
            self.node("module", x.__name__, len(found))
            self.refer(found, names)

    def tensor(self, x: torch.Tensor) -> None:
        if type(x) not in {torch.Tensor, torch.nn.Parameter} or x.device.type != "cpu":
            return self.unknown(x)
        try:
            flat = x.detach().resolve_conj().resolve_neg().contiguous().reshape(-1)
            content = flat.view(torch.uint8).numpy().tobytes()
        except (AssertionError, RuntimeError):  # sparse, or under a transform: it has no bytes
            return self.unknown(x)
        return self.node(type(x).__name__, x.dtype, tuple(x.shape), x.requires_grad, content)

    def instance(self, x: Any) -> None:
        """As its parts for a copy, where these are Python's or a library's word, not a user's."""
        cls, words = type(x), ("__reduce_ex__", "__reduce__", "__getstate__")
        plain = all(getattr(cls, word) is getattr(object, word) for word in words)
        parts = None
        if plain or address(cls):
            with contextlib.suppress(Exception):  # types with C state refuse, with any error
                parts = x.__reduce_ex__(2)
        if not isinstance(parts, tuple):
            return self.unknown(x)
        return self.node("instance", cls, *parts[:3], *(p and list(p) for p in parts[3:5]))


def _number(x: object) -> int:
    """A number of this very object; a new one each time where it cannot be known again."""
    key = id(x)
    reference, number = _numbers.get(key, (None, 0))
    if reference is None or reference() is not x:
        number = next(_fresh)
        with contextlib.suppress(TypeError):
            _numbers[key] = weakref.ref(x, lambda _: _numbers.pop(key, None)), number
    return number
