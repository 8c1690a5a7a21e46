"""The property that nothing of a call stays alive."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from npbridge.testing._case import Case
from npbridge.testing._property import holds
from npbridge.testing._report import Point, Verdict
from npbridge.testing._runs import NO_DERIVATIVE, cotangents, gradients, outputs

WARM_UP = 3
CALLS = 20
ROUNDS = 3
"""A leak leaves something alive in every round of calls; a cache that fills, or another thread
that works, does not.
"""


@holds("leaks", "After backward, or without one, nothing of a call stays alive.")
def leaks(case: Case) -> Iterator[Point]:
    """Tensors, graphs and NumPy's memory are counted over rounds of calls, after a warm-up.

    The collector runs before each count, so that a cycle that it can free is no leak.
    """
    tracing = tracemalloc.is_tracing()
    if not tracing:
        tracemalloc.start()
    try:
        both = ["with backward", "without backward"]
        for how in both:
            _calls(case, how, WARM_UP)
        if _growth(case, both, rounds=1):
            for how in both:
                for what, count in _growth(case, [how], rounds=ROUNDS).items():
                    note = f"{CALLS} calls {how} left {count} {what} alive"
                    yield Point(Verdict.WRONG, "", None, 0, count, note=note)
    finally:
        if not tracing:
            tracemalloc.stop()


def _calls(case: Case, how: str, number: int) -> None:
    which = case.differentiable
    for _ in range(number):
        xs = case.fresh(requires_grad=which)
        ys = [y for y in outputs(case, xs) if y.requires_grad]
        if how == "with backward" and ys and which:
            try:
                gradients(ys, [xs[i] for i in which], cotangents(case, ys))
            except NO_DERIVATIVE:
                continue


def _growth(case: Case, how: list[str], *, rounds: int) -> dict[str, int]:
    """What there is more of after each round: the least of all rounds."""
    left: dict[str, int] = {}
    for _ in range(rounds):
        before = _alive()
        for each in how:
            _calls(case, each, CALLS)
        after = _alive()
        grown = {what: after[what] - before[what] for what in before}
        left = {what: min(n, left.get(what, n)) for what, n in grown.items()}
    return {what: n for what, n in left.items() if n > 0}


def _alive() -> dict[str, int]:
    """What is alive, of what a call makes. The collector does not know arrays; tracemalloc does."""
    gc.collect()
    kinds = [type(x) for x in gc.get_objects()]
    domain = tracemalloc.DomainFilter(inclusive=True, domain=np.lib.tracemalloc_domain)
    arrays = tracemalloc.take_snapshot().filter_traces([domain])
    return {
        "tensors": sum(issubclass(kind, Tensor) for kind in kinds),
        "graph nodes": sum(issubclass(kind, torch.autograd.function.FunctionCtx) for kind in kinds),
        "arrays": len(arrays.traces),
    }
