"""What a call would return, told without running it: for tracing, and to hold results against."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor

from npbridge._call import Call
from npbridge._convert import Like, describe, holds, numpy_dtype
from npbridge._outcome import ONE_TENSOR, Outcome
from npbridge._slots import TENSOR
from npbridge._torch_private import tree_flatten
from npbridge.errors import DeclarationError, OutputError, TransformError, sentence

if TYPE_CHECKING:
    from npbridge._elementwise import ElementwiseOp
    from npbridge._op import NumpyOp


def declared(
    op: NumpyOp[..., Any], call: Call, tensors: Sequence[Tensor]
) -> tuple[list[Tensor], Outcome]:
    """Tensors with the shapes and dtypes of the outputs, and the structure they stand in."""
    if op.fake is not None:
        return _by_rule(op, call.fill(tensors))
    if (reason := why_unknown(op)) is not None:
        raise TransformError(reason)
    values = call.with_floats().fill(tensors)
    likes = elementwise(op, values) if op.elementwise else _by_signature(op, values)
    made = [tensors[0].new_empty(like.shape, dtype=like.dtype) for like in likes]
    if len(made) == 1:
        return made, ONE_TENSOR
    return made, Outcome(tree_flatten((0,) * len(made))[1], [TENSOR] * len(made))


def why_unknown(op: NumpyOp[..., Any]) -> str | None:
    """Why the outputs cannot be told, as a message; None where they can."""
    if op.fake is not None or op.elementwise:
        return None
    if op.signature is None:
        return (
            f"{op.label} cannot be traced: its output shapes are known only by running it.\n"
            f"Declare a gufunc signature=, or register them with @{op.name}.register_fake."
        )
    known = {dim for dims in op.signature.inputs for dim in dims}
    for dim in (dim for dims in op.signature.outputs for dim in dims):
        if isinstance(dim, str) and dim not in known:
            return (
                f"{op.label} cannot be traced: the dimension {dim!r} of its output occurs in no "
                f"operand.\nRegister the output shapes with @{op.name}.register_fake."
            )
    return None


def check(
    op: NumpyOp[..., Any],
    call: Call,
    tensors: Sequence[Tensor],
    got: list[Tensor],
    outcome: Outcome,
) -> None:
    """Hold what an op returned against what was declared: compiled code would read garbage."""
    likes, structure = declared(op, call, tensors)
    if len(likes) != len(got) or not outcome.same_as(structure):
        raise OutputError(
            sentence(
                f"{op.label} returned another structure, or other objects beside its arrays, than "
                "its register_fake rule.",
                expected=structure.fill([describe(y) for y in likes]),
                got=outcome.fill([describe(y) for y in got]),
            )
        )
    for number, (like, y) in enumerate(zip(likes, got, strict=True)):
        if like.shape != y.shape or like.dtype != y.dtype:
            raise OutputError(
                sentence(
                    f"output {number} of {op.label} is not what its register_fake rule says.",
                    expected=describe(like),
                    got=describe(y),
                    remedy="Correct the rule: compiled code trusts it.",
                )
            )


def elementwise(op: Any, values: Sequence[Any]) -> list[Like]:
    """Arguments broadcast; what dtype comes of theirs the function tells for empty arrays."""
    shapes = [
        tuple(v.shape) if isinstance(v, (Tensor, np.ndarray)) else np.shape(v) for v in values
    ]
    kinds = tuple(
        str(v.dtype) if isinstance(v, Tensor) else (v,) if name in op.static else type(v).__name__
        for name, v in zip(op.names, values, strict=True)
    )
    broadcast: Any = torch.broadcast_shapes  # not annotated (torch 2.13)
    return [Like(broadcast(*shapes), dtype) for dtype in _result_dtypes(op, kinds)]


_NUMBERS = {"bool": True, "float": 1.0, "complex": 1j}


@functools.lru_cache(maxsize=1000)
def _result_dtypes(op: ElementwiseOp, kinds: tuple[str | tuple[Any], ...]) -> list[torch.dtype]:
    """Of the dtypes of tensors, the types of numbers, and the values of options."""
    empty = tuple(
        kind[0]
        if isinstance(kind, tuple)
        else np.empty(0, kind.removeprefix("torch."))
        if kind.startswith("torch.")
        else _NUMBERS.get(kind, 1)
        for kind in kinds
    )
    result = op.compute(empty)[0]
    arrays = [np.asarray(y) for y in (result if op.several else (result,))]
    return [torch.from_numpy(np.empty(0, y.dtype)).dtype for y in arrays]


def _by_signature(op: NumpyOp[..., Any], values: tuple[Any, ...]) -> list[Like]:
    signature: Any = op.signature
    count = len(signature.inputs)
    operands = [v if isinstance(v, Tensor) else np.asarray(v) for v in values[:count]]
    bound = signature.bind(op.name, op.names[:count], [tuple(v.shape) for v in operands])
    shapes = [bound.empty_shape(dims) for dims in signature.outputs]
    if op.out_dtypes is not None:
        dtypes = [getattr(torch, name) for name in op.out_dtypes]
        return [Like(shape, dtype) for shape, dtype in zip(shapes, dtypes, strict=True)]
    floats = [v for v in operands if numpy_kind(v) in "fc"]
    strong = [v for v in floats if v.ndim] or floats
    if not strong:
        raise TransformError(
            f"{op.label} cannot be traced: without a floating-point operand its output dtype is "
            "known only by running it.\n"
            "Declare out_dtypes=."
        )
    listed = [numpy_dtype(v.dtype) if isinstance(v, Tensor) else v.dtype for v in strong]
    dtype = torch.from_numpy(np.empty(0, np.result_type(*listed))).dtype
    return [Like(shape, dtype) for shape in shapes]


def numpy_kind(x: Any) -> str:
    """The kind of a dtype, in NumPy's letters."""
    return (numpy_dtype(x.dtype) if isinstance(x, Tensor) else x.dtype).kind


def _by_rule(op: NumpyOp[..., Any], values: tuple[Any, ...]) -> tuple[list[Tensor], Outcome]:
    try:
        result = op.parameters.call(op.fake, values)
    except Exception as error:
        error.add_note(f"raised by the register_fake rule of {op.label}")
        raise
    leaves, tree = tree_flatten(result)
    for i, y in enumerate(leaves):
        if isinstance(y, np.ndarray) or holds(y, (Tensor, np.ndarray)):
            raise DeclarationError(
                sentence(
                    f"the register_fake rule of {op.label} returned what is no tensor.",
                    expected="empty tensors in the structure of the output, as x.new_empty(shape)",
                    got=type(y).__name__,
                )
            )
        if isinstance(y, Tensor):
            leaves[i] = TENSOR
    # Fresh ones, since a rule may return its argument, or one tensor twice.
    tensors = [y.new_empty(y.shape) for y in tree_flatten(result)[0] if isinstance(y, Tensor)]
    return tensors, Outcome(tree, leaves)
