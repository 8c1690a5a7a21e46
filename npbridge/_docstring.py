"""The docstring of an op, made of what the op says of itself."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

from npbridge import domains
from npbridge._partials import Integer, Unwritten

WIDTH = 88


def docstring(op: Any) -> str | None:
    """In numpydoc's sections where the op has a title; otherwise that of the function it wraps.

    An op of the catalogue has an example besides, which is run for its numbers.
    """
    title = getattr(op, "title", "")
    if not title and not op.elementwise:
        text: str | None = getattr(op.numpy, "__doc__", None)
        return text
    beside: Mapping[str, str] = {}
    if op.label.startswith("npbridge.special."):
        from npbridge.special._example import beside_scipy

        beside = beside_scipy(op)
    sections = {
        "Parameters": "\n".join(_parameters(op)),
        "Returns": _returns(op),
        "See Also": beside.get("See Also", ""),
        "Notes": "\n\n".join(filled(t) for t in (op.notes, beside.get("Notes", "")) if t),
        "References": filled(op.source),
        "Examples": beside.get("Examples", ""),
    }
    parts = [filled(title or f"{op.name} on tensors.")]
    parts += [f"{name}\n{'-' * len(name)}\n{text}" for name, text in sections.items() if text]
    return "\n\n".join(parts) + "\n"


def filled(text: str, indent: str = "") -> str:
    """A paragraph in lines."""
    return textwrap.fill(
        text,
        WIDTH,
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def state(op: Any, name: str) -> str:
    """What an op says of an argument: one of "written", "unwritten", "integer" and "constant"."""
    partials = getattr(op, "partials", None)
    if partials is None:
        return "written" if name in op.order else "constant"
    kinds = {Integer: "integer", Unwritten: "unwritten"}
    return kinds.get(type(partials[name]), "written")


def reason(op: Any, name: str) -> str:
    """Why there is no derivative in an unwritten or integer argument."""
    why = op.partials[name]
    see = getattr(why, "see", "")
    return f"{why.why} ({see})" if see else str(why.why)


def interval(op: Any, name: str) -> str:
    """Where an argument lies in the checks; empty where the op does not say."""
    found = domains.read(op.name, op.names, {n: d for n, d in op.domain.items() if n == name})
    return str(found[name]) if name in found else ""


def signature(op: Any) -> inspect.Signature:
    """The parameters with their defaults, without annotations."""
    given: inspect.Signature = op.parameters.signature
    listed = [p.replace(annotation=p.empty) for p in given.parameters.values()]
    return inspect.Signature(listed)


def has_default(op: Any, name: str) -> bool:
    """Whether an argument may be left out."""
    parameter = op.parameters.signature.parameters[name]
    return bool(parameter.default is not parameter.empty)


def integer_kind(op: Any, name: str) -> str:
    """What an integer argument takes: a tensor too, or one object of the type of its default."""
    if not op.partials[name].static:
        return ""
    default = op.parameters.signature.parameters[name].default
    return type(default).__name__ if isinstance(default, (bool, str, float)) else "int"


def _parameters(op: Any) -> Iterator[str]:
    for name, parameter in signature(op).parameters.items():
        what, kind, says = state(op, name), "Tensor, array or float", ""
        if what == "integer":
            kind = integer_kind(op, name) or "int, or Tensor or array of integers"
            says = f"{'Integers' if 'int' in kind else 'An option'}: {reason(op, name)}."
        elif what == "unwritten":
            says = f"Not differentiable: {reason(op, name)}."
        elif what == "written":
            says = "Differentiable."
            if name in getattr(op, "holomorphic", ()):
                kind = "Tensor, array, float or complex"
        else:
            kind = "int" if "integers" in interval(op, name) else "option"
        left_out = f", default {parameter.default!r}" if has_default(op, name) else ""
        yield f"{parameter.replace(default=parameter.empty)} : {kind}{left_out}"
        checked = interval(op, name)
        text = f"{says} {f'Checked in {checked}.' if checked else ''}".strip()
        if text:
            yield filled(text, "    ")


def _returns(op: Any) -> str:
    count = len(op.signature.outputs) if op.signature is not None else None
    named = {None: "Tensor, or several", 1: "Tensor"}
    what = named.get(count) or f"tuple of {count} Tensors"
    if op.elementwise:
        text = "Of the shape to which the arguments broadcast; an array where none is a Tensor."
    elif op.signature is not None:
        text = f"By the signature {op.signature.text}; an array where no argument is a Tensor."
    else:
        text = "An array where no argument is a Tensor."
    return f"{what}\n{filled(text, '    ')}"
