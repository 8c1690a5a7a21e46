"""A function and the arguments it is tried on."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import torch
from torch import Tensor

from npbridge._elementwise import ElementwiseOp
from npbridge._op import NumpyOp
from npbridge._partials import Integer, Unwritten
from npbridge._torch_private import tree_flatten, tree_unflatten


class NotApplicable(Exception):  # noqa: N818  # no error: a property that says nothing of a function
    """Raised by a property that has nothing to say of a case, with the reason."""


@dataclass(frozen=True)
class Case:
    """A function on tensors and one set of arguments.

    Everything a property does starts from `fresh()`, so that no property sees what another did.
    """

    fn: Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: Mapping[str, Any] = field(default_factory=dict)
    reference: Callable[..., Any] | None = None
    """The true values: a function of arrays, or of mpmath numbers where it is elementwise."""
    projected: bool | None = None
    """Whether derivatives are compared along random directions; None decides by size."""
    seed: int = 0

    @property
    def op(self) -> NumpyOp[..., Any] | None:
        """The op, if it is one."""
        return self.fn if isinstance(self.fn, NumpyOp) else None

    @property
    def name(self) -> str:
        """What messages call it."""
        if self.op is not None:
            return str(self.op.label)
        own = getattr(self.fn, "__name__", "")
        if own and getattr(torch, own, None) is self.fn:  # of a class that torch does not show
            return f"torch.{own}"
        owner = getattr(self.fn, "__self__", None)
        if isinstance(owner, type):  # Function.apply is Function's own, and says so
            return f"{owner.__qualname__}.{getattr(self.fn, '__name__', 'call')}"
        return str(getattr(self.fn, "__qualname__", type(self.fn).__name__))

    @cached_property
    def _flat(self) -> tuple[list[Any], Any]:
        return tree_flatten((self.args, dict(self.kwargs)))

    @cached_property
    def places(self) -> list[int]:
        """Which leaves of the arguments are tensors."""
        return [i for i, x in enumerate(self._flat[0]) if isinstance(x, Tensor)]

    @property
    def tensors(self) -> list[Tensor]:
        """The tensors among the arguments, in order, nested ones included."""
        return [self._flat[0][i] for i in self.places]

    @cached_property
    def names(self) -> list[str]:
        """For each tensor the name of the parameter that holds it."""
        names: list[str] = []
        for name, value in self.bound.items():
            count = sum(isinstance(x, Tensor) for x in tree_flatten(value)[0])
            names += [name] if count == 1 else [f"{name}[{i}]" for i in range(count)]
        return names

    @cached_property
    def bound(self) -> dict[str, Any]:
        """The arguments by parameter name, as far as the function tells its parameters."""
        try:
            bound = inspect.signature(self.fn).bind(*self.args, **self.kwargs)
        except (TypeError, ValueError):  # a function of torch that does not tell its parameters
            return {f"args[{i}]": x for i, x in enumerate(self.args)} | dict(self.kwargs)
        found: dict[str, Any] = {}
        for name, value in bound.arguments.items():
            kind = bound.signature.parameters[name].kind
            if kind is kind.VAR_POSITIONAL:
                found |= {f"{name}[{i}]": x for i, x in enumerate(value)}
            elif kind is kind.VAR_KEYWORD:
                found |= value
            else:
                found[name] = value
        return found

    @cached_property
    def differentiable(self) -> list[int]:
        """The tensors, by index, in which there should be a derivative."""
        found = []
        for i, (x, name) in enumerate(zip(self.tensors, self.names, strict=True)):
            if not (x.is_floating_point() or x.is_complex()):
                continue
            parameter = name.partition("[")[0]
            op = self.op
            if op is not None and parameter not in op.differentiated:
                continue
            if isinstance(op, ElementwiseOp) and isinstance(
                op.partials.get(parameter), (Integer, Unwritten)
            ):
                continue
            found.append(i)
        return found

    def fresh(self, *, requires_grad: Sequence[int] = ()) -> list[Tensor]:
        """Copies of the tensors, in memory of their own and with the layout they have."""
        copies = []
        for i, x in enumerate(self.tensors):
            copy = x.detach().clone(memory_format=torch.preserve_format)
            copies.append(copy.requires_grad_() if i in requires_grad else copy)
        return copies

    def call(self, tensors: Sequence[Tensor]) -> Any:
        """The function on other tensors in the places of those of the case."""
        leaves, tree = self._flat
        leaves = list(leaves)
        for i, x in zip(self.places, tensors, strict=True):
            leaves[i] = x
        args, kwargs = tree_unflatten(leaves, tree)
        return self.fn(*args, **kwargs)

    def outputs(self, tensors: Sequence[Tensor]) -> list[Tensor]:
        """All tensors that the function returns, in order."""
        return [y for y in tree_flatten(self.call(tensors))[0] if isinstance(y, Tensor)]

    def smooth_outputs(self, tensors: Sequence[Tensor]) -> list[Tensor]:
        """Those that can have derivatives."""
        return [y for y in self.outputs(tensors) if y.is_floating_point() or y.is_complex()]

    def with_tensors(self, tensors: Sequence[Tensor]) -> Case:
        """The case with other tensors."""
        leaves, tree = self._flat
        leaves = list(leaves)
        for i, x in zip(self.places, tensors, strict=True):
            leaves[i] = x
        args, kwargs = tree_unflatten(leaves, tree)
        return replace(self, args=args, kwargs=kwargs)

    def generator(self) -> torch.Generator:
        """Random numbers that are the same each time."""
        return torch.Generator().manual_seed(self.seed)

    def __str__(self) -> str:
        return ", ".join(f"{name}={_described(x)}" for name, x in self.bound.items())


def array(x: Any) -> Any:
    """An argument as the NumPy function takes it."""
    if not isinstance(x, Tensor):
        return x
    return x.detach().resolve_conj().resolve_neg().numpy()


def _described(x: Any) -> str:
    if isinstance(x, Tensor):
        if x.numel() <= 4 and not x.is_complex():
            return f"{x.tolist()}"
        return f"{str(x.dtype).removeprefix('torch.')}{list(x.shape)}"
    text = repr(x)
    return text if len(text) < 40 else type(x).__name__
