"""Sums of exponentials: their logarithm, and the shares of its terms."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.special as sc
import torch
from torch import Tensor

from npbridge._decorator import numpy_op
from npbridge._precision import widened
from npbridge.special._axes import as_wide, dtype_of, in_front, rank, reduced, total
from npbridge.special._entry import described

__all__ = ["log_softmax", "logsumexp", "softmax"]

_inf = float("inf")
_torch: Any = torch  # broadcast_tensors and broadcast_shapes are not annotated (2.13)


def _largest(real: Tensor, axes: tuple[int, ...]) -> Tensor:
    """The maximum along `axes`, which stay, taken as a constant."""
    return real.detach().amax(axes, keepdim=True) if axes else real.detach()


def _tamed(real: Tensor, largest: Tensor) -> Tensor:
    """Exponents with the same shares, where infinite ones share equally."""
    return torch.where(largest == _inf, torch.where(real == _inf, 0.0, -_inf), real)


def _unweighted(a: Tensor, axes: tuple[int, ...]) -> Tensor:
    """The shares of the terms e^a; zeros where all terms are zero."""
    real = a.real if a.is_complex() else a
    largest = _largest(real, axes)
    nothing = largest == -_inf
    real = torch.where(nothing, 0.0, _tamed(real, largest))
    shares = softmax(torch.complex(real, a.imag) if a.is_complex() else real, axes)
    return torch.where(nothing, 0.0, shares)


def _terms(a: Tensor, b: Tensor, axes: tuple[int, ...]) -> Tensor:
    """The terms e^a, along `axes` divided by the largest that has a weight, taken as a constant:
    what is made of them depends on their ratios.
    """
    unweighted = b == 0
    real = a.real if a.is_complex() else a
    real = torch.where(unweighted & ~(real < _inf), -_inf, real)  # left out, as SciPy does
    counted = torch.where(unweighted, -_inf, real)
    largest = _largest(counted, axes)
    shifted = _tamed(real, largest) - torch.where(largest.isinf(), 0.0, largest)
    # Zero times infinity is no number, so that a term without weight stays finite.
    shifted = torch.where(unweighted & (shifted > 700.0), 700.0, shifted)
    return torch.exp(torch.complex(shifted, a.imag) if a.is_complex() else shifted)


def _share(part: Tensor, whole: Tensor) -> Tensor:
    """A quotient; of an empty sum every share is zero."""
    return part / torch.where((whole == 0) & (part == 0), 1.0, whole)


def _logsumexp(
    a: Any, axis: Any = None, b: Any = None, keepdims: Any = False, return_sign: Any = False
) -> Any:
    return sc.logsumexp(a, axis=axis, b=b, keepdims=keepdims, return_sign=return_sign)


logsumexp = described(
    numpy_op(_logsumexp, name="logsumexp", differentiable=("a", "b")),
    title="log S with S = sum of b exp(a) along axes; with `return_sign` log |S| and S / |S|.",
    source="the chain rule",
    domain={"a": (-20, 20), "b": (0.1, 5)},
    edges=[
        (((-_inf, 0.0, 1.0),), {"a": (0.0, 1 / (1 + np.e), np.e / (1 + np.e))}),
        (((-_inf, -_inf),), {"a": (0.0, 0.0)}),
        (((_inf, 0.0),), {"a": (1.0, 0.0)}),
        (((_inf, _inf),), {"a": (0.5, 0.5)}),
        (((0.0, 1.0), None, (0.0, 1.0)), {"a": (0.0, 1.0), "b": (np.exp(-1.0), 1.0)}),
        (((0.0, 0.0), None, (1.0, -1.0)), {"a": (_inf, -_inf), "b": (_inf, _inf)}),
        (((0.0, _inf), None, (1.0, 0.0)), {"a": (1.0, 0.0), "b": (1.0, 0.0)}),
    ],
    notes="Where all terms are zero every derivative in a is zero; of several infinite terms each "
    "takes its weight's share. A term with weight zero is left out where it is infinite.",
)


@logsumexp.register_vjp(composite=True)
def _logsumexp_vjp(
    grad: Any, a: Any, axis: Any, b: Any, return_sign: Any, needs_input_grad: Any
) -> dict[str, Tensor | None]:
    """The differential of log S is (sum of b e^a da + e^a db) / S."""
    grad, grad_sign = grad if return_sign else (grad, None)
    is_complex = any(
        x.is_complex() if isinstance(x, Tensor) else np.iscomplexobj(x) for x in (a, b)
    )
    dtype = torch.complex128 if is_complex else torch.float64
    wide, weights = _torch.broadcast_tensors(
        *(as_wide(1.0 if x is None else x, grad, dtype=dtype) for x in (a, b))
    )
    wide, weights = (x if x.dim() else x[None] for x in (wide, weights))
    axes = reduced(axis, wide.dim())
    kept = [1 if i in axes else n for i, n in enumerate(wide.shape)]
    grad = widened(grad).reshape(kept)
    if b is None and wide.numel() and not (return_sign and is_complex):
        g = grad * _unweighted(wide, axes).conj()
        return {"a": g.reshape(a.shape)}
    terms = _terms(wide, weights, axes) if wide.numel() else wide
    weighted = weights * terms
    whole = total(weighted, axes)
    if return_sign and is_complex:
        # S / |S| = exp(i arg S): its cotangent acts on the imaginary part of log S.
        turned = (torch.sgn(whole) * widened(grad_sign).reshape(kept).conj()).imag
        grad = torch.complex(grad, -turned)
    elif not return_sign and not is_complex:
        whole = torch.where(whole < 0, torch.nan, whole)  # as the value is
    found: dict[str, Tensor | None] = {}
    for name, x, part in (("a", a, weighted), ("b", b, terms)):
        if needs_input_grad.get(name, False):
            g = grad * _share(part, whole).conj()
            found[name] = (g if x.is_complex() else g.real).sum_to_size(x.shape)
    return found


@logsumexp.register_fake
def _logsumexp_fake(a: Any, axis: Any, b: Any, keepdims: Any, return_sign: Any) -> Any:
    """The axes vanish, or become one; the sign is real or complex as the sum is."""
    arrays = [x for x in (a, b) if x is not None]
    like = next(x for x in arrays if isinstance(x, Tensor))
    shape = list(_torch.broadcast_shapes(*(tuple(np.shape(x)) for x in arrays))) or [1]
    axes = reduced(axis, len(shape))
    shape = [1 if i in axes else n for i, n in enumerate(shape) if keepdims or i not in axes]
    ones = [np.ones(1, dtype_of(x)) for x in arrays]
    results = sc.logsumexp(ones[0], b=None if b is None else ones[1], return_sign=return_sign)
    made = [
        like.new_empty(shape, dtype=torch.from_numpy(np.asarray(y)).dtype)
        for y in (results if return_sign else (results,))
    ]
    return tuple(made) if return_sign else made[0]


@logsumexp.register_vmap
def _logsumexp_vmap(
    _: Any, in_dims: Any, a: Any, axis: Any, b: Any, keepdims: Any, return_sign: Any
) -> Any:
    """The batch is one more dimension, in front, that no axis is."""
    axis_a, axis_b = in_dims[0], in_dims[2]
    dims = max(
        rank(a) - (axis_a is not None), 0 if b is None else rank(b) - (axis_b is not None), 1
    )
    axes = tuple(i + 1 for i in reduced(axis, dims))
    a, b = in_front(a, axis_a, dims), in_front(b, axis_b, dims)
    return logsumexp(a, axes, b, keepdims, return_sign), 0


def _alone(p: Tensor) -> Tensor:
    """Which shares are more than all the others: of them 1 - p is lost to rounding."""
    return p.detach() > 0.5 if p.is_floating_point() else torch.zeros_like(p, dtype=torch.bool)


def _softmax(x: Any, axis: Any = None) -> Any:
    return sc.softmax(x, axis=axis)


softmax = described(
    numpy_op(_softmax, name="softmax", differentiable=("x",)),
    title="exp(x) / S with S = sum of exp(x) along axes.",
    source="the quotient rule",
    domain={"x": (-20, 20)},
    edges=[
        (((-_inf, 0.0, 1.0),), {"x": (0.0, 0.0, 0.0)}),
        (((0.0, 800.0), 0), {"x": (0.0, 0.0)}),
    ],
    notes="Where all of x is -inf, or any of it inf, SciPy's value is NaN.",
)


@softmax.register_vjp(composite=True)
def _softmax_vjp(grad: Any, x: Any, axis: Any) -> Any:
    """The differential of the share p is p (dx - sum of p dx)."""
    axes = reduced(axis, x.dim())
    p, grad = softmax(widened(x), axis).conj(), widened(grad)
    plain = p * (grad - total(p * grad, axes))
    alone = _alone(p)
    return torch.where(alone, -total(torch.where(alone, 0.0, plain), axes), plain)  # all sum to 0


def _log_softmax(x: Any, axis: Any = None) -> Any:
    return sc.log_softmax(x, axis=axis)


log_softmax = described(
    numpy_op(_log_softmax, name="log_softmax", differentiable=("x",)),
    title="x - log S with S = sum of exp(x) along axes.",
    source="the chain rule",
    domain={"x": (-20, 20)},
    edges=[
        (((-_inf, 0.0),), {"x": (1.0, -1.0)}),
        (((0.0, 800.0), 0), {"x": (1.0, -1.0)}),
    ],
    notes="Where all of x is -inf, or any of it inf, SciPy's value has NaN.",
)


@log_softmax.register_vjp(composite=True)
def _log_softmax_vjp(grad: Any, x: Any, axis: Any) -> Any:
    """The differential is dx - sum of p dx with p the softmax."""
    axes = reduced(axis, x.dim())
    p, grad = softmax(widened(x), axis).conj(), widened(grad)
    alone = _alone(p)
    rest, others = (total(torch.where(alone, 0.0, y), axes) for y in (p, grad))
    return torch.where(alone, rest * grad - p * others, grad - p * total(grad, axes))


def _like_argument(x: Any, _: Any) -> Any:
    """What both return; of integers, numbers in double precision."""
    one = torch.from_numpy(np.asarray(sc.softmax(np.ones(1, dtype_of(x)))))
    return x.new_empty(x.shape, dtype=one.dtype)


def _over_batch(op: Any) -> Any:
    def vmap(_: Any, in_dims: Any, x: Any, axis: Any) -> Any:
        axes = tuple(i + 1 for i in reduced(axis, x.dim() - 1))
        return op(x.movedim(in_dims[0], 0), axes), 0

    return vmap


for _op in (softmax, log_softmax):
    _op.register_fake(_like_argument)
    _op.register_vmap(_over_batch(_op))
