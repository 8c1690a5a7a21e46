"""The tensors of a call under vmap, with the batch moved to where one NumPy call can take it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from torch import Tensor

from npbridge._torch_private import add_batch, batch_of
from npbridge.errors import OutputError, sentence


class Batch:
    """The tensors of a call under vmap, and where the batch stands in each."""

    def __init__(self, tensors: Sequence[Tensor]) -> None:
        self.level, self.axes, self.inner = batch_of(tensors)
        pairs = zip(self.inner, self.axes, strict=True)
        self.size: Any = next((x.size(a) for x, a in pairs if a is not None), None)

    def leading(self, i: int, *, rank: int | None = None, always: bool = False) -> Tensor:
        """Tensor `i` with the batch in front, and behind it ones up to `rank` dimensions.

        One that is not batched stays as it is unless `always`.
        """
        x, axis = self.inner[i], self.axes[i]
        if axis is None:
            if not always:
                return x
            x = x.expand(self.size, *x.shape)
        elif axis:
            x = x.movedim(axis, 0)
        missing = 0 if rank is None else rank + 1 - x.dim()
        return x.reshape(x.shape[:1] + (1,) * missing + x.shape[1:]) if missing > 0 else x

    def wrap(self, op: str, outputs: Sequence[Tensor]) -> list[Tensor]:
        """Outputs with the batch in front, as this level's batched tensors."""
        for y in outputs:
            if y.dim() == 0 or y.size(0) != self.size:
                raise OutputError(
                    sentence(
                        f"{op} returned an output without the batch, or with another one.",
                        expected=f"({self.size}, ...)",
                        got=tuple(y.shape),
                        remedy='With vmap="broadcast" the batch is the first dimension of every '
                        "tensor argument and of every output.",
                    )
                )
        return [add_batch(y, 0, self.level) for y in outputs]

    def sample(self, i: int) -> list[Tensor]:
        """The tensors of one sample."""
        return [
            x if a is None else x.select(a, i) for x, a in zip(self.inner, self.axes, strict=True)
        ]
