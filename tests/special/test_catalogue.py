"""The catalogue: values, derivatives of every order, edges, dtypes, complex numbers, messages."""

import inspect
import re
import warnings
from itertools import permutations

import mpmath as mp
import numpy as np
import pytest
import scipy.special as sc
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from references import (
    HELPERS,
    OPS,
    OVERFLOW,
    REFERENCES,
    SLOW,
    UNDERFLOW,
    exact,
    kinds,
    points,
    sequences,
)
from torch.autograd import gradcheck, gradgradcheck

from npbridge import special
from npbridge._partials import Integer, Unwritten
from npbridge.errors import MissingDerivativeError, UnsupportedTensorError

D = torch.float64
TIGHT = {"rtol": 1e-6, "atol": 1e-8}
ALIASES = {"digamma": "psi", "jn": "jv"}

every_op = pytest.mark.parametrize("op", OPS.values(), ids=OPS)
every_entry = pytest.mark.parametrize("name", special.CATALOGUE)


def leaves(group, dtype=D):
    """The arguments of a group of points by name: integers, and tensors that need gradients."""
    floats = {
        name: torch.tensor(column, dtype=dtype, requires_grad=name in kinds(group.op)[2])
        for name, column in group.columns.items()
    }
    return {name: (group.integers | floats)[name] for name in group.op.names}


def reverse(op, arguments, sequence):
    """The derivative in the arguments named by `sequence`, by reverse mode over reverse mode."""
    y = op(*arguments.values())
    for k, name in enumerate(sequence, 1):
        if not y.requires_grad:
            return torch.zeros_like(y)
        (y,) = torch.autograd.grad(
            y.sum(), arguments[name], create_graph=k < len(sequence), materialize_grads=True
        )
    return y.detach()


def forward(op, arguments, sequence):
    """The same derivative by forward mode over forward mode."""

    def level(depth, given):
        if depth == 0:
            return op(*given.values())
        name = sequence[depth - 1]
        x = given[name]
        return torch.func.jvp(
            lambda t: level(depth - 1, given | {name: t}), (x,), (torch.ones_like(x),)
        )[1]

    fixed = {k: v.detach() if isinstance(v, torch.Tensor) else v for k, v in arguments.items()}
    return level(len(sequence), fixed)


def relative_errors(group, sequence):
    """Relative errors against mpmath at the points where the derivative exists as a double."""
    got = reverse(group.op, leaves(group), sequence).numpy()
    with np.errstate(all="ignore"):
        values = group.op.numpy(*group.integers.values(), *group.columns.values())
    errors = []
    for row, value, derivative in zip(group.rows(), values, got, strict=True):
        reference = exact(group.op, row, sequence) if np.isfinite(value) else None
        if reference is None or abs(reference) > OVERFLOW:
            continue
        if abs(reference) < UNDERFLOW:
            assert abs(derivative) < 1e3 * UNDERFLOW, row
        else:
            errors.append(float(abs(mp.mpf(derivative) / reference - 1)))
            assert np.isfinite(derivative), row
    return errors


# -- what an entry says of itself -----------------------------------------------------------------


def test_every_entry_has_a_reference():
    """The table of mpmath references has exactly the ops found in the chapters."""
    assert REFERENCES.keys() == OPS.keys()


def test_the_catalogue_is_the_chapters():
    """Every name of the catalogue is an op of a chapter, under its own name or SciPy's alias."""
    for name, op in special.CATALOGUE.items():
        assert getattr(special, name) is op is OPS[ALIASES.get(name, name)]
    for alias, name in ALIASES.items():
        assert getattr(sc, alias) is getattr(sc, name)
        assert special.CATALOGUE[alias] is special.CATALOGUE[name]


@every_op
def test_record_is_complete(op):
    """Title, source, and for every argument a partial and an interval that lies in the domain."""
    assert op.title.endswith(".")
    assert op.source
    assert list(op.partials) == list(op.names) == list(op.domain)
    assert all(low < high for low, high in op.domain.values())
    assert op.holomorphic <= set(op.names)
    assert all(set(stated) <= set(op.names) for _, stated in op.edges)
    assert op.title in op.__doc__
    assert op.edges, "an entry has points to remember"


@every_entry
def test_arguments_are_named_as_in_scipy(name):
    """The argument names are those of SciPy's docstring or signature."""
    function = getattr(sc, name)
    if isinstance(function, np.ufunc):
        own = ALIASES.get(name, name)
        found = re.findall(rf"\b{own}\(([\w, ]+), out=None\)", function.__doc__)
        names = found[0].split(", ")
    else:
        names = list(inspect.signature(function).parameters)
    assert names == list(special.CATALOGUE[name].names)


# -- values ---------------------------------------------------------------------------------------


@every_entry
def test_value_is_scipys_bit_for_bit(name):
    """In float64 the value is SciPy's to the last bit, at ordinary and at special numbers."""
    op, function = special.CATALOGUE[name], getattr(sc, name)
    special_numbers = np.array([0.0, -0.0, 1.0, np.inf, -np.inf, np.nan, 5e-324, -1e300, 1e300])
    for group in points(op):
        columns = [
            np.concatenate([column, special_numbers[: 7 if name in SLOW else None]])
            for column in group.columns.values()
        ]
        expected = function(*group.integers.values(), *columns)
        tensors = [torch.from_numpy(column) for column in columns]
        assert op(*group.integers.values(), *tensors).numpy().tobytes() == expected.tobytes()


@pytest.mark.parametrize("op", HELPERS.values(), ids=HELPERS)
def test_value_of_a_helper_matches_mpmath(op):
    """The functions that SciPy does not have are accurate themselves."""
    for group in points(op):
        if op.name != "gammainc_da" or group.integers["n"]:
            assert max(relative_errors(group, ())) < 1e-13


# -- derivatives ----------------------------------------------------------------------------------


@every_op
def test_first_derivatives_match_mpmath(op):
    """First derivatives are right to 1e-11, mostly to rounding, in the domain and far beyond it."""
    for sequence in sequences(op, 1):
        errors = [e for group in points(op) for e in relative_errors(group, sequence)]
        assert errors
        assert max(errors) < 1e-11
        assert np.median(errors) < 1e-14


@every_op
def test_second_derivatives_match_mpmath(op):
    """All second derivatives, mixed ones in both orders, are right to 1e-10 in and beyond it."""
    for sequence in sequences(op, 2):
        errors = [
            e
            for group in points(op, beyond="gammainc" not in op.name)
            for e in relative_errors(group, sequence)
        ]
        assert max(errors, default=0.0) < 1e-10
        assert np.median(errors or [0.0]) < 1e-13


@every_op
def test_third_derivatives_match_mpmath(op):
    """All third derivatives are right to 1e-9 at points inside the domain."""
    for group in points(op, inside=2, beyond=False):
        for sequence in sequences(op, 3):
            assert max(relative_errors(group, sequence), default=0.0) < 1e-9


@every_op
@pytest.mark.parametrize("order", [4, 5])
def test_high_orders_match_mpmath(op, order):
    """Orders 4 and 5 by nested torch.func.grad are right to 1e-8 at a point inside the domain."""
    group = points(op, inside=1, beyond=False)[0]
    (row,) = group.rows()
    for name in kinds(op)[2]:

        def function(x, name=name):
            return op(
                *[
                    x if n == name else torch.tensor(v, dtype=D) if n in group.columns else v
                    for n, v in row.items()
                ]
            )

        for _ in range(order):
            function = torch.func.grad(function)
        got = float(function(torch.tensor(row[name], dtype=D)))
        assert got == pytest.approx(float(exact(op, row, (name,) * order)), rel=1e-8, abs=1e-300)


@pytest.mark.parametrize("sequence", [("x", "x"), ("x", "x", "x"), ("a", "x", "x"), ("a", "x")])
@pytest.mark.parametrize("shape", [30.0, 1e3, 1e6])
def test_gamma_derivatives_at_large_shapes(sequence, shape):
    """Within some widths of its peak the density's derivatives do not cancel for large shapes."""
    for widths in (-3.1, -0.3, 0.6, 2.2):
        x = shape + widths * np.sqrt(shape)
        arguments = {
            name: torch.tensor(value, dtype=D, requires_grad=True)
            for name, value in (("a", shape), ("x", x))
        }
        got = float(reverse(special.gammainc, arguments, sequence))
        # gammainc itself is slow in mpmath here; its first derivative in x is the density.
        below = list(sequence)
        below.remove("x")
        row = {"n": 0, "a": shape, "x": x}
        expected = exact(OPS["gamma_density_da"], row, tuple(below))
        assert got == pytest.approx(float(expected), rel=1e-11)


def test_orders_beyond_the_validated_ones_raise():
    """The seventh derivative of the incomplete gamma functions in a is an error with its reason."""

    def function(a):
        return special.gammaincc(a, 2.0)

    for _ in range(7):
        function = torch.func.grad(function)
    with pytest.raises(MissingDerivativeError) as caught:
        function(torch.tensor(1.5, dtype=D))
    assert str(caught.value) == (
        "npbridge.special.gammainc is differentiable 6 times in this argument, and derivative 7 "
        "was asked for."
    )


@every_op
@pytest.mark.parametrize("order", [1, 2])
def test_forward_mode_equals_reverse_mode(op, order):
    """Forward mode, once and nested, gives what reverse mode gives, in the domain and beyond."""
    for group in points(op):
        for sequence in sequences(op, order):
            np.testing.assert_allclose(
                forward(op, leaves(group), sequence),
                reverse(op, leaves(group), sequence),
                rtol=1e-10,
                atol=UNDERFLOW,
            )


@st.composite
def operands(draw, op, dtype=D):
    """Arguments in the domain, in shapes that broadcast; integers as numbers."""
    full = draw(st.lists(st.integers(1, 2), max_size=2))
    drawn = []
    for name in op.names:
        low, high = op.domain[name]
        if isinstance(op.partials[name], Integer):
            drawn.append(draw(st.integers(low, min(high, low + 1))))
            continue
        shape = [1 if draw(st.booleans()) else n for n in full[draw(st.integers(0, len(full))) :]]
        count = int(np.prod(shape))
        numbers = draw(st.lists(st.floats(low, high), min_size=count, max_size=count))
        x = torch.tensor(numbers, dtype=dtype).reshape(shape)
        drawn.append(x.requires_grad_(name in kinds(op)[2]))
    return tuple(drawn)


@every_op
@settings(max_examples=5)
@given(data=st.data())
def test_gradcheck(op, data):
    """Finite differences agree with the first and second derivatives, under broadcasting too."""
    inputs = data.draw(operands(op))
    assert gradcheck(op, inputs, check_forward_ad=True, **TIGHT)
    assert gradgradcheck(op, inputs, **TIGHT)


# -- edges ----------------------------------------------------------------------------------------


def at_edges(op):
    """The literal edge points of an entry as arguments of shape (1,), with what they state."""
    for point, stated in op.edges:
        yield (
            {
                name: value
                if isinstance(op.partials[name], Integer)
                else torch.tensor([value], dtype=D, requires_grad=name in kinds(op)[2])
                for name, value in zip(op.names, point, strict=True)
            },
            stated,
        )


@every_op
def test_edges_have_the_stated_derivatives(op):
    """Each edge point gives the stated derivative on arrays, on tensors and in forward mode."""
    for arguments, stated in at_edges(op):
        for name, expected in stated.items():
            y = op(*arguments.values())
            (kept,) = torch.autograd.grad(y, arguments[name], torch.ones(1, dtype=D), True)
            (on_tensors,) = torch.autograd.grad(
                op(*arguments.values()), arguments[name], torch.ones(1, dtype=D), create_graph=True
            )
            on_arrays = reverse(op, arguments, (name,))
            pushed = forward(op, arguments, (name,))
            for got in (kept, on_tensors.detach(), on_arrays, pushed):
                np.testing.assert_allclose(got, [expected], rtol=1e-15)


@every_op
def test_edges_have_second_derivatives(op):
    """At edge points no second derivative is NaN, and mixed ones do not depend on their order."""
    for arguments, _ in at_edges(op):
        for sequence in sequences(op, 2):
            got = reverse(op, arguments, sequence)
            assert not torch.isnan(got).any(), (arguments, sequence)
            for other in permutations(sequence):
                np.testing.assert_array_equal(got, reverse(op, arguments, other))
            np.testing.assert_allclose(got, forward(op, arguments, sequence), rtol=1e-15)


SECOND_ORDER_EDGES = [
    ("gammainc", (1.0, 0.0), ("x", "x"), -1.0),
    ("gammainc", (1.0, 0.0), ("x", "x", "x"), 1.0),
    ("gammainc", (2.0, 0.0), ("x", "x", "x"), -2.0),
    ("gammainc", (2.0, 0.0), ("a", "x", "x"), -np.inf),
    ("gammainc", (3.0, 0.0), ("x", "x", "x"), 1.0),
    ("gammainc", (17.0, 1e-300), ("x", "x", "x"), 0.0),
    ("gammaincc", (0.5, 0.0), ("a", "x"), np.inf),
    ("xlogy", (0.0, 0.0), ("x", "y"), np.inf),
    ("xlogy", (0.0, 0.0), ("y", "x"), np.inf),
    ("xlogy", (0.0, 2.0), ("y", "x"), 0.5),
    ("j0", (0.0,), ("x", "x"), -0.5),
    ("j1", (0.0,), ("x", "x", "x"), -0.375),
    ("jv", (2.0, 0.0), ("z", "z"), 0.25),
    ("log_ndtr", (-1e150,), ("x", "x"), -1.0),
    ("log_ndtr", (60.0,), ("x", "x", "x"), 0.0),
]


@pytest.mark.parametrize(("name", "point", "sequence", "expected"), SECOND_ORDER_EDGES)
def test_higher_derivatives_at_edges(name, point, sequence, expected):
    """Limits worked out by hand hold at edge points at second and third order."""
    op = special.CATALOGUE[name]
    arguments = {
        n: torch.tensor([v], dtype=D, requires_grad=n in kinds(op)[2])
        for n, v in zip(op.names, point, strict=True)
    }
    np.testing.assert_allclose(reverse(op, arguments, sequence), [expected], rtol=1e-14)
    np.testing.assert_allclose(forward(op, arguments, sequence), [expected], rtol=1e-14)


# -- any number at all ----------------------------------------------------------------------------


@every_op
def test_nan_gives_nan(op):
    """NaN in an argument gives NaN in the value and in every partial that depends on it."""
    middle = {name: sum(interval) / 2 for name, interval in op.domain.items()}
    integers, floats, written = kinds(op)
    middle |= {name: op.domain[name][0] for name in integers}
    for spoilt in floats:
        arguments = {
            name: value
            if name in integers
            else torch.tensor(
                [np.nan if name == spoilt else value], dtype=D, requires_grad=name in written
            )
            for name, value in middle.items()
        }
        assert torch.isnan(op(*arguments.values())).all()
        for target in written:
            wants = inspect.signature(op.partials[target]).parameters
            if spoilt in wants or "out" in wants:
                assert torch.isnan(reverse(op, arguments, (target,))).all()
                assert torch.isnan(forward(op, arguments, (target,))).all()


@every_op
@settings(max_examples=40)
@given(data=st.data())
def test_no_finite_number_warns(op, data):
    """Value, first and second derivatives of any finite numbers raise and warn of nothing."""
    finite = st.floats(
        allow_nan=False, allow_infinity=False, min_value=-1e4 if op.name in SLOW else None
    )
    arguments = {
        name: data.draw(st.integers(op.domain[name][0], op.domain[name][1]))
        if isinstance(op.partials[name], Integer)
        else torch.tensor(
            data.draw(st.lists(finite, min_size=2, max_size=2)),
            dtype=D,
            requires_grad=name in kinds(op)[2],
        )
        for name in op.names
    }
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        script = "`torch.jit.script` is deprecated"
        warnings.filterwarnings("ignore", script)  # forward mode makes torch script its own (2.13)
        for order in (1, 2):
            for sequence in sequences(op, order):
                reverse(op, arguments, sequence)
                forward(op, arguments, sequence)


# -- other dtypes ---------------------------------------------------------------------------------

# Formulas run in float32 too: exp(-x²) loses x² ulp, a difference of Bessel functions what it
# cancels.
ULP = 1.2e-7


@every_op
def test_float32_is_close_to_float64(op):
    """In float32 values are right to one ulp, and gradients to few of the largest term's."""
    for group in points(op, inside=40, beyond=False):
        narrow = leaves(group, torch.float32)
        wide = {
            k: v.detach().double().requires_grad_(v.requires_grad) if k in group.columns else v
            for k, v in narrow.items()
        }
        value, expected = op(*narrow.values()).detach(), op(*wide.values()).detach()
        assert value.dtype == torch.float32
        np.testing.assert_allclose(value, expected, rtol=ULP, atol=1e-44)
        for sequence in sequences(op, 1):
            got, true = reverse(op, narrow, sequence), reverse(op, wide, sequence)
            assert got.dtype == torch.float32
            np.testing.assert_allclose(got, true, rtol=128 * ULP, atol=1e-37)


HOLOMORPHIC = {name: op for name, op in OPS.items() if op.holomorphic}


def complex_arguments(op, name):
    """Arguments in the domain with `name` complex, and the same for mpmath."""
    (group, *_) = points(op, inside=5, beyond=False)
    for k, row in enumerate(group.rows()):
        z = row[name] / 3 + (0.7 - 0.4 * k) * 1j
        values = row | {name: z}
        yield (
            values,
            {
                n: torch.tensor(v, dtype=torch.complex128, requires_grad=True)
                if n == name
                else torch.tensor(v, dtype=D)
                if n in group.columns
                else v
                for n, v in values.items()
            },
        )


@pytest.mark.parametrize("op", HOLOMORPHIC.values(), ids=HOLOMORPHIC)
def test_complex_derivatives_match_mpmath(op):
    """Values and derivatives are those of the holomorphic function; gradients are conjugate."""
    for name in sorted(op.holomorphic):
        for values, arguments in complex_arguments(op, name):
            y = op(*arguments.values())
            (g,) = torch.autograd.grad(y.real, arguments[name], create_graph=True)
            second = torch.zeros_like(g)
            if g.requires_grad:
                (second,) = torch.autograd.grad(g.real, arguments[name])
            with mp.workdps(40):

                def function(z, values=values, name=name):
                    return REFERENCES[op.name].function(*(values | {name: z}).values())

                z = mp.mpc(values[name])
                expected = [complex(mp.diff(function, z, n)) for n in range(3)]
            np.testing.assert_allclose(y.detach(), expected[0], rtol=1e-12)
            np.testing.assert_allclose(g.detach().conj().resolve_conj(), expected[1], rtol=1e-12)
            np.testing.assert_allclose(
                second.detach().conj().resolve_conj(), expected[2], rtol=1e-11, atol=1e-25
            )
            inputs = tuple(arguments.values())
            assert gradcheck(op, inputs, check_forward_ad=True, **TIGHT)


REAL_ONLY = [(op, n) for op in OPS.values() for n in kinds(op)[1] if n not in op.holomorphic]


@pytest.mark.parametrize(("op", "name"), REAL_ONLY, ids=[f"{op.name}-{n}" for op, n in REAL_ONLY])
def test_other_arguments_refuse_complex_numbers(op, name):
    """An argument whose partial is written for real numbers refuses complex ones, and says so."""
    arguments = {n: op.domain[n][0] for n in op.names} | {name: torch.ones(1, dtype=torch.cfloat)}
    with pytest.raises(UnsupportedTensorError) as caught:
        op(*arguments.values())
    assert str(caught.value) == (
        f"{op.name} does not take complex numbers for {name!r}.\n"
        "  expected  a real tensor\n"
        "  got       complex64\n"
        f"Its partial derivative is written for real {name!r} only."
    )


# -- arguments without a derivative ---------------------------------------------------------------

WITHOUT = [
    (op, name)
    for entry, op in special.CATALOGUE.items()
    for name in op.names
    if entry not in ALIASES and name not in kinds(op)[2]
]


@pytest.mark.parametrize(("op", "name"), WITHOUT, ids=[f"{op.name}-{n}" for op, n in WITHOUT])
def test_arguments_without_a_derivative_raise(op, name):
    """The value is computed, and its backward says which argument has no derivative, and why."""
    reason = op.partials[name]
    arguments = {n: op.domain[n][0] for n in op.names}
    arguments[name] = torch.tensor(float(op.domain[name][0]), requires_grad=True)
    arguments[op.names[-1]] = torch.tensor(op.domain[op.names[-1]][1])
    expected = {
        Integer: f"npbridge.special.{op.name} has no derivative with respect to {name!r}, which "
        f"takes integers: {reason.why}.\nPass {name}.detach().",
        Unwritten: f"npbridge.special.{op.name} has no derivative with respect to {name!r}: "
        f"{reason.why} ({getattr(reason, 'see', '')}).\nPass {name}.detach(), or write your own "
        "rule with npbridge.numpy_op.",
    }[type(reason)]
    y = op(*arguments.values())
    with pytest.raises(MissingDerivativeError) as caught:
        y.backward()
    assert str(caught.value) == expected
