"""Properties of the values themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch

from npbridge.testing._case import Case, NotApplicable, array
from npbridge.testing._property import compare, holds
from npbridge.testing._report import Point

DIGITS = 40
"""Of mpmath references."""


@holds("value", "The result is what the NumPy function returns.")
def value(case: Case) -> Iterator[Point]:
    """Bit for bit, where one call of the function is one call of the op."""
    op = case.op
    if op is None:
        raise NotApplicable("it is no npbridge op")
    held = case.with_tensors(case.fresh())  # in the layout in which the op is given them
    arrays = [array(x) for x in held.args], {n: array(x) for n, x in held.kwargs.items()}
    if any(isinstance(x, (tuple, list, dict)) for x in (*arrays[0], *arrays[1].values())):
        raise NotApplicable("its arguments are nested")
    got = case.outputs(case.fresh())
    looped = op.signature is not None and not op.vectorized
    if looped and op.batch_of(tuple(got[0].shape)):
        raise NotApplicable("the function is called for each item of a batch")
    if op.residuals or op.mutates:
        raise NotApplicable("the function returns something else besides")
    result = op.parameters.call(op.numpy, op.parameters.bind(tuple(arrays[0]), arrays[1]))
    listed = result if isinstance(result, (tuple, list)) else (result,)
    for i, (y, expected) in enumerate(zip(got, listed, strict=True)):
        name = "output" if len(got) == 1 else f"output {i}"
        yield from compare("value", name, torch.as_tensor(np.asarray(expected)).to(y.dtype), y)


@holds("reference", "The value is that of an independent reference.")
def reference(case: Case) -> Iterator[Point]:
    """A function of arrays, or of mpmath numbers."""
    truth = _truth(case)
    (got,) = case.outputs(case.fresh())
    yield from compare("reference", "output", torch.as_tensor(truth).to(torch.float64), got)


@holds("reference derivative", "The gradient is the derivative of an mpmath reference.")
def reference_derivative(case: Case) -> Iterator[Point]:
    """By `mpmath.diff`, element by element."""
    _given(case)
    leaves = case.fresh(requires_grad=case.differentiable)
    (y,) = case.outputs(leaves)
    for i in case.differentiable:
        name = case.names[i]
        (g,) = torch.autograd.grad(y, leaves[i], torch.ones_like(y), retain_graph=True)
        truth = torch.as_tensor(_truth(case, name)).expand(y.shape).sum_to_size(g.shape)
        yield from compare("reference", name, truth, g)


def _given(case: Case) -> Callable[..., Any]:
    if case.reference is None:
        raise NotApplicable("no reference was given")
    return case.reference


def _truth(case: Case, derivative: str | None = None) -> Any:
    """The reference, or its derivative in one argument, at the arguments of the case."""
    truth = _given(case)
    arguments = {n: np.asarray(array(x)) for n, x in case.bound.items()}
    if not _takes_mpmath(truth):
        if derivative is not None:
            raise NotApplicable("the reference is no function of mpmath numbers")
        return np.asarray(truth(*arguments.values()))
    import mpmath

    names = list(arguments)

    def one(*numbers: Any) -> Any:
        with mpmath.workdps(DIGITS):
            whole = (int, np.integer)
            exact = [int(x) if isinstance(x, whole) else mpmath.mpf(float(x)) for x in numbers]
            if derivative is None:
                return float(mpmath.re(truth(*exact)))
            k = names.index(derivative)
            along = mpmath.diff(lambda t: truth(*exact[:k], t, *exact[k + 1 :]), exact[k])
            return float(mpmath.re(along))

    return np.vectorize(one, otypes=[float])(*arguments.values())


def _takes_mpmath(reference: Any) -> bool:
    """Whether a reference computes with mpmath: its own functions, and those that name it."""
    if type(reference).__module__.startswith("mpmath") or "mpmath" in getattr(
        reference, "__module__", ""
    ):
        return True
    code = getattr(reference, "__code__", None)
    module = getattr(reference, "__globals__", {})
    return code is not None and any(
        getattr(module.get(n), "__name__", "").startswith("mpmath") for n in code.co_names
    )
