"""Elementwise ops with several outputs, and the precision in which formulas are evaluated."""

import numpy as np
import pytest
import scipy.special as sc
import torch
from torch.autograd import gradcheck, gradgradcheck

from npbridge import elementwise_op, special
from npbridge.elementary import cos, exp, sin
from npbridge.errors import DeclarationError, OutputError, RuleError
from npbridge.testing import Verdict, audit

D = torch.float64
TIGHT = {"rtol": 1e-6, "atol": 1e-8}
X = torch.tensor([0.5, 2.0, -3.0], dtype=D)


def rotation(x, r):
    """A NumPy function of two outputs."""
    return r * np.cos(x), r * np.sin(x)


polar = elementwise_op(
    rotation,
    outputs=2,
    partials={"x": lambda out: (-out[1], out[0]), "r": lambda x: (cos(x), sin(x))},
    domain={"x": (-3.0, 3.0), "r": (0.5, 2.0)},
)
integrals = elementwise_op(
    sc.sici,
    partials={"x": lambda x: (sin(x) / x, cos(x) / x)},
    domain={"x": (0.1, 9.0)},
)


def test_outputs_are_a_tuple():
    """As the function's own are, of tensors and of numbers."""
    s, c = integrals(X.abs())
    expected = sc.sici(X.abs().numpy())
    np.testing.assert_array_equal(s, expected[0])
    np.testing.assert_array_equal(c, expected[1])
    assert integrals(0.5) == sc.sici(0.5)
    assert isinstance(polar(X, 2.0), tuple)


def test_derivatives_of_every_order():
    inputs = (X.clone().requires_grad_(), torch.tensor([1.5], dtype=D, requires_grad=True))
    assert gradcheck(polar, inputs, check_forward_ad=True, **TIGHT)
    assert gradgradcheck(polar, inputs, **TIGHT)
    assert gradcheck(integrals, (X.abs().requires_grad_(),), check_forward_ad=True, **TIGHT)


@pytest.mark.parametrize("args", [(X, torch.tensor([1.5], dtype=D))], ids=["polar"])
def test_every_property_holds(args):
    report = audit(polar, *args)
    assert not report.failures, str(report)
    assert {f.name for f in report.findings if f.verdict is Verdict.RIGHT} >= {"unused outputs"}


def test_an_output_without_a_cotangent_has_no_say():
    """Zero times an infinite derivative would be NaN: Ci' is infinite at 0, Si' is 1."""
    op = elementwise_op(sc.sici, name="at_zero", partials={"x": lambda x: (sin(x) / x, cos(x) / x)})
    x = torch.tensor([1e-320], dtype=D, requires_grad=True)
    (g,) = torch.autograd.grad(op(x)[0], x)
    assert g.item() == 1.0


def test_a_partial_with_another_number_of_entries_is_refused():
    op = elementwise_op(sc.sici, name="short", partials={"x": lambda x: (sin(x) / x,)})
    x = X.abs().requires_grad_()
    with pytest.raises(RuleError) as caught:
        op(x)[0].sum().backward()
    assert str(caught.value) == (
        "the partial of short in 'x' does not fit its outputs.\n"
        "  expected  a tuple of 2 derivatives, one for each output\n"
        "  got       1 of them"
    )


def test_a_function_with_another_number_of_outputs_is_refused():
    op = elementwise_op(lambda x: x + 1, name="one", outputs=2, partials={"x": lambda x: (x, x)})
    with pytest.raises(OutputError) as caught:
        op(X)
    assert str(caught.value).startswith(
        "one is declared with 2 outputs.\n  expected  a tuple of 2 arrays\n  got       ndarray"
    )

    with pytest.raises(DeclarationError) as refused:
        elementwise_op(np.sin, outputs=2, partials={"x": lambda x: (x, x)})
    assert str(refused.value) == (
        "outputs= of sin is not the number of its outputs.\n  expected  1\n  got       2"
    )


# -- complex outputs of real arguments ------------------------------------------------------------

turn = elementwise_op(
    lambda x: np.exp(1j * x),
    name="turn",
    partials={"x": lambda out: 1j * out},
    domain={"x": (-3.0, 3.0)},
)
cis = elementwise_op(
    lambda z: np.exp(1j * z),
    name="cis",
    partials={"z": lambda z: 1j * exp(1j * z)},
    holomorphic=("z",),
    domain={"z": (-3.0, 3.0)},
)


@pytest.mark.parametrize("op", [turn, cis], ids=lambda op: op.name)
@pytest.mark.parametrize("dtype", [torch.float32, D], ids=str)
def test_a_complex_function_of_real_numbers(op, dtype):
    """The gradient through either part is real and has its own sign: d cos = -sin, d sin = cos."""
    x = X.clone().to(dtype).requires_grad_()
    y = op(x)
    assert y.dtype == dtype.to_complex()
    for part, slope in ((y.real, -X.sin()), (y.imag, X.cos())):
        for create_graph in (False, True):
            (g,) = torch.autograd.grad(part.sum(), x, retain_graph=True, create_graph=create_graph)
            assert g.dtype == dtype
            np.testing.assert_allclose(g.detach(), slope, rtol=1e-15 if dtype == D else 2e-7)
    if dtype == D:
        assert gradcheck(op, (x,), check_forward_ad=True, **TIGHT)
        assert gradgradcheck(op, (x,), **TIGHT)
        report = audit(op, X)
        assert not report.failures, str(report)


# -- precision ------------------------------------------------------------------------------------

cancelling = elementwise_op(
    lambda x: np.exp(x) - 1 - x,
    name="cancelling",
    partials={"x": lambda x, out: out + x},
    domain={"x": (1e-3, 2.0)},
)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float16, torch.bfloat16], ids=str)
def test_formulas_are_evaluated_in_double_precision(dtype):
    """Reverse, forward and second order, with the output computed again and not as rounded."""
    x = torch.tensor([1e-2, 0.3], dtype=dtype, requires_grad=True)
    exact = torch.expm1(x.detach().double()).to(dtype)
    (g,) = torch.autograd.grad(cancelling(x).sum(), x, create_graph=True)
    tangent = torch.func.jvp(cancelling, (x.detach(),), (torch.ones_like(x),))[1]
    (second,) = torch.autograd.grad(g.sum(), x)
    eps = torch.finfo(dtype).eps
    for got, expected in ((g, exact), (tangent, exact), (second, x.detach().double().exp())):
        assert got.dtype == dtype
        np.testing.assert_allclose(
            got.detach().double(), expected.double(), rtol=float(eps), atol=0
        )


def test_single_precision_complex_numbers():
    op = elementwise_op(
        sc.erf,
        name="erf_c",
        holomorphic=("z",),
        partials={"z": lambda z: 2 / np.sqrt(np.pi) * exp(-z * z)},
    )
    z = torch.tensor([0.3 + 2.5j], dtype=torch.complex64, requires_grad=True)
    (g,) = torch.autograd.grad(op(z).real.sum(), z)
    wide = z.detach().to(torch.complex128)
    expected = (2 / np.sqrt(np.pi) * torch.exp(-wide * wide)).conj()
    assert g.dtype == torch.complex64
    np.testing.assert_allclose(g, expected.to(torch.complex64), rtol=1.2e-7)


def test_a_formula_that_needs_no_output_keeps_none():
    """Arguments beside the output are kept only where the output is asked for."""
    x = X.clone().requires_grad_()
    y = elementwise_op(np.exp, name="kept", partials={"x": lambda out: out})(x)
    assert len(y.grad_fn.saved_tensors) == 2
    y = elementwise_op(np.sin, name="kept_not", partials={"x": cos})(x)
    assert len(y.grad_fn.saved_tensors) == 1


def test_an_infinite_slope_of_an_output_that_is_not_asked_for_does_not_spoil_the_others():
    """The derivatives of Si and Ci at 0 are 1 and inf, in both modes and of each output alone."""
    zero = torch.tensor(0.0, dtype=torch.float64, requires_grad=True)
    for way in (torch.func.jacrev, torch.func.jacfwd):
        assert [float(d) for d in way(special.sici)(zero.detach())] == [1.0, float("inf")]
    (g,) = torch.autograd.grad(special.sici(zero)[0], zero)
    assert g == 1.0
    (g,) = torch.autograd.grad(torch.stack(special.sici(zero))[0], zero, create_graph=True)
    assert g == 1.0
