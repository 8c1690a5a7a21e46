"""Functions that change their arguments in place: computed on copies, which are then copied back.

To torch the function is pure, and the change is its own `copy_`: that counts versions, records the
derivative, and works in every transform.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from torch import Tensor

from npbridge._compile import traced
from npbridge._parameters import Parameters
from npbridge._torch_private import fast_path_closed, is_compiling
from npbridge.errors import DeclarationError, UnsupportedTensorError, sentence

if TYPE_CHECKING:
    from npbridge._op import NumpyOp


def functional(name: str, fn: Callable[..., Any], mutates: Sequence[str]) -> Callable[..., Any]:
    """`fn` as a pure function that returns the new values, and after them what `fn` returned."""
    parameters = Parameters.of(fn)
    unknown = [n for n in mutates if n not in parameters.positional]
    if unknown:
        raise DeclarationError(
            sentence(
                f"mutates_args= of {name} names {unknown[0]!r}, which is no positional parameter.",
                expected=f"names out of {', '.join(parameters.positional)}",
                got=", ".join(mutates),
            )
        )
    places = [parameters.names.index(n) for n in mutates]

    @functools.wraps(fn)
    def pure(*args: Any, **kwargs: Any) -> Any:
        values = list(parameters.bind(args, kwargs))
        new = []
        for i in places:
            values[i] = np.array(values[i])
            new.append(values[i])
        returned = parameters.call(fn, values)
        if returned is not None and not any(returned is x for x in new):
            new.append(returned)
        return tuple(new) if len(new) > 1 else new[0]

    return pure


def mutate(op: NumpyOp[..., Any], values: tuple[Any, ...]) -> Any:
    """A call: the tensors it changes, and what the function returned besides."""
    if not any([isinstance(v, Tensor) for v in values]):  # noqa: C419  # the compiler traces it
        return op.parameters.call(op.in_place, values)
    places = [op.names.index(name) for name in op.mutates]
    given = list(values)
    for i in places:
        if not isinstance(values[i], Tensor):
            raise UnsupportedTensorError(
                sentence(
                    f"{op.name} changes {op.names[i]!r} in place.",
                    expected="a tensor",
                    got=type(values[i]).__name__,
                )
            )
        others = [v for j, v in enumerate(values) if j != i and isinstance(v, Tensor)]
        if _shares_memory(values[i], others):
            raise UnsupportedTensorError(
                f"{op.name} changes {op.names[i]!r} in place, and another argument is, or shares "
                "memory with, the same tensor.\nPass other.clone()."
            )
        given[i] = values[i].clone()
    run = traced if is_compiling() else op.base.call_bound
    result = run(op, tuple(given))
    single = isinstance(result, Tensor)
    listed = [result] if single else list(result)
    for number, i in enumerate(places):
        listed[number] = values[i].copy_(listed[number])
    return listed[0] if single else tuple(listed)


def _shares_memory(x: Tensor, others: Sequence[Tensor]) -> bool:
    if len([y for y in others if y is x]) > 0:
        return True
    if is_compiling() or fast_path_closed():  # tensors without memory of their own
        return False
    own = x.untyped_storage().data_ptr()  # 0 where there is no memory at all
    return own != 0 and own in [y.untyped_storage().data_ptr() for y in others]
