"""The properties about what a wrapper does besides its mathematics: right functions pass each of
them, and every planted mistake is caught by the one whose sentence it breaks.
"""

import pickle

import numpy as np
import pytest
import torch
from torch.autograd import Function
from torch.autograd.function import once_differentiable

from npbridge import numpy_op, special
from npbridge._torch_private import version_of
from npbridge.testing import _hygiene as hygiene
from npbridge.testing._case import Case
from npbridge.testing._property import Property
from npbridge.testing._report import Verdict
from npbridge.testing._runs import bits, changed, overwrite, within

D = torch.float64
EVERY = [p for p in vars(hygiene).values() if isinstance(p, Property)]
X = torch.tensor([0.3, -1.2, 2.5], dtype=D)
P = torch.tensor([0.5, 1.5, 2.5], dtype=D)
A = torch.tensor([[4.0, 1.0, 0.5], [-1.0, 3.0, 0.2], [0.3, 0.7, 5.0]], dtype=D)
Z = torch.tensor([0.5 + 1j, -1.5 + 0.25j, 2.0 - 1j], dtype=torch.complex128)


def tried(prop, fn, *args, **kwargs):
    return prop.try_on(Case(fn, args, kwargs))


# -- right functions ------------------------------------------------------------------------------


@numpy_op(signature="(m,m),(m)->(m)")
def solve(a, b):
    return np.linalg.solve(a, b)


@solve.register_vjp(composite=True)
def _(grad, out, a):
    gb = solve(a.mT, grad)
    return -gb[..., :, None] * out[..., None, :], gb


@numpy_op
def by_argument(a, b, c):
    return a * b * c


by_argument.register_vjp(
    {
        "a": lambda grad, b, c: grad * b * c,
        "b": lambda grad, a, c: grad * a * c,
        "c": lambda grad, a, b: grad * a * b,
    }
)


@numpy_op
def sin_and_cos(x):
    return np.sin(x), np.cos(x)


@sin_and_cos.register_vjp
def _(grad, x):
    return grad[0] * np.cos(x) - grad[1] * np.sin(x)


@numpy_op
def conjugated_product(z, w):
    return z * np.conj(w)


@conjugated_product.register_vjp
def _(grad, z, w):
    return grad * w, np.conj(grad) * z


@numpy_op
def no_rule(x):
    return np.sin(x)


@numpy_op(mutates_args=("x",))
def doubling(x):
    x *= 2


@doubling.register_vjp
def _(grad):
    return {"x": 2 * grad}


class Product(Function):
    """Right by hand, with both arguments saved as torch asks."""

    @staticmethod
    def forward(ctx, a, b):
        ctx.save_for_backward(a, b)
        return torch.from_numpy(np.multiply(a.numpy(force=True), b.numpy(force=True)))

    @staticmethod
    @once_differentiable
    def backward(ctx, g):
        a, b = ctx.saved_tensors
        need_a, need_b = ctx.needs_input_grad
        return g * b if need_a else None, g * a if need_b else None


class Pair(Function):
    """Right by hand, with two outputs of which either may go unused."""

    @staticmethod
    def forward(ctx, x):
        ctx.set_materialize_grads(False)
        ctx.save_for_backward(x)
        return x**2, x**3

    @staticmethod
    @once_differentiable
    def backward(ctx, g, h):
        (x,) = ctx.saved_tensors
        total = torch.zeros_like(x)
        if g is not None:
            total = total + 2 * x * g
        if h is not None:
            total = total + 3 * x**2 * h
        return total


EMPTY = torch.zeros(0, 2, dtype=D)
RIGHT = {
    "signature": (solve, A, X),
    "batched signature": (solve, A, torch.stack([X, P])),
    "rules by argument": (by_argument, X, P, X + 1),
    "two outputs": (sin_and_cos, X),
    "complex": (conjugated_product, Z, Z + 1),
    "in place by design": (doubling, X),
    "without a rule": (no_rule, X),
    "j0": (special.j0, X),
    "j0 of a number": (special.j0, torch.tensor(0.7, dtype=D)),
    "j0 in single precision": (special.j0, X.float()),
    "j0 of float16": (special.j0, X.half()),
    "gammainc": (special.gammainc, P, P.flip(0)),
    "gammainc broadcast": (special.gammainc, P[:, None], P.float().double()),
    "integer argument": (special.jn, torch.tensor([1, 2, 3]), X),
    "torch.sin": (torch.sin, X),
    "torch.sin of complex": (torch.sin, Z),
    "torch.sin of nothing": (torch.sin, EMPTY),
    "NaN and infinity": (torch.exp, torch.tensor([float("nan"), float("inf"), 1.0], dtype=D)),
    "an infinite derivative": (torch.sqrt, torch.zeros(3, dtype=D)),
    "unused and infinite": (lambda x: (x * 2, x.sqrt()), torch.zeros(2, dtype=D)),
    "torch.linalg.solve": (torch.linalg.solve, A, X),
    "eigenvectors": (torch.linalg.eigh, A + A.mT),
    "singular values": (torch.linalg.svdvals, A),  # computed otherwise where a gradient is wanted
    "matmul": (torch.matmul, torch.stack([A, A + 1]), A),
    "a sum": (torch.sum, A),
    "equal numbers": (torch.cumsum, torch.ones(3, 2, dtype=D), 0),
    "an integer output": (lambda x: x.max(0), A),
    "no derivative in torch": (torch.special.bessel_j0, X),
    "cancellation": (lambda x: 1 - torch.cos(x), X * 1e-5),
    "ill-conditioned": (torch.linalg.inv, torch.tensor([[1.0, 1.0], [1.0, 1.0 + 1e-9]], dtype=D)),
    "a view": (lambda x: x.T, A),
    "a part": (lambda x: x[0], A),
    "parts of one": (lambda x: x.split(1), A),
    "an expanded view": (lambda x: x.expand(2, 3, 3), A),
    "the argument itself": (lambda x: x, A),
    "the cotangent itself": (torch.add, X, P),
    "a module": (torch.nn.Linear(3, 2).double(), A),
    "a chosen dtype": (lambda x, dtype: x.to(dtype), X, torch.float32),
    "a float64 array": (lambda x, k: x * torch.from_numpy(k), X.float(), np.ones(3)),
    "by hand": (Product.apply, X, P),
    "by hand, two outputs": (Pair.apply, X),
    "compiled": (torch.compile(lambda x: x.sin() * x, backend="eager"), X),
}
QUICK = [p for p in EVERY if p.name != "leaks"]
LEAK_FREE = ("signature", "two outputs", "gammainc", "complex", "by hand", "torch.linalg.solve")


@pytest.mark.parametrize("case", RIGHT.values(), ids=RIGHT)
def test_a_right_function_has_every_property(case):
    for prop in QUICK:
        found = tried(prop, *case)
        # An op without a rule, and torch where it has no derivative, say so: that is no mistake.
        fine = found.refused or found.verdict in (Verdict.RIGHT, Verdict.NOT_APPLICABLE)
        assert fine, (prop.name, found)


@pytest.mark.parametrize("name", LEAK_FREE)
def test_a_right_function_leaves_nothing_alive(name):
    assert tried(hygiene.leaks, *RIGHT[name]).verdict is Verdict.RIGHT


ELEMENTWISE = {n: op for n, op in special.CATALOGUE.items() if op.elementwise}


@pytest.mark.parametrize("op", ELEMENTWISE.values(), ids=ELEMENTWISE)
def test_the_catalogue_has_every_property(op):
    args = [P + 0.1 * i for i in range(len(op.partials))]
    if type(op.partials[op.names[0]]).__name__ == "Integer":
        args[0] = torch.tensor([1, 2, 3])
    assert [p.name for p in QUICK if tried(p, op, *args).verdict is Verdict.WRONG] == []


def test_a_property_has_nothing_to_say():
    for prop, fn, args, reason in (
        (hygiene.unused_outputs, torch.sin, (X,), "one output has a derivative, or none"),
        (hygiene.pruning, torch.special.bessel_j0, (X,), "no output has a derivative"),
        (hygiene.pruning, torch.bitwise_not, (torch.arange(3),), "no argument is differentiable"),
        (hygiene.pure, doubling, (X,), "it changes its arguments by design"),
        (hygiene.no_alias, doubling, (X,), "it changes its arguments by design"),
        (hygiene.version_counter, doubling, (X,), "it changes its arguments by design"),
        (hygiene.pure, torch.Tensor.add_, (X, P), "it is an in-place function"),
        (hygiene.pickling, lambda x: x, (X,), "it cannot be pickled"),
        (
            hygiene.dtype_and_device,
            torch.bitwise_not,
            (torch.arange(3),),
            "no argument is a floating-point tensor",
        ),
    ):
        found = tried(prop, fn, *args)
        assert (found.verdict, found.note) == (Verdict.NOT_APPLICABLE, reason)


# -- planted mistakes -----------------------------------------------------------------------------


def function(forward, backward, outputs=1):
    """The apply of a Function of two plain functions."""
    members = {"forward": staticmethod(forward), "backward": staticmethod(backward)}
    return type("Planted", (Function,), members).apply


def saving(value):
    """A forward that saves its arguments."""

    def forward(ctx, *xs):
        ctx.save_for_backward(*xs)
        return value(*xs)

    return forward


def writes_to_its_argument(ctx, x):
    x.numpy()[...] += 1
    return x * 2


def writes_beside_its_argument(ctx, x):
    if x.storage_offset():
        torch.as_strided(x, (1,), (1,), x.storage_offset() - 1).fill_(7)
    return x * 2


def shares_its_argument_through_numpy(ctx, x):
    return torch.from_numpy(x.numpy())


BUFFER = torch.zeros(3, dtype=D)
GRADIENT = torch.zeros(3, dtype=D)
CALLS = []
KEPT = []


def returns_a_workspace(x):
    with torch.no_grad():
        np.multiply(x.detach().numpy(), 2, out=BUFFER.numpy())
    return torch.from_numpy(BUFFER.numpy())


def workspace_of_the_gradient(ctx, g):
    return GRADIENT.copy_(2 * g)


def two_of_one_memory(ctx, x):
    array = 2 * x.numpy(force=True)
    return torch.from_numpy(array), torch.from_numpy(array)


CACHE = {}


def cached(x):
    key = (str(x.dtype), *x.tolist())
    if key not in CACHE:
        CACHE[key] = 2 * x.numpy(force=True)
    return torch.from_numpy(CACHE[key])


def saves_its_derivative(ctx, x):
    ctx.array = np.cos(x.numpy(force=True))
    return x.sin()


def uses_it_up(ctx, g):
    ctx.array *= g.numpy(force=True)
    return torch.from_numpy(ctx.array)


def counts(ctx, x):
    CALLS.append(None)
    return 2 * x + len(CALLS)


def counts_backward(ctx, g):
    CALLS.append(None)
    return g * len(CALLS)


def keeps_ctx(ctx, x):
    KEPT.append(ctx)
    return 2 * x


def keeps_an_array(ctx, x):
    KEPT.append(x.numpy() * 2)
    return 2 * x


def keeps_the_cotangent(ctx, g):
    KEPT.append(g)
    return 2 * g


def writes_to_the_cotangent(ctx, g):
    g.numpy()[...] *= 2
    return g.clone()


def in_memory_order(x):
    """What is in memory from the first element on, taken for the tensor."""
    return x.resolve_neg().as_strided(x.shape, x.new_empty(x.shape).stride())


def as_if_contiguous(ctx, x):
    return in_memory_order(x).sin()


def gradient_as_if_contiguous(ctx, g):
    (x,) = ctx.saved_tensors
    return g * in_memory_order(x).cos()


def packed(ctx, g):
    """Gradients of those inputs that need one, from the front."""
    a, b = ctx.saved_tensors
    needed = [p for p, need in zip((g * b, g * a), ctx.needs_input_grad, strict=True) if need]
    return (*needed, None) if len(needed) == 1 else tuple(needed)


def halves_if_alone(ctx, g):
    a, b = ctx.saved_tensors
    factor = 1.0 if all(ctx.needs_input_grad) else 0.5
    return factor * g * b, factor * g * a


def two(ctx, x):
    ctx.set_materialize_grads(False)
    return x * 2, x * 3


def none_is_one(ctx, g, h):
    if g is None and h is None:
        return None
    g = torch.ones_like(h) if g is None else g
    h = torch.ones_like(g) if h is None else h
    return 2 * g + 3 * h


def none_is_one_alone(ctx, x):
    ctx.set_materialize_grads(False)
    ctx.like = torch.ones_like(x)
    return x * 2


def zero_by_zero(ctx, g):
    """The gradient of 2 x, by way of a direction."""
    return 2 * g / g.abs() * g.abs()


def ignores_the_conjugate_bit(ctx, g):
    return 2 * (g._conj() if g.is_conj() else g)


def reads_the_cotangent_in_memory_order(ctx, g):
    return 2 * in_memory_order(g)


def keeps_a_view(ctx, x):
    ctx.array = x.numpy()
    return x**2


def of_a_kept_view(ctx, g):
    return g * 2 * torch.from_numpy(ctx.array)


def keeps_its_output(ctx, x):
    y = x.exp()
    ctx.array = y.numpy()
    return y


def of_its_output(ctx, g):
    return g * torch.from_numpy(ctx.array)


def saves_its_gradient(ctx, x):
    ctx.array = x.numpy()
    return (x * x).sum() / 2


def returns_its_argument_as_gradient(ctx, g):
    return torch.from_numpy(ctx.array) if bool(g == 1) else g * torch.from_numpy(ctx.array)


def doubled(ctx, g):
    return 2 * g


def always_double(ctx, x):
    return torch.from_numpy(np.sin(x.numpy(), dtype=np.float64))


def half_inside(ctx, x):
    return x.half().to(x.dtype).sin() if x.dtype is torch.float32 else x.sin()


def cosine(ctx, g):
    (x,) = ctx.saved_tensors
    return g * x.cos()


PLAIN = lambda ctx, x: 2 * x
PLANTED = {
    "writes to its argument": ("pure", writes_to_its_argument, doubled, X),
    "writes beside its argument": ("pure", writes_beside_its_argument, doubled, X),
    "writes to the cotangent": ("pure", PLAIN, writes_to_the_cotangent, X),
    "counts its calls": ("pure", counts, doubled, X),
    "counts its backward calls": ("pure", PLAIN, counts_backward, X),
    "uses up what it has saved": ("pure", saves_its_derivative, uses_it_up, X),
    "shares its argument through NumPy": (
        "no alias",
        shares_its_argument_through_numpy,
        lambda ctx, g: g.clone(),
        X,
    ),
    "returns a workspace": ("no alias", lambda ctx, x: returns_a_workspace(x), doubled, X),
    "a workspace for the gradient": ("no alias", PLAIN, workspace_of_the_gradient, X),
    "gives away its argument": (
        "no alias",
        saves_its_gradient,
        returns_its_argument_as_gradient,
        torch.tensor([1.0, 2.0], dtype=D),
    ),
    "one memory for two outputs": (
        "no alias",
        two_of_one_memory,
        lambda ctx, g, h: 2 * (g + h),
        X,
    ),
    "a result that is cached": ("no alias", lambda ctx, x: cached(x), doubled, X),
    "always float64": ("dtype and device", always_double, doubled, X.float()),
    "half inside": ("dtype and device", saving(lambda x: half_inside(None, x)), cosine, X),
    "keeps ctx": ("leaks", keeps_ctx, doubled, X),
    "keeps an array": ("leaks", keeps_an_array, doubled, X),
    "keeps the cotangent": ("leaks", PLAIN, keeps_the_cotangent, X),
    "value in memory order": (
        "layouts",
        saving(lambda x: as_if_contiguous(None, x)),
        cosine,
        A,
    ),
    "gradient in memory order": ("layouts", saving(torch.sin), gradient_as_if_contiguous, A),
    "gradients in the wrong slots": ("pruning", saving(torch.mul), packed, X, P),
    "another gradient where alone": ("pruning", saving(torch.mul), halves_if_alone, X, P),
    "None is one": ("unused outputs", two, none_is_one, X),
    "None alone is one": (
        "undefined gradient",
        none_is_one_alone,
        lambda ctx, g: 2 * (ctx.like if g is None else g),
        X,
    ),
    "zero by zero": ("undefined gradient", PLAIN, zero_by_zero, X),
    "ignores the conjugate bit": ("undefined gradient", PLAIN, ignores_the_conjugate_bit, Z),
    "cotangent in memory order": (
        "undefined gradient",
        PLAIN,
        reads_the_cotangent_in_memory_order,
        A,
    ),
    "a stale input": ("version counter", keeps_a_view, of_a_kept_view, X),
    "a stale output": ("version counter", keeps_its_output, of_its_output, X),
}
WROTE = "the call wrote to its argument, or beside it"
SLICED = "args[0] was every second element of a larger tensor"
NOTES = {
    "writes to its argument": WROTE,
    "writes beside its argument": WROTE,
    "writes to the cotangent": "the backward wrote to it, or beside it",
    "counts its calls": "the second of two equal calls",
    "counts its backward calls": "the second of two equal backward passes",
    "shares its argument through NumPy": "writing to output changed it, and torch does not know",
    "returns a workspace": "writing to the output of one call changed that of an earlier one",
    "a workspace for the gradient": (
        "writing to the gradient of one call changed that of an earlier one"
    ),
    "always float64": "all inputs had the precision of float32",
    "half inside": "in single precision, beside double precision on the same numbers",
    "keeps ctx": "20 calls with backward left 20 tensors alive",
    "keeps an array": "20 calls with backward left 20 arrays alive",
    "keeps the cotangent": "20 calls with backward left 20 tensors alive",
    "value in memory order": SLICED,
    "gradient in memory order": SLICED,
    "gradients in the wrong slots": "only args[1] required grad",
    "another gradient where alone": "only args[0] required grad",
    "None is one": "through output 0 alone",
    "None alone is one": "there is no cotangent",
    "zero by zero": "the cotangent is zero",
    "ignores the conjugate bit": "a cotangent that is conjugated, or negated, lazily",
    "cotangent in memory order": "a cotangent with gaps between its elements",
    "a stale input": "args[0] was changed in place before the backward, which said nothing",
    "a stale output": "output was changed in place before the backward, which said nothing",
    "gives away its argument": (
        "writing to the gradient of args[0] changed it, and torch does not know"
    ),
    "uses up what it has saved": "the second backward through one graph",
    "one memory for two outputs": "writing to output 0 changed it, and torch does not know",
    "a result that is cached": "writing to the output of one call changed that of an earlier one",
}
ALSO = {
    # A value that is another each time is so in every comparison of two calls.
    "counts its calls": {"dtype and device", "layouts"},
    "counts its backward calls": {"layouts", "pruning", "undefined gradient", "version counter"},
    # What is left in the argument is there for the second call and for the next look.
    "writes to its argument": {"no alias"},
    # It is one of float64, whatever the input.
    "returns a workspace": {"dtype and device"},
    # And what it returns is the argument as it is by then.
    "gives away its argument": {"version counter"},
}


@pytest.fixture(autouse=True)
def _forget():
    yield
    KEPT.clear()
    CALLS.clear()
    CACHE.clear()


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_mistake_is_caught_by_its_own_property(name):
    own, forward, backward, *args = PLANTED[name]
    tries = EVERY if own == "leaks" else QUICK
    found = {p.name: tried(p, function(forward, backward), *args) for p in tries}
    wrong = {n for n, f in found.items() if f.verdict is Verdict.WRONG}
    assert own in wrong, found[own]
    assert wrong - {own} <= ALSO.get(name, set()), found
    assert found[own].note == NOTES[name]


@torch.library.custom_op("npbridge_hygiene::in_secret", mutates_args=())
def in_secret(x: torch.Tensor) -> torch.Tensor:
    x.numpy()[...] += 1
    return x * 2


def test_a_custom_op_that_changes_its_argument_in_secret():
    (point,) = tried(hygiene.pure, in_secret, X).points
    assert (point.argument, point.expected, point.got) == ("args[0]", "unchanged", "changed")


def test_rules_that_run_in_vain_are_told(monkeypatch):
    """An op of npbridge runs none, so the count is lied to."""
    monkeypatch.setattr(
        hygiene, "_counting", lambda op, ran: lambda a, b, c: (ran.append("c"), op(a, b, c))[1]
    )
    points = tried(hygiene.pruning, by_argument, X, P, X + 1).points
    assert points[0].note == "the rule in 'c' ran where only a required grad"
    assert points[-1].note == "the rule in 'c' ran where all required grad, and a, b was asked for"
    assert {(p.argument, p.expected, p.got) for p in points} == {("c", "no run", "a run")}


@pytest.mark.parametrize("composite", [False, True])
def test_the_rules_of_an_op_are_counted_on_a_copy(composite):
    op = numpy_op(lambda a, b: a * b, name="op")
    op.register_vjp(
        {"a": lambda grad, b: grad * b, "b": lambda grad, a: grad * a}, composite=composite
    )
    before = op.rules
    ran = []
    copy = hygiene._counting(op, ran)
    for wanted in (["a"], ["b"], ["a", "b"]):
        xs = {n: X.clone().requires_grad_() for n in ("a", "b")}
        torch.autograd.grad(copy(**xs).sum(), [xs[n] for n in wanted])
        assert ran == wanted
        ran.clear()
    torch.autograd.grad(op(xs["a"], X).sum(), xs["a"])
    assert op.rules is before
    assert ran == []


# -- pickling -------------------------------------------------------------------------------------


class Scale:
    """A callable that forgets its factor when it is pickled."""

    def __init__(self, factor=1.0):
        self.factor = factor

    def __call__(self, x):
        return x * self.factor

    def __reduce__(self):
        return Scale, ()


def test_pickling(monkeypatch):
    local = numpy_op(lambda x: x, name="local")
    assert tried(hygiene.pickling, solve, A, X).verdict is Verdict.RIGHT
    assert tried(hygiene.pickling, local, X).verdict is Verdict.RIGHT  # an error that says why
    assert tried(hygiene.pickling, torch.sin, X).verdict is Verdict.RIGHT
    found = tried(hygiene.pickling, Scale(2.0), X)
    assert (found.verdict, found.note) == (Verdict.WRONG, "after a pickle round trip")
    monkeypatch.setattr(pickle, "loads", lambda data: by_argument)
    (point,) = tried(hygiene.pickling, solve, A, X).points
    assert (point.expected, point.got, point.note) == ("solve", repr(by_argument), "another op")


# -- what torch does ------------------------------------------------------------------------------


def test_torch_casts_a_gradient_of_another_dtype_itself():
    """A float64 gradient of a float32 input never reaches anybody (torch 2.13)."""
    planted = function(PLAIN, lambda ctx, g: 2 * g.double())
    assert tried(hygiene.dtype_and_device, planted, X.float()).verdict is Verdict.RIGHT


@pytest.mark.parametrize("fn", [torch.linalg.det, torch.logdet])
def test_torch_transposes_the_gradient_of_a_determinant(fn):
    """It does so where the argument is negated lazily and not contiguous (torch 2.13)."""
    found = tried(hygiene.layouts, fn, A)
    assert (found.verdict, found.note) == (Verdict.WRONG, "args[0] was negated lazily")


def test_an_exception_hides_nothing_silent():
    """x.numpy() raises for a lazily negated tensor; what is wrong otherwise is still found."""
    raising = function(saving(lambda x: torch.from_numpy(np.sin(x.numpy()))), cosine)
    found = tried(hygiene.layouts, raising, A)
    assert found.verdict is Verdict.RAISES
    assert "negative bit" in found.note


# -- helpers --------------------------------------------------------------------------------------


def test_changed_numbers_are_other_numbers():
    for x in (X, Z, torch.tensor([0.0, float("nan"), float("inf")]), torch.arange(-2, 3), X > 0):
        assert not (changed(x) == x).any()
        assert changed(x).dtype == x.dtype


def test_the_bits_of_one_number_in_two():
    """The real part of a complex number has a stride of 2, and counts as contiguous."""
    real = torch.tensor([1.5 + 2j], dtype=torch.complex128).real
    assert real.is_contiguous()
    assert bits(real).tolist() == list(np.float64(1.5).tobytes())


def test_overwriting_is_counted_as_torch_does():
    x = X.clone()
    y = x[1:]
    assert overwrite(y)
    assert torch.equal(x, torch.tensor([0.3, -0.6, 1.25], dtype=D))
    assert version_of(x) == 1
    expanded = torch.ones(1).expand(3)
    assert overwrite(expanded)  # torch writes to one element of it only
    assert expanded.tolist() == [0.5] * 3
    assert not overwrite(torch.ones(0))


@pytest.mark.parametrize("x", [A, A.mT, Z, X[0], EMPTY, torch.arange(3), X > 0])
def test_a_tensor_within_memory(x):
    memory, copy = within(x)
    assert torch.equal(copy, x)
    assert copy.stride() == x.stride()
    copy += True
    assert not bool(memory[:64].any() or memory[-64:].any())
