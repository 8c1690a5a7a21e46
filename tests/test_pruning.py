"""Nothing is computed and nothing is kept that nobody needs."""

import itertools

import numpy as np
import pytest
import torch

from npbridge import composite, elementwise_op, numpy_op

NAMES = ("a", "b", "c")
SUBSETS = [s for n in range(4) for s in itertools.combinations(NAMES, n)]
D = torch.float64
KINDS = ("numpy", "composite")


def product(a, b, c):
    return a * b * c


def by_argument(ran, kind):
    """Return an op with one rule for each argument, which notes in `ran` that it was run."""

    def noted(name, value):
        ran.append(name)
        return value

    table = {
        "a": lambda grad, b, c: noted("a", grad * b * c),
        "b": lambda grad, a, c: noted("b", grad * a * c),
        "c": lambda grad, a, b: noted("c", grad * a * b),
    }
    if kind == "composite":
        table = {name: composite(rule) for name, rule in table.items()}
    return numpy_op(product, vjp=table)


def whole(seen, kind, materialize_grads=True):
    """Return an op with one rule for all arguments, which notes the masks it is given."""

    def rule(grad, a, b, c, needs_input_grad):
        seen.append(dict(needs_input_grad))
        return {
            "a": grad * b * c if needs_input_grad["a"] else None,
            "b": grad * a * c if needs_input_grad["b"] else None,
            "c": grad * a * b if needs_input_grad["c"] else None,
        }

    op = numpy_op(product)
    op.register_vjp(rule, composite=kind == "composite", materialize_grads=materialize_grads)
    return op


def arguments(subset):
    """Return three tensors of which those named in `subset` require a gradient."""
    numbers = (2.0, 3.0, 5.0)
    return [
        torch.full((2,), x, dtype=D).requires_grad_(name in subset)
        for name, x in zip(NAMES, numbers, strict=True)
    ]


WANT = {"a": 15.0, "b": 10.0, "c": 6.0}


def check(xs):
    for name, x in zip(NAMES, xs, strict=True):
        if x.requires_grad:
            torch.testing.assert_close(x.grad, torch.full((2,), WANT[name], dtype=D))
        else:
            assert x.grad is None


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("subset", SUBSETS, ids="".join)
def test_only_the_rules_of_needed_arguments_run(subset, kind):
    """For each subset of `requires_grad` exactly the rules of that subset run, once each."""
    ran = []
    xs = arguments(subset)
    y = by_argument(ran, kind)(*xs)
    assert y.requires_grad == bool(subset)
    assert not ran
    if subset:
        y.sum().backward()
    assert sorted(ran) == sorted(subset)
    check(xs)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("subset", SUBSETS[1:], ids="".join)
def test_the_rule_is_told_what_is_needed(subset, kind):
    """`needs_input_grad` names every parameter, and says yes for the needed ones only."""
    seen = []
    xs = arguments(subset)
    whole(seen, kind)(*xs).sum().backward()
    assert seen == [{name: name in subset for name in NAMES}]
    check(xs)


@pytest.mark.parametrize("create_graph", [False, True])
@pytest.mark.parametrize("leaves", [True, False], ids=["leaves", "intermediates"])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("subset", SUBSETS[1:], ids="".join)
def test_a_backward_for_some_inputs_runs_their_rules_only(subset, kind, leaves, create_graph):
    """In `autograd.grad(f(a, b, c), a)` only the rule of `a` runs, though all require grad."""
    ran, seen = [], []
    for op in (by_argument(ran, kind), whole(seen, kind)):
        xs = arguments(NAMES)
        if not leaves:
            xs = [x * 1 for x in xs]
        wanted = [x for name, x in zip(NAMES, xs, strict=True) if name in subset]
        grads = torch.autograd.grad(op(*xs).sum(), wanted, create_graph=create_graph)
        for name, g in zip(subset, grads, strict=True):
            torch.testing.assert_close(g.detach(), torch.full((2,), WANT[name], dtype=D))
    assert sorted(ran) == sorted(subset)
    assert seen == [{name: name in subset for name in NAMES}]


@pytest.mark.parametrize("kind", KINDS)
def test_backward_into_chosen_inputs(kind):
    """`backward(inputs=[b])` runs the rule of `b` only, and leaves the other `grad` unset."""
    ran = []
    a, b, c = arguments(NAMES)
    by_argument(ran, kind)(a, b, c).sum().backward(inputs=[b])
    assert ran == ["b"]
    assert a.grad is None
    assert c.grad is None


@pytest.mark.parametrize("kind", KINDS)
def test_functional_grad_runs_one_rule(kind):
    """`torch.func.grad` in one argument runs the rule of that argument only."""
    ran = []
    op = by_argument(ran, kind)
    a, b, c = (x.detach() for x in arguments(NAMES))
    g = torch.func.grad(lambda b: op(a, b, c).sum())(b)
    torch.testing.assert_close(g, torch.full((2,), 10.0, dtype=D))
    assert ran == ["b"]


def test_elementwise_partials_of_unneeded_arguments_do_not_run():
    """An elementwise op evaluates the partials that are needed, in either mode, and no others."""
    ran = []

    def partial(name, fn):
        return lambda a, b: (ran.append(name), fn(a, b))[1]

    op = elementwise_op(
        np.multiply,
        partials={"a": partial("a", lambda a, b: b), "b": partial("b", lambda a, b: a)},
    )
    a, b = torch.ones(2, requires_grad=True), torch.ones(2, requires_grad=True)
    torch.autograd.grad(op(a, b).sum(), a)
    assert ran == ["a"]
    ran.clear()
    torch.func.jvp(lambda z: op(z, b.detach()), (a.detach(),), (torch.ones(2),))
    assert ran == ["a"]


def test_no_rule_runs_in_a_forward_without_gradients():
    """Neither `no_grad`, nor inference mode, nor inputs without gradients run or keep anything."""
    ran, kept = [], []
    op = by_argument(ran, "numpy")
    xs = arguments(NAMES)
    with torch.autograd.graph.saved_tensors_hooks(lambda x: kept.append(x) or x, lambda x: x):
        with torch.no_grad():
            assert not op(*xs).requires_grad
        with torch.inference_mode():
            assert not op(*xs).requires_grad
        assert not op(*[x.detach() for x in xs]).requires_grad
    assert not ran
    assert not kept


# -- several outputs ------------------------------------------------------------------------------


def pair(seen, kind, materialize_grads):
    """Return an op of two outputs whose rule notes what cotangents it is given."""

    def rule(grad, a, b):
        seen.append([None if g is None else np.asarray(g).tolist() for g in grad])
        g, h = (0.0 if g is None else g for g in grad)
        return g * b + h * 2 * a, g * a

    op = numpy_op(lambda a, b: (a * b, a**2), name="pair")
    op.register_vjp(rule, composite=kind == "composite", materialize_grads=materialize_grads)
    return op


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("materialize_grads", [True, False])
def test_cotangents_of_unused_outputs(kind, materialize_grads):
    """They are zeros of the output's shape, or None with `materialize_grads=False`."""
    seen = []
    op = pair(seen, kind, materialize_grads)
    a = torch.tensor([2.0, 3.0], dtype=D, requires_grad=True)
    b = torch.tensor([5.0, 7.0], dtype=D, requires_grad=True)
    op(a, b)[0].sum().backward()
    torch.testing.assert_close(a.grad, b.detach())
    torch.testing.assert_close(b.grad, a.detach())
    assert seen == [[[1.0, 1.0], [0.0, 0.0] if materialize_grads else None]]
    seen.clear()
    (g,) = torch.autograd.grad(op(a, b)[1].sum(), a)
    torch.testing.assert_close(g, 2 * a.detach())
    assert seen == [[[0.0, 0.0] if materialize_grads else None, [1.0, 1.0]]]


@pytest.mark.parametrize("kind", KINDS)
def test_undefined_cotangents_cost_no_rule(kind):
    """Where no output's gradient is defined the rule is not run."""
    seen = []
    op = pair(seen, kind, materialize_grads=True)

    class Undefined(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x.clone()

        @staticmethod
        def backward(ctx, g):
            return None

    a = torch.ones(2, dtype=D, requires_grad=True)
    b = torch.ones(2, dtype=D, requires_grad=True)
    Undefined.apply(op(a, b)[0]).sum().backward()
    single = by_argument(seen, kind)
    Undefined.apply(single(a, b, 1.0)).sum().backward()
    assert not seen
    assert a.grad is None


@pytest.mark.parametrize("kind", KINDS)
def test_integer_outputs_get_no_cotangent(kind):
    """An integer output is not differentiable, and the cotangent in its place is None."""
    seen = []

    def rule(grad, x):
        seen.append(grad[1])
        return grad[0] * 2 * x

    op = numpy_op(lambda x: (x**2, np.argmax(x)), name="with_index")
    op.register_vjp(rule, composite=kind == "composite")
    x = torch.tensor([1.0, 3.0], requires_grad=True)
    y, index = op(x)
    assert not index.requires_grad
    assert index.item() == 1
    y.sum().backward()
    torch.testing.assert_close(x.grad, torch.tensor([2.0, 6.0]))
    assert seen == [None]


# -- what is saved --------------------------------------------------------------------------------

RULES = {
    "nothing": (lambda grad: (grad, grad, grad), ""),
    "b": (lambda grad, b: (grad * b, grad, grad), "b"),
    "a and c": (lambda grad, a, c: (grad * a, grad * c, grad), "ac"),
    "out": (lambda grad, out: (grad * out, grad, grad), "y"),
    "all": (lambda grad, a, b, c, output: (grad * a, grad * b, grad * c + output), "abcy"),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("path", ["plain", "nested"])
@pytest.mark.parametrize("name", RULES)
def test_saved_is_what_the_rule_names(name, path, kind):
    """Exactly the tensors that the rule names are saved, whether or not they need a gradient."""
    rule, letters = RULES[name]
    if path == "plain":
        op = numpy_op(product, vjp=composite(rule) if kind == "composite" else rule)
    else:  # a variadic call takes the dispatcher's path
        op = numpy_op(lambda a, b, c, *rest: a * b * c, name="product")
        op.register_vjp(rule, composite=kind == "composite")
    a, b, c = arguments(("a",))
    packed = []
    with torch.autograd.graph.saved_tensors_hooks(lambda x: packed.append(x) or x, lambda x: x):
        y = op(a, b, c)
    named = {"a": a, "b": b, "c": c, "y": y}
    got = sorted(x.data_ptr() for x in packed)
    assert got == sorted(named[letter].data_ptr() for letter in letters)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("subset", SUBSETS[1:], ids="".join)
def test_saved_is_what_the_needed_rules_name(subset, kind):
    """With one rule for each argument, what only the others name is not saved."""
    xs = arguments(subset)
    packed = []
    op = by_argument([], kind)
    with torch.autograd.graph.saved_tensors_hooks(lambda x: packed.append(x) or x, lambda x: x):
        op(*xs)
    want = {other for name in subset for other in NAMES if other != name}
    pointers = {name: x.data_ptr() for name, x in zip(NAMES, xs, strict=True)}
    assert sorted(x.data_ptr() for x in packed) == sorted(pointers[name] for name in want)


def test_first_derivatives_of_composite_rules_record_no_graph():
    """A backward without `create_graph` gives gradients that have no graph."""
    ran = []
    a, b, c = arguments(NAMES)
    for g in torch.autograd.grad(by_argument(ran, "composite")(a, b, c).sum(), (a, b, c)):
        assert not g.requires_grad
