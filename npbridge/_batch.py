"""Functions that do not broadcast themselves, looped over the leading dimensions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from npbridge._convert import Array
from npbridge._signature import Bound, Dims, Shape
from npbridge._torch_private import tree_map
from npbridge.errors import OutputError, sentence


def loop_forward(
    fn: Callable[[tuple[Any, ...]], tuple[Any, Any]],
    values: tuple[Any, ...],
    bound: Bound,
    out_dtypes: Sequence[Any] | None,
) -> tuple[Any, Any]:
    """Run `fn`, which returns outputs and residuals, on each item of the batch; outputs are
    stacked, residuals become a list.
    """
    inputs = bound.signature.inputs
    count = len(inputs)
    operands = [
        _over_batch(np.asarray(v), dims, bound.batch)
        for v, dims in zip(values[:count], inputs, strict=True)
    ]
    rows: list[tuple[Any, ...]] = []
    kept: list[Any] = []
    for index in np.ndindex(bound.batch):
        result, residual = fn((*(x[index] for x in operands), *values[count:]))
        # Copies, since a function may return its own workspace each time.
        kept.append(tree_map(_copied, residual))
        rows.append(tuple(map(_copied, result if isinstance(result, tuple) else (result,))))
    single = len(bound.signature.outputs) == 1
    if not rows:
        dtypes = out_dtypes or [np.result_type(*operands)] * len(bound.signature.outputs)
        empty = tuple(
            np.empty(bound.empty_shape(dims), dtype)
            for dims, dtype in zip(bound.signature.outputs, dtypes, strict=True)
        )
        return (empty[0] if single else empty), kept
    stacked = tuple(
        stack(bound.op + bound.signature.text, column, bound.batch)
        for column in zip(*rows, strict=True)
    )
    return (stacked[0] if single else stacked), kept


def items_of(
    environment: Mapping[str, Any], core: Mapping[str, Any], batch: Shape
) -> Iterator[dict[str, Any]]:
    """What a rule is given for each item of the batch.

    `core` holds the core dimensions of the arrays in its environment: a tuple of them for a tuple
    of arrays, a mapping for a mapping.
    """
    broadcast = {
        name: _map(lambda x, d: _over_batch(np.asarray(x), d, batch), environment[name], dims)
        for name, dims in core.items()
        if name in environment
    }
    for number, index in enumerate(np.ndindex(batch)):
        item = dict(environment)
        for name, value in broadcast.items():
            item[name] = _map(lambda x, _, i=index: x[i], value, core[name])
        if "residuals" in item:
            item["residuals"] = item["residuals"][number]
        yield item


def stack(op: str, arrays: Sequence[Any], batch: Shape) -> Any:
    """The items of a batch as one array."""
    shapes = {np.shape(x) for x in arrays}
    if len(shapes) > 1:
        raise OutputError(
            sentence(
                f"{op} returned outputs of different shapes over the batch.",
                expected="one shape",
                got=", ".join(map(str, sorted(shapes))),
                remedy="Call it on one item at a time.",
            )
        )
    stacked = np.stack(arrays)
    return stacked.reshape(batch + stacked.shape[1:])


def _copied(x: Any) -> Any:
    return x.copy() if isinstance(x, np.ndarray) else x


def _map(fn: Callable[..., Any], value: Any, dims: Any) -> Any:
    if value is None or dims is None:
        return value
    if isinstance(value, dict):
        return {name: _map(fn, v, dims.get(name)) for name, v in value.items()}
    if isinstance(value, tuple):
        return tuple(_map(fn, v, d) for v, d in zip(value, dims, strict=True))
    return fn(value, dims)


def _over_batch(x: Array, dims: Dims, batch: Shape) -> Array:
    return np.broadcast_to(x, batch + x.shape[x.ndim - len(dims) :])
