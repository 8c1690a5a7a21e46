"""Wrong wrappers, one mistake in each, and the properties that are to tell it."""

from dataclasses import dataclass, field

import mpmath
import numpy as np
import torch
from test_hygiene import (
    KEPT,
    Scale,
    halves_if_alone,
    in_memory_order,
    none_is_one,
    none_is_one_alone,
    saving,
    two,
)
from test_hygiene import function as by_hand
from test_property_contexts import (
    FirstCotangent,
    FirstSampleForAll,
    RampAlongWrongAxis,
    SlopeOfFirstSample,
    SlopeWithWrongTangent,
    constant_in_transforms,
    other_value_when_recomputed,
)
from torch.autograd import Function

from npbridge import elementwise_op, numpy_op

D, C = torch.float64, torch.complex128
X = torch.tensor([0.7, -1.3, 2.5], dtype=D)
Y = torch.tensor([0.2, 0.4, -0.6], dtype=D)
Z = torch.tensor([0.5 + 1j, 1 - 2j], dtype=C)
A = torch.tensor([[4.0, 1.0, 0.5], [-1.0, 3.0, 0.2], [0.3, 0.7, 5.0]], dtype=D)


@dataclass(frozen=True)
class Mistake:
    """A wrong function, the arguments that show it, and every property that calls it wrong."""

    fn: object
    args: tuple
    caught_by: str
    """The property whose sentence it breaks."""
    also: frozenset = frozenset()
    """Others that it breaks by the way."""
    detached: bool = False
    raises: bool = False
    options: dict = field(default_factory=dict)


def wrong(fn, *args, by, also=(), detached=False, raises=False, **options):
    return Mistake(fn, args, by, frozenset(also), detached, raises, options)


def function(forward, backward, jvp=None):
    """A Function as torch's documentation has it, which every transform takes."""

    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(*inputs)
        ctx.save_for_forward(*inputs)

    members = {
        "forward": lambda *args: forward(*args),  # noqa: PLW0108  # torch asks for a signature
        "setup_context": setup_context,
        "backward": lambda ctx, grad: backward(grad, *ctx.saved_tensors),
    }
    if jvp is not None:
        members["jvp"] = lambda ctx, *tangents: jvp(tangents, *ctx.saved_tensors)
    made = {name: staticmethod(member) for name, member in members.items()}
    return type("Wrong", (Function,), made | {"generate_vmap_rule": True}).apply


def op(fn, vjp, **options):
    """An op with one rule written with torch."""
    made = numpy_op(fn, name="wrong", **options)
    made.register_vjp(vjp, composite=True)
    return made


# -- values and the memory they are in -------------------------------------------------------------

COUNT = []


def counting(x):
    """A result that depends on how often it was asked for."""
    COUNT.append(None)
    return x.sin() + len(COUNT)


def detached(x):
    """Autograd sees nothing of what NumPy does."""
    return torch.from_numpy(np.sin(x.detach().resolve_neg().numpy()))


def mutating(x):
    """The argument is the workspace; its derivative is right, for the number it was called with."""
    y = x.sin()
    x.detach().mul_(1.5)
    return y


def aliasing(x):
    """The identity, and without a word the same memory."""
    return torch.from_numpy(x.resolve_neg().numpy())


def keeping(x):
    """A result that is kept for later, graph and all."""
    KEPT.append(x.sin())
    return KEPT[-1]


BAKED = {"factor": 1.0}


def remembered(x):
    """The factor as it is when it is called."""
    return x.sin() * BAKED["factor"]


def with_a_baked_factor():
    """A rule that was written when the factor was another."""
    factor = BAKED["factor"]
    made = function(remembered, lambda g, x: g * x.cos() * factor)

    def call(x):
        BAKED["factor"] = 2.0
        try:
            y = made(x)
        finally:
            BAKED["factor"] = factor
        return y

    return call


@torch.compiler.assume_constant_result
def baked(x):
    """What compiled code reads once, and not again."""
    return x.detach().clone()


def square_about_itself(x):
    """x^2 with its slope, by a tangent at a point that compiled code keeps."""
    point = baked(x)
    return 2 * point * x - point * point


# -- gradients -------------------------------------------------------------------------------------


class SquareOfOneSlope(Function):
    """2 x, whose own derivative was forgotten to be doubled."""

    generate_vmap_rule = True

    @staticmethod
    def forward(x):
        return 2 * x

    @staticmethod
    def setup_context(ctx, inputs, output):
        pass

    @staticmethod
    def backward(ctx, grad):
        return grad


def times_shared(x, y):
    """X + y of shapes (3,) and (2, 3)."""
    return x.sin() * y


B = torch.stack([Y, Y + 1])
HALF = lambda x: x.sin().to(torch.float32)

MISTAKES = {
    # -- factors, signs, slots --------------------------------------------------------------------
    "2.0001 for 2": wrong(
        function(torch.square, lambda g, x: 2.0001 * g * x, lambda ts, x: 2 * ts[0] * x),
        X,
        by="reverse mode",
        also={"dot product"},
    ),
    # Also: an op's forward mode is its rule transposed.
    "2.0001 for 2, by an op": wrong(
        op(np.square, lambda grad, x: 2.0001 * grad * x),
        X,
        by="reverse mode",
        also={"forward mode"},
    ),
    # Also: one partial is all modes, and its own partial where it names `out`.
    "2.0001 for 2, elementwise": wrong(
        elementwise_op(
            np.exp,
            name="wrong",
            partials={"x": lambda out: 1.00005 * out},
            holomorphic=("x",),
        ),
        X,
        by="reverse mode",
        also={"forward mode", "second order", "complex step"},
    ),
    "wrong sign": wrong(function(torch.cos, lambda g, x: g * x.sin()), X, by="reverse mode"),
    "swapped arguments": wrong(
        function(lambda x, y: x * y.exp(), lambda g, x, y: (g * x * y.exp(), g * y.exp())),
        X,
        Y,
        by="reverse mode",
    ),
    # Also: its Hessian is not symmetric: the rules are no gradient of anything.
    "swapped arguments, by an op": wrong(
        op(lambda x, y: x * np.exp(y), lambda grad, x, y: (grad * x * y.exp(), grad * y.exp())),
        X,
        Y,
        by="reverse mode",
        also={"forward mode", "forward over reverse"},
    ),
    "missing chain-rule factor": wrong(
        function(lambda x: (3 * x).sin(), lambda g, x: g * (3 * x).cos()), X, by="reverse mode"
    ),
    "missing conjugate": wrong(function(torch.exp, lambda g, z: g * z.exp()), Z, by="reverse mode"),
    # Also: the rule differentiates `out`, by itself.
    "missing conjugate, by an op": wrong(
        op(np.exp, lambda grad, out: grad * out),
        Z,
        by="reverse mode",
        also={"forward mode", "second order", "forward over reverse"},
    ),
    "conjugate too many": wrong(
        function(torch.conj_physical, lambda g, z: g), Z, by="reverse mode"
    ),
    "transposed": wrong(
        function(lambda a, x: a @ x, lambda g, a, x: (torch.outer(x, g), a.mT @ g)),
        A,
        X,
        by="reverse mode",
    ),
    "the cotangent forgotten": wrong(
        function(torch.sin, lambda g, x: x.cos() + 0 * g),
        X,
        by="reverse mode",
        also={"undefined gradient"},
    ),
    "None for an argument": wrong(
        function(lambda x, y: x * y, lambda g, x, y: (g * y, None)),
        X,
        Y,
        by="reverse mode",
        detached=True,
    ),
    # Also: its Hessian is not symmetric.
    "None for an argument, by an op": wrong(
        op(lambda x, y: x * y, lambda grad, x, y: (grad * y, 0 * grad)),
        X,
        Y,
        by="reverse mode",
        also={"forward mode", "forward over reverse"},
    ),
    "a difference quotient": wrong(
        function(torch.sin, lambda g, x: g * ((x + 1e-3).sin() - x.sin()) / 1e-3),
        X,
        by="reverse mode",
    ),
    # -- broadcasting -----------------------------------------------------------------------------
    "one row of a broadcast": wrong(
        function(times_shared, lambda g, x, y: ((g * x.cos() * y)[0], g * x.sin())),
        X,
        B,
        by="reverse mode",
    ),
    "summed along the wrong dimension": wrong(
        function(times_shared, lambda g, x, y: ((g * x.cos() * y).sum(1), g * x.sin())),
        X,
        A,
        by="reverse mode",
    ),
    # Also: its Hessian is not symmetric.
    "a mean for the sum": wrong(
        op(lambda x, y: x * y, lambda grad, x, y: ((grad * y).mean(0), grad * x)),
        X,
        B,
        by="reverse mode",
        also={"forward mode", "forward over reverse"},
    ),
    "not summed at all": wrong(
        function(lambda x, y: x[:, None] * y, lambda g, x, y: (g * y, (g * x[:, None]).sum(0))),
        X[:2],
        Y,
        by="reverse mode",
        raises=True,
    ),
    # -- derivatives of derivatives ---------------------------------------------------------------
    "detached": wrong(detached, X, by="reverse mode", also={"forward mode"}, detached=True),
    "truncated second order": wrong(
        function(torch.sin, lambda g, x: g * x.detach().cos()), X, by="second order", detached=True
    ),
    "second order of one factor": wrong(
        function(lambda x: x.sin().square(), lambda g, x: 2 * g * x.sin().detach() * x.cos()),
        X,
        by="second order",
    ),
    "a slope with a wrong slope": wrong(
        function(torch.square, lambda g, x: g * SquareOfOneSlope.apply(x)), X, by="second order"
    ),
    "second order, by an op": wrong(
        op(lambda x: x**3, lambda grad, x: 3 * grad * x.detach() * x), X, by="second order"
    ),
    "constant in the cotangent": wrong(
        function(torch.sin, lambda g, x: g.detach() * x.cos()), X, by="second order", detached=True
    ),
    # -- forward mode -----------------------------------------------------------------------------
    # Also: torch.func agrees with forward_ad; reverse mode is asked only beside zeros.
    "zero jvp": wrong(
        function(torch.sin, lambda g, x: g * x.cos(), lambda ts, x: torch.zeros_like(ts[0])),
        X,
        by="forward mode",
        also={"dot product", "torch.func"},
    ),
    "jvp off by a factor": wrong(
        function(torch.sin, lambda g, x: g * x.cos(), lambda ts, x: 1.00005 * ts[0] * x.cos()),
        X,
        by="forward mode",
        also={"dot product"},
    ),
    "jvp off by very little": wrong(
        function(torch.sin, lambda g, x: g * x.cos(), lambda ts, x: (1 + 1e-8) * ts[0] * x.cos()),
        X,
        by="dot product",
    ),
    "jvp of one argument": wrong(
        function(torch.mul, lambda g, x, y: (g * y, g * x), lambda ts, x, y: ts[0] * y + 0 * ts[1]),
        X,
        Y,
        by="forward mode",
        also={"dot product"},
    ),
    # -- memory, state and dtypes -----------------------------------------------------------------
    # Also: the derivative is that at the number it has written.
    "writes to its argument": wrong(mutating, X, by="pure", also={"forward mode"}),
    "aliases its argument": wrong(
        by_hand(lambda ctx, x: aliasing(x), lambda ctx, g: g.clone()), X, by="no alias"
    ),
    "counts its calls": wrong(counting, X, by="pure"),
    # Also: two calls differ, whoever compares them.
    "counts its calls, by an op": wrong(
        op(
            lambda x: (COUNT.append(None), np.sin(x) + len(COUNT))[1],
            lambda grad, x: grad * x.cos(),
        ),
        X,
        by="value",
        also={"pure"},
    ),
    "float64 from float32": wrong(
        function(lambda x: x.double().sin(), lambda g, x: g * x.cos()),
        X.float(),
        by="dtype and device",
    ),
    "float32 from float64": wrong(
        function(HALF, lambda g, x: g * x.cos()), X, by="dtype and device"
    ),
    "keeps what it returns": wrong(keeping, X, by="leaks"),
    # Also: what is saved so is a constant to the second backward.
    "saves behind autograd's back": wrong(
        by_hand(
            lambda ctx, x: (setattr(ctx, "x", x.detach()), x.sin())[1],
            lambda ctx, g: g * ctx.x.cos(),
        ),
        X,
        by="version counter",
        also={"second order"},
    ),
    "in memory order": wrong(
        by_hand(
            saving(lambda x: in_memory_order(x).sin()),
            lambda ctx, g: g * ctx.saved_tensors[0].cos(),
        ),
        A,
        by="layouts",
    ),
    "halves what is asked for alone": wrong(
        by_hand(saving(torch.mul), halves_if_alone), X, Y, by="pruning"
    ),
    "None is one": wrong(by_hand(two, none_is_one), X, by="unused outputs"),
    "forgets itself in a pickle": wrong(Scale(2.0), X, by="pickling"),
    "None alone is one": wrong(
        by_hand(none_is_one_alone, lambda ctx, g: 2 * (ctx.like if g is None else g)),
        X,
        by="undefined gradient",
    ),
    "a partial off by very little": wrong(
        elementwise_op(
            np.exp, name="wrong", partials={"x": lambda out: (1 + 1e-9) * out}, holomorphic=("x",)
        ),
        X,
        by="complex step",
    ),
    # -- contexts ---------------------------------------------------------------------------------
    # Also: a wrong batch has a wrong gradient.
    "vmap along a wrong axis": wrong(
        RampAlongWrongAxis.apply, A, by="vmap", also={"vmap of the gradient"}
    ),
    # Also: a wrong batch has a wrong gradient.
    "vmap of the first sample": wrong(
        FirstSampleForAll.apply, A, by="vmap", also={"vmap of the gradient"}
    ),
    "vmap with the first slope": wrong(SlopeOfFirstSample.apply, X, by="vmap of the gradient"),
    # Also: vmap of func.grad is one of them.
    "a constant under transforms": wrong(
        constant_in_transforms, X, by="torch.func", also={"vmap of the gradient"}, detached=True
    ),
    "a slope with a wrong jvp": wrong(SlopeWithWrongTangent.apply, X, by="forward over reverse"),
    # Also: rows of a Jacobian come from one graph, and it keeps the first.
    "the first cotangent for all": wrong(
        FirstCotangent.apply, X, by="batched gradients", also={"reverse mode", "torch.func"}
    ),
    "another value when recomputed": wrong(other_value_when_recomputed, X, by="checkpoint"),
    "a stale closure": wrong(with_a_baked_factor(), X, by="reverse mode"),
    # Also: the point is a constant to autograd too.
    "baked at compile time": wrong(square_about_itself, X, by="compile", also={"second order"}),
    # -- values -----------------------------------------------------------------------------------
    "another function": wrong(
        function(torch.sin, lambda g, x: g * x.cos()), X, by="reference", reference=np.cos
    ),
    "a rule that was rounded": wrong(
        function(torch.erf, lambda g, x: 1.12837917 * g * (-x * x).exp()),
        X,
        by="reference derivative",
        reference=mpmath.erf,
    ),
}
