"""How the nodes and weights of a Gauss rule move with its recurrence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from npbridge._op import NumpyOp
from npbridge._precision import NARROW, widened
from npbridge.errors import ArgumentShapeError, sentence
from npbridge.special._axes import as_wide, dtype_of


@dataclass(frozen=True)
class Recurrence:
    """Orthonormal polynomials: b[k+1] p[k+1] = (x - a[k]) p[k] - b[k] p[k-1] (DLMF 18.2(iv)).

    With N nodes `a` has N numbers and `b` those from b[1] to b[N-1]; `a_slopes` and `b_slopes` have
    a row for each parameter. `mass` is the integral of the weight function, and `log_mass` are the
    slopes of its logarithm.
    """

    a: Tensor
    b: Tensor
    a_slopes: Tensor
    b_slopes: Tensor
    mass: Tensor
    log_mass: Tensor


def sensitivities(x: Tensor, w: Tensor, r: Recurrence) -> tuple[Tensor, Tensor]:
    """The slopes of nodes and weights, by parameter and node.

    A node is a zero of p[N], and its weight is mass / K with K the sum of all (p[k] / p[0])^2,
    k < N. Both are written with tensors, so that they have derivatives in turn. Of `w` only the
    magnitude matters: SciPy's weights have errors that the slopes need not inherit.
    """
    n = x.shape[0]
    # Any start does, since only ratios matter; from this one no p[k] is above one, or nearly so.
    start = (w / r.mass).detach().clamp(min=1e-300)
    p = start.sqrt()
    before = torch.zeros_like(p)
    # Rows: the derivative in x, then that in each parameter.
    slopes = torch.zeros_like(p).expand(1 + r.a_slopes.shape[0], n)
    slopes_before = slopes
    kernel, kernel_slopes = p * p, torch.zeros_like(slopes)
    for k in range(n):
        factor = x - r.a[k]
        raised = factor * p
        moved = factor * slopes - torch.cat([-p[None], r.a_slopes[:, k, None] * p])
        if k:
            raised = raised - r.b[k - 1] * before
            own = torch.cat([torch.zeros_like(p)[None], r.b_slopes[:, k - 1, None] * before])
            moved = moved - r.b[k - 1] * slopes_before - own
        if k == n - 1:
            break
        before, slopes_before = p, slopes
        p = raised / r.b[k]
        own = torch.cat([torch.zeros_like(p)[None], r.b_slopes[:, k, None] * p])
        slopes = (moved - own) / r.b[k]
        kernel = kernel + p * p
        kernel_slopes = kernel_slopes + 2 * p * slopes
    nodes = -moved[1:] / moved[0]
    log_weights = r.log_mass[:, None] - (kernel_slopes[1:] + kernel_slopes[0] * nodes) / kernel
    return nodes, r.mass * start / kernel * log_weights


def precision(parameters: dict[str, Any]) -> np.dtype[Any]:
    """The dtype of the floating-point arrays or tensors among the parameters; or double."""
    dtypes = [dtype_of(p) for p in parameters.values() if isinstance(p, (Tensor, np.ndarray))]
    return np.result_type(*[d for d in dtypes if d.kind == "f"] or [np.dtype(np.float64)])


def rule(function: Callable[..., Any], n: Any, mu: Any, **parameters: Any) -> Any:
    """What SciPy gives for numbers in double precision, whatever they came as."""
    for name, p in parameters.items():
        if np.ndim(p):
            raise ArgumentShapeError(
                sentence(
                    f"{function.__name__} takes one number for {name!r}.",
                    expected="shape ()",
                    got=np.shape(p),
                    remedy="For many use torch.vmap.",
                )
            )
    found = function(n, *map(float, parameters.values()), mu)
    return tuple(np.asarray(y, precision(parameters)) for y in found)


def gradients(
    op: NumpyOp[..., Any],
    recurrence: Callable[..., Recurrence],
    grad: Any,
    out: Any,
    n: Any,
    **parameters: Any,
) -> dict[str, Tensor]:
    """The gradients of all parameters."""
    wide = {name: as_wide(p, grad[0], dtype=torch.float64) for name, p in parameters.items()}
    if out[0].dtype in NARROW:
        out = op(n, *wide.values(), mu=len(out) == 3)
    by_node, by_weight, *by_mass = (widened(g) for g in grad)
    r = recurrence(torch.arange(out[0].shape[0], device=grad[0].device), *wide.values())
    nodes, weights = sensitivities(out[0], out[1], r)
    found = (by_node * nodes + by_weight * weights).sum(-1)
    for g in by_mass:
        found = found + g * r.mass * r.log_mass
    return dict(zip(parameters, found.unbind(), strict=True))


def declared(n: Any, mu: Any, **parameters: Any) -> Any:
    """N nodes, N weights, and the integral of the weight function."""
    like = next(p for p in parameters.values() if isinstance(p, Tensor))
    dtype = torch.from_numpy(np.empty(0, precision(parameters))).dtype
    shapes = [(int(n),), (int(n),), *([()] if mu else [])]
    return tuple(like.new_empty(shape, dtype=dtype) for shape in shapes)
