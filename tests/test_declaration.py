"""What can be declared: forms of the decorators, functions of every shape, rules of every kind."""

# ruff: noqa: PLW0108  # an op and its rules are read by their parameters' names

from __future__ import annotations

import copy
import functools
import inspect
import multiprocessing
import pickle
import pydoc
import sys
import typing
from collections import OrderedDict, namedtuple

import numpy as np
import pytest
import scipy.sparse
import torch
from torch import Tensor

from npbridge import NumpyOp, composite, elementary, elementwise_op, numpy_op
from npbridge.errors import MissingDerivativeError, PicklingError

F64 = torch.float64
POINT = torch.tensor([1.0, 2.0, 3.0], dtype=F64)


def vector():
    return POINT.clone().requires_grad_()


def number(value):
    return torch.tensor(value, dtype=F64, requires_grad=True)


def gradient(y, *xs):
    """The gradients of the sum of y, as lists."""
    found = torch.autograd.grad(y.sum(), xs)
    return found[0].tolist() if len(xs) == 1 else tuple(g.tolist() for g in found)


@numpy_op
def doubled(x):
    """Twice the argument."""
    return 2 * x


@doubled.register_vjp
def doubled_vjp(grad):
    return 2 * grad


by_other_name = numpy_op(lambda x: x + 1, name="plus_one")


# -- forms of the decorators ----------------------------------------------------------------------


def scale(x, k=2.0):
    """Scale x by k."""
    return k * x


def scale_vjp(grad, k):
    return {"x": k * grad}


FORMS = {
    "functional": lambda: numpy_op(scale, vjp=scale_vjp),
    "functional, options": lambda: numpy_op(scale, name="scale", vjp=scale_vjp),
    "configured": lambda: numpy_op(vjp=scale_vjp)(scale),
    "configured, nothing": lambda: registered(numpy_op()(scale)),
    "None": lambda: registered(numpy_op(None)(scale)),
    "bare": lambda: registered(numpy_op(scale)),
    "signature": lambda: numpy_op(scale, signature="(n)->(n)", vjp=scale_vjp),
    "vectorized": lambda: numpy_op(scale, signature="(n)->(n)", vectorized=True, vjp=scale_vjp),
    "differentiable": lambda: numpy_op(scale, differentiable=["x"], vjp=scale_vjp),
    "differentiable, text": lambda: numpy_op(scale, differentiable="x", vjp=scale_vjp),
    "out_dtypes": lambda: numpy_op(scale, out_dtypes="float64", vjp=scale_vjp),
    "residuals": lambda: numpy_op(
        lambda x, k=2.0: (k * x, k),
        name="scale",
        residuals=True,
        vjp=lambda grad, residuals: {"x": residuals * grad},
    ),
    "everything": lambda: numpy_op(
        name="scale",
        signature="(n)->(n)",
        vectorized=True,
        differentiable=("x",),
        out_dtypes=torch.float64,
        residuals=True,
        vjp=lambda grad, residuals: (residuals * grad,),
        jvp=lambda tangents, residuals: residuals * tangents["x"],
    )(lambda x, k=2.0: (k * x, k)),
    "composite": lambda: numpy_op(scale, vjp=composite(scale_vjp)),
    "per argument": lambda: numpy_op(scale, vjp={"x": lambda grad, k: k * grad}),
    "elementwise": lambda: elementwise_op(scale, partials={"x": lambda k: k, "k": lambda x: x}),
}


def registered(op):
    op.register_vjp(scale_vjp)
    return op


@pytest.mark.parametrize("form", FORMS)
def test_forms(form):
    """Every way to declare an op makes the same op."""
    op = FORMS[form]()
    assert isinstance(op, NumpyOp)
    assert op.name == "scale"
    x = vector()
    y = op(x, 3.0)
    assert y.dtype is F64
    assert y.tolist() == [3.0, 6.0, 9.0]
    assert gradient(y, x) == [3.0, 3.0, 3.0]
    assert op(x.detach(), 3.0).tolist() == [3.0, 6.0, 9.0]


def test_default_of_the_forward():
    """A default is filled in for forward and rules."""
    x = vector()
    assert gradient(FORMS["bare"]()(x), x) == [2.0, 2.0, 2.0]


@pytest.mark.parametrize("call", [lambda op, x: op(x, 3.0), lambda op, x: op(k=3.0, x=x)])
@pytest.mark.parametrize("warm", [False, True])
def test_keywords(call, warm):
    """Arguments go by position or by keyword, at the first call and later."""
    op = FORMS["bare"]()
    if warm:
        op(POINT)
    x = vector()
    assert gradient(call(op, x), x) == [3.0, 3.0, 3.0]


def test_lambda_with_a_name():
    """A lambda is an op once it is named."""
    op = numpy_op(lambda x: x**2, name="squared", vjp=lambda grad, x: 2 * grad * x)
    x = vector()
    y = op(x)
    assert op.name == "squared"
    assert type(y.grad_fn).__name__ == "SquaredBackward"
    assert gradient(y, x) == [2.0, 4.0, 6.0]


class Simulator:
    """A forward function with state."""

    def __init__(self, rate):
        self.rate = rate

    def step(self, x):
        """One step."""
        return self.rate * x

    def step_vjp(self, grad):
        return self.rate * grad

    def __call__(self, x):
        return self.rate * x


def test_bound_method():
    """A bound method is an op, and so is a rule that is one."""
    simulator = Simulator(4.0)
    op = numpy_op(simulator.step, vjp=simulator.step_vjp)
    x = vector()
    assert op.name == "step"
    assert gradient(op(x), x) == [4.0, 4.0, 4.0]


def test_callable_object():
    """A callable object is an op once it is named."""
    op = numpy_op(Simulator(4.0), name="simulator", vjp=lambda grad: 4.0 * grad)
    x = vector()
    assert gradient(op(x), x) == [4.0, 4.0, 4.0]


@pytest.mark.parametrize("bound", [functools.partial(scale, k=5.0), functools.partial(scale, k=5)])
def test_partial_with_a_keyword(bound):
    """A functools.partial takes its name from its function, and what it binds is a default."""
    op = numpy_op(bound, vjp=scale_vjp)
    x = vector()
    assert op.name == "scale"
    assert gradient(op(x), x) == [5.0, 5.0, 5.0]
    assert gradient(op(x, k=7.0), x) == [7.0, 7.0, 7.0]


def test_partial_with_a_position():
    """What a functools.partial binds by position is no parameter."""
    op = numpy_op(functools.partial(lambda k, x: k * x, 2.0), name="f", vjp=lambda grad: 2 * grad)
    x = vector()
    assert str(inspect.signature(op)) == "(x)"
    assert gradient(op(x), x) == [2.0, 2.0, 2.0]


def test_builtin_function_of_numpy():
    """A function of NumPy that tells its parameters is an op as it is."""
    op = numpy_op(np.linalg.inv)
    assert op.name == "inv"
    assert op(2 * torch.eye(2)).tolist() == [[0.5, 0.0], [0.0, 0.5]]


def test_ufunc():
    """A NumPy ufunc given to numpy_op works as it does in NumPy."""
    assert torch.equal(numpy_op(np.sin)(POINT), torch.from_numpy(np.sin(POINT.numpy())))


def test_op_as_a_method():
    """An op declared in a class body is a method as a function is."""

    class Model:
        rate = 3.0

        @numpy_op
        def apply(self, x):
            return self.rate * x

        @apply.register_vjp
        def _(grad, self):  # noqa: N805  # a rule names what it needs
            return {"x": self.rate * grad}

    x = vector()
    y = Model().apply(x)
    assert y.tolist() == [3.0, 6.0, 9.0]
    assert gradient(y, x) == [3.0, 3.0, 3.0]


def test_static_method():
    """Under @staticmethod an op is called without an instance."""

    class Model:
        @staticmethod
        @numpy_op
        def apply(x):
            return 3.0 * x

    assert Model().apply(POINT).tolist() == [3.0, 6.0, 9.0]
    assert Model.apply(POINT).tolist() == [3.0, 6.0, 9.0]


def test_op_of_an_op():
    """The NumPy function of an op may call other ops, which then are plain NumPy."""
    op = numpy_op(lambda x: doubled(doubled(x)), name="quadrupled")
    assert op(POINT).tolist() == [4.0, 8.0, 12.0]


# -- what the function was stays visible ----------------------------------------------------------


def documented(x: np.ndarray, *, k: float = 1.5) -> np.ndarray:
    """Multiply.

    In detail: x by k.
    """
    return k * x


def test_docstring_signature_and_wrapped():
    """Docstring, names, signature and the function itself are kept."""
    op = numpy_op(documented)
    assert op.__doc__ == documented.__doc__
    assert op.__name__ == "documented"
    assert op.__qualname__ == "documented"
    assert op.__module__ == __name__
    assert op.__wrapped__ is documented
    assert op.numpy is documented
    assert inspect.signature(op) == inspect.signature(documented)
    assert inspect.unwrap(op) is documented
    op(POINT)
    assert inspect.signature(op) == inspect.signature(documented)
    assert op.__doc__ == documented.__doc__


@pytest.mark.parametrize("warm", [False, True])
def test_annotations(warm):
    """Annotations are those of the function."""
    op = numpy_op(documented)
    if warm:
        op(POINT)
    assert op.__annotations__ == documented.__annotations__
    assert typing.get_type_hints(op) == typing.get_type_hints(documented)


@pytest.mark.parametrize("warm", [False, True])
def test_help(warm):
    """help() shows the function's own text."""
    op = numpy_op(documented)
    if warm:
        op(POINT)
    text = pydoc.plain(pydoc.render_doc(op))
    assert "In detail: x by k." in text
    assert "documented" in text


def test_repr():
    """The repr shows name, parameters, signature and rules, before and after the first call."""
    op = numpy_op(scale)
    assert repr(op) == "<numpy_op scale(x, k=2.0), no rules>"
    op.register_vjp(scale_vjp)
    assert repr(op) == "<numpy_op scale(x, k=2.0), vjp>"
    op.register_jvp(lambda tangents, k: k * tangents["x"])
    op(POINT)
    assert repr(op) == "<numpy_op scale(x, k=2.0), vjp and jvp>"
    core = numpy_op(np.linalg.solve, signature="(m, m), (m) -> (m)")
    assert repr(core) == "<numpy_op solve(a, b) '(m,m),(m)->(m)', no rules>"


@pytest.mark.parametrize(
    ("name", "node"),
    [
        ("solve", "SolveBackward"),
        ("solve_banded", "SolveBandedBackward"),
        ("scipy.linalg.expm", "ScipyLinalgExpmBackward"),
        ("jv", "JvBackward"),
    ],
)
@pytest.mark.parametrize("path", ["eager", "dispatcher"])
def test_grad_fn_names_the_op(name, node, path):
    """The node of the graph bears the op's name, whichever path ran."""
    if path == "eager":
        y = numpy_op(lambda x: 2 * x, name=name)(vector())
    else:
        y = numpy_op(lambda x: 2 * x[0], name=name)([vector()])
    assert type(y.grad_fn).__name__ == node


# -- parameters -----------------------------------------------------------------------------------


def test_positional_only():
    """Positional-only parameters stay so."""

    def f(x, /, k):
        return k * x

    op = numpy_op(f, vjp=lambda grad, k: {"x": k * grad})
    x = vector()
    assert gradient(op(x, k=2.0), x) == [2.0, 2.0, 2.0]
    with pytest.raises(TypeError):
        op(x=x, k=2.0)


def test_keyword_only():
    """Keyword-only parameters stay so, and tensors in them have gradients by name."""

    def f(x, *, k=1.0):
        return k * x

    op = numpy_op(f, vjp=lambda grad, x, k: {"x": k * grad, "k": np.sum(x * grad)})
    x, k = vector(), number(2.0)
    assert gradient(op(x, k=k), x, k) == ([2.0, 2.0, 2.0], 6.0)
    with pytest.raises(TypeError):
        op(x, k)


def test_star_args():
    """*args is one parameter that holds a tuple; its gradient is a tuple."""

    def total(*xs):
        return sum(xs)

    op = numpy_op(total, vjp=lambda grad, xs: {"xs": tuple(grad * (i + 1) for i in range(len(xs)))})
    x, y = vector(), vector()
    assert gradient(op(x, y), x, y) == ([1.0] * 3, [2.0] * 3)
    assert op(1.0, 2.0) == 3.0


def test_star_args_with_constants():
    """A number among *args has None in its place."""

    def total(*xs):
        return sum(xs)

    op = numpy_op(total, vjp=lambda grad: {"xs": (grad, None)})
    x = vector()
    assert gradient(op(x, 5.0), x) == [1.0] * 3


def test_star_kwargs():
    """**kwargs is one parameter that holds a dict; its gradient is a dict."""

    def total(x, **terms):
        return x + sum(terms.values())

    op = numpy_op(
        total, vjp=lambda grad, terms: {"x": grad, "terms": dict.fromkeys(terms, 2 * grad)}
    )
    x, a, b = vector(), vector(), vector()
    assert gradient(op(x, a=a, b=b), x, a, b) == ([1.0] * 3, [2.0] * 3, [2.0] * 3)
    assert op(x.detach()).tolist() == POINT.tolist()


def test_gradient_of_kwargs_in_any_order():
    """A dict of gradients is matched by key, not by order."""

    def total(**terms):
        return terms["a"] + 3 * terms["b"]

    op = numpy_op(total, vjp=lambda grad: {"terms": {"b": 3 * grad, "a": grad}})
    a, b = vector(), vector()
    assert gradient(op(a=a, b=b), a, b) == ([1.0] * 3, [3.0] * 3)


def test_every_kind_of_parameter_at_once():
    """All kinds of parameters mix."""

    def f(a, /, b, *rest, c, d=2.0, **more):
        return a + b + sum(rest) + c + d + sum(more.values())

    op = numpy_op(
        f,
        vjp=lambda grad: {
            "a": grad, "b": 2 * grad, "rest": (3 * grad,), "c": 4 * grad, "more": {"e": 5 * grad}
        },
    )  # fmt: skip  # a table
    xs = [vector() for _ in range(5)]
    y = op(xs[0], xs[1], xs[2], c=xs[3], e=xs[4])
    assert y.tolist() == (5 * POINT + 2.0).tolist()
    assert [g[0] for g in gradient(y, *xs)] == [1.0, 2.0, 3.0, 4.0, 5.0]


NAMES = [
    "type", "fn", "ctx", "op", "self", "self_", "refs", "apply", "Tensor", "error", "float", "len",
    "default1", "isinstance", "compute", "view", "y_", "out_", "grad_", "a0_", "t0_", "TENSOR",
    "ndarray", "bound", "rule", "args", "kwargs", "values", "name", "RuntimeError", "grad", "out",
]  # fmt: skip  # a table


@pytest.mark.parametrize("name", NAMES)
def test_parameter_of_any_name(name):
    """A parameter may bear any name: the library's own names do not meet the user's."""
    namespace = {}
    exec(f"def f(x, {name}=2.0):\n    return x * {name}\n", namespace)  # noqa: S102  # the name is what is tested
    word = "cotangent" if name == "grad" else "grad"
    text = f"def rule({word}, {name}):\n    return {{'x': {word} * {name}}}\n"
    exec(text, namespace)  # noqa: S102  # the name is what is tested
    op = numpy_op(namespace["f"], vjp=namespace["rule"])
    x = vector()
    y = op(x, 3.0)
    assert y.tolist() == [3.0, 6.0, 9.0]
    assert gradient(y, x) == [3.0, 3.0, 3.0]
    assert op(x.detach(), **{name: 3.0}).tolist() == [3.0, 6.0, 9.0]


def test_first_call_with_a_keyword_named_self():
    """Even the first call takes a keyword named self."""

    def f(self):
        return 2 * self

    assert numpy_op(f)(self=POINT).tolist() == [2.0, 4.0, 6.0]


# -- no tensor, no torch --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("op", "args"),
    [
        (numpy_op(scale), (np.ones(3), 2.0)),
        (numpy_op(scale), (3, 2)),
        (numpy_op(scale), (np.float32(3), 2)),
        (numpy_op(scale), ("ab", 2)),
        (numpy_op(lambda *xs: list(xs), name="listed"), (1, "a", None)),
        (numpy_op(lambda p: p["a"], name="picked"), ({"a": np.ones(2)},)),
        (numpy_op(np.linalg.inv, signature="(m,m)->(m,m)"), (2 * np.eye(2),)),
        (numpy_op(lambda: np.ones(2), name="ones"), ()),
    ],
)
def test_without_tensors_an_op_is_the_numpy_function(op, args):
    """With no tensor among the arguments the result is what NumPy returns, of NumPy's type."""
    for _ in range(2):
        got, plain = op(*args), op.numpy(*args)
        assert type(got) is type(plain)
        assert np.array_equal(np.asarray(got, dtype=object), np.asarray(plain, dtype=object))


def test_without_tensors_elementwise():
    """The same for elementwise ops."""
    op = elementwise_op(np.sin, name="sine", partials={"x": lambda x: elementary.cos(x)})
    assert type(op(1.0)) is np.float64
    assert type(op(np.ones(2, np.float32))) is np.ndarray
    assert op(np.ones(2, np.float32)).dtype == np.float32


# -- static arguments -----------------------------------------------------------------------------


class Opaque:
    def __init__(self, factor):
        self.factor = factor


STATIC = {
    "none": (None, lambda s: 2.0),
    "bool": (True, lambda s: 2.0 if s else 1.0),
    "int": (2, lambda s: s),
    "text": ("2", float),
    "bytes": (b"2", float),
    "complex": (2 + 0j, lambda s: s.real),
    "function": (lambda: 2.0, lambda s: s()),
    "object": (Opaque(2.0), lambda s: s.factor),
    "sparse matrix": (2 * scipy.sparse.eye_array(3, format="csr"), lambda s: s[0, 0]),
    "array": (np.full(3, 2.0), lambda s: s),
    "numpy scalar": (np.float32(2), float),
    "matrix": (np.array([[2.0]]), lambda s: s[0, 0]),
    "type": (float, lambda s: s(2)),
    "slice": (slice(0, 2), lambda s: s.stop),
    "set": ({2.0}, lambda s: next(iter(s))),
    "range": (range(2), len),
    "dict": ({"k": 2.0}, lambda s: s["k"]),
    "mixed list": ([None, "a", 2.0], lambda s: s[2]),
    "dtype": (np.dtype("float16"), lambda s: s.itemsize),
    "torch dtype": (torch.float16, lambda s: s.itemsize),
    "generator": (np.random.default_rng(0), lambda s: 2.0),
    "object array": (np.array([2.0, None], dtype=object), lambda s: s[0]),
    "module": (np, lambda s: s.sqrt(4.0)),
}


@pytest.mark.parametrize("kind", STATIC)
@pytest.mark.parametrize("path", ["eager", "transform", "vmap"])
def test_static_argument(kind, path):
    """An argument of any type that is no tensor reaches forward and rule as it is."""
    static, read = STATIC[kind]
    seen = []

    def forward(x, s):
        seen.append(s)
        return read(s) * x

    def rule(grad, s):
        seen.append(s)
        return {"x": read(s) * grad}

    op = numpy_op(forward, vjp=rule)
    if path == "eager":
        x = vector()
        assert gradient(op(x, static), x) == [2.0, 2.0, 2.0]
        assert op(x.detach(), static).tolist() == [2.0, 4.0, 6.0]
    elif path == "transform":
        found = torch.func.grad(lambda x: op(x, static).sum())(POINT)
        assert found.tolist() == [2.0, 2.0, 2.0]
    else:
        found = torch.func.vmap(torch.func.grad(lambda x: op(x, static).sum()))(POINT[None])
        assert found.tolist() == [[2.0, 2.0, 2.0]]
    assert len(seen) >= 2
    for s in seen:
        assert type(s) is type(static)
        if not isinstance(static, (np.ndarray, dict, list, slice)):
            assert s is static


def test_array_argument_is_copied_when_saved():
    """A change of an array argument after the forward does not reach the rule."""
    k = np.full(3, 2.0)
    op = numpy_op(scale, vjp=scale_vjp)
    x = vector()
    y = op(x, k)
    k[:] = 100.0
    assert gradient(y, x) == [2.0, 2.0, 2.0]


def test_array_inside_of_a_list_is_copied_when_saved():
    """The same inside of a list, and where the list itself changes."""
    ks = [np.full(3, 2.0)]
    op = numpy_op(lambda x, ks: ks[0] * x, name="f", vjp=lambda grad, ks: {"x": ks[0] * grad})
    x = vector()
    y = op(x, ks)
    ks[0][:] = 100.0
    ks[0] = np.zeros(3)
    assert gradient(y, x) == [2.0, 2.0, 2.0]


@pytest.mark.parametrize("given", [False, True])
def test_optional_argument(given):
    """An optional argument is None or a tensor, with a gradient where it is one."""

    def f(x, bias=None):
        return x if bias is None else x + 3 * bias

    op = numpy_op(f, vjp=lambda grad, bias: {"x": grad, "bias": None if bias is None else 3 * grad})
    x = vector()
    if given:
        bias = vector()
        assert gradient(op(x, bias), x, bias) == ([1.0] * 3, [3.0] * 3)
    else:
        assert gradient(op(x), x) == [1.0] * 3
        assert gradient(op(x, None), x) == [1.0] * 3
        assert gradient(op(x, bias=None), x) == [1.0] * 3


# -- what rules return ----------------------------------------------------------------------------


def weighted(x, y, k):
    return x * y * k


RETURNS = {
    "tuple": lambda g, x, y, k: (g * y * k, g * x * k, None),
    "list": lambda g, x, y, k: [g * y * k, g * x * k, None],
    "shorter tuple": lambda g, x, y, k: (g * y * k, g * x * k),
    "mapping": lambda g, x, y, k: {"x": g * y * k, "y": g * x * k},
    "mapping, other order": lambda g, x, y, k: {"y": g * x * k, "x": g * y * k},
    "mapping with None": lambda g, x, y, k: {"x": g * y * k, "y": g * x * k, "k": None},
    "ordered mapping": lambda g, x, y, k: OrderedDict(y=g * x * k, x=g * y * k),
}


@pytest.mark.parametrize("returned", RETURNS)
@pytest.mark.parametrize("mark", [lambda rule: rule, composite], ids=["numpy", "composite"])
@pytest.mark.parametrize("transform", [False, True])
def test_returns(returned, mark, transform):
    """Tuples, shorter tuples and mappings all give the gradients."""
    form = RETURNS[returned]
    op = numpy_op(weighted, vjp=mark(lambda grad, x, y, k: form(grad, x, y, k)))
    x, y = vector(), (POINT + 3).requires_grad_()
    expected = ([8.0, 10.0, 12.0], [2.0, 4.0, 6.0])
    if transform:
        found = torch.func.grad(lambda x, y: op(x, y, 2.0).sum(), argnums=(0, 1))(
            x.detach(), y.detach()
        )
        assert tuple(g.tolist() for g in found) == expected
    else:
        assert gradient(op(x, y, 2.0), x, y) == expected


def test_shorter_tuple_follows_the_tensors_of_the_call():
    """A shorter tuple goes to those parameters that hold floating-point tensors in this call."""
    op = numpy_op(weighted, vjp=lambda grad, x, y, k: (grad * x * k, grad * x * y))
    y, k = vector(), (POINT + 3).requires_grad_()
    assert gradient(op(2.0, y, k), y, k) == ([8.0, 10.0, 12.0], [2.0, 4.0, 6.0])


@pytest.mark.parametrize("other", [2.0, torch.tensor([2, 2, 2]), np.full(3, 2.0), True])
def test_bare_gradient(other):
    """A bare gradient is that of the only floating-point tensor."""
    op = numpy_op(scale, vjp=lambda grad, k: grad * k)
    x = vector()
    assert gradient(op(x, other), x) == [float(np.asarray(other).reshape(-1)[0])] * 3


def test_bare_gradient_of_the_second_parameter():
    """The only floating-point tensor need not be the first parameter."""
    op = numpy_op(scale, vjp=lambda grad, x: grad * x)
    k = vector()
    assert gradient(op(2.0, k), k) == [2.0, 2.0, 2.0]


@pytest.mark.parametrize("value", [1, 1.0, np.float64(1), np.float32(1), np.array(1.0)])
def test_number_as_the_gradient_of_a_scalar(value):
    """The gradient of a 0-d argument may be any kind of number."""
    op = numpy_op(lambda x: x + 1, name="next", vjp=lambda grad: value)
    x = number(2.0)
    assert gradient(op(x), x) == 1.0


def test_none_is_no_gradient():
    """None said aloud is no gradient, without an error."""
    op = numpy_op(scale, vjp=lambda grad, k: {"x": grad * k, "k": None})
    x, k = vector(), number(2.0)
    op(x, k).sum().backward()
    assert x.grad.tolist() == [2.0] * 3
    assert k.grad is None


def test_gradient_dtype_follows_the_argument():
    """A wider gradient is rounded to the argument's dtype."""
    op = numpy_op(lambda x: 2 * x, name="f", vjp=lambda grad: 2 * grad.astype(np.float64))
    x = torch.ones(2, requires_grad=True)
    (g,) = torch.autograd.grad(op(x).sum(), x)
    assert g.dtype is torch.float32


@pytest.mark.parametrize(
    "rule",
    [
        lambda grad: grad,
        lambda grad: grad[::-1][::-1],
        lambda grad: np.broadcast_to(grad[:1], (3,)),
        lambda grad: np.asfortranarray(grad),
    ],
    ids=["the cotangent", "views", "broadcast", "fortran"],
)
def test_gradient_that_is_a_view(rule):
    """A gradient that is a view of the cotangent never shares its memory."""
    op = numpy_op(lambda x: x + 1, name="next", vjp=rule)
    x, w = vector(), torch.ones(3, dtype=F64)
    (g,) = torch.autograd.grad(op(x), x, w)
    g.mul_(100.0)
    assert w.tolist() == [1.0] * 3


def test_one_array_as_two_gradients():
    """Two arguments given the same array as gradient do not share it."""
    op = numpy_op(lambda x, y: x + y, name="added", vjp=lambda grad: (grad, grad))
    x, y = vector(), vector()
    gx, gy = torch.autograd.grad(op(x, y).sum(), (x, y))
    gx.mul_(100.0)
    assert gy.tolist() == [1.0] * 3


def test_per_argument_rules():
    """One rule per argument, of which only those needed run."""
    ran = []

    def rule_x(grad, k):
        ran.append("x")
        return grad * k

    def rule_k(grad, x):
        ran.append("k")
        return np.sum(grad * x)

    op = numpy_op(scale)
    rules = {"x": rule_x, "k": rule_k}
    assert op.register_vjp(rules) is rules
    x, k = vector(), number(2.0)
    assert gradient(op(x, k), x, k) == ([2.0] * 3, 6.0)
    ran.clear()
    assert gradient(op(x, 2.0), x) == [2.0] * 3
    assert gradient(op(x, k), x) == [2.0] * 3
    assert ran == ["x", "x"]
    ran.clear()
    assert gradient(op(POINT, k), k) == 6.0
    assert ran == ["k"]


def test_per_argument_rules_of_mixed_kinds():
    """Each argument's rule may be of its own kind."""
    op = numpy_op(
        scale, vjp={"x": lambda grad, k: grad * k, "k": composite(lambda grad, x: (grad * x).sum())}
    )
    x, k = vector(), number(2.0)
    assert gradient(op(x, k), x, k) == ([2.0] * 3, 6.0)
    (g,) = torch.autograd.grad(op(x, k).sum(), k, create_graph=True)
    assert gradient(g, x) == [1.0] * 3


# -- what rules are given -------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["grad", "cotangent"])
@pytest.mark.parametrize("result", ["out", "output"])
def test_words(word, result):
    """The cotangent is called grad or cotangent, the output out or output."""
    namespace = {"np": np}
    text = f"def rule({word}, {result}):\n    return {word} * {result}\n"
    exec(text, namespace)  # noqa: S102  # the words are what is tested
    op = numpy_op(lambda x: np.exp(x), name="exp", vjp=namespace["rule"])
    x = vector()
    assert gradient(op(x), x) == torch.exp(POINT).tolist()


def test_both_words_at_once():
    """A rule may use both words of a pair."""
    op = numpy_op(
        lambda x: np.exp(x),
        name="exp",
        vjp=lambda grad, cotangent, out, output: (grad + cotangent) * (out + output) / 4,
    )
    x = vector()
    assert gradient(op(x), x) == torch.exp(POINT).tolist()


@pytest.mark.parametrize("mark", [lambda rule: rule, composite], ids=["numpy", "composite"])
def test_parameter_named_grad(mark):
    """Where the forward has a parameter named grad, the rule's grad is that parameter."""

    def f(x, grad):
        return x * grad

    op = numpy_op(f, vjp=mark(lambda grad, cotangent: {"x": cotangent * grad, "grad": None}))
    x = vector()
    assert gradient(op(x, 5.0), x) == [5.0] * 3


@pytest.mark.parametrize("mark", [lambda rule: rule, composite], ids=["numpy", "composite"])
def test_parameter_named_out(mark):
    """Where the forward has a parameter named out, the output is called output."""

    def f(x, out):
        return out * x**2

    op = numpy_op(f, vjp=mark(lambda grad, x, out, output: {"x": grad * (output / x + out * x)}))
    x = vector()
    assert gradient(op(x, 5.0), x) == [10.0, 20.0, 30.0]


def test_parameters_named_as_other_words():
    """Parameters named residuals, needs_input_grad or tangents keep their names too."""

    def f(x, residuals, needs_input_grad, tangents):
        return x * residuals * needs_input_grad * tangents

    op = numpy_op(
        f,
        vjp=lambda grad, residuals, needs_input_grad, tangents: {
            "x": grad * residuals * needs_input_grad * tangents
        },
    )
    x = vector()
    assert gradient(op(x, 2.0, 3.0, 5.0), x) == [30.0] * 3


@pytest.mark.parametrize("transform", [False, True])
@pytest.mark.parametrize("mark", [lambda rule: rule, composite], ids=["numpy", "composite"])
def test_needs_input_grad(transform, mark):
    """needs_input_grad says by name whose gradient this pass will use."""
    seen = []

    def rule(grad, x, k, needs_input_grad):
        seen.append(dict(needs_input_grad))
        return grad * k, (grad * x).sum()

    op = numpy_op(scale, vjp=mark(rule))
    if transform:
        torch.func.grad(lambda x: op(x, torch.tensor(2.0, dtype=F64)).sum())(POINT)
        torch.func.grad(lambda k: op(POINT, k).sum())(torch.tensor(2.0, dtype=F64))
    else:
        x, k = vector(), number(2.0)
        torch.autograd.grad(op(x, k.detach()).sum(), x)
        torch.autograd.grad(op(x, k).sum(), k)
        torch.autograd.grad(op(x, k).sum(), (x, k))
    assert seen[:2] == [{"x": True, "k": False}, {"x": False, "k": True}]
    assert transform or seen[2] == {"x": True, "k": True}


def test_rule_with_defaults():
    """A parameter of a rule with a default that is no word of the op is left at its default."""
    op = numpy_op(scale)

    @op.register_vjp
    def _(grad, factor=1.0, *, k, more=0.0):
        return {"x": grad * k * factor + more}

    x = vector()
    assert gradient(op(x, 3.0), x) == [3.0] * 3


def test_keyword_only_rule():
    """A rule may ask by keyword only."""

    def rule(*, k, grad):
        return {"x": k * grad}

    x = vector()
    assert gradient(numpy_op(scale, vjp=rule)(x, 3.0), x) == [3.0] * 3


def test_rule_without_parameters():
    """A rule that needs nothing is given nothing."""
    op = numpy_op(lambda x: x.sum(), name="total", vjp=lambda: np.ones(3))
    x = vector()
    assert gradient(op(x), x) == [1.0] * 3


def test_rules_are_given_arrays_or_tensors():
    """A NumPy rule is given read-only arrays, a composite rule tensors."""
    seen = {}

    def rule(grad, x, out):
        seen.update(grad=grad, x=x, out=out)
        return 2 * grad

    x = vector()
    gradient(numpy_op(lambda x: 2 * x, name="f", vjp=rule)(x), x)
    assert all(type(v) is np.ndarray and not v.flags.writeable for v in seen.values())
    gradient(numpy_op(lambda x: 2 * x, name="f", vjp=composite(rule))(x), x)
    assert all(isinstance(v, Tensor) for v in seen.values())


@pytest.mark.parametrize("materialize", [True, False])
@pytest.mark.parametrize("mark", [False, True])
def test_materialize_grads(materialize, mark):
    """Cotangents of outputs nobody used are zeros, or None with materialize_grads=False."""
    seen = []

    def rule(grad):
        seen.append(grad[1])
        return 2 * grad[0]

    op = numpy_op(lambda x: (2 * x, 3 * x), name="two")
    assert op.register_vjp(rule, composite=mark, materialize_grads=materialize) is rule
    x = vector()
    assert gradient(op(x)[0], x) == [2.0] * 3
    if materialize:
        assert np.asarray(seen[0]).tolist() == [0.0] * 3
    else:
        assert seen == [None]


# -- registering ----------------------------------------------------------------------------------


@pytest.mark.parametrize("register", ["register_vjp", "register_jvp"])
@pytest.mark.parametrize("options", [None, {}, {"composite": True}, {"replace": True}])
def test_rule_decorators_return_the_rule(register, options):
    """register_vjp and register_jvp return the rule, bare and configured."""
    method = getattr(numpy_op(scale), register)

    def rule(x):
        return x

    assert (method(rule) if options is None else method(**options)(rule)) is rule


@pytest.mark.parametrize("call_first", [False, True])
def test_replace(call_first):
    """replace=True takes effect at once, even after the op has been called."""
    op = numpy_op(lambda x: 2 * x, name="f", vjp=lambda grad: 0 * grad)
    x = vector()
    if call_first:
        assert gradient(op(x), x) == [0.0] * 3
        assert torch.func.grad(lambda z: op(z).sum())(POINT).tolist() == [0.0] * 3
    op.register_vjp(lambda grad: 2 * grad, replace=True)
    assert gradient(op(x), x) == [2.0] * 3
    assert torch.func.grad(lambda z: op(z).sum())(POINT).tolist() == [2.0] * 3


def test_replace_with_a_rule_of_another_kind():
    """A NumPy rule replaced by a composite one can be differentiated again."""
    op = numpy_op(lambda x: x**2, name="f", vjp=lambda grad, x: 2 * grad * x)
    op(vector())
    op.register_vjp(lambda grad, x: 2 * grad * x, composite=True, replace=True)
    x = vector()
    (g,) = torch.autograd.grad(op(x).sum(), x, create_graph=True)
    assert gradient(g, x) == [2.0] * 3


def test_replace_jvp():
    """The same for a jvp."""
    op = numpy_op(lambda x: 2 * x, name="f", jvp=lambda tangents: 0 * tangents["x"])
    push = lambda: torch.func.jvp(op, (POINT,), (POINT,))[1].tolist()
    assert push() == [0.0] * 3
    op.register_jvp(lambda tangents: 2 * tangents["x"], replace=True)
    assert push() == [2.0, 4.0, 6.0]


@pytest.mark.parametrize("fn", [lambda x: 2 * x, lambda x: (2 * x, x)], ids=["one", "two"])
def test_replace_between_forward_and_backward(fn):
    """A graph recorded before keeps the rule it was recorded with, for which it saved."""
    op = numpy_op(fn, name="f")
    first = lambda y: y[0] if isinstance(y, tuple) else y
    op.register_vjp(lambda grad: 2 * first(grad))
    x = vector()
    y = first(op(x))
    op.register_vjp(lambda grad, x: first(grad) * x, replace=True)
    assert gradient(y, x) == [2.0] * 3


def test_rule_registered_after_the_first_call():
    """A rule may come after calls without one."""
    op = numpy_op(scale)
    x = vector()
    with pytest.raises(MissingDerivativeError):
        gradient(op(x), x)
    op.register_vjp(scale_vjp)
    assert gradient(op(x), x) == [2.0] * 3


def test_rules_at_once():
    """vjp= and jvp= are register_vjp and register_jvp."""
    op = numpy_op(
        lambda x: x**2,
        name="squared",
        vjp=lambda grad, x: 2 * grad * x,
        jvp=lambda tangents, x: 2 * tangents["x"] * x,
    )
    x = vector()
    assert gradient(op(x), x) == [2.0, 4.0, 6.0]
    assert torch.func.jvp(op, (POINT,), (POINT,))[1].tolist() == [2.0, 8.0, 18.0]


def test_composite_at_once():
    """composite() marks a rule where it is given at once; alone it serves every order and mode."""
    op = numpy_op(lambda x: x**3, name="cube", vjp=composite(lambda grad, x: 3 * grad * x**2))
    x = torch.tensor(2.0, dtype=F64)
    assert torch.func.grad(torch.func.grad(torch.func.grad(op)))(x).item() == 6.0
    assert torch.func.jvp(op, (x,), (torch.ones_like(x),))[1].item() == 12.0
    assert torch.func.hessian(op)(x).item() == 12.0


def test_composite_jvp_at_once():
    """A composite jvp serves forward mode to every order."""
    op = numpy_op(
        lambda x: x**3, name="cube", jvp=composite(lambda tangents, x: 3 * tangents["x"] * x**2)
    )
    x = torch.tensor(2.0, dtype=F64)
    assert torch.func.jacfwd(torch.func.jacfwd(op))(x).item() == 12.0


def test_mapping_of_composites():
    """composite() works inside of a mapping too."""
    op = numpy_op(
        lambda x: x**3, name="cube", vjp={"x": composite(lambda grad, x: 3 * grad * x**2)}
    )
    assert torch.func.grad(torch.func.grad(op))(torch.tensor(2.0, dtype=F64)).item() == 12.0


def exp_like():
    """exp, whose rule is an op, whose rule is an op."""
    third = numpy_op(lambda grad, x: grad * np.exp(x), name="third")
    second = numpy_op(lambda grad, x: grad * np.exp(x), name="second")
    second.register_vjp(
        {
            "grad": numpy_op(lambda cotangent, x: cotangent * np.exp(x), name="second_grad"),
            "x": numpy_op(lambda cotangent, grad, x: cotangent * grad * np.exp(x), name="second_x"),
        }
    )
    return numpy_op(lambda x: np.exp(x), name="exp", vjp=second), third


def test_op_as_the_rule_of_an_op():
    """A rule that is an op with rules of its own is differentiated again through them."""
    op, _ = exp_like()
    x = vector()
    expected = torch.exp(POINT).tolist()
    y = op(x)
    (g,) = torch.autograd.grad(y.sum(), x, create_graph=True)
    assert g.tolist() == expected
    assert gradient(g, x) == expected
    assert torch.func.grad(lambda z: op(z).sum())(POINT).tolist() == expected


def test_op_without_rules_as_the_rule_of_an_op():
    """An op without rules is a rule of first order, and says so beyond."""
    _, third = exp_like()
    op = numpy_op(lambda x: np.exp(x), name="exp", vjp=third)
    x = vector()
    (g,) = torch.autograd.grad(op(x).sum(), x, create_graph=True)
    assert g.tolist() == torch.exp(POINT).tolist()
    with pytest.raises(MissingDerivativeError, match=r"^third has no vjp for 'x'\."):
        gradient(g, x)


# -- pickling and copying -------------------------------------------------------------------------


@pytest.mark.parametrize("warm", [False, True])
@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_pickle(warm, protocol):
    """An op of a module is pickled by reference, before and after its first call."""
    if warm:
        doubled(vector())
    assert pickle.loads(pickle.dumps(doubled, protocol)) is doubled


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy])
def test_copy(copied):
    """Copies of an op of a module are the op, also inside of what holds it."""
    assert copied(doubled) is doubled
    assert copied({"op": doubled})["op"] is doubled


def test_pickle_under_another_name():
    """An op found in its module under another name than the function's is pickled by that."""
    assert pickle.loads(pickle.dumps(by_other_name)) is by_other_name


def test_pickle_of_an_elementwise_op():
    """Ops of the catalogue are pickled by reference."""
    from npbridge.special import jv

    assert pickle.loads(pickle.dumps(jv)) is jv


def test_pickle_from_another_module(tmp_path, monkeypatch):
    """Ops made by the decorator and by a call in any module come back from their pickles."""
    (tmp_path / "ops_to_pickle.py").write_text(
        "from npbridge import numpy_op\n"
        "@numpy_op(vjp=lambda grad: 3 * grad)\n"
        "def tripled(x):\n"
        "    return 3 * x\n"
        "def _hidden(x):\n"
        "    return 4 * x\n"
        "quadrupled = numpy_op(_hidden)\n"
        "class Model:\n"
        "    op = staticmethod(tripled)\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "ops_to_pickle", raising=False)
    import ops_to_pickle

    for op in (ops_to_pickle.tripled, ops_to_pickle.quadrupled, ops_to_pickle.Model.op):
        assert pickle.loads(pickle.dumps(op)) is op
        assert copy.deepcopy(op) is op


def run_doubled(op):
    return op(torch.ones(2)).tolist()


def test_pickle_to_a_process():
    """An op goes to a spawned process, as a worker's argument."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert pool.apply(run_doubled, (doubled,)) == [2.0, 2.0]


@pytest.mark.parametrize("act", [pickle.dumps, copy.copy, copy.deepcopy])
def test_local_op_cannot_be_pickled(act):
    """An op that its module does not hold says so, rather than come back as something else."""

    def local(x):
        return x

    with pytest.raises(PicklingError, match=r"^local cannot be pickled: "):
        act(numpy_op(local))


# -- nested arguments and outputs -----------------------------------------------------------------

Pair = namedtuple("Pair", ["a", "b"])  # noqa: PYI024  # as users have them


def mixture(p):
    return p["w"][0] * p["x"] + p["w"][1] * p["b"]


@pytest.mark.parametrize("mark", [lambda rule: rule, composite], ids=["numpy", "composite"])
def test_nested_argument(mark):
    """A nest of dicts and lists of tensors has gradients in its own structure."""
    op = numpy_op(
        mixture,
        vjp=mark(
            lambda grad, p: (
                {
                    "w": [(grad * p["x"]).sum(), grad.sum()],
                    "x": grad * p["w"][0],
                    "b": None,
                },
            )
        ),
    )
    x, w0, w1 = vector(), number(2.0), number(3.0)
    y = op({"w": [w0, w1], "x": x, "b": np.ones(3)})
    assert y.tolist() == [5.0, 7.0, 9.0]
    assert gradient(y, x, w0, w1) == ([2.0] * 3, 6.0, 3.0)


@pytest.mark.parametrize(
    "wrap",
    [
        lambda x, y: [x, y],
        lambda x, y: (x, y),
        lambda x, y: Pair(x, y),
        lambda x, y: {"a": x, "b": y},
        lambda x, y: OrderedDict(a=x, b=y),
        lambda x, y: [[x], {"c": (y,)}],
    ],
    ids=["list", "tuple", "namedtuple", "dict", "OrderedDict", "deep"],
)
@pytest.mark.parametrize("transform", [False, True])
def test_containers_in_and_out(wrap, transform):
    """Every container goes in and comes out as it is, with gradients through each leaf."""
    tree = torch.utils._pytree

    def forward(p):
        leaves, spec = tree.tree_flatten(p)
        return tree.tree_unflatten([(i + 2) * leaf for i, leaf in enumerate(leaves)], spec)

    def rule(grad):
        leaves, spec = tree.tree_flatten(grad)
        return (tree.tree_unflatten([(i + 2) * leaf for i, leaf in enumerate(leaves)], spec),)

    op = numpy_op(forward, vjp=rule)

    def total(x, y):
        out = op(wrap(x, y))
        assert type(out) is type(wrap(x, y))
        leaves = tree.tree_leaves(out)
        assert all(isinstance(leaf, Tensor) for leaf in leaves)
        return leaves[0].sum() + 10 * leaves[1].sum()

    if transform:
        found = torch.func.grad(total, argnums=(0, 1))(POINT, POINT)
    else:
        x, y = vector(), vector()
        found = torch.autograd.grad(total(x, y), (x, y))
    assert [g.tolist() for g in found] == [[2.0] * 3, [30.0] * 3]


def test_gradient_of_a_dict_in_any_order():
    """The gradient of a dict argument is matched by key, not by order."""
    op = numpy_op(
        lambda p: p["a"] + 3 * p["b"],
        name="f",
        vjp=lambda grad: ({"b": 3 * grad, "a": grad},),
    )
    a, b = vector(), vector()
    assert gradient(op({"a": a, "b": b}), a, b) == ([1.0] * 3, [3.0] * 3)


def test_one_tensor_twice():
    """A tensor given twice has the sum of its gradients."""
    op = numpy_op(lambda x, y: x * y, name="mul", vjp=lambda grad, x, y: (grad * y, grad * x))
    x = vector()
    assert gradient(op(x, x), x) == [2.0, 4.0, 6.0]
    listed = numpy_op(
        lambda p: p[0] * p[1], name="mul", vjp=lambda grad, p: ([grad * p[1], grad * p[0]],)
    )
    assert gradient(listed([x, x]), x) == [2.0, 4.0, 6.0]


def test_empty_containers():
    """Empty containers are arguments as any other."""
    op = numpy_op(lambda x, p, q: x * 2, name="f", vjp=lambda grad: {"x": 2 * grad})
    x = vector()
    assert gradient(op(x, [], {}), x) == [2.0] * 3


# -- outputs --------------------------------------------------------------------------------------


def sine_cosine(x):
    return np.sin(x), np.cos(x)


@pytest.mark.parametrize("mark", [lambda rule: rule, composite], ids=["numpy", "composite"])
def test_several_outputs(mark):
    """Several outputs each have their cotangent, whichever are used."""
    op = numpy_op(sine_cosine, vjp=mark(lambda grad, out: grad[0] * out[1] - grad[1] * out[0]))
    x = vector()
    s, c = op(x)
    expected = torch.cos(2 * POINT)
    found = torch.autograd.grad((s * c).sum(), x)[0]
    assert torch.allclose(found, expected)
    assert torch.allclose(torch.autograd.grad(op(x)[0].sum(), x)[0], torch.cos(POINT))
    assert torch.allclose(torch.autograd.grad(op(x)[1].sum(), x)[0], -torch.sin(POINT))
    transformed = torch.func.grad(lambda z: torch.mul(*op(z)).sum())(POINT)
    assert torch.allclose(transformed, expected)


def test_gradcheck_of_several_outputs():
    """Finite differences agree for each output."""
    op = numpy_op(sine_cosine, vjp=lambda grad, out: grad[0] * out[1] - grad[1] * out[0])
    assert torch.autograd.gradcheck(op, (vector(),))


@pytest.mark.parametrize(
    ("fn", "dtype"),
    [
        (lambda x: np.argmax(x), torch.int64),
        (lambda x: x > 1, torch.bool),
        (lambda x: np.sign(x).astype(np.int8), torch.int8),
    ],
)
@pytest.mark.parametrize("several", [False, True])
def test_integer_outputs_are_not_differentiable(fn, dtype, several):
    """Integer and bool outputs are tensors without a gradient, alone and beside others."""
    op = numpy_op(
        (lambda x: (fn(x), 2 * x)) if several else fn,
        name="f",
        vjp=(lambda grad: 2 * grad[1]) if several else (lambda grad: grad),
    )
    x = vector()
    out = op(x)
    first = out[0] if several else out
    assert first.dtype is dtype
    assert not first.requires_grad
    assert first.grad_fn is None
    if several:
        assert gradient(out[1], x) == [2.0] * 3
        transformed = torch.func.grad(lambda z: op(z)[1].sum())(POINT)
        assert transformed.tolist() == [2.0] * 3


def test_cotangent_of_an_object_is_none():
    """Objects pass through beside tensors; their cotangent is None."""
    seen = []

    def rule(grad):
        seen.append(grad)
        return 2 * grad[0]

    thing = object()
    op = numpy_op(lambda x: (2 * x, "text", thing, None, 3, {"n": x.size}), name="f", vjp=rule)
    x = vector()
    y, *rest = op(x)
    assert rest == ["text", thing, None, 3, {"n": 3}]
    assert rest[1] is thing
    assert gradient(y, x) == [2.0] * 3
    assert seen[0][1:] == (None, None, None, None, {"n": None})


@pytest.mark.parametrize("value", [None, "text", (), {}, 3, [1, "a"], Opaque])
@pytest.mark.parametrize("grad", [True, False])
def test_output_without_tensors(value, grad):
    """What holds no array passes through as it is."""
    op = numpy_op(lambda x: value, name="f")
    assert op(vector() if grad else POINT) == value


@pytest.mark.parametrize(
    ("fn", "kind"),
    [
        (lambda x: x.sum(), "NumPy scalar"),
        (lambda x: float(x.sum()), "Python float"),
        (lambda x: np.array(x.sum()), "0-d array"),
    ],
)
@pytest.mark.parametrize("dtype", [torch.float32, F64])
def test_scalar_outputs(fn, kind, dtype):
    """NumPy scalars, Python floats and 0-d arrays become 0-d tensors with gradients."""
    op = numpy_op(fn, name="total", vjp=lambda grad, x: grad * np.ones_like(x))
    x = POINT.clone().to(dtype).requires_grad_()
    y = op(x)
    assert y.shape == ()
    assert y.dtype is dtype
    assert y.requires_grad
    assert gradient(y, x) == [1.0] * 3
    assert op(x.detach()).dtype is dtype


@pytest.mark.parametrize("complex_dtype", [torch.complex64, torch.complex128])
def test_python_number_of_a_complex_argument(complex_dtype):
    """A Python number is given the precision of a complex argument."""
    x = torch.ones(2, dtype=complex_dtype)
    assert numpy_op(lambda x: abs(x[0]).item(), name="f")(x).dtype is complex_dtype.to_real()
    assert numpy_op(lambda x: complex(x[0]), name="f")(x).dtype is complex_dtype


WORKSPACE = np.zeros(3)


class Subclass(np.ndarray):
    """An array with another type."""


CACHED = functools.cache(lambda: np.ones(3))


def into_workspace(x):
    np.multiply(x, 2.0, out=WORKSPACE)
    return WORKSPACE


@pytest.mark.parametrize(
    "fn",
    [
        lambda x: x,
        lambda x: x[::-1],
        lambda x: x.reshape(3, 1).T[0],
        into_workspace,
        lambda x: into_workspace(x)[:],
        lambda x: CACHED(),
    ],
    ids=["input", "reversed input", "view of input", "workspace", "view of workspace", "cached"],
)
@pytest.mark.parametrize("grad", [True, False])
def test_output_that_is_not_the_librarys_own(fn, grad):
    """A view of an input or a workspace is copied: no later change reaches the output."""
    op = numpy_op(fn, name="f", vjp=lambda grad: grad)
    x = POINT.clone().requires_grad_(grad)
    y = op(x)
    before = y.tolist()
    op(10 * x)
    assert y.tolist() == before
    with torch.no_grad():
        y.mul_(100.0)
    assert x.tolist() == POINT.tolist()
    assert op(x).tolist() == before


def test_outputs_that_share_memory():
    """Outputs that are views of each other come apart."""

    def f(x):
        y = 2 * x
        return y, y, y[:2], y.reshape(3, 1)

    for x in (POINT, vector()):
        for i in range(4):
            outputs = numpy_op(f)(x)
            with torch.no_grad():
                outputs[i].fill_(100.0)
            rest = [y for j, y in enumerate(outputs) if j != i]
            assert all(100.0 not in y.flatten().tolist() for y in rest)


@pytest.mark.parametrize("grad", [True, False])
def test_read_only_output(grad):
    """A fresh array that the function made read-only is an output as any other."""

    def f(x):
        y = 2 * x
        y.flags.writeable = False
        return y

    y = numpy_op(f)(POINT.clone().requires_grad_(grad))
    assert y.tolist() == [2.0, 4.0, 6.0]


@pytest.mark.parametrize(
    "fn",
    [
        lambda x: x[::-1] * 1.0,
        lambda x: (2 * x)[::-1],
        lambda x: (2 * x).astype(">f8"),
        lambda x: np.asfortranarray(np.outer(x, x)),
        lambda x: (2 * x).view(Subclass),
        lambda x: np.broadcast_to(2 * x[:1], (3,)),
        lambda x: np.zeros((0, 3)),
    ],
    ids=["fresh", "negative strides", "big endian", "fortran", "subclass", "broadcast", "empty"],
)
@pytest.mark.parametrize("grad", [True, False])
def test_layouts_of_outputs(fn, grad):
    """Outputs of any layout, byte order or array subclass have the right values."""
    y = numpy_op(fn, name="f")(POINT.clone().requires_grad_(grad))
    assert torch.equal(
        y.detach(), torch.tensor(np.asarray(fn(POINT.numpy())).tolist(), dtype=F64).reshape(y.shape)
    )
    assert y.shape == fn(POINT.numpy()).shape


# -- signatures -----------------------------------------------------------------------------------


def matmul(x, y):
    return x @ y


def matmul_op(kind):
    core = "(m,n),(n,k)->(m,k)"
    if kind == "vectorized":
        swap = lambda a: np.swapaxes(a, -1, -2)
        rule = lambda grad, x, y: (grad @ swap(y), swap(x) @ grad)
        return numpy_op(matmul, signature=core, vectorized=True, vjp=rule)
    if kind == "looped":
        return numpy_op(matmul, signature=core, vjp=lambda grad, x, y: (grad @ y.T, x.T @ grad))
    if kind == "looped mapping":
        return numpy_op(
            matmul, signature=core, vjp=lambda grad, x, y: {"y": x.T @ grad, "x": grad @ y.T}
        )
    if kind == "looped per argument":
        rules = {"x": lambda grad, y: grad @ y.T, "y": lambda grad, x: x.T @ grad}
        return numpy_op(matmul, signature=core, vjp=rules)
    rule = composite(lambda grad, x, y: (grad @ y.mT, x.mT @ grad))
    return numpy_op(matmul, signature=core, vectorized=kind == "composite vectorized", vjp=rule)


KINDS = [
    "vectorized",
    "looped",
    "looped mapping",
    "looped per argument",
    "composite",
    "composite vectorized",
]


def random(*shape):
    generator = torch.Generator().manual_seed(sum(shape))
    return torch.randn(*shape, dtype=F64, generator=generator).requires_grad_()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("left", "right"),
    [
        ((2, 3), (3, 2)),
        ((4, 2, 3), (4, 3, 2)),
        ((4, 2, 3), (3, 2)),
        ((2, 3), (4, 3, 2)),
        ((5, 1, 2, 3), (4, 3, 2)),
        ((1, 2, 3), (4, 3, 2)),
        ((3, 3, 3), (3, 3)),
        ((1, 1, 1), (2, 1, 1)),
    ],
)
def test_signature_broadcasts(kind, left, right):
    """Leading dimensions broadcast and gradients are summed over them, as torch's are."""
    op, x, y = matmul_op(kind), random(*left), random(*right)
    got, native = op(x, y), x @ y
    assert torch.allclose(got, native)
    weights = torch.arange(native.numel(), dtype=F64).reshape(native.shape)
    found = torch.autograd.grad(got, (x, y), weights)
    expected = torch.autograd.grad(native, (x, y), weights)
    assert all(torch.allclose(f, e) for f, e in zip(found, expected, strict=True))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("batch", [(0,), (0, 2), (2, 0)])
def test_empty_batch(kind, batch):
    """An empty batch has an empty output and zero gradients."""
    op = matmul_op(kind)
    x, y = torch.ones(*batch, 2, 3, requires_grad=True), torch.ones(3, 4, requires_grad=True)
    out = op(x, y)
    assert out.shape == (*batch, 2, 4)
    assert out.dtype is torch.float32
    gx, gy = torch.autograd.grad(out.sum(), (x, y))
    assert gx.shape == x.shape
    assert torch.equal(gy, torch.zeros_like(y))


def test_empty_batch_with_out_dtypes():
    """The output of an empty batch has the declared dtype."""
    op = numpy_op(lambda x: np.argmax(x), name="f", signature="(n)->()", out_dtypes="int64")
    assert op(torch.ones(0, 3)).dtype is torch.int64
    assert op(torch.ones(2, 3)).dtype is torch.int64


@pytest.mark.parametrize("kind", ["looped", "vectorized"])
def test_signature_with_arrays_and_tensors(kind):
    """An array operand broadcasts as a tensor does, and has no gradient."""
    op, x = matmul_op(kind), random(2, 3)
    y = np.ones((4, 3, 2))
    got = op(x, y)
    assert got.shape == (4, 2, 2)
    assert torch.allclose(torch.autograd.grad(got.sum(), x)[0], torch.full((2, 3), 8.0, dtype=F64))


@pytest.mark.parametrize("vectorized", [False, True])
def test_signature_with_a_list_operand(vectorized):
    """A list of numbers is the operand that NumPy reads it as."""
    op = numpy_op(matmul, signature="(m,n),(n)->(m)", vectorized=vectorized)
    assert op(torch.eye(2, dtype=F64), [1.0, 2.0]).tolist() == [1.0, 2.0]


def test_signature_with_static_parameters():
    """Parameters after the operands are static, and reach each item of the loop."""

    def shift(x, k, mode="up"):
        return np.roll(x, k if mode == "up" else -k)

    op = numpy_op(
        shift,
        signature="(n)->(n)",
        vjp=lambda grad, k, mode: (np.roll(grad, -k if mode == "up" else k),),
    )
    x = random(2, 3)
    w = torch.arange(6, dtype=F64).reshape(2, 3)
    (g,) = torch.autograd.grad(op(x, 1, mode="down"), x, w)
    assert torch.equal(g, torch.roll(w, 1, dims=-1))


@pytest.mark.parametrize("vectorized", [False, True])
def test_signature_with_several_outputs(vectorized):
    """Each output of a signature is stacked, and has its cotangent in each item."""

    def moments(x):
        return x.sum(-1), (x**2).sum(-1)

    def rule(grad, x):
        if vectorized:
            return (grad[0][..., None] + 2 * x * grad[1][..., None],)
        return (grad[0] + 2 * x * grad[1],)

    op = numpy_op(moments, signature="(n)->(),()", vectorized=vectorized, vjp=rule)
    assert torch.autograd.gradcheck(op, (random(2, 3, 4),))
    assert torch.autograd.gradcheck(op, (random(4),))


@pytest.mark.parametrize(
    "shape", [(3,), (2, 3), (3, 3), (2, 2, 3)], ids=["no batch", "batch", "square", "two axes"]
)
@pytest.mark.parametrize("mode", ["vjp", "jvp"])
def test_looped_rules_see_one_item(shape, mode):
    """A NumPy rule of a looped op, reverse or forward, sees one item at a time."""
    seen = []

    def vjp(grad, x, out):
        seen.append((grad.shape, x.shape, out.shape))
        return (np.cumsum(grad[::-1], axis=0)[::-1],)

    def jvp(tangents, x, out):
        seen.append((tangents["x"].shape, x.shape, out.shape))
        return np.cumsum(tangents["x"], axis=0)

    op = numpy_op(
        lambda x: np.cumsum(x, axis=0), name="running", signature="(n)->(n)", vjp=vjp, jvp=jvp
    )
    x, t = random(*shape).detach(), random(*shape).detach() + 1
    if mode == "jvp":
        value, found = torch.func.jvp(op, (x,), (t,))
        _, expected = torch.func.jvp(lambda z: torch.cumsum(z, -1), (x,), (t,))
    else:
        value, pull = torch.func.vjp(op, x)
        (found,) = pull(t)
        (expected,) = torch.func.vjp(lambda z: torch.cumsum(z, -1), x)[1](t)
    assert torch.allclose(value, torch.cumsum(x, -1))
    assert torch.allclose(found, expected)
    assert set(seen) == {((3,), (3,), (3,))}


@pytest.mark.parametrize("side", ["left", "right", "both"])
def test_looped_jvp_with_an_unperturbed_operand(side):
    """In a looped jvp the tangent of an unperturbed operand is None, and operands broadcast."""

    def jvp(tangents, x, y):
        terms = []
        if tangents["x"] is not None:
            terms.append(tangents["x"] @ y)
        if tangents["y"] is not None:
            terms.append(x @ tangents["y"])
        return sum(terms)

    op = numpy_op(matmul, signature="(m,n),(n,k)->(m,k)", jvp=jvp)
    x, y = random(4, 2, 3).detach(), random(3, 2).detach()
    t, u = x + 1, y + 1

    def run(fn):
        if side == "left":
            return torch.func.jvp(lambda z: fn(z, y), (x,), (t,))[1]
        if side == "right":
            return torch.func.jvp(lambda z: fn(x, z), (y,), (u,))[1]
        return torch.func.jvp(fn, (x, y), (t, u))[1]

    assert torch.allclose(run(op), run(torch.matmul))


def test_composite_rule_sees_the_whole_batch():
    """A composite rule of a looped op sees the whole batch."""
    seen = []

    def rule(grad, x):
        seen.append(tuple(grad.shape))
        return (2 * grad * x,)

    op = numpy_op(lambda x: x**2, name="f", signature="(n)->(n)", vjp=composite(rule))
    x = random(2, 3)
    gradient(op(x), x)
    assert seen == [(2, 3)]


def test_fixed_dimensions():
    """Dimensions may be integers."""
    op = numpy_op(np.cross, signature="(3),(3)->(3)", name="cross")
    x, y = random(2, 3).detach(), random(3).detach()
    assert torch.allclose(op(x, y), torch.linalg.cross(x, y.expand(2, 3)))


@pytest.mark.parametrize("kind", ["vectorized", "looped", "composite"])
def test_signature_under_vmap(kind):
    """Under vmap an op with a signature agrees with its own batch."""
    op, x, y = matmul_op(kind), random(4, 2, 3).detach(), random(3, 2).detach()
    assert torch.allclose(torch.func.vmap(op, in_dims=(0, None))(x, y), x @ y)
    found = torch.func.vmap(torch.func.grad(lambda a: op(a, y).sum()))(x)
    assert torch.allclose(found, torch.func.grad(lambda a: (a @ y).sum())(x))


# -- out_dtypes, differentiable, residuals --------------------------------------------------------


@pytest.mark.parametrize("declared", ["int64", np.int64, torch.int64, np.dtype("int64"), ["int64"]])
def test_out_dtypes(declared):
    """out_dtypes= takes NumPy's and torch's names, for one output or for each."""
    op = numpy_op(lambda x: np.argmax(x), name="f", signature="(n)->()", out_dtypes=declared)
    assert op(POINT).dtype is torch.int64
    assert op(torch.ones(2, 3)).tolist() == [0, 0]


def test_out_dtypes_of_several_outputs():
    """Each output has its own declared dtype, and gradients still flow."""
    op = numpy_op(
        lambda x: (np.argmax(x), 2 * x),
        name="f",
        out_dtypes=("int64", "float64"),
        vjp=lambda grad: 2 * grad[1],
    )
    x = vector()
    index, y = op(x)
    assert index.dtype is torch.int64
    assert gradient(y, x) == [2.0] * 3


@pytest.mark.parametrize("names", ["k", ("k",), ["k"]])
@pytest.mark.parametrize("returned", [lambda g: g, lambda g: (g,), lambda g: {"k": g}])
def test_differentiable(names, returned):
    """differentiable= names the parameters that a tuple has an entry for."""
    op = numpy_op(
        scale, differentiable=names, vjp=lambda grad, x: returned(np.asarray((grad * x).sum()))
    )
    k = number(2.0)
    assert gradient(op(POINT, k), k) == 6.0


def test_order_of_differentiable():
    """The order of a tuple is that of differentiable=."""
    op = numpy_op(
        weighted, differentiable=("y", "x"), vjp=lambda grad, x, y, k: (grad * x * k, grad * y * k)
    )
    x, y = vector(), (POINT + 3).requires_grad_()
    assert gradient(op(x, y, 2.0), x, y) == ([8.0, 10.0, 12.0], [2.0, 4.0, 6.0])


RESIDUALS = {
    "array": (lambda x: np.cos(x), lambda r: r),
    "0-d array": (lambda x: (np.cos(x), np.array(1.0)), lambda r: r[0] * r[1]),
    "dict": (lambda x: {"c": np.cos(x), "n": 1.0}, lambda r: r["c"] * r["n"]),
    "object": (lambda x: Opaque(np.cos(x)), lambda r: r.factor),
    "mixed": (lambda x: [np.cos(x), Opaque(1.0), None, "t"], lambda r: r[0] * r[1].factor),
    "text array": (lambda x: (np.cos(x), np.array(["a"])), lambda r: r[0]),
    "longdouble": (
        lambda x: np.cos(x).astype(np.longdouble),
        lambda r: r.astype(np.float64),
    ),
    "object array": (lambda x: np.array([np.cos(x), None], dtype=object), lambda r: r[0]),
    "big endian": (lambda x: np.cos(x).astype(">f8"), lambda r: r.astype(np.float64)),
    "closure": (lambda x: lambda: np.cos(x), lambda r: r()),
}


@pytest.mark.parametrize("kind", RESIDUALS)
@pytest.mark.parametrize("signature", [None, "()->()", "(n)->(n)"])
@pytest.mark.parametrize("transform", [False, True])
def test_residuals(kind, signature, transform):
    """What the forward returns as residuals reaches the rule, and never leaves the op."""
    make, read = RESIDUALS[kind]
    op = numpy_op(
        lambda x: (np.sin(x), make(x)),
        name="sine",
        residuals=True,
        signature=signature,
        vjp=lambda grad, residuals: (np.asarray(grad * read(residuals)),),
    )
    expected = torch.cos(POINT)
    if transform:
        found = torch.func.grad(lambda z: op(z).sum())(POINT)
    else:
        x = vector()
        y = op(x)
        assert torch.allclose(y, torch.sin(POINT))
        (found,) = torch.autograd.grad(y.sum(), x)
        assert torch.allclose(op(POINT), torch.sin(POINT))
    assert torch.allclose(found, expected)


def test_residuals_without_tensors():
    """Without tensors the plain result comes without residuals."""
    op = numpy_op(lambda x: (2 * x, x), name="f", residuals=True)
    assert np.array_equal(op(np.ones(3)), 2 * np.ones(3))


def test_residuals_of_several_outputs():
    """Several outputs and residuals."""
    op = numpy_op(
        lambda x: ((np.sin(x), np.cos(x)), (np.cos(x), -np.sin(x))),
        name="f",
        residuals=True,
        vjp=lambda grad, residuals: grad[0] * residuals[0] + grad[1] * residuals[1],
    )
    assert torch.autograd.gradcheck(op, (vector(),))


def test_residuals_that_change_later():
    """Residuals are kept as they were: neither the output nor a workspace changes them."""
    workspace = np.zeros(3)

    def f(x):
        y = np.exp(x)
        workspace[:] = y
        return y, (y, workspace)

    op = numpy_op(
        f,
        name="f",
        residuals=True,
        vjp=lambda grad, residuals: grad * (residuals[0] + residuals[1]) / 2,
    )
    x = vector()
    y = op(x)
    op(0 * x)
    with torch.no_grad():
        y.zero_()
    assert gradient(y, x) == torch.exp(POINT).tolist()


def test_residuals_of_each_item():
    """In the loop each item has its own residuals, arrays and objects, in a batch of any shape."""

    def factor(x):
        inverse = np.linalg.inv(x)
        return inverse, {"inverse": inverse, "object": Opaque(x.shape)}

    op = numpy_op(
        factor,
        name="inverse",
        signature="(n,n)->(n,n)",
        residuals=True,
        vjp=lambda grad, residuals: (-residuals["inverse"].T @ grad @ residuals["inverse"].T,),
    )
    x = (random(2, 2, 3, 3).detach() + 3 * torch.eye(3, dtype=F64)).requires_grad_()
    assert torch.autograd.gradcheck(op, (x,))
    assert torch.autograd.gradcheck(op, (x.detach()[0, 0].requires_grad_(),))
    w = torch.arange(36, dtype=F64).reshape(2, 2, 3, 3)
    (expected,) = torch.autograd.grad(torch.linalg.inv(x), x, w)
    (found,) = torch.autograd.grad(op(x), x, w)
    assert torch.allclose(found, expected)
    mapped = torch.func.vmap(torch.func.grad(lambda z: op(z).sum()))(x.detach())
    assert torch.allclose(mapped, torch.autograd.grad(torch.linalg.inv(x).sum(), x)[0])


def test_residuals_in_a_jvp():
    """A jvp may ask for residuals too."""
    op = numpy_op(
        lambda x: (np.sin(x), np.cos(x)),
        name="sine",
        residuals=True,
        jvp=lambda tangents, residuals: tangents["x"] * residuals,
    )
    assert torch.allclose(torch.func.jvp(op, (POINT,), (POINT,))[1], POINT * torch.cos(POINT))


# -- elementwise_op -------------------------------------------------------------------------------


def test_elementwise_declaration():
    """An elementwise op takes its names from its partials, and its text from title and notes."""
    op = elementwise_op(
        np.hypot,
        name="length",
        title="The length of a vector.",
        source="DLMF 1.9.8",
        notes="It never overflows.",
        partials={"x": lambda x, out: x / out, "y": lambda y, out: y / out},
    )
    assert op.name == "length"
    assert str(inspect.signature(op)) == "(x, y)"
    assert op.__doc__.startswith("The length of a vector.\n\nParameters\n----------\nx : Tensor")
    assert op.__doc__.endswith("It never overflows.\n\nReferences\n----------\nDLMF 1.9.8\n")
    x, y = number(3.0), number(4.0)
    assert gradient(op(x=x, y=y), x, y) == (0.6, 0.8)
    assert type(op(x, y).grad_fn).__name__ == "LengthBackward"


def test_elementwise_parameter_named_grad():
    """A parameter of an elementwise op may be named as a word of rules is."""
    op = elementwise_op(
        lambda grad, out: grad * out,
        name="mul",
        partials={"grad": lambda out: out, "out": lambda grad: grad},
    )
    x, y = number(3.0), number(4.0)
    assert gradient(op(x, y), x, y) == (4.0, 3.0)
    assert torch.func.hessian(op, argnums=(0, 1))(x.detach(), y.detach())[0][1].item() == 1.0
