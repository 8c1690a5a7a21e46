"""The ways in which people bring a NumPy function to torch, each put through the audit.

`python tests/testing/bridges.py` prints the table of the README.
"""

import numpy as np
import scipy.special as sc
import torch
from torch.autograd.function import once_differentiable

from npbridge import numpy_op, special
from npbridge.testing import Verdict, audit

X = torch.tensor([0.4, 1.7, 3.1], dtype=torch.float64)


class Minimal(torch.autograd.Function):
    """What a search finds first."""

    @staticmethod
    def forward(ctx, x):
        """J0 through NumPy."""
        a = x.detach().numpy()
        ctx.a = a
        return torch.from_numpy(np.asarray(sc.j0(a)))

    @staticmethod
    def backward(ctx, grad):
        """-J1, a constant to autograd."""
        return grad * torch.from_numpy(-sc.j1(ctx.a))


class Once(torch.autograd.Function):
    """The same, more carefully."""

    @staticmethod
    def forward(ctx, x):
        """J0 through NumPy."""
        ctx.save_for_backward(x)
        return torch.from_numpy(np.asarray(sc.j0(x.detach().numpy())))

    @staticmethod
    @once_differentiable
    def backward(ctx, grad):
        """-J1."""
        (x,) = ctx.saved_tensors
        return grad * torch.from_numpy(np.asarray(-sc.j1(x.numpy())))


@torch.library.custom_op("npbridge_bridges::j0", mutates_args=())
def custom(x: torch.Tensor) -> torch.Tensor:
    """As torch's documentation says."""
    return torch.from_numpy(np.asarray(sc.j0(x.numpy())))


def _backward(ctx, grad):
    (x,) = ctx.saved_tensors
    return grad * torch.from_numpy(np.asarray(-sc.j1(x.detach().numpy())))


custom.register_fake(torch.empty_like)
custom.register_autograd(
    _backward, setup_context=lambda ctx, inputs, output: ctx.save_for_backward(*inputs)
)


@numpy_op(signature="()->()", vectorized=True)
def ours(x):
    """The same with NumPy rules."""
    return sc.j0(x)


ours.register_vjp(lambda grad, x: -sc.j1(x) * grad)
ours.register_jvp(lambda tangents, x: -sc.j1(x) * tangents["x"])

BRIDGES = {
    "`special.j0`": special.j0,
    "`numpy_op`, NumPy rules": ours,
    "a minimal Function": Minimal.apply,
    "with `once_differentiable`": Once.apply,
    "`custom_op`, `register_autograd`": custom,
    "`torch.special.bessel_j0`": torch.special.bessel_j0,
}
# Deepest first: what a reader should see.
WORDS = {
    Verdict.DETACHED: "**detached**",
    Verdict.WRONG: "**wrong**",
    Verdict.NOT_APPLICABLE: "",
}
BEGIN, END = "<!-- bridges -->", "<!-- /bridges -->"


def table():
    """The audit of each in a column."""
    reports = {name: audit(fn, X) for name, fn in BRIDGES.items()}
    lines = [f"| | {' | '.join(reports)} |", "|---|" + "---|" * len(reports)]
    for rows in zip(*(report.findings for report in reports.values()), strict=True):
        cells = [WORDS.get(f.verdict, f.word) for f in rows]
        if any(cells):
            lines.append(f"| {rows[0].name} | {' | '.join(cells)} |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(table())  # noqa: T201  # a command
