"""What a call costs beside NumPy alone, a hand-written Function, custom_op and HIPS autograd.

Run `python benchmarks/overhead.py [--quick]`. All candidates of a group run interleaved, in fresh
random order each round; printed are medians, and medians of same-round ratios to the hand-written
Function, which is what to read: absolute times drift with the machine.
"""

from __future__ import annotations

import argparse
import gc
import importlib.util
import platform
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import scipy
import scipy.special as sc
import torch
from torch import Tensor

from npbridge import numpy_op, special

HAND = "hand-written Function"


class HandWritten(torch.autograd.Function):
    """The least that a careful author writes: classic form, no checks."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        """J0 on the tensor's memory."""
        ctx.save_for_backward(x)
        return torch.from_numpy(sc.j0(x.numpy()))

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Tensor:
        """-J1, times the cotangent."""
        (x,) = ctx.saved_tensors
        return torch.from_numpy(-(sc.j1(x.numpy()) * grad.numpy()))


@numpy_op
def ours(x: Any) -> Any:
    """J0 through numpy_op."""
    return sc.j0(x)


@ours.register_vjp
def _(grad: Any, x: Any) -> Any:
    return -(sc.j1(x) * grad)


@torch.library.custom_op("npbridge_benchmark::j0", mutates_args=())
def custom(x: Tensor) -> Tensor:
    """J0 through custom_op."""
    return torch.from_numpy(np.asarray(sc.j0(x.numpy())))


@torch.library.custom_op("npbridge_benchmark::j0_vjp", mutates_args=())
def custom_vjp(grad: Tensor, x: Tensor) -> Tensor:
    """Its derivative."""
    return torch.from_numpy(np.asarray(-(sc.j1(x.numpy()) * grad.numpy())))


def _setup(ctx: Any, inputs: tuple[Tensor], output: Tensor) -> None:  # noqa: ARG001  # torch's signature
    ctx.save_for_backward(inputs[0])


custom.register_autograd(
    lambda ctx, grad: custom_vjp(grad, ctx.saved_tensors[0]), setup_context=_setup
)

STYLES: dict[str, Callable[[Tensor], Any]] = {
    HAND: HandWritten.apply,
    "numpy_op": ours,
    "npbridge.special": special.j0,
    "torch.library.custom_op": custom,
}


def interleave(
    candidates: dict[str, Callable[[], Any]], seconds: float, rounds: int
) -> dict[str, list[float]]:
    """Time every candidate in each round, in random order, for about `seconds` each."""
    number = {}
    for name, run in candidates.items():
        warm = time.perf_counter() + 0.1  # the interpreter specialises code that has run a while
        while time.perf_counter() < warm:
            run()
        start = time.perf_counter()
        run()
        number[name] = min(2000, max(1, int(seconds / max(time.perf_counter() - start, 1e-7))))
    times: dict[str, list[float]] = {name: [] for name in candidates}
    gc.disable()
    for _ in range(rounds):
        for name in random.sample(list(candidates), len(candidates)):
            run = candidates[name]
            start = time.perf_counter()
            for _ in range(number[name]):
                run()
            times[name].append((time.perf_counter() - start) / number[name])
        gc.collect()
    gc.enable()
    return times


def row(name: str, own: list[float], other: list[float]) -> None:
    """Print a median, and the median of same-round ratios to another candidate."""
    ratio = statistics.median(a / b for a, b in zip(own, other, strict=True))
    print(f"  {name:26} {statistics.median(own) * 1e6:12.2f} us   {ratio:6.3f}")


def show(title: str, times: dict[str, list[float]], base: str = HAND) -> None:
    """Print medians and ratios."""
    print(f"\n{title}")
    for name, own in times.items():
        row(name, own, times[base])


def versions() -> str:
    """The versions that the times depend on."""
    return (
        f"Python {platform.python_version()}, torch {torch.__version__}, NumPy {np.__version__}, "
        f"SciPy {scipy.__version__}"
    )


def groups(n: int) -> dict[str, dict[str, Callable[[], Any]]]:
    """The candidates for one size: no gradient wanted, forward, forward and backward."""
    plain = torch.linspace(0.1, 4.0, n, dtype=torch.float64)  # where J0 is cheapest
    leaf = plain.clone().requires_grad_()
    ones = torch.ones(n, dtype=torch.float64)
    x, g = plain.numpy(), ones.numpy()

    def both(style: Callable[[Tensor], Any]) -> Callable[[], Any]:
        return lambda: torch.autograd.grad(style(leaf), leaf, ones)

    none: dict[str, Callable[[], Any]] = {"NumPy alone": lambda: sc.j0(x)}
    forward: dict[str, Callable[[], Any]] = {"NumPy alone": lambda: sc.j0(x)}
    backward: dict[str, Callable[[], Any]] = {"NumPy alone": lambda: (sc.j0(x), -(sc.j1(x) * g))}
    for name, style in STYLES.items():
        none[name] = lambda style=style: style(plain)  # type: ignore[misc]  # a bound default
        forward[name] = lambda style=style: style(leaf)  # type: ignore[misc]  # a bound default
        backward[name] = both(style)
    if importlib.util.find_spec("autograd") is not None:
        from autograd import elementwise_grad
        from autograd.scipy.special import j0

        derivative = elementwise_grad(j0)
        none["HIPS autograd"] = lambda: j0(x)
        backward["HIPS autograd"] = lambda: (j0(x), derivative(x))
    return {"no gradient wanted": none, "forward": forward, "forward + backward": backward}


MEMORY = """
import torch
from overhead import STYLES
x = torch.linspace(0.1, 20.0, {n}, dtype=torch.float64, requires_grad=True)
ones = torch.ones({n}, dtype=torch.float64)
def status(field):
    return next(int(l.split()[1]) for l in open("/proc/self/status") if l.startswith(field))
style = STYLES[{name!r}]
small = torch.ones(3, dtype=torch.float64, requires_grad=True)
torch.autograd.grad(style(small), small, torch.ones(3, dtype=torch.float64))
open("/proc/self/clear_refs", "w").write("5")
before = status("VmRSS")
y = style(x)
held = status("VmRSS")
g = torch.autograd.grad(y, x, ones)
print((held - before) * 1024 / (8 * {n}), (status("VmHWM") - before) * 1024 / (8 * {n}))
"""


def memory(n: int) -> None:
    """Print what forward and backward hold beyond the inputs, in arrays of the input's size."""
    print(f"\nmemory beyond the inputs, n = {n}, in arrays of that size: held between, peak")
    for name in STYLES:
        done = subprocess.run(  # noqa: S603  # this Python, our own text
            [sys.executable, "-W", "ignore", "-c", MEMORY.format(n=n, name=name)],
            capture_output=True,
            text=True,
            check=True,
            cwd=__file__.rsplit("/", 1)[0],
        )
        held, peak = map(float, done.stdout.split())
        print(f"  {name:26} {held:6.2f} {peak:6.2f}")


def main() -> None:
    """Print every group."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer rounds and sizes")
    quick = parser.parse_args().quick
    torch.set_num_threads(1)
    print(f"{versions()}; one thread; J0 in float64; median time, ratio to {HAND}")
    for n in (1, 100) if quick else (1, 100, 10_000, 1_000_000):
        rounds = 9 if n > 100_000 else 21 if quick else 41
        for title, candidates in groups(n).items():
            show(f"n = {n}, {title}", interleave(candidates, 0.002, rounds))
    if sys.platform == "linux":
        memory(1_000_000 if quick else 10_000_000)


if __name__ == "__main__":
    main()
