"""The pytest plugin: what it collects, what passes, fails and is skipped, and what it says."""

import subprocess
import sys

import pytest

from npbridge.testing import PROPERTIES

pytest_plugins = ["pytester"]

HEAD = """
import numpy as np
import pytest
import torch
from npbridge import numpy_op, special

X = torch.tensor([0.5, 1.5], dtype=torch.float64)

@numpy_op(signature="()->()", vectorized=True)
def square(x):
    return x * x

square.register_vjp(lambda grad, x: 2 * grad * x)

@numpy_op(signature="()->()", vectorized=True)
def wrong(x):
    return x * x

wrong.register_vjp(lambda grad, x: 3 * grad * x)

class Double(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return 2 * x

    @staticmethod
    def backward(ctx, grad):
        return 2 * grad
"""


@pytest.fixture
def run(pytester):
    """Run pytest on test modules of its own, with warnings as errors and strict markers."""

    def run(body="", *options, **modules):
        modules = modules or {"test_ops": body}
        pytester.makepyfile(**{name: HEAD + body for name, body in modules.items()})
        # In a process of its own: pytester takes modules away that a run has imported, and torch
        # 2.13 cannot be imported in part twice.
        return pytester.runpytest_subprocess(
            "--strict-markers", "-W", "error", "-p", "no:cacheprovider", "-rfs", *options
        )

    return run


def collected(result):
    return [line.partition("::")[2] for line in result.outlines if "::" in line]


def test_one_test_for_each_op_and_property(run):
    """The names of the tests are those of the op and of the property, without spaces."""
    result = run(
        """
@pytest.mark.numpy_op([square, special.j0, Double.apply])
def test_all(op_holds):
    op_holds(X)
""",
        "--collect-only",
        "-q",
    )
    assert collected(result) == [
        f"test_all[{op}-{name.replace(' ', '_')}]"
        for op in ("square", "j0", "Double")
        for name in PROPERTIES
    ]


def test_right_ops_pass(run):
    """With arguments in the call, in the mark, and drawn; in a class, and with several marks."""
    result = run("""
PROPERTIES = ["vmap", "checkpoint"]

@pytest.mark.numpy_op([square], properties=PROPERTIES)
@pytest.mark.numpy_op([torch.sin], properties=["vmap"])
def test_call(op_holds):
    op_holds(X)

@pytest.mark.numpy_op([square, special.j0], args=(X,), properties=PROPERTIES)
def test_mark(op_holds):
    op_holds()

@pytest.mark.numpy_op([special.gammainc], kwargs={"a": X, "x": X}, properties=PROPERTIES, seed=1)
class TestClass:
    def test_method(self, op_holds):
        op_holds()

@pytest.mark.numpy_op(square, special.j0, properties=["vmap"], examples=2)
def test_drawn(op_holds):
    op_holds()
""")
    result.assert_outcomes(passed=3 + 4 + 2 + 2)


def test_the_number_of_draws(run):
    """`examples` says how often a property is tried on drawn arguments."""
    result = run("""
calls = []

@pytest.mark.numpy_op([square], properties=["vmap"], examples=3)
def test_drawn(op_holds, monkeypatch):
    import npbridge.testing
    check = npbridge.testing.check
    def counting(*args, **kwargs):
        calls.append(args)
        return check(*args, **kwargs)
    monkeypatch.setattr(npbridge.testing, "check", counting)
    op_holds()
    assert 1 <= len(calls) <= 3
""")
    result.assert_outcomes(passed=1)


def test_a_wrong_op_fails_with_the_table(run):
    """Only where it is wrong, and the report is in the output."""
    result = run("""
@pytest.mark.numpy_op([wrong], properties=["reverse mode", "vmap"])
def test_wrong(op_holds):
    op_holds(X)
""")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        [
            "E*CheckError: wrong failed: reverse mode",
            "*wrong(x=[[]0.5, 1.5])",
            "*property*verdict*argument*element*expected*got*rel. error",
            "*reverse mode*wrong*",
            "FAILED test_ops.py::test_wrong[[]wrong-reverse_mode]*",
        ]
    )
    result.stdout.no_fnmatch_line("*_check.py*")  # of the library's own code nothing is shown


def test_a_wrong_op_fails_on_drawn_arguments(run):
    """Hypothesis finds arguments on which it is wrong."""
    result = run("""
@pytest.mark.numpy_op([wrong], properties=["reverse mode"])
def test_wrong(op_holds):
    op_holds()
""")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*CheckError: wrong failed: reverse mode"])


def test_what_is_not_tried_is_skipped_with_the_reason(run):
    """A property that says nothing, and a refusal; an exception of another kind fails."""
    result = run("""
@pytest.mark.numpy_op([square], properties=["torch.func"])
def test_no_derivative(op_holds):
    op_holds(2.0)

@pytest.mark.numpy_op([square], properties=["forward over reverse"])
def test_first_order(op_holds):
    op_holds(X)

@pytest.mark.numpy_op([Double.apply], properties=["vmap"])
def test_function(op_holds):
    op_holds(X)
""")
    result.assert_outcomes(skipped=2, failed=1)
    result.stdout.fnmatch_lines(
        [
            "*CheckError: Double.apply failed: vmap",
            "SKIPPED*torch.func: nothing to say: no output is a tensor",
            "SKIPPED*forward over reverse: refused: SecondDerivativeError: *",
        ]
    )


MISTAKES = {
    "no_fixture": (
        "@pytest.mark.numpy_op([square])\ndef test_it():\n    pass",
        "a test marked numpy_op takes the fixture op_holds, and calls it",
    ),
    "no_op": (
        "@pytest.mark.numpy_op([])\ndef test_it(op_holds):\n    op_holds()",
        "numpy_op takes a list of ops, or of callables of tensors, not []",
    ),
    "no_callable": (
        "@pytest.mark.numpy_op([3])\ndef test_it(op_holds):\n    op_holds()",
        "numpy_op takes a list of ops, or of callables of tensors, not [3]",
    ),
    "unknown_option": (
        "@pytest.mark.numpy_op([square], arg=1)\ndef test_it(op_holds):\n    op_holds()",
        "numpy_op has no option 'arg', but args, examples, kwargs, "
        "projected, properties, reference, seed",
    ),
    "unknown_property": (
        "@pytest.mark.numpy_op([square], properties=['x'])\ndef test_it(op_holds):\n    op_holds()",
        f"there is no property 'x', but {', '.join(PROPERTIES)}",
    ),
}


def test_mistakes_of_collection(run):
    """Said at collection, in one line."""
    result = run(**{f"test_{name}": f"\n{body}\n" for name, (body, _) in MISTAKES.items()})
    result.assert_outcomes(errors=len(MISTAKES))
    for name, (_, message) in MISTAKES.items():
        assert f"test_{name}.py::test_it: {message}" in result.outlines


def test_mistakes_in_a_test(run):
    """The fixture without the mark, and a callable without arguments."""
    result = run("""
def test_no_mark(op_holds):
    op_holds(X)

@pytest.mark.numpy_op([torch.sin], properties=["vmap"])
def test_no_arguments(op_holds):
    op_holds()
""")
    result.assert_outcomes(errors=1, failed=1)
    assert "op_holds is for tests marked @pytest.mark.numpy_op([...])" in result.outlines
    assert (
        "arguments of sin cannot be drawn, for it is no op: call op_holds(x, ...), or give "
        "numpy_op([...], args=(x, ...))"
    ) in result.outlines


def test_the_mark_and_the_fixture_are_described(run):
    """`pytest --markers` and `pytest --fixtures` know them."""
    markers = run("", "--markers").outlines
    assert any(line.startswith("@pytest.mark.numpy_op(ops, *, args, ") for line in markers)
    fixtures = run("", "--fixtures").outlines
    assert any(line.startswith("op_holds") for line in fixtures)


def test_loading_the_plugin_imports_nothing_heavy():
    """A pytest without marked tests does not wait for torch, NumPy or Hypothesis' strategies."""
    code = (
        "import sys, npbridge._pytest_plugin as plugin\n"
        "from importlib.metadata import entry_points\n"
        "(found,) = entry_points(group='pytest11', name='npbridge')\n"
        "assert found.load() is plugin\n"
        "bad = {'torch', 'numpy', 'hypothesis', 'npbridge.testing'} & set(sys.modules)\n"
        "assert not bad, bad\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_package_is_lazy_and_complete():
    """Until a name is used `import npbridge` costs nothing; then all names are there at once."""
    code = (
        "import sys, npbridge\n"
        "assert 'torch' not in sys.modules\n"
        "assert set(npbridge.__all__) < set(dir(npbridge))\n"
        "assert not hasattr(npbridge, 'nothing_of_the_kind')\n"
        "assert 'torch' not in sys.modules\n"
        "npbridge.numpy_op\n"
        "assert set(npbridge.__all__) < set(vars(npbridge))\n"
        "from npbridge import *\n"
        "assert numpy_op is npbridge.numpy_op\n"
        "try:\n"
        "    npbridge.nothing_of_the_kind\n"
        "except AttributeError as error:\n"
        "    print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "module 'npbridge' has no attribute 'nothing_of_the_kind'\n"
