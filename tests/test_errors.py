"""What npbridge says when it is misused: every message in full, as a reader meets it."""

# ruff: noqa: PLW0108  # an op and its rules are read by their parameters' names

from __future__ import annotations

import inspect
import pickle
import warnings

import numpy as np
import pytest
import torch

import npbridge
from npbridge import composite, elementwise_op, errors, integer, numpy_op, unwritten
from npbridge.errors import (
    ArgumentShapeError,
    DeclarationError,
    MissingDerivativeError,
    OutputError,
    PicklingError,
    RuleError,
    SecondDerivativeError,
    TransformError,
    UnsupportedTensorError,
)

F64 = torch.float64


def tensor(*values, grad=True):
    """Return a float64 vector that requires grad, or a 0-d tensor for a single value."""
    data = values[0] if len(values) == 1 else values
    return torch.tensor(data, dtype=F64, requires_grad=grad)


def vector():
    return tensor(1.0, 2.0, 3.0)


def message(kind, fn, *args, **kwargs):
    """The text of the error of exactly this type that a call raises."""
    with pytest.raises(kind) as caught:
        fn(*args, **kwargs)
    assert type(caught.value) is kind
    return str(caught.value)


def notes(kind, fn, *args):
    """The notes of the error that a call raises."""
    with pytest.raises(kind) as caught:
        fn(*args)
    assert type(caught.value) is kind
    return getattr(caught.value, "__notes__", [])


def square_with(vjp=None, **options):
    def square(x):
        return x**2

    return numpy_op(square, vjp=vjp, **options)


def scaled_with(vjp=None, **options):
    def scaled(x, k):
        return x * k

    return numpy_op(scaled, vjp=vjp, **options)


def total_with(vjp=None):
    def total(p):
        return p["a"] * p["b"][0]

    return numpy_op(total, vjp=vjp)


def backward(op, *args):
    op(*args).sum().backward()


def named(name, fn, **options):
    return numpy_op(fn, name=name, **options)


# -- every error is a builtin's subclass ----------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "builtin"),
    [
        (errors.ArgumentShapeError, ValueError),
        (errors.DeclarationError, TypeError),
        (errors.HostTransferError, RuntimeError),
        (errors.HostTransferWarning, UserWarning),
        (errors.MissingDerivativeError, NotImplementedError),
        (errors.OutputError, TypeError),
        (errors.PicklingError, pickle.PicklingError),
        (errors.RuleError, RuntimeError),
        (errors.SecondDerivativeError, errors.MissingDerivativeError),
        (errors.TransformError, NotImplementedError),
        (errors.UnsupportedTensorError, TypeError),
    ],
)
def test_error_types(kind, builtin):
    """Each error is a subclass of the builtin that users already catch, and is listed."""
    assert issubclass(kind, builtin)
    assert kind.__name__ in errors.__all__
    assert kind.__doc__


def test_every_error_is_listed():
    """The page of errors lists every exception it defines, and nothing else."""
    defined = {
        name
        for name, value in vars(errors).items()
        if inspect.isclass(value) and value.__module__ == errors.__name__
    }
    assert defined == set(errors.__all__)


# -- what a vjp returns ---------------------------------------------------------------------------

COUNT_REMEDY = "Return a tuple in that order with None for no gradient, or a mapping by name."


@pytest.mark.parametrize(
    ("returned", "got"),
    [
        (lambda g: (g,), "1 gradient"),
        (lambda g: (), "0 gradients"),
        (lambda g: (g, None, None), "3 gradients"),
        (lambda g: [g, None, None], "3 gradients"),
        (lambda g: g, "one ndarray"),
        (lambda g: 1.0, "one float"),
        (lambda g: None, "None"),
    ],
)
def test_wrong_number_of_gradients(returned, got):
    """A vjp that returns too few or too many gradients is told how many, in what order."""
    op = scaled_with(lambda grad: returned(grad))
    assert message(RuleError, backward, op, vector(), tensor(2.0)) == (
        "the vjp of scaled returned the wrong number of gradients.\n"
        "  expected  2: one for each of x, k\n"
        f"  got       {got}\n" + COUNT_REMEDY
    )


def test_too_many_gradients_for_one_parameter():
    """Even a None too many is an error, unlike in torch.autograd.Function."""
    op = square_with(lambda grad, x: (2 * grad * x, None))
    assert message(RuleError, backward, op, vector()) == (
        "the vjp of square returned the wrong number of gradients.\n"
        "  expected  1: one for each of x\n"
        "  got       2 gradients\n" + COUNT_REMEDY
    )


def test_wrong_number_of_composite_gradients():
    """A composite rule is counted as a NumPy rule is."""
    op = scaled_with(composite(lambda grad, k: (grad * k, grad, grad)))
    assert message(RuleError, backward, op, vector(), tensor(2.0)) == (
        "the vjp of scaled returned the wrong number of gradients.\n"
        "  expected  2: one for each of x, k\n"
        "  got       3 gradients\n" + COUNT_REMEDY
    )


def test_wrong_number_of_gradients_of_star_args():
    """A tuple where only *args was given tensors says that they are one entry, a tuple."""

    def added(*xs):
        return sum(xs)

    op = numpy_op(added, vjp=lambda grad: (grad, grad))
    text = message(RuleError, backward, op, vector(), vector())
    assert text.startswith("the vjp of added returned the wrong number of gradients.\n")
    assert "xs" in text
    assert "expected  0" not in text


SHAPE_REMEDY = (
    "A function that broadcasts its arguments declares a gufunc signature= with "
    "vectorized=True; npbridge then sums for you."
)


@pytest.mark.parametrize("mark", [lambda rule: rule, composite], ids=["numpy", "composite"])
def test_wrong_shape(mark):
    """A gradient of another shape than its argument's is never summed or broadcast unasked."""
    op = scaled_with(mark(lambda grad, x, k: (grad * k, grad * x)))
    assert message(RuleError, backward, op, vector(), tensor(2.0)) == (
        "the vjp of scaled returned a gradient of the wrong shape for 'k'.\n"
        "  expected  () float64, as the argument\n"
        "  got       (3,) float64\n" + SHAPE_REMEDY
    )


def test_scalar_gradient_of_a_vector():
    """A Python number is no gradient of a vector."""
    op = square_with(lambda grad: 2.0)
    assert message(RuleError, backward, op, vector()) == (
        "the vjp of square returned a gradient of the wrong shape for 'x'.\n"
        "  expected  (3,) float64, as the argument\n"
        "  got       () float64\n" + SHAPE_REMEDY
    )


DTYPE_REMEDY = "Return a floating-point gradient; None means no gradient."


@pytest.mark.parametrize(
    ("rule", "got"),
    [
        (lambda grad: np.array([1, 2, 3]), "int64"),
        (lambda grad, x: x > 0, "bool"),
        (lambda grad, x: x.astype(object), "object"),
        (composite(lambda grad: torch.tensor([1, 2, 3])), "int64"),
        (composite(lambda grad, x: x > 0), "bool"),
    ],
)
def test_wrong_dtype_kind(rule, got):
    """A gradient that is no floating-point array is refused, not cast."""
    assert message(RuleError, backward, square_with(rule), vector()) == (
        "the vjp of square returned a gradient of the wrong dtype for 'x'.\n"
        "  expected  (3,) float64, as the argument\n"
        f"  got       (3,) {got}\n" + DTYPE_REMEDY
    )


def test_gradient_that_is_no_array():
    """A gradient that is neither array nor number is named by its type."""
    op = square_with(lambda grad: "steep")
    assert message(RuleError, backward, op, vector()) == (
        "the vjp of square returned a gradient of the wrong type for 'x'.\n"
        "  expected  (3,) float64, as the argument\n"
        "  got       str\n"
        "Return an array, or None for no gradient."
    )


def test_complex_gradient_of_a_real_argument():
    """A NumPy rule that returns complex numbers for a real argument is told to take .real."""
    op = square_with(lambda grad: 1j * grad)
    assert message(RuleError, backward, op, vector()) == (
        "the vjp of square returned a complex gradient for 'x', which is real.\n"
        "  expected  (3,) float64, as the argument\n"
        "  got       (3,) complex128\n"
        "The gradient of a real argument is real: return .real of it where the function goes "
        "from real to complex numbers."
    )


def test_tensor_from_a_numpy_rule():
    """A tensor out of a NumPy rule is refused, since its graph would be lost."""
    op = square_with(lambda grad: torch.ones(3, dtype=F64))
    assert message(RuleError, backward, op, vector()) == (
        "the vjp of square returned a tensor for 'x'.\n"
        "  expected  array (3,) float64\n"
        "  got       tensor (3,) float64\n"
        "A NumPy rule is given arrays and returns arrays; a rule written with torch is "
        "registered with composite=True."
    )


@pytest.mark.parametrize(
    ("returned", "article", "got"),
    [(np.ones(3), "an array", "ndarray"), (2.0, "a float", "float"), ("a", "a str", "str")],
)
def test_array_from_a_composite_rule(returned, article, got):
    """What is no tensor is refused from a composite rule, since it is a constant to autograd."""
    op = square_with(composite(lambda grad: returned))
    assert message(RuleError, backward, op, vector()) == (
        f"the vjp of square returned {article} for 'x'.\n"
        "  expected  tensor (3,) float64\n"
        f"  got       {got}\n"
        "A composite rule is differentiated again, so it is written with torch functions and "
        "npbridge ops; a rule in NumPy is registered without composite=True."
    )


@pytest.mark.parametrize(
    ("returned", "missing", "got"),
    [(lambda g: {"x": g}, "k", "x"), (lambda g: {}, "x", "an empty mapping")],
)
def test_missing_name_in_a_mapping(returned, missing, got):
    """A mapping that leaves out a needed name is an error; None has to be said aloud."""
    op = scaled_with(lambda grad: returned(grad))
    assert message(RuleError, backward, op, vector(), tensor(2.0)) == (
        f"the vjp of scaled left out the gradient of {missing!r}.\n"
        "  expected  x, k\n"
        f"  got       {got}\n"
        f"Return it, or say {missing!r}: None where there is no gradient."
    )


def test_unknown_name_in_a_mapping():
    """A mapping with a name that is no parameter is an error, not ignored."""
    op = scaled_with(lambda grad, k: {"x": grad * k, "q": grad})
    text = message(RuleError, backward, op, vector(), tensor(2.0))
    assert text == (
        "the vjp of scaled returned a gradient for 'q', which is no parameter it "
        "differentiates.\n"
        "  expected  names out of x, k\n"
        "  got       x, q\n"
        "The gradient of an argument that is itself a dict goes one level down: "
        "{'params': {...}}."
    )


def test_dict_gradient_one_level_too_high():
    """The gradient of a dict argument, returned bare, is told that it goes one level down."""
    op = total_with(lambda grad: {"a": grad, "b": [grad]})
    assert message(RuleError, backward, op, {"a": vector(), "b": [tensor(2.0)]}) == (
        "the vjp of total returned a gradient for 'a', which is no parameter it differentiates.\n"
        "  expected  names out of p\n"
        "  got       a, b\n"
        "The gradient of an argument that is itself a dict goes one level down: "
        "{'params': {...}}."
    )


@pytest.mark.parametrize(
    ("returned", "got"),
    [
        (lambda g: ({"a": g, "b": g},), "{'a': one array, 'b': one array}"),
        (lambda g: ([g, g],), "[one array, one array]"),
        (lambda g: ((g, [g]),), "(one array, [one array],)"),
        (lambda g: ({"a": g},), "{'a': one array}"),
        (lambda g: g, "one array"),
    ],
)
@pytest.mark.parametrize("mark", [lambda rule: rule, composite], ids=["numpy", "composite"])
def test_wrong_structure_of_a_nested_gradient(returned, got, mark):
    """The gradient of a nested argument has its nesting, and both are drawn where it has not."""
    op = total_with(mark(lambda grad: returned(grad)))
    assert message(RuleError, backward, op, {"a": vector(), "b": [tensor(2.0)]}) == (
        "the vjp of total returned the wrong structure for 'p'.\n"
        "  expected  {'a': one array, 'b': [one array]}, as the argument\n"
        f"  got       {got}\n"
        "Return the same nesting of lists, tuples and dicts, with None where there is no "
        "gradient."
    )


def test_wrong_shape_inside_of_a_nested_gradient():
    """The wrong leaf of a nested gradient is found and its own shape compared."""
    op = total_with(lambda grad: ({"a": grad, "b": [grad]},))
    text = message(RuleError, backward, op, {"a": vector(), "b": [tensor(2.0)]})
    assert text.startswith("the vjp of total returned a gradient of the wrong shape for ")
    assert "'p'" in text.splitlines()[0] or "p['b'][0]" in text.splitlines()[0]
    assert text.splitlines()[1:] == [
        "  expected  () float64, as the argument",
        "  got       (3,) float64",
        SHAPE_REMEDY,
    ]


def test_per_argument_rule_is_named_in_its_errors():
    """A rule for one argument is named together with the argument."""
    op = scaled_with({"x": lambda grad: grad[:1], "k": lambda grad, x: grad @ x})
    assert message(RuleError, backward, op, vector(), tensor(2.0)) == (
        "the vjp of scaled in 'x' returned a gradient of the wrong shape for 'x'.\n"
        "  expected  (3,) float64, as the argument\n"
        "  got       (1,) float64\n" + SHAPE_REMEDY
    )


# -- sums that nobody asked for -------------------------------------------------------------------


def outer_product(rule):
    """The squared norm, with a rule that returns a matrix for a vector."""
    return numpy_op(lambda x: np.sum(x**2), name="norm2", signature="(m)->()", vjp=rule)


@pytest.mark.parametrize(
    "rule",
    [lambda grad, x: (np.outer(x, x),), composite(lambda grad, x: (torch.outer(x, x),))],
    ids=["numpy", "composite"],
)
def test_signature_does_not_sum_a_gradient_without_a_batch(rule):
    """A matrix for a vector is an error, though summing over leading axes would fit."""
    text = message(RuleError, backward, outer_product(rule), vector())
    assert text.startswith(
        "the vjp of norm2 returned a gradient of the wrong shape for 'x'.\n"
        "  expected  (3,) float64, as the argument\n"
        "  got       (3, 3) float64\n"
    )


def test_looped_rule_does_not_sum_over_a_batch_as_long_as_the_core():
    """Items of the wrong shape are an error, even where stacked they could be summed."""
    op = outer_product(lambda grad, x: (np.outer(x, x),))
    text = message(RuleError, backward, op, torch.ones(3, 3, requires_grad=True))
    assert text.startswith("the vjp of norm2 returned a gradient of the wrong shape for 'x'.\n")


@pytest.mark.parametrize("mark", [lambda rule: rule, composite], ids=["numpy", "composite"])
def test_signature_does_not_sum_over_a_core_dimension(mark):
    """A core dimension of size one is no broadcast dimension: a longer gradient is an error."""
    op = named("outer", lambda x, y: x[:, None] * y, signature="(m),(n)->(m,n)")
    op.register_vjp(mark(lambda grad, x, y: (grad @ y, x)))
    text = message(RuleError, backward, op, vector(), torch.ones(1, dtype=F64, requires_grad=True))
    assert text.startswith(
        "the vjp of outer returned a gradient of the wrong shape for 'y'.\n"
        "  expected  (1,) float64, as the argument\n"
        "  got       (3,) float64\n"
    )


def test_partial_with_extra_axes():
    """A partial derivative with more axes than the value is an error, not a sum."""
    op = elementwise_op(np.sin, name="sine", partials={"x": lambda x: np.cos(x) * np.ones((5, 3))})
    text = message(RuleError, backward, op, vector())
    assert "the partial of sine in 'x'" in text
    assert "(5, 3)" in text


def test_partial_of_another_shape():
    """A partial derivative that does not broadcast against the value names op and argument."""
    op = elementwise_op(np.sin, name="sine", partials={"x": lambda: np.ones(2)})
    with pytest.raises((RuleError, ValueError)) as caught:
        backward(op, vector())
    text = "\n".join([str(caught.value), *getattr(caught.value, "__notes__", [])])
    assert "the partial of sine in 'x'" in text


# -- what a jvp returns ---------------------------------------------------------------------------


def push(op, *args):
    return torch.func.jvp(op, args, tuple(torch.ones_like(x) for x in args))


def square_jvp(rule, **options):
    def square(x):
        return x**2

    return numpy_op(square, jvp=rule, **options)


POINT = torch.tensor([1.0, 2.0, 3.0], dtype=F64)


@pytest.mark.parametrize(
    ("rule", "what", "got"),
    [
        (lambda tangents: np.ones(2), "shape", "(2,) float64"),
        (composite(lambda tangents: torch.ones(2, dtype=F64)), "shape", "(2,) float64"),
        (lambda tangents: 1j * tangents["x"], "complex", "(3,) complex128"),
        (lambda tangents: np.array([1, 2, 3]), "dtype", "(3,) int64"),
    ],
)
@pytest.mark.parametrize("signature", [None, "(n)->(n)"], ids=["plain", "signature"])
def test_wrong_tangent(rule, what, got, signature):
    """A wrong tangent is a RuleError that speaks of the tangent of the output."""
    text = message(RuleError, push, square_jvp(rule, signature=signature), POINT)
    first, expected, received, *_ = text.splitlines()
    assert first.startswith("the jvp of square returned a ")
    assert what in first
    assert "tangent" in first
    assert "gradient" not in first
    assert expected == "  expected  (3,) float64, as the output"
    assert received == f"  got       {got}"


def test_tangent_is_not_broadcast():
    """With a signature, too, a tangent with fewer axes than the output is an error."""
    op = square_jvp(lambda tangents: np.array(1.0), signature="(n)->(n)")
    assert message(RuleError, push, op, POINT).startswith("the jvp of square returned ")


def test_wrong_structure_of_a_tangent():
    """A tuple for the tangent of one output is an error."""
    op = square_jvp(lambda tangents: (tangents["x"],))
    text = message(RuleError, push, op, POINT)
    assert text.startswith(
        "the jvp of square returned the wrong structure for the output.\n"
        "  expected  one array, as the output\n"
        "  got       (one array,)\n"
    )


def test_tensor_from_a_numpy_jvp():
    """A tensor out of a NumPy jvp is refused."""
    op = square_jvp(lambda tangents: torch.ones(3, dtype=F64))
    assert message(RuleError, push, op, POINT) == (
        "the jvp of square returned a tensor.\n"
        "  expected  array (3,) float64\n"
        "  got       tensor (3,) float64\n"
        "A NumPy rule is given arrays and returns arrays; a rule written with torch is "
        "registered with composite=True."
    )


def test_array_from_a_composite_jvp():
    """An array out of a composite jvp is refused."""
    op = square_jvp(composite(lambda tangents: np.ones(3)))
    assert message(RuleError, push, op, POINT) == (
        "the jvp of square returned an array.\n"
        "  expected  tensor (3,) float64\n"
        "  got       ndarray\n"
        "A composite rule is differentiated again, so it is written with torch functions and "
        "npbridge ops; a rule in NumPy is registered without composite=True."
    )


def test_none_from_a_jvp():
    """None for the tangent of the only output is zero, never an internal assertion of torch."""
    try:
        _, tangent = push(square_jvp(lambda tangents: None), POINT)
    except RuleError as error:
        assert str(error).startswith("the jvp of square returned ")  # noqa: PT017  # it may also return a tangent
    else:
        assert torch.equal(tangent, torch.zeros(3, dtype=F64))


# -- read-only arrays -----------------------------------------------------------------------------

COPY = "The arrays an op is given are read-only; work on a copy: x = x.copy()."


def assign(x):
    x[0] = 1
    return x


def add_in_place(x):
    x += 1
    return x


def write_out(x):
    return np.sin(x, out=x)


@pytest.mark.parametrize("write", [assign, add_in_place, write_out])
@pytest.mark.parametrize("grad", [True, False])
def test_writing_to_an_input_in_the_forward(write, grad):
    """Writing to an input raises NumPy's error with a note that names op, argument and remedy."""
    x = tensor(1.0, 2.0, 3.0, grad=grad)
    assert notes(ValueError, numpy_op(write), x) == [
        f"raised by the forward function of {write.__name__}(x: (3,) float64)",
        COPY,
    ]
    assert torch.equal(x.detach(), POINT)


@pytest.mark.parametrize("call", ["eager", "vmap", "looped"])
def test_writing_to_an_input_in_every_context(call):
    """Inputs are read-only in transforms and inside of the loop over a batch too."""
    x = torch.ones(2, 3, dtype=F64)
    signature = "(n)->(n)" if call == "looped" else None
    op = numpy_op(add_in_place, signature=signature)
    fn = torch.func.vmap(op) if call == "vmap" else op
    assert COPY in notes(ValueError, fn, x)
    assert torch.equal(x, torch.ones(2, 3, dtype=F64))


@pytest.mark.parametrize("argument", ["grad", "x", "out"])
def test_writing_to_an_input_in_a_rule(argument):
    """A rule that writes to what it is given raises, with a note that names the rule."""
    namespace = {"np": np}
    exec(  # noqa: S102  # one rule for each word
        f"def rule({argument}):\n    {argument} *= 2.0\n    return {argument}\n", namespace
    )
    x = vector()
    found = notes(ValueError, backward, square_with(namespace["rule"]), x)
    assert any("the vjp of square" in note for note in found)
    assert COPY in found
    assert torch.equal(x.detach(), POINT)


def test_writing_to_a_tangent():
    """A NumPy jvp that writes to its tangent raises, with a note that names the rule."""

    def rule(tangents):
        tangents["x"][0] = 5.0
        return tangents["x"]

    found = notes(ValueError, push, square_jvp(rule), POINT)
    assert any("the jvp of square" in note for note in found)


# -- the user's own exceptions --------------------------------------------------------------------


class Unusual(Exception):  # noqa: N818  # named as a user might name it
    """An exception with an attribute."""

    def __init__(self, text):
        super().__init__(text)
        self.code = 7


def failing(x):
    raise Unusual("no convergence")


@pytest.mark.parametrize(
    ("call", "described"),
    [
        (lambda op: op(vector()), "(3,) float64"),
        (lambda op: op(vector().detach()), "(3,) float64"),
        (lambda op: op(np.ones(3)), "(3,) float64"),
        (lambda op: op(2), "int"),
        (lambda op: op([vector(), 1]), "list"),
        (lambda op: torch.func.vmap(op)(torch.ones(2, 3)), "(3,) float32"),
    ],
    ids=["grad", "no grad", "array", "number", "nested", "vmap"],
)
def test_exception_of_the_forward(call, described):
    """The user's exception passes through as it is, with a note that describes the call."""
    with pytest.raises(Unusual, match=r"^no convergence\n") as caught:
        call(numpy_op(failing))
    assert caught.value.code == 7
    assert caught.value.__notes__ == [f"raised by the forward function of failing(x: {described})"]


def test_exception_of_the_forward_names_every_argument():
    """The note describes every argument, static ones too."""

    def failing(x, mode, *, k=None):
        raise Unusual("no")

    with pytest.raises(Unusual) as caught:
        numpy_op(failing)(vector(), "same")
    assert caught.value.__notes__ == [
        "raised by the forward function of failing(x: (3,) float64, mode: str, k: NoneType)"
    ]


def test_exception_in_the_loop_is_noted_once():
    """An exception inside of the loop over a batch is noted once."""
    op = numpy_op(failing, signature="(n)->(n)")
    assert notes(Unusual, op, torch.ones(2, 3)) == [
        "raised by the forward function of failing(x: (2, 3) float32)"
    ]


@pytest.mark.parametrize(
    "rule",
    [failing, composite(failing), {"x": failing}],
    ids=["numpy", "composite", "per argument"],
)
def test_exception_of_a_vjp(rule):
    """A rule's exception passes through with its type, and a note that names the rule."""
    found = notes(Unusual, backward, square_with(rule), vector())
    assert any("the vjp of square" in note for note in found)


def test_exception_of_a_vjp_in_a_transform():
    """The same under torch.func."""
    op = square_with(failing)
    found = notes(Unusual, torch.func.grad(lambda x: op(x).sum()), POINT)
    assert any("the vjp of square" in note for note in found)


def test_exception_of_a_jvp():
    """The same for a jvp."""

    def rule(tangents):
        raise Unusual("no")

    found = notes(Unusual, push, square_jvp(rule), POINT)
    assert any("the jvp of square" in note for note in found)


def test_exception_of_a_partial():
    """The same for a partial derivative."""
    op = elementwise_op(np.sin, name="sine", partials={"x": failing})
    found = notes(Unusual, backward, op, vector())
    assert any("the partial of sine in 'x'" in note for note in found)


def test_exception_of_a_compiled_routine():
    """LinAlgError stays LinAlgError."""
    op = numpy_op(np.linalg.solve, signature="(m,m),(m)->(m)", vectorized=True)
    found = notes(np.linalg.LinAlgError, op, torch.zeros(3, 3), torch.ones(3))
    assert found == ["raised by the forward function of solve(a: (3, 3) float32, b: (3,) float32)"]


@pytest.mark.parametrize("warm", [False, True])
@pytest.mark.parametrize(
    ("args", "kwargs", "text"),
    [
        ((), {}, "square() missing 1 required positional argument: 'x'"),
        ((1.0,), {"y": 2.0}, "square() got an unexpected keyword argument 'y'"),
    ],
)
def test_wrong_call(warm, args, kwargs, text):
    """A call with the wrong arguments is Python's TypeError about the op's own name."""
    op = square_with()
    if warm:
        op(1.0)
    assert message(TypeError, op, *args, **kwargs) == text


# -- what the forward returns ---------------------------------------------------------------------


@pytest.mark.parametrize("grad", [True, False])
@pytest.mark.parametrize("wrap", [lambda y: y, lambda y: {"a": [y]}], ids=["bare", "nested"])
def test_tensor_from_the_forward(grad, wrap):
    """A tensor out of the forward is refused: the function's work is opaque to autograd."""
    op = named("native", lambda x: wrap(torch.ones(3)))
    assert message(OutputError, op, tensor(1.0, 2.0, grad=grad)) == (
        "native returned a tensor.\n"
        "  expected  NumPy arrays: the function is given arrays, and its work is opaque\n"
        "  got       tensor (3,) float32\n"
        "Write the function with NumPy; one written with torch needs no bridge."
    )


def ragged_array():
    rows = np.empty(2, dtype=object)
    rows[0], rows[1] = np.ones(2), np.ones(3)
    return rows


@pytest.mark.parametrize("grad", [True, False])
@pytest.mark.parametrize(
    ("value", "got", "remedy"),
    [
        (
            ragged_array(),
            "(2,) object",
            "Return an array of numbers; arrays of different shapes go in a tuple or list.",
        ),
        (
            np.ones(2, np.longdouble),
            f"(2,) {np.dtype(np.longdouble)}",
            "Return .astype(np.float64).",
        ),
        (
            np.ones(2, np.clongdouble),
            f"(2,) {np.dtype(np.clongdouble)}",
            "Return .astype(np.complex128).",
        ),
        (
            np.array(["a", "b"]),
            "(2,) <U1",
            "Return numbers; strings and dates can be returned beside them in a tuple.",
        ),
        (
            np.array(["2020-01-01"], dtype="datetime64[D]"),
            "(1,) datetime64[D]",
            "Return numbers; strings and dates can be returned beside them in a tuple.",
        ),
        (
            np.zeros(2, dtype=[("a", float)]),
            "(2,) [('a', '<f8')]",
            "Return numbers; strings and dates can be returned beside them in a tuple.",
        ),
    ],
    ids=["ragged", "longdouble", "clongdouble", "text", "dates", "records"],
)
def test_output_without_a_torch_dtype(grad, value, got, remedy):
    """An output that torch has no dtype for is refused, with what to return instead."""
    op = named("odd", lambda x: value)
    assert message(OutputError, op, tensor(1.0, 2.0, grad=grad)) == (
        "odd returned an array that torch has no dtype for.\n"
        "  expected  float, complex, integer or bool\n"
        f"  got       {got}\n" + remedy
    )


def test_masked_output_is_not_unmasked():
    """A masked array is refused, since as a tensor it would silently lose its mask."""
    op = named("masked", lambda x: np.ma.masked_less(x, 2.0))
    text = message(OutputError, op, POINT)
    assert text.startswith("masked returned a masked array.\n")
    assert ".filled(" in text


# -- tensors without an array ---------------------------------------------------------------------


def quantised():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return torch.quantize_per_tensor(torch.ones(2), 1.0, 0, torch.qint8)


def nested(layout):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return torch.nested.nested_tensor([torch.ones(2), torch.ones(3)], layout=layout)


def sparse_csr():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return torch.eye(2).to_sparse_csr()


SPARSE_REMEDY = "Pass x.to_dense(), or the parts of the sparse tensor as separate arguments."


@pytest.mark.parametrize("wrap", [lambda x: x, lambda x: [x]], ids=["bare", "nested"])
@pytest.mark.parametrize(
    ("make", "got", "remedy"),
    [
        (lambda: torch.eye(2).to_sparse(), "sparse_coo", SPARSE_REMEDY),
        (lambda: torch.eye(2).to_sparse().requires_grad_(), "sparse_coo", SPARSE_REMEDY),
        (sparse_csr, "sparse_csr", SPARSE_REMEDY),
        (quantised, "quantised", "Pass x.dequantize()."),
    ],
    ids=["coo", "coo with grad", "csr", "quantised"],
)
def test_unsupported_layout(make, got, remedy, wrap):
    """Sparse and quantised tensors are refused, with their dense form as the remedy."""
    op = named("plain", lambda x: np.ones(1))
    assert message(UnsupportedTensorError, op, wrap(make())) == (
        "plain cannot take argument 'x' as it is: NumPy has no such arrays.\n"
        "  expected  a strided tensor\n"
        f"  got       {got}\n" + remedy
    )


@pytest.mark.parametrize("layout", [torch.strided, torch.jagged])
def test_nested_tensor(layout):
    """A nested tensor is refused, with a remedy that nested tensors have."""
    op = named("plain", lambda x: np.ones(1))
    text = message(UnsupportedTensorError, op, nested(layout))
    assert text.startswith(
        "plain cannot take argument 'x' as it is: NumPy has no such arrays.\n"
        "  expected  a strided tensor\n"
        "  got       nested\n"
    )
    assert "sparse" not in text
    assert "to_padded_tensor" in text or "unbind" in text


@pytest.mark.parametrize("dtype", [torch.float8_e4m3fn, torch.float8_e5m2])
@pytest.mark.parametrize("grad", [True, False])
def test_float8(dtype, grad):
    """Float8 is refused by name, with the conversion as the remedy."""
    x = torch.ones(2).to(dtype).requires_grad_(grad)
    assert message(UnsupportedTensorError, square_with(), x) == (
        "square cannot take argument 'x': NumPy has no such dtype.\n"
        "  expected  float, complex, integer or bool\n"
        f"  got       {str(dtype).removeprefix('torch.')}\n"
        "Convert argument 'x' first, for example with .to(torch.float32)."
    )


def test_unsupported_second_argument():
    """The argument at fault is the one that is named."""
    text = message(UnsupportedTensorError, scaled_with(), vector(), torch.eye(2).to_sparse())
    assert text.startswith("scaled cannot take argument 'k' as it is: NumPy has no such arrays.\n")


def test_elementwise_sparse():
    """Elementwise ops refuse the same tensors before they promote them."""
    op = elementwise_op(np.sin, name="sine", partials={"x": lambda x: x})
    assert message(UnsupportedTensorError, op, torch.eye(2).to_sparse()) == (
        "sine cannot take argument 'x' as it is: NumPy has no such arrays.\n"
        "  expected  a strided tensor\n"
        "  got       sparse_coo\n" + SPARSE_REMEDY
    )


# -- signatures at the call -----------------------------------------------------------------------


def solve_op(**options):
    return numpy_op(np.linalg.solve, signature="(m,m),(m)->(m)", vectorized=True, **options)


SIGNATURE_REMEDY = (
    "Correct the signature, or the function: with vectorized=True it must broadcast over leading "
    "dimensions just as the signature says."
)


@pytest.mark.parametrize("grad", [True, False])
def test_solve_with_a_batch_of_vectors(grad):
    """NumPy 2 reads a batch of vectors as a matrix; the signature catches it, never the user."""
    a = torch.eye(3, dtype=F64).expand(3, 3, 3).clone().requires_grad_(grad)
    assert message(OutputError, solve_op(), a, torch.ones(3, 3, dtype=F64)) == (
        "solve(m,m),(m)->(m) broke the signature.\n"
        "  expected  (3, 3)\n"
        "  got       (3, 3, 3)\n" + SIGNATURE_REMEDY
    )


@pytest.mark.parametrize(
    ("shapes", "text"),
    [
        (((3,), (3,)), "'a' has too few dimensions.\n  expected  (..., m, m)\n  got       (3,)"),
        (((3, 3), ()), "'b' has too few dimensions.\n  expected  (..., m)\n  got       ()"),
        (
            ((3, 3), (2,)),
            "the dimension 'm' has two sizes.\n"
            "  expected  m = 3, from 'a'\n"
            "  got       m = 2, in 'b'",
        ),
        (
            ((2, 3), (2,)),
            "the dimension 'm' has two sizes.\n"
            "  expected  m = 2, from 'a'\n"
            "  got       m = 3, in 'a'",
        ),
        (
            ((2, 3, 3), (4, 3)),
            "the leading dimensions do not broadcast.\n"
            "  expected  leading dimensions that are equal or 1\n"
            "  got       a: (2, 3, 3), b: (4, 3)",
        ),
    ],
    ids=["too few", "scalar", "two sizes", "not square", "batch"],
)
@pytest.mark.parametrize("kind", ["tensors", "arrays"])
def test_operands_that_do_not_fit(shapes, text, kind):
    """Operands that break the signature are refused by name before the function runs."""
    make = torch.ones if kind == "tensors" else np.ones
    assert message(ArgumentShapeError, solve_op(), *map(make, shapes)) == (
        "solve(m,m),(m)->(m): " + text
    )


def test_none_as_an_operand():
    """An operand that is None is called None, not an array of too few dimensions."""
    text = message(ArgumentShapeError, solve_op(), torch.eye(3), None)
    assert text.splitlines()[2].endswith("None")


def test_fixed_dimension():
    """A dimension given as an integer is compared as it is."""
    op = named("cross", lambda x: x, signature="(3)->(3)")
    assert message(ArgumentShapeError, op, torch.ones(2)) == (
        "cross(3)->(3): a dimension of 'x' is fixed.\n  expected  3\n  got       2"
    )


@pytest.mark.parametrize(
    ("fn", "signature", "text"),
    [
        (
            lambda x: (x, x),
            "(n)->(n)",
            "split(n)->(n) returned the wrong number of outputs.\n  expected  1\n  got       2",
        ),
        (
            lambda x: x,
            "(n)->(n),(n)",
            "split(n)->(n),(n) returned the wrong number of outputs.\n  expected  2\n  got       1",
        ),
        (
            lambda x: (x, x[:2]),
            "(n)->(n),(n)",
            "output 1 of split(n)->(n),(n) broke the signature.\n"
            "  expected  (3)\n  got       (2,)\n" + SIGNATURE_REMEDY,
        ),
        (
            lambda x: (x[:1], x[:2]),
            "(n)->(k),(k)",
            "output 1 of split(n)->(k),(k) broke the signature.\n"
            "  expected  (1)\n  got       (2,)\n" + SIGNATURE_REMEDY,
        ),
        (
            lambda x: x.sum(),
            "(n)->(n)",
            "split(n)->(n) broke the signature.\n"
            "  expected  (3)\n  got       ()\n" + SIGNATURE_REMEDY,
        ),
        (
            lambda x: x[None],
            "(n)->(n)",
            "split(n)->(n) broke the signature.\n"
            "  expected  (3)\n  got       (1, 3)\n" + SIGNATURE_REMEDY,
        ),
    ],
)
@pytest.mark.parametrize("grad", [True, False])
def test_outputs_that_break_the_signature(fn, signature, text, grad):
    """Number and shapes of the outputs are compared with the signature at every call."""
    op = named("split", fn, signature=signature)
    assert message(OutputError, op, tensor(1.0, 2.0, 3.0, grad=grad)) == text


def test_looped_output_that_breaks_the_signature():
    """The batch is part of the shape that was expected."""
    op = named("total", lambda x: x.sum(), signature="(n)->(n)")
    assert message(OutputError, op, torch.ones(2, 3)) == (
        "total(n)->(n) broke the signature.\n"
        "  expected  (2, 3)\n"
        "  got       (2,)\n" + SIGNATURE_REMEDY
    )


def test_looped_outputs_of_different_shapes():
    """Items whose outputs differ in shape break the signature, in its words and not NumPy's."""
    op = named("head", lambda x: x[: int(x[0])], signature="(n)->(k)")
    text = message(OutputError, op, torch.tensor([[1.0, 2.0], [2.0, 2.0]]))
    assert text.startswith("head(n)->(k) ")
    assert "(1,)" in text
    assert "(2,)" in text


def test_empty_batch_of_unknown_outputs():
    """An empty batch with an output dimension that no operand has cannot be answered."""
    op = named("head", lambda x: x[:1], signature="(n)->(k)")
    assert message(OutputError, op, torch.ones(0, 2)) == (
        "head(n)->(k) was called on an empty batch, and the shape of its output cannot be known "
        "from its operands.\n"
        "  expected  output dimensions that occur in an operand, or a batch of at least one\n"
        "  got       batch (0,)"
    )


# -- dtypes ---------------------------------------------------------------------------------------

DTYPES_REMEDY = "Convert in the function with .astype(), or declare out_dtypes=."


@pytest.mark.parametrize(
    ("fn", "options", "expected", "got"),
    [
        (lambda x: x.astype(np.float64), {"signature": "(n)->(n)"}, "float32", "float64"),
        (lambda x: x, {"out_dtypes": "int64"}, "int64", "float32"),
        (lambda x: x, {"out_dtypes": torch.float64}, "float64", "float32"),
        (
            lambda x: (x, x),
            {"out_dtypes": (np.int32, torch.float32)},
            "int32, float32",
            "float32, float32",
        ),
        (
            lambda x: x,
            {"out_dtypes": ("float32", "float32")},
            "float32, float32",
            "float32",
        ),
    ],
)
@pytest.mark.parametrize("grad", [True, False])
def test_wrong_output_dtype(fn, options, expected, got, grad):
    """Outputs are compared with the declared dtypes, or with those of the signature's operands."""
    op = named("typed", fn, **options)
    text = message(OutputError, op, torch.ones(3, requires_grad=grad))
    assert text.endswith(f"  expected  {expected}\n  got       {got}\n{DTYPES_REMEDY}")
    assert text.startswith("typed returned another dtype than ")


def test_declared_dtype_of_a_nested_output():
    """out_dtypes= holds for outputs inside of a dict too."""
    op = named("typed", lambda x: {"a": x}, out_dtypes="int64")
    assert message(OutputError, op, torch.ones(3)).startswith("typed returned another dtype than ")


def test_declared_dtype_of_a_python_number():
    """A Python float is given the declared dtype, or refused: never another dtype."""
    op = named("typed", lambda x: 1.5, out_dtypes="float64")
    assert op(torch.ones(3)).dtype is torch.float64


def test_bad_out_dtypes():
    """A dtype that does not exist is refused where it is declared, naming the op."""
    text = message(DeclarationError, named, "typed", lambda x: x, out_dtypes="floaty")
    assert "typed" in text
    assert "'floaty'" in text


# -- residuals ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fn", "got"),
    [(lambda x: x, "ndarray"), (lambda x: (x, x, x), "tuple"), (lambda x: None, "NoneType")],
)
@pytest.mark.parametrize(
    "argument", [vector(), POINT, np.ones(3)], ids=["grad", "no grad", "array"]
)
def test_residuals_not_returned(fn, got, argument):
    """A forward declared with residuals that returns none is told the pair to return."""
    op = named("factor", fn, residuals=True)
    assert message(OutputError, op, argument) == (
        "factor is declared with residuals=True.\n"
        "  expected  (output, residuals)\n"
        f"  got       {got}\n"
        "Return both, or declare it without residuals=True."
    )


@pytest.mark.parametrize("length", [2, 3])
def test_residuals_not_returned_in_the_loop(length):
    """In the loop an array of two entries is no pair either: it is never taken apart."""
    op = named("factor", lambda x: x, residuals=True, signature="(n)->()")
    assert message(OutputError, op, torch.ones(2, length)) == (
        "factor is declared with residuals=True.\n"
        "  expected  (output, residuals)\n"
        "  got       ndarray\n"
        "Return both, or declare it without residuals=True."
    )


# -- rules at registration ------------------------------------------------------------------------

VJP_WORDS = "names out of grad, cotangent, out, output, needs_input_grad, residuals, x"
JVP_WORDS = "names out of tangents, out, output, residuals, x"
NAMES_REMEDY = "A rule is given what it names, and what none names is not saved."


@pytest.mark.parametrize("mode", ["vjp", "jvp"])
def test_rule_registered_twice(mode):
    """A second rule for the same thing is an error that names replace=True."""
    op = square_with()
    register = getattr(op, f"register_{mode}")
    register(lambda x: x)
    assert message(DeclarationError, register, lambda x: x) == (
        f"square has a {mode} already.\nPass replace=True to register_{mode} to replace it."
    )


def test_rule_at_once_and_registered():
    """A rule given with the op counts as registered."""
    op = square_with(lambda grad: grad)
    assert message(DeclarationError, op.register_vjp, lambda grad: grad) == (
        "square has a vjp already.\nPass replace=True to register_vjp to replace it."
    )


def test_failed_registration_leaves_the_old_rule():
    """A refused rule changes nothing."""
    op = square_with(lambda grad, x: 2 * grad * x)
    message(DeclarationError, op.register_vjp, lambda nothing: 0, replace=True)
    x = vector()
    backward(op, x)
    assert torch.equal(x.grad, 2 * POINT)


@pytest.mark.parametrize(
    ("rule", "mode", "name", "words"),
    [
        (lambda grad, y: grad, "vjp", "y", VJP_WORDS),
        (lambda tangents: tangents, "vjp", "tangents", VJP_WORDS),
        (lambda grad: grad, "jvp", "grad", JVP_WORDS),
        (lambda tangents, needs_input_grad: 0, "jvp", "needs_input_grad", JVP_WORDS),
    ],
)
def test_rule_asks_for_what_does_not_exist(rule, mode, name, words):
    """A rule with an unknown parameter is refused at registration, with what there is."""
    assert message(DeclarationError, getattr(square_with(), f"register_{mode}"), rule) == (
        f"the {mode} of square asks for {name!r}, which does not exist.\n"
        f"  expected  {words}\n"
        f"  got       {name}"
    )


@pytest.mark.parametrize(
    ("rule", "got"), [(lambda grad, *args: grad, "*args"), (lambda grad, **kw: grad, "**kw")]
)
def test_rule_with_open_parameters(rule, got):
    """A rule says by name what it needs, so *args and **kwargs are refused."""
    assert message(DeclarationError, square_with, rule) == (
        f"the vjp of square takes {got}.\n"
        f"  expected  {VJP_WORDS}\n"
        f"  got       {got}\n" + NAMES_REMEDY
    )


def test_rule_for_an_unknown_argument():
    """A mapping of rules names parameters."""
    assert message(DeclarationError, square_with, {"y": lambda grad: grad}) == (
        "the vjp of square has a rule for 'y', which is no parameter it differentiates.\n"
        "  expected  names out of x\n"
        "  got       y"
    )


@pytest.mark.parametrize(
    ("rule", "label"), [(3, "the vjp of square"), ({"x": 3}, "the vjp of square in 'x'")]
)
def test_rule_that_is_no_function(rule, label):
    """What is no function is no rule."""
    assert message(DeclarationError, square_with, rule) == (
        f"{label} is not a function.\n  expected  a function\n  got       3"
    )


def test_composite_rule_asks_for_residuals():
    """Residuals are constants to autograd, so a composite rule cannot have them."""
    rule = composite(lambda grad, residuals: grad)
    assert message(DeclarationError, square_with, rule, residuals=True) == (
        "the vjp of square is composite and asks for residuals, which are constants to "
        "autograd: its second derivative would be wrong.\n"
        "Compute them again from the arguments with torch functions and npbridge ops."
    )


@pytest.mark.parametrize("mode", ["vjp", "jvp"])
def test_rule_asks_for_residuals_there_are_none_of(mode):
    """A rule that asks for residuals needs a forward that returns them."""
    register = getattr(square_with(), f"register_{mode}")
    assert message(DeclarationError, register, lambda residuals: residuals) == (
        f"the {mode} of square asks for residuals, and the forward function returns none.\n"
        "Return (output, residuals) from it and decorate it with residuals=True."
    )


def test_both_words_are_parameters():
    """A vjp of a function whose parameters take both words for the cotangent is refused."""

    def clash(x, grad, cotangent):
        return x * grad * cotangent

    with pytest.raises(DeclarationError) as caught:
        numpy_op(clash, vjp=lambda grad: {"x": grad})
    assert "clash" in str(caught.value)
    assert "'grad'" in str(caught.value)
    assert "'cotangent'" in str(caught.value)


# -- what can be an op ----------------------------------------------------------------------------


def generator(x):
    yield x


async def coroutine(x):
    return x


async def async_generator(x):
    yield x


class Machine:
    def __call__(self, x):
        return x


@pytest.mark.parametrize(
    ("thing", "text"),
    [
        (
            generator,
            "numpy_op was applied to the generator generator.\n"
            "Return the arrays, all at once, instead of yielding them.",
        ),
        (
            async_generator,
            "numpy_op was applied to the generator async_generator.\n"
            "Return the arrays, all at once, instead of yielding them.",
        ),
        (
            coroutine,
            "numpy_op was applied to the async function coroutine.\n"
            "Decorate a plain function, and await outside of it.",
        ),
        (
            staticmethod(assign),
            "numpy_op was applied to a staticmethod.\n"
            "Put @staticmethod on the outside, above @numpy_op.",
        ),
        (
            classmethod(assign),
            "numpy_op was applied to a classmethod.\n"
            "Put @classmethod on the outside, above @numpy_op.",
        ),
        (
            3,
            "numpy_op was applied to 3, which is not callable.\n"
            "Options go by keyword: @numpy_op(name=...).",
        ),
        (
            "solve",
            "numpy_op was applied to 'solve', which is not callable.\n"
            "Options go by keyword: @numpy_op(name=...).",
        ),
        (
            lambda x: x,
            'numpy_op was given a lambda, which has no name.\nName the op: numpy_op(fn, name="f").',
        ),
        (
            Machine(),
            "numpy_op was given a Machine, which has no name.\n"
            'Name the op: numpy_op(fn, name="f").',
        ),
        (
            min,
            "<built-in function min> does not tell its parameters.\n"
            "Wrap it in a def that names them: def f(x): return fn(x).",
        ),
    ],
    ids=[
        "generator",
        "async generator",
        "coroutine",
        "staticmethod",
        "classmethod",
        "number",
        "name by position",
        "lambda",
        "callable object",
        "builtin",
    ],
)
@pytest.mark.parametrize("configured", [False, True])
def test_what_cannot_be_an_op(thing, text, configured):
    """What cannot be an op is refused where it is decorated, bare or configured."""
    decorate = numpy_op(vectorized=False) if configured else numpy_op
    assert message(DeclarationError, decorate, thing) == text


def test_class_as_an_op():
    """A class is no function, and the remedy does not send the reader into the next error."""
    text = message(DeclarationError, numpy_op, Machine)
    assert text.startswith("numpy_op was applied to the class Machine.\n")


@pytest.mark.parametrize(
    "text", ["(m", "m->m", "(m)->", "->(m)", "(m)(n)->(m)", "(m),(n)", "", "(m)->(m)->(m)", 3]
)
def test_bad_signature(text):
    """A signature that cannot be read is shown beside one that can."""
    assert message(DeclarationError, named, "f", lambda x, y: x, signature=text) == (
        f"{text!r} is not a gufunc signature.\n"
        "  expected  operands -> outputs in parentheses, as in '(m,n),(n)->(m)'\n"
        f"  got       {text!r}"
    )


def test_vectorized_without_signature():
    """A function that broadcasts has to say over what."""
    assert message(DeclarationError, named, "f", lambda x: x, vectorized=True) == (
        "f is declared vectorized without a signature.\n"
        'Say what it broadcasts over: numpy_op(signature="(m,m),(m)->(m)", vectorized=True).'
    )


def test_more_operands_than_parameters():
    """Every operand of a signature is a parameter."""
    assert message(DeclarationError, named, "f", lambda x: x, signature="(),()->()") == (
        "the signature of f has more operands than the function has parameters.\n"
        "  expected  at most 1: x\n"
        "  got       2 in '(),()->()'"
    )


@pytest.mark.parametrize(("names", "got"), [(("x", "y"), "x, y"), ("y", "y"), (["y"], "y")])
def test_differentiable_names_an_unknown(names, got):
    """differentiable= names parameters."""
    assert message(DeclarationError, named, "f", lambda x: x, differentiable=names) == (
        "differentiable= of f names 'y', which is no parameter.\n"
        "  expected  names out of x\n"
        f"  got       {got}"
    )


# -- elementwise_op -------------------------------------------------------------------------------


def test_no_partials():
    """An elementwise op without partials is told that it names every argument."""
    assert message(DeclarationError, elementwise_op, np.sin, partials={}) == (
        "elementwise_op was given no partials.\n"
        "  expected  a mapping with every argument of the function, in order\n"
        "  got       {}"
    )


def test_partial_that_is_no_formula():
    """A partial is a function, or says why there is none."""
    assert message(DeclarationError, elementwise_op, np.sin, partials={"x": 1.0}) == (
        "the partial of sin in 'x' is not a formula.\n"
        "  expected  a function, unwritten(why) or integer(why)\n"
        "  got       1.0"
    )


def test_partial_asks_for_what_does_not_exist():
    """A partial names arguments and out, and grad is none of them."""
    assert message(
        DeclarationError, elementwise_op, np.sin, partials={"x": lambda grad, x: grad}
    ) == (
        "the partial of sin in 'x' asks for 'grad', which does not exist.\n"
        "  expected  names out of out, output, x\n"
        "  got       grad"
    )


def test_partial_with_open_parameters():
    """A partial takes no *args."""
    assert message(DeclarationError, elementwise_op, np.sin, partials={"x": lambda *a: a}) == (
        "the partial of sin in 'x' takes *a.\n"
        "  expected  names out of out, output, x\n"
        "  got       *a\n" + NAMES_REMEDY
    )


def difference(a, b):
    return a - b


@pytest.mark.parametrize(
    "partials",
    [
        {"b": lambda: -1.0, "a": lambda: 1.0},
        {"a": lambda: 1.0},
        {"a": lambda: 1.0, "b": lambda: -1.0, "c": lambda: 0.0},
        {"a": lambda: 1.0, "c": lambda: -1.0},
    ],
    ids=["other order", "too few", "too many", "other name"],
)
def test_partials_that_are_not_the_arguments(partials):
    """Partials that differ from the parameters a function tells would meet the wrong ones."""
    text = message(DeclarationError, elementwise_op, difference, partials=partials)
    assert "difference" in text
    assert "a, b" in text


def test_holomorphic_names_an_unknown():
    """holomorphic= names arguments."""
    with pytest.raises(DeclarationError) as caught:
        elementwise_op(np.sin, partials={"x": lambda x: np.cos(x)}, holomorphic=["z"])
    assert "'z'" in str(caught.value)


def test_elementwise_without_a_name():
    """An elementwise op of a function without a name is told to name itself."""
    assert message(DeclarationError, elementwise_op, lambda x: x, partials={"x": lambda x: x}) == (
        "elementwise_op was given a lambda, which has no name.\n"
        'Name the op: elementwise_op(fn, name="f").'
    )


def bessel():
    return elementwise_op(
        lambda v, n, z: v * n * z,
        name="bessel",
        partials={
            "v": unwritten("the derivative in the order is an infinite series", see="DLMF 10.15.1"),
            "n": integer("the number of terms"),
            "z": lambda v, n: v * n,
        },
    )


UNWRITTEN = (
    "bessel has no derivative with respect to 'v': the derivative in the order is an infinite "
    "series (DLMF 10.15.1).\n"
    "Pass v.detach(), or write your own rule with npbridge.numpy_op."
)


def test_unwritten_partial():
    """An unwritten partial says why, where to look, and what to do."""
    x = tensor(2.0)
    assert message(MissingDerivativeError, lambda: bessel()(x, 2, 3.0).backward()) == UNWRITTEN


def test_unwritten_partial_in_transforms():
    """The same in reverse, forward and nested transforms."""
    op = bessel()
    x = torch.tensor(2.0)
    for transform in (torch.func.grad, torch.func.jacfwd, torch.func.hessian):
        assert message(MissingDerivativeError, transform(lambda v: op(v, 2, 3.0)), x) == UNWRITTEN


def test_unwritten_partial_without_a_source():
    """Without a source there is no bracket."""
    op = elementwise_op(np.sin, name="s", partials={"v": unwritten("nobody needed it")})
    assert message(MissingDerivativeError, lambda: op(tensor(1.0)).backward()) == (
        "s has no derivative with respect to 'v': nobody needed it.\n"
        "Pass v.detach(), or write your own rule with npbridge.numpy_op."
    )


def test_unwritten_partial_that_nobody_needs():
    """The other arguments have their gradients as long as nobody asks for the unwritten one."""
    v, z = tensor(2.0), tensor(3.0)
    (found,) = torch.autograd.grad(bessel()(v, 4, z), z)
    assert found.item() == 8.0


def test_integer_argument():
    """An integer argument says what it counts."""
    n = tensor(2.0)
    assert message(MissingDerivativeError, lambda: bessel()(1.0, n, 3.0).backward()) == (
        "bessel has no derivative with respect to 'n', which takes integers: the number of "
        "terms.\nPass n.detach()."
    )


@pytest.mark.parametrize(
    ("z", "got"),
    [
        (torch.ones(2, dtype=torch.complex64), "complex64"),
        (1j, "complex"),
        (np.array([1j]), "complex128"),
    ],
)
def test_complex_for_an_argument_that_is_not_holomorphic(z, got):
    """Complex input is refused where the partial holds for real numbers only."""
    assert message(UnsupportedTensorError, bessel(), tensor(1.0), 2, z) == (
        "bessel does not take complex numbers for 'z'.\n"
        "  expected  a real tensor\n"
        f"  got       {got}\n"
        "Its partial derivative is written for real 'z' only."
    )


# -- derivatives that are not there ---------------------------------------------------------------


def inverse_op(**options):
    def inv(x):
        return np.linalg.inv(x)

    return numpy_op(inv, **options)


NO_VJP = "inv has no vjp for 'x'.\nRegister one with @inv.register_vjp, or pass x.detach()."
NO_JVP = "inv has no jvp for 'x'.\nRegister one with @inv.register_jvp, or pass x.detach()."


def test_missing_vjp_is_an_error_at_backward():
    """Without a rule the output has a grad_fn, and the error comes at backward."""
    y = inverse_op()(torch.eye(2, requires_grad=True))
    assert y.requires_grad
    assert y.grad_fn is not None
    assert message(MissingDerivativeError, y.sum().backward) == NO_VJP


@pytest.mark.parametrize("jvp", [None, lambda tangents: tangents["x"]])
def test_missing_vjp_in_transforms(jvp):
    """The same under torch.func; a jvp is no vjp."""
    op = inverse_op(jvp=jvp)
    assert message(
        MissingDerivativeError, torch.func.grad(lambda x: op(x).sum()), torch.eye(2)
    ) == (NO_VJP)
    assert message(MissingDerivativeError, torch.func.jacrev(op), torch.eye(2)) == NO_VJP


def test_missing_vjp_of_one_argument():
    """Rules for some arguments leave an error for the others, only where it is needed."""
    op = scaled_with({"x": lambda grad, k: grad * k})
    x, k = vector(), tensor(2.0)
    assert torch.autograd.grad(op(x, k).sum(), x)[0].tolist() == [2.0, 2.0, 2.0]
    assert message(MissingDerivativeError, backward, op, x, k) == (
        "scaled has no vjp for 'k'.\nRegister one with @scaled.register_vjp, or pass k.detach()."
    )


def test_missing_vjp_of_a_nested_argument():
    """A nested argument is differentiated by its name."""
    assert message(MissingDerivativeError, backward, total_with(), {"a": vector(), "b": [1.0]}) == (
        "total has no vjp for 'p'.\nRegister one with @total.register_vjp, or pass p.detach()."
    )


@pytest.mark.parametrize("vjp", [None, lambda grad, out: -out.T @ grad @ out.T])
def test_missing_jvp(vjp):
    """Without a jvp, and with a NumPy vjp only, forward mode is an error, never a zero."""
    op = inverse_op(vjp=vjp)
    assert message(MissingDerivativeError, push, op, torch.eye(2)) == NO_JVP
    assert message(MissingDerivativeError, torch.func.jacfwd(op), torch.eye(2)) == NO_JVP


def test_missing_jvp_with_dual_tensors():
    """The same for forward_ad, with and without grad mode."""
    op = inverse_op()
    with torch.autograd.forward_ad.dual_level():
        dual = torch.autograd.forward_ad.make_dual(torch.eye(2), torch.eye(2))
        assert message(MissingDerivativeError, op, dual) == NO_JVP
        with torch.no_grad():
            assert message(MissingDerivativeError, op, dual) == NO_JVP


NOT_DIFFERENTIABLE = (
    "scaled is not differentiable with respect to 'k': it was declared with "
    "differentiable=('x',).\nPass k.detach(), or name it in differentiable=."
)


@pytest.mark.parametrize("mark", [lambda rule: rule, composite], ids=["numpy", "composite"])
@pytest.mark.parametrize("both", [False, True])
def test_argument_outside_of_differentiable(mark, both):
    """An argument that differentiable= leaves out is refused at backward, not left without."""
    op = scaled_with(mark(lambda grad, k: (grad * k,)), differentiable="x")
    x = vector() if both else POINT
    assert message(MissingDerivativeError, backward, op, x, tensor(2.0)) == NOT_DIFFERENTIABLE


def test_argument_outside_of_differentiable_in_transforms():
    """The same under torch.func."""
    op = scaled_with(lambda grad, k: (grad * k,), differentiable="x")
    fn = torch.func.grad(lambda k: op(POINT, k).sum())
    assert message(MissingDerivativeError, fn, torch.tensor(2.0)) == NOT_DIFFERENTIABLE


def keyword_scaled(x, *, k):
    return x * k


@pytest.mark.parametrize("returned", [lambda g: g, lambda g: (g,)], ids=["bare", "tuple"])
def test_keyword_only_argument_left_out_of_a_tuple(returned):
    """A gradient for x alone is an error where a keyword-only argument needs one as well."""
    op = numpy_op(keyword_scaled, vjp=lambda grad: returned(grad))
    x, k = vector(), tensor(2.0)
    with pytest.raises((RuleError, MissingDerivativeError)) as caught:
        op(x, k=k).sum().backward()
    assert "keyword_scaled" in str(caught.value)
    assert "k" in str(caught.value).replace("keyword_scaled", "")


@pytest.mark.parametrize("vectorized", [True, False])
def test_argument_beyond_the_operands_left_out_of_a_tuple(vectorized):
    """A gradient for the operands alone is an error where a further argument needs one."""
    op = scaled_with(lambda grad, k: (grad * k,), signature="(n)->(n)", vectorized=vectorized)
    with pytest.raises((RuleError, MissingDerivativeError)) as caught:
        backward(op, vector(), tensor(2.0))
    assert "'k'" in str(caught.value)


# -- second derivatives of NumPy rules ------------------------------------------------------------

SECOND = (
    "the vjp of square was differentiated, and a NumPy rule is first order only.\n"
    "Register a rule written with torch functions and npbridge ops "
    "(square.register_vjp(rule, composite=True)), or an op that has rules of its own: those can "
    "be differentiated again."
)


def first_gradient(op, x):
    (g,) = torch.autograd.grad(op(x).sum(), x, create_graph=True)
    return g


STYLES = {
    "backward": lambda op, x: first_gradient(op, x).sum().backward(),
    "autograd.grad": lambda op, x: torch.autograd.grad(first_gradient(op, x).sum(), x),
    "allow_unused": lambda op, x: torch.autograd.grad(
        first_gradient(op, x).sum(), x, allow_unused=True
    ),
    "is_grads_batched": lambda op, x: torch.autograd.grad(
        first_gradient(op, x), x, torch.eye(3, dtype=F64), is_grads_batched=True
    ),
    "functional.hessian": lambda op, x: torch.autograd.functional.hessian(
        lambda z: op(z).sum(), x.detach()
    ),
    "functional.hessian vectorized": lambda op, x: torch.autograd.functional.hessian(
        lambda z: op(z).sum(), x.detach(), vectorize=True
    ),
    "functional.hvp": lambda op, x: torch.autograd.functional.hvp(
        lambda z: op(z).sum(), x.detach(), POINT
    ),
    "functional.jvp": lambda op, x: torch.autograd.functional.jvp(op, x.detach(), POINT),
    "func.hessian": lambda op, x: torch.func.hessian(lambda z: op(z).sum())(x.detach()),
    "jacrev of jacrev": lambda op, x: torch.func.jacrev(torch.func.jacrev(op))(x.detach()),
    "grad of grad": lambda op, x: torch.func.grad(
        lambda z: torch.func.grad(lambda w: op(w).sum())(z).sum()
    )(x.detach()),
    "jvp of grad": lambda op, x: torch.func.jvp(
        torch.func.grad(lambda z: op(z).sum()), (x.detach(),), (POINT,)
    ),
    "vmap of hessian": lambda op, x: torch.func.vmap(torch.func.hessian(lambda z: op(z).sum()))(
        torch.ones(2, 3, dtype=F64)
    ),
}


@pytest.mark.parametrize("style", STYLES)
def test_second_derivative_of_a_numpy_rule(style):
    """No call style gets past the error for the second derivative of a NumPy rule."""
    op = square_with(lambda grad, x: 2 * grad * x, jvp=lambda tangents, x: 2 * x * tangents["x"])
    assert message(SecondDerivativeError, STYLES[style], op, vector()) == SECOND


@pytest.mark.parametrize(
    ("rule", "options"),
    [
        (lambda grad, out: 2 * grad * np.sqrt(out), {}),
        ({"x": lambda grad, x: 2 * grad * x}, {}),
        (lambda grad, x: (2 * grad * x,), {"signature": "(n)->(n)"}),
        (lambda grad, x: (2 * grad * x,), {"signature": "(n)->(n)", "vectorized": True}),
    ],
    ids=["out", "per argument", "looped", "vectorized"],
)
@pytest.mark.parametrize("style", ["autograd.grad", "functional.hessian", "func.hessian"])
def test_second_derivative_of_every_kind_of_numpy_rule(rule, options, style):
    """The same however the rule reaches the argument."""
    op = square_with(rule, jvp=lambda tangents, x: 2 * x * tangents["x"], **options)
    text = message(SecondDerivativeError, STYLES[style], op, vector())
    assert "was differentiated, and a NumPy rule is first order only.\n" in text
    assert text.startswith("the vjp of square")


@pytest.mark.parametrize("style", ["backward", "autograd.grad", "functional.hessian"])
def test_second_derivative_through_residuals(style):
    """The same where the rule knows the argument only through its residuals."""

    def square(x):
        return x**2, 2 * x

    op = numpy_op(square, residuals=True, vjp=lambda grad, residuals: grad * residuals)
    assert message(SecondDerivativeError, STYLES[style], op, vector()) == SECOND


def test_second_derivative_in_the_cotangent():
    """Differentiating a NumPy rule in its cotangent is refused as well."""
    op = square_with(lambda grad, x: 2 * grad * x)
    x, w = vector(), vector()
    (g,) = torch.autograd.grad(op(x), x, w, create_graph=True)
    assert message(SecondDerivativeError, torch.autograd.grad, g.sum(), w) == SECOND


@pytest.mark.parametrize(
    "style",
    [
        lambda f: torch.func.jvp(lambda z: push(f, z)[1], (POINT,), (POINT,)),
        lambda f: torch.func.grad(lambda z: push(f, z)[1].sum())(POINT),
        lambda f: torch.func.jacfwd(torch.func.jacfwd(f))(POINT),
    ],
    ids=["jvp of jvp", "grad of jvp", "jacfwd of jacfwd"],
)
def test_second_derivative_of_a_numpy_jvp(style):
    """A NumPy jvp is first order too, and the remedy names register_jvp."""
    op = square_jvp(lambda tangents, x: 2 * x * tangents["x"])
    text = message(SecondDerivativeError, style, op)
    assert text.startswith(
        "the jvp of square was differentiated, and a NumPy rule is first order only.\n"
    )
    assert "square.register_jvp(rule, composite=True)" in text


def test_partial_written_in_numpy_at_second_order():
    """A partial written with NumPy's own functions names itself and npbridge.elementary."""
    op = elementwise_op(np.sin, name="sine", partials={"x": lambda x: np.cos(x)})
    for style in ("autograd.grad", "func.hessian"):
        with pytest.raises(Exception) as caught:  # the type is not settled
            STYLES[style](op, vector())
        text = "\n".join([str(caught.value), *getattr(caught.value, "__notes__", [])])
        assert "the partial of sine in 'x'" in text
        assert "npbridge.elementary" in text


# -- devices, tracing, policies, pickling ---------------------------------------------------------


@pytest.mark.parametrize("grad", [True, False])
def test_meta_tensors(grad):
    """Of meta tensors only shapes can be told, and not even these by an op that says nothing."""
    x = torch.ones(2, device="meta", requires_grad=grad)
    assert message(TransformError, square_with(), x) == (
        "square cannot be traced: its output shapes are known only by running it.\n"
        "Declare a gufunc signature=, or register them with @square.register_fake."
    )


def test_meta_tensor_beside_a_real_one():
    """One meta tensor among others is refused, as on any two devices."""
    assert message(ValueError, scaled_with(), vector(), torch.ones((), device="meta")) == (
        "scaled was given tensors on several devices.\n"
        "  expected  one device\n"
        "  got       cpu, meta"
    )


@pytest.mark.parametrize("policy", ["never", True, None, ["allow"]])
def test_unknown_host_transfer_policy(policy):
    """An unknown policy is refused with the three there are, and changes nothing."""
    assert message(ValueError, npbridge.set_host_transfer, policy) == (
        "set_host_transfer was given an unknown policy.\n"
        "  expected  'allow', 'warn', 'error'\n"
        f"  got       {policy!r}"
    )


def test_vmap_over_nothing():
    """Over an empty batch vmap cannot know the output's shape."""
    assert message(TransformError, torch.func.vmap(square_with()), torch.ones(0, 3)) == (
        "square was vmapped over an empty batch.\n"
        "For its shapes declare a gufunc signature=, or register them with @square.register_fake."
    )


def test_vmap_with_objects_among_the_outputs():
    """Objects that differ between the items of a vmap raise: the last item's is not everyone's."""
    op = named("mixed", lambda x: (2 * x, int(x.sum())))

    def fn(x):
        y, number = op(x)
        return y * number

    text = message(TransformError, torch.func.vmap(fn), torch.tensor([[1.0, 2.0], [3.0, 4.0]]))
    assert "mixed" in text


def test_lambda_cannot_be_pickled():
    """An op that its module does not hold says why it cannot be pickled, and what to do."""
    op = named("local", lambda x: x)
    text = message(PicklingError, pickle.dumps, op)
    assert text == (
        "local cannot be pickled: it is not "
        f"{__name__}.test_lambda_cannot_be_pickled.<locals>.<lambda>.\n"
        "Assign the op to a name at the top level of its module."
    )
