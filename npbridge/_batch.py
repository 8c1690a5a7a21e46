"""Functions that do not broadcast themselves, looped over the leading dimensions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from npbridge._convert import Array
from npbridge._signature import Bound, Dims, Shape
from npbridge.errors import OutputError, sentence


def loop_forward(
    fn: Callable[[tuple[Any, ...]], Any], values: tuple[Any, ...], bound: Bound, residuals: bool
) -> tuple[Any, Any]:
    """Run `fn` on each item of the batch and stack what it returns; residuals become a list."""
    inputs = bound.signature.inputs
    count = len(inputs)
    operands = [
        _over_batch(np.asarray(v), dims, bound.batch)
        for v, dims in zip(values[:count], inputs, strict=True)
    ]
    rows: list[tuple[Any, ...]] = []
    kept: list[Any] = []
    for index in np.ndindex(bound.batch):
        result = fn((*(x[index] for x in operands), *values[count:]))
        if residuals:
            result, residual = result
            kept.append(residual)
        rows.append(result if isinstance(result, tuple) else (result,))
    single = len(bound.signature.outputs) == 1
    if not rows:
        empty = tuple(_empty(bound, dims, operands) for dims in bound.signature.outputs)
        return (empty[0] if single else empty), kept
    stacked = tuple(_stack(column, bound.batch) for column in zip(*rows, strict=True))
    return (stacked[0] if single else stacked), kept


def loop_rule(
    rule: Callable[[dict[str, Any]], Mapping[str, Any]],
    environment: Mapping[str, Any],
    core: Mapping[str, Any],
    batch: Shape,
) -> dict[str, Any]:
    """Run a rule on each item of the batch; `core` holds the core dimensions of the arrays in
    its environment, a tuple of them for a tuple of arrays.
    """
    rows: list[Mapping[str, Any]] = []
    sliceable = {
        name: _map(lambda x, dims: _over_batch(np.asarray(x), dims, batch), environment[name], dims)
        for name, dims in core.items()
        if name in environment
    }
    for number, index in enumerate(np.ndindex(batch)):
        item = dict(environment)
        for name, value in sliceable.items():
            item[name] = _map(lambda x, _, i=index: x[i], value, core[name])
        if "residuals" in item:
            item["residuals"] = item["residuals"][number]
        rows.append(rule(item))
    names = {name for row in rows for name, value in row.items() if value is not None}
    return {name: _stack([row.get(name) for row in rows], batch) for name in names}


def _map(fn: Callable[..., Any], value: Any, dims: Any) -> Any:
    if value is None:
        return None
    if isinstance(value, tuple):
        return tuple(_map(fn, v, d) for v, d in zip(value, dims, strict=True))
    return fn(value, dims)


def _over_batch(x: Array, dims: Dims, batch: Shape) -> Array:
    return np.broadcast_to(x, batch + x.shape[x.ndim - len(dims) :])


def _stack(items: Sequence[Any], batch: Shape) -> Any:
    some = next(x for x in items if x is not None)
    arrays = [np.zeros_like(some) if x is None else np.asarray(x) for x in items]
    stacked = np.stack(arrays)
    return stacked.reshape(batch + stacked.shape[1:])


def _empty(bound: Bound, dims: Dims, operands: Sequence[Array]) -> Array:
    core = bound.core(dims)
    if core is None:
        raise OutputError(
            sentence(
                f"{bound.op}{bound.signature.text} was called on an empty batch, and the shape "
                "of its output cannot be known from its operands.",
                expected="output dimensions that occur in an operand, or a batch of at least one",
                got=f"batch {bound.batch}",
            )
        )
    return np.empty(bound.batch + core, dtype=np.result_type(*operands))
