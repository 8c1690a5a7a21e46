"""Functions that change their arguments in place."""

import numpy as np
import pytest
import torch

from npbridge import errors, numpy_op


@numpy_op(mutates_args=("x",), signature="(n),()->(n)")
def scale(x, k):
    x *= k


@scale.register_vjp(composite=True)
def _(grad, x, k):
    return grad * k[..., None], (grad * x).sum(-1)


@numpy_op(mutates_args="x")
def push(x, y):
    x += y
    return x.sum()


@push.register_fake
def _(x, y):
    return torch.empty_like(x), x.new_empty(())


@push.register_vjp
def _(grad):
    g, s = grad
    return g + s, g + s


X = torch.tensor([1.0, 2.0, 3.0], dtype=torch.float64)
K = torch.tensor(2.0, dtype=torch.float64)


def test_the_tensor_is_changed():
    """The call changes its argument, counts a version, and returns the same tensor."""
    x = X.clone()
    before = x._version
    assert scale(x, K) is x
    assert x.equal(2 * X)
    assert x._version == before + 1
    y, total = push(x, X)
    assert y is x
    assert x.equal(3 * X)
    assert total == x.sum()


def test_arrays_are_changed_too():
    """With arrays alone it is the NumPy function."""
    x = X.numpy().copy()
    assert push(x, np.ones(3)) == 9
    assert x.tolist() == [2, 3, 4]


def test_gradients_pass_through_the_change():
    """Derivatives are those of the new value, at any order where the rule is composite."""

    def fn(x, k):
        y = x * x
        scale(y, k)
        return (y**2).sum()

    def truth(x, k):
        return ((k * x * x) ** 2).sum()

    for grad in (torch.func.grad(fn, (0, 1)), torch.func.jacrev(fn, (0, 1))):
        torch.testing.assert_close(grad(X, K), torch.func.grad(truth, (0, 1))(X, K))
    torch.testing.assert_close(torch.func.hessian(fn)(X, K), torch.func.hessian(truth)(X, K))
    assert torch.autograd.gradcheck(
        fn, (X.clone().requires_grad_(), K.clone().requires_grad_()), rtol=1e-6, atol=1e-8
    )
    x = X.clone().requires_grad_()
    z = x * 1
    y, total = push(z, x)
    (total * y).sum().backward()
    torch.testing.assert_close(x.grad, (24 + 2 * 12 * torch.ones(3)).double())


def test_vmap():
    """Under vmap each sample is changed."""
    x = torch.stack([X, X + 1])
    torch.vmap(scale, in_dims=(0, None))(x, K)
    assert x.equal(2 * torch.stack([X, X + 1]))


@pytest.mark.parametrize("backend", ["eager", "aot_eager"])
def test_compiled(backend):
    """Compiled code changes its argument too."""

    def fn(x, k):
        scale(x, k)
        _, total = push(x, x + 1)
        return x * total

    x, y = X.clone(), X.clone()
    got = torch.compile(fn, fullgraph=True, backend=backend)(x, K)
    assert got.equal(fn(y, K))
    assert x.equal(y)


def test_a_saved_tensor_that_is_changed_is_caught():
    """Torch's version counter sees the change."""
    x = X.clone().requires_grad_()
    y = x * 1
    z = y**2
    scale(y, K)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        z.sum().backward()


def test_a_leaf_that_requires_grad_is_refused():
    """As torch refuses it."""
    with pytest.raises(RuntimeError, match="leaf Variable"):
        scale(X.clone().requires_grad_(), K)


def test_refusals():
    """Names that are no parameters, and arrays beside tensors."""
    with pytest.raises(errors.DeclarationError) as raised:
        numpy_op(lambda x: x, name="f", mutates_args=("y",))
    assert str(raised.value) == (
        "mutates_args= of f names 'y', which is no positional parameter.\n"
        "  expected  names out of x\n"
        "  got       y"
    )
    with pytest.raises(errors.UnsupportedTensorError) as raised:
        push(np.ones(3), X)
    assert str(raised.value) == (
        "push changes 'x' in place.\n  expected  a tensor\n  got       ndarray"
    )
