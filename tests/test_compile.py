"""torch.compile holds a call in one graph, and gives the numbers that plain PyTorch gives."""
# ruff: noqa: T201  # the number of graphs is part of the report

from typing import Any, NamedTuple

import numpy as np
import pytest
import torch
from torch._dynamo.testing import CompileCounterWithBackend

from npbridge import errors, numpy_op, special

F = torch.func
DOUBLE = torch.float64
pytestmark = [
    # inductor uses it (torch 2.13)
    pytest.mark.filterwarnings("ignore:`torch.jit.script_method` is deprecated"),
    pytest.mark.filterwarnings("ignore:The .grad attr"),  # torch's own tracer reads it (2.13)
    pytest.mark.filterwarnings("ignore:`torch._prims_common.check` is deprecated:FutureWarning"),
]


class Pair(NamedTuple):
    """What an op may return."""

    first: Any
    second: Any


@pytest.fixture(autouse=True)
def _fresh_compiler():
    """Nothing compiled before or after a test."""
    torch._dynamo.reset()
    yield
    torch._dynamo.reset()


@numpy_op(signature="(m,m),(m)->(m)")
def solve(a, b):
    return np.linalg.solve(a, b)


@solve.register_vjp(composite=True)
def _(grad, out, a, b):
    gb = solve(a.mT, grad)
    return -gb[..., :, None] * out[..., None, :], gb


@numpy_op(signature="(n),(n)->(n),()", vectorized=True)
def mixed(x, y):
    return x * y, (x + y).sum(-1)


@mixed.register_vjp(composite=True)
def _(grad, x, y):
    g, h = grad
    return g * y + h[..., None], g * x + h[..., None]


@numpy_op
def power(x, k=1.0, *, n=3, mode="times", ends=(0, None)):
    y = k * x**n if mode == "times" else x**n / k
    return y[slice(*ends)] if x.ndim else y


@power.register_fake
def _(x, k, n, mode, ends):
    return x[slice(*ends)] if x.ndim else torch.empty_like(x)


@power.register_vjp
def _(grad, x, k, n, mode, ends):
    assert ends == (0, None)
    return {"x": (k if mode == "times" else 1 / k) * n * grad * x ** (n - 1)}


@numpy_op
def sums(parts, weights=None):
    x, (y, z) = parts["x"], parts["more"]
    w = 1.0 if weights is None else weights
    return {"sum": w * x + y, "rest": [y * z, (x - z,)]}


@sums.register_fake
def _(parts, weights):
    like = parts["x"].new_empty(parts["x"].shape)
    return {"sum": like, "rest": [like.clone(), (like.clone(),)]}


@sums.register_vjp(composite=True)
def _(grad, parts, weights):
    s, (p, (d,)) = grad["sum"], grad["rest"]
    y, z = parts["more"]
    w = 1.0 if weights is None else torch.as_tensor(weights)
    return {"parts": {"x": w * s + d, "more": (s + p * z, p * y - d)}}


@numpy_op
def pair(x):
    return Pair(2 * x, 3 * x)


@pair.register_fake
def _(x):
    return Pair(torch.empty_like(x), torch.empty_like(x))


@pair.register_vjp
def _(grad):
    return 2 * grad.first + 3 * grad.second


def numbers(*shape):
    return torch.rand(*shape, dtype=DOUBLE) + 1


def nested(x):
    out = sums({"x": x, "more": (x * 2, x.sin())})
    return (out["sum"] * out["rest"][0] + out["rest"][1][0]).sum()


MATRIX = torch.eye(4, dtype=DOUBLE) * 3 + 0.5
FUNCTIONS = {
    "one argument": lambda x: special.j0(x).sum(),
    "float argument": lambda x: special.jv(0.5, x).sum(),
    "int argument": lambda x: special.jv(2, x).sum(),
    "two arguments": lambda x: special.xlogy(x, x.flip(0)).sum(),
    "numpy rule": lambda x: power(x, 2.0, n=2).sum(),
    "signature": lambda x: (solve(MATRIX, x) ** 2).sum(),
    "several outputs": lambda x: sum((y**2).sum() for y in mixed(x, 2 * x)),
    "nested": nested,
    "named tuple": lambda x: (pair(x).first * pair(x).second).sum(),
}
FIRST_ORDER = {"numpy rule", "named tuple"}
"""They have a NumPy vjp only: no second derivative, and no forward mode."""


def compiled(fn, backend="eager", **options):
    """`fn` compiled in one piece, and the counter of its graphs."""
    counter = CompileCounterWithBackend(backend)
    return torch.compile(fn, fullgraph=True, backend=counter, **options), counter


def equal(got, want):
    torch.testing.assert_close(got, want, rtol=1e-12, atol=1e-12)


def gradient(fn, x):
    x = x.clone().requires_grad_()
    return torch.autograd.grad(fn(x), x)[0]


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("dynamic", [None, True])
@pytest.mark.parametrize("backend", ["eager", "aot_eager"])
def test_transforms(backend, dynamic, name):
    """Value, backward pass, and every transform inside: one graph each, and the right numbers."""
    fn = FUNCTIONS[name]
    inside = {
        "value": fn,
        "grad": F.grad(fn),
        "jvp": lambda x: F.jvp(fn, (x,), (torch.ones_like(x),)),
        "vmap of grad": lambda x: F.vmap(F.grad(fn))(torch.stack([x, x + 1])),
        "hessian": F.hessian(fn),
    }
    if name in FIRST_ORDER:
        del inside["hessian"], inside["jvp"]
    for how, g in inside.items():
        torch._dynamo.reset()
        run, counter = compiled(g, backend, dynamic=dynamic)
        for _ in range(2):
            x = numbers(4)
            equal(run(x), g(x))
        print(f"{backend}, {name}, {how}: graphs: {counter.frame_count}")
        assert counter.frame_count == 1
    torch._dynamo.reset()
    run, counter = compiled(fn, backend, dynamic=dynamic)
    x = numbers(4)
    equal(gradient(run, x), gradient(fn, x))
    assert counter.frame_count == 1


@pytest.mark.parametrize("dynamic", [None, True])
@pytest.mark.parametrize("name", ["float argument", "numpy rule", "several outputs", "nested"])
def test_inductor(name, dynamic):
    """Value and gradient with the compiler that users have."""
    fn = FUNCTIONS[name]
    run, counter = compiled(fn, "inductor", dynamic=dynamic)
    for _ in range(2):
        x = numbers(4)
        equal(gradient(run, x), gradient(fn, x))
    print(f"inductor, {name}: graphs: {counter.frame_count}")
    assert counter.frame_count == 1
    equal(torch.compile(F.grad(fn), fullgraph=True)(x), F.grad(fn)(x))


@pytest.mark.parametrize("name", ["one argument", "signature", "several outputs"])
def test_create_graph(name):
    """The gradient of compiled code is differentiated again where torch allows it."""
    fn = FUNCTIONS[name]

    def second(f, x):
        x = x.clone().requires_grad_()
        (g,) = torch.autograd.grad(f(x), x, create_graph=True)
        return torch.autograd.grad(g.sum(), x)[0]

    x = numbers(4)
    equal(second(compiled(fn)[0], x), second(fn, x))
    torch._dynamo.reset()
    with pytest.raises(
        RuntimeError, match=r"double backward|not have been used"
    ):  # AOTAutograd's own limit (2.13)
        second(compiled(fn, "aot_eager")[0], x)


@pytest.mark.parametrize("dynamic", [None, True])
def test_sizes_change(dynamic):
    """One graph serves all sizes where dynamic=True, and the second one where torch decides."""
    run, counter = compiled(FUNCTIONS["several outputs"], "aot_eager", dynamic=dynamic)
    for n in (3, 5, 7, 9):
        x = numbers(n)
        equal(gradient(run, x), gradient(FUNCTIONS["several outputs"], x))
    print(f"sizes, dynamic={dynamic}: graphs: {counter.frame_count}")
    assert counter.frame_count <= (1 if dynamic else 2)


@pytest.mark.parametrize("backend", ["eager", "aot_eager"])
def test_a_changing_float(backend):
    """A Python float, and an int, that differ at each call do not compile anew at each."""
    for fn, values in (
        (lambda x, v: special.jv(v, x).sum(), (0.5, 0.75, 1.25, 2.5, -0.5, 0.0)),
        (lambda x, v: special.jv(v, x).sum(), (1, 2, 3, 4, 5, 7)),
        (lambda x, v: power(x, v).sum(), (0.5, 0.75, 1.25, 2.5, -0.5)),
        (lambda x, v: power(x, v * 2 + 1).sum(), (0.5, 0.75, 1.25, 2.5, -0.5)),
        (lambda x, v: power(x, n=v).sum(), (2, 3, 4, 5, 6)),
    ):
        torch._dynamo.reset()
        run, counter = compiled(fn, backend)
        for v in values:
            x = numbers(3)
            equal(run(x, v), fn(x, v))
            equal(gradient(lambda x: run(x, v), x), gradient(lambda x: fn(x, v), x))
        print(f"{backend}, changing {type(v).__name__}: graphs: {counter.frame_count}")
        assert counter.frame_count <= 4  # value and gradient, each at most 2


def test_eager_calls_between():
    """What happens outside compiled code does not compile it again."""
    run, counter = compiled(FUNCTIONS["numpy rule"])
    x = numbers(4)
    for n in range(5):
        equal(run(x), FUNCTIONS["numpy rule"](x))
        power(x, float(n), mode="over" if n % 2 else "times")
        F.grad(lambda x: power(x, n=2).sum())(x)
    print(f"eager calls between: graphs: {counter.frame_count}")
    assert counter.frame_count == 1


@pytest.mark.parametrize("backend", ["eager", "aot_eager"])
@pytest.mark.parametrize(
    "fn",
    [
        power,
        lambda x: power(x, 3, n=2, mode="over"),
        lambda x: power(k=2.0, x=x, ends=(1, 3)),
        lambda x: sums({"x": x, "more": [x, x + 1]}, weights=np.arange(4.0)),
        lambda x: sums({"x": x, "more": (x, x)}, None),
        pair,
        lambda x: pair(x)._replace(first=x),
        lambda x: mixed(x, np.arange(4.0)),
        lambda x: special.jv(np.float64(0.5), x),
        lambda x: special.jv(x.round().to(torch.int64), x),
        lambda x: special.j0(x.half()),
        lambda x: special.j0(x.bfloat16()),
        lambda x: special.j0((10 * x).to(torch.int32)),
        lambda x: mixed(x.half(), x.half()),
        lambda x: mixed(x.float(), x),
        lambda x: special.j0(x > 1),
        lambda x: special.j0(x[0]),
        lambda x: special.j0(x[:0]),
        lambda x: special.j0(x.expand(3, 4).T),
    ],
)
def test_arguments(backend, fn):
    """Keywords, defaults, strings, None, nests, arrays, halves and integers: results, their
    structure and their dtypes are those of plain PyTorch.
    """
    run, counter = compiled(fn, backend)
    for _ in range(2):
        x = numbers(4)
        got, want = run(x), fn(x)
        assert type(got) is type(want)
        torch.testing.assert_close(got, want, rtol=1e-12, atol=1e-12)
    print(f"graphs: {counter.frame_count}")
    assert counter.frame_count == 1


@pytest.mark.parametrize("backend", ["eager", "aot_eager"])
def test_arrays_are_no_constants(backend):
    """Arrays, as arguments and in closures, are read at each run."""
    held = np.arange(4.0)

    def fn(x, w):
        return mixed(x, held)[0] + sums({"x": x, "more": (x, x)}, weights=w)["sum"]

    run, counter = compiled(fn, backend)
    for n in range(3):
        held += n
        x, w = numbers(4), np.arange(4.0) * n
        equal(run(x, w), fn(x, w))
        equal(run(x, 2 * w), fn(x, 2 * w))
    print(f"arrays: graphs: {counter.frame_count}")
    assert counter.frame_count == 1


def test_a_view_of_an_argument():
    """An op may return its argument, or a part of it: the result is a copy, compiled or not."""

    @numpy_op
    def same(x):
        return x[1:]

    @same.register_fake
    def _(x):
        return x[1:]

    def fn(x):
        y = same(x)
        y += 1
        return y, x

    for backend in ("eager", "aot_eager"):
        x = numbers(4)
        equal(compiled(fn, backend)[0](x.clone()), fn(x.clone()))


def test_places():
    """In a nested function, a module, a method and a closure an op is the same."""

    class Model(torch.nn.Module):
        def __init__(self, fn):
            super().__init__()
            self.fn = fn
            self.weight = torch.nn.Parameter(numbers(4))

        def forward(self, x):
            def inner(y):
                return self.fn(y * self.weight).sum() + self.method(y)

            return inner(x)

        def method(self, x):
            return solve(MATRIX, x).sum() * power(x, 2.0).sum()

    model = Model(special.j0)
    x = numbers(4)
    want = torch.autograd.grad(model(x), model.weight)
    for backend in ("eager", "aot_eager"):
        torch._dynamo.reset()
        run, counter = compiled(model, backend)
        equal(torch.autograd.grad(run(x), model.weight), want)
        assert counter.frame_count == 1


def test_two_ops_in_one_function():
    """A function that is given another op computes with that one."""

    def fn(op, x):
        return op(x) * 2 + op(2 * x)

    run, _ = compiled(fn, "aot_eager")
    x = numbers(4)
    for op in (special.j0, special.j1, power, special.j0, special.psi, power):
        equal(run(op, x), fn(op, x))


def test_the_graph_names_the_ops():
    """An op is a node of the graph: an opaque torch.ops.npbridge op."""
    graphs = []

    def keep(module, inputs):
        graphs.append(module)
        return module.forward

    torch.compile(FUNCTIONS["signature"], fullgraph=True, backend=keep)(numbers(4))
    (graph,) = graphs
    targets = [str(node.target) for node in graph.graph.nodes if node.op == "call_function"]
    assert [t for t in targets if t.startswith("npbridge.solve_")]


def test_unknown_shapes_break_the_graph():
    """An op with neither signature nor fake runs between graphs; fullgraph says one sentence."""

    @numpy_op
    def unknown(x):
        return x[x > 1]

    def fn(x):
        return unknown(x * 2).sum() + 1

    counter = CompileCounterWithBackend("eager")
    x = numbers(4)
    equal(torch.compile(fn, backend=counter)(x), fn(x))
    assert counter.frame_count == 2
    torch._dynamo.reset()
    with pytest.raises(torch._dynamo.exc.Unsupported) as raised:
        compiled(fn)[0](x)
    for words in (
        "unknown cannot be traced: its output shapes are known only by running it.",
        "Declare a gufunc signature=, or register them with @unknown.register_fake.",
    ):
        assert words in str(raised.value)


@pytest.mark.parametrize("backend", ["eager", "aot_eager"])
def test_second_derivative_of_a_numpy_rule(backend):
    """It is refused in compiled code too, in the words of the library."""
    with pytest.raises(Exception, match=r"a NumPy rule is first order only|has no jvp"):
        compiled(F.hessian(FUNCTIONS["numpy rule"]), backend)[0](numbers(3))


@pytest.mark.parametrize("backend", ["eager", "aot_eager"])
def test_a_rule_is_replaced(backend):
    """Compiled code computes with the rule there is now."""

    @numpy_op(signature="()->()")
    def double(x):
        return 2 * x

    double.register_vjp(lambda grad: 2 * grad)
    run, _ = compiled(lambda x: double(x).sum(), backend)
    x = numbers(3)
    equal(gradient(run, x), torch.full_like(x, 2))
    double.register_vjp(lambda grad: 5 * grad, replace=True)
    equal(gradient(run, x), torch.full_like(x, 5))
    double.register_vjp(lambda grad: 7 * grad, composite=True, replace=True)
    equal(gradient(run, x), torch.full_like(x, 7))


@pytest.mark.parametrize("backend", ["eager", "aot_eager", "inductor"])
@pytest.mark.parametrize(
    "lie",
    [
        lambda x: x.new_empty(2 * x.shape[0]),
        lambda x: x.new_empty(x.shape[0] - 1),
        lambda x: x.new_empty(x.shape, dtype=torch.float32),
        lambda x: (torch.empty_like(x), torch.empty_like(x)),
        lambda x: [torch.empty_like(x)],
    ],
    ids=["longer", "shorter", "dtype", "two", "nest"],
)
def test_a_fake_rule_that_lies(backend, lie):
    """What the rule says and the function does not return is an error, not garbage."""

    @numpy_op
    def liar(x):
        return 2 * x

    liar.register_fake(lie)

    def fn(x):
        y = liar(x)
        return [z + 1 for z in y] if isinstance(y, (list, tuple)) else y + 1

    with pytest.raises(errors.OutputError, match="register_fake rule"):
        compiled(fn, backend)[0](numbers(4))


def test_numbers_only():
    """A call without tensors runs between graphs."""

    def fn(x):
        return x * special.j0(0.5)

    x = numbers(3)
    equal(torch.compile(fn, backend="eager")(x), fn(x))
    with pytest.raises(torch._dynamo.exc.Unsupported, match="called without a tensor"):
        compiled(fn)[0](x)


def test_errors_are_those_of_the_op():
    """Arguments that do not fit are refused in the words of the op."""
    with pytest.raises(Exception, match="the dimension 'm' has two sizes"):
        compiled(solve, "aot_eager")[0](MATRIX, numbers(3))


@pytest.mark.parametrize("backend", ["aot_eager", "inductor"])
@pytest.mark.parametrize(
    "fn",
    [
        lambda x: special.jv(0.5, x) * 2,
        lambda x: special.gammainc(2.5, x) * 2,
        lambda x: special.xlogy(2, x) + 1,
    ],
    ids=["jv", "gammainc", "xlogy"],
)
def test_numbers_promote_weakly(backend, fn):
    """A Python number beside a float32 tensor leaves float32, which compiled code relies on."""
    x = torch.tensor([1.25, 1.5, 1.75])
    got = torch.compile(fn, fullgraph=True, backend=backend)(x)
    assert got.dtype == torch.float32
    torch.testing.assert_close(got, fn(x))
