"""One function of each chapter in the contexts that are slow to try: compiled, exported, leaks."""

import io

import pytest
import torch
from hypothesis import settings
from modes import listed, real_parts
from references import CHAPTERS
from references.points import kinds

from npbridge import special
from npbridge._elementwise import ElementwiseOp
from npbridge.domains import Choices
from npbridge.testing import check_property

D = torch.float64


def first_of(chapter):
    """The first function of a chapter that has a derivative, or None."""
    for op in vars(chapter).values():
        public = isinstance(op, ElementwiseOp) and special.CATALOGUE.get(op.name) is op
        if public and op.__module__ == chapter.__name__ and kinds(op)[2]:
            return op
    return None


ONE_OF_EACH = [op for op in map(first_of, CHAPTERS.values()) if op is not None]
one_of_each = pytest.mark.parametrize("op", ONE_OF_EACH, ids=lambda op: op.name)


def in_one_argument(op):
    """The op as a function of its last argument with a derivative, in the middle of its domain."""
    integers, _, written = kinds(op)
    intervals = {n: d for n, d in op.domain.items() if n in op.names and not isinstance(d, Choices)}
    middle = {
        n: low if n in integers else 0.45 * low + 0.55 * high
        for n, (low, high) in intervals.items()
    }
    target = written[-1]

    def function(x):
        outputs = listed(op(*[x if n == target else v for n, v in middle.items()]))
        return sum((k + 1) * part for k, part in enumerate(real_parts(outputs)))

    return function, torch.tensor([middle[target], 1.01 * middle[target]], dtype=D)


@pytest.fixture(autouse=True)
def _compile_afresh():
    yield
    torch._dynamo.reset()


@one_of_each
def test_compiled_and_leaks(op):
    """Compiled it is what it is eager; nothing is kept of a graph that was dropped."""
    settings(max_examples=1)(check_property(op, properties=["compile", "leaks", "pickling"]))()


@one_of_each
def test_derivatives_in_a_compiled_function(op):
    """A Hessian in a compiled function, in one graph, is the eager one."""
    function, x = in_one_argument(op)
    hessian = torch.func.hessian(lambda t: function(t).sum())
    compiled = torch.compile(hessian, backend="aot_eager", fullgraph=True)
    torch.testing.assert_close(compiled(x), hessian(x), rtol=1e-12, atol=0)


@pytest.mark.filterwarnings("ignore:Attempted to insert a get_attr Node")  # linearize's own (2.13)
@one_of_each
def test_every_transform_gives_one_derivative(op):
    """Of all ways to ask for a first derivative each gives the same."""
    function, x = in_one_argument(op)
    leaf = x.clone().requires_grad_()
    (expected,) = torch.autograd.grad(function(leaf).sum(), leaf)
    ones = torch.ones_like(x)
    found = {
        "grad": torch.func.grad(lambda t: function(t).sum())(x),
        "vjp": torch.func.vjp(function, x)[1](ones)[0],
        "jvp": torch.func.jvp(function, (x,), (ones,))[1],
        "linearize": torch.func.linearize(function, x)[1](ones),
        "jacrev": torch.func.jacrev(function)(x).diagonal(),
        "jacfwd": torch.func.jacfwd(function)(x).diagonal(),
        "vmap of grad": torch.vmap(torch.func.grad(function))(x),
        "grad of vmap": torch.func.grad(lambda t: torch.vmap(function)(t).sum())(x),
        "jacobian": torch.autograd.functional.jacobian(function, x, vectorize=True).diagonal(),
    }
    for way, got in found.items():
        torch.testing.assert_close(got, expected, rtol=1e-12, atol=0, msg=lambda m, w=way: w + m)


@one_of_each
def test_exported_and_loaded(op):
    """An exported program, saved and loaded, computes it for other numbers."""
    function, x = in_one_argument(op)

    class Module(torch.nn.Module):
        def forward(self, x):
            return function(x)

    other = x.flip(0) * 1.001
    held = io.BytesIO()
    torch.export.save(torch.export.export(Module(), (x,)), held)
    held.seek(0)
    loaded = torch.export.load(held).module()
    torch.testing.assert_close(loaded(other), function(other), rtol=0, atol=0)
