"""torch.func: every nesting of transforms, and vmap held against a Python loop over samples."""

import threading
from itertools import product

import mpmath
import numpy as np
import pytest
import torch
from strategies import values
from torch.autograd import forward_ad, gradcheck
from torch.func import grad, hessian, jacfwd, jacrev, jvp, linearize, vjp, vmap

import npbridge.elementary as el
from npbridge import composite, elementwise_op, numpy_op
from npbridge.errors import (
    ArgumentShapeError,
    DeclarationError,
    MissingDerivativeError,
    SecondDerivativeError,
)
from npbridge.special import gammainc, j0, j1

D = torch.float64
ONE = torch.ones((), dtype=D)
EXACT = {"rtol": 0, "atol": 0}


def t(*shape, seed=0):
    return values(shape, D, seed)


def compose(names, function):
    for name in reversed(names):
        function = TRANSFORMS[name](function)
    return function


TRANSFORMS = {
    "grad": grad,
    "vjp": lambda f: lambda x: vjp(f, x)[1](ONE)[0],
    "jvp": lambda f: lambda x: jvp(f, (x,), (ONE,))[1],
    "jacrev": jacrev,
    "jacfwd": jacfwd,
    "hessian": hessian,
    "vmap": lambda f: lambda x: vmap(f)(torch.stack([x, x + 1]))[0],
}
ORDERS = dict.fromkeys(TRANSFORMS, 1) | {"hessian": 2, "vmap": 0}
NESTINGS = [names for depth in (1, 2, 3) for names in product(TRANSFORMS, repeat=depth)]
FIRST = [name for name, order in ORDERS.items() if order == 1]


# -- derivatives of every order, in every nesting -------------------------------------------------


@pytest.mark.parametrize("names", NESTINGS, ids="-".join)
def test_every_nesting_is_the_derivative(names):
    """Each nesting to depth three is the derivative of its order, as mpmath gives it."""
    order = sum(ORDERS[name] for name in names)
    got = compose(names, j0)(torch.tensor(1.3, dtype=D))
    with mpmath.workdps(40):
        want = float(mpmath.diff(mpmath.j0, mpmath.mpf(1.3), order))
    assert got.item() == pytest.approx(want, rel=1e-10)


@pytest.mark.parametrize("names", [*product(FIRST, repeat=2)], ids="-".join)
def test_nestings_of_an_op_of_two_arguments(names):
    """An argument that is a constant to the transforms enters every order."""
    got = compose(names, lambda x: gammainc(2.5, x))(torch.tensor(1.3, dtype=D))
    with mpmath.workdps(40):
        want = mpmath.diff(
            lambda x: mpmath.gammainc(2.5, 0, x, regularized=True), mpmath.mpf(1.3), 2
        )
    assert got.item() == pytest.approx(float(want), rel=1e-10)


@pytest.mark.parametrize("order", range(6))
@pytest.mark.parametrize(
    "cycle", [("grad",), ("jacrev",), ("jvp",), ("jacfwd",), ("grad", "jvp"), ("jacfwd", "vjp")]
)
def test_order_five(cycle, order):
    """Orders up to five, in pure and mixed modes, are those of the binomial sum of DLMF 10.6.7."""
    names = [cycle[i % len(cycle)] for i in range(order)]
    got = compose(names, j0)(torch.tensor(1.3, dtype=D))
    terms = ((-1) ** k * mpmath.binomial(order, k) * mpmath.besselj(2 * k - order, 1.3)
             for k in range(order + 1))  # fmt: skip  # one sum
    assert got.item() == pytest.approx(float(sum(terms) / 2**order), rel=1e-12)


@pytest.mark.filterwarnings("ignore:Attempted to insert a get_attr Node:UserWarning")
def test_linearize():
    """The linear map of linearize is the derivative, over grad too.

    Other nestings of linearize are wrong or refused for torch's own functions (torch 2.13).
    """
    x = t(3)
    tangent = t(3, seed=1)
    y, push = linearize(j0, x)
    torch.testing.assert_close(y, torch.special.bessel_j0(x))
    torch.testing.assert_close(push(tangent), -tangent * torch.special.bessel_j1(x))
    _, push = linearize(grad(lambda x: j0(x).sum()), x)
    torch.testing.assert_close(push(tangent), jvp(lambda x: -j1(x), (x,), (tangent,))[1])


solve = numpy_op(
    lambda A, b: np.linalg.solve(A, b[..., None])[..., 0],
    name="solve",
    signature="(m,m),(m)->(m)",
    vectorized=True,
)


@solve.register_vjp(composite=True)
def _(grad, A, out):
    g = solve(A.transpose(-1, -2), grad)
    return -g[..., :, None] * out[..., None, :], g


MATRIX = t(3, 3) + 3 * torch.eye(3, dtype=D)


@numpy_op(vjp=composite(lambda grad, x: grad * torch.cos(x)))
def sine(x):
    return np.sin(x)


def outer_reverse(f, x):
    leaf = x.clone().requires_grad_()
    return torch.autograd.grad(f(leaf), leaf, allow_unused=True)[0]


def outer_forward(f, x):
    with forward_ad.dual_level():
        return forward_ad.unpack_dual(f(forward_ad.make_dual(x, ONE))).tangent


def outer_captured(f, x):
    """The leaf is no argument of the transform, but what it closes over."""
    leaf = x.clone().requires_grad_()
    return torch.autograd.grad(f(x.clone(), leaf), leaf, allow_unused=True)[0]


def captured_forward(f, x):
    with forward_ad.dual_level():
        return forward_ad.unpack_dual(f(x, forward_ad.make_dual(x, ONE))).tangent


def without_grad(f, x):
    with torch.no_grad():
        return f(x)


def functionalized(f, x):
    return torch.func.functionalize(f)(x)


AROUND = [
    outer_reverse,
    outer_forward,
    outer_captured,
    captured_forward,
    without_grad,
    functionalized,
]
# torch refuses a forward mode of torch.func inside one of forward_ad (2.13), its own functions too.
REFUSED = {
    outer_forward: {"jvp", "jacfwd", "hessian"},
    captured_forward: {"jvp", "jacfwd", "hessian"},
}


@pytest.mark.parametrize(
    ("around", "names"),
    [
        (around, names)
        for around, names in product(AROUND, NESTINGS)
        if len(names) < 3 and not REFUSED.get(around, set()) & set(names)
    ],
)
def test_what_is_around_the_transforms(around, names):
    """Plain autograd, forward mode, no_grad and functionalize outside are as for torch's own."""
    x = torch.tensor(0.7, dtype=D)

    def result(function):
        def whole(x, captured=1.5):
            return compose(names, lambda y: function(y * captured) * function(captured * ONE))(x)

        return around(whole, x)

    torch.testing.assert_close(result(sine), result(torch.sin), rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("names", [*product(FIRST, repeat=3)], ids="-".join)
def test_third_derivative_of_a_signature_op(names):
    """The third derivative of (A + s I)⁻¹ b in s is -6 (A + s I)⁻⁴ b, in every nesting."""
    b, w = t(3, seed=1), t(3, seed=2)
    got = compose(names, lambda s: w @ solve(MATRIX + s * torch.eye(3, dtype=D), b))(ONE)
    inverse = torch.linalg.inv(MATRIX + torch.eye(3, dtype=D))
    torch.testing.assert_close(
        got, -6 * w @ torch.linalg.matrix_power(inverse, 4) @ b, rtol=1e-10, atol=0
    )


@pytest.mark.parametrize("word", ["x", "out"])
@pytest.mark.parametrize("vmapped", [None, 0, 1, 2])
@pytest.mark.parametrize("names", [*product(FIRST, repeat=2), ("hessian",)], ids="-".join)
def test_second_derivatives_of_numpy_rules_are_refused(names, vmapped, word):
    """No nesting gives a number for what a NumPy rule cannot tell, under vmap either."""
    if word == "x":
        op = numpy_op(np.exp, name="op", vjp=lambda grad, x: grad * np.exp(x))
        op.register_jvp(lambda tangents, x: tangents["x"] * np.exp(x))
    else:
        op = numpy_op(np.exp, name="op", vjp=lambda grad, out: grad * out)
        op.register_jvp(lambda tangents, out: tangents["x"] * out)
    nested = list(names)
    if vmapped is not None:
        nested.insert(vmapped, "vmap")
    with pytest.raises(SecondDerivativeError, match="first order only"):
        compose(nested, op)(ONE)


@pytest.mark.parametrize("names", [("jvp",), ("jacfwd",), ("grad", "jvp"), ("hessian",)])
def test_forward_mode_without_a_forward_rule_is_refused(names):
    """A NumPy vjp alone has no forward mode."""
    op = numpy_op(np.exp, name="op", vjp=lambda grad, out: grad * out)
    with pytest.raises(MissingDerivativeError):
        compose(names, op)(ONE)


# -- vmap against a loop --------------------------------------------------------------------------


def a_vjp(grad, a, b):
    return grad * np.sin(b)


def b_vjp(grad, a, b):
    return grad * a * np.cos(b)


def ab_vjp(grad, a, b):
    return a_vjp(grad, a, b), b_vjp(grad, a, b)


def ab_jvp(tangents, a, b):
    da, db = tangents["a"], tangents["b"]
    return (0.0 if da is None else da * np.sin(b)) + (0.0 if db is None else db * a * np.cos(b))


RULES = {"vjp": ab_vjp, "jvp": ab_jvp}


def product_op(name, **options):
    return numpy_op(lambda a, b: a * np.sin(b), name=name, **options)


KINDS = {
    "elementwise": elementwise_op(
        lambda a, b: a * np.sin(b),
        name="elementwise",
        partials={"a": lambda b: el.sin(b) * 1, "b": lambda a, b: a * el.cos(b)},
    ),
    "sequential": product_op("sequential", **RULES),
    "threads": product_op("threads", vmap="threads", **RULES),
    "looped": product_op("looped", signature="(),()->()", **RULES),
    "vectorized": product_op("vectorized", signature="(),()->()", vectorized=True, **RULES),
    "mapping": product_op(
        "mapping", signature="(),()->()", vjp={"a": a_vjp, "b": b_vjp}, jvp=ab_jvp
    ),
    "composite": product_op(
        "composite",
        vjp={
            "a": composite(lambda grad, b: grad * el.sin(b)),
            "b": composite(lambda grad, a, b: grad * a * el.cos(b)),
        },
    ),
}
BROADCASTING = ("elementwise", "looped", "vectorized", "mapping")
SHAPES = [(), (3,), (1, 3), (2, 1), (2, 3)]
DIMS = [(0, 0), (0, None), (None, 0), (-1, 0), (1, -1)]


def batched(shape, dim, size=2, seed=0):
    """Return numbers for `size` samples of a shape, stacked along `dim`; one sample for None."""
    if dim is None:
        return t(*shape, seed=seed)
    x = t(size, *shape, seed=seed)
    return x.movedim(0, dim) if -x.dim() <= dim < x.dim() else x


def looped(f, dims, *args):
    """Return what vmap should, one sample at a time."""
    size = next(x.shape[d] for x, d in zip(args, dims, strict=True) if d is not None)
    rows = [
        f(*[x if d is None else x.select(d, i) for x, d in zip(args, dims, strict=True)])
        for i in range(size)
    ]
    if isinstance(rows[0], tuple):
        return tuple(torch.stack(column) for column in zip(*rows, strict=True))
    return torch.stack(rows)


@pytest.mark.parametrize("dims", DIMS, ids=str)
@pytest.mark.parametrize("kind", KINDS)
def test_vmap_is_a_loop_at_every_rank(kind, dims):
    """Whatever the ranks of the samples, broadcasting happens inside each sample: values are
    those of the loop bit for bit, and so are gradients and tangents but for rounding.
    """
    op = KINDS[kind]
    broadcasts = kind in BROADCASTING
    for shapes in product(SHAPES, repeat=2) if broadcasts else zip(SHAPES, SHAPES, strict=True):
        pairs = zip(shapes, dims, strict=True)
        fit = tuple(d if d is None or len(s) >= d else 0 for s, d in pairs)
        a, b = (batched(s, d, seed=i) for i, (s, d) in enumerate(zip(shapes, fit, strict=True)))
        torch.testing.assert_close(vmap(op, fit)(a, b), looped(op, fit, a, b), **EXACT)
        weights = t(*torch.broadcast_shapes(*shapes), seed=3)

        def pulled(a, b, weights=weights):
            return grad(lambda a, b: (op(a, b) * weights).sum(), argnums=(0, 1))(a, b)

        def pushed(a, b):
            return jvp(op, (a, b), (torch.ones_like(a), b))[1]

        for f in (pulled, pushed):
            torch.testing.assert_close(vmap(f, fit)(a, b), looped(f, fit, a, b))

        def outside(over, a, b, weights=weights):
            return grad(lambda a, b: (over(a, b) * weights).sum(), argnums=(0, 1))(a, b)

        def by_loop(a, b, fit=fit):
            return looped(op, fit, a, b)

        torch.testing.assert_close(outside(vmap(op, fit), a, b), outside(by_loop, a, b))
        torch.testing.assert_close(
            jacrev(vmap(op, fit), argnums=(0, 1))(a, b), jacrev(by_loop, argnums=(0, 1))(a, b)
        )


@pytest.mark.parametrize("kind", KINDS)
def test_arrays_and_numbers_beside_samples(kind):
    """Arguments that are no tensors are the same for every sample, whatever their rank."""
    x = t(2, 2)
    for other in (2.0, 3, t(2, seed=1).numpy(), t(2, 1, seed=1).numpy(), np.float64(0.5)):
        for f in (lambda x, k=other: KINDS[kind](x, k), lambda x, k=other: KINDS[kind](k, x)):
            torch.testing.assert_close(vmap(f)(x), looped(f, (0,), x), **EXACT)
            g = grad(lambda x, f=f: f(x).sum())
            if kind not in BROADCASTING and np.ndim(other):
                continue  # its rule returns a gradient of another shape
            torch.testing.assert_close(vmap(g)(x), looped(g, (0,), x))


def matvec_vjp(grad, a, b):
    return grad[..., :, None] * b[..., None, :], (a.swapaxes(-1, -2) @ grad[..., None])[..., 0]


def matvec_jvp(tangents, a, b):
    da, db = tangents["a"], tangents["b"]
    return (0.0 if da is None else (da @ b[..., None])[..., 0]) + (
        0.0 if db is None else (a @ db[..., None])[..., 0]
    )


MATVEC = {
    vectorized: numpy_op(
        lambda a, b: (a @ b[..., None])[..., 0],
        name="matvec",
        signature="(m,n),(n)->(m)",
        vectorized=vectorized,
        vjp=matvec_vjp,
        jvp=matvec_jvp,
    )
    for vectorized in (False, True)
}


@pytest.mark.parametrize("dims", [(0, 0), (0, None), (None, 0), (-1, 1)], ids=str)
@pytest.mark.parametrize("vectorized", MATVEC)
def test_leading_dimensions_inside_samples(vectorized, dims):
    """Samples of a signature op have batches of their own, which are never taken for vmap's."""
    op = MATVEC[vectorized]
    for leads in product([(), (2,), (1,), (2, 1), (1, 2)], repeat=2):
        a, b = batched((*leads[0], 2, 2), dims[0]), batched((*leads[1], 2), dims[1], seed=1)
        torch.testing.assert_close(vmap(op, dims)(a, b), looped(op, dims, a, b))
        for f in (jacrev(op, argnums=(0, 1)), jacfwd(op, argnums=(0, 1)), jacrev(op, argnums=1)):
            torch.testing.assert_close(vmap(f, dims)(a, b), looped(f, dims, a, b))


def test_samples_below_the_signature_are_refused():
    """A sample with too few dimensions is refused under vmap as it is alone."""
    with pytest.raises(ArgumentShapeError, match="too few dimensions"):
        MATVEC[True](t(2), t(2))
    with pytest.raises(ArgumentShapeError, match="too few dimensions"):
        vmap(MATVEC[True])(t(3, 2), t(3, 2))


def test_lists_as_operands():
    """A list of numbers stands for an operand in each sample."""
    op = numpy_op(lambda x: np.sum(x, -1), name="op", signature="(n)->()", vectorized=True)
    a, b = t(2), t(2, seed=1)
    torch.testing.assert_close(vmap(lambda x, y: op([x, y]))(a, b), a + b)


@pytest.mark.parametrize("mode", ["sequential", "threads"])
@pytest.mark.parametrize("dims", [(0, 0), (None, 0), (0, None)], ids=str)
def test_arguments_outside_the_signature(mode, dims):
    """Batched or not, an argument beside the signature is each sample's own."""
    op = numpy_op(
        lambda a, k=2.0: a * np.reshape(k, np.shape(k) + (1,) * (a.ndim - np.ndim(k))),
        name="op",
        signature="(n)->(n)",
        vectorized=True,
        vmap=mode,
        vjp=lambda grad, a, k: {
            "a": grad * np.reshape(k, np.shape(k) + (1,) * (a.ndim - np.ndim(k)))
        },
    )
    a = t(2, 2, 3) if dims[0] == 0 else t(2, 3)
    k = t(2, seed=1) if dims[1] == 0 else t(seed=1)
    f = grad(lambda a, k: op(a, k=k).sum())
    torch.testing.assert_close(vmap(op, dims)(a, k), looped(op, dims, a, k))
    torch.testing.assert_close(vmap(f, dims)(a, k), looped(f, dims, a, k))


def test_broadcast_beside_a_signature_is_refused():
    """The signature says how to broadcast; two ways at once cannot both be right."""
    with pytest.raises(DeclarationError, match="by which vmap broadcasts"):
        numpy_op(lambda a: a, name="op", signature="(n)->(n)", vmap="broadcast")


SEVERAL = {
    "plain": {},
    "signature": {"signature": "(n)->(),(n),(n)", "out_dtypes": (D, torch.int64, D)},
}


@pytest.mark.parametrize("kind", SEVERAL)
def test_several_outputs(kind):
    """Outputs may be integers, and unused ones have no part in the gradient."""
    op = numpy_op(lambda x: (x.sum(-1), np.argsort(x), x**2), name="op", **SEVERAL[kind])
    op.register_vjp(lambda grad, x: grad[0] + 2 * x * grad[2])
    x = t(3, 4)
    for got, want in zip(vmap(op)(x), (x.sum(-1), x.argsort(-1), x**2), strict=True):
        torch.testing.assert_close(got, want)
    first = grad(lambda x: op(x)[0])
    last = grad(lambda x: (op(x)[2]).sum())
    torch.testing.assert_close(vmap(first)(x), torch.ones_like(x))
    torch.testing.assert_close(vmap(last)(x), 2 * x)


@pytest.mark.parametrize("options", [{}, {"signature": "(n)->(n)"}, {"vmap": "broadcast"}])
def test_residuals(options):
    """Residuals belong to their sample, computed under vmap or kept by a graph outside it."""
    op = numpy_op(lambda x: (np.sin(x), {"cos": np.cos(x)}), name="op", residuals=True, **options)
    op.register_vjp(lambda grad, residuals: grad * residuals["cos"])
    x = t(2, 3).requires_grad_()
    torch.testing.assert_close(vmap(grad(lambda x: op(x).sum()))(x.detach()), x.detach().cos())
    y = op(x)
    cotangents = t(4, 2, 3, seed=1)
    got = vmap(lambda v: torch.autograd.grad(y, x, v, retain_graph=True)[0])(cotangents)
    torch.testing.assert_close(got, cotangents * x.detach().cos())


def test_dims_chunks_and_randomness():
    """in_dims nested in tuples and dicts, out_dims, chunks and randomness are vmap's own."""
    op = numpy_op(lambda xs, k: k * xs["a"] + xs["b"][0], name="op")
    a, b = t(2, 3), t(3, 2, seed=1)
    dims = ({"a": 0, "b": [1]}, None)
    want = (2 * a + b.T).T
    for options in ({}, {"chunk_size": 1}, {"randomness": "same"}, {"randomness": "different"}):
        got = vmap(op, dims, out_dims=-1, **options)({"a": a, "b": [b]}, 2.0)
        torch.testing.assert_close(got, want)
    got = vmap(op, ({"a": 0, "b": None}, None))({"a": a, "b": [t(3)]}, 2.0)
    torch.testing.assert_close(got, 2 * a + t(3))


@pytest.mark.parametrize("kind", KINDS)
def test_vmap_of_vmap(kind):
    """Two levels give every pair, wherever their dimensions stand, and derivatives of them."""
    op, a, b = KINDS[kind], t(2), t(2, seed=1)
    pairs = vmap(vmap(op, (None, 0)), (0, None))(a, b)
    torch.testing.assert_close(pairs, a[:, None] * b.sin())
    gradients = vmap(vmap(grad(op, argnums=1), (None, 0), out_dims=0), (0, None), out_dims=1)(a, b)
    torch.testing.assert_close(gradients, (a[:, None] * b.cos()).T)


@pytest.mark.parametrize("between", [grad, jacrev, jacfwd])
@pytest.mark.parametrize("kind", KINDS)
def test_constants_of_an_outer_vmap(kind, between):
    """A sample of an outer vmap is a constant to a derivative with a vmap of its own inside."""
    op, a, b, z = KINDS[kind], t(3), t(3, seed=1), t(4, seed=2)

    def sample(a, b):
        return between(lambda y: vmap(lambda z: op(a, y) * z)(z).sum())(b)

    torch.testing.assert_close(vmap(sample)(a, b), a * b.cos() * z.sum())


@pytest.mark.parametrize("kind", ["elementwise", "composite"])
def test_hessians_per_sample(kind):
    """Per-sample second derivatives, with an unbatched operand too, in each pair of modes."""
    op, a, b = KINDS[kind], t(2), t(2, 2, seed=1)
    for outer, inner in product((jacrev, jacfwd), repeat=2):
        got = vmap(outer(inner(lambda b, a: op(a, b).sum())), (0, None))(b, a)
        torch.testing.assert_close(got, torch.diag_embed(-a * b.sin()))

        def each(a, b, outer=outer, inner=inner):
            return outer(inner(lambda b: op(a, b).sum()))(b)

        torch.testing.assert_close(vmap(each)(b, b), torch.diag_embed(-b * b.sin()))


# -- how often, and where, functions run ----------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "calls"),
    [
        ({"signature": "()->()", "vectorized": True}, 1),
        ({"vmap": "broadcast"}, 1),
        ({}, 5),
        ({"vmap": "threads"}, 5),
        ({"signature": "()->()"}, 5),
    ],
    ids=str,
)
def test_number_of_calls(options, calls):
    """What broadcasts is called once for the batch, function and rule; the rest per sample."""
    count = {"fn": 0, "rule": 0}

    def counted(word, x):
        count[word] += 1
        return x

    op = numpy_op(lambda x: counted("fn", x * x), name="op", **options)
    op.register_vjp(lambda grad, x: counted("rule", 2 * x * grad))
    x = t(5)
    torch.testing.assert_close(vmap(grad(op))(x), 2 * x)
    assert count == {"fn": calls, "rule": calls}


def test_an_elementwise_op_is_called_once():
    """Elementwise ops broadcast, whatever the ranks."""
    shapes = []
    op = elementwise_op(
        lambda a, b: (shapes.append(None), a + b)[1],
        name="op",
        partials={"a": lambda a: 0 * a + 1, "b": lambda b: 0 * b + 1},
    )
    torch.testing.assert_close(vmap(op)(t(5), t(5, 2)), t(5)[:, None] + t(5, 2))
    assert len(shapes) == 1


def test_threads():
    """vmap="threads" runs function and rule on other threads, as many as torch has."""
    torch.set_num_threads(2)
    barrier = threading.Barrier(2, timeout=30)  # passed only if two samples run at once
    seen = set()

    def met(y):
        seen.add(threading.get_ident())
        barrier.wait()
        return y

    op = numpy_op(lambda x: met(2 * x), name="op", vmap="threads", vjp=lambda grad: met(2 * grad))
    torch.testing.assert_close(vmap(grad(op))(t(4)), torch.full((4,), 2.0, dtype=D))
    assert len(seen) >= 2
    assert threading.get_ident() not in seen


def test_exceptions_on_threads_pass_through():
    """What a function raises on a thread reaches the caller."""

    def fail(x):
        raise ZeroDivisionError("the author's own")

    with pytest.raises(ZeroDivisionError, match="the author's own"):
        vmap(numpy_op(fail, vmap="threads"))(t(2))


def test_register_vmap():
    """A batching rule is told the dimensions of tensors, None for the rest, and its own level."""
    told = []
    op = numpy_op(lambda x, k, more: x * k + more["y"], name="op")

    @op.register_vmap
    def _(info, in_dims, x, k, more):
        told.append((tuple(info), in_dims))
        return op(x.movedim(in_dims[0], -1), k, {"y": 1.0}), x.dim() - 1

    x = t(2, 3)
    got = vmap(lambda x: op(x, 2.0, {"y": 1.0}), 1, randomness="same")(x)
    torch.testing.assert_close(got, 2 * x.T + 1)
    assert told == [((3, "same"), (1, None, {"y": None}))]


def test_randomness_is_that_of_the_level():
    """A rule is told the randomness of the vmap whose batch it is given."""
    told = []
    op = numpy_op(lambda x: 2 * x, name="op")
    op.register_vmap(lambda info, in_dims, x: (told.append(tuple(info)) or op(x), in_dims[0]))
    vmap(lambda x: vmap(lambda z: op(x) * z, randomness="same")(t(3)), randomness="different")(t(2))
    assert told == [(2, "different")]


# -- the older batching ---------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_older_batching(kind):
    """is_grads_batched and functional.jacobian in both strategies give the Jacobian."""
    op = KINDS[kind]
    a = t(*((2, 1) if kind in BROADCASTING else (2, 3))).requires_grad_()
    b = t(*((3,) if kind in BROADCASTING else (2, 3)), seed=1).requires_grad_()
    want = torch.autograd.functional.jacobian(lambda a, b: a * b.sin(), (a, b))
    basis = torch.eye(6, dtype=D).reshape(6, 2, 3)
    got = torch.autograd.grad(op(a, b), (a, b), basis, is_grads_batched=True)
    for g, w in zip(got, want, strict=True):
        torch.testing.assert_close(g.reshape(w.shape), w)
    for strategy in ("reverse-mode", "forward-mode"):
        got = torch.autograd.functional.jacobian(op, (a, b), vectorize=True, strategy=strategy)
        for g, w in zip(got, want, strict=True):
            torch.testing.assert_close(g, w)
    assert gradcheck(
        op,
        (a, b),
        rtol=1e-6,
        atol=1e-8,
        check_forward_ad=True,
        check_batched_grad=True,
        check_batched_forward_grad=True,
    )


# -- batches without samples ----------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["elementwise", "looped", "vectorized", "mapping"])
def test_empty_batches(kind):
    """Where shapes are known, no samples give no outputs, of the right shape and dtype."""
    op, a, b = KINDS[kind], t(0, 2, 1), t(3, 0, seed=1)
    assert vmap(op, (0, 1))(a, b).shape == (0, 2, 3)
    g = vmap(grad(lambda a, b: op(a, b).sum(), argnums=(0, 1)), (0, 1))(a, b)
    assert [x.shape for x in g] == [(0, 2, 1), (0, 3)]
    assert {x.dtype for x in g} == {D}


def test_an_empty_batch_of_a_fake():
    """register_fake tells the shapes of a function without a signature."""
    op = numpy_op(lambda x: np.concatenate([x, x]), name="op", vjp=lambda grad, x: grad[: len(x)])
    op.register_fake(lambda x: x.new_empty(2 * x.shape[0]))
    assert vmap(op)(t(0, 3)).shape == (0, 6)
    assert vmap(grad(lambda x: op(x).sum()))(t(0, 3)).shape == (0, 3)
