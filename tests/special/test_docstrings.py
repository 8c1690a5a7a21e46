"""What `help` says of the catalogue: sections, examples that run, and torch's own functions."""

import doctest
import inspect
import pickle
import pydoc
import subprocess
import sys
import warnings
from itertools import pairwise

import numpy as np
import pytest
import torch
from references import OPS, REFERENCES
from references.measure import arguments, grouped
from references.points import kinds, rows

from npbridge import ElementwiseOp, NumpyOp, elementwise_op, integer, numpy_op, special, unwritten
from npbridge.special._example import NATIVE

SECTIONS = ["Parameters", "Returns", "See Also", "References", "Examples"]
JV = """\
jv(v, z)
    Jᵥ(z), the Bessel function of the first kind of real order.

    Parameters
    ----------
    v : Tensor, array or float
        Differentiable. Checked in [-8, 8].
    z : Tensor, array, float or complex
        Differentiable. Checked in [0.5, 40].

    Returns
    -------
    Tensor
        Of the shape to which the arguments broadcast; an array where none is a Tensor.

    See Also
    --------
    scipy.special.jv, scipy.special.jn : The same on arrays.

    Notes
    -----
    For negative real z and an order that is no integer the value is NaN, as SciPy's; the
    derivative in the order is NaN for any order there.

    References
    ----------
    DLMF 10.6.1

    Examples
    --------
    >>> import torch
    >>> from npbridge import special
    >>> v = torch.tensor(0.5, dtype=torch.float64, requires_grad=True)
    >>> z = torch.tensor(1.5, dtype=torch.float64, requires_grad=True)
    >>> y = special.jv(v, z)
    >>> y
    tensor(0.6498, dtype=torch.float64, grad_fn=<JvBackward>)
    >>> torch.autograd.grad(y, (v, z))
    (tensor(-0.0075, dtype=torch.float64), tensor(-0.1705, dtype=torch.float64))
"""


def test_help_of_jv():
    """`help` prints the whole record, and `inspect.getdoc` returns it."""
    text = pydoc.render_doc(special.jv, renderer=pydoc.plaintext)
    lines = [line.rstrip() for line in text.splitlines()[2:]]
    assert "\n".join(lines).strip() == JV.strip()
    assert inspect.getdoc(special.jv) == inspect.cleandoc(special.jv.__doc__)
    assert pickle.loads(pickle.dumps(special.jv)) is special.jv


@pytest.mark.parametrize("name", special.CATALOGUE)
def test_sections(name):
    """The docstring of an entry has every section, in numpydoc's order, and every argument."""
    op = special.CATALOGUE[name]
    lines = op.__doc__.splitlines()
    found = [a for a, b in pairwise(lines) if b and set(b) == {"-"}]
    assert [s for s in found if s != "Notes"] == SECTIONS
    assert lines[0].startswith(op.title[:40])
    assert all(any(line.startswith(f"{n} : ") for line in lines) for n in op.names)
    text = " ".join(op.__doc__.split())
    assert f"scipy.special.{name}" in text
    assert op.notes in text.replace("\n", " ") or " ".join(op.notes.split()) in text
    assert max(map(len, lines[: lines.index("Examples")])) <= 88
    assert op.__doc__ is op.__doc__, "made once"


def test_every_example_runs():
    """The examples of all entries run as doctests, warn of nothing, and show numbers."""
    finder, runner = doctest.DocTestFinder(), doctest.DocTestRunner(verbose=False)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for name, op in special.CATALOGUE.items():
            (test,) = finder.find(op, name, module=False, globs={})
            assert len(test.examples) >= 4, name
            runner.run(test)
            shown = "".join(example.want for example in test.examples)
            assert "nan" not in shown, name
            assert "inf" not in shown, name
            if kinds(op)[2] if op.elementwise else op.order:
                assert "autograd.grad" in op.__doc__, name
    assert runner.summarize(verbose=False).failed == 0


def test_importing_makes_no_docstring():
    """Docstrings, whose examples are run for their numbers, wait until they are read."""
    code = (
        "import sys, npbridge.special as s;"
        "assert not any('__doc__' in vars(op) for op in s.CATALOGUE.values());"
        "assert 'npbridge.special._example' not in sys.modules;"
        "s.jv.__doc__; assert '__doc__' in vars(s.jv)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_classes_keep_their_docstrings():
    """The docstring of an op is not that of its class."""
    assert inspect.getdoc(NumpyOp).startswith("A NumPy function on tensors")
    assert inspect.getdoc(ElementwiseOp).startswith("A `NumpyOp` made of partial derivatives")


def test_other_ops():
    """A `numpy_op` has the docstring of its function; an `elementwise_op` one of its partials."""

    @numpy_op
    def documented(x):
        """Nothing is done."""
        return x

    assert documented.__doc__ == "Nothing is done."
    documented(torch.ones(1))
    assert documented.__doc__ == "Nothing is done."
    assert numpy_op(lambda x: x, name="f").__doc__ is None
    documented.__doc__ = "Another."
    assert documented.__doc__ == "Another."
    op = elementwise_op(
        np.hypot,
        partials={"x": integer("the pages", static=True), "y": unwritten("nobody has tried")},
        title="The length of (x, y).",
        notes="A note.",
        source="Pythagoras",
    )
    assert op.__doc__ == (
        "The length of (x, y).\n\n"
        "Parameters\n----------\n"
        "x : int\n    Integers: the pages.\n"
        "y : Tensor, array or float\n    Not differentiable: nobody has tried.\n\n"
        "Returns\n-------\nTensor\n"
        "    Of the shape to which the arguments broadcast; an array where none is a Tensor.\n\n"
        "Notes\n-----\nA note.\n\n"
        "References\n----------\nPythagoras\n"
    )

    def power(x, n=2, *, how="fast", safe=True):
        return x**n

    options = elementwise_op(
        power,
        partials={
            "x": lambda x, n: n * x ** (n - 1),
            "n": integer("the power"),
            "how": integer("the method", static=True),
            "safe": integer("whether it is safe", static=True),
        },
    )
    assert (
        "x : Tensor, array or float\n    Differentiable.\n"
        "n : int, or Tensor or array of integers, default 2\n    Integers: the power.\n"
        "how : str, default 'fast'\n    An option: the method.\n"
        "safe : bool, default True\n    An option: whether it is safe.\n"
    ) in options.__doc__
    nameless = elementwise_op(np.sinc, name="s", partials={"x": unwritten("no")})
    assert nameless.__doc__.startswith("s on tensors.\n\nParameters\n")


def test_helpers_have_no_example():
    """Ops that are not names of the catalogue are not imported from it."""
    for op in OPS.values():
        if op not in special.CATALOGUE.values():
            assert "Examples" not in op.__doc__


@pytest.mark.parametrize("name", sorted(NATIVE))
def test_torch_has_the_same_function(name):
    """What is called native has the same values and gradients inside the domain, to 1e-12."""
    op, native = special.CATALOGUE[name], getattr(torch.special, name)
    reference = REFERENCES[op.name]
    listed = [
        row
        for row in rows(op, reference)
        if all(low <= x <= high for x, (low, high) in zip(row, op.domain.values(), strict=True))
    ]
    assert len(listed) >= 6
    for places in grouped(op, listed):
        points = [listed[i] for i in places]
        results = []
        for function in (op, native):
            given = arguments(op, points)
            y = function(*given.values())
            wanted = [given[n] for n in kinds(op)[2]]
            results.append([y, *torch.autograd.grad(y, wanted, torch.ones_like(y))])
        for ours, torchs in zip(*results, strict=True):
            torch.testing.assert_close(ours, torchs, rtol=1e-12, atol=1e-300)
    assert f"torch.special.{name} is native" in op.__doc__.replace("\n", " ")
