"""Memory, lifetime, processes and threads; and in no context is a derivative silently wrong."""

import copy
import gc
import multiprocessing
import pickle
import subprocess
import sys
import textwrap
import threading
import warnings
import weakref

import numpy as np
import pytest
import torch
from torch.utils.checkpoint import checkpoint
from torch.utils.data import DataLoader, Dataset

import npbridge.elementary as el
from npbridge import elementwise_op, numpy_op

D = torch.float64
CONSTANT = np.array([1.0, 2.0, 3.0])


@numpy_op
def quad(x):
    return x**2


@quad.register_vjp
def _(grad, x):
    return 2 * grad * x


@quad.register_jvp
def _(tangents, x):
    return 2 * x * tangents["x"]


@numpy_op
def cube(x):
    return x**3


@cube.register_vjp(composite=True)
def _(grad, x):
    return 3 * grad * x**2


sine = elementwise_op(np.sin, name="sine", partials={"x": el.cos})

OPS = {
    "numpy": (quad, lambda x: x**2),
    "composite": (cube, lambda x: x**3),
    "elementwise": (sine, torch.sin),
}
HIGHER = {name: OPS[name] for name in ("composite", "elementwise")}


def ops(table=OPS):
    return pytest.mark.parametrize("name", table)


def exponential(x):
    return np.exp(x)


def masked(x):
    return np.ma.masked_less(x, 0.5)


def twice(y):
    return y, y


def with_its_view(y):
    return y, y[:2]


def point(requires_grad=False):
    return torch.tensor([0.3, 0.8, 1.1], dtype=D, requires_grad=requires_grad)


# -- changes in place -----------------------------------------------------------------------------


@ops()
@pytest.mark.parametrize("through", ["itself", "its base", "a view", "detach"])
def test_changing_a_saved_input_is_caught(name, through):
    """A saved input changed in place before the backward raises torch's own error."""
    op, _ = OPS[name]
    base = point(requires_grad=True) * 1
    x = base[:2] if through == "its base" else base
    y = op(x)
    changed = {"itself": x, "its base": base, "a view": x[:1], "detach": x.detach()}[through]
    with torch.no_grad():
        changed.add_(1.0)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        y.sum().backward()


@pytest.mark.parametrize("kind", ["numpy", "composite"])
def test_changing_a_saved_output_is_caught(kind):
    """A saved output changed in place before the backward raises torch's own error."""
    rule = lambda grad, out: grad * out
    op = numpy_op(exponential)
    op.register_vjp(rule, composite=kind == "composite")
    x = point(requires_grad=True)
    y = op(x)
    y.add_(1.0)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        y.sum().backward()


def test_changing_what_no_rule_names_is_fine():
    """An input that no rule names may be changed, and the gradient stays right."""
    op = numpy_op(lambda x: 2 * x, name="twice", vjp=lambda grad: 2 * grad)
    x = point(requires_grad=True) * 1
    y = op(x)
    with torch.no_grad():
        x.add_(1.0)
    (g,) = torch.autograd.grad(y.sum(), x)
    torch.testing.assert_close(g, torch.full_like(g, 2.0))


@pytest.mark.parametrize("nested", [False, True])
@pytest.mark.parametrize("kind", ["numpy", "composite"])
def test_an_array_argument_may_be_changed_after_the_call(kind, nested):
    """An array that a rule names is copied when saved."""
    w = np.array([1.0, 2.0, 3.0])

    def rule(grad, w):
        w = w[0] if nested else w
        return {"x": grad * (torch.from_numpy(w.copy()) if kind == "composite" else w), "w": None}

    op = numpy_op(lambda x, w: x * (w[0] if nested else w), name="weighted")
    op.register_vjp(rule, composite=kind == "composite")
    x = point(requires_grad=True)
    y = op(x, [w] if nested else w)
    w[:] = 100.0
    (g,) = torch.autograd.grad(y.sum(), x)
    torch.testing.assert_close(g, torch.tensor([1.0, 2.0, 3.0], dtype=D))


@pytest.mark.parametrize("grad", [False, True])
def test_a_function_cannot_change_its_arguments(grad):
    """A write to a tensor's array raises, and the tensor is as it was."""

    def bad(x):
        x += 1
        return x

    x = point(requires_grad=grad)
    with pytest.raises(ValueError, match="read-only"):
        numpy_op(bad)(x)
    torch.testing.assert_close(x.detach(), point())


def test_a_rule_cannot_change_what_it_is_given():
    """A write to a rule's arrays, saved or cotangent, raises."""
    for target in ("grad", "x", "out"):

        def rule(grad, x, out, target=target):
            {"grad": grad, "x": x, "out": out}[target][...] = 0.0
            return grad

        op = numpy_op(lambda x: 2 * x, name="twice")
        op.register_vjp(rule)
        y = op(point(requires_grad=True))
        with pytest.raises(ValueError, match="read-only"):
            y.sum().backward()


@pytest.mark.parametrize("target", ["grad", "x"])
def test_a_composite_rule_that_changes_what_it_is_given_is_an_error(target):
    """A composite rule cannot change the user's tensors in silence."""

    def rule(grad, x):
        {"grad": grad, "x": x}[target].mul_(2.0)
        return grad * x

    op = numpy_op(lambda x: x * x, name="square")
    op.register_vjp(rule, composite=True)
    x = point(requires_grad=True)
    cotangent = torch.ones(3, dtype=D)
    with pytest.raises(RuntimeError, match=r"in.?place"):
        op(x).backward(cotangent)


# -- aliasing -------------------------------------------------------------------------------------

WORKSPACE = np.zeros(3)


def workspace(x):
    np.multiply(x, 2.0, out=WORKSPACE)
    return WORKSPACE


def workspace_pair(x):
    np.multiply(x, 2.0, out=WORKSPACE)
    return WORKSPACE, WORKSPACE[::-1]


ALIASES = {
    "identity": lambda x: x,
    "view": lambda x: x[:],
    "reversed": lambda x: x[::-1],
    "reshaped": lambda x: x.reshape(1, 3).T,
    "broadcast": lambda x: np.broadcast_to(x, (2, 3)),
    "tuple": lambda x: (x, [x[1:]], {"k": x}),
    "workspace": workspace,
    "workspace pair": workspace_pair,
    "constant": lambda x: CONSTANT,
    "same twice": lambda x: twice(x + 1),
    "view and base": lambda x: with_its_view(x + 1),
    "read-only view": lambda x: np.broadcast_to(x + 1, (2, 3)),
}


@pytest.mark.parametrize("grad", [False, True])
@pytest.mark.parametrize("name", ALIASES)
def test_outputs_share_memory_with_nothing(name, grad):
    """Outputs alias neither inputs, nor each other, nor anything the function keeps."""
    op = numpy_op(ALIASES[name], name="alias", vjp=lambda grad, x: 0 * x)
    x = point(requires_grad=grad)
    first = torch.utils._pytree.tree_leaves(op(x))
    want = [y.detach().clone() for y in first]
    second = torch.utils._pytree.tree_leaves(op(x.detach() + 1))
    for y, w in zip(first, want, strict=True):
        torch.testing.assert_close(y.detach(), w, rtol=0, atol=0)
    for y in (*first, *second):
        y.detach().fill_(-7.0)
    torch.testing.assert_close(x.detach(), point(), rtol=0, atol=0)
    assert CONSTANT.tolist() == [1.0, 2.0, 3.0]
    assert -7.0 not in WORKSPACE
    memories = [y.untyped_storage().data_ptr() for y in (*first, *second)]
    assert len(set(memories)) == len(memories)


@pytest.mark.parametrize("what", ["forward", "vjp", "jvp", "residuals"])
def test_a_workspace_is_right_in_a_loop_over_the_batch(what):
    """A function or rule that returns its own workspace is right for every item of a batch."""
    memory = np.zeros(2)

    def in_workspace(y):
        memory[:] = y
        return memory

    own = {key: in_workspace if key == what else (lambda y: y)
           for key in ("forward", "vjp", "jvp", "residuals")}  # fmt: skip  # a table
    op = numpy_op(
        lambda x: (own["forward"](x * x), own["residuals"](2 * x)),
        name="square",
        signature="(n)->(n)",
        residuals=True,
        vjp=lambda grad, residuals: own["vjp"](grad * residuals),
        jvp=lambda tangents, x: own["jvp"](2 * x * tangents["x"]),
    )
    x = torch.tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], dtype=D, requires_grad=True)
    y = op(x)
    torch.testing.assert_close(y, x * x)
    torch.testing.assert_close(torch.autograd.grad(y.sum(), x)[0], 2 * x.detach())
    if what == "jvp":
        z = x.detach()
        _, t = torch.func.jvp(op, (z,), (torch.ones_like(z),))
        torch.testing.assert_close(t, 2 * z)


def test_gradients_share_memory_with_nothing():
    """A rule may return its cotangent, one array twice, or an array it keeps."""
    kept = np.ones(3)
    for rule in (lambda grad: (grad, grad), lambda grad: twice(2 * grad),
                 lambda grad: (kept, kept)):  # fmt: skip  # a list
        op = numpy_op(lambda a, b: a + b, name="add", vjp=rule)
        a, b = point(requires_grad=True), point(requires_grad=True)
        cotangent = torch.ones(3, dtype=D)
        op(a, b).backward(cotangent)
        a.grad.fill_(-7.0)
        assert -7.0 not in b.grad
        assert -7.0 not in cotangent
        assert -7.0 not in kept


@pytest.mark.parametrize("grad", [False, True])
def test_a_read_only_result_is_no_warning(grad):
    """A fresh array that the function marked read-only becomes a writable tensor in silence."""

    def locked(x):
        y = 2 * x
        y.flags.writeable = False
        return y

    torch.set_warn_always(True)  # else torch warns once in a process, perhaps before this test
    try:
        y = numpy_op(locked, vjp=lambda grad: 2 * grad)(point(requires_grad=grad))
    finally:
        torch.set_warn_always(False)
    torch.testing.assert_close(y.detach(), 2 * point())


def test_a_masked_result_keeps_its_mask_or_is_an_error():
    """The numbers under the mask of a masked array are not given out as results."""
    op = numpy_op(masked)
    with pytest.raises(TypeError, match="mask"):
        op(point())


# -- hooks and checkpoints ------------------------------------------------------------------------


@ops()
def test_saved_tensor_hooks(name):
    """Everything saved goes through hooks, and a gradient of what they unpack is right."""
    op, native = OPS[name]
    x = point(requires_grad=True)
    packed, unpacked = [], []

    def pack(t):
        packed.append(t)
        return t.detach().clone()

    def unpack(t):
        unpacked.append(t)
        return t

    with torch.autograd.graph.saved_tensors_hooks(pack, unpack):
        y = op(x)
    assert len(packed) == 1
    (g,) = torch.autograd.grad(y.sum(), x)
    assert len(unpacked) == 1
    torch.testing.assert_close(g, torch.autograd.grad(native(x).sum(), x)[0])
    with torch.autograd.graph.save_on_cpu():
        y = op(x)
    torch.testing.assert_close(torch.autograd.grad(y.sum(), x)[0], g)


@ops()
@pytest.mark.parametrize("use_reentrant", [False, True])
def test_checkpoint(name, use_reentrant):
    """A checkpointed op is run again in the backward and gives the same gradient."""
    op, native = OPS[name]
    x, z = point(requires_grad=True), point(requires_grad=True)
    checkpoint(lambda x: op(op(x)).exp(), x, use_reentrant=use_reentrant).sum().backward()
    native(native(z)).exp().sum().backward()
    torch.testing.assert_close(x.grad, z.grad)


@ops()
def test_retain_graph(name):
    """A retained graph gives the same gradient twice, and a released one torch's own error."""
    op, _ = OPS[name]
    x = point(requires_grad=True)
    y = op(x).sum()
    (first,) = torch.autograd.grad(y, x, retain_graph=True)
    (second,) = torch.autograd.grad(y, x)
    torch.testing.assert_close(first, second, rtol=0, atol=0)
    with pytest.raises(RuntimeError, match="second time"):
        torch.autograd.grad(y, x)


# -- residuals ------------------------------------------------------------------------------------


class Factor:
    """A residual that is no array."""

    def __init__(self, x):
        self.slope = 2 * x


def with_residuals(born):
    """Return an op that squares, whose rule needs an object the forward made."""

    def forward(x):
        factor = Factor(x)
        born.append(weakref.ref(factor))
        return x * x, {"factor": factor, "array": 1.0 * x}

    def rule(grad, residuals):
        return grad * (residuals["factor"].slope + residuals["array"]) * (2 / 3)

    return numpy_op(forward, name="square", residuals=True, vjp=rule)


def test_residuals_are_released_with_the_graph():
    """After the backward, or when the output is dropped, the residual object is gone."""
    born = []
    op = with_residuals(born)
    x = point(requires_grad=True)
    y = op(x)
    gc.collect()
    assert born[0]() is not None
    y.sum().backward()
    gc.collect()
    assert born[0]() is None
    torch.testing.assert_close(x.grad, 2 * x.detach())
    z = op(x)
    del z
    gc.collect()
    assert born[1]() is None
    op(x.detach())
    gc.collect()
    assert all(ref() is None for ref in born)


def test_residuals_live_in_a_retained_graph():
    """With `retain_graph` they stay for the next backward, and then go."""
    born = []
    x = point(requires_grad=True)
    y = with_residuals(born)(x).sum()
    (first,) = torch.autograd.grad(y, x, retain_graph=True)
    gc.collect()
    assert born[0]() is not None
    (second,) = torch.autograd.grad(y, x)
    gc.collect()
    torch.testing.assert_close(first, second, rtol=0, atol=0)
    assert born[0]() is None


@pytest.mark.parametrize("use_reentrant", [False, True])
def test_residuals_under_checkpoint(use_reentrant):
    """Checkpointing recomputes residuals, and they are released after."""
    born = []
    op = with_residuals(born)
    x = point(requires_grad=True)
    checkpoint(lambda x: op(op(x)), x, use_reentrant=use_reentrant).sum().backward()
    torch.testing.assert_close(x.grad, 4 * x.detach() ** 3)
    gc.collect()
    assert all(ref() is None for ref in born)


def test_residuals_with_saved_tensor_hooks():
    """Array residuals go through the hooks; objects stay right beside them."""
    packed = []
    x = point(requires_grad=True)

    def pack(t):
        packed.append(t)
        return t.clone()

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda t: t):
        y = with_residuals([])(x)
    assert packed
    (g,) = torch.autograd.grad(y.sum(), x)
    torch.testing.assert_close(g, 2 * x.detach())


def test_residuals_in_transforms():
    """Under torch.func the forward runs again for them, and gradients are right."""
    op = with_residuals([])
    x = point()
    torch.testing.assert_close(torch.func.grad(lambda z: op(z).sum())(x), 2 * x)
    torch.testing.assert_close(torch.vmap(torch.func.grad(op))(x), 2 * x)


# -- leaks ----------------------------------------------------------------------------------------


@ops()
def test_inputs_outputs_and_nodes_are_released(name):
    """Inputs, outputs and graph nodes die without the garbage collector, used or dropped."""
    op, _ = OPS[name]
    op(point())
    for use in (True, False):
        gc.collect()
        gc.disable()
        try:
            x = point(requires_grad=True)
            y = op(x)
            refs = [weakref.ref(x), weakref.ref(y), weakref.ref(y.grad_fn)]
            if use:
                y.sum().backward()
            del x, y
            assert [ref() for ref in refs] == [None, None, None]
        finally:
            gc.enable()


def eager(op, x):
    op(x).sum().backward()


def dispatched(op, x):
    torch.func.grad(lambda z: op(z).sum())(x.detach())


@ops()
@pytest.mark.parametrize("use", [eager, dispatched])
def test_calls_leave_nothing_behind(name, use):
    """A thousand calls do not make the number of live objects grow."""
    op, _ = OPS[name]
    x = point(requires_grad=True)

    def count(n):
        for _ in range(n):
            use(op, x)
        gc.collect()
        return len(gc.get_objects())

    before = count(20)
    assert count(1000 if use is eager else 300) - before < 20


@pytest.mark.parametrize("use", [eager, dispatched])
def test_a_redefined_op_is_released(use):
    """An op that was called and dropped leaves nothing: redefining it does not leak."""

    def redefine():
        op = numpy_op(lambda x: x**3, name="redefined")
        op.register_vjp(lambda grad, x: 3 * grad * x**2, composite=True)
        use(op, point(requires_grad=True))
        return weakref.ref(op)

    def count(n):
        refs = [redefine() for _ in range(n)]
        gc.collect()
        assert not any(ref() for ref in refs)
        return len(gc.get_objects())

    before = count(5)
    # torch never lets go of the kernel that register_fake makes: some 30 small objects (2.13).
    assert count(50) - before < 45 * 45


# -- threads and processes ------------------------------------------------------------------------


def test_threads_share_a_fresh_op():
    """Eight threads that call an op for the first time at once all get right gradients."""
    for _ in range(20):
        op = numpy_op(lambda x: x**2, name="fresh", vjp=lambda grad, x: 2 * grad * x)
        barrier, failures = threading.Barrier(8), []

        def work(seed, op=op, barrier=barrier, failures=failures):
            try:
                barrier.wait()
                for i in range(20):
                    x = torch.full((5,), float(seed + i), requires_grad=True)
                    (g,) = torch.autograd.grad(op(x).sum(), x)
                    torch.testing.assert_close(g, 2 * x.detach())
            except BaseException as error:  # noqa: BLE001  # shown by the main thread
                failures.append(error)

        threads = [threading.Thread(target=work, args=(seed,)) for seed in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not failures


def in_a_new_process(code):
    """Run a script, so that one that crashes is one failure; return its output."""
    run = subprocess.run(
        [sys.executable, "-X", "faulthandler", "-c", textwrap.dedent(code)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert run.returncode == 0, run.stderr[-2000:]
    return run.stdout


def test_threads_share_a_fresh_op_in_transforms():
    """Eight threads may enter the dispatcher with a fresh op at once; the process survives."""
    out = in_a_new_process(
        """
        import threading
        import torch
        from npbridge import numpy_op

        failures = []
        for k in range(30):
            op = numpy_op(lambda x: x**3, name=f"race{k}")
            op.register_vjp(lambda grad, x: 3 * grad * x**2, composite=True)
            barrier = threading.Barrier(8)

            def work():
                barrier.wait()
                try:
                    x = torch.ones(3)
                    g = torch.func.grad(lambda z: op(z).sum())(x)
                    assert torch.equal(g, 3 * x)
                except BaseException as error:
                    failures.append(repr(error))

            threads = [threading.Thread(target=work) for _ in range(8)]
            for t in threads:
                t.start()
            for t in threads:
                t.join()
        print(failures[:2])
        """
    )
    assert out.strip() == "[]"


class Squares(Dataset):
    def __len__(self):
        return 8

    def __getitem__(self, i):
        x = torch.full((2,), float(i), dtype=D, requires_grad=True)
        (g,) = torch.autograd.grad(quad(x).sum(), x)
        return quad(x.detach()), g


@pytest.mark.parametrize("context", ["fork", "spawn"])
def test_dataloader_workers(context):
    """Workers of a DataLoader compute values and gradients."""
    slope(quad, [1.0])  # so that the op has been used before its workers start
    loader = DataLoader(Squares(), batch_size=4, num_workers=2, multiprocessing_context=context)
    batches = list(loader)
    i = torch.arange(8.0, dtype=D)[:, None].expand(8, 2)
    torch.testing.assert_close(torch.cat([y for y, _ in batches]), i**2)
    torch.testing.assert_close(torch.cat([g for _, g in batches]), 2 * i)


def slope(op, numbers):
    x = torch.tensor(numbers, dtype=D, requires_grad=True)
    return torch.autograd.grad(op(x).sum(), x)[0].tolist()


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_ops_travel_to_other_processes(method):
    """Ops of a module are pickled by name and work in a process that was forked or spawned."""
    with warnings.catch_warnings():
        # Python 3.12 and later warn of every fork in a process that has threads.
        warnings.simplefilter("ignore", DeprecationWarning)
        with multiprocessing.get_context(method).Pool(1) as pool:
            assert pool.apply(slope, (quad, [1.0, 2.0])) == [2.0, 4.0]
            assert pool.apply(slope, (cube, [1.0, 2.0])) == [3.0, 12.0]
            assert pool.apply(slope, (sine, [0.0])) == [1.0]


@ops()
def test_ops_pickle_and_copy(name):
    """Pickling and deepcopying a module's op, before and after a call, gives the op itself."""
    op, _ = OPS[name]
    op(point())
    assert pickle.loads(pickle.dumps(op)) is op
    assert copy.deepcopy(op) is op


def test_a_local_op_says_why_it_cannot_be_pickled():
    """An op that cannot be found by name raises a PicklingError which names it."""
    op = numpy_op(lambda x: x, name="local")
    with pytest.raises(pickle.PicklingError, match="local cannot be pickled"):
        pickle.dumps(op)


# -- models ---------------------------------------------------------------------------------------


class Model(torch.nn.Module):
    def __init__(self, op):
        super().__init__()
        self.op = op
        self.linear = torch.nn.Linear(3, 3, dtype=D)

    def forward(self, x):
        return self.op(self.linear(x)).sum()


@ops(HIGHER)
def test_gradient_penalty_in_a_model(name):
    """A module trained with a double backward follows the same steps as with the torch function."""
    op, native = OPS[name]
    losses = []
    for function in (op, native):
        torch.manual_seed(1)
        model = Model(function)
        optimiser = torch.optim.Adam(model.parameters(), lr=0.05)
        history = []
        for _ in range(5):
            x = point(requires_grad=True)
            (g,) = torch.autograd.grad(model(x), x, create_graph=True)
            loss = model(x) ** 2 + (g**2).sum()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            history.append(loss.item())
        losses.append(history)
    assert losses[0] == pytest.approx(losses[1], rel=1e-9)
    assert losses[0][0] != losses[0][-1]


def test_gradient_penalty_with_a_numpy_rule_is_an_error():
    """A NumPy rule that would be differentiated again raises in the second backward."""
    x = point(requires_grad=True)
    (g,) = torch.autograd.grad(quad(x).sum(), x, create_graph=True)
    with pytest.raises(NotImplementedError, match="first order only"):
        (g**2).sum().backward()


# -- nothing is detached --------------------------------------------------------------------------


class Passing(torch.Tensor):
    """A subclass that does nothing."""

    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        return super().__torch_function__(func, types, args, kwargs or {})


class Watching(torch.utils._python_dispatch.TorchDispatchMode):
    """A mode that does nothing."""

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        return func(*args, **(kwargs or {}))


class Overriding(torch.overrides.TorchFunctionMode):
    """A mode that does nothing."""

    def __torch_function__(self, func, types, args=(), kwargs=None):
        return func(*args, **(kwargs or {}))


def gradient(f, x):
    x = x.detach().requires_grad_()
    return torch.autograd.grad(f(x).sum(), x)[0]


def with_a_context(context):
    def compute(f, x):
        with context():
            return gradient(f, x)

    return compute


def no_grad_inside(f, x):
    def inside(z):
        with torch.no_grad():
            f(z)
            with torch.enable_grad():
                return f(z)

    return gradient(inside, x)


def inference_before(f, x):
    with torch.inference_mode():
        f(x)
    return gradient(f, x)


def inference_input(f, x):
    with torch.inference_mode():
        z = x.clone()
    return gradient(lambda w: f(z * w), torch.ones_like(x)) / x


def inference_around(f, x):
    x = x.detach().requires_grad_()
    with torch.inference_mode(), torch.inference_mode(mode=False):
        return torch.autograd.grad(f(x).sum(), x)[0]


def default_device(f, x):
    x = x.detach().requires_grad_()
    with torch.device("meta"):
        y = f(x)
        return torch.autograd.grad(y, x, torch.ones_like(y))[0]


def deterministic(f, x):
    torch.use_deterministic_algorithms(True)
    try:
        return gradient(f, x)
    finally:
        torch.use_deterministic_algorithms(False)


def compiled(transform):
    def compute(f, x):
        torch._dynamo.reset()
        run = torch.compile(lambda z: transform(f, z), backend="eager")
        with warnings.catch_warnings():
            # Dynamo warns of what it cannot trace where the op leaves the graph.
            warnings.simplefilter("ignore")
            return run(x)

    return compute


def compiled_backward(f, x):
    torch._dynamo.reset()
    run = torch.compile(lambda z: f(z * 1.0) * 1.0, backend="eager")
    with warnings.catch_warnings():
        # Dynamo warns of what it cannot trace where the op leaves the graph.
        warnings.simplefilter("ignore")
        return gradient(run, x)


def batched(f, x):
    x = x.detach().requires_grad_()
    eye = torch.eye(len(x), dtype=x.dtype)
    (rows,) = torch.autograd.grad(f(x), x, eye, is_grads_batched=True)
    return rows.diagonal()


def forward_dual(f, x):
    with torch.autograd.forward_ad.dual_level():
        dual = torch.autograd.forward_ad.make_dual(x, torch.ones_like(x))
        tangent = torch.autograd.forward_ad.unpack_dual(f(dual)).tangent
        return torch.zeros_like(x) if tangent is None else tangent


def vectorized(strategy):
    def compute(f, x):
        jacobian = torch.autograd.functional.jacobian
        return jacobian(f, x, vectorize=True, strategy=strategy).diagonal()

    return compute


func = torch.func
ones = torch.ones_like
CONTEXTS = {
    "no_grad inside": no_grad_inside,
    "inference mode before": inference_before,
    "inference tensor as input": inference_input,
    "inference mode around": inference_around,
    "func.grad": lambda f, x: func.grad(lambda z: f(z).sum())(x),
    "func.vjp": lambda f, x: func.vjp(f, x)[1](ones(x))[0],
    "func.jvp": lambda f, x: func.jvp(f, (x,), (ones(x),))[1],
    "func.linearize": lambda f, x: func.linearize(f, x)[1](ones(x)),
    "func.jacrev": lambda f, x: func.jacrev(f)(x).diagonal(),
    "func.jacrev in chunks": lambda f, x: func.jacrev(f, chunk_size=1)(x).diagonal(),
    "func.jacfwd": lambda f, x: func.jacfwd(f)(x).diagonal(),
    "vmap of grad": lambda f, x: torch.vmap(func.grad(f))(x),
    "grad of vmap": lambda f, x: func.grad(lambda z: torch.vmap(f)(z).sum())(x),
    "jvp of vmap": lambda f, x: func.jvp(torch.vmap(f), (x,), (ones(x),))[1],
    "vmap of jvp": lambda f, x: torch.vmap(lambda z: func.jvp(f, (z,), (ones(z),))[1])(x),
    "backward through vmap": lambda f, x: gradient(torch.vmap(f), x),
    "functional.vjp": lambda f, x: torch.autograd.functional.vjp(f, x, ones(x))[1],
    "functional.jvp": lambda f, x: torch.autograd.functional.jvp(f, x, ones(x))[1],
    "functional.jacobian": lambda f, x: torch.autograd.functional.jacobian(f, x).diagonal(),
    "vectorized reverse": vectorized("reverse-mode"),
    "vectorized forward": vectorized("forward-mode"),
    "is_grads_batched": batched,
    "forward_ad": forward_dual,
    "tensor subclass": lambda f, x: gradient(f, x.as_subclass(Passing)).as_subclass(torch.Tensor),
    "parameter": lambda f, x: gradient(f, torch.nn.Parameter(x)),
    "dispatch mode": with_a_context(Watching),
    "function mode": with_a_context(Overriding),
    "default device": default_device,
    "autocast": with_a_context(lambda: torch.autocast("cpu", dtype=torch.bfloat16)),
    "anomaly mode": with_a_context(lambda: torch.autograd.detect_anomaly(check_nan=False)),
    "multithreading off": with_a_context(lambda: torch.autograd.set_multithreading_enabled(False)),
    "deterministic": deterministic,
    "compiled": compiled_backward,
    "compiled func.grad": compiled(lambda f, x: func.grad(lambda z: f(z).sum())(x)),
    "compiled func.jvp": compiled(lambda f, x: func.jvp(f, (x,), (ones(x),))[1]),
    "compiled vmap of grad": compiled(lambda f, x: torch.vmap(func.grad(f))(x)),
}
UNPROMISED = {"inference tensor as input", "functional.jvp", "func.linearize"}
UNPROMISED |= {context for context in CONTEXTS if context.startswith("compiled")}


@ops()
@pytest.mark.parametrize("context", sorted(UNPROMISED))
# linearize traces, and torch's tracer warns of constants it has itself lifted into the graph.
@pytest.mark.filterwarnings("ignore:Attempted to insert a get_attr Node")  # see above
def test_no_context_gives_a_wrong_derivative(context, name):
    """In a context that may refuse the derivative is right or an error: never zero or detached."""
    op, native = OPS[name]
    try:
        got = CONTEXTS[context](op, point())
    except Exception as error:  # noqa: BLE001  # any but those by which one notices a detached result
        assert "appears to not have been used" not in str(error)  # noqa: PT017  # it was detached
        assert "does not require grad" not in str(error)  # noqa: PT017  # it was detached
        return
    torch.testing.assert_close(got.detach(), gradient(native, point()))


@ops()
@pytest.mark.parametrize("context", [c for c in CONTEXTS if c not in UNPROMISED])
@pytest.mark.filterwarnings("ignore:Anomaly Detection has been enabled")  # what it says itself
def test_promised_contexts_work(context, name):
    """The contexts that the design promises give the derivative, and do not raise."""
    op, native = OPS[name]
    want = gradient(native, point())
    torch.testing.assert_close(CONTEXTS[context](op, point()).detach(), want)


SECOND = {
    "hessian": lambda f, x: func.hessian(f)(x),
    "jacfwd of jacfwd": lambda f, x: func.jacfwd(func.jacfwd(f))(x),
    "jacrev of jacrev": lambda f, x: func.jacrev(func.jacrev(f))(x),
    "functional.hessian": torch.autograd.functional.hessian,
    "vectorized hessian": lambda f, x: torch.autograd.functional.hessian(f, x, vectorize=True),
    "vectorized forward hessian": lambda f, x: torch.autograd.functional.hessian(
        f, x, vectorize=True, outer_jacobian_strategy="forward-mode"
    ),
    "hvp": lambda f, x: torch.stack(
        [torch.autograd.functional.hvp(f, x, v)[1] for v in torch.eye(3, dtype=D)]
    ),
    "vhp": lambda f, x: torch.stack(
        [torch.autograd.functional.vhp(f, x, v)[1] for v in torch.eye(3, dtype=D)]
    ),
}


@ops()
@pytest.mark.parametrize("way", SECOND)
def test_no_way_gives_a_wrong_second_derivative(way, name):
    """Every way to a second derivative is right, or refused where the rule is NumPy's."""
    op, native = OPS[name]
    f = lambda z: (op(z) * z).sum()
    if name == "numpy":
        with pytest.raises(NotImplementedError, match="first order only"):
            SECOND[way](f, point())
        return
    want = func.hessian(lambda z: (native(z) * z).sum())(point())
    torch.testing.assert_close(SECOND[way](f, point()), want)


def test_a_number_is_an_output_on_the_host_whatever_the_default_device():
    """A Python float that a function returns becomes a tensor on the input's device."""
    op = numpy_op(lambda x: float(x.sum()), name="total")
    x = point()
    with torch.device("meta"):
        y = op(x)
    assert y.device.type == "cpu"
    torch.testing.assert_close(y, point().sum())


def test_a_zero_tensor_is_an_argument_like_others():
    """The lazy zeros torch makes in forward mode are computed on, as value and as cotangent."""
    zero = torch._efficientzerotensor(3, dtype=D)
    torch.testing.assert_close(cube(zero), torch.zeros(3, dtype=D))
    for op in (quad, cube, sine):
        x = point(requires_grad=True)
        (g,) = torch.autograd.grad(op(x), x, zero)
        torch.testing.assert_close(g, torch.zeros(3, dtype=D))


def test_a_tensor_the_function_closes_over_is_not_detached_in_silence():
    """A tensor with a gradient that reaches the function past its arguments raises."""
    w = torch.full((3,), 3.0, dtype=D, requires_grad=True)
    op = numpy_op(lambda x: x * np.asarray(w), name="weighted", vjp=lambda grad: 3.0 * grad)
    for x in (point(), point(requires_grad=True)):
        with pytest.raises(RuntimeError, match="requires grad"):
            op(x)


def test_a_container_that_torch_does_not_know_is_not_detached_in_silence():
    """Arrays in a result object that cannot be taken apart are an error where grad is wanted."""

    class Result(dict):
        pass

    op = numpy_op(lambda x: Result(x=2 * x), name="solve", vjp=lambda grad: grad)
    with pytest.raises(TypeError, match="Result"):
        op(point(requires_grad=True))


def test_objects_beside_tensors_under_vmap_are_not_those_of_the_last_item():
    """A number of iterations that differs between the items of a vmap is an error."""
    op = numpy_op(lambda x: (2 * x, f"{x.sum()} steps"), name="solve")
    notes = []

    def one(x):
        y, note = op(x)
        notes.append(note)
        return y

    x = torch.tensor([[1.0], [2.0]])
    try:
        torch.vmap(one)(x)
    except (RuntimeError, NotImplementedError, TypeError):
        return
    assert notes != ["2.0 steps"]


def test_a_keyword_argument_that_needs_a_gradient_is_not_forgotten():
    """A bare gradient where two parameters need one is an error, and no silent None."""

    def scaled(a, *, k):
        return a * k

    op = numpy_op(scaled, vjp=lambda grad, k: grad * k)
    a, k = point(requires_grad=True), point(requires_grad=True)
    with pytest.raises(RuntimeError, match=r"'k'|wrong number of gradients"):
        op(a, k=k).sum().backward()


def test_dicts_are_compared_by_key():
    """A rule may return the gradients of a dict in any order of its keys."""
    op = numpy_op(
        lambda d: d["p"] * d["q"] ** 2,
        name="product",
        vjp=lambda grad, d: {"d": {"q": 2 * grad * d["p"] * d["q"], "p": grad * d["q"] ** 2}},
    )
    p, q = point(requires_grad=True), point(requires_grad=True)
    op({"p": p, "q": q}).sum().backward()
    torch.testing.assert_close(p.grad, q.detach() ** 2)
    torch.testing.assert_close(q.grad, 2 * (p * q).detach())


def test_a_graph_keeps_the_rule_it_was_recorded_with():
    """Replacing a rule changes later calls, and no graph that exists already."""
    op = numpy_op(lambda x: x * x, name="square", vjp=lambda grad, x: 2 * grad * x)
    x = point(requires_grad=True)
    y = op(x).sum()
    op.register_vjp(lambda grad, x: 7 * grad * x, replace=True)
    for create_graph in (False, True):
        (g,) = torch.autograd.grad(y, x, create_graph=create_graph, retain_graph=True)
        torch.testing.assert_close(g.detach(), 2 * x.detach())
