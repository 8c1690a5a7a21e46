"""Every way of calling J0 that torch has, in four implementations, each result held to the truth.

`python tests/contexts.py` prints the table of the README.
"""

import functools
import io
import pickle
import warnings
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import scipy.special as sc
import torch
import torch._dynamo
import torch.autograd.forward_ad as fwad
from torch._subclasses import FakeTensorMode
from torch.func import grad, hessian, jacfwd, jacrev, jvp, vjp, vmap
from torch.fx.experimental.proxy_tensor import make_fx
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.checkpoint import checkpoint

from npbridge import numpy_op, special

# -- implementations ------------------------------------------------------------------------------


@numpy_op(signature="()->()", vectorized=True)
def declared(x):
    """A NumPy function whose signature tells its shapes, with NumPy rules."""
    return sc.j0(x)


@numpy_op
def undeclared(x):
    """The same without a signature."""
    return sc.j0(x)


for op in (declared, undeclared):
    op.register_vjp(lambda grad, x: -sc.j1(x) * grad)
    op.register_jvp(lambda tangents, x: -sc.j1(x) * tangents["x"])


@torch.library.custom_op("npbridge_contexts::j0", mutates_args=())
def custom(x: torch.Tensor) -> torch.Tensor:
    """As torch's documentation says, with the backward in an op of its own."""
    return torch.from_numpy(np.asarray(sc.j0(x.numpy())))


@torch.library.custom_op("npbridge_contexts::j0_vjp", mutates_args=())
def custom_vjp(grad: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
    """The backward of `custom`."""
    return torch.from_numpy(np.asarray(-sc.j1(x.numpy()) * grad.numpy()))


custom.register_fake(torch.empty_like)
custom_vjp.register_fake(lambda grad, x: torch.empty_like(x))
custom.register_autograd(
    lambda ctx, grad: custom_vjp(grad, *ctx.saved_tensors),
    setup_context=lambda ctx, inputs, output: ctx.save_for_backward(*inputs),
)


class HandWritten(torch.autograd.Function):
    """As torch's tutorial on NumPy extensions says, with a forward rule as well."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        ctx.save_for_forward(x)
        return torch.from_numpy(np.asarray(sc.j0(x.detach().numpy())))

    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        return torch.from_numpy(np.asarray(-sc.j1(x.detach().numpy()) * grad.detach().numpy()))

    @staticmethod
    def jvp(ctx, tangent):
        return HandWritten.backward(ctx, tangent)


Style = Callable[[torch.Tensor], torch.Tensor]
# Not told: a call for each sample is slower, as torch says by a way of its own (2.13).
torch._C._functorch._set_vmap_fallback_warning_enabled(False)

STYLES: dict[str, Style] = {
    "`special`, `elementwise_op`": special.j0,
    "`numpy_op`, NumPy rules": declared,
    "`custom_op`": custom,
    "hand-written Function": HandWritten.apply,
}
OVERLOADS = {
    special.j0: lambda: (special.j0.overload, lambda x: ([x],)),
    declared: lambda: (declared.overload, lambda x: ([x],)),
    undeclared: lambda: (undeclared.overload, lambda x: ([x],)),
    custom: lambda: (custom, lambda x: (x,)),
}

# -- the truth: the function in question is x J0(x), so that a derivative that is dropped without a
# -- word leaves a number that looks like one -----------------------------------------------------

X = torch.tensor([0.5, 1.5, 2.5], dtype=torch.float64)
OTHER = torch.tensor([0.75, 3.0, 1.25], dtype=torch.float64)
MANY = torch.linspace(0.5, 6.0, 12, dtype=torch.float64).reshape(4, 3)
LONGER = torch.linspace(0.5, 6.0, 7, dtype=torch.float64)


def value(x):
    """The function."""
    return x * torch.as_tensor(sc.j0(x.numpy()))


def first(x):
    """Its derivative."""
    return torch.as_tensor(sc.j0(x.numpy())) - x * torch.as_tensor(sc.j1(x.numpy()))


def second(x):
    """Its second derivative."""
    return -torch.as_tensor(sc.j1(x.numpy())) - x * torch.as_tensor(sc.j0(x.numpy()))


def times(f):
    """The function, out of an implementation of J0."""
    return lambda x: x * f(x)


def total(f):
    """Its sum."""
    return lambda x: (x * f(x)).sum()


def leaf(x):
    """A tensor to differentiate in."""
    return x.clone().requires_grad_()


# -- contexts -------------------------------------------------------------------------------------


class Context(NamedTuple):
    """A way of calling, and what has to come out.

    One that `may_break` takes `fullgraph`, and is tried again without. `otherwise` is what it says
    where something else comes out that nobody would take for a number.
    """

    run: Callable[..., Any]
    want: Any
    may_break: bool = False
    otherwise: str | None = None


CONTEXTS: dict[str, Context] = {}
NOTHING = object()
"""What a context returns that says nothing of a style."""


def context(title, want, **options):
    """Add a context to the table."""

    def add(run):
        CONTEXTS[title] = Context(run, want, **options)
        return run

    return add


@context("`backward()`", first(X))
def _(f):
    x = leaf(X)
    total(f)(x).backward()
    return x.grad


@context("second derivative with `create_graph=True`", second(X))
def _(f):
    x = leaf(X)
    (g,) = torch.autograd.grad(total(f)(x), x, create_graph=True)
    return torch.autograd.grad(g.sum(), x)[0]


@context("`is_grads_batched=True`", first(X).diag())
def _(f):
    x = leaf(X)
    eye = torch.eye(3, dtype=x.dtype)
    return torch.autograd.grad(times(f)(x), x, eye, is_grads_batched=True)[0]


@context("`functional.jacobian(vectorize=True)`", first(X).diag())
def _(f):
    return torch.autograd.functional.jacobian(times(f), X, vectorize=True)


@context("`checkpoint`", first(X))
def _(f):
    x = leaf(X)
    checkpoint(total(f), x, use_reentrant=False).backward()
    return x.grad


@context("`forward_ad`", first(X))
def _(f):
    with fwad.dual_level():
        return fwad.unpack_dual(times(f)(fwad.make_dual(X, torch.ones_like(X)))).tangent


@context("`gradcheck`, batched and forward", True)
def _(f):
    return torch.autograd.gradcheck(
        f,
        leaf(X),
        rtol=1e-6,
        atol=1e-8,
        check_forward_ad=True,
        check_batched_grad=True,
        check_batched_forward_grad=True,
    )


context("`func.grad`", first(X))(lambda f: grad(total(f))(X))


@context("`func.vjp`", (value(X), first(X)))
def _(f):
    out, pull = vjp(times(f), X)
    return out, pull(torch.ones_like(X))[0]


context("`func.jvp`", (value(X), first(X)))(lambda f: jvp(times(f), (X,), (torch.ones_like(X),)))
context("`jacrev`", first(X).diag())(lambda f: jacrev(times(f))(X))
context("`jacfwd`", first(X).diag())(lambda f: jacfwd(times(f))(X))
context("`hessian`", second(X).diag())(lambda f: hessian(total(f))(X))
context("`vmap`", value(MANY))(lambda f: vmap(times(f))(MANY))
context("`vmap(grad)`", first(MANY))(lambda f: vmap(grad(total(f)))(MANY))
context("`grad(vmap)`", first(MANY))(lambda f: grad(lambda x: vmap(times(f))(x).sum())(MANY))


def compiled(f, *, backend="aot_eager", **options):
    """A freshly compiled function."""
    torch._dynamo.reset()
    return torch.compile(f, backend=backend, **options)


@context("`torch.compile(fullgraph=True)`", value(X), may_break=True)
def _(f, **options):
    return compiled(times(f), **options)(X)


@context("backward through it", first(X), may_break=True)
def _(f, **options):
    x = leaf(X)
    compiled(total(f), **options)(x).backward()
    return x.grad


@context("by the inductor", first(X), may_break=True)
def _(f, **options):
    x = leaf(X)
    compiled(total(f), backend="inductor", **options)(x).backward()
    return x.grad


@context("`dynamic=True`", (first(X), first(LONGER)), may_break=True)
def _(f, **options):
    run = compiled(total(f), dynamic=True, **options)
    return tuple(torch.autograd.grad(run(x), x)[0] for x in (leaf(X), leaf(LONGER)))


@context("`func.grad` in a compiled function", first(X), may_break=True)
def _(f, **options):
    return compiled(grad(total(f)), **options)(X)


@context("`hessian` in a compiled function", second(X).diag(), may_break=True)
def _(f, **options):
    return compiled(hessian(total(f)), **options)(X)


class Model(torch.nn.Module):
    """A module around the function, for export."""

    def __init__(self, f):
        super().__init__()
        self.f = f

    def forward(self, x):
        return times(self.f)(x)


@context("`torch.export`, saved and loaded", (value(X), value(OTHER)))
def _(f):
    file = io.BytesIO()
    torch.export.save(torch.export.export(Model(f), (X,)), file)
    file.seek(0)
    program = torch.export.load(file).module()
    return program(X), program(OTHER)


@context("`make_fx`, replayed on other numbers", value(OTHER))
def _(f):
    return make_fx(times(f))(X)(OTHER)


@context("`make_fx` of `grad`, replayed", first(OTHER))
def _(f):
    return make_fx(grad(total(f)))(X)(OTHER)


@context("FakeTensor and meta tensors", [(3,), torch.float64, "cpu", (3,), "meta"])
def _(f):
    with FakeTensorMode() as mode:
        fake = f(mode.from_tensor(X))
    meta = f(X.to("meta"))
    return [tuple(fake.shape), fake.dtype, fake.device.type, tuple(meta.shape), meta.device.type]


@context("`library.opcheck`", {"SUCCESS"})
def _(f):
    if f not in OVERLOADS:
        return NOTHING
    overload, arguments = OVERLOADS[f]()
    return set(torch.library.opcheck(overload, arguments(leaf(X))).values())


@context("`pickle`", first(X))
def _(f):
    x = leaf(X)
    total(pickle.loads(pickle.dumps(f)))(x).backward()
    return x.grad


@context("`autocast`, behind a matrix product", (torch.bfloat16, torch.bfloat16))
def _(f):
    x = leaf(X.float())
    with torch.autocast("cpu", dtype=torch.bfloat16):
        h = x @ torch.eye(3)
        y = f(h)
    (g,) = torch.autograd.grad(y.sum(), h)
    torch.testing.assert_close(g, -torch.as_tensor(sc.j1(h.detach().float().numpy())).bfloat16())
    return y.dtype, g.dtype


class Watching(TorchDispatchMode):
    """Doubles what comes out of ops that are not torch's own."""

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        out = func(*args, **(kwargs or {}))
        return _doubled(out) if func.namespace != "aten" else out


class Overriding(torch.Tensor):
    """The same as a tensor subclass."""

    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        out = super().__torch_function__(func, types, args, kwargs or {})
        name = getattr(func, "namespace", None) or getattr(func, "__module__", None)
        return _doubled(out) if str(name).startswith("npbridge") else out


def _doubled(out):
    return [2 * y for y in out] if isinstance(out, (list, tuple)) else 2 * out


@context("seen by a `TorchDispatchMode`", 2 * value(X), otherwise="not seen")
def _(f):
    with Watching():
        y = f(X)
    return X * y


@context("seen by `__torch_function__`", 2 * value(X), otherwise="not seen")
def _(f):
    return X * f(X.as_subclass(Overriding)).as_subclass(torch.Tensor)


# -- verdicts -------------------------------------------------------------------------------------


class Cell(NamedTuple):
    """What came of a style in a context."""

    verdict: str
    error: BaseException | None = None


def cell(f: Style, where: Context) -> Cell:
    """Call and judge."""
    strict = {"fullgraph": True} if where.may_break else {}
    try:
        return Cell(_run(f, where, **strict))
    except Exception as error:  # noqa: BLE001  # any exception is a verdict
        if not where.may_break:
            return Cell("raises", error)
        try:
            loose = _run(f, where, fullgraph=False)
        except Exception as error:  # noqa: BLE001  # any exception is a verdict here too
            return Cell("raises", error)
        return Cell("breaks" if loose == "right" else loose, error)


def _run(f, where, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        scripted = r"`torch.jit.script(_method)?` is deprecated"
        warnings.filterwarnings("ignore", scripted)  # forward mode and the inductor do (2.13)
        leaf = "The .grad attribute of a Tensor that is not a leaf"
        warnings.filterwarnings("ignore", leaf)  # Dynamo looks at every attribute (2.13)
        warnings.filterwarnings("ignore", ".*autograd.function.Function.* not be instantiated")
        # After a break inside a transform torch traces what it calls, and says so (2.13).
        warnings.filterwarnings("ignore", "Dynamo (does not know how|detected a call)")
        verdict = judge(where.run(f, **options), where.want)
    return where.otherwise or verdict if verdict.startswith("wrong") else verdict


def judge(got: Any, want: Any) -> str:
    """Right, or in what way wrong."""
    if got is NOTHING:
        return "-"
    pairs = list(zip(got, want, strict=True)) if isinstance(want, tuple) else [(got, want)]
    return next((v for v in (_judge(*pair) for pair in pairs) if v != "right"), "right")


def _judge(got: Any, want: Any) -> str:
    if not isinstance(want, torch.Tensor):
        return "right" if got == want else "wrong"
    if got is None:
        return "wrong: no gradient"
    if got.shape == want.shape and torch.allclose(got, want, rtol=1e-10, atol=1e-10):
        return "right"
    return "wrong" if got.any() else "wrong: zeros"


@functools.cache
def cells() -> dict[tuple[str, str], Cell]:
    """Every cell of the table."""
    return {
        (title, style): cell(f, where)
        for title, where in CONTEXTS.items()
        for style, f in STYLES.items()
    }


def table() -> str:
    """The table in Markdown; contexts that no style tells apart share a line."""
    found = cells()
    lines: dict[tuple[str, ...], list[str]] = {}
    for title in CONTEXTS:
        verdicts = tuple(found[title, style].verdict for style in STYLES)
        lines.setdefault(verdicts, []).append(title)
    rows = [["", *STYLES], ["---"] * (1 + len(STYLES))]
    rows += [
        ["; ".join(titles), *(v.replace("wrong", "**wrong**") for v in verdicts)]
        for verdicts, titles in lines.items()
    ]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


if __name__ == "__main__":
    print(table())  # noqa: T201  # what it is for
