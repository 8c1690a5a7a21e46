"""Contexts in which an op cannot be right: each raises, and says so."""

import numpy as np
import pytest
import torch
from torch._subclasses import FakeTensorMode

from npbridge import errors, numpy_op, special


@numpy_op
def cube(x):
    return x**3


@cube.register_vjp
def _(grad, x):
    return 3 * grad * x**2


@pytest.fixture(params=[cube, special.j0], ids=["numpy", "elementwise"])
def op(request):
    """An op of each kind."""
    return request.param


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # torch.jit itself is deprecated (2.13)
@pytest.mark.parametrize("requires_grad", [False, True])
def test_jit_trace(op, requires_grad):
    """torch.jit.trace would bake in a constant."""
    x = torch.ones(3, dtype=torch.float64, requires_grad=requires_grad)
    with pytest.raises(errors.TransformError) as raised:
        torch.jit.trace(lambda x: op(x) + 1, (x,), check_trace=False)
    assert str(raised.value) == (
        f"{op.label} cannot be traced by torch.jit: the trace would hold its result as a "
        "constant.\nCall it outside of the traced function, or use torch.compile."
    )


def test_unknown_shapes():
    """An op that says nothing about its shapes cannot be traced."""
    words = (
        "cube cannot be traced: its output shapes are known only by running it.\n"
        "Declare a gufunc signature=, or register them with @cube.register_fake."
    )

    class Model(torch.nn.Module):
        def forward(self, x):
            return cube(x) + 1

    with FakeTensorMode() as mode, pytest.raises(errors.TransformError) as raised:
        cube(mode.from_tensor(torch.ones(3)))
    assert str(raised.value) == words
    with pytest.raises(errors.TransformError, match="cannot be traced"):
        torch.export.export(Model(), (torch.ones(3),))
    with pytest.raises(torch._dynamo.exc.Unsupported) as raised:
        torch.compile(lambda x: cube(x) + 1, fullgraph=True, backend="eager")(torch.ones(3))
    assert all(line in str(raised.value) for line in words.splitlines())


@pytest.mark.filterwarnings("ignore:The .grad attr")  # torch's own tracer reads it (2.13)
@pytest.mark.parametrize("backend", ["eager", "aot_eager"])
def test_broken_graphs_are_right(op, backend):
    """Without fullgraph an op runs between graphs, with value and derivative right, and the code
    around it is compiled once, not at each call.
    """
    torch._dynamo.reset()

    def model(x):
        return (op(x * 2) * x).sum()

    compiled = torch.compile(model, backend=backend)
    for _ in range(12):
        x = torch.rand(3, dtype=torch.float64, requires_grad=True)
        want = torch.autograd.grad(model(x), x)
        torch.testing.assert_close(torch.autograd.grad(compiled(x), x), want)
    assert not torch._dynamo.utils.counters["recompile_limit"]
    torch._dynamo.reset()


def test_a_batch_of_none_under_vmap():
    """Vmap over an empty batch cannot know the output's shape."""
    with pytest.raises(errors.TransformError, match="empty batch"):
        torch.func.vmap(cube)(torch.ones(0, 3))


def test_second_derivatives_under_torch_func():
    """No nesting of torch.func gets a second derivative out of a NumPy rule."""
    x = torch.ones(3, dtype=torch.float64)
    square = numpy_op(np.square, name="square", vjp=None)
    assert square(x).equal(x)
    total = lambda x: cube(x).sum()
    for second in (
        lambda: torch.func.hessian(total)(x),
        lambda: torch.func.jacrev(torch.func.jacrev(total))(x),
        lambda: torch.func.jvp(torch.func.grad(total), (x,), (x,)),
        lambda: torch.func.grad(lambda x: torch.func.grad(total)(x).sum())(x),
    ):
        with pytest.raises(errors.MissingDerivativeError, match=r"first order only|has no jvp"):
            second()
