"""Every private name of torch the library uses, in one place; tests/test_torch_private.py names
the promise each one keeps. Tried with torch 2.11 and 2.13.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, cast

import torch
from torch import Tensor
from torch.autograd import forward_ad
from torch.autograd.function import _SingleLevelFunction
from torch.utils import _pytree

SingleLevelFunction = _SingleLevelFunction
TreeSpec = _pytree.TreeSpec
tree_flatten = _pytree.tree_flatten
tree_map = _pytree.tree_map
tree_unflatten = _pytree.tree_unflatten

_functorch = torch._C._functorch
set_grad_enabled: Callable[[bool], None] = torch._C._set_grad_enabled
transforms_active: Callable[[], bool] = torch._C._are_functorch_transforms_active
dispatch_modes_active: Callable[[], int] = torch._C._len_torch_dispatch_stack
_frames: Any = torch._C._dynamo.eval_frame
_set_strategy = _frames.set_code_exec_strategy
_SKIP = _frames._FrameExecStrategy(_frames._FrameAction.SKIP, _frames._FrameAction.SKIP)
is_tracing: Callable[[], bool] = torch._C._is_tracing
is_compiling: Callable[[], bool] = torch.compiler.is_dynamo_compiling


GUARD = "transforms() or modes() or tracing() or fw._current_level >= 0"
"""The question of `fast_path_closed` as generated code asks it, less the compiler's part."""
GUARD_NAMES: dict[str, Any] = {
    "transforms": transforms_active,
    "modes": dispatch_modes_active,
    "tracing": is_tracing,
    "fw": forward_ad,
    "is_compiling": is_compiling,
}


_KEY = torch._C.DispatchKey
_AUTOGRAD_KEYS = (
    _KEY.AutogradCPU,
    _KEY.AutogradOther,
    _KEY.AutogradFunctionality,
    _KEY.ADInplaceOrView,
)


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


def outside_compile(fn: Callable[..., Any]) -> Callable[..., Any]:
    """`torch.compiler.disable`, without importing the compiler (2 s) before anyone compiles."""

    def run(*args: Any) -> Any:
        return fn(*args)

    _set_strategy(run.__code__, _SKIP)  # nor are the frames below compiled one by one
    run._torchdynamo_disable = True  # type: ignore[attr-defined]  # the mark torch looks for
    run._torchdynamo_disable_msg = "npbridge"  # type: ignore[attr-defined]  # printed beside it
    return run


def c_apply(cls: type[torch.autograd.Function]) -> Callable[..., Any]:
    """`Function.apply` without its Python part, which costs 1.4 us a call (torch 2.13)."""
    function: Any = super(torch.autograd.Function, cls)
    return cast("Callable[..., Any]", function.apply)


def set_node_defaults(cls: type[torch.autograd.Function], **defaults: Any) -> None:
    """Attributes that every ctx of a Function has until its forward sets them."""
    for name, value in defaults.items():
        setattr(cls._backward_cls, name, value)


def single_level(cls: type[_SingleLevelFunction]) -> Callable[..., Any]:
    """The C-level apply of a Function that serves the Autograd dispatch key at every level."""
    function: Any = super(_SingleLevelFunction, cls)
    apply = function.apply
    allowed = _functorch.get_single_level_autograd_function_allowed
    allow = _functorch.set_single_level_autograd_function_allowed

    def run(*args: Any) -> Any:
        before = allowed()
        allow(True)
        try:
            return apply(*args)
        finally:
            allow(before)

    return run


def grad_modes() -> tuple[bool, bool]:
    """Whether reverse and forward derivatives are being recorded."""
    return torch.is_grad_enabled(), torch._C._is_fwd_grad_enabled()


@contextmanager
def below_autograd(modes: tuple[bool, bool]) -> Iterator[None]:
    """Dispatch below the Autograd key, with the two grad modes of the call (see `grad_modes`).

    A Function runs with both off, which would take the derivatives from the levels of torch.func
    underneath, in silence (torch 2.13).
    """
    grad, forward = grad_modes()
    torch._C._set_grad_enabled(modes[0])
    torch._C._set_fwd_grad_enabled(modes[1])
    try:
        with torch._C._AutoDispatchBelowAutograd():
            yield
    finally:
        torch._C._set_grad_enabled(grad)
        torch._C._set_fwd_grad_enabled(forward)


@contextmanager
def with_autograd() -> Iterator[None]:
    """Autograd as usual inside a kernel: a function may use torch's own for itself, which gives
    zeros below autograd (torch 2.13).
    """
    exclude = torch._C._dispatch_tls_local_exclude_set()
    for key in _AUTOGRAD_KEYS:
        exclude = exclude - torch._C.DispatchKeySet(key)
    include = torch._C._dispatch_tls_local_include_set()
    with torch._C._ForceDispatchKeyGuard(include, exclude):
        yield


@contextmanager
def with_forward_ad() -> Iterator[None]:
    """Forward AD on: a Function's jvp runs with it off, which makes jvp of jvp zero (2.13)."""
    before = torch._C._is_fwd_grad_enabled()
    torch._C._set_fwd_grad_enabled(True)
    try:
        yield
    finally:
        torch._C._set_fwd_grad_enabled(before)


def primal(x: Tensor | None) -> Tensor | None:
    """`x` without the tangent of the innermost level; `unpack_dual` without a level does nothing
    where the Python-side level is unset, as under a compiled torch.func.jvp (torch 2.13).
    """
    return None if x is None else torch._VF._unpack_dual(x, level=0)[0]


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


def saved_tensor_hooks_active() -> bool:
    """Whether saved tensors are being replaced (checkpointing, save_on_cpu)."""
    return torch._C._autograd._top_saved_tensors_default_hooks(True) is not None


def will_run(ctx: Any, index: int) -> bool:
    """Whether the engine will use the gradient of the tensor input `index` in this pass.

    `needs_input_grad` is fixed at forward (torch 2.13): it is True for b in grad(f(a, b), a).
    The engine raises for a leaf being captured, which then is needed.
    """
    node = ctx.next_functions[index][0]
    if node is None:
        return False
    try:
        return bool(torch._C._will_engine_execute_node(node))
    except RuntimeError:
        return True


def grad_leaf(x: Tensor) -> Tensor:
    """`x.requires_grad_()` of a fresh `x`; torch.func forbids it in its transforms (torch 2.13)."""
    allowed = _functorch.get_inplace_requires_grad_allowed()
    _functorch.set_inplace_requires_grad_allowed(True)
    try:
        return x.requires_grad_()
    finally:
        _functorch.set_inplace_requires_grad_allowed(allowed)


def materialized(x: Tensor) -> Tensor:
    """`x` with memory that reads as its values: without lazy bits, and zeros in full."""
    if x._is_zerotensor():
        return torch.zeros(x.shape, dtype=x.dtype, device="cpu")
    return x.resolve_conj().resolve_neg()


def version_of(x: Tensor) -> int:
    """How often the memory of `x` was changed; inference tensors do not count."""
    return 0 if x.is_inference() else int(x._version)


def batch_of(tensors: Sequence[Tensor]) -> tuple[int, list[int | None], list[Tensor]]:
    """The innermost vmap level among `tensors`, each one's batch axis there, and its content."""
    batched = _functorch.is_batchedtensor
    level = max(_functorch.maybe_get_level(x) for x in tensors if batched(x))
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


@contextmanager
def below_vmap() -> Iterator[None]:
    """Dispatch below the vmap key."""
    keys = torch._C.DispatchKeySet(torch._C.DispatchKey.FuncTorchBatched)
    with torch._C._ExcludeDispatchKeyGuard(keys):
        yield
