"""torch.export, AOTInductor, make_fx, fake and meta tensors, opcheck: ops in saved programs."""

import os
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest
import torch
from torch._subclasses import FakeTensorMode
from torch.export import Dim, export
from torch.fx.experimental.proxy_tensor import make_fx

from npbridge import errors, numpy_op, special

F = torch.func
DOUBLE = torch.float64
pytestmark = [
    # torch's own copies of structures use a class it deprecates (2.13)
    pytest.mark.filterwarnings("ignore:`isinstance.treespec, LeafSpec.` is deprecated"),
    pytest.mark.filterwarnings("ignore:`torch._prims_common.check` is deprecated:FutureWarning"),
]


@numpy_op(signature="(m,m),(m)->(m)")
def solve(a, b):
    return np.linalg.solve(a, b)


@solve.register_vjp(composite=True)
def _(grad, out, a, b):
    gb = solve(a.mT, grad)
    return -gb[..., :, None] * out[..., None, :], gb


@numpy_op(signature="(n)->(n),()", vectorized=True)
def split(x):
    return 2 * x, x.sum(-1)


@split.register_vjp
def _(grad, x):
    return 2 * grad[0] + grad[1][..., None] * np.ones_like(x)


@numpy_op
def twice(x, scale=1.0, *, mode="up", table=None, key=None):
    y = np.concatenate([x, x]) * scale
    y = y if mode == "up" else -y
    return {"y": y, "t": y if table is None else y + table}


@twice.register_fake
def _(x, scale, mode, table, key):
    like = x.new_empty(2 * x.shape[0])
    return {"y": like, "t": torch.empty_like(like)}


@twice.register_vjp
def _(grad, x, scale, mode, table, key):
    total = (grad["y"] + grad["t"]) * (scale if mode == "up" else -scale)
    return {"x": total[: len(x)] + total[len(x) :]}


class Model(torch.nn.Module):
    """A function as a module, which is what torch.export takes."""

    def __init__(self, fn):
        super().__init__()
        self.fn = fn

    def forward(self, x):
        return self.fn(x)


MATRIX = torch.eye(3, dtype=DOUBLE) * 3 + 0.5
TABLE = np.arange(6.0)
FUNCTIONS = {
    "one argument": special.j0,
    "float argument": lambda x: special.jv(0.5, x),
    "integer argument": lambda x: special.jv(2, x),
    "two arguments": lambda x: special.xlogy(x, x.flip(0)),
    "signature": lambda x: solve(torch.diag(x), x),
    "several outputs": split,
    "structure": twice,
    "keywords": lambda x: twice(x, 2.0, mode="down")["t"],
    "array": lambda x: twice(x[:3], table=TABLE)["t"],
    "half": lambda x: special.j0(x.half()),
}


def numbers(*shape):
    return torch.rand(*shape, dtype=DOUBLE) + 1


def equal(got, want):
    torch.testing.assert_close(got, want, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("strict", [False, True])
def test_export(strict, name):
    """The program computes what the function does: for other numbers, and for other sizes."""
    torch._dynamo.reset()
    model = Model(FUNCTIONS[name])
    if strict and name == "array":
        pytest.skip("torch exports an array of a closure as a fake tensor (2.13)")
    program = export(model, (numbers(5),), strict=strict)
    targets = [str(n.target) for n in program.graph.nodes if n.op == "call_function"]
    assert [t for t in targets if t.startswith("npbridge.")]
    x = numbers(5)
    equal(program.module()(x), model(x))
    dynamic = export(model, (numbers(5),), dynamic_shapes=({0: Dim("n", min=3)},), strict=strict)
    for n in (3, 5, 8):
        x = numbers(n)
        equal(dynamic.module()(x), model(x))


OPS = """
import numpy as np
from npbridge import numpy_op, special

@numpy_op(signature="(n)->(n),()")
def stored(x, k=1.0, *, mode="a"):
    return (k * x, (x * x).sum()) if mode == "a" else (-k * x, x.sum())

@numpy_op
def joined(x, y):
    return {"z": [np.concatenate([x, FACTOR * y])]}

@joined.register_fake
def _(x, y):
    return {"z": [x.new_empty(x.shape[0] + y.shape[0])]}

def function(x):
    y, s = stored(x, 2.0, mode="b")
    return joined(x, y)["z"][0] * s + special.jv(0.5, x).sum()
"""
SAVE = """
import sys, torch, ops
class Model(torch.nn.Module):
    def forward(self, x):
        return ops.function(x)
x = torch.tensor([1.0, 2.0, 3.0], dtype=torch.float64)
shapes = ({0: torch.export.Dim("n", min=2)},)
torch.export.save(torch.export.export(Model(), (x,), dynamic_shapes=shapes), sys.argv[1])
"""
LOAD = """
import sys, torch, ops
program = torch.export.load(sys.argv[1])
for n in (3, 5):
    x = torch.linspace(1, 2, n, dtype=torch.float64)
    torch.testing.assert_close(program.module()(x), ops.function(x), rtol=1e-13, atol=0)
print("loaded")
"""


@pytest.fixture
def process(tmp_path):
    """Run a script in a process of its own beside a module `ops`."""

    def run(script, factor=3.0, how=()):
        (tmp_path / "ops.py").write_text(OPS.replace("FACTOR", str(factor)))
        path = tmp_path / "script.py"
        path.write_text(textwrap.dedent(script))
        paths = os.pathsep.join([str(tmp_path), str(Path.cwd())])
        return subprocess.run(
            [sys.executable, "-B", *how, path, tmp_path / "program.pt2"],
            env=os.environ | {"PYTHONPATH": paths},
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def test_saved_programs(process):
    """A saved program runs in another process that has the same ops; elsewhere it says which op
    is not there, or has changed.
    """
    saved = process(SAVE)
    assert saved.returncode == 0, saved.stderr
    loaded = process(LOAD)
    assert loaded.stdout == "loaded\n", loaded.stderr
    changed = process(LOAD, factor=4.0)
    assert changed.returncode != 0
    assert "joined is another version now" in changed.stderr
    missing = process(LOAD.replace(", ops", ", npbridge"))
    assert missing.returncode != 0
    assert "no op of this process is called" in missing.stderr
    assert "Import the module that defines stored" in missing.stderr


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # the loader is torch.jit's (2.13)
@pytest.mark.skipif(shutil.which("g++") is None, reason="needs a C++ compiler")
def test_aot_inductor(tmp_path):
    """A package that AOTInductor compiled calls the ops of this process."""

    def fn(x):
        return special.jv(0.5, x) + solve(torch.diag(x), x) * split(x)[1]

    program = export(Model(fn), (numbers(4),), dynamic_shapes=({0: Dim("n", min=2, max=64)},))
    path = str(tmp_path / "model.pt2")
    package = torch._inductor.aoti_compile_and_package(program, package_path=path)
    run = torch._inductor.aoti_load_package(package)
    for n in (4, 7):
        x = numbers(n)
        equal(run(x), fn(x))


@pytest.mark.parametrize("name", sorted(FUNCTIONS.keys() - {"half"}))
@pytest.mark.parametrize("mode", ["real", "fake", "symbolic"])
def test_make_fx(mode, name):
    """A trace, replayed on new numbers, gives new values and new gradients."""

    def fn(x):
        y = FUNCTIONS[name](x)
        leaves = torch.utils._pytree.tree_leaves(y)
        return sum((leaf**2).sum() for leaf in leaves)

    for g in (fn, F.grad(fn), lambda x: F.vmap(F.grad(fn))(torch.stack([x, 2 * x]))):
        trace = make_fx(g, tracing_mode=mode)(numbers(5))
        for _ in range(2):
            x = numbers(5)
            equal(trace(x), g(x))
        assert "npbridge" in trace.code


def test_fake_tensors():
    """Fake tensors have the shapes and dtypes that real ones would have, backwards too."""
    real = numbers(3)
    for dtype in (DOUBLE, torch.float32, torch.float16):
        for name, fn in FUNCTIONS.items():
            if name in {"half", "array"}:
                continue
            x = real.to(dtype)
            leaves = torch.utils._pytree.tree_leaves(fn(x))
            with FakeTensorMode() as mode:
                fake = mode.from_tensor(x).requires_grad_()
                made = torch.utils._pytree.tree_leaves(fn(fake))
                (grad,) = torch.autograd.grad(sum(y.sum() for y in made), fake)
            assert [(y.shape, y.dtype) for y in made] == [(y.shape, y.dtype) for y in leaves]
            assert (grad.shape, grad.dtype) == (x.shape, x.dtype), name


@pytest.mark.parametrize("name", sorted(FUNCTIONS.keys() - {"half", "array"}))
def test_meta_tensors(name):
    """On the meta device there are shapes and dtypes without numbers, backwards too."""
    x = torch.empty(3, device="meta", dtype=DOUBLE, requires_grad=True)
    made = torch.utils._pytree.tree_leaves(FUNCTIONS[name](x))
    want = torch.utils._pytree.tree_leaves(FUNCTIONS[name](numbers(3)))
    assert [(y.shape, y.dtype) for y in made] == [(y.shape, y.dtype) for y in want]
    assert {y.device.type for y in made} == {"meta"}
    (grad,) = torch.autograd.grad(sum(y.sum() for y in made), x)
    assert (grad.shape, grad.device.type) == (x.shape, "meta")


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # torch.jit itself is deprecated (2.13)
def test_torch_jit():
    """torch.jit traces constants, and scripts what it can read: both refuse."""
    x = numbers(3)
    for fn in FUNCTIONS.values():
        with pytest.raises(errors.TransformError, match=r"cannot be traced by torch\.jit"):
            torch.jit.trace(fn, (x,), check_trace=False)

    def scripted(x):
        return special.j0(x)

    for fn in (scripted, solve):
        # After an eager call torch finds the generated __call__ and refuses itself (2.13).
        with pytest.raises((errors.TransformError, RuntimeError), match=r"jit\.script|j0"):
            torch.jit.script(fn)


@pytest.mark.parametrize("requires_grad", [False, True])
@pytest.mark.parametrize(
    ("op", "arguments"),
    [
        (special.j0, [(3,)]),
        (special.xlogy, [(2, 3), (3,)]),
        (solve, [(3, 3), (3,)]),
        (solve, [(2, 3, 3), (3,)]),
        (split, [(2, 3)]),
        (twice, [(3,)]),
    ],
    ids=lambda x: getattr(x, "name", ""),
)
def test_opcheck(op, arguments, requires_grad):
    """The check that torch has for custom ops passes."""
    assert isinstance(op.overload, torch._ops.OpOverload)
    tensors = [numbers(*shape) for shape in arguments]
    if op is solve:
        tensors[0] = tensors[0] + 5 * torch.eye(3, dtype=DOUBLE)
    tensors = [x.requires_grad_(requires_grad) for x in tensors]
    result = torch.library.opcheck(op.overload, (tensors,))
    assert set(result.values()) == {"SUCCESS"}


class Opaque:
    """What no file can hold."""


@pytest.mark.parametrize(
    "key", [Opaque(), lambda: 0, (i for i in range(2))], ids=["object", "lambda", "generator"]
)
def test_arguments_no_file_can_hold(key, process, tmp_path):
    """An object runs in the process that has it; a program saved with it says so elsewhere."""
    program = export(Model(lambda x: twice(x, key=key)), (numbers(3),), strict=False)
    x = numbers(3)
    equal(program.module()(x), twice(x, key=key))
    script = """
    import sys, torch
    sys.path.insert(0, "tests")
    import test_export
    torch.export.load(sys.argv[1]).module()(torch.ones(3, dtype=torch.float64))
    """
    # A module's digest is the same under any name of it.
    torch.export.save(program, tmp_path / "program.pt2")
    done = process(script)
    assert done.returncode != 0
    words = "a graph of twice was saved with an argument that no file can hold: "
    assert words + type(key).__name__ in done.stderr
