"""Ops on `torch.distributed.tensor.DTensor`.

Elementwise ops run on each process's own shard and keep the layout; of every other op, and of
NumPy's rules, nothing is known but that it needs all of its arrays.
"""

from __future__ import annotations

import sys
import weakref
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

import torch
from torch import Tensor

from npbridge._call import Call
from npbridge._outcome import last
from npbridge._torch_private import replicates_implicitly
from npbridge.errors import TransformError, sentence

if TYPE_CHECKING:
    from npbridge._dispatch import Overload
    from npbridge._primitive import AnyCall, Primitive


def serve(overload: Overload, tensors: Sequence[Tensor]) -> None:
    """Tell torch how `overload` runs on DTensors, once any are among `tensors`.

    Nobody has one without `torch.distributed.tensor`, which is slow to import.
    """
    kind = getattr(sys.modules.get("torch.distributed.tensor"), "DTensor", None)
    if kind is None or overload.serves_dtensors or not any(isinstance(x, kind) for x in tensors):
        return
    overload.serves_dtensors = True
    found = weakref.ref(overload)  # torch never lets go of a rule

    def rule(_: Any, op: Any, _types: Any, args: tuple[Any, ...], kwargs: Any = None) -> Any:
        overload = found()
        if overload is None:
            raise TransformError("an op was called on DTensors after it was deleted.")
        with torch.no_grad():  # taking a DTensor apart would be recorded: autograd is above this
            return _run(overload.primitive, op, *args, **(kwargs or {}))

    name = f"npbridge::{overload.name}"
    torch.library.register_torch_dispatch(name, kind, rule, lib=overload.library)


def _run(
    primitive: Primitive, op: Any, tensors: Sequence[Any], call: str = "", numbers: Any = ()
) -> list[Tensor]:
    from torch.distributed.tensor import DTensor, Replicate

    bound, inputs = primitive.bind(tensors, call, numbers)
    placed = _placed(bound, tensors, len(inputs))
    mesh = placed[0].device_mesh
    layout: Sequence[Any] = [Replicate()] * mesh.ndim
    if isinstance(bound, Call) and bound.primitive.elementwise:
        metas = [torch.empty(x.shape, device="meta") for x in placed]
        full = sum(metas[1:], metas[0])
        layout = _common_layout(placed, full.shape)
        placed = [x.redistribute(placements=_own(layout, x, full.shape)) for x in placed]
        outputs, likes = op([x.to_local() for x in placed], call, numbers), [full]
    else:
        for i, x in enumerate(placed):
            if list(x.placements) != layout:
                raise _refused(bound, i, x)
        if mesh.get_coordinate() is None:  # this process has no part in it, and no numbers
            metas = [torch.empty(x.shape, dtype=x.dtype, device="meta") for x in placed]
            likes, last.outcome = primitive.declared(*primitive.bind(metas, call, numbers))
            outputs = [torch.empty(0, dtype=y.dtype, device="cpu") for y in likes]
        else:
            likes = outputs = op([x.to_local() for x in placed], call, numbers)
    return [
        DTensor.from_local(y, mesh, layout, run_check=False, shape=like.shape, stride=like.stride())
        for y, like in zip(outputs, likes, strict=True)
    ]


def _placed(call: AnyCall, tensors: Sequence[Any], count: int) -> list[Any]:
    """All as DTensors of one mesh; what is no tensor of the user, or one number, is replicated."""
    from torch.distributed.tensor import DTensor, Replicate

    meshes = [x.device_mesh for x in tensors if isinstance(x, DTensor)]
    what, got = f"{call.primitive.label} was given ", [m for m in meshes if m != meshes[0]]
    if got:
        raise TransformError(sentence(what + "DTensors of different meshes.", meshes[0], got[0]))
    placed = []
    for i, x in enumerate(tensors):
        if isinstance(x, DTensor):
            placed.append(
                x.detach()
            )  # or its parts would require grad, with which torch errs (2.11)
        elif i < count and x.numel() != 1 and not replicates_implicitly():  # as torch's own ops
            raise TransformError(
                sentence(
                    what + "DTensors and plain tensors.",
                    expected="DTensors of one mesh",
                    got=f"a plain tensor of shape {tuple(x.shape)} among them",
                    remedy="Pass distribute_tensor(x, mesh).",
                )
            )
        else:
            layout = [Replicate()] * meshes[0].ndim
            placed.append(DTensor.from_local(x, meshes[0], layout, run_check=False))
    return placed


def _common_layout(inputs: Sequence[Any], shape: torch.Size) -> Sequence[Any]:
    """The layout of a broadcast result: sharded as the largest argument that is."""
    from torch.distributed.tensor import Replicate, Shard

    first = inputs[0].placements
    same = all(x.placements == first and x.shape == shape for x in inputs)
    if same and not any(p.is_partial() for p in first):
        return cast("Sequence[Any]", first)
    layout: list[Any] = [Replicate()] * len(first)
    for x in sorted(inputs, key=lambda x: x.numel(), reverse=True):
        for axis, p in enumerate(x.placements):
            # Strided shards, which fit no other shape, are a class of their own.
            if type(p) is Shard and layout[axis] == Replicate():
                d = p.dim + len(shape) - x.ndim
                if x.shape[p.dim] == shape[d]:
                    layout[axis] = Shard(d)
    return layout


def _own(layout: Sequence[Any], x: Any, shape: torch.Size) -> Sequence[Any]:
    """The layout of an argument that goes with that of the result."""
    from torch.distributed.tensor import Replicate, Shard

    def own(p: Any) -> Any:
        d = p.dim - len(shape) + x.ndim if type(p) is Shard else -1
        return Shard(d) if d >= 0 and x.shape[d] == shape[p.dim] else Replicate()

    return layout if x.shape == shape else [own(p) for p in layout]


def _refused(call: AnyCall, index: int, x: Any) -> TransformError:
    from npbridge._execute import argument_of

    layout = f"[{', '.join(['Replicate()'] * len(x.placements))}]"
    remedy = f"Redistribute first: x.redistribute(placements={layout})."
    if not isinstance(call, Call):  # a result that is replicated may have a gradient that is not
        remedy = (
            f"Redistribute the result and so its gradient: y.redistribute(placements={layout})."
        )
    what = f"{call.primitive.label} needs its arguments replicated: NumPy works on whole arrays."
    got = f"[{', '.join(map(repr, x.placements))}] for {argument_of(call, index)}"
    return TransformError(sentence(what, layout, got, remedy))
