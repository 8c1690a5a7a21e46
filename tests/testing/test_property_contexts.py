"""Properties about torch's contexts: silent on right functions, and each finds its own mistake."""

import numpy as np
import pytest
import scipy.special as sc
import torch

from npbridge import numpy_op, special
from npbridge.testing import (
    _agreement,
    _batched,
    _contexts,
    _programs,
    _samples,
    audit,
)
from npbridge.testing._case import Case, NotApplicable
from npbridge.testing._report import Point, Verdict

BATCHED = [_batched.vmap.name, _batched.vmap_of_the_gradient.name]
TRANSFORMS = [
    _contexts.torch_func.name,
    _contexts.batched_gradients.name,
    _contexts.forward_over_reverse.name,
]
PROGRAMS = [_programs.compiled.name, _programs.checkpointed.name]
ALL = [*BATCHED, *TRANSFORMS, *PROGRAMS]

X = torch.tensor([0.5, 1.5], dtype=torch.float64)
A = torch.tensor([[3.0, 1.0, 0.5], [-0.5, 2.0, 0.25], [0.75, -1.0, 4.0]], dtype=torch.float64)
B = torch.tensor([1.0, -2.0, 0.5], dtype=torch.float64)


@numpy_op(signature="(m,m),(m)->(m)")
def solve(a, b):
    """A right op of several dimensions."""
    return np.linalg.solve(a, b)


@solve.register_vjp(composite=True)
def _(grad, out, a):
    gb = solve(a.mT, grad)
    return -gb[..., :, None] * out[..., None, :], gb


@numpy_op(signature="()->()", vectorized=True)
def first_order(x):
    """A right op with NumPy rules."""
    return sc.j0(x)


first_order.register_vjp(lambda grad, x: -sc.j1(x) * grad)
first_order.register_jvp(lambda tangents, x: -sc.j1(x) * tangents["x"])


class Cube(torch.autograd.Function):
    """A right Function, as torch's documentation has it."""

    generate_vmap_rule = True

    @staticmethod
    def forward(x):
        """The value."""
        return x**3

    @staticmethod
    def setup_context(ctx, inputs, output):
        """What the rules need."""
        ctx.save_for_backward(*inputs)
        ctx.save_for_forward(*inputs)

    @staticmethod
    def backward(ctx, grad):
        """Differentiable again."""
        (x,) = ctx.saved_tensors
        return 3 * x**2 * grad

    @staticmethod
    def jvp(ctx, tangent):
        """The forward rule."""
        (x,) = ctx.saved_tensors
        return 3 * x**2 * tangent


class Ramp(Cube):
    """A right Function with a vmap rule of its own: multiplication by 0, 1, ... by position."""

    generate_vmap_rule = False

    @staticmethod
    def forward(x):
        """The value, along the last dimension."""
        return x * torch.arange(x.shape[-1], dtype=x.dtype)

    @staticmethod
    def backward(ctx, grad):
        """The same of the gradient."""
        return Ramp.apply(grad)

    @staticmethod
    def jvp(ctx, tangent):
        """The same of the tangent."""
        return Ramp.apply(tangent)

    @staticmethod
    def vmap(info, in_dims, x):
        """The batch goes to the front, so that the last dimension stays what it is."""
        return Ramp.apply(x.movedim(in_dims[0], 0)), 0


class RampAlongWrongAxis(Ramp):
    """The batch is left where it is, and the ramp runs along it if it is last."""

    @staticmethod
    def vmap(info, in_dims, x):
        """Right for a batch in front only."""
        return Ramp.apply(x), in_dims[0]


class FirstSampleForAll(Ramp):
    """Everyone gets what the first sample gets."""

    @staticmethod
    def vmap(info, in_dims, x):
        """The shape is right."""
        y = Ramp.apply(x.movedim(in_dims[0], 0))
        return y[:1].expand(y.shape).clone(), 0


class SlopeOfFirstSample(Cube):
    """Right in value, with the batch in the backward taken from the first sample."""

    generate_vmap_rule = False

    @staticmethod
    def vmap(info, in_dims, x):
        """The value by a right Function, its derivative by a wrong one."""
        x = x.movedim(in_dims[0], 0)
        return Cube.apply(x.detach()) + 3 * x.detach()[:1] ** 2 * (x - x.detach()), 0


class ZeroTangent(Cube):
    """A forward rule that was never finished."""

    @staticmethod
    def jvp(ctx, tangent):
        """The shape is right."""
        return torch.zeros_like(tangent)


class WrongTangent(Cube):
    """A forward rule with a wrong factor, which no context shows: it is wrong in all."""

    @staticmethod
    def jvp(ctx, tangent):
        """2, not 3."""
        (x,) = ctx.saved_tensors
        return 2 * x**2 * tangent


class FirstCotangent(Cube):
    """A backward that keeps what it computed the first time."""

    @staticmethod
    def backward(ctx, grad):
        """Of one graph all backwards are the same."""
        if not hasattr(ctx, "kept"):
            ctx.kept = Cube.backward(ctx, grad)
        return ctx.kept


@torch.library.custom_op("npbridge_property_contexts::cube", mutates_args=())
def custom_cube(x: torch.Tensor) -> torch.Tensor:
    """An op as torch's documentation has it: torch 2.13 gives its tangents as zeros."""
    return x**3


custom_cube.register_fake(torch.empty_like)
custom_cube.register_autograd(
    lambda ctx, grad: 3 * ctx.saved_tensors[0] ** 2 * grad,
    setup_context=lambda ctx, inputs, output: ctx.save_for_backward(*inputs),
)


def constant_in_transforms(x):
    """Right, but under torch.func a constant."""
    return x.detach() * 2 if torch._C._are_functorch_transforms_active() else x * 2


def other_value_when_compiled(x):
    """Right, but in compiled code something else."""
    return x * 3 if torch.compiler.is_compiling() else x * 2


def other_slope_when_compiled(x):
    """Right, but a constant in compiled code."""
    return x.detach() * 2 if torch.compiler.is_compiling() else x * 2


class Flag(torch.autograd.Function):
    """The identity, whose backward notes where the backward is."""

    within = False

    @staticmethod
    def forward(ctx, x, within):
        """The same tensor."""
        ctx.within = within
        return x.clone()

    @staticmethod
    def backward(ctx, grad):
        """The same gradient."""
        Flag.within = ctx.within
        return grad, None


def other_value_when_recomputed(x):
    """Right, but something else where it is called again by a backward."""
    return Flag.apply(torch.sin(Flag.apply(x, False) * (2 if Flag.within else 1)), True)


def verdicts(fn, *args, properties=ALL, **options):
    report = audit(fn, *args, properties=properties, **options)
    return {f.name: f.verdict for f in report.findings}


RIGHT = {
    "j0": (special.j0, (X,)),
    "j0 in float32": (special.j0, (X.float(),)),
    "j0 of one number": (special.j0, (X[0],)),
    "gammainc": (special.gammainc, (X + 1, X)),
    "gammainc with a number": (special.gammainc, (X + 1, 2.0)),
    "gammainc broadcast": (special.gammainc, (X[:, None] + 1, torch.cat([X, X + 3]))),
    "solve": (solve, (A, B)),
    "solve of a batch": (solve, (A, torch.stack([B, 2 * B]))),
    "torch.sin": (torch.sin, (X,)),
    "torch.sin in float16": (torch.sin, (X.half(),)),
    "torch.sin of complex numbers": (torch.sin, (torch.complex(X, X.flip(0)),)),
    "a complex product": (torch.mul, (torch.complex(X, -X), X)),
    "its modulus": (torch.abs, (torch.complex(X, -X),)),
    "torch.linalg.solve": (torch.linalg.solve, (A, B)),
    "torch.linalg.solve, complex": (torch.linalg.solve, (torch.complex(A, A.T), B + 1j * B)),
    "torch.linalg.qr, with several outputs": (torch.linalg.qr, (A,)),
    "torch.linalg.eigh": (torch.linalg.eigh, (A + A.T,)),
    "torch.sort, with an integer output": (torch.sort, (B,)),
    "the edge of a domain": (torch.arcsin, (torch.tensor([1.0, 0.25]),)),
    "a Function": (Cube.apply, (X,)),
    "a Function with a vmap rule": (Ramp.apply, (A,)),
    "a linear function": (lambda x: 3 * x, (X,)),
    "a constant beside a variable": (lambda x, n: (x * n, n), (X, torch.tensor(3))),
    "a list of tensors": (lambda xs: xs[0] * xs[1], ([X, X + 1],)),
    "nan here and there": (torch.log, (torch.tensor([-1.0, 0.0, 2.0]),)),
}  # fmt: skip


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_function_is_right_everywhere(name):
    """No property speaks against it, in any precision, and nothing is left undecided."""
    fn, args = RIGHT[name]
    report = audit(fn, *args, properties=ALL)
    assert {f.name: f.verdict for f in report.findings} == dict.fromkeys(ALL, Verdict.RIGHT), report


def test_an_ill_conditioned_function_is_not_called_wrong():
    """A Hilbert matrix magnifies rounding by 1e11: contexts differ by that and no more."""
    index = torch.arange(9, dtype=torch.float64)
    hilbert = 1 / (index[:, None] + index + 1)
    found = verdicts(torch.linalg.solve, hilbert, torch.ones(9, dtype=torch.float64))
    assert set(found.values()) == {Verdict.RIGHT}
    assert _agreement.largest(torch.tensor([float("nan"), -2.0, float("inf")])) == 2
    assert _agreement.largest(torch.ones(0)) == 0


WRONG = [
    (RampAlongWrongAxis.apply, A, "vmap", Verdict.WRONG),
    (FirstSampleForAll.apply, A, "vmap", Verdict.WRONG),
    (FirstSampleForAll.apply, A.float(), "vmap", Verdict.WRONG),
    (SlopeOfFirstSample.apply, X, "vmap of the gradient", Verdict.WRONG),
    (constant_in_transforms, X, "vmap of the gradient", Verdict.DETACHED),
    (constant_in_transforms, X, "torch.func", Verdict.DETACHED),
    (custom_cube, X, "torch.func", Verdict.DETACHED),
    (ZeroTangent.apply, X, "torch.func", Verdict.DETACHED),
    (FirstCotangent.apply, X, "batched gradients", Verdict.WRONG),
    (WrongTangent.apply, X, "forward over reverse", Verdict.RIGHT),
    (other_value_when_compiled, X, "compile", Verdict.WRONG),
    (other_slope_when_compiled, X, "compile", Verdict.DETACHED),
    (other_value_when_recomputed, X, "checkpoint", Verdict.WRONG),
]


@pytest.mark.parametrize(
    ("fn", "x", "name", "verdict"), WRONG, ids=[f"{w[2]}-{i}" for i, w in enumerate(WRONG)]
)
def test_a_mistake_is_found(fn, x, name, verdict):
    """The property that is about it tells it, as what it is."""
    assert verdicts(fn, x, properties=[name]) == {name: verdict}


def test_a_slope_with_another_tangent_is_wrong_forward_over_reverse():
    """The gradient of a gradient, whose forward rule is wrong, in the other order of modes."""

    assert verdicts(SlopeWithWrongTangent.apply, X, properties=["forward over reverse"]) == {
        "forward over reverse": Verdict.WRONG
    }


class SlopeWithWrongTangent(Cube):
    @staticmethod
    def backward(ctx, grad):
        """The right slope, which has a wrong forward rule."""
        (x,) = ctx.saved_tensors
        return 3 * _Square.apply(x) * grad


class _Square(Cube):
    @staticmethod
    def forward(x):
        """The value."""
        return x**2

    @staticmethod
    def backward(ctx, grad):
        """Right."""
        (x,) = ctx.saved_tensors
        return 2 * x * grad

    @staticmethod
    def jvp(ctx, tangent):
        """Wrong: no factor 2."""
        (x,) = ctx.saved_tensors
        return x * tangent


def test_a_first_order_op_refuses_and_is_right_elsewhere():
    """The Hessian-vector product is a refusal in npbridge's words; nothing else is missing."""
    report = audit(first_order, X, properties=ALL)
    assert not report.failures, report
    refused = [f.name for f in report.findings if f.refused]
    assert refused == ["forward over reverse"]


NOTHING = {
    "no tensor": (lambda: 3.0, (), "no output is a tensor"),
    "random": (lambda x: x * torch.rand(2), (X,), "the function draws random numbers"),
    "no output": (lambda x: 3.0, (X,), "no output is a tensor"),
}


@pytest.mark.parametrize("name", NOTHING)
def test_functions_of_which_nothing_can_be_said(name):
    """Each property says why it says nothing."""
    fn, args, why = NOTHING[name]
    report = audit(fn, *args, properties=ALL)
    assert {(f.verdict, f.note) for f in report.findings} == {(Verdict.NOT_APPLICABLE, why)}


def test_what_depends_on_no_argument_alone_is_said():
    """A function that counts its calls has no values to compare."""
    calls = []

    def counting(x):
        calls.append(1)
        return x + len(calls)

    (found,) = audit(counting, X, properties=["vmap"]).findings
    assert found.note == "two calls on the same numbers give different results"


def test_no_derivative_in_plain_autograd():
    """That one is missing altogether is another property's to tell."""
    (found,) = audit(torch.special.bessel_j0, X, properties=["torch.func"]).findings
    assert found.note == "plain autograd gives no derivative to compare with"
    (found,) = audit(torch.add, torch.arange(3), 1, properties=["torch.func"]).findings
    assert found.note == "no argument is differentiable"
    (found,) = audit(lambda: X, properties=["vmap"]).findings
    assert found.note == "no argument is a tensor"


def test_shapes_that_depend_on_numbers():
    """A loop whose rows differ in shape is nothing to compare with."""
    with pytest.raises(NotApplicable) as caught:
        _agreement.stacked([torch.ones(2), None, torch.ones(3)])
    assert str(caught.value) == "the shape of a result depends on the numbers"
    assert _agreement.stacked([None, None]) is None
    made = _agreement.stacked([None, torch.ones(2)])
    assert torch.equal(made, torch.tensor([[0.0, 0.0], [1.0, 1.0]]))


def test_samples_differ_and_stay_allowed():
    """Numbers are scaled where the function takes them scaled, and repeated elsewhere."""

    def orders(x, n):
        if not bool((n == n.round()).all()):
            raise ValueError("whole numbers only")
        return x * n

    case = Case(orders, (X, torch.tensor([2.0, 3.0], dtype=torch.float64)))
    first, second, third = _samples.samples(case)
    assert torch.equal(first[0], X)
    assert torch.equal(second[0], X * (1 + 2**-20))
    assert torch.equal(third[0], X * (1 + 2**-19))
    assert torch.equal(first[1], second[1])
    edge = Case(torch.arcsin, (torch.ones(1),))
    assert all(torch.equal(s[0], torch.ones(1)) for s in _samples.samples(edge))


def test_an_exception_hides_nothing_silent():
    """Of several comparisons one raises: what another finds is told, else the exception is."""
    wrong, fine = Point(Verdict.WRONG), Point(Verdict.UNDECIDED)

    def raises():
        raise ZeroDivisionError

    def says_nothing():
        raise NotApplicable("no")

    assert list(_agreement.parts(raises, lambda: [wrong])) == [wrong]
    assert list(_agreement.parts(says_nothing, lambda: [fine])) == [fine]
    with pytest.raises(ZeroDivisionError):
        list(_agreement.parts(lambda: [fine], raises))
    with pytest.raises(NotApplicable):
        list(_agreement.parts(says_nothing, says_nothing))


def test_tried_many_times_the_compiler_still_compiles():
    """Dynamo gives up after eight compilations of one code, and would run it eagerly."""
    for _ in range(10):
        found = verdicts(other_value_when_compiled, X, properties=["compile"])
    assert found == {"compile": Verdict.WRONG}
