"""Properties of `torch.func.vmap`: a batch is held to a loop over its samples."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

import torch
from torch import Tensor

from npbridge.testing._agreement import Way, agree, connected, gradients, labelled, parts, stacked
from npbridge.testing._case import Case, NotApplicable
from npbridge.testing._property import holds
from npbridge.testing._report import Point
from npbridge.testing._samples import SAMPLES, samples, steady, weighed, weights

MOST_LEFT_OUT = 4
"""Arguments of which each in turn has no batch."""


@holds("vmap", "A batch gives what a loop over its samples gives.")
def vmap(case: Case) -> Iterator[Point]:
    """Over the first dimension, over the last, and with each argument in turn left out."""
    count = len(steady(case))
    if not case.tensors:
        raise NotApplicable("no argument is a tensor")
    batch = samples(case)
    labels = labelled("output", count)

    def outputs(*tensors: Tensor) -> tuple[Tensor, ...]:
        return tuple(case.outputs(tensors))

    def along(dims: Sequence[int | None]) -> list[Point]:
        loop = partial(_loop, dims, case.outputs)
        got = torch.func.vmap(outputs, in_dims=tuple(dims))(*_stacked(batch, dims))
        note = f"in_dims={tuple(dims)}"
        return agree("batched", labels, loop, _stacked(batch, _first(dims)), got, note=note)

    yield from parts(*(partial(along, dims) for dims in _layouts(case)))


@holds("vmap of the gradient", "A batch of gradients is what a loop over its samples gives.")
def vmap_of_the_gradient(case: Case) -> Iterator[Point]:
    """`vmap(grad(f))`, and the gradient of the batched function, which is the same."""
    steady(case)
    wrt = connected(case)
    batch = samples(case)
    cotangents = weights(case, case.smooth_outputs(case.fresh()))
    names = [case.names[i] for i in wrt]

    def scalar(*tensors: Tensor) -> Tensor:
        return weighed(case.smooth_outputs(tensors), cotangents)

    def along(dims: Sequence[int | None], *, outside: bool) -> list[Point]:
        loop = partial(_loop, dims, partial(gradients, case, wrt))
        tensors = _stacked(batch, dims)
        if outside:
            many = torch.func.vmap(scalar, in_dims=tuple(dims))
            whole = torch.func.grad(lambda *xs: many(*xs).sum(), argnums=tuple(wrt))(*tensors)
            got = [g.movedim(dims[i] or 0, 0) for g, i in zip(whole, wrt, strict=True)]
        else:
            each = torch.func.grad(scalar, argnums=tuple(wrt))
            got = list(torch.func.vmap(each, in_dims=tuple(dims))(*tensors))
        note = f"{'grad(vmap)' if outside else 'vmap(grad)'} with in_dims={tuple(dims)}"
        inputs = _stacked(batch, _first(dims))
        return agree("batched", names, loop, inputs, got, derivative=True, note=note)

    whole = [dims for dims in _layouts(case) if None not in dims]
    yield from parts(
        *(partial(along, dims, outside=False) for dims in _layouts(case)),
        *(partial(along, dims, outside=True) for dims in whole),
    )


def _layouts(case: Case) -> list[list[int | None]]:
    """For each way of batching the dimension of the batch in each tensor."""
    ranks = [x.dim() for x in case.tensors]
    found: list[list[int | None]] = [[0 for _ in ranks]]
    if any(ranks):
        found.append(list(ranks))
    if len(ranks) > 1:
        some = range(min(len(ranks), MOST_LEFT_OUT))
        found += [[None if j == i else 0 for j in range(len(ranks))] for i in some]
    return found


def _stacked(batch: Sequence[Sequence[Tensor]], dims: Sequence[int | None]) -> list[Tensor]:
    columns = zip(zip(*batch, strict=True), dims, strict=True)
    return [xs[0] if d is None else torch.stack(xs, d) for xs, d in columns]


def _first(dims: Sequence[int | None]) -> list[int | None]:
    """The same tensors batched, along their first dimension: what the loop takes."""
    return [None if d is None else 0 for d in dims]


def _loop(dims: Sequence[int | None], way: Way, inputs: Sequence[Tensor]) -> list[Tensor | None]:
    pairs = list(zip(inputs, dims, strict=True))
    rows = [way([(x if d is None else x[k]).clone() for x, d in pairs]) for k in range(SAMPLES)]
    return [stacked(column) for column in zip(*rows, strict=True)]
