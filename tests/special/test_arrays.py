"""Entries that are not elementwise: records, values, derivatives to second order, edges."""

import inspect
import warnings

import numpy as np
import pytest
import scipy.special as sc
import torch
from references import ARRAYS, FUNCTIONS, SAMPLES
from references._arrays import derivatives

from npbridge import special
from npbridge._torch_private import tree_flatten
from npbridge.testing import PROPERTIES, UndecidedWarning, check

D = torch.float64
FIRST, SECOND = 1e-12, 1e-10
"""Errors of derivatives, in units of the largest one."""
ULPS = 4 * 2.0**-23

every_op = pytest.mark.parametrize("op", ARRAYS.values(), ids=ARRAYS)
CASES = [(op, i) for name, op in ARRAYS.items() for i in range(len(SAMPLES.get(name, ())))]
every_sample = pytest.mark.parametrize(
    ("op", "number"), CASES, ids=[f"{op.name}-{i}" for op, i in CASES]
)


def is_float(x):
    """Whether an argument of a sample stands for a tensor."""
    return isinstance(x, float | complex) or (isinstance(x, np.ndarray) and x.dtype.kind in "fc")


def sample(op, number, *, narrow=False, requires_grad=True):
    """The arguments of a sample with tensors, and these tensors."""
    args, kwargs = SAMPLES[op.name][number]
    tensors = []

    def convert(name, x):
        if not is_float(x):
            return x
        made = torch.tensor(x, dtype=torch.complex128 if np.iscomplexobj(x) else D)
        if narrow:
            made = made.to(torch.complex64 if made.is_complex() else torch.float32)
        made.requires_grad_(requires_grad and name in op.differentiated)
        tensors.append(made)
        return made

    positional = [convert(n, x) for n, x in zip(op.names, args, strict=False)]
    named = {n: convert(n, x) for n, x in kwargs.items()}
    return positional, named, tensors


def array(x):
    """What SciPy takes in the place of a tensor: some functions take numbers, and no 0-d arrays."""
    return x.detach().numpy()[()] if isinstance(x, torch.Tensor) else x


def outputs(result):
    """All arrays or tensors of a result."""
    return [y for y in tree_flatten(result)[0] if y is not None]


def flat(result):
    """All numbers of a result, in one tensor."""
    return torch.cat([y.reshape(-1) for y in outputs(result)])


def slopes(y, tensors):
    """The derivative of one number in all numbers of the tensors, which are held holomorphic."""
    parts = (y.real, y.imag) if y.is_complex() and not tensors[0].is_complex() else (y.real,)
    found = []
    for part in parts:
        got = [torch.zeros_like(x) for x in tensors]
        if part.requires_grad:
            got = torch.autograd.grad(part, tensors, create_graph=True, materialize_grads=True)
        found.append(torch.cat([g.conj().reshape(-1) for g in got]))
    return found[0] if len(found) == 1 else torch.complex(*found)


# -- records --------------------------------------------------------------------------------------


def test_every_entry_has_samples():
    assert ARRAYS.keys() == SAMPLES.keys() == FUNCTIONS.keys()
    assert all(SAMPLES.values())


@every_op
def test_record_is_complete(op):
    """Title, source, points to remember, and a domain of every differentiable argument."""
    assert op.title.endswith(".")
    assert op.title in op.__doc__
    assert op.source
    assert op.edges
    assert set(op.differentiated) == set(op.domain)
    assert all(set(stated) <= set(op.differentiated) for _, stated in op.edges)
    assert getattr(special, op.name) is special.CATALOGUE[op.name] is op
    assert op.label == f"npbridge.special.{op.name}"


@every_op
def test_arguments_are_those_of_scipy(op):
    """Names, order and defaults of all arguments are SciPy's."""
    own, scipys = (f.parameters.values() for f in (inspect.signature(op), signature(op.name)))
    assert [(p.name, p.default) for p in own] == [(p.name, p.default) for p in scipys]


def signature(name):
    """Of a function of SciPy's; of a MultiUFunc only the docstring has it (1.17.1)."""
    function = getattr(sc, name)
    found = inspect.signature(function)
    if str(found) != "(*args, **kwargs)":
        return found
    scope = {}
    exec(f"def {function.__doc__.strip().partition(chr(10))[0]}: ...", scope)  # noqa: S102  # SciPy's own
    return inspect.signature(scope[name])


# -- values ---------------------------------------------------------------------------------------


@every_sample
def test_value_is_scipys_bit_for_bit(op, number):
    """Numbers, shapes and dtypes are SciPy's; without tensors the result is SciPy's itself."""
    args, kwargs = SAMPLES[op.name][number]
    positional, named, _ = sample(op, number, requires_grad=False)
    function = getattr(sc, op.name)
    own = [array(x) for x in positional]
    options = {n: array(x) for n, x in named.items()}
    got, expected = op(*positional, **named), function(*own, **options)
    assert tree_flatten(got)[1] == tree_flatten(expected)[1]
    for y, e in zip(outputs(got), outputs(expected), strict=True):
        assert y.numpy().tobytes() == np.asarray(e).tobytes()
        assert y.numpy().dtype == np.asarray(e).dtype
        assert tuple(y.shape) == np.shape(e)
    for y, e in zip(outputs(op(*args, **kwargs)), outputs(expected), strict=True):
        np.testing.assert_array_equal(y, e)


# -- derivatives ----------------------------------------------------------------------------------


@every_sample
def test_derivatives_match_mpmath(op, number):
    """Every first and second derivative at the samples is mpmath's."""
    args, kwargs = SAMPLES[op.name][number]
    value, first, second = derivatives(FUNCTIONS[op.name], args, kwargs)
    positional, named, tensors = sample(op, number)
    y = flat(op(*positional, **named))
    np.testing.assert_allclose(y.detach(), value, rtol=1e-12, atol=1e-12 * np.abs(value).max())
    for k in range(len(value)):
        if np.iscomplexobj(args[0]) and kwargs.get("return_sign"):
            continue  # |S| is not holomorphic: `check` compares its derivatives
        size = max(np.abs(d[..., k]).max(initial=0.0) for d in (first, second))
        got = slopes(y[k], tensors)
        _close(got, first[:, k], FIRST)
        for j, each in enumerate(got):
            _close(slopes(each, tensors), second[j, :, k], SECOND, size)


def _close(got, expected, tolerance, scale=0.0):
    scale = max(scale, np.abs(expected).max(initial=0.0))
    scale = scale if scale > 1e-30 else 1e-3  # what mpmath has in the place of zero
    assert np.abs(got.detach().numpy() - expected).max(initial=0.0) <= tolerance * scale


DATA_DEPENDENT = ("mathieu_even_coef", "mathieu_odd_coef")
"""Whose number of elements depends on the argument: differences of them there are none."""
CRASHING = ("obl_cv_seq", "pro_cv_seq")
"""Of which SciPy (1.17.1) crashes the interpreter at NaN."""
DIFFERENCES = ("reverse mode", "forward mode", "second order")
QUICK = [name for name in PROPERTIES if name not in ("compile", "leaks", "pickling")]


@every_sample
def test_every_property_holds(op, number):
    """What `npbridge.testing` knows to try: reverse, forward, second order, vmap, dtypes."""
    positional, named, _ = sample(op, number, requires_grad=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UndecidedWarning)  # mpmath decides, above
        compared = DIFFERENCES if op.name in DATA_DEPENDENT else ()
        chosen = [name for name in QUICK if name not in compared]
        check(op, *positional, kwargs=named, properties=chosen)


@every_op
def test_compiled_code_gives_the_same(op):
    """Forward and backward are held in one graph, where shapes are known."""
    known = op.name not in DATA_DEPENDENT
    for number in range(len(SAMPLES[op.name])):
        positional, named, tensors = sample(op, number)
        torch._dynamo.reset()
        compiled = torch.compile(
            lambda p=positional, n=named: op(*p, **n), fullgraph=known, backend="aot_eager"
        )
        results = flat(compiled()), flat(op(*positional, **named))
        found = [torch.autograd.grad(y.real.sum(), tensors, allow_unused=True) for y in results]
        torch.testing.assert_close(*results, rtol=0, atol=0)
        torch.testing.assert_close(*found, rtol=1e-14, atol=0)


@every_sample
def test_single_precision_is_rounded_double_precision(op, number):
    """In float32 derivatives are right to 4 units in the last place of the largest."""
    positional, named, tensors = sample(op, number, narrow=True)
    y = flat(op(*positional, **named))
    wide = [x.detach().to(torch.promote_types(x.dtype, D)) for x in tensors]
    for x, w in zip(tensors, wide, strict=True):
        w.requires_grad_(x.requires_grad)
    swap = {id(x): w for x, w in zip(tensors, wide, strict=True)}
    true = flat(
        op(
            *[swap.get(id(x), x) for x in positional],
            **{n: swap.get(id(x), x) for n, x in named.items()},
        )
    )
    arguments = [array(x) for x in positional]
    options = {n: array(x) for n, x in named.items()}
    own = np.concatenate(
        [np.ravel(e) for e in outputs(getattr(sc, op.name)(*arguments, **options))]
    )
    rounded = true.detach().to(y.dtype).numpy()  # or SciPy's in double precision, rounded
    assert y.detach().numpy().tobytes() in (own.tobytes(), rounded.tobytes())
    for k in range(len(y)):
        mine, theirs = slopes(y[k], tensors), slopes(true[k], wide)
        _near(mine, theirs)
        for a, b in zip(mine, theirs, strict=True):
            _near(slopes(a, tensors), slopes(b, wide), theirs)


def _near(got, true, beside=None):
    scale = max(
        x.detach().abs().max().item() for x in (true, *([] if beside is None else [beside]))
    )
    off = (got.detach().to(true.dtype) - true.detach()).abs().max().item()
    assert off <= ULPS * scale + 1e-44


@every_sample
@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # the forward keeps NumPy's own
def test_nan_gives_nan(op, number):
    """One NaN among the numbers of an argument: NaN where SciPy has it, and in gradients."""
    count = len(sample(op, number)[2])
    for spoilt in range(count):
        positional, named, tensors = sample(op, number)
        with torch.no_grad():
            tensors[spoilt].view(-1)[:1] = torch.nan
        if op.name in CRASHING:
            y = op(*positional, **named)
            assert y.isnan().all()
            y.sum().backward()
            assert tensors[spoilt].grad.isnan().all()
            continue
        own = [array(x) for x in positional]
        options = {n: array(x) for n, x in named.items()}
        try:
            expected = getattr(sc, op.name)(*own, **options)
        except ValueError as error:
            with pytest.raises(type(error)):
                op(*positional, **named)
            continue
        y = flat(op(*positional, **named))
        if op.name not in ("lmbda", "riccati_jn"):  # of NaN SciPy returns memory of any content
            np.testing.assert_array_equal(
                y.detach(), np.concatenate([np.ravel(e) for e in outputs(expected)])
            )
        assert y.isnan().any()
        y.real.sum().backward()
        assert any(x.grad is not None and x.grad.isnan().any() for x in tensors)


# -- edges ----------------------------------------------------------------------------------------

EDGES = [(op, i) for op in ARRAYS.values() for i in range(len(op.edges))]


@pytest.mark.parametrize(("op", "number"), EDGES, ids=[f"{op.name}-{i}" for op, i in EDGES])
def test_edges_have_the_stated_derivatives(op, number):
    """Each edge point gives the stated gradient, in both modes, and no second derivative is NaN
    where the first ones are finite.
    """
    point, stated = op.edges[number]
    given = {
        n: torch.tensor(x, dtype=D, requires_grad=True) if n in stated else x
        for n, x in zip(op.names, point, strict=False)
    }
    given = {
        n: torch.tensor(x, dtype=D) if n in op.differentiated and isinstance(x, tuple) else x
        for n, x in given.items()
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # the forward keeps NumPy's own
        y = flat(op(*given.values())).sum()
        for name, expected in stated.items():
            got = slopes(y, [given[name]]).reshape(given[name].shape)
            np.testing.assert_allclose(got.detach(), expected, rtol=1e-13, atol=1e-300)
            for i in np.ndindex(got.shape) if got.isfinite().all() else ():
                basis = torch.zeros(got.shape, dtype=D)
                basis[i] = 1.0
                fixed = {
                    n: x.detach() if isinstance(x, torch.Tensor) else x for n, x in given.items()
                }
                _, pushed = torch.func.jvp(
                    lambda t, n=name, f=fixed: flat(op(*(f | {n: t}).values())).sum(),
                    (fixed[name],),
                    (basis,),
                )
                np.testing.assert_allclose(pushed, np.asarray(expected)[i], rtol=1e-13, atol=1e-300)
            if got.requires_grad and got.isfinite().all():
                for other in stated:
                    assert not slopes(got.sum(), [given[other]]).isnan().any()
