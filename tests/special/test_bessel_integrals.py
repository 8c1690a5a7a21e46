"""The integrals of Bessel functions where SciPy's value is wrong."""

import mpmath as mp
import numpy as np
import scipy.special as sc
import torch
from references.bessel_integrals import bessel0_second

from npbridge.special import it2i0k0


def test_scipys_second_integral_is_x_times_too_large():
    """In SciPy 1.17.1, from x = 12 on; at 12 the leading digits agree."""
    for x in (12.5, 30.0, 100.0):
        true = float(bessel0_second(mp.mpf(x), 1)[1])
        np.testing.assert_allclose(sc.it2i0k0(x)[1], x * true, rtol=0.01)


def test_its_derivatives_are_right():
    x = torch.tensor([12.5, 30.0, 100.0], dtype=torch.float64, requires_grad=True)
    numerators = (lambda t: mp.besseli(0, t) - 1, lambda t: -mp.besselk(0, t))
    for y, numerator in zip(it2i0k0(x), numerators, strict=True):
        (first,) = torch.autograd.grad(y.sum(), x, create_graph=True)
        (second,) = torch.autograd.grad(first.sum(), x)
        for order, got in enumerate((first, second)):
            true = [mp.diff(lambda t: numerator(t) / t, t, order) for t in x.tolist()]
            np.testing.assert_allclose(got.tolist(), list(map(float, true)), rtol=1e-13)
