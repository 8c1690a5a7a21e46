"""`python -m npbridge audit`: what it prints, what it returns, and what it says of mistakes."""

import json
import subprocess
import sys

import numpy as np
import pytest
import torch

from npbridge import __main__ as command_line
from npbridge.testing import PROPERTIES, _command

# The functions that are audited, importable from the current directory.
MODULE = """
import torch

def right(x):
    return torch.sin(x)

def detached(x):
    return torch.special.bessel_j0(x)

class Double(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return 2 * x

    @staticmethod
    def backward(ctx, grad):
        return 3 * grad

def shapes(*xs):
    print([(tuple(x.shape), str(x.dtype), round(float(x.real.min()), 3)) for x in xs])
    return sum(x.sum() for x in xs)

def always_raises(x):
    raise ValueError("no")

number = 3
"""


@pytest.fixture
def module(tmp_path, monkeypatch):
    """The module, importable as it is from the current directory."""
    (tmp_path / "audited_functions.py").write_text(MODULE)
    (tmp_path / "broken_import.py").write_text("import no_such_package")
    (tmp_path / "broken_code.py").write_text("1 / 0")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.chdir(tmp_path)
    yield "audited_functions"
    for name in ("audited_functions", "broken_import", "broken_code"):
        sys.modules.pop(name, None)


def audit(*words):
    return command_line.main(["audit", *words])


QUICK = ("--properties", "reverse mode")


def test_a_right_function(module, capsys):
    """Status 0, and the table of the properties that were asked for, in that order."""
    status = audit(f"{module}:right", "--shapes", "(2)", "--properties", "vmap,reverse mode")
    assert status == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("right(x=[")
    assert [line.split("  ")[0] for line in lines[3:]] == ["vmap", "reverse mode"]


@pytest.mark.parametrize("target", ["detached", "Double.apply"])
def test_something_silently_wrong(module, capsys, target):
    """Status 1, whether a derivative is wrong or missing."""
    assert audit(f"{module}:{target}", "--shapes", "(2)", *QUICK) == 1
    assert "reverse mode" in capsys.readouterr().out


def test_an_exception_is_loud(module, capsys):
    """A function that raises is not silently wrong."""
    assert audit(f"{module}:always_raises", "--shapes", "(2)", *QUICK) == 0
    assert "ValueError: no" in capsys.readouterr().out


def test_json_and_markdown(module, capsys):
    """JSON alone on the standard output; Markdown with its table."""
    assert audit(f"{module}:detached", "--shapes", "()", "--format", "json", *QUICK) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["subject"] == "detached"
    assert [f["verdict"] for f in told["findings"]] == ["silently detached"]
    assert audit(f"{module}:right", "--shapes", "()", "--format", "markdown", *QUICK) == 0
    assert "| reverse mode | right |" in capsys.readouterr().out


def test_all_properties_by_default(module, capsys):
    """Without --properties there is a row for each."""
    assert audit(f"{module}:right", "--shapes", "()", "--format", "json") == 0
    told = json.loads(capsys.readouterr().out)
    assert [f["property"] for f in told["findings"]] == list(PROPERTIES)


def test_shapes_dtypes_and_seed():
    """Shapes as NumPy writes them, with spaces or commas between; numbers from 0.5 to 1.5."""
    xs = _command.drawn("(3,3) (3) ()", "float64", 0)
    assert [tuple(x.shape) for x in xs] == [(3, 3), (3,), ()]
    assert all(x.min() >= 0.5 and x.max() <= 1.5 for x in xs)
    assert {x.dtype for x in xs} == {torch.float64}
    again = _command.drawn(" (3, 3,), (3,),( )", "float64", 0)
    assert all(torch.equal(x, y) for x, y in zip(xs, again, strict=True))
    assert not torch.equal(xs[0], _command.drawn("(3,3)", "float64", 1)[0])
    for dtype in command_line.DTYPES:
        (x,) = _command.drawn("(2)", dtype, 0)
        assert x.dtype is getattr(torch, dtype)
        assert x.abs().min() >= 0.5
    (z,) = _command.drawn("(2)", "complex64", 0)
    assert z.imag.min() >= 0.5


def test_arrays_from_a_file(tmp_path):
    """arg0, arg1, ..., arg10 by number; other names in the order of the file."""
    arrays = {f"arg{i}": np.full(2, float(i)) for i in (10, 2, 1)}
    np.savez(tmp_path / "numbered.npz", **arrays)
    xs = _command.loaded(str(tmp_path / "numbered.npz"))
    assert [x[0].item() for x in xs] == [1, 2, 10]
    np.savez(tmp_path / "named.npz", x=np.arange(3), a=np.ones((2, 2), np.float32, order="F"))
    x, a = _command.loaded(str(tmp_path / "named.npz"))
    assert x.tolist() == [0, 1, 2]
    assert a.dtype is torch.float32
    assert a.shape == (2, 2)


def test_inputs_are_passed(module, tmp_path, capsys):
    """The function gets the arrays as tensors; what it prints is not on the standard output."""
    np.savez(tmp_path / "xs.npz", arg1=np.float32(3.0), arg0=np.array([2.0, 4.0]))
    assert audit(f"{module}:shapes", "--inputs", "xs.npz", "--properties", "vmap") == 0
    told = capsys.readouterr()
    assert told.out.startswith("shapes(")
    first = told.err.splitlines()[0]
    assert first == "[((2,), 'torch.float64', 2.0), ((), 'torch.float32', 3.0)]"


MISTAKES = {
    ("right", "--shapes", "(2)"): "'right' is not of the form package.module:function",
    ("audited_functions:", "--shapes", "(2)"): (
        "'audited_functions:' is not of the form package.module:function"
    ),
    ("nothing_of_this_name:f", "--shapes", "(2)"): "there is no module 'nothing_of_this_name'",
    ("audited_functions.deeper:f", "--shapes", "(2)"): (
        "there is no module 'audited_functions.deeper'"
    ),
    ("broken_import:f", "--shapes", "(2)"): (
        "importing 'broken_import' raises ModuleNotFoundError: No module named 'no_such_package'"
    ),
    ("broken_code:f", "--shapes", "(2)"): (
        "importing 'broken_code' raises ZeroDivisionError: division by zero"
    ),
    (".:f", "--shapes", "(2)"): (
        "importing '.' raises TypeError: the 'package' argument is required to perform a relative "
        "import for '.'"
    ),
    ("audited_functions:wrong", "--shapes", "(2)"): (
        "audited_functions has no attribute 'wrong'"
    ),
    ("audited_functions:Double.aply", "--shapes", "(2)"): (
        "audited_functions.Double has no attribute 'aply'"
    ),
    ("audited_functions:number", "--shapes", "(2)"): (
        "audited_functions.number is not callable: it is of type int"
    ),
    ("audited_functions:right", "--shapes", "2,3"): (
        "shapes are written as \"(3,3) (3) ()\", not '2,3'"
    ),
    ("audited_functions:right", "--shapes", "(2) (-1)"): (
        "shapes are written as \"(3,3) (3) ()\", not '(2) (-1)'"
    ),
    ("audited_functions:right", "--shapes", ""): (
        "shapes are written as \"(3,3) (3) ()\", not ''"
    ),
    ("audited_functions:right", "--shapes", "(2)", "--properties", "vmap,colour"): (
        f"there is no property 'colour', but {', '.join(PROPERTIES)}"
    ),
    ("audited_functions:right", "--inputs", "none.npz"): (
        "none.npz cannot be read: [Errno 2] No such file or directory: 'none.npz'"
    ),
    ("audited_functions:right", "--inputs", "one.npy"): "one.npy is no .npz file",
    ("audited_functions:right", "--inputs", "empty.npz"): "empty.npz has no arrays",
}  # fmt: skip


@pytest.mark.parametrize("words", MISTAKES, ids=" ".join)
def test_mistakes_of_usage(module, tmp_path, capsys, words):
    """Status 2, nothing on the standard output, and one line that says what is the matter."""
    np.save(tmp_path / "one.npy", np.ones(2))
    np.savez(tmp_path / "empty.npz")
    assert audit(*words) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err == f"python -m npbridge audit: error: {MISTAKES[words]}\n"


def test_files_that_hold_no_tensors(module, tmp_path, capsys):
    """What cannot be read, or is no number, is said with NumPy's or torch's own words."""
    (tmp_path / "text.npz").write_text("no archive")
    np.savez(tmp_path / "words.npz", arg0=np.array(["a"]))
    np.savez(tmp_path / "objects.npz", arg0=np.array([None]))
    for name, start in {
        "text.npz": "text.npz cannot be read: ",
        "words.npz": "arg0 in words.npz is no tensor: ",
        "objects.npz": "objects.npz cannot be read: ",
    }.items():
        assert audit(f"{module}:right", "--inputs", name) == 2
        assert capsys.readouterr().err.startswith(f"python -m npbridge audit: error: {start}")


@pytest.mark.parametrize(
    "words",
    [
        ("m:f",),
        ("m:f", "--shapes", "(2)", "--inputs", "a.npz"),
        ("m:f", "--shapes", "(2)", "--dtype", "int64"),
        ("m:f", "--shapes", "(2)", "--format", "xml"),
        ("m:f", "--shapes", "(2)", "--seed", "one"),
        ("--shapes", "(2)"),
    ],
)
def test_mistakes_that_the_parser_sees(capsys, words):
    """Neither or both kinds of arguments, and unknown choices, end with status 2 as well."""
    with pytest.raises(SystemExit) as caught:
        audit(*words)
    assert caught.value.code == 2
    assert "python -m npbridge audit: error: " in capsys.readouterr().err


def test_as_a_program(module, tmp_path):
    """The current directory is importable, and the status is the process's."""
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "npbridge",
            "audit",
            f"{module}:detached",
            "--shapes",
            "(2)",
            *QUICK,
        ],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert done.returncode == 1, done.stderr
    assert "silently detached" in done.stdout
    assert "Traceback" not in done.stderr


def test_help_is_quick():
    """No help imports torch, NumPy or Hypothesis."""
    code = (
        "import sys\n"
        "from npbridge.__main__ import main\n"
        "for words in (['--help'], ['audit', '--help'], ['demo', '--help']):\n"
        "    try:\n"
        "        main(words)\n"
        "    except SystemExit as done:\n"
        "        assert done.code == 0\n"
        "assert not {'torch', 'numpy', 'hypothesis'} & set(sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    for word in ("MODULE:FUNCTION", "--shapes", "--inputs", "--properties"):
        assert word in done.stdout
