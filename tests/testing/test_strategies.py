"""Strategies: what they draw, what it shrinks to, and how an example is printed."""

import copy
import io
import math
import pickle

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument

from npbridge import domains, elementwise_op, integer, numpy_op, special, unwritten
from npbridge.domains import interval
from npbridge.testing._inputs import inputs_for
from npbridge.testing._strategies import broadcastable_tensors, signature_tensors, tensors
from npbridge.testing._strategy_layouts import LAYOUTS, laid_out, possible

F64, F32, C128 = torch.float64, torch.float32, torch.complex128
INF = math.inf
FLOATS = (torch.float64, torch.float32, torch.float16, torch.bfloat16)
# A few hundred draws of slow composites; nothing is to be shrunk.
MANY = settings(
    max_examples=200,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
QUIET = settings(
    database=None,
    derandomize=True,  # what is found first decides what it shrinks to
    max_examples=500,
    suppress_health_check=list(HealthCheck),
)


def first(strategy, condition=lambda x: True):
    return find(strategy, condition, settings=QUIET)


def drawn(strategy, count=200):
    """Some hundred draws."""
    found = []

    @settings(MANY, max_examples=count)
    @given(strategy)
    def collect(x):
        found.append(x)

    collect()
    return found


def printed(test):
    """The falsifying example that Hypothesis prints of a test called `test`, as code."""
    with pytest.raises(AssertionError) as failure:
        settings(QUIET, print_blob=False)(test)()
    text = "\n".join(failure.value.__notes__)
    # Hypothesis up to 6.16x calls it a falsifying example.
    return text[text.index("test(") :].partition("\nExplanation")[0].partition("\n\n")[0]


def refused(strategy):
    """What the first draw says; making the strategy said nothing."""
    with pytest.raises(InvalidArgument) as error:
        first(strategy)
    return str(error.value)


def dtype_for(layout):
    return C128 if layout == "conjugate" else F64


def is_as_it_says(x, layout):
    sides = [n for n in x.shape if n > 1]
    plain = torch.empty(x.shape).stride()
    assert x.is_conj() == (layout == "conjugate")
    assert x.is_neg() == (layout == "negative")
    assert x.storage_offset() == (3 if layout == "offset" else 0) + (layout == "negative")
    if layout in ("contiguous", "offset", "reversed", "conjugate"):
        assert x.is_contiguous()
        assert x.untyped_storage().resizable() == (layout != "reversed")
    elif layout == "negative":
        assert x.stride() == tuple(2 * s for s in plain)
    else:
        assert not x.is_contiguous()
    if layout == "sliced":
        d = max(d for d, n in enumerate(x.shape) if n > 1)
        assert x.stride(d) == 2 * plain[d]
    if layout == "transposed":
        assert len(sides) >= 2
        assert x.stride() != plain
        assert sorted(x.stride()) != [0] * x.dim()
        assert x.untyped_storage().nbytes() == x.numel() * x.element_size()
    assert (0 in x.stride()) == (layout == "expanded")
    if layout == "channels_last":
        assert x.is_contiguous(memory_format=torch.channels_last)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("requires_grad", [False, True])
def test_a_layout_is_what_it_says(layout, requires_grad):
    for x in drawn(
        tensors(dtype=dtype_for(layout), layout=layout, requires_grad=requires_grad), 60
    ):
        is_as_it_says(x.detach(), layout)
        assert x.is_leaf
        assert x.requires_grad == requires_grad


def test_every_layout_occurs():
    shapes = st.sampled_from([(), (0,), (2,), (2, 3), (1, 2, 2, 2)])
    found = drawn(tensors(dtype=st.sampled_from([F64, C128]), shape=shapes), 2000)
    seen = set()
    for x in found:
        for layout in possible(x.shape, x.dtype):
            try:
                is_as_it_says(x, layout)
            except AssertionError:
                continue
            seen.add(layout)
    assert seen == set(LAYOUTS)


@pytest.mark.parametrize("dtype", [*FLOATS, C128, torch.int64, torch.uint8, torch.bool])
@pytest.mark.parametrize("shape", [(), (0, 2), (3,), (1, 3), (2, 3), (2, 2, 2, 3)])
def test_a_layout_keeps_the_numbers(dtype, shape):
    """All but stride 0, which repeats the first along a dimension."""
    x = (torch.arange(math.prod(shape)) % 7 - 3).to(dtype).reshape(shape)
    for layout in possible(shape, dtype):
        y = laid_out(x, layout)
        assert y.dtype == dtype
        if layout == "expanded":
            d = [n > 1 for n in shape].index(True)
            assert torch.equal(y, x.narrow(d, 0, 1).expand(shape))
            assert y.stride(d) == 0
        else:
            assert torch.equal(y, x)
            assert y.tolist() == x.tolist()


def test_gradients_reach_every_layout():
    for layout in LAYOUTS:
        x = first(tensors(dtype=dtype_for(layout), layout=layout, requires_grad=True))
        x.abs().sum().backward()
        assert x.grad.shape == x.shape


def test_torch_has_no_negative_strides():
    """Why "reversed" copies (torch 2.13): torch.from_dlpack even ends the process."""
    array = np.arange(3.0)[::-1]
    for take in (torch.from_numpy, torch.as_tensor, torch.tensor):
        with pytest.raises(ValueError, match="stride"):
            take(array)


def test_laid_out_refuses_what_cannot_be():
    with pytest.raises(ValueError, match="no such layout") as error:
        laid_out(torch.ones(2), "diagonal")
    assert str(error.value) == (
        "there is no such layout.\n"
        f"  expected  {', '.join(map(repr, LAYOUTS))}\n"
        "  got       'diagonal'"
    )
    for layout, needs in {
        "offset": "at least one element",
        "sliced": "a dimension of two or more",
        "transposed": "two dimensions of two or more",
        "expanded": "a dimension of two or more",
        "reversed": "at least one dimension and one element, and a dtype of NumPy",
        "channels_last": "four dimensions, two or more channels, and two or more pixels",
        "conjugate": "a complex dtype",
        "negative": "float32 or float64",
    }.items():
        x = torch.empty((0,), dtype=torch.int64)
        with pytest.raises(ValueError, match="cannot be") as error:
            laid_out(x, layout)
        message = (
            f"a tensor of this shape and dtype cannot be {layout}.\n"
            f"  expected  {needs}\n  got       shape (0,), torch.int64"
        )
        assert str(error.value) == message
        assert refused(tensors(dtype=torch.int64, shape=(0,), layout=layout)) == message


# -- tensors --------------------------------------------------------------------------------------


def test_tensors_by_default():
    found = drawn(tensors(), 400)
    shapes = {tuple(x.shape) for x in found}
    assert () in shapes
    assert any(0 in shape for shape in shapes)
    assert {len(shape) for shape in shapes} == {0, 1, 2, 3}
    assert max(map(max, filter(None, shapes))) <= 3
    numbers = torch.cat([x.reshape(-1) for x in found])
    assert numbers.isfinite().all()
    assert numbers.abs().max() <= 64
    assert numbers[numbers != 0].abs().min() >= 1e-3
    assert {-1.0, 0.0, 1.0} <= {float(x.sign()) for x in numbers}


@pytest.mark.parametrize("dtype", [*FLOATS, C128, torch.int64, torch.uint8, torch.bool])
def test_tensors_of_any_dtype(dtype):
    assert {x.dtype for x in drawn(tensors(dtype=dtype), 50)} == {dtype}


def test_tensors_of_drawn_options():
    strategy = tensors(
        dtype=st.sampled_from([F64, F32]),
        shape=st.sampled_from([(2,), (2, 2)]),
        elements=st.integers(1, 3),
        requires_grad=st.booleans(),
        layout=st.sampled_from(["sliced", "expanded"]),
    )
    found = drawn(strategy)
    assert {x.dtype for x in found} == {F64, F32}
    assert {x.requires_grad for x in found} == {True, False}
    assert {x.dim() for x in found} == {1, 2}
    assert {0 in x.stride() for x in found} == {True, False}
    assert {n for x in found for n in x.reshape(-1).tolist()} == {1.0, 2.0, 3.0}


def test_large_tensors_repeat_numbers():
    x = first(tensors(shape=(40, 40)), lambda x: x.sum() > 1)
    assert x.shape == (40, 40)


def test_tensors_shrink():
    assert first(tensors()).tolist() == 0.0
    # From a larger shape the number would have to move and to be the only one at once.
    scalar = tensors(shape=())
    assert first(scalar, lambda x: x > 0.3).tolist() == 1.0
    assert first(scalar, lambda x: 0.3 < x < 0.9).tolist() == 0.5
    assert first(scalar, lambda x: x < -0.3).tolist() == -1.0
    x = first(tensors(), lambda x: x.numel() > 1)
    assert x.tolist() == [0.0, 0.0]
    assert x.is_contiguous()
    x = first(tensors(dtype=C128), lambda x: x.dim() == 0)
    assert (x.item(), x.is_conj()) == (0, False)
    x = first(tensors(shape=(2, 2), layout="transposed"))
    assert (x.tolist(), x.stride()) == ([[0.0, 0.0], [0.0, 0.0]], (1, 2))
    assert first(tensors(requires_grad=st.booleans())).requires_grad is False


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"dtype": float},
            "dtype= is no dtype.\n  expected  a dtype of torch\n  got       <class 'float'>",
        ),
        ({"shape": (-1,)}, "shape= is no shape.\n  expected  a tuple of sides\n  got       (-1,)"),
        ({"shape": 3}, "shape= is no shape.\n  expected  a tuple of sides\n  got       3"),
        (
            {"shape": (1,), "elements": [1.0]},
            "elements= is no strategy.\n"
            "  expected  a strategy of Python numbers\n  got       [1.0]",
        ),
        (
            {"shape": (1,), "elements": st.just(1j)},
            "elements= drew what the tensor cannot hold.\n"
            "  expected  Python numbers for torch.float64\n  got       1j",
        ),
        (
            {"shape": (1,), "elements": st.just(1e300), "dtype": F32},
            "elements= drew what the tensor cannot hold.\n"
            "  expected  Python numbers for torch.float32\n  got       1e+300",
        ),
        (
            {"shape": (1,), "elements": st.just(0.5), "dtype": torch.int64},
            "elements= drew what the tensor cannot hold.\n"
            "  expected  Python numbers for torch.int64\n  got       0.5",
        ),
        (
            {"requires_grad": 1},
            "requires_grad= is no bool.\n  expected  True or False\n  got       1",
        ),
        (
            {"requires_grad": True, "dtype": torch.int64},
            "a tensor of integers or bools cannot require gradients.\n"
            "  expected  a floating-point or complex dtype, or requires_grad=False\n"
            "  got       torch.int64",
        ),
        (
            {"layout": "diagonal"},
            "there is no such layout.\n"
            f"  expected  {', '.join(map(repr, LAYOUTS))}\n  got       'diagonal'",
        ),
    ],
)
def test_bad_options_are_told_at_the_first_draw(options, message):
    assert refused(tensors(**options)) == message


# -- tuples of tensors ----------------------------------------------------------------------------


@given(broadcastable_tensors(3, max_dims=2, max_side=4, min_side=2))
def test_broadcastable_tensors_broadcast(operands):
    shape = torch.broadcast_shapes(*(x.shape for x in operands))
    assert len(operands) == 3
    assert len(shape) <= 2
    assert all(n == 1 or 2 <= n <= 4 for n in shape)


def test_broadcastable_tensors_shrink():
    assert [x.tolist() for x in first(broadcastable_tensors(3))] == [0.0, 0.0, 0.0]
    x, y = first(broadcastable_tensors(2), lambda xs: xs[0].numel() > 1)
    assert (x.tolist(), y.tolist()) == ([0.0, 0.0], 0.0)
    found = drawn(broadcastable_tensors(2))
    assert any(x.shape != y.shape and x.numel() > 1 and y.numel() > 1 for x, y in found)
    assert any(0 in x.shape for x, _ in found)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_layouts_of_tuples_are_had_where_they_can_be(layout):
    strategy = broadcastable_tensors(2, dtype=dtype_for(layout), layout=layout, max_dims=4)
    for operands in drawn(strategy, 60):
        for x in operands:
            can = layout in possible(x.shape, x.dtype)
            is_as_it_says(x, layout if can else "contiguous")


def test_signature_tensors_fit():
    for a, b, c in drawn(signature_tensors("(m,n),(n),(3)->(m)", max_dims=2)):
        assert a.shape[-1] == b.shape[-1]
        assert c.shape[-1] == 3
        assert min(*a.shape[-2:], *b.shape[-1:]) >= 1
        torch.broadcast_shapes(a.shape[:-2], b.shape[:-1], c.shape[:-1])
    assert {x.shape for (x,) in drawn(signature_tensors("(m)->()", min_core=0, max_dims=0))} == {
        (n,) for n in range(4)
    }


def test_signature_tensors_shrink():
    a, b = first(signature_tensors("(m,m),(m)->(m)"))
    assert (a.tolist(), b.tolist()) == ([[0.0]], [0.0])
    a, b = first(signature_tensors("(m,m),(m)->(m)"), lambda xs: xs[1].shape[-1] > 1)
    assert (tuple(a.shape), tuple(b.shape)) == ((2, 2), (2,))
    assert a.abs().sum() + b.abs().sum() == 0


@pytest.mark.parametrize(
    ("strategy", "message"),
    [
        (
            lambda: broadcastable_tensors(0),
            "count= is no number of tensors.\n  expected  at least 1\n  got       0",
        ),
        (
            lambda: broadcastable_tensors(2, min_side=4),
            "min_side= is out of range.\n  expected  0 to 3\n  got       4",
        ),
        (
            lambda: broadcastable_tensors(2, max_dims=-1),
            "max_dims= is out of range.\n  expected  0 or more\n  got       -1",
        ),
        (
            lambda: broadcastable_tensors(2, layout="conjugate"),
            "a tensor of this shape and dtype cannot be conjugate.\n"
            "  expected  a complex dtype\n  got       shape (), torch.float64",
        ),
        (
            lambda: signature_tensors("m,m"),
            "'m,m' is not a gufunc signature.\n"
            "  expected  operands -> outputs in parentheses, as in '(m,n),(n)->(m)'\n"
            "  got       'm,m'",
        ),
        (
            lambda: signature_tensors("(m)->()", min_core=5),
            "min_core= is out of range.\n  expected  0 to 3\n  got       5",
        ),
    ],
)
def test_bad_options_of_tuples(strategy, message):
    assert refused(strategy()) == message


# -- what is printed ------------------------------------------------------------------------------

NAMES = {"torch": torch, "laid_out": laid_out}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("requires_grad", [False, True])
def test_a_falsifying_example_can_be_pasted(layout, requires_grad):
    dtype = dtype_for(layout)

    @given(x=tensors(dtype=dtype, layout=layout, requires_grad=requires_grad))
    def test(x):
        shown.append(x.clone().detach())
        strides.append((x.stride(), x.storage_offset()))
        assert x.abs().sum() == 0

    shown, strides = [], []
    code = printed(test)
    assert ("laid_out" in code) == (layout != "contiguous")
    again = []
    exec(code, NAMES | {"test": lambda **options: again.append(options["x"])})  # noqa: S102  # what a user does
    (x,) = again
    assert torch.equal(x, shown[-1])
    assert (x.stride(), x.storage_offset()) == strides[-1]
    assert x.requires_grad == requires_grad
    is_as_it_says(x.detach(), layout)


def test_the_printed_example():
    @given(x=tensors(dtype=F32))
    def test(x):
        assert x.is_contiguous()

    code = "test(\n    x=laid_out(torch.tensor([0.0, 0.0], dtype=torch.float32), 'sliced'),\n)"
    assert printed(test) == code

    @given(x=tensors(shape=(0, 2), requires_grad=True, layout="contiguous"))
    def test(x):
        raise AssertionError

    code = "test(\n    x=torch.empty((0, 2), dtype=torch.float64, requires_grad=True),\n)"
    assert printed(test) == code

    @given(x=tensors(shape=(2,), elements=st.sampled_from([INF, math.nan]), layout="contiguous"))
    def test(x):
        assert not x.isnan().any()

    code = "torch.tensor([float('inf'), float('nan')], dtype=torch.float64)"
    assert printed(test) in (f"test(\n    x={code},\n)", f"test(\n    x={swapped(code)},\n)")


def swapped(code):
    return code.replace("inf", "?").replace("nan", "inf").replace("?", "nan")


def test_printed_inputs_can_be_pasted():
    @given(drawn=inputs_for(special.polygamma))
    def test(drawn):
        (n, x), _ = drawn
        assert x.dim() == 0 or not torch.as_tensor(n).any()

    again = []
    exec(printed(test), NAMES | {"test": lambda **options: again.append(options["drawn"])})  # noqa: S102
    ((n, x), kwargs) = again[0]
    assert (n, x.dim(), kwargs) == (1, 1, {})


def test_tensors_can_be_copied_and_saved():
    """They bear how they are printed; copies do not, and torch.load stays safe."""
    x = first(tensors(shape=(2,), layout="sliced"))
    assert type(x) is torch.Tensor
    saved = io.BytesIO()
    torch.save(x, saved)
    saved.seek(0)
    for y in (
        copy.deepcopy(x),
        pickle.loads(pickle.dumps(x)),
        torch.load(saved, weights_only=True),
    ):
        assert torch.equal(x, y)
        assert not callable(getattr(y, "_repr_pretty_", None))


# -- domains --------------------------------------------------------------------------------------


def op_of(domain, core="(n,n)"):
    """An op of one operand with a domain."""

    @numpy_op(signature=f"{core}->()", domain={"x": domain})
    def op(x):
        return x.sum()

    return op


def scalars(domain, dtype=F64, **options):
    op = op_of(domain, "()")
    return inputs_for(op, dtype=dtype, **options).map(lambda drawn: drawn[0][0])


def matrices(domain, dtype=F64, core="(n,n)", **options):
    return inputs_for(op_of(domain, core), dtype=dtype, **options).map(lambda drawn: drawn[0][0])


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize(
    ("domain", "plainest"),
    [
        ((0.2, 40.0), 1.0),
        ((-40.0, 40.0), 0.0),
        ((-5.0, -0.1), -1.0),
        ((0.1, 0.9), 0.5),
        (interval(0, 1, closed="neither"), 0.5),
        (interval(0, INF, closed="neither"), 1.0),
        (interval(-INF, INF), 0.0),
        (interval(-INF, -2, closed="low"), -3.0),
        (interval(-3, 3).excluding(0), 1.0),
        (interval(-INF, INF).excluding(0, -1, -2, 1), 2.0),
        (interval(0, 2, closed="low").excluding(1), 0.0),
    ],
)
def test_intervals(domain, plainest, dtype):
    """Ends, in the precision drawn; open ones and excluded points are kept away from."""
    found = interval(*domain) if isinstance(domain, tuple) else domain
    numbers = torch.cat([x.reshape(-1) for x in drawn(scalars(domain, dtype), 200)]).double()
    assert numbers.isfinite().all()
    assert numbers.min() >= found.low if found.closed_low else numbers.min() > found.low
    assert numbers.max() <= found.high if found.closed_high else numbers.max() < found.high
    for point in found.excluded:
        assert (numbers - point).abs().min() >= 0.9e-3 * max(1.0, abs(point))
    assert len(numbers.unique()) > 20
    assert first(scalars(domain, dtype)).tolist() == plainest


def test_intervals_are_drawn_to_their_ends():
    numbers = torch.cat([x.reshape(-1) for x in drawn(scalars((0.2, 40.0)), 500)])
    assert {0.2, 40.0} <= set(numbers.tolist())
    assert ((numbers > 39.9) & (numbers < 40)).any()
    numbers = torch.cat(
        [x.reshape(-1) for x in drawn(scalars(interval(0, INF, closed="neither")), 500)]
    )
    assert numbers.min() < 1e-3
    assert numbers.max() > 1e4
    assert ((numbers > 0.1) & (numbers < 10)).sum() > len(numbers) / 10


def test_integers():
    found = drawn(scalars(domains.integers(-2, 3).excluding(0)))
    numbers = torch.cat([x.reshape(-1) for x in found])
    assert {x.dtype for x in found} == {F64}
    assert set(numbers.tolist()) == {-2.0, -1.0, 1.0, 2.0, 3.0}
    assert first(scalars(domains.integers(2, 9))).tolist() == 2.0

    @numpy_op(signature="(n),()->()", domain={"i": domains.integers(0, 0)}, differentiable=("x",))
    def taken(x, i):
        return x[i]

    assert {drawn[0][1].dtype for drawn in drawn_inputs(taken, 50)} == {torch.int64}


def drawn_inputs(op, count=100, **options):
    return drawn(inputs_for(op, **options), count)


@pytest.mark.parametrize("dtype", FLOATS)
def test_simplex(dtype):
    for x in drawn(matrices(domains.simplex(), dtype, "(n)"), 200):
        assert (x > 0).all()
        total = x.double().sum(-1)
        assert (total - 1).abs().max() <= x.shape[-1] * torch.finfo(dtype).eps
    assert first(matrices(domains.simplex(), core="(n)")).tolist() == [1.0]
    x = first(matrices(domains.simplex(), core="(n)"), lambda x: x.shape[-1] == 2)
    assert x.tolist() == [0.5, 0.5]


@pytest.mark.parametrize("dtype", [*FLOATS, C128])
def test_symmetric(dtype):
    for x in drawn(matrices(domains.symmetric(), dtype), 200):
        assert torch.equal(x, x.mH)


@pytest.mark.parametrize("dtype", [*FLOATS, C128])
def test_positive_definite(dtype):
    for x in drawn(matrices(domains.positive_definite(), dtype), 200):
        assert torch.equal(x, x.mH)
        values = torch.linalg.eigvalsh(x.to(C128))
        assert values.min() > 0
        assert (values[..., -1] / values[..., 0]).max() <= 200


@pytest.mark.parametrize("dtype", [*FLOATS, C128])
@pytest.mark.parametrize("condition", [1.0, 1.5, 100.0, INF])
def test_well_conditioned(dtype, condition):
    bound = min(condition, 1e4) * (1 + 1e-12)  # of the singular values computed here
    found = drawn(matrices(domains.well_conditioned(condition), dtype), 200)
    conditions = torch.cat([torch.linalg.cond(x.to(C128)).reshape(-1) for x in found])
    assert conditions.max() <= bound
    if condition == 100 and dtype == F64:
        assert conditions.max() > 10
        determinants = torch.cat([torch.linalg.det(x).reshape(-1) for x in found])
        assert determinants.min() < 0 < determinants.max()


@pytest.mark.parametrize(
    "domain", [domains.symmetric(), domains.positive_definite(), domains.well_conditioned()]
)
@pytest.mark.parametrize("layout", ["expanded", None])
def test_matrices_shrink_to_the_identity(domain, layout):
    assert first(matrices(domain, layout=layout)).tolist() == [[1.0]]
    x = first(matrices(domain, layout=layout), lambda x: x.shape[-1] == 2)
    assert x.tolist() == [[1.0, 0.0], [0.0, 1.0]]
    assert any(x.dim() == 4 for x in drawn(matrices(domain, layout=layout)))


def test_excluded_entries():
    for x in drawn(matrices(domains.well_conditioned().excluding(2.0)), 100):
        assert (x - 2).abs().min() > 2e-3


# -- inputs_for -----------------------------------------------------------------------------------


ELEMENTWISE = [n for n, op in special.CATALOGUE.items() if op.elementwise]


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_inputs_for_the_catalogue(name):
    op = special.CATALOGUE[name]

    @given(inputs_for(op, requires_grad=True))
    def test(drawn):
        args, kwargs = drawn
        y = op(*args, **kwargs)
        outputs = y if isinstance(y, tuple) else (y,)
        assert all(each.isfinite().all() for each in outputs)
        for argument, x in (dict(zip(op.names, args, strict=False)) | kwargs).items():
            if isinstance(op.domain[argument], domains.Choices):
                assert x in op.domain[argument].values
                continue
            low, high = op.domain[argument]
            assert np.all(low <= np.asarray(x if isinstance(x, int) else x.detach().resolve_neg()))
            assert np.all(np.asarray(x if isinstance(x, int) else x.detach().resolve_neg()) <= high)
        held = [each.abs().sum() for each in outputs if each.requires_grad]
        if held:
            sum(held).backward()

    test()
    args, _ = first(inputs_for(op))
    assert all(not isinstance(x, torch.Tensor) or x.dim() == 0 for x in args)


def test_integer_arguments():
    orders = [args[0] for args, _ in drawn_inputs(special.polygamma, requires_grad=True)]
    assert {type(n) for n in orders} == {int, torch.Tensor}
    tensor_orders = [n for n in orders if isinstance(n, torch.Tensor)]
    assert {n.dtype for n in tensor_orders} == {torch.int64}
    assert {n for n in orders if isinstance(n, int)} == {0, 1, 2, 3, 4}
    assert first(inputs_for(special.polygamma))[0][0] == 0

    power = elementwise_op(
        lambda n, x: x**n,
        name="power",
        partials={"n": integer("it counts"), "x": lambda n, x: n * x ** (n - 1)},
        domain={"n": interval(0, 3, closed="neither")},
    )
    orders = [args[0] for args, _ in drawn_inputs(power)]
    assert {n for n in orders if isinstance(n, int)} == {1, 2}


def test_arguments_without_a_derivative_require_none():
    raised = elementwise_op(
        lambda v, z: z**v,
        name="raised",
        partials={"v": unwritten("it is for this test"), "z": lambda v, z: v * z ** (v - 1)},
        domain={"v": (1.0, 2.0), "z": (1.0, 2.0)},
    )
    for (v, z), _ in drawn_inputs(raised, requires_grad=True):
        assert (v.requires_grad, z.requires_grad) == (False, True)


def test_complex_arguments():
    power = elementwise_op(
        lambda x, c: x * c,
        name="scaled",
        partials={"x": lambda c: c, "c": lambda x: x},
        holomorphic=("x",),
        domain={"x": (1.0, 2.0)},
    )
    for options in ({"complex": True}, {"dtype": C128}):
        found = drawn_inputs(power, **options)
        assert {(x.dtype, c.dtype) for (x, c), _ in found} == {(C128, F64)}
        assert all(((x.real >= 1) & (x.real <= 2)).all() for (x, _), _ in found)
        assert any((x.imag != 0).any() for (x, _), _ in found)
    drawn_inputs(power, complex=True, layout="conjugate")


@numpy_op(
    signature="(m,m),(m)->(m)",
    domain={"a": domains.well_conditioned(), "scale": (0.5, 2.0), "order": domains.integers(1, 3)},
)
def solve(a, b, note="x", order=2, *, scale, flag=None):
    assert note == "x"
    assert flag is None
    assert isinstance(scale, float)
    assert isinstance(order, int)
    return np.linalg.solve(a, b) * scale


def test_inputs_for_an_op_with_a_signature():
    @given(inputs_for(solve))
    def test(drawn):
        args, kwargs = drawn
        assert len(args) == 2
        assert sorted(kwargs) == ["order", "scale"]
        assert solve(*args, **kwargs).isfinite().all()

    test()
    (a, b), kwargs = first(inputs_for(solve))
    assert (a.tolist(), b.tolist(), kwargs) == ([[1.0]], [0.0], {"scale": 1.0, "order": 1})


def test_inputs_for_an_op_without_a_signature():
    @numpy_op(
        domain={"p": domains.simplex(), "a": domains.symmetric(), "n": domains.integers(1, 2)}
    )
    def op(p, a, x, n, width=3, /, *rest, factor=1.0, **more):
        assert (width, rest, factor, more) == (3, (), 1.0, {})
        assert isinstance(n, int)
        return a @ p + x

    @given(inputs_for(op))
    def test(drawn):
        args, kwargs = drawn
        p, a, x, _ = args
        assert kwargs == {}
        assert p.shape == x.shape == a.shape[:1] == a.shape[1:]
        op(*args)

    test()


def test_positional_only_defaults_are_filled_in():
    @numpy_op(domain={"k": domains.integers(4, 5)})
    def op(x, j=7, k=1, /):
        assert j == 7
        return x * k

    args, kwargs = first(inputs_for(op))
    assert (args[0].tolist(), args[1:], kwargs) == ([0.0], (7, 4), {})


def test_arguments_changed_in_place_can_be():
    @numpy_op(signature="(n)->(n)", mutates_args=("x",))
    def double(x):
        x *= 2

    @given(inputs_for(double, requires_grad=True))
    def test(drawn):
        (x,), _ = drawn
        double(x)

    test()


def test_the_options_of_inputs_for():
    for layout in LAYOUTS:
        drawn_inputs(solve, 20, layout=layout, complex=layout == "conjugate", requires_grad=True)
    found = drawn_inputs(solve, 50, dtype=F32, requires_grad=True, max_dims=0)
    assert {(a.dtype, a.dim(), a.requires_grad) for (a, _), _ in found} == {(F32, 2, True)}
    assert any(0 in a.shape for (a, _), _ in drawn_inputs(solve, 200, min_side=0))


def test_what_inputs_for_refuses():
    assert refused(inputs_for(np.sin)) == (
        "inputs_for was given no op.\n"
        "  expected  what numpy_op or elementwise_op made\n  got       <ufunc 'sin'>"
    )
    assert refused(inputs_for(solve, dtype=torch.int64)) == (
        "dtype= of inputs_for is for the arguments that are no integers.\n"
        "  expected  a floating-point or complex dtype\n  got       torch.int64"
    )
    assert refused(inputs_for(special.j0, complex=True)) == (
        "npbridge.special.j0 takes no complex numbers.\n"
        "Leave out complex=, or declare holomorphic=."
    )

    @numpy_op(signature="(n)->(n)")
    def needs(x, *, width):
        return x

    assert refused(inputs_for(needs)) == (
        "needs requires 'width', which is no operand, and nothing says what it may be.\n"
        'Declare it: domain={"width": (0.0, 1.0)}, say.'
    )

    @numpy_op(signature="(n)->(n)", domain={"width": domains.simplex()})
    def wide(x, *, width):
        return x

    assert refused(inputs_for(wide)) == (
        "the domain of wide in 'width' is for operands.\n"
        "  expected  integers(...), or a pair of numbers\n"
        "  got       positive, with sum 1 along the last dimension"
    )
    assert refused(matrices(domains.symmetric(), core="(m,n)")) == (
        "the domain of op in 'x' does not fit its dimensions.\n"
        "  expected  a square matrix in the signature, for symmetric matrices\n  got       (m,n)"
    )
    assert refused(matrices(domains.simplex(), core="()")) == (
        "the domain of op in 'x' does not fit its dimensions.\n"
        "  expected  a vector in the signature, for positive, with sum 1 along the last dimension\n"
        "  got       ()"
    )
    assert refused(matrices(domains.well_conditioned(0.5))) == (
        "no matrix is so well conditioned.\n"
        "  expected  a condition number of 1 or more\n  got       0.5"
    )
    assert refused(scalars(domains.integers(1, 2).excluding(1, 2))) == (
        "a domain leaves no integers to draw.\n"
        "  expected  at least one\n  got       the integers from 1 to 2"
    )
    assert refused(scalars(interval(0.9999, 1.0001).excluding(1))) == (
        "a domain leaves no numbers to draw.\n"
        "  expected  numbers of torch.float64 in it\n  got       [0.9999, 1.0001] without 1"
    )
    counted = elementwise_op(
        lambda n: n,
        name="counted",
        partials={"n": integer("it counts")},
        domain={"n": domains.symmetric()},
    )
    assert "counted in 'n' does not fit" in refused(inputs_for(counted))
