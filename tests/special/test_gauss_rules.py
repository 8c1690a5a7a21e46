"""Gauss rules: moments of many nodes, transforms, and the branches that SciPy takes."""

from math import lgamma, log

import numpy as np
import pytest
import scipy.special as sc
import torch
from torch.func import grad, hessian, jacfwd, jacrev, vmap

from npbridge import special
from npbridge.errors import ArgumentShapeError
from npbridge.special import (
    roots_gegenbauer,
    roots_genlaguerre,
    roots_jacobi,
    roots_sh_jacobi,
)

D = torch.float64


def number(x):
    return torch.tensor(x, dtype=D)


@pytest.mark.parametrize("n", [2, 20, 100])
@pytest.mark.parametrize(("alpha", "beta"), [(0.5, -0.5), (-0.8, 3.0), (10.0, 0.0)])
def test_integrals_have_the_derivatives_of_integrals(n, alpha, beta):
    """The rule integrates (1 + x)^2 exactly, whose integral is a beta function."""
    p = torch.tensor([alpha, beta], dtype=D)

    def by_rule(p):
        x, w = roots_jacobi(n, p[0], p[1])
        return (w * (1 + x) ** 2).sum()

    def exact(p):
        return 2 ** (p[0] + p[1] + 3) * special.beta(p[0] + 1, p[1] + 3)

    for transform in (grad, jacfwd, hessian, lambda f: jacfwd(jacfwd(f))):
        torch.testing.assert_close(transform(by_rule)(p), transform(exact)(p), rtol=1e-11, atol=0)


@pytest.mark.parametrize("n", [3, 40, 150])
def test_laguerre_integrals(n):
    """Of x^3, a gamma function; to third order."""

    def by_rule(alpha):
        x, w = roots_genlaguerre(n, alpha)
        return (w * x**3).sum()

    exact = lambda alpha: special.gamma(alpha + 4)
    for transform in (grad, lambda f: grad(grad(f)), lambda f: grad(grad(grad(f)))):
        got, expected = transform(by_rule)(number(0.25)), transform(exact)(number(0.25))
        torch.testing.assert_close(got, expected, rtol=1e-10, atol=0)


def test_large_parameters():
    """Weights of 1e157, and weights that underflow, have finite derivatives."""
    for n, alpha in ((30, 100.0), (200, 0.5), (300, 0.5)):
        for got in (jacrev, jacfwd):
            assert all(
                y.isfinite().all()
                for y in got(lambda a, n=n: roots_genlaguerre(n, a))(number(alpha))
            )


# SciPy computes 0/0 where alpha + beta is -1, and does not use it (1.17.1).
@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")
def test_scipys_branches_meet():
    """SciPy takes Legendre, Chebyshev and Gegenbauer rules for Jacobi ones where it can."""
    for alpha, beta in ((0.0, 0.0), (-0.5, -0.5), (1.5, 1.5), (0.5, -0.5), (-0.25, -0.75)):
        near = [
            jacrev(lambda a, s=s: roots_jacobi(5, a, number(beta + s)))(number(alpha + s))
            for s in (-1e-7, 1e-7)
        ]
        at = jacrev(lambda a: roots_jacobi(5, a, number(beta)))(number(alpha))
        for low, high, y in zip(*near, at, strict=True):
            torch.testing.assert_close((low + high) / 2, y, rtol=1e-9, atol=1e-9)


def test_the_middle_node_of_a_symmetric_rule_stays():
    x = jacrev(lambda a: roots_gegenbauer(7, a)[0])(number(1.25))
    assert x[3] == 0
    torch.testing.assert_close(x, -x.flip(0), rtol=1e-13, atol=1e-15)


def test_vmap_and_shifted_rules():
    """Parameters are batched by vmap; the rule on (0, 1) is the other one, moved."""
    q = torch.linspace(0.5, 2.0, 4, dtype=D)
    x, w = vmap(lambda q: roots_sh_jacobi(4, 2.5, q))(q)
    y, v = vmap(lambda q: roots_jacobi(4, 2.5 - q, q - 1))(q)
    torch.testing.assert_close(x, (y + 1) / 2)
    torch.testing.assert_close(w, v / 2**2.5)
    got = vmap(jacrev(lambda q: roots_sh_jacobi(4, 2.5, q)[1]))(q)
    expected = vmap(jacfwd(lambda q: roots_jacobi(4, 2.5 - q, q - 1)[1] / 2**2.5))(q)
    torch.testing.assert_close(got, expected, rtol=1e-11, atol=1e-13)


def test_precision_and_device_of_the_results():
    """Two precisions give the wider one; a number beside a tensor has none of its own."""
    single = torch.tensor(0.5)
    assert roots_jacobi(3, single, 1.0)[0].dtype == torch.float32
    assert roots_jacobi(3, single, number(1.0))[0].dtype == D
    assert roots_jacobi(3, torch.tensor(1), 0.5)[1].dtype == D
    x, w, mu = roots_genlaguerre(3, single, mu=True)
    expected = sc.roots_genlaguerre(3, 0.5, mu=True)  # SciPy's in float32 has a rounded integral
    for y, e in zip((x, w, mu), expected, strict=True):
        assert y.numpy() == pytest.approx(e, rel=6e-8)
        assert y.dtype == torch.float32
    assert mu.shape == ()


def test_the_integral_alone():
    got = grad(lambda a: roots_genlaguerre(4, a, mu=True)[2])(number(2.0))
    assert got.item() == pytest.approx(np.exp(lgamma(3.0)) * sc.psi(3.0), rel=1e-14)
    got = grad(lambda a: roots_jacobi(4, a, 0.0, True)[2])(number(0.0))
    assert got.item() == pytest.approx(2 * log(2) - 2, rel=1e-14)


def test_export():
    class Model(torch.nn.Module):
        def forward(self, a):
            return roots_jacobi(3, a, 0.5, True)

    program = torch.export.export(Model(), (number(0.5),))
    for y, e in zip(program.module()(number(2.0)), Model()(number(2.0)), strict=True):
        assert torch.equal(y, e)


def test_refusals():
    with pytest.raises(ArgumentShapeError) as caught:
        roots_jacobi(3, torch.ones(2, dtype=D), 0.0)
    assert str(caught.value).startswith(
        "roots_jacobi takes one number for 'alpha'.\n"
        "  expected  shape ()\n"
        "  got       (2,)\n"
        "For many use torch.vmap."
    )
    with pytest.raises(ValueError, match="alpha must be greater than -1"):
        roots_genlaguerre(3, number(-2.0))
    with pytest.raises(ValueError, match="n must be a positive integer"):
        roots_gegenbauer(0, number(1.0))
