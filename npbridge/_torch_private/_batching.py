"""Batched tensors: those of torch.func.vmap, and those of is_grads_batched=True."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, cast

import torch
from torch import Tensor
from torch.autograd import forward_ad

from npbridge._torch_private._autograd import has_derivative

_functorch = torch._C._functorch


def is_legacy_batched(x: Tensor) -> bool:
    """Whether `x` comes from `is_grads_batched=True`, which sets no flag (torch 2.13)."""
    return bool(_functorch.is_legacy_batchedtensor(x))


def over_legacy_batch(
    fn: Callable[[list[Tensor | None]], list[Tensor | None]], tensors: Sequence[Tensor | None]
) -> list[Tensor | None]:
    """`fn` on each sample of the batch that `is_grads_batched=True` and `vectorize=True` make."""
    level = torch._C._vmapmode_increment_nesting() - 1
    torch._C._vmapmode_decrement_nesting()
    batched = [x is not None and is_legacy_batched(x) for x in tensors]
    whole = [
        torch._remove_batch_dim(x, level, 1, 0) if b and x is not None else x
        for x, b in zip(tensors, batched, strict=True)
    ]
    size = next(x.shape[0] for x, b in zip(whole, batched, strict=True) if b and x is not None)
    rows = [
        fn([x[i] if b and x is not None else x for x, b in zip(whole, batched, strict=True)])
        for i in range(size)
    ]
    return [
        None
        if column[0] is None
        else torch._add_batch_dim(torch.stack(cast("list[Tensor]", list(column))), 0, level)
        for column in zip(*rows, strict=True)
    ]


def batch_of(tensors: Sequence[Tensor]) -> tuple[int, list[int | None], list[Tensor]]:
    """The vmap level that is being dispatched, each tensor's batch axis there, and its content.

    It is not the innermost level of the tensors: under a derivative they hide theirs (torch 2.13).
    """
    batched = _functorch.is_batchedtensor
    level = int(_functorch.peek_interpreter_stack().level())
    axes: list[int | None] = []
    inner: list[Tensor] = []
    for x in tensors:
        mine = batched(x) and _functorch.maybe_get_level(x) == level
        axes.append(_functorch.maybe_get_bdim(x) if mine else None)
        inner.append(_functorch.get_unwrapped(x) if mine else x)
    return level, axes, inner


def add_batch(x: Tensor, axis: int, level: int) -> Tensor:
    """`x` as a batched tensor of a vmap level."""
    return _functorch._add_batch_dim(x, axis, level)


def call_below_vmap(fn: Callable[..., Any], *args: Any) -> Any:
    """`fn(*args)`, dispatched below the vmap key."""
    keys = torch._C.DispatchKeySet(torch._C.DispatchKey.FuncTorchBatched)
    with torch._C._ExcludeDispatchKeyGuard(keys):
        return fn(*args)


def is_plain(tensors: Sequence[Tensor]) -> bool:
    """Whether nothing is left but numbers: no outer transform, no derivative, no mode."""
    if torch._C._len_torch_dispatch_stack():
        return False
    recording = torch.is_grad_enabled()
    for x in tensors:
        if type(x) is not Tensor and type(x) is not torch.nn.Parameter:
            return False
        if not x.is_cpu or (recording and x.requires_grad):
            return False
        if _functorch.is_functorch_wrapped_tensor(x) or torch._is_functional_tensor(x):
            return False
    return forward_ad._current_level < 0 or not has_derivative(tensors)


def randomness() -> str:
    """What the innermost vmap was told about randomness."""
    from torch._functorch.pyfunctorch import retrieve_current_functorch_interpreter

    interpreter: Any = retrieve_current_functorch_interpreter()
    return str(interpreter.randomness())
