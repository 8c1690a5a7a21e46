"""No cache, on disk or in memory, gives the numbers of an op that was."""

import gc
import importlib.metadata
import json
import os
import subprocess
import sys
import textwrap
import types
import weakref
from pathlib import Path

import numpy as np
import pytest
import torch

from npbridge import _call, _namespace, _token, errors, numpy_op, special

OPS = """
import numpy as np
import torch
from npbridge import numpy_op, special

factor, offset = FACTOR, 0.0

@numpy_op(signature="(n)->(n)")
def scaled(x):
    return factor * x + offset

@scaled.register_vjp
def _(grad):
    return factor * grad

def closed(constant):
    @numpy_op(signature="(n)->(n)", name="closed")
    def op(x):
        return constant * x * x

    @op.register_vjp
    def _(grad, x):
        return 2 * constant * grad * x

    return op

@numpy_op(residuals=True)
def rooted(x, y=None):
    s = np.sqrt(x)
    return {"root": s, "same": [x + 0.0]}, s

@rooted.register_fake
def _(x, y):
    return {"root": torch.empty_like(x), "same": [torch.empty_like(x)]}

@rooted.register_vjp
def _(grad, residuals):
    return {"x": grad["root"] / (2 * residuals) + grad["same"][0]}
"""

RUN = """
import json, sys
import torch
import torch._functorch.config, torch._inductor.config
torch._inductor.config.fx_graph_cache = True
torch._functorch.config.enable_autograd_cache = True
from torch._dynamo.utils import counters
import ops

closed = ops.closed(CONSTANT)
x = torch.tensor([1.0, 4.0], dtype=torch.float64, requires_grad=True)
report = {}
for name, fn in {
    "scaled": lambda x: ops.scaled(x).sum(),
    "closed": lambda x: closed(x).sum(),
    "rooted": lambda x: ops.rooted(x)["root"].sum(),
    "special": lambda x: ops.special.jv(0.5, x).sum(),
}.items():
    torch._dynamo.reset()
    y = torch.compile(fn, fullgraph=True, backend="BACKEND")(x)
    (g,) = torch.autograd.grad(y, x)
    report[name] = [y.item(), g.tolist()]
report["hits"] = counters["aot_autograd"]["autograd_cache_hit"]
report["bypassed"] = counters["aot_autograd"]["autograd_cache_bypass"]
report["names"] = [op.overload.name() for op in (ops.scaled, ops.rooted, closed)]
report["names"].append(ops.special.jv.overload.name())
print(json.dumps(report))
"""


@pytest.fixture
def process(tmp_path):
    """Run the script in a process of its own; all share one cache on disk."""

    def run(factor=2.0, constant=3.0, backend="inductor", seed=0):
        (tmp_path / "ops.py").write_text(OPS.replace("FACTOR", str(factor)))
        script = tmp_path / "run.py"
        script.write_text(RUN.replace("CONSTANT", str(constant)).replace("BACKEND", backend))
        cache = {"TORCHINDUCTOR_CACHE_DIR": str(tmp_path / "cache"), "PYTHONHASHSEED": str(seed)}
        paths = os.pathsep.join([str(tmp_path), str(Path.cwd())])
        done = subprocess.run(
            [sys.executable, "-B", script],
            env=os.environ | cache | {"PYTHONPATH": paths, "OMP_NUM_THREADS": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1])

    return run


def right(report, factor=2.0, constant=3.0):
    """Whether values and gradients at [1, 4] are those of these constants."""
    j = special.jv(0.5, torch.tensor([1.0, 4.0], dtype=torch.float64, requires_grad=True))
    assert report["scaled"] == [5 * factor, [factor, factor]]
    assert report["closed"] == [17 * constant, [2 * constant, 8 * constant]]
    assert report["rooted"] == [3.0, [0.5, 0.25]]
    assert report["special"][0] == pytest.approx(j.sum().item(), rel=1e-14)


def test_cache_on_disk(process):
    """Another process is served by the cache what is the same, and nothing that has changed."""
    first = process()
    right(first)
    assert first["hits"] == 0
    assert first["bypassed"] == 0
    warm = process(seed=1)
    right(warm)
    assert warm["hits"] == 4
    assert {k: v for k, v in warm.items() if k != "hits"} == {
        k: v for k, v in first.items() if k != "hits"
    }
    changed = process(factor=5.0)
    right(changed, factor=5.0)
    assert changed["hits"] == 3
    other = process(factor=5.0, constant=7.0)
    right(other, factor=5.0, constant=7.0)
    assert other["hits"] == 3
    back = process()
    right(back)
    assert back["hits"] == 4


def test_names(monkeypatch):
    """The name of an op tells its function, rules, options and the versions of what computes."""

    def made(factor, rule, **options):
        @numpy_op(name="made", **options)
        def op(x):
            return factor * x

        op.register_vjp(rule, composite=True)
        return op

    def rule(grad):
        return grad

    def other(grad):
        return 2 * grad

    one = made(2.0, rule)
    assert one.digest() == made(2.0, rule).digest()
    different = [
        one,
        made(3.0, rule),
        made(2.0, other),
        made(2.0, rule, vmap="broadcast"),
        made(2.0, rule, signature="(n)->(n)"),
        made(2.0, rule, signature="(n)->(n)", vectorized=True),
        made(2.0, rule, out_dtypes=np.float32),
        made(2.0, rule, fake=lambda x: x),
    ]
    assert len({op.digest() for op in different}) == len(different)
    before = special.j0.digest(), one.digest()
    version = importlib.metadata.version
    for package in ("scipy", "numpy"):
        with monkeypatch.context() as patch:
            patch.setattr(
                importlib.metadata,
                "version",
                lambda name, package=package: "9.9.9" if name == package else version(name),
            )
            _namespace.versions.cache_clear()
            assert special.j0.digest() != before[0]
            assert one.digest() != before[1]
        _namespace.versions.cache_clear()
    assert (special.j0.digest(), one.digest()) == before


CELL = """
from npbridge import numpy_op

@numpy_op(signature="()->()", vectorized=True)
def cell(x):
    return FACTOR * x

@cell.register_vjp
def _(grad):
    return FACTOR * grad

def model(x):
    return cell(x).sum()
"""


@pytest.fixture
def notebook(monkeypatch):
    """The names of a module that cells run in."""
    module = types.ModuleType("notebook")
    monkeypatch.setitem(sys.modules, "notebook", module)
    return vars(module)


def operators():
    return {name for name in torch._C._dispatch_get_all_op_names() if name.startswith("npbridge::")}


@pytest.mark.parametrize("use", ["eager", "func", "compile"])
def test_a_cell_run_again(use, notebook):
    """A notebook cell that defines the op anew: the new numbers, and the old op is freed."""
    x = torch.ones(3, dtype=torch.float64)
    before = operators()
    dead = []
    for factor in (2.0, 5.0, 7.0):
        exec(textwrap.dedent(CELL.replace("FACTOR", str(factor))), notebook)  # noqa: S102
        model = notebook["model"]
        if use == "eager":
            leaf = x.clone().requires_grad_()
            grad = torch.autograd.grad(model(leaf), leaf)[0]
        else:
            grad = torch.func.grad(model)
            if use == "compile":
                torch._dynamo.reset()
                grad = torch.compile(grad, fullgraph=True, backend="aot_eager")
            grad = grad(x)
        torch.testing.assert_close(grad, torch.full_like(x, factor))
        dead.append(weakref.ref(notebook["cell"]))
        name = notebook["cell"].overload.name()
        assert name in operators()
    del model, grad
    torch._dynamo.reset()
    gc.collect()
    gc.collect()
    assert [ref() is None for ref in dead] == [True, True, False]
    assert operators() - before == {name, *(n for n in operators() if ":cell_vjp_" in n)} - before
    assert len(operators() - before) <= 2


def test_compiled_code_of_a_cell_run_again(notebook):
    """A function compiled before the cell ran again uses the op that its globals name now."""
    x = torch.ones(3, dtype=torch.float64)
    for backend in ("eager", "aot_eager"):
        run = None
        for factor in (2.0, 5.0):
            exec(CELL.replace("FACTOR", str(factor)), notebook)  # noqa: S102
            if run is None:
                torch._dynamo.reset()
                run = torch.compile(notebook["model"], fullgraph=True, backend=backend)
            assert run(x).item() == 3 * factor
            leaf = x.clone().requires_grad_()
            (grad,) = torch.autograd.grad(run(leaf), leaf)
            torch.testing.assert_close(grad, torch.full_like(x, factor))


def test_a_graph_outlives_its_op():
    """A graph whose op was deleted says so."""

    def make():
        @numpy_op(signature="()->()")
        def gone(x):
            return 2 * x

        return torch.fx.experimental.proxy_tensor.make_fx(gone)(torch.ones(3))

    graph = make()
    gc.collect()
    with pytest.raises((errors.TransformError, errors.StaleOpError, RuntimeError)) as raised:
        graph(torch.ones(3))
    assert "gone" in str(raised.value) or "an op was called after it was deleted" in str(
        raised.value
    )


def test_nothing_grows():
    """Calls that differ in tensors only leave nothing behind; others are kept in bounds."""

    @numpy_op(signature="(n)->(n)")
    def busy(x, k=1.0, *, table=None):
        return k * x if table is None else x * table

    @busy.register_vjp(composite=True)
    def _(grad, x, k, table):
        return {"x": k * grad if table is None else grad * torch.as_tensor(table)}

    x = torch.rand(3, dtype=torch.float64)

    def calls(many, start=0):
        for i in range(start, start + many):
            busy(x)
            busy(x, float(i))
            torch.func.grad(lambda x: busy(x).sum())(x)
            torch.func.grad(lambda x, i=i: busy(x, float(i)).sum())(x)
            torch.func.grad(lambda x: busy(x, table=np.ones(3)).sum())(x)
            torch.func.jvp(busy, (x,), (x,))
        gc.collect()

    calls(20)
    sizes = len(operators()), len(_namespace._ops)
    calls(1000, 20)
    assert (len(operators()), len(_namespace._ops)) == sizes
    assert len(busy.patterns) <= 2 * _call.MOST_PATTERNS
    calls(20)
    held, running = len(_token._objects), len(_token._running)
    counted = len(gc.get_objects())
    for _ in range(20):
        calls(20)
    assert len(_token._objects) == held
    assert len(_token._running) <= running
    assert len(gc.get_objects()) < counted + 200
