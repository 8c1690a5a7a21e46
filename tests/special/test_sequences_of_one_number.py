"""Sequences of parabolic cylinder functions and of Mathieu coefficients: what they refuse."""

import numpy as np
import pytest
import scipy.special as sc
import torch

from npbridge import special
from npbridge.errors import MissingDerivativeError, UnsupportedTensorError

D = torch.float64


@pytest.mark.parametrize("name", ["pbdv_seq", "pbvv_seq"])
def test_negative_orders_have_values_and_no_derivative(name):
    """SciPy's values there are those of the orders ½ and 1½, whatever v."""
    x = torch.tensor(1.3, dtype=D, requires_grad=True)
    y, _ = getattr(special, name)(-2.5, x)
    assert y.tolist() == getattr(sc, name)(-2.5, 1.3)[0].tolist()
    own = getattr(special, name.removesuffix("_seq"))
    np.testing.assert_allclose(y[0].item(), own(0.5, 1.3)[0], rtol=1e-12)
    with pytest.raises(MissingDerivativeError, match="those of other orders"):
        y.sum().backward()


@pytest.mark.parametrize("name", ["pbdv_seq", "pbvv_seq"])
def test_fractional_orders(name):
    """Their derivatives are SciPy's second output."""
    op = getattr(special, name)
    x = torch.tensor(1.3, dtype=D)
    got, _ = torch.func.jacrev(lambda t: op(2.5, t))(x)
    torch.testing.assert_close(got, op(2.5, x)[1], rtol=1e-14, atol=0)
    order = torch.tensor(2.5, dtype=D, requires_grad=True)
    with pytest.raises(MissingDerivativeError, match="with respect to 'v'"):
        op(order, x)[0].sum().backward()


@pytest.mark.parametrize("n", [-4, -2, -1, 0, 1, 2])
def test_any_number_of_whole_orders(n):
    """D'' = (z²/4 - k - ½) D of each member."""
    z = torch.tensor(0.9, dtype=D)
    (values, _), (_, bends) = torch.func.jvp(
        lambda t: special.pbdn_seq(n, t), (z,), (torch.ones_like(z),)
    )
    orders = torch.arange(len(values)) * (-1 if n < -1 else 1)
    torch.testing.assert_close(bends, (z * z / 4 - orders - 0.5) * values)


def test_complex_numbers_are_refused():
    """SciPy's values are wrong there: D₀(z) is exp(-z²/4)."""
    assert abs(sc.pbdn_seq(1, 1 + 0.5j)[0][0] - np.exp(-((1 + 0.5j) ** 2) / 4)) > 0.1
    with pytest.raises(UnsupportedTensorError, match="SciPy's values are wrong there"):
        special.pbdn_seq(1, torch.tensor(1 + 0.5j))


def test_mathieu_coefficients_refuse_what_scipy_refuses():
    q = torch.tensor(-1.0, dtype=D, requires_grad=True)
    with pytest.raises(ValueError, match="q >=0"):
        special.mathieu_even_coef(1, q)
    with pytest.raises(ValueError, match="m must be an integer > 0"):
        special.mathieu_odd_coef(0, -q)


@pytest.mark.parametrize(
    ("odd", "name"), [(False, "mathieu_even_coef"), (True, "mathieu_odd_coef")]
)
def test_mathieu_coefficients_sum_to_the_function(odd, name):
    """Their derivatives in q to order 3 are those of ce or se at 0."""
    function = special.mathieu_sem if odd else special.mathieu_cem
    op, m = getattr(special, name), 3
    for start in (0.7, 30.0):
        q = torch.tensor(start, dtype=D, requires_grad=True)
        coefficients = op(m, q)
        multiples = m % 2 + 2 * torch.arange(len(coefficients))
        one = (coefficients * (multiples if odd else 1)).sum()
        other = function(m, q, torch.zeros((), dtype=D))[1 if odd else 0]
        for _ in range(3):
            (one,) = torch.autograd.grad(one, q, create_graph=True)
            (other,) = torch.autograd.grad(other, q, create_graph=True)
            torch.testing.assert_close(one, other, rtol=1e-9, atol=1e-13)


@pytest.mark.parametrize("name", ["pro_cv_seq", "obl_cv_seq"])
def test_characteristic_values_where_scipy_would_crash(name):
    """They are NaN; what SciPy refuses is refused there, too."""
    op = getattr(special, name)
    for c in (float("nan"), 400.0, float("inf")):
        x = torch.tensor(c, dtype=D, requires_grad=True)
        assert torch.isnan(op(0, 3, x)).tolist() == [True] * 4
        with pytest.raises(ValueError, match="too large"):
            op(0, 250, x)
