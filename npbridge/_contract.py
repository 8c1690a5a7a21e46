"""What a rule must return, checked leaf by leaf, and the sentences when it does not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from npbridge._convert import Array, Like, describe
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
        got = f"one {type(result).__name__}"
    raise RuleError(
        sentence(
            f"{label} returned the wrong number of gradients.",
            expected=f"{len(order)}: one for each of {', '.join(order)}",
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
    if leaves is None:
        raise RuleError(
            sentence(
                f"{label} returned the wrong structure for {name!r}.",
                expected=f"{_outline(structure)}, as the {what}",
                got=_outline(tree_flatten(gradient)[1]),
                remedy="Return the same nesting of lists, tuples and dicts, with None where "
                "there is no gradient.",
            )
        )
    return leaves


def _aligned(gradient: Any, structure: TreeSpec) -> list[Any] | None:
    if structure.is_leaf():
        return [gradient] if tree_flatten(gradient)[1].is_leaf() else None
    if gradient is None:
        return [None] * int(structure.num_leaves)
    if isinstance(gradient, dict) and issubclass(structure.type, dict):
        if set(gradient) != set(structure.context):
            return None
        children = [gradient[key] for key in structure.context]
    elif type(gradient) is structure.type and len(gradient) == len(structure.children()):
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


def array_gradient(
    label: str, name: str | None, gradient: Any, like: Array | Like, full: Sequence[int]
) -> Array:
    """The gradient a NumPy rule returned for one array, with its shape and dtype checked.

    `full` is the shape to which a signature broadcast `like`: a gradient may have that shape too,
    and is summed. Without a name it is the tangent of an output.
    """
    if isinstance(gradient, Tensor):
        raise RuleError(
            sentence(
                f"{label} returned a tensor{_of(name)}.",
                expected=f"array {describe(like)}",
                got=f"tensor {describe(gradient)}",
                remedy="A NumPy rule is given arrays and returns arrays; a rule written with "
                "torch is registered with composite=True.",
            )
        )
    weak = isinstance(gradient, (int, float, complex))
    if not isinstance(gradient, (np.ndarray, np.generic)) and not weak:
        raise _wrong(label, "type", name, like, type(gradient).__name__)
    array = np.asarray(gradient)
    shape = like.shape
    if array.shape != shape:
        if array.shape != tuple(full):
            raise _wrong(label, "shape", name, like, describe(array), full)
        array = sum_array(array, shape)
    kind, wanted = array.dtype.kind, like.dtype.kind
    if kind not in "fc" and not (weak and kind in "biu"):
        raise _wrong(label, "dtype", name, like, describe(array))
    if kind == "c" and wanted != "c":
        raise RuleError(
            sentence(
                f"{label} returned a complex {_what(name)[0]}{_of(name)}, which is real.",
                expected=f"{describe(like)}, as the {_what(name)[1]}",
                got=describe(array),
                remedy="The gradient of a real argument is real: return .real of it where the "
                "function goes from real to complex numbers.",
            )
        )
    return array if array.dtype == like.dtype else array.astype(like.dtype)


def tensor_gradient(
    label: str, name: str | None, gradient: Any, like: Tensor | Like, full: Sequence[int]
) -> Tensor:
    """The same for a rule on tensors; complex gradients of real arguments are projected."""
    if not isinstance(gradient, Tensor):
        if isinstance(gradient, (int, float, complex)) and len(like.shape) == 0:
            return torch.tensor(gradient, dtype=like.dtype, device="cpu")
        raise RuleError(
            sentence(
                f"{label} returned {_article(gradient)}{_of(name)}.",
                expected=f"tensor {describe(like)}",
                got=f"{type(gradient).__name__}",
                remedy="A composite rule is differentiated again, so it is written with torch "
                "functions and npbridge ops; a rule in NumPy is registered without composite=True.",
            )
        )
    if gradient.shape != like.shape:
        if tuple(gradient.shape) != tuple(full):
            raise _wrong(label, "shape", name, like, describe(gradient), full)
        gradient = gradient.sum_to_size(like.shape)
    if not gradient.dtype.is_floating_point and not gradient.dtype.is_complex:
        raise _wrong(label, "dtype", name, like, describe(gradient))
    if gradient.dtype.is_complex and not like.dtype.is_complex:
        gradient = gradient.real
    converted: Tensor = gradient if gradient.dtype == like.dtype else gradient.to(like.dtype)
    return converted


def sum_array(array: Array, shape: tuple[int, ...]) -> Array:
    """`array` summed over the axes along which `shape` was broadcast to it."""
    lead = array.ndim - len(shape)
    axes = tuple(range(lead)) + tuple(
        lead + i for i, size in enumerate(shape) if size == 1 and array.shape[lead + i] != 1
    )
    return np.asarray(array.sum(axis=axes)).reshape(shape)


def _of(name: str | None) -> str:
    return "" if name is None else f" for {name!r}"


def _what(name: str | None) -> tuple[str, str]:
    return ("tangent", "output") if name is None else ("gradient", "argument")


def _wrong(
    label: str,
    what: str,
    name: str | None,
    like: Array | Tensor | Like,
    got: str,
    full: Sequence[int] = (),
) -> RuleError:
    kind, whose = _what(name)
    broadcast = tuple(full) != tuple(like.shape) and what == "shape"
    remedies = {
        "shape": "A function that broadcasts its arguments declares a gufunc signature= with "
        "vectorized=True; npbridge then sums for you."
        if name is not None
        else "A tangent has the shape of the output.",
        "dtype": f"Return a floating-point {kind}; None means no {kind}.",
        "type": f"Return an array, or None for no {kind}.",
    }
    expected = f"{describe(like)}, as the {whose}"
    if broadcast:
        expected += f", or {tuple(full)}, as it was broadcast"
    return RuleError(
        sentence(
            f"{label} returned a {kind} of the wrong {what}{_of(name)}.",
            expected=expected,
            got=got,
            remedy=remedies[what],
        )
    )


def _article(x: object) -> str:
    return "an array" if isinstance(x, (np.ndarray, np.generic)) else f"a {type(x).__name__}"


def _outline(structure: TreeSpec) -> str:
    if structure.is_leaf():
        return "one array"
    children = [_outline(child) for child in structure.children()]
    if structure.type is dict:
        pairs = (f"{k!r}: {c}" for k, c in zip(structure.context, children, strict=True))
        return "{" + ", ".join(pairs) + "}"
    text = ", ".join(children)
    return f"[{text}]" if structure.type is list else f"({text},)"
