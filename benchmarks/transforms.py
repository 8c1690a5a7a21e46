"""What torch.func, torch.compile and a definition cost, beside what torch's documentation advises.

Run `python benchmarks/transforms.py [--quick]`. Rounds, medians and ratios are those of
`overhead.py`: a ratio is to the candidate that shows 1.000, unless the title says otherwise. Bars
are what npbridge holds itself to.
"""

from __future__ import annotations

import argparse
import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.special as sc
import torch
from overhead import custom, custom_vjp, interleave, ours, row, show, versions
from torch import Tensor
from torch.func import grad, hessian, jacrev, jvp, vmap

from npbridge import numpy_op
from npbridge.special import j0

RECIPE = "documented recipe"
CUSTOM = "torch.library.custom_op"
SAMPLES = 64

Style = Callable[..., Any]
Run = Callable[[], Any]


def _front(x: Tensor, dim: int | None) -> Tensor:
    return x if dim is None else x.movedim(dim, 0)


class RecipeVjp(torch.autograd.Function):
    """The VJP of `Recipe`, in a Function of its own as transforms need it."""

    @staticmethod
    def forward(cotangent: Tensor, x: Tensor) -> Tensor:
        """-J1, times the cotangent."""
        return torch.from_numpy(np.asarray(-(sc.j1(x.numpy()) * cotangent.numpy())))

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Tensor, Tensor], _output: Tensor) -> None:
        """Keep what a backward would use; it has none, being first order as the rules beside it."""
        ctx.save_for_backward(*inputs)

    @staticmethod
    def vmap(_info: Any, in_dims: tuple[int | None, ...], *args: Tensor) -> tuple[Any, int]:
        """The product broadcasts."""
        return recipe_vjp(*map(_front, args, in_dims)), 0


recipe_vjp: Style = RecipeVjp.apply


class Recipe(torch.autograd.Function):
    """What torch's documentation says to write for torch.func, with nothing to spare."""

    @staticmethod
    def forward(x: Tensor) -> Tensor:
        """J0 on the tensor's memory."""
        return torch.from_numpy(np.asarray(sc.j0(x.numpy())))

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Tensor], _output: Tensor) -> None:
        """Keep the argument."""
        ctx.save_for_backward(*inputs)

    @staticmethod
    def backward(ctx: Any, cotangent: Tensor) -> Any:
        """Through the second Function."""
        return recipe_vjp(cotangent, *ctx.saved_tensors)

    @staticmethod
    def vmap(_info: Any, in_dims: tuple[int], x: Tensor) -> tuple[Any, int]:
        """J0 broadcasts."""
        return recipe(x.movedim(in_dims[0], 0)), 0


recipe: Style = Recipe.apply


class RecipeJvp(Recipe):
    """The same with a forward rule."""

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Tensor], _output: Tensor) -> None:
        """Keep the argument for both modes."""
        ctx.save_for_backward(*inputs)
        ctx.save_for_forward(*inputs)

    @staticmethod
    def jvp(ctx: Any, tangent: Tensor) -> Any:
        """The same product as the VJP."""
        return recipe_vjp(tangent, *ctx.saved_tensors)


# Declared as what it is: vmap need not loop.
broadcasting = numpy_op(ours.numpy, signature="()->()", vectorized=True, name="broadcasting")
broadcasting.register_vjp(lambda grad, x: -(sc.j1(x) * grad))
forward_rule = numpy_op(ours.numpy, name="forward_rule")
forward_rule.register_jvp(lambda tangents, x: -(sc.j1(x) * tangents["x"]))

custom.register_fake(torch.empty_like)
custom_vjp.register_fake(lambda _grad, x: torch.empty_like(x))

FIRST_ORDER: dict[str, Style] = {
    RECIPE: recipe,
    "numpy_op": ours,
    "numpy_op, vectorized": broadcasting,
}
ANY_ORDER: dict[str, Style] = {"npbridge.special": j0, "torch.sin, native": torch.sin}
STYLES = FIRST_ORDER | ANY_ORDER
FORWARD: dict[str, Style] = {
    RECIPE + ", jvp": RecipeJvp.apply,
    "numpy_op, register_jvp": forward_rule,
    **ANY_ORDER,
}
# A code object each, since torch.compile's cache is searched by code object.
COMPILED: dict[str, Style] = {
    CUSTOM: lambda x: custom(x),  # noqa: PLW0108  # a code object each
    "numpy_op": lambda x: broadcasting(x),  # noqa: PLW0108  # a code object each
    "npbridge.special": lambda x: j0(x),  # noqa: PLW0108  # a code object each
}


def runs(styles: dict[str, Style], make: Callable[[Style], Style], x: Tensor) -> dict[str, Run]:
    """A candidate for each style: a transform, made once, called on `x`."""

    def run(transformed: Style) -> Run:
        return lambda: transformed(x)

    return {name: run(make(style)) for name, style in styles.items()}


def transforms(rounds: int) -> None:
    """Print the transforms of torch.func on one number, and on a batch of them."""
    one = torch.tensor(1.5, dtype=torch.float64)
    many = torch.linspace(1.0, 2.0, SAMPLES, dtype=torch.float64)
    rows: list[tuple[str, dict[str, Style], Callable[[Any], Any], Tensor]] = [
        ("func.grad, bar 0.4", STYLES, grad, one),
        (f"vmap, {SAMPLES} samples", STYLES, vmap, many),
        (f"vmap(grad), {SAMPLES} samples", STYLES, lambda f: vmap(grad(f)), many),
        ("jacrev", STYLES, jacrev, one),
        ("hessian", ANY_ORDER, hessian, one),
    ]
    for title, styles, make, x in rows:
        base = RECIPE if RECIPE in styles else "torch.sin, native"
        show(f"n = 1, {title}", interleave(runs(styles, make, x), 0.002, rounds), base)

    singles = runs(STYLES, grad, one)
    batches = {f"{k}, batch": r for k, r in runs(STYLES, lambda f: vmap(grad(f)), many).items()}
    times = interleave(singles | batches, 0.002, rounds)
    print(f"\nvmap(grad), {SAMPLES} samples (ratio to its own func.grad of one sample, bar 1.3)")
    for name in STYLES:
        row(name, times[f"{name}, batch"], times[name])


def compiled(rounds: int) -> None:
    """Print calls from compiled code: each group compiles afresh, so its cache has one entry."""

    def make(style: Style) -> Style:
        return torch.compile(style, fullgraph=True, backend="inductor")

    for n in (1, 100):
        plain = torch.linspace(0.1, 4.0, n, dtype=torch.float64)
        ones = torch.ones_like(plain)

        def both(style: Style, ones: Tensor = ones) -> Style:
            f = make(style)
            return lambda leaf: torch.autograd.grad(f(leaf), leaf, ones)

        groups: dict[str, tuple[Callable[[Style], Style], Tensor]] = {
            "no gradient wanted": (make, plain),
            "forward + backward": (both, plain.clone().requires_grad_()),
        }
        for what, (chosen, x) in groups.items():
            torch.compiler.reset()
            times = interleave(runs(COMPILED, chosen, x), 0.002, rounds)
            show(f"compiled, n = {n}, {what}, bar 1.05", times, CUSTOM)


def define_ours() -> None:
    """An op and its NumPy rule."""

    @numpy_op
    def op(x: Any) -> Any:
        return sc.j0(x)

    @op.register_vjp
    def _(grad: Any, x: Any) -> Any:
        return -(sc.j1(x) * grad)


NUMBER = itertools.count()


def define_custom() -> None:
    """The same through custom_op, without the second op that its VJP needs."""

    @torch.library.custom_op(f"npbridge_benchmark::defined_{next(NUMBER)}", mutates_args=())
    def op(x: Tensor) -> Tensor:
        return torch.from_numpy(np.asarray(sc.j0(x.numpy())))

    op.register_fake(torch.empty_like)
    op.register_autograd(
        lambda ctx, grad: custom_vjp(grad, ctx.saved_tensors[0]),
        setup_context=lambda ctx, inputs, output: ctx.save_for_backward(*inputs),  # noqa: ARG005  # torch's names
    )


def definitions(rounds: int) -> None:
    """Print what defining an op takes, and what it leaves in torch's dispatcher."""
    defining: dict[str, Run] = {CUSTOM: define_custom, "numpy_op": define_ours}
    show("defining an op with a vjp", interleave(defining, 0.002, rounds), CUSTOM)
    print("\ndispatcher ops defined by one definition (numpy_op: should be 0)")
    for name, define in defining.items():
        before = set(torch._C._dispatch_get_all_op_names())
        define()
        print(f"  {name:26} {len(set(torch._C._dispatch_get_all_op_names()) - before):12}")


def main() -> None:
    """Print every group."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer rounds")
    rounds = 21 if parser.parse_args().quick else 41
    torch.set_num_threads(1)
    print(f"{versions()}; one thread; J0 in float64; median time, ratio")
    transforms(rounds)
    compiled(rounds)
    definitions(rounds)
    one = torch.tensor(1.5, dtype=torch.float64)
    tangent = torch.ones_like(one)
    pushed = runs(FORWARD, lambda f: lambda x: jvp(f, (x,), (tangent,)), one)
    show("n = 1, func.jvp", interleave(pushed, 0.002, rounds), RECIPE + ", jvp")


if __name__ == "__main__":
    main()
