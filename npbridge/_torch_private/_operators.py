"""Operators: torch.ops, and the structures of arguments as text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch.utils import _pytree

TreeSpec = _pytree.TreeSpec
tree_flatten = _pytree.tree_flatten
tree_map = _pytree.tree_map
tree_unflatten = _pytree.tree_unflatten
treespec_dumps: Callable[[TreeSpec], str] = _pytree.treespec_dumps
treespec_loads: Callable[[str], TreeSpec] = _pytree.treespec_loads


def install_namespace(name: str, find: Callable[[str], None]) -> None:
    """Make `torch.ops.<name>` call `find` for an op it does not have, and look again.

    torch.export.load and the caches of torch.compile look ops up by name before anybody has
    called them.
    """

    class Namespace(torch._ops._OpNamespace):
        __module__ = "torch._ops"  # inductor writes it into its code

        def __getattr__(self, op_name: str) -> Any:
            try:
                return super().__getattr__(op_name)
            except AttributeError:
                find(op_name)
                return super().__getattr__(op_name)

    setattr(torch.ops, name, Namespace(name))
