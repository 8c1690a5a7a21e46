"""Which functions may come across a tensor other than their arguments."""

import functools

import numpy as np
import pytest
import scipy.special as sc
import torch

from npbridge import numpy_op
from npbridge._reach import may_reach_tensors

weight = torch.ones(3, requires_grad=True)
scale = 2.0


def helper(x):
    return x


def pure(x):
    return sc.j0(x) * np.exp(scale) + sum([abs(y) for y in x])


def uses_global(x):
    return x * np.asarray(weight)


def uses_inner(x):
    return [np.asarray(weight) for _ in x]


def uses_helper(x):
    return helper(x)


later = None
part = functools.partial(helper, weight)
table = {"w": weight}


def uses_container(x):
    return x * np.asarray(table["w"])


def uses_partial(x):
    return part(x)


def uses_later(x):
    return x * np.asarray(later)


def uses_import(x):
    import torch as t

    return t.ones(3)


def test_only_pure_functions_are_spared():
    """Only functions of numbers, NumPy and SciPy are run without the guard."""
    closed = weight

    def closure(x):
        return x * np.asarray(closed)

    assert not may_reach_tensors(pure)
    reaching = [uses_global, uses_inner, uses_helper, closure, functools.partial(pure), "a".join]
    reaching += [uses_container, uses_partial, uses_later, uses_import]
    assert all(map(may_reach_tensors, reaching))


@pytest.mark.parametrize("fn", [uses_global, uses_container, lambda x: x * np.asarray(weight)])
def test_a_tensor_that_is_no_argument_is_refused(fn):
    """A weight that the function turns into an array itself is an error, not a lost gradient."""
    op = numpy_op(fn, name="reaching", vjp=lambda grad: grad)
    with pytest.raises(RuntimeError, match="requires grad"):
        op(torch.ones(3, requires_grad=True))
