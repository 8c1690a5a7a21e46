"""The modified Fresnel integrals where SciPy's value is wrong."""

import mpmath as mp
import numpy as np
import pytest
import scipy.special as sc
import torch
from modes import real_parts
from references import derivative
from references.wofz import both

from npbridge.special import modfresnelm, modfresnelp

NEGATIVE = (-0.3, -2.0, -7.5)


def test_scipys_first_value_is_wrong_for_negative_x():
    """The imaginary part of it is, in SciPy 1.17.1: not so of the real part, and of the other."""
    for x in NEGATIVE:
        first, second = map(complex, both(mp.mpf(x)))
        got, other = sc.modfresnelp(x)
        np.testing.assert_allclose(got.real, first.real, rtol=1e-12)
        np.testing.assert_allclose(other, second, rtol=1e-12)
        assert abs(got.imag - first.imag) > 0.1
        assert abs(sc.modfresnelm(x)[0].imag + first.imag) > 0.1


@pytest.mark.parametrize("op", [modfresnelp, modfresnelm])
def test_derivatives_for_negative_x(op):
    """First and second derivatives of both outputs are right there."""
    x = torch.tensor(NEGATIVE, dtype=torch.float64, requires_grad=True)
    sign = 1 if op is modfresnelp else -1
    for k, (re, im) in enumerate(zip(*[iter(real_parts(op(x)))] * 2, strict=True)):
        for order in (1, 2):
            re, im = (  # noqa: PLW2901
                torch.autograd.grad(y.sum(), x, create_graph=True)[0] for y in (re, im)
            )
            for x_, got in zip(NEGATIVE, (re + 1j * im).tolist(), strict=True):
                true = complex(derivative(both, (x_,), (order,), k, real=False))
                np.testing.assert_allclose(got, complex(true.real, sign * true.imag), rtol=1e-11)
