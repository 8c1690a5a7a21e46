"""Properties about dtypes and layouts: the same numbers, however they are held."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

import numpy as np
import torch
from torch import Tensor

from npbridge._torch_private import tree_flatten
from npbridge.testing._agreement import parts
from npbridge.testing._case import Case, NotApplicable
from npbridge.testing._property import compare, holds
from npbridge.testing._report import Point, Verdict
from npbridge.testing._runs import (
    NO_DERIVATIVE,
    agree,
    labels,
    magnitude,
    outputs,
    pulled,
    spread,
    within,
)

_COMPLEX = {torch.float32: torch.complex64, torch.float64: torch.complex128}


@holds(
    "dtype and device",
    "Outputs have the precision and the device of the inputs, and each gradient those of its own.",
)
def dtype_and_device(case: Case) -> Iterator[Point]:
    """The function in its own precision, and once more in both single and double precision.

    A function that takes one precision only, and says so, is compared in none. The comparison of
    the two is held to the larger of 1 and the outputs: what a formula loses to cancellation in
    single precision is its own affair and not a wrapper's.
    """
    inexact = [x for x in case.tensors if x.is_floating_point() or x.is_complex()]
    if not inexact:
        raise NotApplicable("no argument is a floating-point tensor")
    yield from parts(partial(_gradients_fit, case), partial(_precisions, case, inexact))


def _precisions(case: Case, inexact: Sequence[Tensor]) -> Iterator[Point]:
    precisions = {x.dtype.to_real() for x in inexact}
    found: dict[torch.dtype, list[Tensor]] = {}
    single = [_cast(x, torch.float32) for x in case.tensors]
    for precision in _COMPLEX:
        try:
            ys = outputs(case, [_cast(x, precision) for x in single])
            found[precision] = [y.detach().clone() for y in ys]
        except Exception:
            if precisions == {precision}:
                raise
            return
    if not _dtype_is_chosen(case):
        for precision, ys in found.items():
            for name, y in zip(labels("output", ys), ys, strict=True):
                expected = _COMPLEX[precision] if y.is_complex() else precision
                if (y.is_floating_point() or y.is_complex()) and y.dtype != expected:
                    note = f"all inputs had the precision of {_short(precision)}"
                    shown = _short(expected), _short(y.dtype)
                    yield Point(Verdict.WRONG, name, None, *shown, note=note)
    yield from _precisions_agree(case, found[torch.float32], found[torch.float64], single)


def _gradients_fit(case: Case) -> Iterator[Point]:
    xs = case.fresh(requires_grad=case.differentiable)
    devices = {x.device for x in xs}
    ys = outputs(case, xs)
    for name, y in zip(labels("output", ys), ys, strict=True):
        if len(devices) == 1 and y.device not in devices:
            yield Point(Verdict.WRONG, name, None, devices.pop(), y.device, note="another device")
    if not any(y.requires_grad for y in ys):
        return
    try:
        grads = pulled(case, xs, case.differentiable)
    except NO_DERIVATIVE:
        return
    for i, g in zip(case.differentiable, grads, strict=True):
        if g is None:
            continue
        expected = _short(xs[i].dtype), tuple(xs[i].shape), str(xs[i].device)
        got = _short(g.dtype), tuple(g.shape), str(g.device)
        if expected != got:
            note = "the gradient is not like its input"
            yield Point(Verdict.WRONG, case.names[i], None, expected, got, note=note)


def _precisions_agree(
    case: Case, narrow: Sequence[Tensor], wide: Sequence[Tensor], single: Sequence[Tensor]
) -> Iterator[Point]:
    if len(narrow) != len(wide):
        yield Point(Verdict.WRONG, "", None, len(wide), len(narrow), note="number of outputs")
        return

    def double(tensors: Sequence[Tensor]) -> list[Tensor]:
        return outputs(case, [_cast(x, torch.float64) for x in tensors])

    doubts: list[Tensor] | None = None
    for k, (name, y, z) in enumerate(zip(labels("output", wide), narrow, wide, strict=True)):
        if not (z.is_floating_point() or z.is_complex()) or y.shape != z.shape:
            continue
        # Beyond the range of single precision, and where it overflows on the way, is no word.
        clear = y.isfinite() & z.isfinite()
        z, y = z[clear].detach(), y[clear].detach()  # noqa: PLW2901  # the loop's own pair
        y = y.to(torch.complex64 if y.is_complex() else torch.float32)  # noqa: PLW2901  # likewise
        scale = 1.0 + magnitude(z)
        if not compare("rounding", name, z, y, scale=scale):
            continue
        doubts = spread(double, single, case) if doubts is None else doubts
        note = "in single precision, beside double precision on the same numbers"
        doubt = doubts[k][clear]
        points = compare("rounding", name, z, y, scale=scale, uncertain=doubt, note=note)
        # Eigenvectors and the like are determined but for a sign, or a phase.
        unsigned = compare("rounding", name, z.abs(), y.abs(), scale=scale, uncertain=doubt)
        if any(p.verdict is Verdict.WRONG for p in unsigned):
            yield from (p for p in points if p.verdict is Verdict.WRONG)


def _cast(x: Tensor, precision: torch.dtype) -> Tensor:
    """A copy, in another precision if it has one."""
    if x.is_complex():
        return x.detach().to(_COMPLEX[precision], copy=True)
    return x.detach().to(precision if x.is_floating_point() else x.dtype, copy=True)


def _dtype_is_chosen(case: Case) -> bool:
    """Whether an argument that is no tensor has a say in the dtype of the result."""
    leaves = tree_flatten((case.args, dict(case.kwargs)))[0]
    return any(
        isinstance(x, torch.dtype)
        or (isinstance(x, (np.ndarray, np.generic)) and x.dtype.kind in "fc")
        for x in leaves
    )


def _short(dtype: torch.dtype) -> str:
    return str(dtype).removeprefix("torch.")


@holds(
    "layouts",
    "Values and gradients are the same in every layout that an input can have in memory.",
)
def layouts(case: Case) -> Iterator[Point]:
    """Each input in each layout, as a leaf, beside all inputs contiguous.

    Values are compared to rounding and not bit for bit: BLAS multiplies transposed matrices in
    another order, and torch and NumPy have vector loops for contiguous memory only.
    """
    plain = [x.contiguous() for x in case.fresh()]

    def run(tensors: Sequence[Tensor]) -> list[Tensor]:
        return [x for _, x in _everything(case, [x.clone() for x in tensors])]

    expected = _everything(case, [x.clone() for x in plain])
    doubts: list[Tensor] = []

    def beside(i: int, layout: str, held: Tensor) -> Iterator[Point]:
        got = _everything(case, [held if j == i else y.clone() for j, y in enumerate(plain)])
        note = f"{case.names[i]} was {layout}"
        if len(got) != len(expected):
            yield Point(Verdict.WRONG, case.names[i], None, len(expected), len(got), note=note)
            return
        for k, ((name, e), (_, g)) in enumerate(zip(expected, got, strict=True)):
            if not agree(name, e, g, note):
                continue
            if not doubts:
                doubts.extend(spread(run, plain, case))
            yield from agree(name, e, g, note, uncertain=doubts[k])

    yield from parts(
        *(partial(beside, i, *held) for i, x in enumerate(plain) for held in _layouts_of(x))
    )


def _everything(case: Case, tensors: Sequence[Tensor]) -> list[tuple[str, Tensor]]:
    """All outputs and all gradients, each with what it is called."""
    which = case.differentiable
    leaves = [x.detach().requires_grad_(i in which) for i, x in enumerate(tensors)]
    ys = outputs(case, leaves)
    listed = list(zip(labels("output", ys), [y.detach().clone() for y in ys], strict=True))
    if not any(y.requires_grad for y in ys) or not which:
        return listed
    try:
        grads = pulled(case, leaves, which)
    except NO_DERIVATIVE:
        return listed
    for i, g in zip(which, grads, strict=True):
        gradient = torch.zeros_like(leaves[i]) if g is None else g
        listed.append((f"gradient of {case.names[i]}", gradient.detach()))
    return listed


def _layouts_of(x: Tensor) -> Iterator[tuple[str, Tensor]]:
    """The same numbers otherwise. Negative strides do not exist: torch.from_numpy refuses them
    (torch 2.13).
    """
    yield "at an offset in its storage", within(x)[1]
    if x.ndim >= 1:
        gaps = torch.full((*x.shape[:-1], 2 * x.shape[-1] + 1), _junk(x), dtype=x.dtype)
        sliced = gaps.to(x.device)[..., 1::2]
        yield "every second element of a larger tensor", sliced.copy_(x)
    if x.ndim >= 2:
        yield "transposed", x.mT.contiguous().mT
    if x.ndim >= 3:
        backwards = tuple(reversed(range(x.ndim)))
        yield "in Fortran order", x.permute(backwards).contiguous().permute(backwards)
    for dim in range(x.ndim):
        first = x.narrow(dim, 0, min(1, x.shape[dim])).clone()
        if x.shape[dim] > 1 and x.numel() and torch.equal(first.expand_as(x), x):
            yield f"expanded along dimension {dim}", first.expand_as(x)
    if x.is_complex():
        yield "conjugated lazily", torch.conj_physical(x).conj()
    if x.dtype in _COMPLEX:
        yield "negated lazily", torch.complex(torch.zeros_like(x), -x).conj().imag


def _junk(x: Tensor) -> float | int:
    """What is between the elements, to be seen if it is read."""
    return float("nan") if x.is_floating_point() or x.is_complex() else 1
