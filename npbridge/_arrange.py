"""What a rule returned, put in order: by parameter name, then leaf by leaf."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from torch import Tensor

from npbridge._torch_private import TreeSpec, tree_flatten
from npbridge.errors import RuleError, sentence


def by_name(
    label: str,
    result: Any,
    order: Sequence[str],
    given: Sequence[str],
    needed: Sequence[str],
    allowed: Sequence[str],
) -> dict[str, Any]:
    """The gradients a rule returned, by parameter name.

    Parameters
    ----------
    label
        The rule in words, for messages.
    result
        A mapping, a tuple with one entry for each name in `order`, or for each name in `given`,
        or, where `given` has one name, a bare gradient.
    order
        The differentiable parameters, in the order of a tuple.
    given
        The parameters that hold floating-point tensors in this call.
    needed
        The parameters whose gradient is wanted.
    allowed
        The parameters a mapping may name.
    """
    if isinstance(result, Mapping):
        return _from_mapping(label, result, allowed, needed)
    if isinstance(result, (tuple, list)):
        for names in (order, given):
            if len(result) == len(names):
                return _covering(label, dict(zip(names, result, strict=True)), needed)
        got = f"{len(result)} gradient{'s' * (len(result) != 1)}"
    elif len(given) == 1:
        return _covering(label, {given[0]: result}, needed)
    elif len(order) == 1:
        return _covering(label, {order[0]: result}, needed)
    else:
        got = "None" if result is None else f"one {type(result).__name__}"
    expected = order or allowed
    raise RuleError(
        sentence(
            f"{label} returned the wrong number of gradients.",
            expected=f"{len(expected)}: one for each of {', '.join(expected)}",
            got=got,
            remedy="Return a tuple in that order with None for no gradient, or a mapping by name.",
        )
    )


def _covering(label: str, named: dict[str, Any], needed: Sequence[str]) -> dict[str, Any]:
    """A tuple's gradients by name, if they are all that are needed."""
    for name in needed:
        if name not in named:
            raise RuleError(
                sentence(
                    f"{label} left out the gradient of {name!r}.",
                    expected=", ".join(needed),
                    got=", ".join(named),
                    remedy="A tuple has the positional arguments only; return a mapping by name.",
                )
            )
    return named


def _from_mapping(
    label: str, result: Mapping[Any, Any], allowed: Sequence[str], needed: Sequence[str]
) -> dict[str, Any]:
    unknown = [name for name in result if name not in allowed]
    if unknown:
        raise RuleError(
            sentence(
                f"{label} returned a gradient for {unknown[0]!r}, which is no parameter it "
                "differentiates.",
                expected=f"names out of {', '.join(allowed)}",
                got=", ".join(map(str, result)),
                remedy="The gradient of an argument that is itself a dict goes one level down: "
                "{'params': {...}}.",
            )
        )
    missing = [name for name in needed if name not in result]
    if missing:
        raise RuleError(
            sentence(
                f"{label} left out the gradient of {missing[0]!r}.",
                expected=", ".join(needed),
                got=", ".join(map(str, result)) or "an empty mapping",
                remedy=f"Return it, or say {missing[0]!r}: None where there is no gradient.",
            )
        )
    return dict(result)


def leaves_of(
    label: str, name: str, gradient: Any, structure: TreeSpec, what: str = "argument"
) -> list[Any]:
    """The leaves of a gradient that must have the structure of its argument.

    A None stands for as many as its part of the structure has; dicts are compared by key.
    """
    leaves = _aligned(gradient, structure)
    place = name if what == "output" else repr(name)
    if leaves is None:
        raise RuleError(
            sentence(
                f"{label} returned the wrong structure for {place}.",
                expected=f"{_outline(structure)}, as the {what}",
                got=_outline(tree_flatten(gradient)[1]),
                remedy="Return the same nesting of lists, tuples and dicts, with None where "
                "there is no gradient.",
            )
        )
    return leaves


def _aligned(gradient: Any, structure: TreeSpec) -> list[Any] | None:
    if structure.is_leaf():
        if isinstance(gradient, (np.ndarray, np.number, Tensor)):
            return [gradient]
        return [gradient] if tree_flatten(gradient)[1].is_leaf() else None
    if gradient is None:
        return [None] * int(structure.num_leaves)
    if isinstance(gradient, dict) and issubclass(structure.type, dict):
        if set(gradient) != set(structure.context):
            return None
        children = [gradient[key] for key in structure.context]
    elif type(gradient) is _type(structure) and len(gradient) == len(structure.children()):
        children = list(gradient)
    else:
        return None
    leaves: list[Any] = []
    for child, part in zip(children, structure.children(), strict=True):
        found = _aligned(child, part)
        if found is None:
            return None
        leaves += found
    return leaves


def _type(structure: TreeSpec) -> Any:
    """The container's type: for a named tuple torch keeps it in the context."""
    context = structure.context
    return context if isinstance(context, type) else structure.type


def _outline(structure: TreeSpec) -> str:
    if structure.is_leaf():
        return "one array"
    children = [_outline(child) for child in structure.children()]
    if structure.type is dict:
        pairs = (f"{k!r}: {c}" for k, c in zip(structure.context, children, strict=True))
        return "{" + ", ".join(pairs) + "}"
    text = ", ".join(children)
    return f"[{text}]" if structure.type is list else f"({text},)"
