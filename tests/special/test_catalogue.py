"""The catalogue: records, values, both modes, edges, dtypes, any number at all, messages."""

import inspect
import re
import warnings
from itertools import permutations

import numpy as np
import pytest
import scipy.special as sc
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from modes import forward, listed, real_parts, reverse
from references import ARRAYS, BY_CHAPTER, ENTRIES, OPS, REFERENCES
from references.measure import UNDERFLOW, arguments, grouped
from references.points import kinds, least, rows, sequences
from scipy.integrate import IntegrationWarning

from npbridge import special
from npbridge._partials import Integer, Unwritten
from npbridge.domains import Choices
from npbridge.errors import MissingDerivativeError, UnsupportedTensorError
from npbridge.testing import PROPERTIES, check_property

D = torch.float64
MISPRINTED = {"btdtrib": "btdtria"}  # the docstring of the one has the other's name (SciPy 1.17.1)
ALIASES = {
    "digamma": "psi",
    "jn": "jv",
    "cg_roots": "roots_gegenbauer",
    "j_roots": "roots_jacobi",
    "js_roots": "roots_sh_jacobi",
    "la_roots": "roots_genlaguerre",
}

every_op = pytest.mark.parametrize("op", OPS.values(), ids=OPS)
every_entry = pytest.mark.parametrize("name", ENTRIES)


def groups(op, count=None):
    """The points of an entry, `count` for each choice of integers, as arguments by name."""
    points = rows(op, REFERENCES[op.name])
    for places in grouped(op, points):
        yield arguments(op, [points[i] for i in places[:count]])


def at(op, point):
    """The arguments of one point by name: integers, and tensors of shape (1,)."""
    return arguments(op, [point])


# -- what an entry says of itself -----------------------------------------------------------------


def test_the_catalogue_is_the_chapters():
    """Every name of the catalogue is an op of a chapter, under its own name or SciPy's alias."""
    for name, op in special.CATALOGUE.items():
        assert getattr(special, name) is op is (OPS | ARRAYS)[ALIASES.get(name, name)]
    for alias, name in ALIASES.items():
        assert getattr(sc, alias) is getattr(sc, name)
        assert special.CATALOGUE[alias] is special.CATALOGUE[name]


@every_op
def test_record_is_complete(op):
    """Title, source, and for every argument a partial and an interval that lies in the domain."""
    assert op.title.endswith(".")
    assert op.source
    assert list(op.partials) == list(op.names) == list(op.domain)
    assert all(isinstance(d, Choices) or d[0] < d[1] for d in op.domain.values())
    assert op.holomorphic <= set(op.names)
    assert all(set(stated) <= set(op.names) for _, stated in op.edges)
    assert op.title in op.__doc__
    assert op.edges or not kinds(op)[2], "an entry has points to remember"


@every_entry
def test_arguments_are_named_as_in_scipy(name):
    """The argument names are those of SciPy's docstring or signature."""
    function = getattr(sc, name)
    if isinstance(function, np.ufunc | type(sc.sph_harm_y)):
        own = MISPRINTED.get(name) or ALIASES.get(name, name)
        call = rf"\b{own}\(([\w, ]+), (?:out=|\*(?:, (\w+)=0\))?)"  # a ufunc has no options
        arguments, option = re.findall(call, function.__doc__)[0]
        names = [*arguments.split(", "), *([option] if option else [])]
    else:
        names = list(inspect.signature(function).parameters)  # and options after them
    assert names[: len(special.CATALOGUE[name].names)] == list(special.CATALOGUE[name].names)


# -- values ---------------------------------------------------------------------------------------

SPECIAL = np.array([0.0, -0.0, 1.0, np.inf, np.nan, 5e-324, 1e300, -1e300, -np.inf])


@every_entry
def test_value_is_scipys_bit_for_bit(name):
    """In float64 the value is SciPy's to the last bit, at ordinary and at special numbers."""
    op, function = special.CATALOGUE[name], getattr(sc, name)
    # Where SciPy sums a term for each unit, it would take years at the largest negative numbers.
    numbers = SPECIAL[: 7 if REFERENCES[op.name].reach else None]
    if name in ("ellip_harm_2", "multigammaln", "pbdv", "pbvv") or name.startswith(
        ("mathieu_", "pro_", "obl_")
    ):
        numbers = numbers[
            :0
        ]  # SciPy raises, prints errors, runs out of memory, or crashes the interpreter
    for given_ in groups(op):
        arrays = [
            np.concatenate([v.detach().numpy(), numbers]) if isinstance(v, torch.Tensor) else v
            for v in given_.values()
        ]
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore", IntegrationWarning)  # SciPy's own, of ellip_harm_2
            expected = op.parameters.call(function, arrays)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # the forward keeps NumPy's own
            tensors = [torch.from_numpy(v) if isinstance(v, np.ndarray) else v for v in arrays]
            got = op.parameters.call(op, tensors)
        for y, e in zip(listed(got), listed(expected), strict=True):
            assert y.numpy().tobytes() == e.tobytes()


# -- both modes, every transform ------------------------------------------------------------------


@every_op
@pytest.mark.parametrize("order", [1, 2])
def test_forward_mode_equals_reverse_mode(op, order):
    """Forward mode, once and nested, gives what reverse mode gives, in the domain and beyond."""
    for given_ in groups(op, None if order == 1 else 12):
        for sequence in sequences(op, order):
            pairs = zip(forward(op, given_, sequence), reverse(op, given_, sequence), strict=True)
            for pushed, pulled in pairs:
                np.testing.assert_allclose(pushed, pulled, rtol=1e-10, atol=UNDERFLOW)


@every_op
def test_numbers_beside_tensors_are_as_precise_as_tensors(op):
    """An argument given as a Python number leaves all derivatives in the others as they are."""
    _, floats, written = kinds(op)
    for row in rows(op, REFERENCES[op.name])[:2] if len(floats) > 1 else []:
        tensors = at(op, row)
        for target in written:
            numbers = dict(zip(op.names, row, strict=True)) | {target: tensors[target]}
            for order in (1, 2):
                sequence = (target,) * order
                pairs = zip(
                    reverse(op, numbers, sequence), reverse(op, tensors, sequence), strict=True
                )
                for got, expected in pairs:
                    np.testing.assert_allclose(got, expected, rtol=1e-14, atol=UNDERFLOW)


QUICK = [name for name in PROPERTIES if name not in ("compile", "leaks", "pickling")]
ROUGH = ("ncfdtrinc", "nctdtrinc")
"""Of which SciPy's values are too rough for differences of them to say anything. Their derivatives
are those of `ncfdtrinc_root` and `nctdtrinc_root`, of which everything is tried."""


@every_op
def test_every_property_holds(op):
    """What `npbridge.testing` knows to try, on whatever the domain allows."""
    compared = ("reverse mode", "forward mode") if op.name in ROUGH else ()
    chosen = [name for name in QUICK if name not in compared]
    settings(max_examples=2)(check_property(op, properties=chosen))()


@pytest.mark.parametrize(
    "op", [op for op in OPS.values() if op.holomorphic], ids=lambda op: op.name
)
def test_every_property_holds_of_complex_numbers(op):
    """The same with complex numbers in the holomorphic arguments."""
    settings(max_examples=2)(check_property(op, properties=QUICK, complex=True))()


# -- edges ----------------------------------------------------------------------------------------


def stated_at_edges(op):
    """The literal edge points of an entry, with the derivatives they state for each output."""
    for point, stated in op.edges:
        for name, expected in stated.items():
            each = expected if isinstance(expected, tuple) else (expected,)
            numbers = [
                part
                for e in each
                for part in ((e.real, e.imag) if isinstance(e, complex) else (e,))
            ]
            yield at(op, point), name, numbers


@every_op
def test_edges_have_the_stated_derivatives(op):
    """Each edge point gives the stated derivative on arrays, on tensors and in forward mode."""
    for given_, name, expected in stated_at_edges(op):
        on_arrays = reverse(op, given_, (name,))
        on_tensors = []
        for y in real_parts(listed(op(**given_))):
            ones = torch.ones_like(y)
            found = torch.autograd.grad(y, given_[name], ones, create_graph=True)
            on_tensors.append(found[0].detach())
        for got in (on_arrays, on_tensors, forward(op, given_, (name,))):
            for g, e in zip(got, expected, strict=True):
                np.testing.assert_allclose(g, [e], rtol=1e-13, atol=1e-300)


@every_op
def test_edges_have_second_derivatives(op):
    """At edge points no second derivative is NaN, and mixed ones do not depend on their order."""
    for given_, *_ in stated_at_edges(op):
        for sequence in sequences(op, 2):
            got = reverse(op, given_, sequence)
            for g in got:
                assert not torch.isnan(g).any(), (given_, sequence)
            for other in permutations(sequence):
                for g, h in zip(got, reverse(op, given_, other), strict=True):
                    np.testing.assert_allclose(g, h, rtol=1e-12)
            for g, h in zip(got, forward(op, given_, sequence), strict=True):
                np.testing.assert_allclose(g, h, rtol=1e-13)


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
    np.testing.assert_allclose(reverse(op, at(op, point), sequence)[0], [expected], rtol=1e-14)
    np.testing.assert_allclose(forward(op, at(op, point), sequence)[0], [expected], rtol=1e-14)


# -- any number at all ----------------------------------------------------------------------------


@every_op
def test_nan_gives_nan(op):
    """NaN in an argument gives NaN in the value and in every partial that depends on it."""
    integers, floats, written = kinds(op)
    middle = [least(op, n) if n in integers else sum(op.domain[n]) / 2 for n in op.names]
    for spoilt in floats:
        point = [np.nan if n == spoilt else x for n, x in zip(op.names, middle, strict=True)]
        given_ = at(op, point)
        arrays = [v.detach().numpy() if isinstance(v, torch.Tensor) else v for v in given_.values()]
        own = listed(op.parameters.call(op.numpy, arrays))
        if not all(np.isnan(y).all() for y in own):
            assert op.name in special.CATALOGUE  # SciPy's own value is a number: comb and perm
            continue
        assert all(torch.isnan(y).all() for y in listed(op(**given_)))
        for target in written:
            wants = inspect.signature(op.partials[target]).parameters
            if (spoilt in wants or "out" in wants) and not op.several:
                assert torch.isnan(reverse(op, given_, (target,))[0]).all()
                assert torch.isnan(forward(op, given_, (target,))[0]).all()


EVERYWHERE = {n for c in ("bessel", "error", "gamma", "elementary") for n in BY_CHAPTER[c]}
"""The chapters tried with every finite number; SciPy itself takes minutes at 1e15 in others."""


@every_op
@settings(max_examples=5)
@given(data=st.data())
def test_no_finite_number_warns(op, data):
    """First and second derivatives at any finite numbers raise and warn of nothing."""
    integers, floats, _ = kinds(op)
    reach = REFERENCES[op.name].reach
    limits = {n: reach.get(n, (None, None)) for n in floats}
    given_ = {}
    for name in op.names:
        if name in integers:
            domain = op.domain[name]
            chosen = isinstance(domain, Choices)
            given_[name] = data.draw(
                st.sampled_from(domain.values) if chosen else st.integers(*domain)
            )
            continue
        low, high = (x if x is None or np.isfinite(x) else None for x in limits[name])
        if op.name not in EVERYWHERE:
            low, high = max(-1e6, low or -1e6), min(1e6, high or 1e6)
        finite = st.floats(low, high, allow_nan=False, allow_infinity=False)
        numbers = data.draw(st.lists(finite, min_size=2, max_size=2))
        given_[name] = torch.tensor(numbers, dtype=D, requires_grad=name in kinds(op)[2])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        script = "`torch.jit.script` is deprecated"
        warnings.filterwarnings("ignore", script)  # forward mode makes torch script its own (2.13)
        for order in (1, 2):
            for sequence in sequences(op, order):
                reverse(op, given_, sequence)
                forward(op, given_, sequence)


# -- other dtypes ---------------------------------------------------------------------------------

ULPS = 4 * 2.0**-23


@every_op
def test_float32_is_float64_rounded(op):
    """In float32 values and gradients are those of float64 to four units in the last place."""
    for given_ in groups(op, REFERENCES[op.name].inside):
        narrow = {
            k: v.detach().float().requires_grad_(v.requires_grad)
            if isinstance(v, torch.Tensor)
            else v
            for k, v in given_.items()
        }
        wide = {
            k: v.detach().double().requires_grad_(v.requires_grad)
            if isinstance(v, torch.Tensor)
            else v
            for k, v in narrow.items()
        }
        for sequence in [(), *sequences(op, 1)]:
            pairs = zip(reverse(op, narrow, sequence), reverse(op, wide, sequence), strict=True)
            for got, true in pairs:
                assert got.dtype == torch.float32
                np.testing.assert_allclose(got, true.float(), rtol=ULPS, atol=1e-44)


REAL_ONLY = [(op, n) for op in OPS.values() for n in kinds(op)[1] if n not in op.holomorphic]


@pytest.mark.parametrize(("op", "name"), REAL_ONLY, ids=[f"{op.name}-{n}" for op, n in REAL_ONLY])
def test_other_arguments_refuse_complex_numbers(op, name):
    """An argument whose partial is written for real numbers refuses complex ones, and says so."""
    given_ = {n: least(op, n) for n in op.names} | {name: torch.ones(1, dtype=torch.cfloat)}
    with pytest.raises(UnsupportedTensorError) as caught:
        op(**given_)
    assert str(caught.value) == (
        f"{op.name} does not take complex numbers for {name!r}.\n"
        "  expected  a real tensor\n"
        "  got       complex64\n"
        f"Its partial derivative is written for real {name!r} only."
    )


# -- arguments without a derivative ---------------------------------------------------------------

WITHOUT = [
    (op, name)
    for op in OPS.values()
    for name in op.names
    if name not in kinds(op)[2] and not getattr(op.partials[name], "static", False)
]


# SciPy 1.17.1 says so of a floating-point number of trials of `bdtr`, whatever it is.
@pytest.mark.filterwarnings("ignore:non-integer arg n is deprecated:DeprecationWarning")
@pytest.mark.parametrize(("op", "name"), WITHOUT, ids=[f"{op.name}-{n}" for op, n in WITHOUT])
def test_arguments_without_a_derivative_raise(op, name):
    """The value is computed, and its backward says which argument has no derivative, and why."""
    reason = op.partials[name]
    given_ = {n: least(op, n) for n in op.names}
    given_[name] = torch.tensor(float(least(op, name)), requires_grad=True)
    see = getattr(reason, "see", "") and f" ({reason.see})"
    expected = {
        Integer: f"{op.label} has no derivative with respect to {name!r}, which takes integers: "
        f"{reason.why}.\nPass {name}.detach().",
        Unwritten: f"{op.label} has no derivative with respect to {name!r}: {reason.why}{see}.\n"
        f"Pass {name}.detach(), or write your own rule with npbridge.numpy_op.",
    }[type(reason)]
    try:
        y = listed(op(**given_))[0]
    except TypeError:
        assert isinstance(reason, Integer)  # SciPy has no loop for floating-point numbers there
        return
    with pytest.raises(MissingDerivativeError) as caught:
        (y.real if y.is_complex() else y).sum().backward()
    assert str(caught.value) == expected
