"""Properties about memory: what a wrapper writes to, shares and watches."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

import torch
from torch import Tensor

from npbridge._torch_private import version_of
from npbridge.testing._agreement import parts
from npbridge.testing._case import Case, NotApplicable
from npbridge.testing._property import compare, holds, indices
from npbridge.testing._report import Point, Verdict
from npbridge.testing._runs import (
    NO_DERIVATIVE,
    agree,
    bits,
    cotangents,
    gradients,
    labels,
    outputs,
    overwrite,
    pulled,
    recorded,
    refuse_mutating,
    same,
    within,
)


@holds("pure", "The same inputs give the same results, and neither inputs nor cotangents change.")
def pure(case: Case) -> Iterator[Point]:
    """Two calls, and two backward passes, on inputs inside larger pieces of memory.

    A function that changes an argument and returns that very tensor is an in-place function, as
    those of torch with a trailing underscore are, and does what it says. Gradients are compared to
    rounding: torch's own sums into shared places run on threads, in any order.
    """
    refuse_mutating(case)
    memories, xs = _held(case.fresh())
    before = [bits(m) for m in memories]
    ys = outputs(case, xs)
    first = [y.detach().clone() for y in ys]
    for i, (memory, old) in enumerate(zip(memories, before, strict=True)):
        if not torch.equal(bits(memory), old):
            if any(y is xs[i] for y in ys):
                raise NotApplicable("it is an in-place function")
            yield _written(case.names[i], "the call wrote to its argument, or beside it")
            return
    second = outputs(case, xs)
    if len(first) != len(second):
        yield Point(Verdict.WRONG, "", None, len(first), len(second), note="number of outputs")
        return
    different = False
    for name, y, z in zip(labels("output", first), first, second, strict=True):
        points = compare("identical", name, y, z, note="the second of two equal calls")
        different = different or bool(points)
        yield from points
    if not different and case.differentiable:
        yield from _pure_backward(case)


def _pure_backward(case: Case) -> Iterator[Point]:
    which = case.differentiable
    found = []
    for _ in range(2):
        memories, xs = _held(case.fresh(), which)
        ys = [y for y in outputs(case, xs) if y.requires_grad]
        if not ys:
            return
        around, cs = _held(cotangents(case, ys))
        held = [*memories, *around]
        names = [*case.names, *labels("cotangent", cs)]
        before = [bits(m) for m in held]
        try:
            grads = gradients(ys, [xs[i] for i in which], cs)
            found.append([None if g is None else g.clone() for g in grads])
        except NO_DERIVATIVE:
            return
        for name, memory, old in zip(names, held, before, strict=True):
            if not torch.equal(bits(memory), old):
                yield _written(name, "the backward wrote to it, or beside it")
                return
    for i, g, h in zip(which, *found, strict=True):
        yield from agree(case.names[i], g, h, "the second of two equal backward passes")
    xs = case.fresh(requires_grad=which)
    ys = recorded(case, xs)
    cs = cotangents(case, ys)
    try:
        once = gradients(ys, [xs[i] for i in which], cs, keep=True)
        once = [None if g is None else g.clone() for g in once]
        again = gradients(ys, [xs[i] for i in which], cs, keep=True)
    except RuntimeError:  # a graph that is good for one backward, and says so
        return
    for i, g, h in zip(which, once, again, strict=True):
        yield from agree(case.names[i], g, h, "the second backward through one graph")


def _held(
    tensors: Sequence[Tensor], requires_grad: Sequence[int] = ()
) -> tuple[list[Tensor], list[Tensor]]:
    """Copies, and the memory that each is within."""
    pairs = [within(x) for x in tensors]
    copies = [x.requires_grad_(i in requires_grad) for i, (_, x) in enumerate(pairs)]
    return [memory for memory, _ in pairs], copies


def _written(name: str, note: str) -> Point:
    return Point(Verdict.WRONG, name, None, "unchanged", "changed", note=note)


@holds(
    "no alias",
    "Writing to a result changes nothing else, unless torch knows that it is a view.",
)
def no_alias(case: Case) -> Iterator[Point]:
    """Results are written to, and all that should not change is looked at.

    What torch knows to be a view (`x.T`, `x[0]`, `x` itself) shares its version counter with what
    it is a view of, so that autograd notices the change: that is torch's own way and no mistake.
    Memory shared through NumPy has two counters. Between two calls on different tensors nothing
    may be shared at all: what a later call would return changed, an equal earlier call returned
    already. A gradient may be the cotangent: torch's own addition returns it.
    """
    refuse_mutating(case)
    runs: list[Callable[[], Iterator[Point]]] = []
    for which in dict.fromkeys([(), tuple(case.differentiable)]):
        count = len(outputs(case, case.fresh(requires_grad=which)))
        runs += [partial(_write_to_output, case, which, k) for k in range(count)]
        runs += [partial(_write_to_gradients, case, which)] if which else []
    yield from parts(*runs)


def _write_to_output(case: Case, which: Sequence[int], k: int) -> Iterator[Point]:
    earlier = outputs(case, case.fresh(requires_grad=which))
    memories, xs = _held(case.fresh(), which)
    ys = outputs(case, xs)
    true = [y.detach().clone() for y in ys]
    if len(earlier) != len(ys) or not all(map(same, earlier, true)):
        raise NotApplicable("equal calls give different results")
    watched = _Watched([*zip(case.names, memories, xs, strict=True)])
    others = [(f"output {j}", y, y) for j, y in enumerate(ys) if y is not ys[k]]
    watched_others = _Watched(others)
    before = [bits(y) for y in earlier]
    if not overwrite(ys[k]):
        return
    note = f"writing to {labels('output', ys)[k]} changed it, and torch does not know"
    yield from (_written(name, note) for name in watched.changed() + watched_others.changed())
    for name, y, old in zip(labels("output", ys), earlier, before, strict=True):
        if not torch.equal(bits(y), old):
            yield _written(name, "writing to the output of one call changed that of an earlier one")


def _write_to_gradients(case: Case, which: Sequence[int]) -> Iterator[Point]:
    if not any(y.requires_grad for y in outputs(case, case.fresh(requires_grad=which))):
        return

    def pulled_back(xs: Sequence[Tensor], ys: Sequence[Tensor]) -> list[Tensor | None]:
        # By ones: a rule that saves itself a multiplication by them may return what it has saved.
        return gradients(ys, [xs[i] for i in which], [torch.ones_like(y) for y in ys])

    xs = case.fresh(requires_grad=which)
    try:
        earlier = pulled_back(xs, recorded(case, xs))
    except NO_DERIVATIVE:
        return
    memories, xs = _held(case.fresh(), which)
    ys = recorded(case, xs)
    grads = pulled_back(xs, ys)
    watched = _Watched(
        [
            *zip(case.names, memories, xs, strict=True),
            *((name, y, y) for name, y in zip(labels("output", ys), ys, strict=True)),
        ]
    )
    before = [None if g is None else bits(g) for g in earlier]
    for i, g in zip(which, grads, strict=True):
        if g is None or not overwrite(g):
            continue
        note = f"writing to the gradient of {case.names[i]} changed it, and torch does not know"
        yield from (_written(name, note) for name in watched.changed())
    for i, g, old in zip(which, earlier, before, strict=True):
        if g is not None and old is not None and not torch.equal(bits(g), old):
            note = "writing to the gradient of one call changed that of an earlier one"
            yield _written(case.names[i], note)


class _Watched:
    """Tensors, by name, and the memory each is in, as they were."""

    def __init__(self, listed: Sequence[tuple[str, Tensor, Tensor]]) -> None:
        self.listed = [(name, m, x, bits(m), version_of(x)) for name, m, x in listed]

    def changed(self) -> list[str]:
        """Those whose memory is not what it was, though their version is."""
        return [
            name
            for name, memory, x, old, version in self.listed
            if version_of(x) == version and not torch.equal(bits(memory), old)
        ]


@holds(
    "version counter",
    "What is changed in place before the backward is noticed, or makes no difference.",
)
def version_counter(case: Case) -> Iterator[Point]:
    """Each input and each output in turn is changed between forward and backward."""
    refuse_mutating(case)
    every = indices(case)
    xs = case.fresh(requires_grad=every)
    count = len(recorded(case, xs))
    expected = pulled(case, xs, every)
    places = [(name, i, True) for i, name in enumerate(case.names)]
    places += [(name, k, False) for k, name in enumerate(labels("output", range(count)))]

    def changing(name: str, place: int, is_input: bool) -> Iterator[Point]:
        xs = case.fresh(requires_grad=every)
        ys = recorded(case, xs)
        cs = cotangents(case, ys)
        if not overwrite(xs[place] if is_input else ys[place]):
            return
        note = f"{name} was changed in place before the backward, which said nothing"
        try:
            got = gradients(ys, [xs[i] for i in every], cs)
        except RuntimeError:  # torch's own word for it, and no other exception is
            return
        for i, e, g in zip(every, expected, got, strict=True):
            yield from agree(case.names[i], e, g, note)

    yield from parts(*(partial(changing, *place) for place in places))
