"""What makes a `NumpyOp` an entry of the catalogue: functions that are not elementwise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ParamSpec, TypeVar

from npbridge import domains
from npbridge._op import NumpyOp

P = ParamSpec("P")
R = TypeVar("R")


def described(
    op: NumpyOp[P, R],
    *,
    title: str,
    source: str,
    notes: str = "",
    edges: Sequence[tuple[tuple[Any, ...], Mapping[str, Any]]] = (),
    domain: Mapping[str, Any] | None = None,
) -> NumpyOp[P, R]:
    """Give an op the record that an elementwise entry has, and its name in the catalogue.

    Parameters
    ----------
    op
        Made by `numpy_op`, named and with parameters as SciPy's function.
    title
        What the function is, in one line.
    source
        Where the derivatives come from.
    notes
        What else a reader should know.
    edges
        Points and derivatives: the arguments, in order, arrays as nested tuples; and by argument
        the gradient of the sum of all outputs, as it is there.
    domain
        By argument where it may lie, as for `numpy_op`.
    """
    op.title, op.source, op.notes, op.edges = title, source, notes, tuple(edges)
    if domain is not None:
        op.domain = dict(domain)
        domains.read(op.name, op.names, domain)
    op.label = f"npbridge.special.{op.name}"
    op.__qualname__ = op.name
    return op
