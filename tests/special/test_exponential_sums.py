"""Sums of exponentials beside torch's own, under every transform, and at infinities."""

import numpy as np
import pytest
import torch
from torch.func import hessian, jacfwd, jacrev, vmap

from npbridge import special
from npbridge.special import log_softmax, logsumexp, softmax

D = torch.float64
INF = float("inf")
X = torch.randn(2, 3, 4, dtype=D, generator=torch.Generator().manual_seed(0))
B = torch.rand(3, 4, dtype=D, generator=torch.Generator().manual_seed(1))
AXES = [0, 1, -1, (0, 2), (-1, 0), (0, 1, 2)]
PAIRS = {"softmax": (softmax, torch.softmax), "log_softmax": (log_softmax, torch.log_softmax)}

every_pair = pytest.mark.parametrize(("op", "native"), PAIRS.values(), ids=PAIRS)


@pytest.fixture(autouse=True)
def _compile_anew():
    torch._dynamo.reset()


@pytest.fixture
def calls(monkeypatch):
    """The calls of NumPy functions, counted."""
    seen = []
    for op in (logsumexp, softmax, log_softmax):
        own = op.numpy

        def counted(*args, own=own, **kwargs):
            seen.append(own)
            return own(*args, **kwargs)

        monkeypatch.setattr(op, "numpy", counted)
    return seen


@pytest.mark.parametrize("axis", AXES)
def test_logsumexp_is_torchs_to_third_order(axis):
    """Value, Jacobian, Hessian and third derivatives, in both modes."""
    native = lambda x: torch.logsumexp(x, axis)
    ours = lambda x: logsumexp(x, axis)
    for transform in (
        lambda f: f,
        jacrev,
        jacfwd,
        hessian,
        lambda f: jacfwd(jacfwd(f)),
        lambda f: jacrev(jacrev(jacrev(f))),
    ):
        torch.testing.assert_close(transform(ours)(X), transform(native)(X), rtol=1e-12, atol=1e-14)


@every_pair
@pytest.mark.parametrize("axis", [0, -1])
def test_softmax_is_torchs_to_third_order(op, native, axis):
    for transform in (lambda f: f, jacrev, jacfwd, hessian, lambda f: jacrev(jacrev(jacrev(f)))):
        torch.testing.assert_close(
            transform(lambda x: op(x, axis))(X[0]),
            transform(lambda x: native(x, axis))(X[0]),
            rtol=1e-12,
            atol=1e-14,
        )


# -- vmap -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("axis", [None, 0, -1, (0, 1), ()])
@pytest.mark.parametrize("keepdims", [False, True])
@pytest.mark.parametrize("where", [0, 1, 2, -1])
def test_vmap_is_one_call(axis, keepdims, where, calls):
    """Of a batch anywhere, along any axes, with and without weights."""
    f = lambda x, b: logsumexp(x, axis, b, keepdims, return_sign=True)
    b = torch.ones(X.movedim(where, 0).shape[1:], dtype=D) * 0.5
    got = vmap(f, (where, None))(X, b)
    assert len(calls) == 1
    expected = [f(x, b) for x in X.unbind(where)]
    for y, e in zip(got, zip(*expected, strict=True), strict=True):
        torch.testing.assert_close(y, torch.stack(e), rtol=1e-15, atol=0)


def test_vmap_of_weights_and_of_ranks_that_differ(calls):
    """What is not batched broadcasts, whichever of both has more dimensions."""
    for a, b, dims in (
        (X[0, 0], X.exp(), (None, 0)),
        (X, B, (0, None)),
        (X[:, 0], X.exp(), (0, 0)),
    ):
        calls.clear()
        got = vmap(lambda a, b: logsumexp(a, -1, b), dims)(a, b)
        assert len(calls) == 1
        for i in range(2):
            own = [x if d is None else x[i] for x, d in zip((a, b), dims, strict=True)]
            torch.testing.assert_close(got[i], logsumexp(own[0], -1, own[1]), rtol=1e-15, atol=0)


@pytest.mark.parametrize("keepdims", [False, True])
def test_vmap_over_numbers(keepdims, calls):
    """SciPy makes a number an array of one, and with `keepdims` it stays one."""
    x = X[0, 0]
    got = vmap(lambda x: logsumexp(x, keepdims=keepdims))(x)
    assert len(calls) == 1
    torch.testing.assert_close(got, torch.stack([logsumexp(y, keepdims=keepdims) for y in x]))


@pytest.mark.parametrize("op", [softmax, log_softmax])
@pytest.mark.parametrize("axis", [None, 0, (1, -2), ()])
def test_vmap_of_softmax_is_one_call(op, axis, calls):
    for where in (0, 1, -1):
        calls.clear()
        got = vmap(lambda x: op(x, axis), where)(X)
        assert len(calls) == 1
        torch.testing.assert_close(got, torch.stack([op(x, axis) for x in X.unbind(where)]))
    calls.clear()
    assert vmap(op)(X[0, 0]).shape == (4,)
    assert len(calls) == 1


def test_nested_vmap_and_gradients(calls):
    got = vmap(vmap(torch.func.grad(logsumexp)))(X)
    torch.testing.assert_close(got, torch.softmax(X, -1))
    assert len(calls) == 2  # the value and its gradient


# -- infinities -----------------------------------------------------------------------------------


def gradients(f, *given):
    """The gradient of a sum, by reverse mode, reverse over reverse, and forward over reverse."""
    x = given[0].requires_grad_()
    (first,) = torch.autograd.grad(f(*given).sum(), x, create_graph=True)
    return first.detach(), torch.autograd.grad(first.sum(), x, materialize_grads=True)[0]


def test_masked_rows():
    """A row of -inf, as attention masks have it, has gradient zero, of torch NaN."""
    x = X[0].clone()
    x[0] = -INF
    x[1, 2] = -INF
    first, second = gradients(lambda x: logsumexp(x, -1), x)
    expected = torch.softmax(x.detach(), -1)
    expected[0] = 0.0
    torch.testing.assert_close(first, expected)
    assert second.abs().max() < 1e-15
    third = jacrev(jacrev(jacrev(lambda x: logsumexp(x, -1))))(x.detach())
    assert third.isfinite().all()


@every_pair
def test_masked_entries_of_softmax(op, native):
    x = X[0].clone()
    x[1, 2] = -INF
    for transform in (jacrev, jacfwd, hessian):
        got = transform(lambda x: op(x, -1))(x)
        assert got.isfinite().all()
    torch.testing.assert_close(jacrev(lambda x: op(x, -1))(x), jacrev(lambda x: native(x, -1))(x))


def test_masked_rows_of_softmax_are_nan_where_scipys_are():
    x = torch.full((3,), -INF, dtype=D)
    for op in (softmax, log_softmax):
        with pytest.warns(RuntimeWarning):
            assert op(x).isnan().all()


def test_a_weight_of_zero_hides_a_term():
    """Also one that is infinite, NaN or enormous, and its own derivative is that term's."""
    b = torch.tensor([0.5, 0.0, 2.0], dtype=D)
    for hidden in (INF, float("nan"), 1e300, 5000.0, 3.0, -INF):
        a = torch.tensor([0.5, hidden, 1.0], dtype=D)
        first, second = gradients(lambda a: logsumexp(a, b=b), a)
        weighed = b * torch.tensor([0.5, 0.0, 1.0], dtype=D).exp()
        torch.testing.assert_close(first, weighed / weighed.sum())
        assert second.isfinite().all()
    a = torch.tensor([0.5, 3.0, 1.0], dtype=D)
    torch.testing.assert_close(
        hessian(lambda b: logsumexp(a, b=b))(b), hessian(lambda b: (b * a.exp()).sum().log())(b)
    )
    torch.testing.assert_close(
        jacrev(jacrev(lambda a, b: logsumexp(a, b=b)), 1)(a, b),
        jacrev(jacrev(lambda a, b: (b * a.exp()).sum().log()), 1)(a, b),
    )


def test_a_negative_sum_has_a_logarithm_with_its_sign():
    a, b = torch.tensor([0.0, 1.0], dtype=D), torch.tensor([1.0, -1.0], dtype=D)
    y, sign = logsumexp(a, b=b, return_sign=True)
    assert sign == -1
    torch.testing.assert_close(
        jacrev(lambda a: logsumexp(a, b=b, return_sign=True)[0])(a),
        jacrev(lambda a: (b * a.exp()).sum().abs().log())(a),
    )
    assert gradients(lambda a: logsumexp(a, b=b), a)[0].isnan().all()  # as the value is
    assert torch.equal(logsumexp(a, b=-b), y)


def test_nothing_to_sum():
    """No terms give -inf, along an axis or altogether, and gradients without elements."""
    for shape, axis in (((0,), None), ((0, 3), 0), ((3, 0), (1,)), ((3, 0), 0)):
        x = torch.empty(shape, dtype=D, requires_grad=True)
        y = logsumexp(x, axis)
        assert (y == -INF).all()
        y.sum().backward()
        assert x.grad.shape == shape
        compiled = torch.compile(lambda x, axis=axis: logsumexp(x, axis), backend="eager")
        assert compiled(x).shape == y.shape


# -- other arguments ------------------------------------------------------------------------------


def test_arrays_and_integers_beside_tensors():
    """Only tensors have gradients; integers are computed on in double precision."""
    b = torch.rand(3, dtype=D, requires_grad=True)
    for a in ([0, 1, 2], np.arange(3), torch.arange(3)):
        b.grad = None
        y = logsumexp(a, b=b)
        assert y.dtype == D
        y.backward()
        expected = torch.arange(3.0, dtype=D).exp()
        torch.testing.assert_close(b.grad, expected / (b * expected).sum())
    for op in (logsumexp, softmax, log_softmax):
        compiled = torch.compile(op, fullgraph=True, backend="eager")(torch.arange(3))
        torch.testing.assert_close(compiled, op(torch.arange(3)))
        assert compiled.dtype == D


def test_mixed_precisions():
    a = torch.randn(3, requires_grad=True)
    b = torch.rand(2, 1, dtype=D, requires_grad=True)
    y = logsumexp(a, b=b)
    assert y.dtype == D
    y.backward()
    assert (a.grad.dtype, b.grad.dtype) == (torch.float32, D)
    assert (a.grad.shape, b.grad.shape) == ((3,), (2, 1))


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision(dtype):
    for op in (logsumexp, softmax, log_softmax):
        x = X[0, 0].to(dtype).requires_grad_()
        y = op(x)
        compiled = torch.compile(op, fullgraph=True, backend="aot_eager")(x)
        assert y.dtype == compiled.dtype == dtype
        y.max().backward()
        assert x.grad.dtype == dtype


def test_export():
    """An exported program has dynamic shapes, and computes what the op does."""

    class Model(torch.nn.Module):
        def forward(self, x):
            return logsumexp(x, (0, -1)), softmax(x, 1), log_softmax(x)

    dynamic = {"x": {0: torch.export.Dim("n", min=2), 1: torch.export.Dim("m", min=2)}}
    program = torch.export.export(Model(), (X,), dynamic_shapes=dynamic)
    other = torch.randn(5, 6, 4, dtype=D)
    for y, e in zip(program.module()(other), Model()(other), strict=True):
        torch.testing.assert_close(y, e)


def test_saturated_shares_keep_their_digits():
    """Where a share is nearly all, its derivatives are what is left, not what rounding leaves."""
    x = torch.tensor([0.0, -40.0], dtype=D)
    rest = torch.sigmoid(x[1])
    for op, expected in ((softmax, rest * (1 - rest)), (log_softmax, rest)):
        got = jacrev(op)(x)[0]
        torch.testing.assert_close(got, torch.stack([expected, -expected]), rtol=1e-14, atol=0)
        torch.testing.assert_close(jacfwd(op)(x)[0], got, rtol=1e-14, atol=0)
    got = hessian(logsumexp)(x).abs()
    torch.testing.assert_close(got, (rest * (1 - rest)).expand(2, 2), rtol=1e-14, atol=0)
    assert jacrev(lambda x: torch.softmax(x, 0))(x)[0, 0] == 0  # torch's own, 2.13


def test_axes_out_of_range_are_scipys_errors():
    for op in (logsumexp, softmax, log_softmax):
        with pytest.raises(np.exceptions.AxisError):
            op(X.requires_grad_(), 3)
    assert special.logsumexp is logsumexp
