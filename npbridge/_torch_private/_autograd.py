"""Autograd: Functions, grad modes, dispatch keys, the engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, cast

import torch
from torch import Tensor
from torch.autograd.function import _SingleLevelFunction

SingleLevelFunction = _SingleLevelFunction
_functorch = torch._C._functorch
set_grad_enabled: Callable[[bool], None] = torch._C._set_grad_enabled

_KEY = torch._C.DispatchKey
_AUTOGRAD_KEYS = (
    _KEY.AutogradCPU,
    _KEY.AutogradOther,
    _KEY.AutogradFunctionality,
    _KEY.ADInplaceOrView,
)


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


def call_below_autograd(modes: tuple[bool, bool], fn: Callable[..., Any], *args: Any) -> Any:
    """`fn(*args)`, dispatched below the Autograd key, with the two grad modes of the call (see
    `grad_modes`).

    A Function runs with both off, which would take the derivatives from the levels of torch.func
    underneath, in silence (torch 2.13).
    """
    grad, forward = grad_modes()
    torch._C._set_grad_enabled(modes[0])
    torch._C._set_fwd_grad_enabled(modes[1])
    try:
        with torch._C._AutoDispatchBelowAutograd():
            return fn(*args)
    finally:
        torch._C._set_grad_enabled(grad)
        torch._C._set_fwd_grad_enabled(forward)


def has_derivative(tensors: Sequence[Tensor]) -> bool:
    """Whether any of them requires grad or carries a tangent, at the level being dispatched."""
    return any(x.requires_grad for x in tensors) or (
        torch._C._is_fwd_grad_enabled()
        and any(torch._VF._unpack_dual(x, level=0)[1] is not None for x in tensors)
    )


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
