"""The properties of derivatives: right functions pass, and each planted mistake is caught."""

import mpmath
import numpy as np
import pytest
import scipy.special as sc
import torch
from torch.autograd import Function

from npbridge import domains, elementwise_op, numpy_op, special
from npbridge.errors import DeclarationError, MissingDerivativeError, SecondDerivativeError
from npbridge.testing import CheckError, UndecidedWarning, Verdict, audit, check

D, C = torch.float64, torch.complex128
ORDERED = ["reverse mode", "forward mode", "dot product", "second order"]


def t(*numbers, dtype=D):
    return torch.tensor(numbers, dtype=dtype)


def verdicts(fn, *args, **options):
    """The verdict of each derivative property, by name."""
    report = audit(fn, *args, properties=ORDERED, **options)
    return {f.name: f.verdict for f in report.findings}


def function(forward, backward, jvp=None):
    """A hand-written Function as a callable."""

    def run(ctx, *args):
        ctx.save_for_backward(*args)
        ctx.save_for_forward(*args)
        return forward(*args)

    members = {"forward": run, "backward": lambda ctx, grad: backward(grad, *ctx.saved_tensors)}
    if jvp is not None:
        members["jvp"] = lambda ctx, *tangents: jvp(tangents, *ctx.saved_tensors)
    return type("Written", (Function,), {n: staticmethod(f) for n, f in members.items()}).apply


# -- right functions ------------------------------------------------------------------------------

SPREAD = (-30.0, -3.0, -1e-3, 0.0, 1e-8, 0.5, 2.0, 7.5, 31.0)


@numpy_op(
    signature="(m,m),(m)->(m)",
    vectorized=False,
    domain={"a": domains.positive_definite()},
)
def solve(a, b):
    return np.linalg.solve(a, b)


@solve.register_vjp(composite=True)
def _(grad, out, a, b):
    gb = solve(a.mT, grad)
    return -torch.outer(gb, out), gb


def spd(n, seed=0):
    a = torch.randn(n, n, generator=torch.Generator().manual_seed(seed), dtype=D)
    return a @ a.T + n * torch.eye(n, dtype=D)


RIGHT = {
    "j0": (special.j0, t(*SPREAD)),
    "erfc far out": (special.erfc, t(-3.0, 0.0, 5.0, 20.0)),
    "gammaln of large numbers": (special.gammaln, t(1e-3, 1.5, 1e5, 1e12)),
    "gammainc": (special.gammainc, t(0.3, 2.0, 30.0), t(0.1, 2.5, 20.0)),
    "broadcast": (special.gammainc, t(0.3, 2.0).reshape(2, 1), t(0.1, 2.5, 20.0)),
    "solve": (solve, spd(3), t(1.0, -2.0, 0.5)),
    "an oscillation": (torch.sin, t(1e3, -1e3)),
    "eigenvalues": (lambda a: torch.linalg.eigvalsh((a + a.mT) / 2), spd(3)),
    "several outputs": (torch.linalg.slogdet, spd(3)),
    "complex to complex": (torch.exp, t(0.5 + 1j, -2.0j, dtype=C)),
    "complex to real": (torch.abs, t(0.5 + 1j, -2.0j, dtype=C)),
    "real to complex": (lambda x: torch.polar(torch.ones_like(x), x), t(0.3, -2.0)),
    "not holomorphic": (lambda z: z.conj() * z * z, t(0.5 + 1j, -2.0j, dtype=C)),
    "single precision": (special.erf, t(0.1, -2.0, 3.0, dtype=torch.float32)),
    "many numbers": (lambda x: torch.cumsum(x.sin(), 0), torch.linspace(-3, 3, 500, dtype=D)),
    "no numbers": (special.j0, torch.ones(0, dtype=D)),
    "0-d": (special.j1, torch.tensor(0.3, dtype=D)),
    "linear": (lambda x: 3 * x, t(0.0, 1.0, 1e300)),
    "constant": (lambda x: x * 0 + 5, t(0.0, 1.0)),
    "tiny numbers": (torch.sin, t(1e-300, -1e-200)),
}


@pytest.mark.parametrize("name", RIGHT)
def test_right_functions_are_right(name):
    fn, *args = RIGHT[name]
    report = audit(fn, *args, properties=ORDERED)
    bad = [f for f in report.findings if f.verdict not in (Verdict.RIGHT, Verdict.NOT_APPLICABLE)]
    assert not bad, report


@pytest.mark.parametrize("name", [n for n in RIGHT if n not in ("no numbers", "many numbers")])
def test_right_functions_are_right_along_random_directions(name):
    fn, *args = RIGHT[name]
    found = verdicts(fn, *args, projected=True)
    assert set(found.values()) <= {Verdict.RIGHT, Verdict.NOT_APPLICABLE}, found


def test_the_cost_of_projections_does_not_grow_with_the_jacobian():
    """The function is called as often for ten thousand numbers as for ten."""
    calls = []

    def counted(n):
        calls.clear()
        fn = function(lambda x: calls.append(1) or x.sin(), lambda g, x: g * x.cos())
        assert verdicts(fn, torch.ones(n, dtype=D), projected=True)["reverse mode"] is Verdict.RIGHT
        return len(calls)

    assert counted(10) == counted(10_000)


def test_refusals_are_no_failures():
    """A NumPy rule is first order, and says so."""
    op = numpy_op(np.sin, name="first", vjp=lambda grad, x: grad * np.cos(x))
    found = verdicts(op, t(0.5, 1.0))
    assert found["reverse mode"] is Verdict.RIGHT
    report = check(op, t(0.5, 1.0), properties=["forward mode", "second order"])
    forward, second = report.findings
    assert forward.refused
    assert second.refused
    assert forward.verdict is Verdict.RAISES
    assert forward.note.startswith(MissingDerivativeError.__name__)
    assert second.note.startswith(SecondDerivativeError.__name__)
    assert "refused" in str(report)


# -- planted mistakes -----------------------------------------------------------------------------

X = t(0.7, -1.3, 5.0)


def truncated(grad, x):
    """A gradient that is a constant to autograd."""
    return grad.detach() * x.detach().cos()


class Once(Function):
    """The gradient is computed behind autograd's back."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.sin()

    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        return truncated(grad, x)


STALE = {"factor": 1.0}


def stale(x):
    """A closure that changed after the backward was written."""
    return x.sin() * STALE["factor"]


WRONG = {
    "factor": ("reverse mode", function(torch.sin, lambda g, x: g * x.cos() * 1.00005), X),
    "2.0001 for 2": ("reverse mode", function(torch.square, lambda g, x: 2.0001 * g * x), X),
    "sign": ("reverse mode", function(torch.cos, lambda g, x: g * x.sin()), X),
    "chain rule": (
        "reverse mode",
        function(lambda x: (3 * x).sin(), lambda g, x: g * (3 * x).cos()),
        X,
    ),
    "zero for erfc": (
        "reverse mode",
        function(torch.erfc, lambda g, x: torch.zeros_like(g)),
        t(5.0),
    ),
    "swapped arguments": (
        "reverse mode",
        function(lambda x, y: x * y.exp(), lambda g, x, y: (g * x * y.exp(), g * y.exp())),
        X,
        t(0.1, 0.2, 0.3),
    ),
    "transposed": (
        "reverse mode",
        function(
            lambda a: a @ a.new_tensor([1.0, 2.0]),
            lambda g, a: torch.outer(a.new_tensor([1.0, 2.0]), g),
        ),
        t(1.0, 2.0, 3.0, 4.0).reshape(2, 2),
    ),
    "not summed over the broadcast": (
        "reverse mode",
        function(lambda x: x.expand(3, 2).sin(), lambda g, x: (g * x.cos())[0]),
        t(0.3, 0.7),
    ),
    "missing conjugate": (
        "reverse mode",
        function(torch.exp, lambda g, z: g * z.exp()),
        t(0.5 + 1j, 1 - 2j, dtype=C),
    ),
    "zero jvp": (
        "forward mode",
        function(torch.sin, lambda g, x: g * x.cos(), lambda ts, x: torch.zeros_like(ts[0])),
        X,
    ),
    "jvp and vjp differ": (
        "dot product",
        function(torch.sin, lambda g, x: g * x.cos(), lambda ts, x: ts[0] * x.cos() * (1 + 1e-8)),
        X,
    ),
    "second order truncated": ("second order", Once.apply, X),
    "second order of one term only": (
        "second order",
        function(lambda x: x.sin().square(), lambda g, x: 2 * g * x.sin().detach() * x.cos()),
        X,
    ),
    "wrong in one of many": (
        "reverse mode",
        function(torch.sin, lambda g, x: g * torch.where(torch.arange(len(x)) == 7, x, x.cos())),
        torch.linspace(0.1, 2, 3000, dtype=D),
    ),
    "wrong at one element": (
        "reverse mode",
        function(torch.abs, lambda g, x: g * torch.where(x < -1, g.new_ones(()), x.sign())),
        X,
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_planted_mistakes_are_caught(name):
    caught_by, fn, *args = WRONG[name]
    found = verdicts(fn, *args)
    assert found[caught_by] in (Verdict.WRONG, Verdict.DETACHED), found


def test_a_detached_result_is_found():
    found = verdicts(lambda x: torch.from_numpy(sc.j0(x.detach().numpy())), X)
    assert found["reverse mode"] is found["forward mode"] is Verdict.DETACHED


def test_a_gradient_that_is_left_out_is_detached():
    """None for an argument on which the result depends."""
    fn = function(lambda x, y: x * y, lambda g, x, y: (g * y, None))
    (finding,) = audit(fn, X, X + 1, properties=["reverse mode"]).findings
    assert finding.verdict is Verdict.DETACHED
    assert {p.argument for p in finding.points} == {f"args[1][{i}]" for i in range(3)}


def test_a_stale_closure_is_found():
    fn = function(stale, lambda g, x: g * x.cos())
    assert verdicts(fn, X)["reverse mode"] is Verdict.RIGHT
    STALE["factor"] = 2.0
    try:
        assert verdicts(fn, X)["reverse mode"] is Verdict.WRONG
    finally:
        STALE["factor"] = 1.0


def test_the_points_name_what_is_wrong():
    fn = function(lambda a: a * a, lambda g, a: g * torch.where(a > 3, 3 * a, 2 * a))
    a = t(1.0, 2.0, 3.0, 4.0).reshape(2, 2)
    (finding,) = audit(fn, a, properties=["reverse mode"]).findings
    (point,) = finding.points
    assert (point.argument, point.element) == ("args[0][1, 1]", (3,))
    assert point.expected == pytest.approx(8.0)
    assert point.got == 12.0
    assert point.error == pytest.approx(0.5)


# -- what cannot be decided ------------------------------------------------------------------------


def test_a_point_that_cannot_be_decided_is_reported_so():
    """At the end of the domain there is no number on one side."""
    fn = function(torch.sqrt, lambda g, x: g * 0)
    with pytest.warns(UndecidedWarning, match="could not be decided: reverse mode"):
        report = check(fn, t(0.0), properties=["reverse mode"])
    (finding,) = report.undecided
    assert finding.verdict is Verdict.UNDECIDED


def test_noise_is_not_taken_for_a_derivative():
    """A function that is rounded coarsely cannot prove a rule that is off by a thousandth."""
    coarse = function(lambda x: (x.sin() * 1e4).round() / 1e4, lambda g, x: g * x.cos())
    found = audit(coarse, t(0.3), properties=["reverse mode"]).findings[0].verdict
    assert found is not Verdict.WRONG


# -- references -----------------------------------------------------------------------------------


@pytest.mark.parametrize("wrong", [False, True])
def test_references_of_mpmath_are_compared_with_their_derivatives(wrong):
    """A rule that is wrong by a billionth is caught by a reference."""
    factor = 1 + 1e-9 if wrong else 1.0
    op = elementwise_op(np.sin, name="s", partials={"x": lambda x: special.xlogy(1, np.e) * factor})
    fn = function(torch.sin, lambda g, x: g * x.cos() * factor)
    names = ["reference", "reference derivative"]
    first, second = audit(fn, X, reference=mpmath.sin, properties=names).findings
    assert first.verdict is Verdict.RIGHT
    assert second.verdict is (Verdict.WRONG if wrong else Verdict.RIGHT)
    assert op.name == "s"


def test_references_of_two_arguments():
    """The incomplete gamma function against mpmath's, in both arguments."""

    def truth(a, x):
        return mpmath.gammainc(a, 0, x, regularized=True)

    names = ["reference", "reference derivative"]
    report = check(special.gammainc, t(0.5, 3.0), t(1.0, 2.0), reference=truth, properties=names)
    assert [f.verdict for f in report.findings] == [Verdict.RIGHT] * 2


def test_references_of_numpy_give_values_only():
    report = audit(torch.sin, X, reference=np.sin, properties=["reference", "reference derivative"])
    assert [f.verdict for f in report.findings] == [Verdict.RIGHT, Verdict.NOT_APPLICABLE]
    report = audit(torch.sin, X, reference=np.cos, properties=["reference"])
    assert report.findings[0].verdict is Verdict.WRONG


def test_complex_steps():
    (finding,) = audit(special.erf, X, properties=["complex step"]).findings
    assert finding.verdict is Verdict.RIGHT
    op = elementwise_op(
        np.exp, name="e", partials={"x": lambda out: out * (1 + 1e-9)}, holomorphic=("x",)
    )
    (finding,) = audit(op, X, properties=["complex step"]).findings
    assert finding.verdict is Verdict.WRONG
    (finding,) = audit(special.jv, 1.5, X.abs(), properties=["complex step"]).findings
    assert finding.note == "off the real line the function is not accurate enough"


def test_values_are_those_of_the_numpy_function():
    (finding,) = audit(special.j0, X, properties=["value"]).findings
    assert finding.verdict is Verdict.RIGHT
    numbers = iter(range(100))
    op = numpy_op(lambda x: x + next(numbers), name="stateful", vjp=lambda grad: grad)
    (finding,) = audit(op, X, properties=["value"]).findings
    assert finding.verdict is Verdict.WRONG


# -- check and audit ------------------------------------------------------------------------------


def test_check_raises_with_the_report():
    fn = function(torch.sin, lambda g, x: g * x.cos() * 1.00005)
    with pytest.raises(CheckError, match="failed: reverse mode") as caught:
        check(fn, X, properties=["reverse mode"])
    assert isinstance(caught.value, AssertionError)
    assert caught.value.report.silently_wrong
    assert "expected" in str(caught.value)


def test_unknown_properties_are_refused():
    with pytest.raises(DeclarationError, match="there is no property 'gradient'"):
        audit(torch.sin, X, properties=["gradient"])


def test_audit_never_raises():
    def broken(x):
        raise ZeroDivisionError("on purpose")

    report = audit(broken, X, properties=ORDERED)
    assert {f.verdict for f in report.findings} == {Verdict.RAISES, Verdict.NOT_APPLICABLE}
    assert report.findings[0].note == "ZeroDivisionError: on purpose"
    assert report.failures
    with pytest.raises(CheckError):
        check(broken, X, properties=ORDERED)


def test_the_snippet_shows_the_same():
    """What is printed under the table can be run."""
    report = audit(torch.special.bessel_j0, X, properties=["reverse mode"])
    (finding,) = report.findings
    printed = []
    exec(finding.snippet, {"print": printed.append})  # noqa: S102  # it is the library's own text
    assert str(printed[0]) == str(report)
    assert finding.snippet in str(report)
