"""What a type checker sees of an op: the parameters and the result of the function it wraps."""

import re
import subprocess
import sys

PROGRAM = """
from torch import Tensor
from npbridge import numpy_op, special

@numpy_op
def scaled(x: Tensor, k: float = 2.0) -> Tensor:
    return x * k

@numpy_op(signature="(n)->(n)", name="same")
def same(x: Tensor) -> Tensor:
    return x

@scaled.register_vjp
def rule(grad: Tensor, k: float) -> Tensor:
    return grad * k

reveal_type(scaled)
reveal_type(same(Tensor()))
reveal_type(rule)
scaled("a")
scaled(Tensor(), k="a")
numpy_op(same.numpy, nam="x")
"""


# What is right of the catalogue, and the types of the results.
RIGHT = """
import numpy as np
import torch
from torch import Tensor
from npbridge import ElementwiseOp, special

x = torch.ones(3)
reveal_type(special.jv(0.5, x))  # Tensor
reveal_type(special.jv(v=0.5, z=x))  # Tensor
reveal_type(special.jv(0.5, x + 1j))  # Tensor
reveal_type(special.jv(torch.tensor(0.5), np.ones(3)))  # Tensor
reveal_type(special.jvp(0.5, x, 2))  # Tensor
reveal_type(special.jvp(0.5, x, torch.tensor(2)))  # Tensor
reveal_type(special.digamma(x))  # Tensor
reveal_type(special.airy(x))  # tuple[Tensor, Tensor, Tensor, Tensor]
reveal_type(special.jv(0.5, np.ones(3)))  # Any
reveal_type(special.jv(np.float64(0.5), 2))  # Any
reveal_type(special.jv(0.5, 2j))  # Any
reveal_type(special.jv.title)  # str
sn, cn, dn, phi = special.ellipj(x, 0.5)
entry: ElementwiseOp = special.jv
entries: list[ElementwiseOp] = [special.airy, special.jv]
entries[0].title
title: str = special.CATALOGUE["jv"].name
second: Tensor = torch.func.hessian(special.erf)(x)
"""
# What is wrong, and what is said of it.
WRONG = {
    'special.gammaln("a")': 'matches argument type "str"',
    "special.jv(0.5)": 'matches argument type "float"',
    "special.jv(0.5, y=x)": 'Unexpected keyword argument "y"',
    "special.jv(0.5, x, 1)": 'matches argument types "float", "Tensor", "int"',
    "special.jvp(0.5, x, 0.5)": 'matches argument types "float", "Tensor", "float"',
    "special.erfinv(1j)": 'matches argument type "complex"',
    "special.jvv": 'Module has no attribute "jvv"',
    "text: str = special.erf(x)": 'expression has type "Tensor", variable has type "str"',
    "a, b, c = special.airy(x)": "Too many values to unpack",
}


def test_the_calls_of_the_catalogue(tmp_path):
    """A checker knows the arguments of each entry by name, and what comes out of tensors."""
    program = tmp_path / "program.py"
    program.write_text(RIGHT)
    done = checked(program)
    assert "error" not in done.stdout
    revealed = re.findall(r'Revealed type is "(.*)"', done.stdout)
    expected = re.findall(r"reveal_type.*  # (.*)", RIGHT)
    assert [text.replace("torch._tensor.", "") for text in revealed] == expected


def test_wrong_calls_of_the_catalogue(tmp_path):
    """A checker catches names, numbers and types of arguments that do not fit."""
    program = tmp_path / "program.py"
    head = "import torch\nfrom npbridge import special\nx = torch.ones(3)\n"
    program.write_text(head + "\n".join(WRONG))
    out = checked(program).stdout
    for number, said in enumerate(WRONG.values(), 4):
        lines = [
            line for line in out.splitlines() if line.startswith(f"program.py:{number}: error")
        ]
        assert any(said in line for line in lines), (said, out)


def checked(program):
    """What mypy --strict says of a program."""
    cache = program.parent.parent / "mypy_cache"  # torch is read once
    options = ["--strict", "--no-error-summary", "--cache-dir", str(cache)]
    command = [sys.executable, "-m", "mypy", *options, program.name]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=program.parent)


def test_the_wrapped_signature_is_kept(tmp_path):
    """A checker knows parameters and results through the op, and catches calls that do not fit."""
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    done = checked(program)
    lines = [line.partition(": ")[2] for line in done.stdout.splitlines()]
    op = "npbridge._op.NumpyOp[[x: torch._tensor.Tensor, k: float =], torch._tensor.Tensor]"
    assert f'note: Revealed type is "{op}"' in lines
    assert 'note: Revealed type is "torch._tensor.Tensor"' in lines
    errors = [line for line in lines if line.startswith("error")]
    assert any('has incompatible type "str"; expected "Tensor"' in e for e in errors)
    assert any('has incompatible type "str"; expected "float"' in e for e in errors)
    assert any('Unexpected keyword argument "nam"' in e for e in errors)
