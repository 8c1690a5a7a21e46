"""One op, one set of inputs, and every way of calling: all agree with the plain call, or refuse."""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import pytest
import torch
import torch._dynamo
import torch.autograd.forward_ad as fwad
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from strategies import shapes, values
from torch.func import functional_call, grad, hessian, jacfwd, jacrev, jvp, vjp, vmap
from torch.fx.experimental.proxy_tensor import make_fx
from torch.utils._pytree import tree_leaves
from torch.utils.checkpoint import checkpoint

from npbridge import composite, errors, numpy_op, special

# -- ops ------------------------------------------------------------------------------------------


@numpy_op
def undeclared(x):
    return np.sin(x) * x


@undeclared.register_vjp
def _(grad, x):
    return grad * (np.cos(x) * x + np.sin(x))


@undeclared.register_jvp
def _(tangents, x):
    return tangents["x"] * (np.cos(x) * x + np.sin(x))


def _along(a, b):
    return 0.0 if a is None or b is None else (a * b).sum(axis=-1)


dot = numpy_op(
    _along,
    name="dot",
    signature="(n),(n)->()",
    vectorized=True,
    vjp=lambda grad, a, b: (grad[..., None] * b, grad[..., None] * a),
    jvp=lambda tangents, a, b: _along(tangents["a"], b) + _along(a, tangents["b"]),
)


@numpy_op(signature="(m,n),(n)->(m)")
def matvec(a, b):
    return a @ b


@matvec.register_vjp
def _(grad, a, b):
    assert a.ndim == 2  # the declaration says: one item of the batch at a time
    return np.outer(grad, b), a.T @ grad


@numpy_op(fake=lambda a, b: torch.empty_like(a * b))
def twice(a, b):
    return a * np.exp(b)


@twice.register_vjp(composite=True)
def _(grad, out, b):
    return {"a": grad * torch.exp(b), "b": grad * out}


pair = numpy_op(
    lambda a, b: (a * b, {"sine": np.sin(a)}),
    name="pair",
    fake=lambda a, b: (torch.empty_like(a), {"sine": torch.empty_like(a)}),
    vjp=composite(lambda grad, a, b: (grad[0] * b + grad[1]["sine"] * a.cos(), grad[0] * a)),
)


@numpy_op(fake=lambda weights, power, table: torch.empty_like(weights["a"]))
def nested(weights, power, table):
    a, (b,) = weights["a"], weights["more"]
    return a**power * np.cos(b) * table.sum()


@nested.register_vjp
def _(grad, weights, power, table):
    a, (b,) = weights["a"], weights["more"]
    scale = grad * table.sum()
    slopes = power * a ** (power - 1) * np.cos(b), -(a**power) * np.sin(b)
    return {"weights": {"a": scale * slopes[0], "more": [scale * slopes[1]]}}


TABLE = np.array([0.5, 0.25], dtype="float32")


class Op(NamedTuple):
    """A function of tensors, the shapes it takes, and what it does not do."""

    call: Callable[..., Any]
    shapes: Callable[..., Any]
    order: int = 1
    forward: bool = True
    traced: bool = True


def same(count):
    """Draw one shape for all."""
    return lambda draw: (draw(shapes(max_dims=2)),) * count


def broadcast(draw):
    """Draw shapes that broadcast."""
    full = draw(shapes(max_dims=2, min_side=1))
    return tuple(
        tuple(1 if draw(st.booleans()) else n for n in full[draw(st.integers(0, len(full))) :])
        for _ in range(2)
    )


def cores(*operands):
    """Draw batches for operands of a signature."""

    def drawn(draw):
        sizes = {letter: draw(st.integers(1, 3)) for letter in "mn"}
        batches = broadcast(draw)
        return tuple(
            (*batch[-1:], *(sizes[letter] for letter in core))
            for batch, core in zip(batches, operands, strict=True)
        )

    return drawn


OPS = {
    "unary": Op(special.j0, same(1), order=2),
    "binary": Op(special.gammainc, broadcast, order=2),
    "undeclared": Op(undeclared, same(1), traced=False),
    "vectorized": Op(dot, cores("n", "n")),
    "looped": Op(matvec, cores("mn", "n"), forward=False),
    "composite": Op(twice, same(2), order=2),
    "several": Op(pair, same(2), order=2),
    "nested": Op(lambda a, b: nested({"a": a, "more": [b]}, 3.0, TABLE), same(2), forward=False),
}

# -- contexts: each returns values, and derivatives of their weighted sum ------------------------


class Problem:
    """An op, its inputs, and which of them are differentiated in."""

    def __init__(self, op, tensors, wanted):
        self.op, self.tensors, self.wanted = op, tensors, wanted

    def of(self, *given):
        """The outputs, as a tuple, for values of the wanted inputs."""
        following = iter(given)
        merged = [
            next(following) if wanted else x
            for x, wanted in zip(self.tensors, self.wanted, strict=True)
        ]
        return tuple(tree_leaves(self.op.call(*merged)))

    def total(self, *given):
        """A number to differentiate, with the outputs beside it."""
        outs = self.of(*given)
        return sum((y * w).sum() for y, w in zip(outs, self.weights(outs), strict=True)), outs

    def weights(self, outs):
        """Weights for the outputs, other ones for each."""
        return tuple(
            torch.linspace(0.5 + k, 1.5 + k, y.numel(), dtype=y.dtype).reshape(y.shape)
            for k, y in enumerate(outs)
        )

    @property
    def given(self):
        """The wanted inputs."""
        return tuple(x for x, wanted in zip(self.tensors, self.wanted, strict=True) if wanted)

    @property
    def numbers(self):
        """Places of the wanted inputs, among themselves."""
        return tuple(range(sum(self.wanted)))

    def moved(self, by):
        """The same with other numbers."""
        return Problem(self.op, [x * by for x in self.tensors], self.wanted)


def eager(problem, run=None):
    """The plain call, and `backward`."""
    leaves = [x.clone().requires_grad_() for x in problem.given]
    total, outs = (run or problem.total)(*leaves)
    assert all(y.requires_grad for y in outs)
    grads = torch.autograd.grad(total, leaves)
    return [y.detach() for y in outs], list(grads)


def by_grad(problem):
    """torch.func.grad."""
    grads, outs = grad(problem.total, argnums=problem.numbers, has_aux=True)(*problem.given)
    return list(outs), list(grads)


def by_vjp(problem):
    """torch.func.vjp."""
    outs, pull = vjp(problem.of, *problem.given)
    return list(outs), list(pull(problem.weights(outs)))


def contracted(problem, jacobian):
    """The derivatives of the weighted sum, out of jacobian[output][input]."""
    outs = problem.of(*problem.given)
    found = []
    for i, x in enumerate(problem.given):
        parts = [
            torch.tensordot(w, rows[i], dims=w.dim())
            for w, rows in zip(problem.weights(outs), jacobian, strict=True)
        ]
        assert all(part.shape == x.shape for part in parts)
        found.append(sum(parts))
    return found


def by_jacrev(problem):
    """torch.func.jacrev."""
    return None, contracted(problem, jacrev(problem.of, problem.numbers)(*problem.given))


def by_jacfwd(problem):
    """torch.func.jacfwd."""
    return None, contracted(problem, jacfwd(problem.of, problem.numbers)(*problem.given))


def by_jacobian(problem):
    """torch.autograd.functional.jacobian, vectorized."""
    jacobian = torch.autograd.functional.jacobian(problem.of, problem.given, vectorize=True)
    return None, contracted(problem, jacobian)


def along(problem, directions):
    """Values, and derivatives in each input by itself, by a forward mode."""
    outs, columns = None, []
    for i, x in enumerate(problem.given):
        rows = []
        for place in range(x.numel()):
            unit = torch.zeros_like(x)
            unit.view(-1)[place] = 1
            outs, tangents = directions(i, unit)
            pairs = zip(problem.weights(outs), tangents, strict=True)
            rows.append(sum((w * t).sum() for w, t in pairs))
        columns.append(torch.stack(rows).reshape(x.shape) if rows else torch.zeros_like(x))
    return None if outs is None else list(outs), columns


def by_jvp(problem):
    """torch.func.jvp."""

    def one(i, unit):
        tangents = [torch.zeros_like(x) for x in problem.given]
        tangents[i] = unit
        return jvp(problem.of, problem.given, tuple(tangents))

    return along(problem, one)


def by_dual(problem):
    """torch.autograd.forward_ad, one dual number at a time."""

    def one(i, unit):
        given = list(problem.given)
        with fwad.dual_level():
            given[i] = fwad.make_dual(given[i], unit)
            pairs = [fwad.unpack_dual(y) for y in problem.of(*given)]
            zeros = [torch.zeros_like(y.primal) for y in pairs]
            tangents = [z if y.tangent is None else y.tangent for y, z in zip(pairs, zeros)]  # noqa: B905  # of one list
            return [y.primal for y in pairs], tangents

    return along(problem, one)


def by_checkpoint(problem):
    """Checkpointing."""
    return eager(problem, partial(checkpoint, problem.total, use_reentrant=False))


def by_module(problem):
    """torch.func.functional_call, on parameters."""

    class Model(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.inputs = torch.nn.ParameterList(torch.zeros_like(x) for x in problem.given)

        def forward(self):
            return problem.total(*self.inputs)

    named = {f"inputs.{i}": x for i, x in enumerate(problem.given)}
    run = grad(lambda named: functional_call(Model(), named, ()), has_aux=True)
    grads, outs = run(named)
    return list(outs), [grads[name] for name in named]


def compiled(problem, backend):
    """torch.compile without a break."""
    torch._dynamo.reset()
    try:
        return eager(problem, torch.compile(problem.total, fullgraph=True, backend=backend))
    finally:
        torch._dynamo.reset()


def by_replay(problem):
    """A recorded gradient, replayed: it was recorded with other numbers."""

    def both(*given):
        grads, outs = grad(problem.total, argnums=problem.numbers, has_aux=True)(*given)
        return outs, grads

    outs, grads = make_fx(both)(*problem.moved(1.25).given)(*problem.given)
    return list(outs), list(grads)


CONTEXTS = {
    "grad": by_grad,
    "vjp": by_vjp,
    "jvp": by_jvp,
    "jacrev": by_jacrev,
    "jacfwd": by_jacfwd,
    "forward_ad": by_dual,
    "jacobian": by_jacobian,
    "checkpoint": by_checkpoint,
    "functional_call": by_module,
    "compile": partial(compiled, backend="eager"),
    "compile, aot": partial(compiled, backend="aot_eager"),
    "make_fx": by_replay,
}
FORWARD = {"jvp", "jacfwd", "forward_ad"}
COMPILED = {"compile", "compile, aot"}


def refused(op, context):
    """Whether a context asks of an op what it does not have."""
    return (context in FORWARD and not op.forward) or (context in COMPILED and not op.traced)


def agree(got, want, exact):
    """The same numbers, dtypes and shapes: bit for bit, or to rounding."""
    for y, z in zip(got, want, strict=True):
        if exact:
            torch.testing.assert_close(y, z, rtol=0, atol=0, equal_nan=True)
        else:
            rough = y.dtype == torch.float32
            rtol, atol = (1e-4, 1e-5) if rough else (1e-10, 1e-12)
            torch.testing.assert_close(y, z, rtol=rtol, atol=atol)


# -- drawn inputs ---------------------------------------------------------------------------------


@st.composite
def problems(draw, ops=tuple(OPS)):
    """Draw an op with inputs, some of which are differentiated in."""
    op = OPS[draw(st.sampled_from(ops))]
    dtype = draw(st.sampled_from((torch.float64, torch.float32)))
    seed = draw(st.integers(0, 2**32 - 1))
    sizes = op.shapes(draw)
    tensors = [values(size, dtype, seed + k) for k, size in enumerate(sizes)]
    wanted = draw(st.lists(st.booleans(), min_size=len(sizes), max_size=len(sizes)).filter(any))
    return Problem(op, tensors, tuple(wanted))


@pytest.mark.parametrize("context", [c for c in CONTEXTS if c not in COMPILED])
@given(problem=problems())
def test_contexts_agree(context, problem):
    """Values are those of the plain call bit for bit, and derivatives are to rounding."""
    assume(context != "jacobian" or all(x.numel() for x in problem.tensors))  # torch's own limit
    outs, grads = eager(problem)
    if refused(problem.op, context) and any(x.numel() for x in problem.given):
        with pytest.raises(errors.MissingDerivativeError):
            CONTEXTS[context](problem)
        return
    if refused(problem.op, context):
        return
    got, slopes = CONTEXTS[context](problem)
    agree(got or outs, outs, exact=True)
    agree(slopes, grads, exact=False)


@pytest.mark.parametrize("context", sorted(COMPILED))
@settings(max_examples=10)
@given(problem=problems(ops=tuple(name for name, op in OPS.items() if op.traced)))
def test_compiled_code_agrees(context, problem):
    """One graph around an op gives its values bit for bit, and its derivatives to rounding."""
    outs, grads = eager(problem)
    got, slopes = CONTEXTS[context](problem)
    agree(got, outs, exact=True)
    agree(slopes, grads, exact=False)


@given(problem=problems(), size=st.integers(1, 3), dims=st.lists(st.booleans(), min_size=2))
def test_vmap_agrees(problem, size, dims):
    """Over a new dimension of some inputs, values and gradients are those of each sample."""
    moved = [problem.moved(1 + k / 8) for k in range(size)]
    mapped = [dims[0], *dims[1 : len(problem.tensors)]]
    mapped = mapped if any(mapped) else [True] * len(problem.tensors)
    stacked = [
        torch.stack([m.tensors[i] for m in moved]) if over else x
        for i, (x, over) in enumerate(zip(problem.tensors, mapped, strict=True))
    ]
    in_dims = tuple(0 if over else None for over in mapped)

    def sample(k):
        picked = [s[k] if over else s for s, over in zip(stacked, mapped, strict=True)]
        return Problem(problem.op, picked, problem.wanted)

    each = [eager(sample(k)) for k in range(size)]

    def both(*tensors):
        return by_grad(Problem(problem.op, list(tensors), problem.wanted))

    plain = vmap(lambda *xs: tuple(tree_leaves(problem.op.call(*xs))), in_dims=in_dims)(*stacked)
    outs, grads = vmap(both, in_dims=in_dims)(*stacked)
    # NumPy's loops may round otherwise over a whole batch.
    for got in (plain, outs):
        agree(got, [torch.stack(column) for column in zip(*(o for o, _ in each))], exact=False)  # noqa: B905  # of one op
    agree(grads, [torch.stack(column) for column in zip(*(g for _, g in each))], exact=False)  # noqa: B905  # the same


# -- never silent ---------------------------------------------------------------------------------


def second_reverse(problem):
    """Reverse over reverse."""
    leaves = [x.clone().requires_grad_() for x in problem.given]
    grads = torch.autograd.grad(problem.total(*leaves)[0], leaves, create_graph=True)
    pulled = torch.autograd.grad(sum((g**2).sum() for g in grads), leaves)
    return None, list(pulled)


def second_nested(problem):
    """Reverse over reverse, in torch.func."""

    def squares(*given):
        slopes = grad(lambda *xs: problem.total(*xs)[0], argnums=problem.numbers)(*given)
        return sum((g**2).sum() for g in slopes)

    return None, list(grad(squares, argnums=problem.numbers)(*problem.given))


def second_hessian(problem):
    """Forward over reverse, contracted to the same numbers."""
    total = lambda *xs: problem.total(*xs)[0]
    rows = hessian(total, argnums=problem.numbers)(*problem.given)
    slopes = grad(total, argnums=problem.numbers)(*problem.given)
    return None, [
        sum(2 * torch.tensordot(g, row[i], dims=g.dim()) for g, row in zip(slopes, rows))  # noqa: B905  # square
        for i in problem.numbers
    ]


def second_compiled(problem):
    """Reverse over reverse, in a compiled function."""
    torch._dynamo.reset()
    try:
        run = torch.compile(lambda *xs: second_nested(Problem(problem.op, xs, problem.wanted))[1],
                            fullgraph=True, backend="eager")  # fmt: skip  # one call
        return None, list(run(*problem.given))
    finally:
        torch._dynamo.reset()


SECOND = {
    "create_graph": second_reverse,
    "nested grad": second_nested,
    "hessian": second_hessian,
    "nested grad, compiled": second_compiled,
}


def fixed(op):
    """The same inputs for all contexts, all of them differentiated in."""
    sizes = {"vectorized": ((2, 3), (3,)), "looped": ((2, 2, 3), (3,))}.get(op, ((2, 3),) * 2)
    count = 1 if op in {"unary", "undeclared"} else 2
    tensors = [values(size, torch.float64, seed) for seed, size in enumerate(sizes[:count])]
    return Problem(OPS[op], tensors, (True,) * count)


def numerical_second(problem):
    """The derivatives of the squared slopes, by central differences of the plain first ones."""
    step = 1e-5

    def squares(tensors):
        return sum((g**2).sum() for g in eager(Problem(problem.op, tensors, problem.wanted))[1])

    found = []
    for i, x in enumerate(problem.tensors):
        slope = torch.zeros_like(x)
        for place in range(x.numel()):
            ends = []
            for sign in (1, -1):
                moved = [t.clone() for t in problem.tensors]
                moved[i].view(-1)[place] += sign * step
                ends.append(squares(moved))
            slope.view(-1)[place] = (ends[0] - ends[1]) / (2 * step)
        found.append(slope)
    return found


@pytest.mark.parametrize("context", [*CONTEXTS, *SECOND])
@pytest.mark.parametrize("op", OPS)
def test_never_silent(op, context):
    """A derivative that is not zero is given in full, or refused by the library: no context makes
    it zero or drops it.
    """
    problem = fixed(op)
    run = (CONTEXTS | SECOND)[context]
    want = eager(problem)[1] if context in CONTEXTS else numerical_second(problem)
    assert all(g.any() for g in want)
    beyond = context in SECOND and problem.op.order < 2
    untraced = "compiled" in context and not problem.op.traced
    if beyond or untraced or refused(problem.op, context):
        with pytest.raises(Exception) as raised:  # torch.compile wraps errors
            run(problem)
        assert is_ours(raised.value), raised.value
        return
    _, slopes = run(problem)
    for slope, g in zip(slopes, want, strict=True):
        torch.testing.assert_close(slope, g, rtol=1e-6, atol=1e-8)


def is_ours(error):
    """Whether an error is the library's, or one of torch that quotes it."""
    words = ("first order only", "has no jvp", "output shapes are known only by running it")
    while error is not None:
        if isinstance(error, (errors.MissingDerivativeError, errors.TransformError)):
            return True
        if any(text in str(error) for text in words):
            return True
        error = error.__cause__ or error.__context__
    return False
