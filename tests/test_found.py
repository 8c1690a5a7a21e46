"""Wrong numbers that were found once, each where it was found."""

import enum
import functools

import numpy as np
import pytest
import torch
from torch.autograd import forward_ad
from torch.utils.checkpoint import (
    CheckpointPolicy,
    checkpoint,
    create_selective_checkpoint_contexts,
)

from npbridge import composite, elementwise_op, errors, numpy_op, special

D = torch.float64


class Mode(enum.StrEnum):
    """A static argument that is a string, and more."""

    A = "a"


def t(*values):
    """A float64 vector."""
    return torch.tensor(values, dtype=D)


def cube_rule(grad, x):
    """A NumPy rule that uses torch's autograd for itself."""
    given, cotangent = torch.tensor(x), torch.tensor(grad)
    return torch.autograd.functional.vjp(lambda y: y**3, given, cotangent)[1].numpy()


def test_a_dual_cotangent_keeps_its_tangent():
    """A graph recorded before a dual level differentiates a dual cotangent."""
    op = elementwise_op(lambda x: x**2, name="square", partials={"x": lambda x: 2 * x})
    x = t(1.0, 2.0).requires_grad_()
    y = op(x)
    with forward_ad.dual_level():
        w = forward_ad.make_dual(t(1.0, 1.0), t(1.0, 10.0))
        (g,) = torch.autograd.grad((y * w).sum(), x)
        assert forward_ad.unpack_dual(g).tangent.tolist() == [2.0, 40.0]


def test_a_dual_cotangent_of_a_numpy_rule_is_refused():
    """The same for a NumPy rule is its second derivative, and an error."""
    op = numpy_op(lambda x: x**2, name="square", vjp=lambda grad, x: 2 * grad * x)
    x = t(1.0, 2.0).requires_grad_()
    y = op(x)
    with forward_ad.dual_level():
        w = forward_ad.make_dual(t(1.0, 1.0), t(1.0, 10.0))
        with pytest.raises(errors.SecondDerivativeError):
            torch.autograd.grad((y * w).sum(), x)


def test_a_list_of_tensors_is_not_detached():
    """An elementwise op refuses a list of tensors, rather than make a constant of it."""
    a = torch.tensor(2.0, requires_grad=True)
    with pytest.raises(errors.UnsupportedTensorError, match=r"Pass torch\.stack"):
        special.xlogy([a, a], torch.ones(2) * 3)


def test_a_count_among_the_outputs_of_a_signature_keeps_its_place():
    """A first output that is a Python int does not shift the batch of a looped rule."""
    op = numpy_op(
        lambda x: (7, x**2), name="stat", signature="(n)->(),(n)", out_dtypes=("i8", "f8")
    )
    op.register_vjp(lambda grad, x: 2 * grad[1] * x)
    x = t(1.0, 2.0, 3.0).requires_grad_()
    count, y = op(x)
    assert int(count) == 7
    y.sum().backward()
    assert x.grad.tolist() == [2.0, 4.0, 6.0]


@pytest.mark.parametrize("way", ["eager", "create_graph", "func"])
def test_a_rule_may_use_torch_autograd_for_itself(way):
    """A NumPy rule that differentiates with torch inside is right on every path."""
    op = numpy_op(lambda x: x**3, name="cube", vjp=cube_rule)
    x = t(1.0, 2.0).requires_grad_()
    if way == "func":
        g = torch.func.grad(lambda x: op(x).sum())(t(1.0, 2.0))
    else:
        (g,) = torch.autograd.grad(op(x).sum(), x, create_graph=way == "create_graph")
    assert g.tolist() == [3.0, 12.0]


def test_a_forward_may_use_torch_autograd_for_itself():
    """So is a forward function, under vmap too."""

    def jacobian(x):
        return torch.autograd.functional.jacobian(lambda y: y**3, torch.tensor(x)).numpy()

    op = numpy_op(jacobian, name="jacobian")
    assert torch.func.vmap(op)(torch.ones(1, 2)).tolist() == [[[3.0, 0.0], [0.0, 3.0]]]


def test_gradients_that_come_and_go_over_a_batch_are_refused():
    """A rule that returns None for some samples of is_grads_batched does not mix arguments up."""
    op = numpy_op(lambda a, b: a + 0 * b, name="branch")
    op.register_vjp(lambda grad, a, b: (grad, None) if grad[0] > 0 else (None, grad * 100))
    a, b = t(1.0, 2.0).requires_grad_(), t(1.0, 2.0).requires_grad_()
    cotangents = torch.tensor([[1.0, 0.0], [-1.0, 0.0]], dtype=D)
    with pytest.raises(errors.TransformError, match="each sample"):
        torch.autograd.grad(op(a, b), (a, b), cotangents, is_grads_batched=True, allow_unused=True)


def test_outputs_in_another_order_are_refused_under_vmap():
    """Dicts whose keys come in another order for each sample are not mixed up."""

    def either(x):
        first, second = {"a": x * 1.0}, {"b": x * 100.0}
        return first | second if x[0] > 0 else second | first

    with pytest.raises(errors.TransformError, match="each sample"):
        torch.func.vmap(numpy_op(either))(torch.tensor([[1.0, 1.0], [-1.0, -1.0]]))


def test_no_grad_holds_for_every_level():
    """Under torch.no_grad an op is a constant to all levels of torch.func, as torch's own are."""
    op = numpy_op(lambda x: x**2, name="square", vjp=composite(lambda grad, x: 2 * grad * x))

    def detached(square):
        def f(x):
            with torch.no_grad():
                c = square(x)
            return x * c

        return f

    x = torch.tensor(3.0, dtype=D)
    for second in (
        lambda f: torch.func.grad(torch.func.grad(f)),
        lambda f: torch.func.grad(torch.func.grad(torch.func.grad(f))),
        lambda f: torch.func.grad(torch.func.jacfwd(f)),
    ):
        assert second(detached(op))(x) == second(detached(torch.square))(x)


def test_a_number_from_a_composite_rule_is_refused():
    """A Python float would cut the graph of a 0-d argument."""
    op = numpy_op(lambda x: x**2, name="square")
    op.register_vjp(lambda grad, x: 2 * float(grad) * float(x), composite=True)
    x = torch.tensor(3.0, requires_grad=True)
    with pytest.raises(errors.RuleError, match="returned a float"):
        op(x).backward()


def test_a_shortcut_for_a_zero_cotangent_keeps_forward_mode():
    """A composite rule that returns zeros for a zero cotangent is linear, and so transposed."""
    op = numpy_op(lambda x: x**2, name="square")
    op.register_vjp(
        lambda grad, x: 2 * grad * x if grad.any() else torch.zeros_like(x), composite=True
    )
    x = t(1.0, 2.0)
    assert torch.func.jvp(op, (x,), (torch.ones_like(x),))[1].tolist() == [2.0, 4.0]


def test_tensors_in_integer_arguments_only():
    """Numbers beside integer tensors have torch's default dtype."""
    got = special.polygamma(torch.tensor([1, 2]), 2.5)
    assert got.dtype == torch.float32
    np.testing.assert_allclose(got, special.polygamma(np.array([1, 2]), 2.5), rtol=1e-6)


def test_a_fake_rule_may_return_its_argument():
    """A graph keeps argument and output apart all the same."""
    double = numpy_op(lambda x: x * 2, name="double", fake=lambda x: x)
    twice = numpy_op(
        lambda x: (x * 2, x * 3), name="twice", fake=lambda x: (y := torch.empty_like(x), y)
    )
    x = t(1.0, 2.0, 3.0)
    for fn in (lambda x: double(x) + x, lambda x: twice(x)[0] + x):
        assert torch.compile(fn, backend="aot_eager", fullgraph=True)(x).equal(fn(x))


def test_selective_checkpointing():
    """A mode that gives back an op's saved outputs, and runs no kernel, keeps their structure."""
    first = numpy_op(
        lambda x: {"p": np.sin(x), "q": np.cos(x)},
        name="first",
        vjp=lambda grad, x: {"x": grad["p"] * np.cos(x) - grad["q"] * np.sin(x)},
        fake=lambda x: {"p": torch.empty_like(x), "q": torch.empty_like(x)},
    )
    second = numpy_op(
        lambda x: {"q": x * 2, "p": x * 3},
        name="second",
        vjp=lambda grad: {"x": grad["q"] * 2 + grad["p"] * 3},
        fake=lambda x: {"q": torch.empty_like(x), "p": torch.empty_like(x)},
    )

    def policy(_, op, *__, **___):
        ours = op.namespace == "npbridge"
        return CheckpointPolicy.MUST_SAVE if ours else CheckpointPolicy.PREFER_RECOMPUTE

    def fn(x):
        b, a = second(x * 1.0), first(x)
        return (b["p"] ** 2).sum() + (a["p"] ** 3).sum()

    x = t(1.0, 2.0, 3.0).requires_grad_()
    contexts = functools.partial(create_selective_checkpoint_contexts, policy)
    y = checkpoint(fn, x, use_reentrant=False, context_fn=contexts)
    torch.testing.assert_close(torch.autograd.grad(y, x), torch.autograd.grad(fn(x), x))


def test_objects_beside_the_outputs_are_compared():
    """What a fake rule says of an object is what the function returns, or an error."""
    op = numpy_op(
        lambda x: (x * 2, int(x.sum())), name="op", fake=lambda x: (torch.empty_like(x), 0)
    )
    with pytest.raises(errors.OutputError, match="other objects beside its arrays"):
        torch.compile(lambda x: op(x)[0], backend="aot_eager", fullgraph=True)(t(1.0, 2.0))


def test_enums_that_are_strings_stay_enums():
    """In a graph as everywhere."""
    seen = []
    op = numpy_op(lambda x, mode: seen.append(type(mode)) or x * 2, name="op", signature="(n)->(n)")
    torch.compile(lambda x: op(x, Mode.A), backend="aot_eager", fullgraph=True)(t(1.0))
    assert seen == [Mode]


def test_keyword_only_tensors_in_transforms():
    """They are bound by name."""
    op = numpy_op(lambda x, *, y: x * y, name="op", vjp=lambda grad, y: {"x": grad * y, "y": None})
    x = t(1.0, 2.0)
    assert torch.func.grad(lambda x: op(x, y=2 * x.detach()).sum())(x).tolist() == [2.0, 4.0]
    assert torch.vmap(lambda x: op(x, y=x))(x).tolist() == [1.0, 4.0]


def test_mutated_arguments_do_not_overlap_others():
    """NumPy would see the change in the other one too."""
    op = numpy_op(lambda x, y: np.add(x, y, out=x), name="op", mutates_args="x")
    x = t(1.0, 2.0, 3.0)
    for y in (x, x[:1]):
        with pytest.raises(errors.UnsupportedTensorError, match="shares memory"):
            op(x, y)
    assert op(x, x.clone()).tolist() == [2.0, 4.0, 6.0]
