"""Options of SciPy's functions: defaults, flags, and those that no tensor can serve."""

import numpy as np
import pytest
import scipy.special as sc
import torch

from npbridge import special
from npbridge.errors import MissingDerivativeError, OptionError

D = torch.float64
Z = torch.tensor([0.7, 3.1, 12.4], dtype=D, requires_grad=True)


@pytest.mark.parametrize("name", ["jvp", "yvp", "ivp", "kvp", "h1vp", "h2vp"])
def test_the_first_derivative_is_the_default(name):
    op, function = getattr(special, name), getattr(sc, name)
    z = Z.detach().numpy()
    assert op(0.5, Z).tolist() == function(0.5, z).tolist()
    assert op(0.5, Z, n=2).tolist() == function(0.5, z, n=2).tolist()
    (g,) = torch.autograd.grad(op(0.5, Z).real.sum(), Z)
    np.testing.assert_array_equal(g, op(0.5, Z, 2).detach().real)


@pytest.mark.parametrize("name", ["spherical_jn", "spherical_yn", "spherical_in", "spherical_kn"])
def test_spherical_bessel_functions_of_the_derivative(name):
    """In its place or by name; it is the derivative of the function, and has one itself."""
    op, function = getattr(special, name), getattr(sc, name)
    z = Z.detach().numpy()
    for y in (op(2, Z, True), op(2, Z, derivative=True)):
        assert y.tolist() == function(2, z, derivative=True).tolist()
    (g,) = torch.autograd.grad(op(2, Z).sum(), Z, create_graph=True)
    torch.testing.assert_close(g, op(2, Z, True), rtol=1e-12, atol=0)
    (h,) = torch.autograd.grad(g.sum(), Z)
    (k,) = torch.autograd.grad(op(2, Z, derivative=True).sum(), Z)
    torch.testing.assert_close(h, k, rtol=1e-12, atol=0)


def test_scipys_derivative_of_spherical_in_underflows():
    """In SciPy 1.17.1; near 0 it is 2z/15, and SciPy's two terms are not of one size."""
    assert abs(sc.spherical_in(2, 1e-100, derivative=True) / 1e-100 - 2 / 15) > 0.1


def test_combinations_with_repetition():
    N = torch.tensor([5.0, 4.5, 3.0], dtype=D, requires_grad=True)
    k = torch.tensor([2.0, 2.5, -0.5], dtype=D, requires_grad=True)
    y = special.comb(N, k, repetition=True)
    assert y.tolist() == sc.comb(N.detach(), k.detach(), repetition=True).tolist()
    got = torch.autograd.grad(y.sum(), (N, k))
    plain = torch.autograd.grad(special.binom(N + k - 1, k).sum(), (N, k))
    torch.testing.assert_close(got, plain)


EXACT = {
    "comb": (5, 2),
    "perm": (5, 2),
    "factorial": (5,),
    "factorial2": (5,),
    "factorialk": (5, 3),
}


@pytest.mark.parametrize("name", EXACT)
def test_exact_integers_are_refused(name):
    """Of tensors and of numbers; the message names the function, the option and what to do."""
    for make in (torch.tensor, int):
        first, *rest = EXACT[name]
        with pytest.raises(OptionError) as caught:
            getattr(special, name)(make(first), *rest, exact=True)
        assert str(caught.value) == (
            f"npbridge.special.{name} takes no exact=True: integers of any size are no tensor.\n"
            "  expected  exact=False\n"
            "  got       exact=True\n"
            f"Call scipy.special.{name} on whole numbers."
        )


MULTI = [("factorial2", ()), ("factorialk", (3,)), ("factorialk", (1,))]


@pytest.mark.parametrize(("name", "k"), MULTI)
def test_multifactorials_of_integers(name, k):
    """By default integers, in tensors of integers or of floating-point numbers, as SciPy's."""
    op, function = getattr(special, name), getattr(sc, name)
    whole = np.array([-3, 0, 1, 2, 5, 12, 300, 400])
    expected = function(whole, *k)
    assert op(torch.from_numpy(whole).double(), *k).tolist() == expected.tolist()
    np.testing.assert_allclose(op(torch.from_numpy(whole[:6]), *k), expected[:6], rtol=1e-7)
    n = torch.tensor([5.0], dtype=D, requires_grad=True)
    with pytest.raises(MissingDerivativeError) as caught:
        op(n, *k).sum().backward()
    assert str(caught.value).splitlines()[:2] == [
        f"npbridge.special.{name} has no derivative with respect to 'n', which takes integers with "
        "extend='zero'.",
        "Pass n.detach(), or extend='complex'.",
    ]
    with pytest.raises(ValueError, match="extend='complex'"):
        op(torch.tensor([0.5]), *k)


def test_multifactorials_of_negative_steps_are_complex():
    n = torch.tensor([7.5, 3.2], dtype=D, requires_grad=True)
    y = special.factorialk(n, -2, extend="complex")
    assert y.tolist() == sc.factorialk(n.detach().numpy(), -2, extend="complex").tolist()
    step = 1e-6
    (g,) = torch.autograd.grad(y.imag.sum(), n)
    up, down = (
        sc.factorialk((n + s).detach().numpy(), -2, extend="complex") for s in (step, -step)
    )
    np.testing.assert_allclose(g, (up - down).imag / (2 * step), rtol=1e-6)


@pytest.mark.parametrize("extend", ["zero", "complex"])
def test_the_factorial_of_negative_numbers(extend):
    n = torch.tensor([-1.5, 2.5], dtype=D, requires_grad=True)
    y = special.factorial(n, extend=extend)
    assert y.tolist() == sc.factorial(n.detach().numpy(), extend=extend).tolist()
    (g,) = torch.autograd.grad(y.sum(), n)
    expected = sc.gamma([-0.5, 3.5]) * sc.psi([-0.5, 3.5])
    np.testing.assert_allclose(g, [expected[0] if extend == "complex" else 0.0, expected[1]])


def test_options_in_compiled_code_and_transforms():
    def slope(t):
        return torch.func.grad(lambda s: special.factorial2(s, extend="complex"))(t)

    n = torch.tensor([0.5, 3.5], dtype=D)
    expected = torch.stack([slope(t) for t in n])
    torch.testing.assert_close(torch.vmap(slope)(n), expected)
    compiled = torch.compile(torch.vmap(slope), backend="aot_eager", fullgraph=True)
    torch.testing.assert_close(compiled(n), expected)
