"""A function of tensors as a map from real vectors to real vectors, and its derivatives."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor
from torch.autograd import forward_ad

from npbridge import domains
from npbridge.testing._case import Case, NotApplicable
from npbridge.testing._numeric import Estimate, directional

LARGE = 2048
"""Entries of a Jacobian beyond which it is compared along random directions only."""
PROJECTIONS = 3


def real(x: Tensor) -> Tensor:
    """A tensor as a real float64 vector; a complex number is two."""
    x = x.detach().resolve_conj().resolve_neg()
    if x.is_complex():
        x = torch.view_as_real(x.to(torch.complex128))
    return x.to(torch.float64).reshape(-1)


def back(vector: Tensor, like: Tensor) -> Tensor:
    """The tensor whose `real` is `vector`."""
    if like.is_complex():
        whole = torch.view_as_complex(vector.reshape(*like.shape, 2).clone())
    else:
        whole = vector.reshape(like.shape)
    return whole.to(like.dtype)


@dataclass(frozen=True)
class Map:
    """A differentiable function of some tensors, which returns a list of tensors."""

    fn: Callable[[Sequence[Tensor]], list[Tensor]]
    inputs: Sequence[Tensor]
    wide: Callable[[Sequence[Tensor]], list[Tensor]]
    """The same in float64 (or complex128), for numerical derivatives."""
    names: Sequence[str]
    """Of the inputs."""
    directions: Sequence[Tensor | None] = field(default=())
    """For each input the directions in which it may move, as rows; None for any direction."""
    projected: bool | None = None
    seed: int = 0

    @staticmethod
    def of(case: Case) -> Map:
        """The map of a case, from its differentiable tensors to its differentiable outputs."""
        which = case.differentiable
        if not which:
            raise NotApplicable("no argument is differentiable")
        everything = case.fresh()

        def fn(moving: Sequence[Tensor], tensors: Sequence[Tensor] = everything) -> list[Tensor]:
            whole = list(tensors)
            for i, x in zip(which, moving, strict=True):
                whole[i] = x
            return case.smooth_outputs(whole)

        doubled = [x.to(_double(x)) if _double(x) else x for x in everything]

        def wide(moving: Sequence[Tensor]) -> list[Tensor]:
            return fn(moving, doubled)

        inputs = [everything[i] for i in which]
        names = [case.names[i] for i in which]
        directions = [_directions(case, name, x) for name, x in zip(names, inputs, strict=True)]
        return Map(fn, inputs, wide, names, directions, case.projected, case.seed)

    def large(self, outputs: Sequence[Tensor]) -> bool:
        """Whether the Jacobian is compared along random directions only."""
        if self.projected is not None:
            return self.projected
        entries = sum(x.numel() for x in self.inputs) * sum(y.numel() for y in outputs)
        return entries > LARGE

    def numeric(self, index: int, direction: Tensor) -> Estimate:
        """The derivative of all outputs as one real vector, as input `index` moves."""
        doubles = [x.to(_double(x) or x.dtype) for x in self.inputs]

        def moved(vector: Tensor) -> Tensor:
            tensors = list(doubles)
            tensors[index] = back(vector, doubles[index])
            with torch.no_grad():
                return torch.cat([real(y) for y in self.wide(tensors)] or [vector.new_zeros(0)])

        found = directional(moved, real(doubles[index]), direction)
        with torch.no_grad():
            outputs = self.wide(doubles)
        return found._replace(scale=_of_the_modulus(found, outputs))

    def basis(self, index: int) -> Tensor:
        """All directions of one input, as rows."""
        given = self.directions[index] if self.directions else None
        count = real(self.inputs[index]).numel()
        return torch.eye(count, dtype=torch.float64) if given is None else given

    def random(self, index: int, generator: torch.Generator) -> Tensor:
        """One random direction of an input."""
        given = self.directions[index] if self.directions else None
        if given is None:
            x = real(self.inputs[index])
            # Each number moves in proportion, or the largest would leave no step for the others.
            sizes = torch.where(x != 0, x.abs(), torch.ones_like(x))
            return sizes * torch.randn(len(x), generator=generator, dtype=torch.float64)
        weights = torch.randn(len(given), generator=generator, dtype=torch.float64)
        return weights @ given

    # -- what autograd says ------------------------------------------------------------------------

    def recorded(self) -> tuple[list[Tensor], list[Tensor]]:
        """Leaves and the outputs that were computed from them."""
        leaves = [x.detach().clone().requires_grad_() for x in self.inputs]
        return leaves, self.fn(leaves)

    def pulled(
        self, leaves: Sequence[Tensor], outputs: Sequence[Tensor], cotangent: Tensor
    ) -> list[Tensor | None]:
        """The VJP, None for an input from which nothing leads to the outputs."""
        parts = self.split(cotangent, outputs)
        pairs = [(y, c) for y, c in zip(outputs, parts, strict=True) if y.requires_grad]
        if not pairs:
            return [None] * len(leaves)
        found = torch.autograd.grad(
            [y for y, _ in pairs],
            list(leaves),
            [c for _, c in pairs],
            retain_graph=True,
            allow_unused=True,
        )
        return list(found)

    def pushed(self, index: int, direction: Tensor) -> list[Tensor | None]:
        """The JVP along one direction of one input, None for an output without a tangent."""
        dual: Any = forward_ad  # which is not annotated (torch 2.13)
        with dual.dual_level():
            inputs = [x.detach().clone() for x in self.inputs]
            inputs[index] = dual.make_dual(inputs[index], back(direction, inputs[index]))
            return [dual.unpack_dual(y).tangent for y in self.fn(inputs)]

    @staticmethod
    def split(vector: Tensor, likes: Sequence[Tensor]) -> list[Tensor]:
        """Tensors like `likes` out of one real vector."""
        sizes = [real(y).numel() for y in likes]
        return [back(part, y) for part, y in zip(torch.split(vector, sizes), likes, strict=True)]


def _of_the_modulus(found: Estimate, outputs: Sequence[Tensor]) -> Tensor:
    """The scale, in which the parts of a complex number are both as large as the whole: what is
    accurate in its modulus need not be in a part that is near zero.
    """
    sizes = [real(y).numel() for y in outputs]
    scales = list(torch.split(found.scale, sizes))
    for k, (y, value) in enumerate(zip(outputs, torch.split(found.value, sizes), strict=True)):
        if y.is_complex():
            whole = (scales[k] + value.abs()).reshape(-1, 2).amax(1, keepdim=True)
            scales[k] = whole.expand(-1, 2).reshape(-1)
    return torch.cat(scales) if scales else found.scale


def _double(x: Tensor) -> torch.dtype | None:
    if x.is_complex():
        return torch.complex128
    return torch.float64 if x.is_floating_point() else None


def _directions(case: Case, name: str, x: Tensor) -> Tensor | None:
    """Symmetric matrices stay symmetric, and probabilities sum to one."""
    op = case.op
    if op is None or x.is_complex():
        return None
    domain = domains.read(op.label, op.parameters.names, op.domain).get(name)
    symmetric = isinstance(domain, domains.Symmetric)
    if not (symmetric or isinstance(domain, domains.Simplex)) or x.numel() == 0:
        return None
    each = torch.eye(x.numel(), dtype=torch.float64).reshape(-1, *x.shape)
    if symmetric:
        return ((each + each.transpose(-1, -2)) / 2).reshape(x.numel(), -1)
    return (each - each.mean(-1, keepdim=True) * (each.sum(-1, keepdim=True) != 0)).reshape(
        x.numel(), -1
    )
