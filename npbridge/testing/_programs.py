"""Properties of what torch makes of a function: compiled code, and code that is run again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import torch
from torch import Tensor
from torch.utils.checkpoint import checkpoint

from npbridge.testing._agreement import agree, connected, gradients, labelled, leaves, parts, pulled
from npbridge.testing._case import Case
from npbridge.testing._property import holds
from npbridge.testing._report import Point
from npbridge.testing._samples import samples, steady, weights


@holds("compile", "Compiled code gives what eager code gives, on other numbers too.")
def compiled(case: Case) -> Iterator[Point]:
    """Values and gradients under `torch.compile(backend="aot_eager")`."""
    count = len(steady(case))
    fn: Callable[..., Any] = case.fn

    def program(*args: Any, **kwargs: Any) -> Any:
        return fn(*args, **kwargs)  # a frame to compile, whatever `fn` is

    there = replace(case, fn=torch.compile(program, backend="aot_eager"))
    first, second, _ = samples(case)

    def truth(tensors: Sequence[Tensor]) -> list[Tensor]:
        return case.outputs([x.clone() for x in tensors])

    def values(tensors: Sequence[Tensor]) -> list[Point]:
        got = there.outputs([x.clone() for x in tensors])
        return agree("batched", labelled("output", count), truth, tensors, got)

    def slopes(tensors: Sequence[Tensor]) -> list[Point]:
        wrt = connected(case)
        names = [case.names[i] for i in wrt]
        eager = partial(gradients, case, wrt)
        got = gradients(there, wrt, tensors)
        return agree("batched", names, eager, tensors, got, derivative=True)

    # Dynamo keeps what it compiled by the code above, and gives up after eight functions.
    torch.compiler.reset()
    try:
        yield from parts(
            *(partial(run, x) for run in (values, slopes) for x in (first, second)),
        )
    finally:
        torch.compiler.reset()


@holds("checkpoint", "Checkpoint(use_reentrant=False) gives the same gradient.")
def checkpointed(case: Case) -> Iterator[Point]:
    """What is computed again in the backward is what was computed before."""
    steady(case)
    wrt = connected(case)

    def again(*tensors: Tensor) -> tuple[Tensor, ...]:
        return tuple(case.smooth_outputs(tensors))

    copies = leaves(case.fresh(), wrt)
    outputs = checkpoint(again, *copies, use_reentrant=False)
    got = pulled(outputs, [copies[i] for i in wrt], weights(case, outputs))
    names = [case.names[i] for i in wrt]
    truth = partial(gradients, case, wrt)
    yield from agree("rounding", names, truth, case.fresh(), got, derivative=True)
