"""Legendre functions with derivatives, degrees and orders in front: all orders, edges, batches."""

import mpmath as mp
import numpy as np
import pytest
import scipy.special as sc
import torch
from references import FUNCTIONS
from references._arrays import derivatives

from npbridge import special
from npbridge.errors import OptionError
from npbridge.special._harmonics import sph_legendre_dn
from npbridge.special._legendre import assoc_legendre_dn, legendre_dn

D = torch.float64
N, M = torch.tensor([[3], [2]]), torch.tensor([2, -1])
Z = torch.tensor([0.3, -0.6], dtype=D)


def higher(y, x, order):
    """A derivative of a sum."""
    for _ in range(order):
        (y,) = torch.autograd.grad(y.sum(), x, create_graph=True)
    return y.detach()


@pytest.mark.parametrize("order", [1, 2, 3])
@pytest.mark.parametrize("row", [0, 1, 2])
def test_rows_go_on_to_any_order(row, order):
    """A row of derivatives is differentiated as the function itself would be once more."""
    x, n, m = Z.clone().requires_grad_(), N[:1], M[:1]
    options = {"branch_cut": 2, "norm": True}
    for y, expected in (
        (special.legendre_p(n, x, diff_n=2)[row], legendre_dn(row + order, n, Z)),
        (
            special.assoc_legendre_p(n, m, x, **options, diff_n=2)[row],
            assoc_legendre_dn(row + order, n, m, Z, 2, 1),
        ),
        (special.sph_legendre_p(n, m, x, diff_n=2)[row], sph_legendre_dn(row + order, n, m, Z)),
        (
            special.assoc_legendre_p_all(3, 2, x, **options, diff_n=2)[row, 3, 2],
            assoc_legendre_dn(row + order, n, m, Z, 2, 1),
        ),
        (
            special.sph_legendre_p_all(3, 2, x, diff_n=2)[row, 3, 2],
            sph_legendre_dn(row + order, n, m, Z),
        ),
    ):
        torch.testing.assert_close(
            higher(y, x, order), expected.reshape(-1), rtol=1e-12, atol=1e-12
        )


@pytest.mark.parametrize("z", [0.3, -0.7, 0.9999, 1.0001, -1.05, -2.5, 30.0, 0.3 + 0.2j, 2 - 1j])
@pytest.mark.parametrize("order", [1, 2, 3])
def test_second_kind_is_mpmaths(z, order):
    """Also where SciPy's value is wrong: Q of degree 12 at -2.5."""
    x = torch.tensor(z, dtype=torch.complex128 if isinstance(z, complex) else D, requires_grad=True)
    first, second = special.lqn(12, x)
    for n, y in ((0, first), (1, first), (12, first), (5, second)):
        with mp.workdps(60):

            def legendre_q(t, n=n):
                before = mp.log((t + 1) / (t - 1) if abs(z) > 1 else (1 + t) / (1 - t)) / 2
                now = t * before - 1
                for k in range(2, n + 1):
                    before, now = now, ((2 * k - 1) * t * now - (k - 1) * before) / k
                return now if n else before

            truth = complex(mp.diff(legendre_q, mp.mpmathify(z), order + (y is second)))
        got = y[n]
        for k in range(order):
            (got,) = torch.autograd.grad(got.real, x, create_graph=k < order - 1, retain_graph=True)
            got = got.conj() if got.is_complex() else got
        assert abs(complex(got) - truth) <= 1e-11 * abs(truth)


@pytest.mark.parametrize(
    ("name", "args", "index", "expected"),
    [
        ("legendre_p", (3, -1.0), (1,), None),
        ("assoc_legendre_p", (3, 1, -1.0), (0,), -np.inf),
        ("assoc_legendre_p", (3, -2, 1.0), (0,), -0.25),
        ("assoc_legendre_p", (2, 3, 1.0), (0,), 0.0),
        ("assoc_legendre_p_all", (3, 2, -1.0), (0, 3, 2), -30.0),
        ("sph_legendre_p_all", (1, 1, np.pi), (0, 1, 1), np.sqrt(3 / (8 * np.pi))),
        ("lqn", (3, 1.0), (0, 2), np.inf),
        ("lqn", (3, -1.0), (0, 2), np.inf),
        ("lqmn", (1, 2, 1.0), (0, 1, 2), -np.inf),
    ],
)
def test_edges(name, args, index, expected):
    """At the ends of the interval and at the poles derivatives are the limits from within."""
    x = torch.tensor(args[-1], dtype=D, requires_grad=True)
    options = {"diff_n": 1} if index == (1,) else {}
    y = getattr(special, name)(*args[:-1], x, **options)
    y = y[index[0]][index[1:]] if isinstance(y, tuple) else y[index]
    (got,) = torch.autograd.grad(y, x)
    expected = -15.0 if expected is None else expected
    np.testing.assert_allclose(got, expected, rtol=1e-14)


def test_norm_at_the_ends_is_right_where_scipy_is_not():
    """SciPy 1.17.1 leaves the factor out at z = 1; its derivative there has it."""
    assert sc.assoc_legendre_p(1, 0, 1.0, norm=True)[0] == 1.0
    x = torch.tensor(1.0, dtype=D, requires_grad=True)
    special.assoc_legendre_p(1, 0, x, norm=True).sum().backward()
    np.testing.assert_allclose(x.grad, np.sqrt(1.5), rtol=1e-15)


def test_scipys_second_kind_is_wrong_here_and_there():
    """In SciPy 1.17.1, as the notes say; the gradients of these are tested above."""
    np.testing.assert_allclose(sc.lqmn(0, 20, -2.5)[0][0, 20], -2.04171153169457e-15, rtol=1e-12)
    assert abs(sc.lqn(20, -2.5)[0][20]) > 1e-6
    assert sc.lqn(1, 1.5)[0][0] == 0.0 != sc.lqn(2, 1.5)[0][0]
    assert np.isnan(sc.lqn(3, -0.6 - 0.9j)[0]).any()


@pytest.mark.parametrize(("m", "n"), [(0, 1), (2, 0), (2, 3)])
def test_no_memory_is_returned_unwritten(m, n):
    """Left of the interval SciPy (1.17.1) does not write to what lqmn returns."""
    points = np.array([-1.1, -1.05, -1.0001, -1.2, 0.3])
    found = torch.cat([y.reshape(-1) for y in special.lqmn(m, n, torch.from_numpy(points))])
    with mp.workdps(30):
        truth = [float(y) for y in FUNCTIONS["lqmn"](m, n, points)]
    np.testing.assert_allclose(found, truth, rtol=2e-11)
    assert (
        special.lqmn(m, n, -1.05)[0].ravel().tolist() == found.reshape(2, -1, 5)[0, :, 1].tolist()
    )


def test_hessians_of_harmonics_are_differentiable():
    """First and second derivatives of values, gradients and Hessians are mpmath's."""
    angles = torch.tensor([0.4, 5.1], dtype=D)

    def parts(x):
        values = special.sph_harm_y_all(1, 1, x[0], x[1], diff_n=2)
        return torch.view_as_real(torch.cat([y.reshape(-1) for y in values]))

    truth = derivatives(FUNCTIONS["sph_harm_y_all"], (1, 1, 0.4, 5.1), {"diff_n": 2})
    first = torch.func.jacrev(parts)(angles)
    second = torch.func.jacfwd(torch.func.jacrev(parts))(angles)
    for got, expected in zip((parts(angles), first, second), truth, strict=True):
        numbers = torch.complex(got[:, 0], got[:, 1])
        np.testing.assert_allclose(numbers, np.moveaxis(expected, -1, 0), rtol=1e-12, atol=1e-15)


PHI = torch.tensor([[0.4], [5.1]], dtype=D)
BATCHES = [
    ("legendre_p", (N, Z), (0, None)),
    ("legendre_p", (N, Z), (None, 0)),
    ("legendre_p", (N, PHI / 6), (0, 0)),
    ("assoc_legendre_p", (N, M, Z), (0, 0, 0)),
    ("sph_legendre_p", (N, M, 1 + Z), (None, 0, None)),
    ("legendre_p_all", (2, Z), (None, 0)),
    ("assoc_legendre_p_all", (2, 1, Z), (None, None, 0)),
    ("sph_legendre_p_all", (2, 1, 1 + Z), (None, None, 0)),
    ("sph_harm_y_all", (1, 1, 1 + Z, PHI), (None, None, 0, None)),
    ("sph_harm_y_all", (1, 1, 1 + Z, PHI), (None, None, 0, 0)),
    ("lqn", (2, PHI.T), (None, 1)),
    ("lqmn", (1, 2, Z), (None, None, 0)),
]


@pytest.mark.parametrize(("name", "args", "dims"), BATCHES)
def test_a_batch_is_one_call(name, args, dims, monkeypatch):
    """Of degrees and orders, too, and beside arguments of other numbers of dimensions."""
    op, function, calls = getattr(special, name), getattr(sc, name), []

    def counted(*given, **options):
        calls.append(name)
        return function(*given, **options)

    assert op.__doc__  # it is made once, by calls, and torch.vmap reads it
    monkeypatch.setattr(sc, name, counted)
    got = torch.vmap(op, dims)(*args)
    assert len(calls) == 1
    got = got if isinstance(got, tuple) else (got,)
    for i in range(2):
        one = op(*[x if d is None else x.select(d, i) for x, d in zip(args, dims, strict=True)])
        for whole, part in zip(got, one if isinstance(one, tuple) else (one,), strict=True):
            torch.testing.assert_close(whole[i], part, rtol=0, atol=0)


@pytest.mark.parametrize("compiled", [False, True], ids=["eager", "compiled"])
def test_degrees_may_be_the_only_tensor(compiled):
    def call(n):
        return special.legendre_p(n, 0.3), special.legendre_p(n, Z.float(), diff_n=1)

    wide, single = (torch.compile(call, backend="aot_eager") if compiled else call)(N)
    assert (wide.dtype, wide.shape) == (D, (1, 2, 1))
    assert (single.dtype, single.shape) == (torch.float32, (2, 2, 2))


def test_a_number_beside_a_tensor_keeps_its_digits():
    """A Python float is none of single precision."""
    phi = PHI[0].clone().requires_grad_()
    found = [
        torch.autograd.grad(special.sph_harm_y_all(1, 1, t, phi)[1, 1].real.sum(), phi)
        for t in (0.4, torch.tensor(0.4, dtype=D))
    ]
    torch.testing.assert_close(*found, rtol=0, atol=0)


def test_degree_zero():
    """Constants: SciPy's values, and a gradient of zeros."""
    z = Z.clone().requires_grad_()
    y = special.legendre_p_all(0, z, diff_n=1)
    assert y.tolist() == sc.legendre_p_all(0, Z.numpy(), diff_n=1).tolist()
    (g,) = torch.autograd.grad(y.sum(), z)
    assert g.tolist() == [0.0, 0.0]


def test_sph_harm_y_has_one_output():
    """Without derivatives beside it; the message says which functions have them."""
    theta = Z + 1

    def call():
        return special.sph_harm_y(2, 1, theta, 0.5, diff_n=0)

    for run in (call, torch.compile(call, backend="aot_eager", fullgraph=True)):
        assert run().tolist() == sc.sph_harm_y(2, 1, theta.numpy(), 0.5, diff_n=0).tolist()
    for x in (theta, 0.3):
        with pytest.raises(OptionError) as caught:
            special.sph_harm_y(2, 1, x, 0.5, diff_n=1)
        assert str(caught.value) == (
            "npbridge.special.sph_harm_y takes no diff_n=1: it has one output, whose derivatives "
            "are those of the tensor.\n"
            "  expected  diff_n=0\n"
            "  got       diff_n=1\n"
            "Call npbridge.special.sph_harm_y_all for values, gradients and Hessians, or "
            "npbridge.special.sph_legendre_p for derivatives in theta."
        )
