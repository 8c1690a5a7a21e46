"""Ops on `torch.distributed.tensor.DTensor`.

Elementwise ops run on each process's own shard and keep the layout; of every other op, and of
NumPy's rules, nothing is known but that it needs all of its arrays.
"""

from __future__ import annotations

import sys
import weakref
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from npbridge._call import Call
from npbridge._outcome import last
from npbridge._torch_private import replicates_implicitly
from npbridge.errors import TransformError, sentence

if TYPE_CHECKING:
    from npbridge._dispatch import Overload
    from npbridge._primitive import AnyCall

Layout = Sequence[Any]
"""Placements, one for each dimension of a mesh."""


def serve(overload: Overload, tensors: Sequence[Tensor]) -> None:
    """Tell torch how `overload` runs on DTensors, once any are among `tensors`.

    Nobody has one without `torch.distributed.tensor`, which is slow to import.
    """
    module = sys.modules.get("torch.distributed.tensor")
    kind = getattr(module, "DTensor", None)
    if kind is None or overload.serves_dtensors or not any(isinstance(x, kind) for x in tensors):
        return
    overload.serves_dtensors = True
    name = f"npbridge::{overload.name}"
    rule = _Rule(overload)
    torch.library.register_torch_dispatch(name, kind, rule, lib=overload.library)


class _Rule:
    """What torch calls in place of an op that has DTensors among its arguments."""

    def __init__(self, overload: Overload) -> None:
        self.overload = weakref.ref(overload)

    def __call__(
        self,
        _: Any,
        op: Any,
        types: Sequence[type],
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> list[Tensor]:
        overload = self.overload()
        if overload is None:
            raise TransformError("an op was called on DTensors after it was deleted.")
        with torch.no_grad():  # taking a DTensor apart would be recorded: autograd is above this
            return _run(overload, op, *args, **(kwargs or {}))


def _run(
    overload: Overload,
    op: Any,
    tensors: Sequence[Any],
    call: str = "",
    numbers: Sequence[int] = (),
) -> list[Tensor]:
    from torch.distributed.tensor import DTensor

    primitive = overload.primitive
    bound, inputs = primitive.bind(tensors, call, numbers)
    placed = _placed(bound, tensors, len(inputs))
    mesh = placed[0].device_mesh
    if isinstance(bound, Call) and bound.primitive.elementwise:
        shape = torch.broadcast_shapes(*[x.shape for x in placed])
        layout = _common_layout(placed, shape)
        placed = [x.redistribute(placements=_own(layout, x, shape)) for x in placed]
        stride = torch.empty(shape, device="meta").stride()
        (y,) = op([x.to_local() for x in placed], call, numbers)
        return [DTensor.from_local(y, mesh, layout, run_check=False, shape=shape, stride=stride)]
    layout = _replicated(mesh)
    for i, x in enumerate(placed):
        if list(x.placements) != layout:
            raise _refused(bound, i, x)
    if mesh.get_coordinate() is None:  # this process has no part in it, and no numbers
        metas = [torch.empty(x.shape, dtype=x.dtype, device="meta") for x in placed]
        outputs, last.outcome = primitive.declared(*primitive.bind(metas, call, numbers))
        shapes = [(y.shape, y.stride()) for y in outputs]
        outputs = [torch.empty(0, dtype=y.dtype) for y in outputs]
    else:
        outputs = op([x.to_local() for x in placed], call, numbers)
        shapes = [(y.shape, y.stride()) for y in outputs]
    return [
        DTensor.from_local(y, mesh, layout, run_check=False, shape=shape, stride=stride)
        for y, (shape, stride) in zip(outputs, shapes, strict=True)
    ]


def _placed(call: AnyCall, tensors: Sequence[Any], count: int) -> list[Any]:
    """All as DTensors of one mesh; what is no tensor of the user, or one number, is replicated."""
    from torch.distributed.tensor import DTensor

    meshes = [x.device_mesh for x in tensors if isinstance(x, DTensor)]
    if any(mesh != meshes[0] for mesh in meshes):
        raise TransformError(
            sentence(
                f"{call.primitive.label} was given DTensors of different meshes.",
                expected=meshes[0],
                got=next(mesh for mesh in meshes if mesh != meshes[0]),
            )
        )
    placed = []
    for i, x in enumerate(tensors):
        if not isinstance(x, DTensor):
            if i < count and x.numel() != 1 and not replicates_implicitly():  # as torch's own ops
                raise TransformError(
                    sentence(
                        f"{call.primitive.label} was given DTensors and plain tensors.",
                        expected="DTensors of one mesh",
                        got=f"a plain tensor of shape {tuple(x.shape)} among them",
                        remedy="Pass distribute_tensor(x, mesh).",
                    )
                )
            x = DTensor.from_local(x, meshes[0], _replicated(meshes[0]), run_check=False)  # noqa: PLW2901  # the same numbers
        placed.append(x)
    return placed


def _replicated(mesh: Any) -> list[Any]:
    from torch.distributed.tensor import Replicate

    return [Replicate()] * mesh.ndim


def _common_layout(inputs: Sequence[Any], shape: torch.Size) -> Layout:
    """The layout of a broadcast result: sharded as the largest argument that is."""
    from torch.distributed.tensor import Partial, Shard

    first: Layout = inputs[0].placements
    same = all(x.placements == first and x.shape == shape for x in inputs)
    if same and not any(isinstance(p, Partial) for p in first):
        return first
    layout = _replicated(inputs[0].device_mesh)
    for x in sorted(inputs, key=lambda x: x.numel(), reverse=True):
        for axis, p in enumerate(x.placements):
            # Strided shards, which fit no other shape, are a class of their own.
            if type(p) is Shard and layout[axis].is_replicate():
                d = p.dim + len(shape) - x.ndim
                if x.shape[p.dim] == shape[d]:
                    layout[axis] = Shard(d)
    return layout


def _own(layout: Layout, x: Any, shape: torch.Size) -> Layout:
    """The layout of an argument that goes with that of the result."""
    from torch.distributed.tensor import Replicate, Shard

    if x.shape == shape:
        return layout
    own: list[Any] = []
    for p in layout:
        d = p.dim - len(shape) + x.ndim if type(p) is Shard else -1
        fits = d >= 0 and x.shape[d] == shape[p.dim]
        own.append(Shard(d) if fits else Replicate())
    return own


def _refused(call: AnyCall, index: int, x: Any) -> TransformError:
    from npbridge._execute import argument_of

    layout = f"[{', '.join(['Replicate()'] * len(x.placements))}]"
    if isinstance(call, Call):
        remedy = f"Redistribute first: x.redistribute(placements={layout})."
    else:  # a result that is replicated may have a gradient that is not
        remedy = (
            f"Redistribute the result, and so its gradient: y.redistribute(placements={layout})."
        )
    return TransformError(
        sentence(
            f"{call.primitive.label} needs its arguments replicated: NumPy works on whole arrays.",
            expected=layout,
            got=f"[{', '.join(map(repr, x.placements))}] for {argument_of(call, index)}",
            remedy=remedy,
        )
    )
