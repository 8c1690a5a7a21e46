"""Distributed tensors."""

from __future__ import annotations


def replicates_implicitly() -> bool:
    """Whether plain tensors beside DTensors are taken as replicated: inside of
    `torch.distributed.tensor.experimental.implicit_replication`.
    """
    from torch.distributed.tensor import DTensor

    return bool(DTensor._op_dispatcher._allow_implicit_replication)
