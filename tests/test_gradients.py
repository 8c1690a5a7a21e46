"""Values and derivatives of ops of every kind, over random shapes, layouts and dtypes."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from strategies import COMPLEX, LAYOUTS, REAL, broadcastable, laid_out, shapes, tensors, values
from torch.autograd import gradcheck, gradgradcheck

import npbridge.elementary as el
from npbridge import composite, elementwise_op, numpy_op
from npbridge.errors import UnsupportedTensorError

TIGHT = {"rtol": 1e-6, "atol": 1e-8}
D = torch.float64

# -- ops of every kind ----------------------------------------------------------------------------


@numpy_op
def with_numpy_rules(x):
    return np.sin(x) * x


@with_numpy_rules.register_vjp
def _(grad, x):
    return grad * (np.cos(x) * x + np.sin(x))


@with_numpy_rules.register_jvp
def _(tangents, x):
    return tangents["x"] * (np.cos(x) * x + np.sin(x))


@numpy_op
def two_numpy_rules(a, b):
    return a * np.exp(b)


@two_numpy_rules.register_vjp
def _(grad, b, out):
    return grad * np.exp(b), grad * out


@two_numpy_rules.register_jvp
def _(tangents, b, out):
    da, db = tangents["a"], tangents["b"]
    return (0.0 if da is None else da * np.exp(b)) + (0.0 if db is None else db * out)


with_composite = numpy_op(
    lambda x: np.sin(x) * x,
    name="with_composite",
    vjp=composite(lambda grad, x: grad * (torch.cos(x) * x + torch.sin(x))),
)
two_composite = numpy_op(
    lambda a, b: a * np.exp(b),
    name="two_composite",
    vjp={
        "a": composite(lambda grad, b: grad * torch.exp(b)),
        "b": composite(lambda grad, out: grad * out),
    },
)
pair_composite = numpy_op(
    lambda a, b: (a * b, {"sine": np.sin(a)}),
    name="pair_composite",
    vjp=composite(lambda grad, a, b: (grad[0] * b + grad[1]["sine"] * a.cos(), grad[0] * a)),
)


@numpy_op
def sine(x):
    return np.sin(x)


@numpy_op
def sine_vjp(grad, x):
    return grad * np.cos(x)


@numpy_op
def sine_vjp_vjp(cotangent, grad, x):
    return cotangent * np.cos(x), -cotangent * grad * np.sin(x)


sine.register_vjp(sine_vjp)
sine_vjp.register_vjp(sine_vjp_vjp)

one = elementwise_op(
    lambda x: np.exp(np.sin(x)), name="one", partials={"x": lambda x, out: out * el.cos(x)}
)
two = elementwise_op(
    lambda a, b: a * np.exp(b),
    name="two",
    partials={"a": lambda b: el.exp(b) * 1, "b": lambda out: out},
)
three = elementwise_op(
    lambda a, b, c: a * np.sin(b) / c,
    name="three",
    partials={
        "a": lambda b, c: el.sin(b) / c,
        "b": lambda a, b, c: a * el.cos(b) / c,
        "c": lambda a, b, c: -a * el.sin(b) / c**2,
    },
)
ufunc = elementwise_op(
    np.multiply, name="ufunc", partials={"a": lambda b: b, "b": lambda a: a}, holomorphic=("a", "b")
)


def _dot(a, b):
    return 0.0 if a is None or b is None else np.einsum("...i,...i->...", a, b)


dot = numpy_op(
    _dot,
    name="dot",
    signature="(n),(n)->()",
    vectorized=True,
    vjp=lambda grad, a, b: (grad[..., None] * b, grad[..., None] * a),
    jvp=lambda tangents, a, b: _dot(tangents["a"], b) + _dot(a, tangents["b"]),
)
composite_dot = numpy_op(
    _dot,
    name="composite_dot",
    signature="(n),(n)->()",
    vectorized=True,
    vjp=composite(lambda grad, a, b: (grad[..., None] * b, grad[..., None] * a)),
)


def _matvec_jvp(tangents, a, b):
    assert a.ndim == 2  # the declaration says: one item of the batch at a time
    terms = [f(t) for f, t in ((lambda t: t @ b, tangents["a"]), (lambda t: a @ t, tangents["b"]))
             if t is not None]  # fmt: skip  # one list
    return sum(terms)


matvec = numpy_op(
    lambda a, b: a @ b,
    name="matvec",
    signature="(m,n),(n)->(m)",
    vjp=lambda grad, a, b: (np.outer(grad, b), a.T @ grad),
    jvp=_matvec_jvp,
)
composite_matvec = numpy_op(
    lambda a, b: a @ b,
    name="composite_matvec",
    signature="(m,n),(n)->(m)",
    vjp=composite(
        lambda grad, a, b: (
            grad[..., :, None] * b[..., None, :],
            (a.transpose(-1, -2) @ grad[..., None])[..., 0],
        )
    ),
)


def exponential(x):
    return np.exp(x)


def modulus(x):
    return np.abs(x)


def conjugate(x):
    return np.conj(x)


def total(x):
    return np.sum(x)


def is_nan(x):
    return np.isnan(x)


def first_of_pair(a, b):
    """Add up both outputs of `pair_composite`, so that it can be listed with the others."""
    product, more = pair_composite(a, b)
    return product + more["sine"]


ONE = {
    "numpy": (with_numpy_rules, lambda x: x.sin() * x),
    "composite": (with_composite, lambda x: x.sin() * x),
    "op": (sine, torch.sin),
    "elementwise": (one, lambda x: x.sin().exp()),
}
TWO = {
    "numpy": (two_numpy_rules, lambda a, b: a * b.exp()),
    "composite": (two_composite, lambda a, b: a * b.exp()),
    "nested": (first_of_pair, lambda a, b: a * b + a.sin()),
    "elementwise": (two, lambda a, b: a * b.exp()),
    "ufunc": (ufunc, torch.mul),
}
BROADCASTING = {
    "two": (two, lambda a, b: a * b.exp()),
    "three": (three, lambda a, b, c: a * b.sin() / c),
    "ufunc": (ufunc, torch.mul),
}
LINEAR = {
    "dot": (dot, lambda a, b: (a * b).sum(-1), False),
    "composite_dot": (composite_dot, lambda a, b: (a * b).sum(-1), False),
    "matvec": (matvec, lambda a, b: (a @ b[..., None])[..., 0], True),
    "composite_matvec": (composite_matvec, lambda a, b: (a @ b[..., None])[..., 0], True),
}
TWICE = ("composite", "op", "elementwise")
ARITY = {"one": 1, "two": 2, "three": 3, "ufunc": 2}


def leaf(x):
    """Return a contiguous leaf with the numbers of `x`."""
    return torch.empty(x.shape, dtype=x.dtype).copy_(x.detach()).requires_grad_()


def named(table):
    return pytest.mark.parametrize("name", table)


# -- values ---------------------------------------------------------------------------------------


@named(ONE)
@given(x=tensors())
def test_values_are_numpys(name, x):
    """On every shape and layout the value is the function's own, bit for bit."""
    op, _ = ONE[name]
    want = torch.from_numpy(np.array(op.numpy(x.resolve_neg().numpy())))
    torch.testing.assert_close(op(x), want, rtol=0, atol=0)
    torch.testing.assert_close(op(x.clone().requires_grad_()).detach(), want, rtol=0, atol=0)


@named(BROADCASTING)
@given(data=st.data())
def test_broadcast_values_are_numpys(name, data):
    """Elementwise ops broadcast as NumPy does."""
    op, _ = BROADCASTING[name]
    xs = data.draw(broadcastable(ARITY[name]))
    want = np.asarray(op.numpy(*[x.resolve_neg().numpy() for x in xs]))
    got = op(*xs)
    assert got.shape == want.shape
    torch.testing.assert_close(got, torch.from_numpy(want), rtol=0, atol=0)


@given(x=tensors(dtypes=(torch.complex128, torch.complex64)))
def test_complex_values_are_numpys(x):
    """Conjugate tensors are computed on as the numbers they stand for."""
    op = elementwise_op(np.exp, name="cexp", partials={"x": lambda out: out}, holomorphic=("x",))
    want = torch.from_numpy(np.array(np.exp(x.resolve_conj().numpy())))
    torch.testing.assert_close(op(x), want, rtol=0, atol=0)


def test_a_ufunc_can_be_the_function():
    """A NumPy ufunc, whose signature tells keywords such as `out` and `dtype`, works as it is."""
    op = numpy_op(np.exp, name="exponential", vjp=lambda grad, out: grad * out)
    x = values((2,), D, 0).requires_grad_()
    y = op(x)
    torch.testing.assert_close(torch.autograd.grad(y.sum(), x)[0], x.exp())


def test_an_op_can_be_a_partial():
    """An op over a ufunc is a formula like any other."""
    cosine = elementwise_op(np.cos, name="cosine", partials={"x": lambda x: -el.sin(x)})
    op = elementwise_op(np.sin, name="op", partials={"x": cosine})
    x = values((2,), D, 0).requires_grad_()
    torch.testing.assert_close(torch.autograd.grad(op(x).sum(), x)[0], x.cos())


# -- first derivatives ----------------------------------------------------------------------------


@named(ONE)
@given(shape=shapes(), seed=st.integers(0, 999), layout=st.sampled_from(LAYOUTS))
def test_gradcheck_of_one_argument(name, shape, seed, layout):
    """Gradients of one argument agree with differences on every shape and layout."""
    op, _ = ONE[name]
    x = values(shape, D, seed).requires_grad_()
    assert gradcheck(lambda x: op(laid_out(x, layout)), x, **TIGHT)


@named(TWO)
@given(shape=shapes(), seed=st.integers(0, 999), layout=st.sampled_from(LAYOUTS))
def test_gradcheck_of_two_arguments(name, shape, seed, layout):
    """Gradients of two arguments of one shape agree with differences."""
    op, _ = TWO[name]
    a, b = (values(shape, D, seed + i).requires_grad_() for i in range(2))
    assert gradcheck(lambda a, b: op(laid_out(a, layout), b), (a, b), **TIGHT)


@named(BROADCASTING)
@given(data=st.data())
def test_gradcheck_of_broadcasting_ops(name, data):
    """Gradients of broadcast arguments are summed to the arguments' shapes."""
    op, native = BROADCASTING[name]
    xs = [leaf(x) for x in data.draw(broadcastable(ARITY[name]))]
    assert gradcheck(op, xs, **TIGHT)
    cotangent = values(op(*xs).shape, D, 7)
    for x, got, want in zip(
        xs,
        torch.autograd.grad(op(*xs), xs, cotangent),
        torch.autograd.grad(native(*xs), xs, cotangent),
        strict=True,
    ):
        assert got.shape == x.shape
        torch.testing.assert_close(got, want)


@st.composite
def operands(draw, matrix):
    """Draw operands of a signature whose leading dimensions broadcast, empty batches included."""
    m, n = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    batch = draw(shapes(max_dims=2))
    found = []
    for core in ((m, n) if matrix else (n,), (n,)):
        lead = batch[draw(st.integers(0, len(batch))) :]
        lead = tuple(1 if draw(st.booleans()) else k for k in lead)
        found.append(values(lead + core, D, draw(st.integers(0, 999))).requires_grad_())
    return found


@named(LINEAR)
@given(data=st.data())
def test_gradients_of_signature_ops(name, data):
    """Over every batch, empty ones too, gradients are those of the same computation in torch."""
    op, native, matrix = LINEAR[name]
    a, b = data.draw(operands(matrix))
    got, want = op(a, b), native(a, b)
    torch.testing.assert_close(got, want)
    cotangent = values(want.shape, D, 3)
    pairs = zip(
        torch.autograd.grad(got, (a, b), cotangent),
        torch.autograd.grad(want, (a, b), cotangent),
        strict=True,
    )
    for g, w in pairs:
        torch.testing.assert_close(g, w)


@pytest.mark.parametrize("name", LINEAR)
def test_gradcheck_of_signature_ops(name):
    """Signature ops pass gradcheck on a batch that broadcasts."""
    op, _, matrix = LINEAR[name]
    a = values((2, 1, 2, 3) if matrix else (2, 1, 3), D, 0).requires_grad_()
    b = values((3, 3), D, 1).requires_grad_()
    assert gradcheck(op, (a, b), **TIGHT)


# -- higher orders --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", TWICE)
@given(shape=shapes(max_dims=2), seed=st.integers(0, 999), layout=st.sampled_from(LAYOUTS))
def test_gradgradcheck_of_one_argument(name, shape, seed, layout):
    """Second derivatives agree with differences of first ones."""
    op, _ = ONE[name]
    x = values(shape, D, seed).requires_grad_()
    assert gradgradcheck(lambda x: op(laid_out(x, layout)), x, **TIGHT)


@named(BROADCASTING)
@given(data=st.data())
def test_gradgradcheck_of_broadcasting_ops(name, data):
    """Second derivatives of broadcasting ops, mixed ones included, agree with differences."""
    op, _ = BROADCASTING[name]
    xs = [leaf(x) for x in data.draw(broadcastable(ARITY[name]))]
    assert gradgradcheck(op, xs, **TIGHT)


@pytest.mark.parametrize("name", ["composite_dot", "composite_matvec"])
def test_gradgradcheck_of_signature_ops(name):
    """Second derivatives of composite signature ops on a batch agree with differences."""
    op, _, matrix = LINEAR[name]
    a = values((2, 1, 2, 3) if matrix else (2, 1, 3), D, 0).requires_grad_()
    b = values((2, 3), D, 1).requires_grad_()
    assert gradgradcheck(op, (a, b), **TIGHT)


@pytest.mark.parametrize("name", ["composite", "elementwise"])
def test_fifth_derivative(name):
    """The fifth derivative in reverse mode is that of the same formula in torch."""
    op, native = ONE[name]
    x = values((3,), D, 0).requires_grad_()
    got, want = op(x), native(x)
    for _ in range(5):
        (got,) = torch.autograd.grad(got.sum(), x, create_graph=True)
        (want,) = torch.autograd.grad(want.sum(), x, create_graph=True)
    torch.testing.assert_close(got, want, rtol=1e-10, atol=1e-12)


# -- forward mode ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["numpy", "composite", "elementwise", "op"])
@given(shape=shapes(max_dims=2), seed=st.integers(0, 999))
def test_forward_mode_agrees_with_differences(name, shape, seed):
    """Tangents agree with differences on every shape, 0-d and empty included."""
    op, _ = ONE[name]
    x = values(shape, D, seed).requires_grad_()
    assert gradcheck(op, x, check_forward_ad=True, **TIGHT)


@named(BROADCASTING)
@given(data=st.data())
def test_forward_mode_of_broadcasting_ops(name, data):
    """Tangents of each broadcast argument alone, and of all at once, have the output's shape."""
    op, native = BROADCASTING[name]
    xs = [leaf(x).detach() for x in data.draw(broadcastable(ARITY[name]))]
    tangents = [values(x.shape, D, 11 + i) for i, x in enumerate(xs)]
    _, got = torch.func.jvp(op, tuple(xs), tuple(tangents))
    _, want = torch.func.jvp(native, tuple(xs), tuple(tangents))
    torch.testing.assert_close(got, want)
    for i, x in enumerate(xs):
        rest = list(xs)

        def alone(f, x_i, i=i, rest=rest):
            return f(*rest[:i], x_i, *rest[i + 1 :])

        _, got = torch.func.jvp(lambda z: alone(op, z), (x,), (tangents[i],))
        _, want = torch.func.jvp(lambda z: alone(native, z), (x,), (tangents[i],))
        torch.testing.assert_close(got, want)


@named(LINEAR)
@given(data=st.data())
def test_forward_mode_of_signature_ops(name, data):
    """Tangents of signature ops on every batch are those of the same computation in torch."""
    op, native, matrix = LINEAR[name]
    a, b = (x.detach() for x in data.draw(operands(matrix)))
    tangents = (values(a.shape, D, 5), values(b.shape, D, 6))
    _, got = torch.func.jvp(op, (a, b), tangents)
    _, want = torch.func.jvp(native, (a, b), tangents)
    torch.testing.assert_close(got, want)


def test_a_numpy_jvp_is_given_one_item_of_the_batch():
    """A forward rule that reduces over its item is looped over the batch, as the function is."""
    op = numpy_op(
        lambda x: x * x.sum(),
        name="scaled",
        signature="(n)->(n)",
        jvp=lambda tangents, x: tangents["x"] * x.sum() + x * tangents["x"].sum(),
    )
    x, t = values((2, 3), D, 0), values((2, 3), D, 1)
    _, got = torch.func.jvp(op, (x,), (t,))
    _, want = torch.func.jvp(lambda x: x * x.sum(-1, keepdim=True), (x,), (t,))
    torch.testing.assert_close(got, want)


@pytest.mark.parametrize("name", ["composite", "elementwise"])
@given(shape=shapes(max_dims=2), seed=st.integers(0, 999))
def test_jvp_of_jvp(name, shape, seed):
    """Nested forward mode gives the second and third derivatives, and never zero."""
    op, native = ONE[name]
    x = values(shape, D, seed)
    t = torch.ones_like(x)

    def derivative(f):
        return lambda z: torch.func.jvp(f, (z,), (t,))[1]

    got, want = op, native
    for _ in range(3):
        got, want = derivative(got), derivative(want)
        torch.testing.assert_close(got(x), want(x))


@pytest.mark.parametrize("name", ["composite", "elementwise"])
def test_mixed_modes(name):
    """Forward over reverse, reverse over forward and reverse over reverse agree with torch."""
    op, native = ONE[name]
    x = values((3,), D, 0)
    f, g = (lambda z: op(z).sum()), (lambda z: native(z).sum())
    want = torch.func.hessian(g)(x)
    for outer in (torch.func.jacfwd, torch.func.jacrev):
        torch.testing.assert_close(outer(torch.func.jacrev(f))(x), want)
    tangent = torch.ones_like(x)
    got = torch.func.grad(lambda z: torch.func.jvp(f, (z,), (tangent,))[1])(x)
    torch.testing.assert_close(got, want.sum(0))


@pytest.mark.parametrize("mode", ["jvp of jvp", "grad of jvp", "jvp of grad", "grad of grad"])
def test_numpy_rules_refuse_the_second_order(mode):
    """A NumPy rule that is differentiated raises, in every nesting of modes, and is never zero."""
    x = values((3,), D, 0)
    t = torch.ones_like(x)

    def forward(f):
        return lambda z: torch.func.jvp(f, (z,), (t,))[1]

    def reverse(f):
        return torch.func.grad(lambda z: f(z).sum())

    table = {"jvp": forward, "grad": reverse}
    outer, inner = mode.split(" of ")
    with pytest.raises(NotImplementedError, match="first order only"):
        table[outer](table[inner](with_numpy_rules))(x)


@pytest.mark.parametrize("table", [ONE, TWO], ids=["one", "two"])
@given(shape=shapes(max_dims=2), seed=st.integers(0, 999))
def test_vjp_and_jvp_are_adjoint(table, shape, seed):
    """For every kind of rule `<v, J t> == <J* v, t>`."""
    for op, _ in table.values():
        xs = tuple(values(shape, D, seed + i) for i in range(1 if table is ONE else 2))
        ts = tuple(values(shape, D, seed + 10 + i) for i in range(len(xs)))
        y, pushed = torch.func.jvp(op, xs, ts)
        v = values(shape, D, seed + 20)
        y, pull = torch.func.vjp(op, *xs)
        pulled = pull(v)
        left = (v * pushed).sum()
        right = sum((g * t).sum() for g, t in zip(pulled, ts, strict=True))
        torch.testing.assert_close(left, torch.as_tensor(right, dtype=D), rtol=1e-12, atol=1e-13)
        assert y.shape == shape


# -- wrong rules are caught -----------------------------------------------------------------------

WRONG = {
    "2.0001 for 2": (lambda a, b: a**2, lambda grad, a, b: (2.0001 * grad * a, 0 * b)),
    "sign": (lambda a, b: np.cos(a) + b, lambda grad, a, b: (grad * np.sin(a), grad)),
    "swapped": (lambda a, b: a**2 * b, lambda grad, a, b: (grad * a**2, 2 * grad * a * b)),
    "forgotten term": (lambda a, b: a * b + a, lambda grad, a, b: (grad * b, grad * a)),
    "transposed": (lambda a, b: a @ b, lambda grad, a, b: (grad @ b, a @ grad)),
}


@pytest.mark.parametrize("kind", ["numpy", "composite"])
@pytest.mark.parametrize("mistake", WRONG)
def test_gradcheck_catches_a_wrong_rule(mistake, kind):
    """Nothing between a wrong rule and gradcheck mends or hides the mistake."""
    forward, rule = WRONG[mistake]
    if kind == "composite":
        numpy_rule = rule

        def rule(grad, a, b):
            return numpy_rule(grad, a, b) if mistake != "sign" else (grad * torch.sin(a), grad)

    op = numpy_op(forward, name="wrong", vjp=composite(rule) if kind == "composite" else rule)
    a = values((2, 2), D, 1).requires_grad_()
    b = values((2, 2), D, 2).requires_grad_()
    with pytest.raises(RuntimeError, match="Jacobian mismatch"):
        gradcheck(op, (a, b), **TIGHT)


def test_gradcheck_catches_a_missing_conjugate():
    """A complex rule that forgets to conjugate is caught."""
    op = numpy_op(exponential, name="wrong", vjp=lambda grad, x, out: grad * out)
    x = values((2,), torch.complex128, 1).requires_grad_()
    with pytest.raises(RuntimeError, match="Jacobian mismatch"):
        gradcheck(op, x, **TIGHT)


def test_gradcheck_catches_a_wrong_jvp():
    """A forward rule that is off by 0.005 % is caught."""
    op = numpy_op(
        lambda x: x * x,
        name="wrong",
        vjp=lambda grad, x: 2 * grad * x,
        jvp=lambda tangents, x: 2.0001 * x * tangents["x"],
    )
    x = values((2,), D, 1).requires_grad_()
    with pytest.raises(RuntimeError, match="forward mode mismatch"):
        gradcheck(op, x, check_forward_ad=True, **TIGHT)


def test_gradgradcheck_catches_a_wrong_second_partial():
    """A partial that is right itself and is differentiated through a wrong op is caught."""
    formula = lambda x: -1.0001 * el.sin(x)
    half_right = elementwise_op(np.cos, name="half_right", partials={"x": formula})
    op = elementwise_op(np.sin, name="op", partials={"x": lambda x: half_right(x) * 1})
    x = values((2,), D, 1).requires_grad_()
    assert gradcheck(op, x, **TIGHT)
    with pytest.raises(RuntimeError, match="Jacobian mismatch"):
        gradgradcheck(op, x, **TIGHT)


@pytest.mark.parametrize("kind", ["numpy", "composite"])
def test_forgotten_unbroadcast_is_an_error(kind):
    """Without a signature a gradient of the broadcast shape is an error, and not summed."""
    rule = lambda grad, a, b: (grad * b, grad * a)
    op = numpy_op(
        lambda a, b: a * b, name="product", vjp=composite(rule) if kind == "composite" else rule
    )
    a, b = values((3, 2), D, 0).requires_grad_(), values((2,), D, 1).requires_grad_()
    with pytest.raises(RuntimeError, match="wrong shape for 'b'"):
        torch.autograd.grad(op(a, b).sum(), (a, b))


@pytest.mark.parametrize("kind", ["numpy", "composite"])
@pytest.mark.parametrize(
    ("signature", "shape", "wrong"),
    [("(n)->(n)", (3,), (3, 3)), ("(n,k)->(n,k)", (3, 1), (3, 4)), ("(n)->(n)", (2, 3), (5, 2, 3))],
)
def test_signature_sums_only_what_it_broadcast(kind, signature, shape, wrong):
    """A gradient larger than the batch explains (a Jacobian, say) is an error, and not summed."""
    full = {"numpy": np.ones, "composite": lambda s: torch.ones(s, dtype=D)}[kind]
    rule = lambda grad: full(wrong)
    op = numpy_op(
        lambda x: x * x,
        name="squares",
        signature=signature,
        vectorized=True,
        vjp=composite(rule) if kind == "composite" else rule,
    )
    x = values(shape, D, 0).requires_grad_()
    with pytest.raises(RuntimeError, match="wrong shape for 'x'"):
        torch.autograd.grad(op(x).sum(), x)


def test_elementwise_output_has_the_broadcast_shape():
    """An elementwise function that reduces is an error, and not differentiated as if it did not."""
    op = elementwise_op(total, name="total", partials={"x": lambda x: x})
    x = values((3,), D, 0)
    for given_x in (x, x.clone().requires_grad_()):
        with pytest.raises(TypeError, match="returned another shape than its arguments have"):
            op(given_x)


def test_elementwise_result_kind_is_the_same_on_every_path():
    """A bool or complex result of an elementwise function is the same eagerly and under vmap."""
    isnan = elementwise_op(is_nan, name="isnan", partials={"x": lambda x: 0 * x})
    root = elementwise_op(np.emath.sqrt, name="root", partials={"x": lambda out: 0.5 / out})
    for op in (isnan, root):
        x = torch.tensor([-1.0, 4.0])
        eager, mapped = op(x), torch.vmap(op)(x)
        assert eager.dtype == mapped.dtype
        want = torch.from_numpy(np.asarray(op.numpy(x.numpy())))
        torch.testing.assert_close(eager, want.to(eager.dtype))


# -- dtypes ---------------------------------------------------------------------------------------


@named(ONE)
@given(x=tensors(dtypes=REAL))
def test_dtype_is_kept(name, x):
    """Values and gradients have the dtype and shape of the argument, for every real dtype."""
    op, native = ONE[name]
    x = x.detach().requires_grad_()
    y = op(x)
    assert (y.dtype, y.shape) == (x.dtype, x.shape)
    (g,) = torch.autograd.grad(y, x, torch.ones_like(y))
    assert (g.dtype, g.shape) == (x.dtype, x.shape)
    wide = x.detach().to(torch.float64).requires_grad_()
    (want,) = torch.autograd.grad(native(wide).sum(), wide)
    tolerance = 8 * torch.finfo(x.dtype).eps
    torch.testing.assert_close(g.to(torch.float64), want, rtol=tolerance, atol=tolerance)
    torch.testing.assert_close(
        y.detach().to(torch.float64), native(wide).detach(), rtol=tolerance, atol=tolerance
    )


@named(TWO)
@pytest.mark.parametrize("dtype", REAL)
def test_dtype_is_kept_of_two(name, dtype):
    """The same with two arguments, of which each gets a gradient of its dtype."""
    op, _ = TWO[name]
    a, b = (values((2, 3), dtype, i).requires_grad_() for i in range(2))
    y = op(a, b)
    assert y.dtype == dtype
    assert all(g.dtype == dtype for g in torch.autograd.grad(y.sum(), (a, b)))


@named({**ONE})
@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
@given(x=tensors(low=-4.0, high=4.0))
def test_halves_are_computed_in_float32_and_rounded_once(name, dtype, x):
    """Values and gradients of halves are those of float32, rounded once, bit for bit."""
    op, _ = ONE[name]
    half = x.detach().to(dtype).requires_grad_()
    single = half.detach().float().requires_grad_()
    got, want = op(half), op(single)
    torch.testing.assert_close(got, want.to(dtype), rtol=0, atol=0)
    cotangent = torch.full_like(half, 0.7).detach()
    (g,) = torch.autograd.grad(got, half, cotangent)
    (w,) = torch.autograd.grad(want, single, cotangent.float())
    torch.testing.assert_close(g, w.to(dtype), rtol=0, atol=0)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_sums_over_a_broadcast_half_are_rounded_once(dtype):
    """The gradient of a broadcast half is summed in float32: 3000 ones are not 2048."""
    a, b = torch.ones(3000, dtype=dtype), torch.ones((), dtype=dtype, requires_grad=True)
    (g,) = torch.autograd.grad(ufunc(a, b), b, torch.ones(3000, dtype=dtype))
    assert g == torch.tensor(3000.0).to(dtype)


@pytest.mark.filterwarnings("ignore:ComplexHalf")  # torch announces it when it names the dtype
@given(data=st.data())
def test_promotion_is_torchs(data):
    """Tensors, arrays and numbers of all dtypes promote as in `torch.mul`, integers to default."""
    dtypes = (*REAL, torch.int64, torch.int32, torch.bool, *COMPLEX)

    def operand():
        dtype = data.draw(st.sampled_from(dtypes))
        x = torch.ones(data.draw(st.sampled_from([(), (2,)]))).to(dtype)
        if dtype == torch.bfloat16:
            return x, x
        how = data.draw(st.sampled_from(["tensor", "array", "scalar", "number"]))
        if how == "array":
            return x.numpy(), x
        if how == "scalar":
            return x.numpy().reshape(-1)[0], x.reshape(-1)[0]
        if how == "number":
            number = x.reshape(-1)[0].item()
            return number, number
        return x, x

    a, b = operand(), operand()
    if not any(isinstance(x, torch.Tensor) for x in (a[0], b[0])):
        return
    want = torch.mul(a[1], b[1])
    dtype = want.dtype if want.is_floating_point() or want.is_complex() else torch.float32
    if dtype == torch.complex32:  # a number beside halves; NumPy has no complex halves
        with pytest.raises(UnsupportedTensorError, match="complex32"):
            ufunc(a[0], b[0])
        return
    got = ufunc(a[0], b[0])
    assert (got.dtype, got.shape) == (dtype, want.shape)


@pytest.mark.filterwarnings("ignore:ComplexHalf")  # torch announces it when it names the dtype
def test_a_complex_number_beside_halves_is_refused():
    """Torch makes complex halves of them, which NumPy does not have."""
    with pytest.raises(UnsupportedTensorError, match="complex32"):
        ufunc(torch.ones(2, dtype=torch.float16), 1j)


# -- complex numbers ------------------------------------------------------------------------------

COMPLEX_OPS = {
    "elementwise exp": (
        elementwise_op(np.exp, name="cexp", partials={"x": lambda out: out}, holomorphic=("x",)),
        torch.exp,
    ),
    "elementwise sin": (
        elementwise_op(np.sin, name="csin", partials={"x": el.cos}, holomorphic=("x",)),
        torch.sin,
    ),
    "numpy exp": (
        numpy_op(exponential, name="nexp", vjp=lambda grad, out: grad * out.conj()),
        torch.exp,
    ),
    "composite abs": (
        numpy_op(modulus, name="cabs", vjp=composite(lambda grad, x: grad * torch.sgn(x))),
        torch.abs,
    ),
    "composite conj": (
        numpy_op(conjugate, name="cconj", vjp=composite(lambda grad: grad.conj())),
        torch.conj_physical,
    ),
    "numpy real": (numpy_op(np.real, name="creal", vjp=lambda grad: grad + 0j), torch.real),
}


@named(COMPLEX_OPS)
@given(shape=shapes(max_dims=2), seed=st.integers(0, 999), layout=st.sampled_from(LAYOUTS))
def test_complex_gradients_follow_torch(name, shape, seed, layout):
    """Complex gradients are those of torch's own function, and pass gradcheck."""
    op, native = COMPLEX_OPS[name]
    x = values(shape, torch.complex128, seed).requires_grad_()
    got, want = op(laid_out(x, layout)), native(laid_out(x, layout))
    torch.testing.assert_close(got, want)
    cotangent = values(shape, want.dtype, seed + 1)
    (g,) = torch.autograd.grad(got, x, cotangent)
    (w,) = torch.autograd.grad(want, x, cotangent)
    torch.testing.assert_close(g, w)
    if shape == (2,):
        assert gradcheck(op, x, **TIGHT)


@pytest.mark.parametrize("name", ["elementwise exp", "elementwise sin", "composite abs"])
def test_complex_second_derivatives(name):
    """Second derivatives and tangents of complex ops agree with differences."""
    op, _ = COMPLEX_OPS[name]
    x = values((2,), torch.complex128, 4).requires_grad_()
    assert gradcheck(op, x, check_forward_ad=True, **TIGHT)
    assert gradgradcheck(op, x, **TIGHT)


@pytest.mark.parametrize("dtype", COMPLEX)
@pytest.mark.parametrize("name", COMPLEX_OPS)
def test_complex_dtypes_are_kept(name, dtype):
    """complex64 in gives complex64 (or float32) out, and a complex64 gradient."""
    op, native = COMPLEX_OPS[name]
    x = values((3,), dtype, 0).requires_grad_()
    y = op(x)
    assert y.dtype == native(x).dtype
    (g,) = torch.autograd.grad(y, x, torch.ones_like(y))
    assert g.dtype == dtype


@pytest.mark.parametrize("dtype", COMPLEX)
def test_python_complex_result_keeps_the_dtype(dtype):
    """A Python complex number returned for complex64 arguments is complex64."""
    op = numpy_op(lambda x: complex(x.sum()), name="total")
    assert op(values((3,), dtype, 0)).dtype == dtype


@given(data=st.data())
def test_gradient_of_a_real_argument_beside_a_complex_one_is_real(data):
    """A real argument that meets a complex one gets the real gradient torch gives it."""
    a, b = data.draw(broadcastable(2))
    a, b = leaf(a), leaf(b.to(torch.complex128) * (1 + 2j))
    cotangent = values(ufunc(a, b).shape, torch.complex128, 1)
    got = torch.autograd.grad(ufunc(a, b), (a, b), cotangent)
    want = torch.autograd.grad(a * b, (a, b), cotangent)
    for g, w, x in zip(got, want, (a, b), strict=True):
        assert g.dtype == x.dtype
        torch.testing.assert_close(g, w)


def test_complex_gradient_of_a_real_argument():
    """From a NumPy rule it is an error; from a composite rule its real part is taken."""
    forward = lambda x: x * (1 + 2j)
    bad = numpy_op(forward, name="bad", vjp=lambda grad: grad * (1 - 2j))
    fine = numpy_op(forward, name="fine", vjp=composite(lambda grad: grad * (1 - 2j)))
    x = values((2,), D, 0).requires_grad_()
    with pytest.raises(RuntimeError, match="complex gradient for 'x', which is real"):
        bad(x).sum().backward(torch.tensor(1 + 1j))
    (got,) = torch.autograd.grad(fine(x).sum(), x, torch.tensor(1 + 1j, dtype=torch.complex128))
    torch.testing.assert_close(got, torch.full((2,), 3.0, dtype=D))


def test_elementwise_refuses_complex_where_the_partial_is_real():
    """An argument whose partial is not holomorphic refuses complex tensors."""
    with pytest.raises(TypeError, match="does not take complex numbers for 'x'"):
        one(values((2,), torch.complex128, 0))
