"""Hypothesis strategies of tensors: of any dtype, shape and memory layout."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument
from hypothesis.strategies import DrawFn, SearchStrategy
from torch import Tensor

from npbridge._signature import Signature
from npbridge.errors import DeclarationError, sentence
from npbridge.testing._strategy_operands import (
    Options,
    broadcasting,
    check_sides,
    operand,
    signature_sides,
)

_SHAPES = st.one_of(
    st.lists(st.integers(1, 3), max_size=3), st.lists(st.integers(0, 3), min_size=1, max_size=3)
).map(tuple)
"""Half of them may be empty, and so one in five is."""

_FITTING = {
    "offset": (0, 3, 1),
    "sliced": (1, 3, 2),
    "transposed": (2, 3, 2),
    "expanded": (1, 3, 2),
    "reversed": (1, 3, 1),
    "channels_last": (4, 4, 2),
}
"""Of layouts that not every shape can have: least and most dimensions, and the least side."""


@st.composite
def tensors(
    draw: DrawFn,
    *,
    dtype: torch.dtype | SearchStrategy[torch.dtype] = torch.float64,
    shape: Sequence[int] | SearchStrategy[Sequence[int]] | None = None,
    elements: SearchStrategy[Any] | None = None,
    requires_grad: bool | SearchStrategy[bool] = False,
    layout: str | SearchStrategy[str] | None = None,
) -> Tensor:
    """Tensors of any dtype, shape and memory layout.

    They shrink to the smallest shape, to plain numbers and to a contiguous layout. A falsifying
    example is printed as code that makes the tensor again, layout included.

    Parameters
    ----------
    dtype
        A dtype, or a strategy of dtypes.
    shape
        A shape, a strategy of shapes, or None: up to three dimensions with sides up to three,
        0-d and empty ones included, as far as the layout allows.
    elements
        A strategy of Python numbers, which are rounded to the dtype; by default finite ones of
        moderate size. At most 256 are drawn for a tensor; a larger one repeats them.
    requires_grad
        Whether the tensor is a leaf that requires gradients, or a strategy of that.
    layout
        A name out of `LAYOUTS`, a strategy of names, or None: any that the tensor can have.
        "expanded" repeats numbers; the others leave them as they are drawn.

    Returns
    -------
    SearchStrategy
        A strategy of tensors.

    Raises
    ------
    InvalidArgument
        When the first example is drawn, if an option is none, or the tensor cannot have it.

    Examples
    --------
    >>> import torch
    >>> from hypothesis import given
    >>> from npbridge.testing import tensors
    >>> @given(tensors(dtype=torch.float32))
    ... def test_negation(x):
    ...     assert torch.equal(-(-x), x)
    >>> test_negation()
    """
    options = Options(dtype, elements, requires_grad, layout).drawn(draw)
    name = options.layout
    if isinstance(shape, SearchStrategy):
        sides = _shape(draw(shape))
    elif shape is not None:
        sides = _shape(shape)
    elif name is None or name not in _FITTING:
        sides = draw(_SHAPES)
    else:
        least, most, side = _FITTING[name]
        sides = tuple(draw(st.lists(st.integers(side, 3), min_size=least, max_size=most)))
    return operand(draw, sides, options, strict=True)


@st.composite
def broadcastable_tensors(
    draw: DrawFn,
    count: int,
    *,
    dtype: torch.dtype | SearchStrategy[torch.dtype] = torch.float64,
    max_dims: int = 3,
    max_side: int = 3,
    min_side: int = 0,
    elements: SearchStrategy[Any] | None = None,
    requires_grad: bool | SearchStrategy[bool] = False,
    layout: str | SearchStrategy[str] | None = None,
) -> tuple[Tensor, ...]:
    """Tuples of tensors whose shapes broadcast against each other.

    They shrink to tensors without dimensions.

    Parameters
    ----------
    count
        How many tensors.
    max_dims
        The most dimensions that one has.
    max_side, min_side
        The longest and the shortest side of the shape they broadcast to.
    dtype, elements, requires_grad, layout
        As for `tensors`; strategies are drawn from for each. Tensors whose shape does not allow
        the layout asked for are contiguous.

    Returns
    -------
    SearchStrategy
        A strategy of tuples.

    Raises
    ------
    InvalidArgument
        When the first example is drawn, if an option is none.

    Examples
    --------
    >>> import torch
    >>> from hypothesis import given
    >>> from npbridge.testing import broadcastable_tensors
    >>> @given(broadcastable_tensors(2))
    ... def test_sum(operands):
    ...     x, y = operands
    ...     assert (x + y).shape == torch.broadcast_shapes(x.shape, y.shape)
    >>> test_sum()
    """
    if not isinstance(count, int) or count < 1:
        raise InvalidArgument(
            sentence("count= is no number of tensors.", expected="at least 1", got=repr(count))
        )
    check_sides(max_dims=max_dims, min_side=min_side, max_side=max_side)
    options = Options(dtype, elements, requires_grad, layout)
    shapes = broadcasting(draw, count, max_dims=max_dims, min_side=min_side, max_side=max_side)
    return tuple(operand(draw, shape, options.drawn(draw)) for shape in shapes)


@st.composite
def signature_tensors(
    draw: DrawFn,
    signature: str,
    *,
    dtype: torch.dtype | SearchStrategy[torch.dtype] = torch.float64,
    max_dims: int = 2,
    max_side: int = 3,
    min_side: int = 1,
    min_core: int = 1,
    max_core: int = 3,
    elements: SearchStrategy[Any] | None = None,
    requires_grad: bool | SearchStrategy[bool] = False,
    layout: str | SearchStrategy[str] | None = None,
) -> tuple[Tensor, ...]:
    """Operands of a gufunc signature, with leading dimensions that broadcast.

    They shrink to the smallest core dimensions, and to no batch.

    Parameters
    ----------
    signature
        Such as "(m,m),(m)->(m)"; dimensions may be integers.
    max_dims, max_side, min_side
        Of the leading dimensions: how many, and the longest and shortest side of their shape.
    min_core, max_core
        The least and the greatest size of a core dimension that is no integer.
    dtype, elements, requires_grad, layout
        As for `broadcastable_tensors`.

    Returns
    -------
    SearchStrategy
        A strategy of tuples, with a tensor for each operand.

    Raises
    ------
    InvalidArgument
        When the first example is drawn, if an option is none.

    Examples
    --------
    >>> from hypothesis import given
    >>> from npbridge.testing import signature_tensors
    >>> @given(signature_tensors("(m,n),(n)->(m)"))
    ... def test_product(operands):
    ...     matrix, vector = operands
    ...     assert (matrix @ vector[..., None])[..., 0].shape[-1] == matrix.shape[-2]
    >>> test_product()
    """
    try:
        parsed = Signature.parse(signature)
    except DeclarationError as error:
        raise InvalidArgument(str(error)) from None
    check_sides(max_dims=max_dims, min_side=min_side, max_side=max_side)
    check_sides(min_core=min_core, max_core=max_core)
    options = Options(dtype, elements, requires_grad, layout)
    cores = signature_sides(draw, parsed, min_core=min_core, max_core=max_core)
    batches = broadcasting(
        draw, len(cores), max_dims=max_dims, min_side=min_side, max_side=max_side
    )
    shapes = [batch + core for batch, core in zip(batches, cores, strict=True)]
    return tuple(operand(draw, shape, options.drawn(draw)) for shape in shapes)


def _shape(given: Any) -> tuple[int, ...]:
    sides = tuple(given) if isinstance(given, Sequence) else None
    if sides is None or not all(isinstance(n, int) and n >= 0 for n in sides):
        raise InvalidArgument(
            sentence("shape= is no shape.", expected="a tuple of sides", got=repr(given))
        )
    return sides
