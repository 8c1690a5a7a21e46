"""Properties of what a wrapper does besides its mathematics: which gradients it works out, what
cotangents it takes, and whether it pickles. `_memory` and `_layouts` have those about memory,
dtypes and layouts.
"""

from __future__ import annotations

import itertools
import pickle
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import torch
from torch import Tensor

from npbridge._op import NumpyOp
from npbridge._rulebook import Rulebook
from npbridge.errors import PicklingError
from npbridge.testing._agreement import parts
from npbridge.testing._case import Case, NotApplicable
from npbridge.testing._layouts import dtype_and_device as dtype_and_device
from npbridge.testing._layouts import layouts as layouts
from npbridge.testing._leaks import leaks as leaks
from npbridge.testing._memory import no_alias as no_alias
from npbridge.testing._memory import pure as pure
from npbridge.testing._memory import version_counter as version_counter
from npbridge.testing._property import compare, holds, indices
from npbridge.testing._report import Point, Verdict
from npbridge.testing._runs import agree, cotangents, gradients, labels, pulled, recorded
from npbridge.testing._samples import steady


@holds(
    "pruning",
    "Each gradient is the same whichever other inputs require grad, and no rule runs in vain.",
)
def pruning(case: Case) -> Iterator[Point]:
    """Subsets of inputs that require grad, and of inputs that a backward asks for."""
    every = indices(case)
    ran: list[str] = []
    op = case.op
    counted = op is not None and bool(op.rules.vjp) and None not in op.rules.vjp
    if op is not None and counted:
        case = replace(case, fn=_counting(op, ran))
    full = dict(zip(every, pulled(case, case.fresh(requires_grad=every), every), strict=True))

    def pruned(subset: Sequence[int], requiring: Sequence[int], how: str) -> Iterator[Point]:
        listed = ", ".join(case.names[i] for i in subset)
        note = how.format(listed)
        wanted = {case.names[i].partition("[")[0] for i in subset}
        ran.clear()
        grads = pulled(case, case.fresh(requires_grad=requiring), subset)
        for i, g in zip(subset, grads, strict=True):
            yield from agree(case.names[i], full[i], g, note)
        for name in sorted(set(ran) - wanted):
            in_vain = f"the rule in {name!r} ran where {note}"
            yield Point(Verdict.WRONG, name, None, "no run", "a run", note=in_vain)

    subsets = _subsets(every)
    yield from parts(
        *(partial(pruned, s, s, "only {} required grad") for s in subsets),
        *(partial(pruned, s, every, "all required grad, and {} was asked for") for s in subsets),
    )


def _subsets(every: Sequence[int]) -> list[tuple[int, ...]]:
    few = len(every) <= 3
    sizes = range(1, len(every) + 1) if few else (1, 2, len(every))
    return [subset for n in sizes for subset in itertools.combinations(every, n)]


def _counting(op: NumpyOp[..., Any], ran: list[str]) -> NumpyOp[..., Any]:
    """A copy of an op whose rules tell that they run."""
    copy: NumpyOp[..., Any] = object.__new__(op.base)
    shared = ("built", "built_for", "outside", "patterns")
    vars(copy).update({k: v for k, v in vars(op).items() if k not in shared})
    copy.patterns = {}

    def telling(name: str | None, fn: Callable[..., Any]) -> Callable[..., Any]:
        def rule(*args: Any, **kwargs: Any) -> Any:
            ran.append(str(name))
            return fn(*args, **kwargs)

        return rule

    told = {name: replace(r, fn=telling(name, r.fn)) for name, r in op.rules.vjp.items()}
    copy.rules = Rulebook(copy, told, op.rules.jvp)
    return copy


@holds(
    "unused outputs",
    "A backward through some outputs gives what one through all gives with zeros for the others.",
)
def unused_outputs(case: Case) -> Iterator[Point]:
    """Each output alone, while the others are gone already."""
    every = indices(case)
    count = len(recorded(case, case.fresh(requires_grad=every)))
    if count < 2:
        raise NotApplicable("one output has a derivative, or none")

    def alone(k: int) -> Iterator[Point]:
        xs = case.fresh(requires_grad=every)
        ys = recorded(case, xs)
        cs = cotangents(case, ys)
        zeros = [c if j == k else torch.zeros_like(c) for j, c in enumerate(cs)]
        expected = gradients(ys, [xs[i] for i in every], zeros)
        xs = case.fresh(requires_grad=every)
        ys = [recorded(case, xs)[k]]
        got = gradients(ys, [xs[i] for i in every], [cs[k]])
        for i, e, g in zip(every, expected, got, strict=True):
            note = f"through output {k} alone"
            yield from agree(case.names[i], _where_finite(e, e, g), _where_finite(e, g, g), note)

    yield from parts(*(partial(alone, k) for k in range(count)))


def _where_finite(mask: Tensor | None, x: Tensor | None, other: Tensor | None) -> Tensor | None:
    """`x` with zeros where `mask` is not finite: zero times an infinite derivative is NaN, and
    that is no word on what the derivative is.
    """
    if mask is None or x is None:
        return x if mask is None else (None if other is None else torch.zeros_like(other))
    return torch.where(mask.isfinite(), x, torch.zeros_like(x))


class _Swallow(torch.autograd.Function):
    """The identity, through which no gradient comes back."""

    @staticmethod
    def forward(_ctx: Any, x: Tensor) -> Tensor:
        return x.clone()

    @staticmethod
    def backward(_ctx: Any, *_grads: Any) -> Any:
        return None


@holds(
    "undefined gradient",
    "A cotangent of zeros, or none, gives zeros; its layout and its lazy bits make no difference.",
)
def undefined_gradient(case: Case) -> Iterator[Point]:
    """The same numbers as a cotangent in several shapes of memory."""
    every = indices(case)

    def back(make: _Make, through: Callable[[Tensor], Tensor] | None = None) -> _Gradients:
        xs = case.fresh(requires_grad=every)
        ys = recorded(case, xs)
        cs = make(ys)
        return gradients([through(y) for y in ys] if through else ys, [xs[i] for i in every], cs)

    def random(ys: Sequence[Tensor]) -> list[Tensor]:
        return cotangents(case, ys)

    ordinary = back(random)

    def nothing(make: _Make, through: Callable[[Tensor], Tensor] | None, note: str) -> _Points:
        for i, g, zero in zip(every, ordinary, back(make, through), strict=True):
            if g is None or zero is None:
                continue
            got = torch.where(g.isfinite(), zero, torch.zeros_like(zero))
            expected = torch.zeros_like(got)
            yield from compare("identical", case.names[i], expected, got, note=note)

    def equal(one: _Make, other: _Make, note: str) -> _Points:
        before = ordinary if one is random else back(one)
        for i, e, g in zip(every, before, back(other), strict=True):
            yield from agree(case.names[i], e, g, note)

    def changed(change: Callable[[Tensor], Tensor]) -> _Make:
        return lambda ys: [change(c) for c in random(ys)]

    swallow: Callable[[Tensor], Tensor] = _Swallow.apply  # torch does not type it
    yield from parts(
        partial(nothing, _zeros, None, "the cotangent is zero"),
        partial(nothing, random, swallow, "there is no cotangent"),
        partial(equal, _ones, _expanded_ones, "an expanded cotangent, as sum() gives"),
        *(partial(equal, random, changed(how), note) for note, how in _COTANGENTS.items()),
    )


_Make = Callable[[Sequence[Tensor]], Sequence[Tensor]]
"""Cotangents for outputs."""
_Gradients = list[Tensor | None]
_Points = Iterator[Point]


def _zeros(ys: Sequence[Tensor]) -> list[Tensor]:
    return [torch.zeros_like(y) for y in ys]


def _ones(ys: Sequence[Tensor]) -> list[Tensor]:
    return [torch.ones_like(y) for y in ys]


def _expanded_ones(ys: Sequence[Tensor]) -> list[Tensor]:
    return [y.new_ones(()).expand(y.shape) for y in ys]


def _strided(c: Tensor) -> Tensor:
    return torch.stack([c, torch.full_like(c, float("nan"))], dim=-1)[..., 0]


def _transposed(c: Tensor) -> Tensor:
    return c.mT.contiguous().mT if c.ndim >= 2 else c


def _lazy(c: Tensor) -> Tensor:
    """The same numbers with the conjugate bit, or with the negative bit if they are real."""
    if c.is_complex():
        return torch.conj_physical(c).conj()
    if c.dtype not in (torch.float32, torch.float64):
        return c
    return torch.complex(torch.zeros_like(c), -c).conj().imag


_COTANGENTS = {
    "a cotangent with gaps between its elements": _strided,
    "a transposed cotangent": _transposed,
    "a cotangent that is conjugated, or negated, lazily": _lazy,
}


@holds("pickling", "A pickle of the op is the op, or an error that says why there is none.")
def pickling(case: Case) -> Iterator[Point]:
    """A round trip. What is no op of ours and pickles must compute the same afterwards."""
    try:
        again = pickle.loads(pickle.dumps(case.fn))  # noqa: S301  # our own
    except PicklingError:
        return
    except Exception:
        if case.op is not None:
            raise
        raise NotApplicable("it cannot be pickled") from None
    if case.op is not None:
        if again is not case.op:
            yield Point(Verdict.WRONG, "", None, case.name, repr(again), note="another op")
        return
    expected = steady(case)
    got = replace(case, fn=again).outputs(case.fresh())
    for name, e, g in zip(labels("output", expected), expected, got, strict=True):
        yield from compare("identical", name, e, g, note="after a pickle round trip")
