"""Derivatives of analytic functions by a step off the real line."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import torch
from torch import Tensor

from npbridge.testing._case import Case, NotApplicable, array
from npbridge.testing._numeric import ROUNDING
from npbridge.testing._property import compare, holds
from npbridge.testing._report import Point


@holds("complex step", "Where the function is analytic, a complex step gives the derivative.")
def complex_step(case: Case) -> Iterator[Point]:
    """Im f(x + i h) / h has no cancellation, so h can be as small as one likes."""
    op = case.op
    analytic: frozenset[str] = getattr(op, "holomorphic", frozenset())
    names = [case.names[i] for i in case.differentiable if case.names[i] in analytic]
    if op is None or not names or any(x.is_complex() for x in case.tensors):
        raise NotApplicable("it is not declared holomorphic, or not called on real numbers")
    whole = {n: array(x) for n, x in case.bound.items()}
    leaves = case.fresh(requires_grad=case.differentiable)
    outputs = case.outputs(leaves)
    if len(outputs) > 1:
        raise NotApplicable("it has several outputs")
    if any(y.is_complex() for y in outputs):
        raise NotApplicable("its output is complex")
    (y,) = outputs
    for name in names:
        i = case.names.index(name)
        (gradient,) = torch.autograd.grad(y.sum(), leaves[i], retain_graph=True)

        def moved(step: float, name: str = name) -> Tensor:
            result = op.parameters.call(
                op.numpy, (whole | {name: whole[name] + 1j * step}).values()
            )
            return torch.as_tensor(np.asarray(result))

        expected = _stepped(moved)
        if expected is None:
            raise NotApplicable("off the real line the function is not accurate enough")
        expected = expected.expand(y.shape).sum_to_size(gradient.shape)
        yield from compare("complex step", name, expected, gradient)


def _stepped(moved: Callable[[float], Tensor]) -> Tensor | None:
    """The derivative by a tiny step, if larger steps come to the same.

    They need not: AMOS, behind scipy.special.jv, is accurate in the size of a complex number, not
    in a tiny imaginary part (SciPy 1.17).
    """
    tiny = moved(2.0**-80).imag / 2.0**-80
    best, doubt = torch.zeros_like(tiny), torch.full_like(tiny, float("inf"))
    previous = None
    for k in range(4, 24):
        h = 2.0**-k
        f = moved(h)
        quotient = f.imag / h
        if previous is not None:
            value = (4 * quotient - previous) / 3
            error = (value - quotient).abs() + ROUNDING * f.abs() / h
            better = error < doubt
            best, doubt = torch.where(better, value, best), torch.where(better, error, doubt)
        previous = quotient
    return tiny if bool(((tiny - best).abs() <= 2 * doubt).all()) else None
