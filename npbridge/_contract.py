"""The contract of a rule: what it returns has the right type, shape and dtype, or it is refused."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from torch import Tensor

from npbridge._convert import Array, Like, describe
from npbridge.errors import RuleError, sentence


def array_gradient(
    label: str,
    name: str | None,
    gradient: Any,
    like: Array | Like,
    full: Sequence[int],
    *,
    project: bool = False,
) -> Array:
    """The gradient a NumPy rule returned for one array, with its shape and dtype checked.

    `full` is the shape to which a signature broadcast `like`: a gradient may have that shape too,
    and is summed. Without a name it is the tangent of an output. `project` says that of a complex
    gradient of a real argument the real part is taken, as it is with partial derivatives.
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
        if project:
            return np.array(array.real, like.dtype)
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
