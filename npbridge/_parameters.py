"""The parameters of a function: their names, how a call binds them, how a rule asks for them."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from npbridge.errors import DeclarationError, sentence

_KINDS = inspect.Parameter
_POSITIONAL = (_KINDS.POSITIONAL_ONLY, _KINDS.POSITIONAL_OR_KEYWORD)


@dataclass(frozen=True)
class Parameters:
    """The parameters of a forward function, in order; a call's values are a tuple in that order.

    `*args` counts as one parameter that holds a tuple, `**kwargs` as one that holds a dict.
    """

    signature: inspect.Signature
    names: tuple[str, ...]
    positional: tuple[str, ...]

    @staticmethod
    def of(fn: Callable[..., Any]) -> Parameters:
        """Read them off a function; a ufunc's are its operands, without out= and the like."""
        if isinstance(fn, np.ufunc):
            kind = inspect.Parameter.POSITIONAL_ONLY
            names = ["x"] if fn.nin == 1 else [f"x{i + 1}" for i in range(fn.nin)]
            return Parameters.from_signature(
                inspect.Signature([inspect.Parameter(name, kind) for name in names])
            )
        return Parameters.from_signature(signature_of(fn))

    @staticmethod
    def named(names: Sequence[str]) -> Parameters:
        """Positional parameters of a function that does not tell its own, such as a ufunc."""
        kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
        return Parameters.from_signature(
            inspect.Signature([inspect.Parameter(name, kind) for name in names])
        )

    @staticmethod
    def leading(fn: Callable[..., Any], names: Sequence[str]) -> Parameters:
        """The first parameters of a function, with their defaults; of one that does not tell, by
        name.
        """
        if not tells_names(fn):
            return Parameters.named(names)
        own = inspect.signature(fn).parameters.values()
        return Parameters.from_signature(
            inspect.Signature(
                [p.replace(annotation=_KINDS.empty) for p in own if p.name in set(names)]
            )
        )

    @staticmethod
    def from_signature(signature: inspect.Signature) -> Parameters:
        """The parameters of a signature; annotations stay with it."""
        listed = signature.parameters
        positional = tuple(n for n, p in listed.items() if p.kind in _POSITIONAL)
        return Parameters(signature, tuple(listed), positional)

    @property
    def required(self) -> tuple[str, ...]:
        """The positional parameters without a default."""
        listed = self.signature.parameters
        return tuple(n for n in self.positional if listed[n].default is _KINDS.empty)

    def bind(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, ...]:
        """The values of a call, defaults filled in; raises TypeError as Python itself does."""
        bound = self.signature.bind(*args, **kwargs)
        bound.apply_defaults()
        return tuple(bound.arguments.values())

    def call(self, fn: Callable[..., Any], values: Sequence[Any]) -> Any:
        """Call `fn` with bound values."""
        if len(self.positional) == len(self.names):
            return fn(*values)
        args: list[Any] = []
        kwargs: dict[str, Any] = {}
        for value, parameter in zip(values, self.signature.parameters.values(), strict=True):
            if parameter.kind in _POSITIONAL:
                args.append(value)
            elif parameter.kind is _KINDS.VAR_POSITIONAL:
                args.extend(value)
            elif parameter.kind is _KINDS.KEYWORD_ONLY:
                kwargs[parameter.name] = value
            else:
                kwargs.update(value)
        return fn(*args, **kwargs)


def signature_of(fn: Callable[..., Any]) -> inspect.Signature:
    """`inspect.signature`, or an error that says what to do about a function without one."""
    try:
        return inspect.signature(fn)
    except (TypeError, ValueError):
        raise DeclarationError(
            f"{fn!r} does not tell its parameters.\n"
            "Wrap it in a def that names them: def f(x): return fn(x)."
        ) from None


def tells_names(fn: Callable[..., Any]) -> bool:
    """Whether a function tells the names of its arguments; ufuncs, partials of them and those that
    take ``*args`` do not.
    """
    if isinstance(fn, (np.ufunc, functools.partial)):
        return False
    listed = signature_of(fn).parameters.values()
    return all(p.kind is not _KINDS.VAR_POSITIONAL for p in listed)


def check_forward(fn: object, decorator: str) -> None:
    """Refuse what cannot be the forward function of an op."""
    if inspect.isclass(fn):
        what = f"{decorator} was applied to the class {fn.__name__}."
        remedy = "Decorate a function; for a class, decorate the method that computes."
    elif inspect.isgeneratorfunction(fn) or inspect.isasyncgenfunction(fn):
        what = f"{decorator} was applied to the generator {fn.__name__}."
        remedy = "Return the arrays, all at once, instead of yielding them."
    elif inspect.iscoroutinefunction(fn):
        what = f"{decorator} was applied to the async function {fn.__name__}."
        remedy = "Decorate a plain function, and await outside of it."
    elif isinstance(fn, (staticmethod, classmethod)):
        what = f"{decorator} was applied to a {type(fn).__name__}."
        remedy = f"Put @{type(fn).__name__} on the outside, above @{decorator}."
    elif not callable(fn):
        what = f"{decorator} was applied to {fn!r}, which is not callable."
        remedy = f"Options go by keyword: @{decorator}(name=...)."
    else:
        return
    raise DeclarationError(sentence(what, remedy=remedy))


def wants_of(
    rule: Callable[..., Any], label: str, forward: Parameters, extra: Sequence[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names a rule asks for: positional ones, then keyword-only ones.

    `extra` are the words that are not parameters of the forward function, `grad` and so on.
    """
    positional: list[str] = []
    keyword: list[str] = []
    known = (*extra, *forward.names)
    skipped = False
    for name, parameter in signature_of(rule).parameters.items():
        if parameter.kind in (_KINDS.VAR_POSITIONAL, _KINDS.VAR_KEYWORD):
            star = "*" if parameter.kind is _KINDS.VAR_POSITIONAL else "**"
            raise DeclarationError(
                sentence(
                    f"{label} takes {star}{name}.",
                    expected=f"names out of {', '.join(known)}",
                    got=f"{star}{name}",
                    remedy="A rule is given what it names, and what none names is not saved.",
                )
            )
        if name not in known:
            if parameter.default is not _KINDS.empty:
                skipped = True
                continue
            raise DeclarationError(
                sentence(
                    f"{label} asks for {name!r}, which does not exist.",
                    expected=f"names out of {', '.join(known)}",
                    got=name,
                )
            )
        by_position = parameter.kind in _POSITIONAL and not skipped
        (positional if by_position else keyword).append(name)
    return tuple(positional), tuple(keyword)


def name_of(fn: Any, decorator: str) -> str:
    """The name of a function, which lambdas and some objects do not have."""
    name: str = getattr(fn, "__name__", "") or getattr(getattr(fn, "func", None), "__name__", "")
    if not name or name == "<lambda>":
        raise DeclarationError(
            f"{decorator} was given {describe_callable(fn)}, which has no name.\n"
            f'Name the op: {decorator}(fn, name="f").'
        )
    return name


def describe_callable(fn: Any) -> str:
    """A callable in words, for messages."""
    return "a lambda" if getattr(fn, "__name__", "") == "<lambda>" else f"a {type(fn).__name__}"


def parameter_list(
    listed: Sequence[inspect.Parameter], names: Sequence[str], namespace: dict[str, Any]
) -> str:
    """The text of a parameter list under other names; defaults go into `namespace`."""
    parts = ["self_"]
    kinds = [p.kind for p in listed]
    only = kinds.count(inspect.Parameter.POSITIONAL_ONLY)
    stars: dict[Any, str] = {
        inspect.Parameter.VAR_POSITIONAL: "*",
        inspect.Parameter.VAR_KEYWORD: "**",
    }
    starred = False
    for i, p in enumerate(listed):
        if i == only:
            parts.append("/")
        if p.kind is p.KEYWORD_ONLY and not starred:
            parts.append("*")
        starred = starred or p.kind in (p.VAR_POSITIONAL, p.KEYWORD_ONLY)
        if p.default is not p.empty:
            namespace[f"default{i}"] = p.default
        default = f"=default{i}" if p.default is not p.empty else ""
        parts.append(stars.get(p.kind, "") + names[i] + default)
    return ", ".join(parts if only < len(kinds) else [*parts, "/"])
