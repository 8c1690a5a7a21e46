"""The levels of torch.func: the stack of transforms around a call, taken off one by one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from npbridge._torch_private._autograd import grad_modes

_functorch = torch._C._functorch
_peek: Callable[[], Any] = _functorch.peek_interpreter_stack
_pop: Callable[[], Any] = _functorch.pop_dynamic_layer_stack
_push: Callable[[Any], Any] = _functorch.push_dynamic_layer_stack
_alive: Callable[[Tensor], Tensor] = _functorch.unwrap_if_dead
_level_of: Callable[[Tensor], int] = _functorch.maybe_get_level
_wrap: Callable[[Tensor, int], Tensor] = _functorch._wrap_for_grad
_unwrap: Callable[[Tensor, int], Tensor] = _functorch._unwrap_for_grad

VMAP: int = _functorch.TransformType.Vmap.value
GRAD: int = _functorch.TransformType.Grad.value
JVP: int = _functorch.TransformType.Jvp.value


class Level:
    """The innermost transform."""

    __slots__ = ("_interpreter", "kind", "number")

    def __init__(self, interpreter: Any, kind: int) -> None:
        self._interpreter = interpreter
        self.kind = kind
        self.number: int = interpreter.level()

    def own(self, tensors: Sequence[Tensor]) -> list[Tensor]:
        """The tensors as this level of a derivative sees them: what is not its own is constant."""
        number = self.number
        return [x if _level_of(x) == number else _wrap(x, number) for x in tensors]

    def inner(self, tensors: Sequence[Tensor]) -> list[Tensor]:
        """What they are one level below."""
        number = self.number
        return [_unwrap(x, number) for x in tensors]

    def wrap(self, tensors: Sequence[Tensor]) -> list[Tensor]:
        """Results from below as this level's own."""
        number = self.number
        return [_wrap(x, number) for x in tensors]

    def call_below(self, modes: tuple[bool, bool], fn: Callable[..., Any], *args: Any) -> Any:
        """`fn(*args)` one level below, with the two grad modes of the call (see `grad_modes`).

        A mode that was off where the transform was entered is off below it, as torch has it.
        """
        before = grad_modes()
        reverse, forward = modes
        if self.kind == GRAD:
            reverse = reverse and _functorch.CGradInterpreterPtr(self._interpreter).prevGradMode()
        elif self.kind == JVP:
            outer = _functorch.CJvpInterpreterPtr(self._interpreter).prevFwdGradMode()
            forward = forward and outer
        _set_modes(reverse, forward)
        layer = _pop()
        try:
            return fn(*args)
        finally:
            _push(layer)
            _set_modes(*before)


def innermost_level() -> Level | None:
    """The innermost transform of torch.func around this call, if it is one that `Level` knows."""
    interpreter = _peek()
    if interpreter is None:
        return None
    kind = interpreter.key().value
    # torch.func.functionalize is the dispatcher's.
    return Level(interpreter, kind) if kind in (VMAP, GRAD, JVP) else None


def alive(tensors: Sequence[Tensor]) -> list[Tensor]:
    """The tensors without the wrappers of levels that have ended, as the dispatcher sees them."""
    return [_alive(x) for x in tensors]


def _set_modes(reverse: bool, forward: bool) -> None:
    torch._C._set_grad_enabled(reverse)
    torch._C._set_fwd_grad_enabled(forward)
