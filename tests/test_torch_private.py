"""Each private name of torch the library uses, with the promise that rests on it.

When one of these fails after an upgrade of torch, its sentence says what to mend.
"""

import threading

import pytest
import torch
from torch.autograd import forward_ad
from torch.utils._python_dispatch import TorchDispatchMode

from npbridge import _torch_private as private


class Double(torch.autograd.Function):
    """A Function to hang the questions on."""

    @staticmethod
    def forward(ctx, x, y=None):
        ctx.shared = "forward"
        return x * 2 if y is None else x * y

    @staticmethod
    def backward(ctx, grad):
        Double.asked = [private.will_run(ctx, i) for i in range(len(ctx.next_functions))]
        return (grad * 2, grad)[: len(ctx.next_functions)]


def test_fast_path_flags_tell_every_context():
    """Promise: a plain call skips the dispatcher, and no other call does."""
    seen = {}
    x = torch.ones(3)

    def look(name, y):
        seen[name] = private.fast_path_closed()
        return y.sum()

    class Mode(TorchDispatchMode):
        def __torch_dispatch__(self, func, types, args=(), kwargs=None):
            return func(*args, **(kwargs or {}))

    assert not private.fast_path_closed()
    torch.func.grad(lambda y: look("grad", y))(x)
    torch.func.vmap(lambda y: look("vmap", y))(x)
    torch.func.jvp(lambda y: look("jvp", y), (x,), (x,))
    with forward_ad.dual_level():
        look("forward_ad", x)
    with Mode():
        look("mode", x)
    assert seen == dict.fromkeys(["grad", "vmap", "jvp", "forward_ad", "mode"], True)
    assert not private.fast_path_closed()


def test_c_apply_records_as_apply_does():
    """Promise: forward with gradient costs no more than a hand-written Function."""
    x = torch.ones(3, requires_grad=True)
    y = private.c_apply(Double)(x)
    assert type(y.grad_fn).__name__ == "DoubleBackward"
    assert torch.autograd.grad(y.sum(), x)[0].tolist() == [2.0, 2.0, 2.0]


def test_node_defaults_reach_every_ctx():
    """Promise: a call whose arguments are all tensors stores nothing about them."""
    node = type("Node", (Double,), {})
    private.set_node_defaults(node, values=("a",))
    x = torch.ones(3, requires_grad=True)
    y = private.c_apply(node)(x)
    assert y.grad_fn.values == ("a",)
    y.grad_fn.values = ("b",)
    assert private.c_apply(node)(x).grad_fn.values == ("a",)


def test_will_run_knows_which_gradients_are_wanted():
    """Promise: in grad(f(a, b), a) the rule of b does not run."""
    a, b = torch.ones(2, requires_grad=True), torch.ones(2, requires_grad=True)
    c = a * 1.0
    torch.autograd.grad(Double.apply(c, b).sum(), c)
    assert Double.asked == [True, False]
    torch.autograd.grad(Double.apply(a, b).sum(), b)
    assert Double.asked == [False, True]
    Double.apply(a, b).sum().backward()
    assert Double.asked == [True, True]


def test_primal_strips_one_level():
    """Promise: jvp of jvp is right to any order."""
    with forward_ad.dual_level():
        x = forward_ad.make_dual(torch.ones(2), torch.ones(2))
        assert forward_ad.unpack_dual(private.primal(x)).tangent is None
    assert private.primal(None) is None


def test_forward_ad_can_be_switched_on():
    """Promise: jvp of jvp is right to any order."""
    torch._C._set_fwd_grad_enabled(False)
    try:
        with private.with_forward_ad():
            assert torch._C._is_fwd_grad_enabled()
        assert not torch._C._is_fwd_grad_enabled()
    finally:
        torch._C._set_fwd_grad_enabled(True)


def test_below_autograd_skips_autograd_and_restores_the_modes():
    """Promise: nested torch.func levels keep their derivatives."""
    x = torch.ones(2, requires_grad=True)

    def inside(x):
        return private.grad_modes(), (x * 2).requires_grad

    with torch.no_grad():
        found = private.call_below_autograd((True, True), inside, x)
        assert found == ((True, True), False)
        assert not torch.is_grad_enabled()


def test_tangents_are_seen():
    """Promise: nothing that carries a derivative goes past autograd."""
    x = torch.ones(2)
    seen = []
    look = lambda x: seen.append(private.has_derivative([x])) or x.sum()
    look(x)
    look(x.clone().requires_grad_())
    torch.func.jvp(look, (x,), (x,))
    with forward_ad.dual_level():
        look(forward_ad.make_dual(x, x))
    assert seen == [False, True, True, True]


def test_autograd_works_inside_a_kernel():
    """Promise: a function that uses torch's autograd for itself is right on every path."""

    def inside():
        with private.with_autograd():
            x = torch.ones(2, requires_grad=True)
            return torch.autograd.grad((x**2).sum(), x)[0].tolist()

    assert private.call_below_autograd((True, True), inside) == [2.0, 2.0]


def test_wrappers_are_known():
    """Promise: is_grads_batched and dead wrappers never reach NumPy."""
    assert not private.is_legacy_batched(torch.ones(2))
    found = []

    class Look(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 1

        @staticmethod
        def backward(ctx, grad):
            found.append(private.is_legacy_batched(grad))
            return grad

    x = torch.ones(2, requires_grad=True)
    torch.autograd.grad(Look.apply(x), x, torch.eye(2), is_grads_batched=True)
    assert found == [True]


def test_an_old_batch_is_taken_apart_and_put_together():
    """Promise: gradcheck(check_batched_grad=True) and vectorize=True work."""

    def double(tensors):
        return [2 * tensors[0]]

    class Twice(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, grad):
            return private.over_legacy_batch(double, [grad])[0]

    x = torch.ones(2, requires_grad=True)
    (got,) = torch.autograd.grad(Twice.apply(x), x, torch.eye(2), is_grads_batched=True)
    assert got.equal(2 * torch.eye(2))


def test_versions_count_changes():
    """Promise: a composite rule that changes the user's tensor is an error."""
    x = torch.ones(2)
    before = private.version_of(x)
    x.mul_(2)
    assert private.version_of(x) == before + 1
    with torch.inference_mode():
        assert private.version_of(torch.ones(2)) == 0


def test_zero_tensors_are_materialized():
    """Promise: a cotangent of torch's that has no memory reaches NumPy as zeros."""
    assert private.materialized(torch._efficientzerotensor((2,))).numpy().tolist() == [0.0, 0.0]


def test_saved_tensor_hooks_are_seen():
    """Promise: residuals survive checkpointing."""
    assert not private.saved_tensor_hooks_active()
    with torch.autograd.graph.saved_tensors_hooks(lambda x: x, lambda x: x):
        assert private.saved_tensor_hooks_active()


def test_an_attribute_of_a_saved_tensor_dies_with_the_graph():
    """Promise: residuals that are no arrays are released with the graph."""
    x = torch.ones(2, requires_grad=True)

    class Carry(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            carrier = torch.empty(0)
            carrier.residuals = threading.Event()
            ctx.save_for_backward(carrier)
            return x * 1

        @staticmethod
        def backward(ctx, grad):
            assert isinstance(ctx.saved_tensors[0].residuals, threading.Event)
            return grad

    y = Carry.apply(x)
    y.sum().backward()
    with pytest.raises(RuntimeError, match="backward through the graph a second time"):
        y.sum().backward()


def test_grad_leaf_works_inside_a_transform():
    """Promise: a composite vjp serves forward mode."""

    def inside(x):
        leaf = private.grad_leaf(x.new_zeros(2))
        assert leaf.requires_grad
        return x.sum()

    torch.func.grad(inside)(torch.ones(2))


def test_batches_are_taken_apart_and_put_together():
    """Promise: vmap sees each sample."""

    def inside(x):
        level, axes, inner = private.batch_of([x, torch.ones(2)])
        assert axes == [1, None]
        assert inner[0].shape == (2, 3)
        doubled = private.call_below_vmap(torch.mul, inner[0], 2)
        return private.add_batch(doubled, 1, level)

    x = torch.arange(6.0).reshape(2, 3)
    assert torch.func.vmap(inside, in_dims=1, out_dims=1)(x).equal(x * 2)


def test_disabled_functions_run_between_graphs():
    """Promise: torch.compile runs an op between graphs, and does not trace into it."""
    traced = []

    def opaque(x):
        traced.append(torch.compiler.is_dynamo_compiling())
        return x * 2

    disabled = private.outside_compile(opaque, "why not")
    compiled = torch.compile(lambda x: disabled(x + 1) + 1, backend="eager")
    assert compiled(torch.ones(2)).tolist() == [5.0, 5.0]
    assert traced == [False]
    with pytest.raises(torch._dynamo.exc.Unsupported, match="why not"):
        torch.compile(lambda x: disabled(x) + 1, backend="eager", fullgraph=True)(torch.ones(2))


def test_trees_keep_their_structure():
    """Promise: lists, tuples and dicts of tensors work, with None as a leaf."""
    value = {"a": [1, None], "b": (2,)}
    leaves, tree = private.tree_flatten(value)
    assert leaves == [1, None, 2]
    assert private.tree_unflatten(leaves, tree) == value
    assert tree.num_leaves == 3
    assert [child.num_leaves for child in tree.children()] == [2, 1]


def test_constants_are_computed_while_compiling():
    """Promise: an op compiles into one graph; what says which call it is, is a constant there."""
    ran = []

    @private.constant
    def name(x):
        ran.append(x)
        return f"named {x}"

    compiled = torch.compile(lambda x, k: (x + 1, name(k)), backend="eager", fullgraph=True)
    assert [compiled(torch.ones(1), "a")[1] for _ in range(3)] == ["named a"] * 3
    assert ran == ["a"]


def test_missing_operators_are_looked_for():
    """Promise: saved graphs and caches find ops that nobody has called yet."""
    asked = []
    private.install_namespace("npbridge_test_namespace", asked.append)
    with pytest.raises(AttributeError):
        torch.ops.npbridge_test_namespace.nothing  # noqa: B018  # the look-up is the test
    assert asked == ["nothing"]


def test_structures_as_text():
    """Promise: a call with nested arguments can be saved in a graph."""
    tree = private.tree_flatten({"a": [1, None], "b": (2,)})[1]
    assert private.treespec_loads(private.treespec_dumps(tree)) == tree


def test_randomness_of_vmap():
    """Promise: a batching rule is told what torch.library tells one."""
    seen = []
    torch.vmap(lambda x: seen.append(private.randomness()) or x, randomness="different")(
        torch.ones(2)
    )
    assert seen == ["different"]


def test_what_is_plain():
    """Promise: vmap runs on threads only where nothing is left to record."""
    x = torch.ones(2)
    assert private.is_plain([x])
    assert not private.is_plain([x.clone().requires_grad_()])
    assert not private.is_plain([torch.ones(2, device="meta")])
    seen = []
    torch.func.grad(lambda x: seen.append(private.is_plain([x])) or x.sum())(x)
    assert seen == [False]


def test_plain_tensors_may_be_taken_as_replicated():
    """Promise: a plain tensor beside DTensors is refused where torch itself refuses it."""
    from torch.distributed.tensor.experimental import implicit_replication

    assert not private.replicates_implicitly()
    with implicit_replication():
        assert private.replicates_implicitly()
    assert not private.replicates_implicitly()


def test_what_carries_a_tangent_or_a_lazy_view_is_not_plain():
    """Promise: nothing is computed on bare memory that a derivative or a view depends on."""
    x = torch.ones(2)
    with forward_ad.dual_level():
        dual = forward_ad.make_dual(x, x)
        assert not private.is_plain([dual])
        with torch.no_grad():
            assert not private.is_plain([dual])
        assert private.is_plain([x])
    assert not private.is_plain([torch._to_functional_tensor(x)])


def test_levels_are_taken_off_and_put_on_again():
    """Promise: inside torch.func every level sees its own derivative, and none is lost."""
    kinds = []

    def inside(x):
        level = private.innermost_level()
        kinds.append(level.kind)
        (own,) = level.own([torch.ones(2)])  # a constant of this level
        assert not own.requires_grad
        assert level.own([x])[0] is x
        (inner,) = level.inner([x])
        below = level.call_below((True, True), private.innermost_level)
        assert below is None or below.number == level.number - 1
        with pytest.raises(ZeroDivisionError):
            level.call_below((True, True), lambda: 1 / 0)
        assert private.innermost_level().number == level.number
        (again,) = level.wrap([level.call_below((True, True), lambda: inner * 3)])
        assert not again.requires_grad
        return (x * again).sum()

    x = torch.ones(2)
    assert private.innermost_level() is None
    assert torch.func.grad(inside)(x).tolist() == [3.0, 3.0]
    assert torch.func.jvp(inside, (x,), (x,))[1] == 6
    assert torch.func.grad(lambda x: torch.func.grad(inside)(x).sum())(x).tolist() == [3.0, 3.0]
    assert len(set(kinds)) == 2


@pytest.mark.parametrize("enabled", [True, False])
def test_a_level_entered_without_grad_keeps_it_off_below(enabled):
    """Promise: torch.no_grad() around a transform holds for the levels around it."""
    seen = []

    def inside(x):
        level = private.innermost_level()
        modes = private.grad_modes()
        seen.append(level.call_below(modes, torch.is_grad_enabled))
        assert torch.is_grad_enabled()
        return x.sum()

    with torch.set_grad_enabled(enabled):
        torch.func.grad(inside)(torch.ones(2))
    assert seen == [enabled]


def test_a_vmap_is_a_level_and_functionalize_is_not():
    """Promise: what the library does not know itself is left to torch's dispatcher."""
    kinds = []

    def inside(x):
        level = private.innermost_level()
        kinds.append(level and level.kind)
        return x * 2

    torch.func.vmap(inside)(torch.ones(2))
    torch.func.functionalize(inside)(torch.ones(2))
    assert kinds == [private.VMAP, None]


def test_wrappers_of_ended_levels_are_taken_off():
    """Promise: a tensor that outlived its transform is a plain one."""
    kept = []
    torch.func.grad(lambda x: kept.append(x) or x.sum())(torch.ones(2))
    assert private.is_plain(private.alive(kept))
