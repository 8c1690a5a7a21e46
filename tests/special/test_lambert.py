"""Lambert's W function: its call, and its branch point, where SciPy's value is wrong."""

import mpmath as mp
import numpy as np
import pytest
import scipy.special as sc
import torch

from npbridge import special
from npbridge.special._lambert_w import BRANCH_POINT

D = torch.float64


def test_scipys_value_at_the_branch_point_is_nan():
    """In SciPy 1.17.1, at the float next to -1/e; and W₋₁ loses half of its digits near it."""
    assert np.isnan(sc.lambertw(BRANCH_POINT, [0, -1])).all()
    z = BRANCH_POINT + 1e-12
    assert abs(sc.lambertw(z, -1).real - float(mp.lambertw(z, -1))) > 1e-6


@pytest.mark.parametrize("side", [0.0, -0.0])
def test_the_branches_meet_as_scipys_do(side):
    """Below the branch point W₀ and W₋₁ go on above the cut, W₀ and W₁ below it."""
    z = torch.tensor([complex(BRANCH_POINT - 1e-5, side)], requires_grad=True)
    for k in (-1, 0, 1):
        w = special.lambertw(z, k)
        (g,) = torch.autograd.grad(w.real.sum(), z)
        true = 1 / (torch.exp(w) * (1 + w)).conj()
        torch.testing.assert_close(g, true.detach(), rtol=1e-3, atol=0)


CALLS = (
    ((), {}),
    (([0, 1, -1],), {}),
    ((), {"k": [0, 1, -1]}),
    ((1, 1e-3), {}),
    ((), {"tol": 1.0}),
)


@pytest.mark.parametrize(("args", "options"), CALLS)
def test_branch_and_tolerance_have_scipys_defaults(args, options):
    """Left out, in their place or by name: the value is SciPy's, and the derivative that of W."""

    def held(x):
        return torch.tensor(x) if isinstance(x, list) else x

    z = torch.tensor([0.5, 2.0, -0.2], dtype=D, requires_grad=True)
    y = special.lambertw(z, *map(held, args), **{n: held(x) for n, x in options.items()})
    assert y.tolist() == sc.lambertw(z.detach().numpy(), *args, **options).tolist()
    (g,) = torch.autograd.grad(y.real.sum(), z)
    exact = sc.lambertw(z.detach().numpy(), args[0] if args else options.get("k", 0))
    np.testing.assert_allclose(g, (np.exp(-exact) / (1 + exact)).real, rtol=1e-13)
