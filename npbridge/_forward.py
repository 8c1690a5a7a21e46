"""Running a forward function on arrays, and holding what it returns against its declaration."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from npbridge._batch import loop_forward
from npbridge._convert import describe
from npbridge._torch_private import tree_flatten, tree_unflatten
from npbridge.errors import ArgumentShapeError, OutputError, sentence

_NUMBERS = (np.ndarray, np.generic, float, complex)

if TYPE_CHECKING:
    from npbridge._op import NumpyOp


def compute(op: NumpyOp[..., Any], values: tuple[Any, ...]) -> tuple[Any, Any]:
    """The result and the residuals of the forward function of `op` on bound values."""
    bound, count = None, 0
    if op.signature is not None:
        count = len(op.signature.inputs)
        _refuse_none(op, values[:count])
        shapes = tuple([np.shape(v) for v in values[:count]])
        bound = op.signature.bind_again(op.name, op.names[:count], shapes)

    def run(item: tuple[Any, ...]) -> tuple[Any, Any]:
        result = op.parameters.call(op.numpy, item)
        return _split(op, result) if op.residuals else (result, None)

    try:
        if bound is not None and not op.vectorized and bound.batch:
            result, residuals = loop_forward(run, values, bound, op.out_dtypes)
        else:
            result, residuals = run(values)
    except Exception as error:
        explain(op, error, values)
        raise
    if bound is not None:
        # A count or a flag is an output of the signature too, and each has its place.
        listed = tuple([np.asanyarray(y) for y in _listed(result)])
        result = listed if isinstance(result, tuple) else listed[0]
        bound.check_outputs([y.shape for y in listed])
    declared = op.out_dtypes is not None
    if declared or (bound is not None and not _of_one_dtype(result, values, count)):
        result = _check_dtypes(op, result, values)
    return result, residuals


def _of_one_dtype(result: Any, values: tuple[Any, ...], count: int) -> bool:
    """Whether result and operands plainly agree, as they mostly do."""
    if type(result) is not np.ndarray or result.dtype.kind not in "fc":
        return False
    dtype = result.dtype
    return all(type(v) is np.ndarray and v.dtype is dtype for v in values[:count])


def explain(op: NumpyOp[..., Any], error: Exception, values: tuple[Any, ...]) -> None:
    """Add to an exception of the user's function in which call it was raised."""
    if isinstance(error, OutputError):
        return
    given = ", ".join(f"{n}: {describe(v)}" for n, v in zip(op.names, values, strict=True))
    error.add_note(f"raised by the forward function of {op.name}({given})")
    if "read-only" in str(error):
        error.add_note("The arrays an op is given are read-only; work on a copy: x = x.copy().")


def _refuse_none(op: NumpyOp[..., Any], operands: tuple[Any, ...]) -> None:
    for name, value in zip(op.names, operands, strict=False):
        if value is None and op.signature is not None:
            raise ArgumentShapeError(
                sentence(
                    f"{op.name}{op.signature.text}: {name!r} is an operand of the signature.",
                    expected="a tensor or an array",
                    got="None",
                    remedy="An optional argument stands after the operands, outside the signature.",
                )
            )


def _listed(result: Any) -> tuple[Any, ...]:
    return result if isinstance(result, tuple) else (result,)


def _split(op: NumpyOp[..., Any], result: Any) -> tuple[Any, Any]:
    if not (isinstance(result, tuple) and len(result) == 2):
        raise OutputError(
            sentence(
                f"{op.name} is declared with residuals=True.",
                expected="(output, residuals)",
                got=type(result).__name__,
                remedy="Return both, or declare it without residuals=True.",
            )
        )
    return result


def _check_dtypes(op: NumpyOp[..., Any], result: Any, values: tuple[Any, ...]) -> Any:
    """The result, its dtypes held against those declared or its operands' promoted dtype."""
    leaves, tree = tree_flatten(result)
    numbers = [i for i, y in enumerate(leaves) if isinstance(y, _NUMBERS)]
    if op.out_dtypes is not None:
        declared = [np.dtype(d) for d in op.out_dtypes]
        blame = "declared"
    else:
        count = len(op.signature.inputs) if op.signature else 0
        operands = [np.asarray(v) for v in values[:count]]
        floats = [v.dtype for v in operands if v.dtype.kind in "fc"]
        strong = [v.dtype for v in operands if v.ndim and v.dtype.kind in "fc"] or floats
        if not strong:
            return result
        declared = [np.result_type(*strong)] * len(numbers)
        blame = "its operands have"
    for i, dtype in zip(numbers, declared, strict=False):
        if isinstance(leaves[i], (float, complex)) and not isinstance(leaves[i], np.generic):
            leaves[i] = np.asarray(leaves[i], dtype)  # a Python number has the declared precision
    got = [leaves[i].dtype for i in numbers]
    if got != declared:
        raise OutputError(
            sentence(
                f"{op.name} returned another dtype than {blame}.",
                expected=", ".join(map(str, declared)),
                got=", ".join(map(str, got)),
                remedy="Convert in the function with .astype(), or declare out_dtypes=.",
            )
        )
    return tree_unflatten(leaves, tree)
