"""What is public, and what importing it costs."""

import ast
import subprocess
import sys
from pathlib import Path

import npbridge
from npbridge import elementary, errors, special

PACKAGE = Path(npbridge.__file__).parent


def test_the_public_names():
    """The package exports these names and no others."""
    public = {name for name in vars(npbridge) if not name.startswith("_")}
    modules = {"demo", "domains", "elementary", "errors", "special", "testing"}
    assert public - modules == {
        "ElementwiseOp",
        "NumpyOp",
        "composite",
        "elementwise_op",
        "integer",
        "numpy_op",
        "set_host_transfer",
        "unwritten",
    }


def test_errors_are_listed_and_builtin():
    """Every exception is in `__all__` and is one that users already catch."""
    classes = {n: c for n, c in vars(errors).items() if isinstance(c, type)}
    assert sorted(classes) == errors.__all__
    for cls in classes.values():
        assert cls.__module__ == "npbridge.errors"
        assert cls.__base__ is not Exception
        assert cls.__doc__


def test_elementary_is_listed():
    """`npbridge.elementary.__all__` is what the module has, and it exists."""
    assert elementary.__all__ == sorted(elementary.__all__)
    assert all(hasattr(elementary, name) for name in elementary.__all__)


def test_special_is_listed():
    """The docstring of `npbridge.special` lists every entry."""
    for name in special.CATALOGUE:
        assert f"`{name}`" in special.__doc__


def test_importing_needs_no_test_packages_and_starts_nothing():
    """`import npbridge` imports no test package, no SciPy and no compiler, and starts no thread."""
    code = (
        "import sys, threading, npbridge;"
        "bad = {'hypothesis', 'pytest', 'mpmath', 'matplotlib', 'scipy.special', 'torch._dynamo'};"
        "assert not bad & set(sys.modules), bad & set(sys.modules);"
        "assert threading.active_count() == 1"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_modules_are_short():
    """A module has one job: at most about 250 lines."""
    long = {
        path.name: count
        for path in PACKAGE.rglob("*.py")
        if (count := len(path.read_text().splitlines())) > 260
    }
    assert long == {}


def test_private_names_of_torch_stay_in_one_module():
    """No other module uses a private attribute of torch."""
    for path in PACKAGE.rglob("*.py"):
        if path.parent.name == "_torch_private":
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Attribute) and node.attr.startswith("_"):
                source = ast.unparse(node)
                assert not source.startswith("torch."), f"{path.name}: {source}"
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("torch"):
                assert "._" not in (node.module or ""), path.name
                assert not any(a.name.startswith("_") for a in node.names), path.name
