"""Contexts: transforms, modes, tracers and the compiler."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import torch
from torch.autograd import forward_ad

transforms_active: Callable[[], bool] = torch._C._are_functorch_transforms_active
dispatch_modes_active: Callable[[], int] = torch._C._len_torch_dispatch_stack
is_tracing: Callable[[], bool] = torch._C._is_tracing
is_compiling: Callable[[], bool] = torch.compiler.is_dynamo_compiling
_frames: Any = torch._C._dynamo.eval_frame
_set_strategy = _frames.set_code_exec_strategy
_SKIP = _frames._FrameExecStrategy(_frames._FrameAction.SKIP, _frames._FrameAction.SKIP)

GUARD = "transforms() or modes() or tracing() or fw._current_level >= 0"
"""The question of `fast_path_closed` as generated code asks it, less the compiler's part."""
GUARD_NAMES: dict[str, Any] = {
    "transforms": transforms_active,
    "modes": dispatch_modes_active,
    "tracing": is_tracing,
    "fw": forward_ad,
    "is_compiling": is_compiling,
}


def fast_path_closed() -> bool:
    """Whether anything but plain eager autograd is going on.

    `type(x) is Tensor` holds for the wrappers of torch.func too (torch 2.13): only these flags
    tell.
    """
    return (
        is_compiling()
        or transforms_active()
        or bool(dispatch_modes_active())
        or is_tracing()
        or forward_ad._current_level >= 0
    )


def outside_compile(fn: Callable[..., Any], why: str) -> Callable[..., Any]:
    """`torch.compiler.disable`, without importing the compiler (2 s) before anyone compiles."""

    def run(*args: Any) -> Any:
        return fn(*args)

    _set_strategy(run.__code__, _SKIP)  # nor are the frames below compiled one by one
    run._torchdynamo_disable = True  # type: ignore[attr-defined]  # the mark torch looks for
    run._torchdynamo_disable_msg = why  # type: ignore[attr-defined]  # printed by fullgraph
    return run


def skipped_by_compile(fn: Callable[..., Any], why: str) -> None:
    """The same of a function that must stay itself, without another frame around it."""
    run: Any = fn
    _set_strategy(run.__code__, _SKIP)
    run._torchdynamo_disable = True
    run._torchdynamo_disable_msg = why


def without_modes() -> AbstractContextManager[Any]:
    """No FakeTensorMode or tracer: real tensors keep their numbers."""
    from torch.utils._python_dispatch import _disable_current_modes

    return _disable_current_modes()


def constant(fn: Callable[..., Any]) -> Callable[..., Any]:
    """`torch.compiler.assume_constant_result`, without importing the compiler: `fn` runs while a
    function is compiled, on constants, and its result is a constant of the graph.
    """
    fn._dynamo_marked_constant = True  # type: ignore[attr-defined]  # the mark torch looks for
    return fn
