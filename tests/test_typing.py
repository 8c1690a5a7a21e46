"""What a type checker sees of an op: the parameters and the result of the function it wraps."""

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
reveal_type(special.jv)
scaled("a")
scaled(Tensor(), k="a")
numpy_op(same.numpy, nam="x")
"""


def test_the_wrapped_signature_is_kept(tmp_path):
    """A checker knows parameters and results through the op, and catches calls that do not fit."""
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", str(program)],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    lines = [line.partition(": ")[2] for line in done.stdout.splitlines()]
    op = "npbridge._op.NumpyOp[[x: torch._tensor.Tensor, k: float =], torch._tensor.Tensor]"
    assert f'note: Revealed type is "{op}"' in lines
    assert 'note: Revealed type is "torch._tensor.Tensor"' in lines
    assert 'note: Revealed type is "npbridge._elementwise.ElementwiseOp"' in lines
    errors = [line for line in lines if line.startswith("error")]
    assert any('has incompatible type "str"; expected "Tensor"' in e for e in errors)
    assert any('has incompatible type "str"; expected "float"' in e for e in errors)
    assert any('Unexpected keyword argument "nam"' in e for e in errors)
