"""Bessel functions of several orders at one number: values, derivatives of all orders, modes."""

import math

import mpmath as mp
import numpy as np
import pytest
import scipy.special as sc
import torch

from npbridge import special
from npbridge.errors import MissingDerivativeError

D = torch.float64


def riccati(function):
    """X times a spherical Bessel function of each order."""

    def of(n, x):
        return [x * mp.sqrt(mp.pi / (2 * x)) * function(k + mp.mpf(1) / 2, x) for k in range(n + 1)]

    return of


def jahnke_emde(v, x):
    """Γ(u+1) (2/x)ᵘ Jᵤ(x) for each order."""
    orders = [v - int(v) + k for k in range(int(v) + 1)]
    return [mp.hyp0f1(u + 1, -x * x / 4) for u in orders]


CASES = [
    ("riccati_jn", riccati(mp.besselj), 4, (1e-3, 0.7, 3.1, 25.0)),
    ("riccati_yn", riccati(mp.bessely), 4, (1e-3, 0.7, 3.1, 25.0)),
    ("riccati_jn", riccati(mp.besselj), 0, (0.7,)),
    ("riccati_yn", riccati(mp.bessely), 0, (0.7,)),
    ("lmbda", jahnke_emde, 3, (1e-3, 0.7, 3.1, 25.0)),
    ("lmbda", jahnke_emde, 2.25, (1e-3, 0.7, 3.1, 25.0)),
    ("lmbda", jahnke_emde, 0, (0.7,)),
]
cases = pytest.mark.parametrize(("name", "true", "n", "points"), CASES)


def derivative(op, n, x, output, order):
    """Of each element of an output, by reverse mode over reverse mode."""
    found = []
    for k in range(int(n) + 1):
        y = op(n, x)[output][k]
        for _ in range(order):
            (y,) = torch.autograd.grad(y, x, create_graph=True)
        found.append(y.item())
    return found


@cases
def test_derivatives_match_mpmath(name, true, n, points):
    """Values are SciPy's; derivatives are right to order 3."""
    op = getattr(special, name)
    for point in points:
        x = torch.tensor(point, dtype=D, requires_grad=True)
        for got, expected in zip(op(n, x), getattr(sc, name)(n, point), strict=True):
            assert got.tolist() == expected.tolist()
        for output in (0, 1):
            for order in (1, 2, 3):
                got = derivative(op, n, x, output, order)
                with mp.workdps(60):
                    exact = [
                        mp.diff(lambda t, k=k: true(n, t)[k], mp.mpf(point), order + output)
                        for k in range(int(n) + 1)
                    ]
                np.testing.assert_allclose(got, [float(e) for e in exact], rtol=2e-12, atol=1e-300)


@cases
def test_forward_mode_transforms_and_compiled_code(name, true, n, points):
    del true
    op = getattr(special, name)
    x = torch.tensor(points[0] + 0.5, dtype=D)
    jacobian = torch.func.jacrev(lambda t: op(n, t))(x)
    torch.testing.assert_close(torch.func.jacfwd(lambda t: op(n, t))(x), jacobian)
    many = torch.tensor([0.7, 3.1], dtype=D)
    several = torch.vmap(torch.func.jacrev(lambda t: op(n, t)))(many)
    one = torch.func.jacrev(lambda t: op(n, t))(many[1])
    for whole, part in zip(several, one, strict=True):
        torch.testing.assert_close(whole[1], part)
    if isinstance(n, float):
        return  # the number of orders would depend on data
    compiled = torch.compile(lambda t: op(n, t), backend="aot_eager", fullgraph=True)
    torch.testing.assert_close(compiled(x), op(n, x))


def test_no_memory_is_returned_unwritten():
    """SciPy (1.17.1) leaves orders that under- or overflow as it found them."""
    x = torch.tensor(1e-50, dtype=D)
    for _ in range(2):
        np.full(61, 7.7)  # what the next allocation may find
        for y in special.riccati_jn(60, x):
            assert (y[8:] == 0).all()
    values, slopes = special.riccati_yn(60, x)
    assert (values[8:] == -torch.inf).all()
    assert (slopes[8:] == torch.inf).all()


@pytest.mark.parametrize("x", [math.nan, math.inf, 1e10, 1e300])
def test_no_number_ends_the_process(x):
    """SciPy (1.17.1) counts to x: beyond its integers it crashes, or returns unwritten memory."""
    given = torch.tensor(x, dtype=D)
    for y in (*special.riccati_jn(3, given), *special.lmbda(2.5, given), *special.lmbda(3, given)):
        assert y.isnan().all()
    if math.isnan(x):
        assert all(y.isnan().all() for y in special.riccati_yn(3, given))


def test_scipys_functions_of_jahnke_and_emde_at_zero():
    """In SciPy 1.17.1 those of integer order above 0 are 0 instead of 1; the gradient is right."""
    assert sc.lmbda(2, 0.0)[0].tolist() == [1.0, 0.0, 0.0]
    x = torch.tensor(0.0, dtype=D, requires_grad=True)
    np.testing.assert_allclose(derivative(special.lmbda, 2, x, 1, 1), [-1 / 2, -1 / 4, -1 / 6])


def test_the_gradient_of_riccati_jn_at_zero():
    x = torch.tensor(0.0, dtype=D, requires_grad=True)
    assert derivative(special.riccati_jn, 2, x, 0, 1) == [1.0, 0.0, 0.0]
    np.testing.assert_allclose(derivative(special.riccati_jn, 2, x, 1, 1), [0.0, 2 / 3, 0.0])


def test_the_order_has_no_derivative():
    v = torch.tensor(2.25, dtype=D, requires_grad=True)
    with pytest.raises(MissingDerivativeError, match="not differentiable with respect to 'v'"):
        special.lmbda(v, torch.tensor(1.0, dtype=D))[0].sum().backward()
