"""Options of elementwise functions: their own, with defaults; and those of ufuncs, refused."""

import numpy as np
import pytest
import scipy.special as sc
import torch

from npbridge import elementwise_op, integer, special
from npbridge.errors import OptionError

D = torch.float64


def scaled(z, k=1, *, root=False):
    """exp(k z), or its square root."""
    return np.exp(np.multiply(k, z) * (0.5 if root else 1.0))


op = elementwise_op(
    scaled,
    partials={
        "z": lambda k, root, out: k * out * (0.5 if root else 1.0),
        "k": integer("a factor"),
        "root": integer("a flag", static=True),
    },
)


@pytest.mark.parametrize(
    ("args", "options", "factor"),
    [
        ((), {}, 1.0),
        ((3,), {}, 3.0),
        ((), {"k": 2}, 2.0),
        ((), {"root": True}, 0.5),
        ((3,), {"root": True}, 1.5),
        ((), {"k": torch.tensor([2, 5])}, torch.tensor([2.0, 5.0], dtype=D)),
    ],
)
def test_options_have_the_defaults_of_the_function(args, options, factor):
    """An option left out has its default; given, it acts on value and every derivative."""
    z = torch.tensor([0.3, -0.4], dtype=D, requires_grad=True)
    y = op(z, *args, **options)
    torch.testing.assert_close(y, torch.exp(factor * z))
    (g,) = torch.autograd.grad(y.sum(), z, create_graph=True)
    torch.testing.assert_close(g, factor * y)
    (h,) = torch.autograd.grad(g.sum(), z)
    torch.testing.assert_close(h, factor**2 * y)
    pushed = torch.func.jvp(lambda t: op(t, *args, **options), (z,), (torch.ones_like(z),))[1]
    torch.testing.assert_close(pushed, g)


def test_options_in_transforms_and_compiled_code():
    z = torch.tensor([0.3, -0.4], dtype=D)

    def slope(t):
        return torch.func.grad(lambda s: op(s, 3, root=True))(t)

    expected = 1.5 * torch.exp(1.5 * z)
    torch.testing.assert_close(torch.vmap(slope)(z), expected)
    compiled = torch.compile(torch.vmap(slope), backend="aot_eager", fullgraph=True)
    torch.testing.assert_close(compiled(z), expected)


def test_without_a_tensor_options_reach_the_function():
    assert op(0.5, root=True) == np.exp(0.25)
    assert op(0.5) == np.exp(0.5)


CONVERT = "Arguments promote as those of torch's own functions; convert them first: x.to(dtype)."


@pytest.mark.parametrize("compiled", [False, True], ids=["eager", "compiled"])
@pytest.mark.parametrize(
    ("options", "remedy"),
    [
        ({"out": None}, "The result is a new tensor; copy it where it belongs: y.copy_(...)."),
        ({"where": True}, "Choose from the result: torch.where(condition, ..., other)."),
        ({"dtype": "f4"}, CONVERT),
        ({"casting": "no"}, CONVERT),
        ({"signature": "d->d"}, CONVERT),
        ({"order": "K"}, "The result is contiguous."),
        ({"subok": True}, "The result is a tensor."),
        ({"x": 1.0}, None),
    ],
)
def test_the_keywords_of_ufuncs_are_refused(options, remedy, compiled):
    """Each says what to do instead; a keyword that nobody knows is named beside the arguments."""
    (name,) = options

    def call(z):
        return special.jv(0.0, z, **options)

    with pytest.raises(OptionError) as caught:
        (torch.compile(call, backend="eager") if compiled else call)(torch.ones(2))
    assert str(caught.value) == "\n".join(
        [
            f"npbridge.special.jv has no argument {name!r}.",
            "  expected  v, z",
            f"  got       {name}",
            *([remedy] if remedy else []),
        ]
    )


def test_missing_arguments_are_pythons_own_error():
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'z'"):
        special.jv(0.0)


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
def test_integer_tensors_take_the_loops_that_scipy_has_for_integers(dtype):
    """Polynomials of a whole degree are SciPy's recurrences, not its series of real degree."""
    n = torch.tensor([40, 100])
    x = torch.tensor([30.0, 30.0], dtype=dtype, requires_grad=True)
    true = sc.eval_laguerre(n.numpy(), x.detach().double().numpy())
    y = special.eval_laguerre(n, x)
    assert y.dtype == dtype
    np.testing.assert_array_equal(y.detach(), true.astype(y.detach().numpy().dtype))
    np.testing.assert_array_equal(torch.vmap(special.eval_laguerre)(n, x).detach(), y.detach())
    compiled = torch.compile(special.eval_laguerre, backend="aot_eager", fullgraph=True)
    np.testing.assert_array_equal(compiled(n, x).detach(), y.detach())
    (g,) = torch.autograd.grad(y.sum(), x)
    slope = -sc.eval_genlaguerre(n.numpy() - 1, 1.0, x.detach().double().numpy())
    np.testing.assert_allclose(g, slope, rtol=1e-12 if dtype == torch.float64 else 5e-7)
