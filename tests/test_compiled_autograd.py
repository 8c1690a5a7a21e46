"""Compiled autograd: the backward of ops that were called eagerly, made into a graph by torch.

The rules of such a call run between graphs; where one graph was asked for, torch says so.
"""

import numpy as np
import pytest
import torch
import torch._dynamo.compiled_autograd

import npbridge.elementary as el
from npbridge import elementwise_op, numpy_op, special

D = torch.float64
# torch looks at .grad, traces its own builtins and recompiles, and warns of each (2.13).
pytestmark = [
    pytest.mark.filterwarnings("ignore:The .grad attribute of a Tensor that is not a leaf"),
    pytest.mark.filterwarnings("ignore:Dynamo does not know how to trace"),
    pytest.mark.filterwarnings("ignore:Dynamo detected a call to a"),
]

quad = numpy_op(lambda x: x**2, name="quad", vjp=lambda grad, x: 2 * grad * x)
expo = numpy_op(np.exp, name="expo", vjp=lambda grad, out: grad * out)
scaled = numpy_op(lambda x, k: x * k, name="scaled", vjp=lambda grad, k: (grad * k, None))
first = numpy_op(lambda p, k: p[0] * k, name="first", vjp=lambda grad, k: ([grad * k], None))
product = numpy_op(lambda p: p[0] * p[1], name="product")
sine = elementwise_op(np.sin, name="sine", partials={"x": el.cos})
cube = numpy_op(lambda x: x**3, name="cube")
noted = numpy_op(lambda x: (x**2, "note"), name="noted", vjp=lambda grad, x: 2 * grad[0] * x)
factored = numpy_op(
    lambda x: (x**2, {"slope": 2 * x, "object": object()}),
    name="factored",
    residuals=True,
    vjp=lambda grad, residuals: grad * residuals["slope"],
)


@cube.register_vjp(composite=True)
def _(grad, x):
    return 3 * grad * x**2


@product.register_vjp
def _(grad, p):
    return ((grad * p[1], grad * p[0]),)


CASES = {
    "numpy": (quad, lambda x: x**2),
    "numpy of the output": (expo, torch.exp),
    "composite": (cube, lambda x: x**3),
    "elementwise": (sine, torch.sin),
    "special": (special.gammaln, torch.lgamma),
    "nested": (lambda x: product((x, 2 * x)), lambda x: 2 * x**2),
    "objects": (lambda x: noted(x)[0], lambda x: x**2),
    "residuals": (factored, lambda x: x**2),
}


def point():
    return torch.tensor([0.3, 0.8, 1.1], dtype=D, requires_grad=True)


def backward(y, *, fullgraph=False):
    """The backward of `y` as compiled code."""
    compiler = lambda graph: torch.compile(graph, backend="eager", fullgraph=fullgraph)
    with torch._dynamo.compiled_autograd._enable(compiler):
        y.backward()


@pytest.fixture(autouse=True)
def _fresh():
    torch._dynamo.reset()
    yield
    torch._dynamo.reset()


@pytest.mark.parametrize("name", CASES)
def test_the_backward_of_an_eager_call(name):
    """Gradients are right, of the call that was compiled and of the next one."""
    op, native = CASES[name]
    for factor in (1.0, 2.0):
        x, z = point(), point()
        backward((factor * op(factor * x)).sum())
        (factor * native(factor * z)).sum().backward()
        torch.testing.assert_close(x.grad, z.grad)


@pytest.mark.parametrize("name", ["numpy", "nested"])
def test_one_graph_is_refused(name):
    """Where no break is allowed, the error says that the rule cannot be part of a graph."""
    op, _ = CASES[name]
    y = op(point()).sum()
    with pytest.raises(Exception, match="between graphs"):
        backward(y, fullgraph=True)


def test_arguments_are_no_constants():
    """What is no tensor is that of each call, not of the one that was compiled."""
    for k in (3.0, 5.0):
        for call in (lambda x, k=k: scaled(x, k), lambda x, k=k: first([x], k)):
            x = point()
            backward(call(x).sum())
            torch.testing.assert_close(x.grad, torch.full_like(x, k))


@pytest.mark.parametrize("where", ["inside", "outside", "eager op"])
@pytest.mark.parametrize("name", ["numpy", "composite", "elementwise", "residuals"])
def test_compiled_functions(name, where):
    """With the option on, functions compiled with their backward, and without it, are right."""
    op, native = CASES[name]
    x, z = point(), point()
    (native(z) * z).sum().backward()
    with torch._dynamo.config.patch(compiled_autograd=True):
        if where == "inside":
            torch.compile(lambda x: (op(x) * x).sum().backward(), backend="aot_eager")(x)
        elif where == "outside":
            torch.compile(lambda x: (op(x) * x).sum(), backend="aot_eager")(x).backward()
        else:
            y = op(x)
            torch.compile(lambda x, y: (y * x).sum().backward(), backend="aot_eager")(x, y)
    torch.testing.assert_close(x.grad, z.grad)
