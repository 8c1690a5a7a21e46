"""What all strategies of tensors share: options, shapes, and one tensor drawn and written down."""

from __future__ import annotations

import cmath
import math
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch
from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument
from hypothesis.strategies import DrawFn, SearchStrategy
from torch import Tensor

from npbridge._signature import Signature
from npbridge.errors import sentence
from npbridge.testing._strategy_layouts import (
    LAYOUTS,
    as_code,
    dtype_allows,
    impossible,
    laid_out,
    possible,
    unknown,
)
from npbridge.testing._strategy_numbers import elements_of

MOST_ELEMENTS = 256
"""Drawn for one tensor; Hypothesis draws some thousands of numbers for an example."""


@dataclass(frozen=True)
class Options:
    """Options of one tensor, each a value or a strategy of values."""

    dtype: Any
    elements: Any
    requires_grad: Any
    layout: Any

    def drawn(self, draw: DrawFn) -> Options:
        """The same with values, checked."""
        dtype, grad, layout = (
            _value(draw, x) for x in (self.dtype, self.requires_grad, self.layout)
        )
        if not isinstance(dtype, torch.dtype):
            raise InvalidArgument(
                sentence("dtype= is no dtype.", expected="a dtype of torch", got=repr(dtype))
            )
        if not isinstance(grad, bool):
            raise InvalidArgument(
                sentence("requires_grad= is no bool.", expected="True or False", got=repr(grad))
            )
        if grad and not (dtype.is_floating_point or dtype.is_complex):
            raise InvalidArgument(
                sentence(
                    "a tensor of integers or bools cannot require gradients.",
                    expected="a floating-point or complex dtype, or requires_grad=False",
                    got=str(dtype),
                )
            )
        if layout is not None and layout not in LAYOUTS:
            raise InvalidArgument(unknown(layout))
        if self.elements is not None and not isinstance(self.elements, SearchStrategy):
            raise InvalidArgument(
                sentence(
                    "elements= is no strategy.",
                    expected="a strategy of Python numbers",
                    got=repr(self.elements),
                )
            )
        return replace(self, dtype=dtype, requires_grad=grad, layout=layout)


def _value(draw: DrawFn, given: Any) -> Any:
    return draw(given) if isinstance(given, SearchStrategy) else given


def operand(
    draw: DrawFn, shape: tuple[int, ...], options: Options, *, strict: bool = False
) -> Tensor:
    """A tensor of a shape; `strict` says that the shape has to allow the layout asked for."""
    layout = chosen_layout(draw, shape, options, strict=strict)
    return written(filled(draw, shape, options), layout, options.requires_grad)


def chosen_layout(
    draw: DrawFn,
    shape: tuple[int, ...],
    options: Options,
    *,
    strict: bool = False,
    core: int = 0,
    without: Sequence[str] = (),
) -> str:
    """The layout asked for, or any that is possible."""
    allowed = [x for x in possible(shape, options.dtype, core=core) if x not in without]
    if options.layout is None:
        return str(draw(st.sampled_from(allowed)))
    if options.layout in allowed:
        return str(options.layout)
    if strict or not dtype_allows(options.layout, options.dtype):
        raise InvalidArgument(impossible(options.layout, shape, options.dtype))
    return "contiguous"


def filled(draw: DrawFn, shape: Sequence[int], options: Options) -> Tensor:
    """A contiguous tensor of drawn numbers."""
    dtype, size = options.dtype, math.prod(shape)
    elements = elements_of(dtype) if options.elements is None else options.elements
    count = min(size, MOST_ELEMENTS)
    drawn = draw(st.lists(elements, min_size=count, max_size=count))
    numbers = [drawn[i % count] for i in range(size)]
    try:
        x = torch.tensor(numbers, dtype=dtype)
    except (TypeError, ValueError, RuntimeError, OverflowError):
        wrong: list[Any] = [n for n in numbers if not _fits(n, dtype)]
    else:
        wrong = [n for n, m in zip(numbers, x.tolist(), strict=True) if not _same(n, m, dtype)]
    if wrong:
        raise InvalidArgument(
            sentence(
                "elements= drew what the tensor cannot hold.",
                expected=f"Python numbers for {dtype}",
                got=repr(wrong[0]),
            )
        )
    return x.reshape(tuple(shape))


def _fits(number: Any, dtype: torch.dtype) -> bool:
    try:
        torch.tensor(number, dtype=dtype)
    except (TypeError, ValueError, RuntimeError, OverflowError):
        return False
    return True


def _same(number: Any, held: Any, dtype: torch.dtype) -> bool:
    """Whether a number was taken as it is, but for rounding."""
    if number == held or number != number:  # noqa: PLR0124  # nan
        return True
    return (dtype.is_floating_point or dtype.is_complex) and cmath.isfinite(held)


class _Shown:
    """How a tensor is printed: as code that makes it.

    Hypothesis, like IPython, asks an object for `_repr_pretty_`, which a tensor can bear as any
    other attribute. It would print repr() otherwise, which has four digits and no layout, and which
    it prefers to what `builds` records of a call where that is longer (Hypothesis 6.170).
    """

    def __init__(self, text: str) -> None:
        self.text = text

    def __call__(self, printer: Any, _: bool) -> None:
        printer.text(self.text)

    def __reduce__(self) -> tuple[Any, ...]:
        """Copied and loaded tensors forget it; torch.load(weights_only=True) allows this class."""
        return OrderedDict, ()


def written(x: Tensor, layout: str, requires_grad: bool) -> Tensor:
    """A tensor laid out, which Hypothesis prints as code that makes it."""
    made = laid_out(x, layout, requires_grad=requires_grad)
    grad = ", requires_grad=True" * requires_grad
    text = as_code(made)  # after it was laid out: numbers may repeat
    text = f"{text}{grad})" if layout == "contiguous" else f"laid_out({text}), {layout!r}{grad})"
    made._repr_pretty_ = _Shown(text)  # type: ignore[attr-defined]
    return made


def broadcasting(
    draw: DrawFn, count: int, *, max_dims: int, min_side: int, max_side: int
) -> list[tuple[int, ...]]:
    """Shapes that broadcast against each other."""
    sides = st.integers(min_side, max_side)
    whole = draw(st.lists(sides, max_size=max_dims))
    shapes = []
    for _ in range(count):
        # More often than not all dimensions, and their own sides; it shrinks to none, and to 1.
        dims = min(draw(st.integers(0, 2 * len(whole))), len(whole))
        kept = whole[len(whole) - dims :]
        shapes.append(tuple(n if draw(st.integers(0, 3)) else 1 for n in kept))
    return shapes


def signature_sides(
    draw: DrawFn, signature: Signature, *, min_core: int, max_core: int
) -> list[tuple[int, ...]]:
    """The core shapes of the operands of a signature."""
    names = dict.fromkeys(d for dims in signature.inputs for d in dims if isinstance(d, str))
    sizes = {name: draw(st.integers(min_core, max_core)) for name in names}
    return [tuple(d if isinstance(d, int) else sizes[d] for d in dims) for dims in signature.inputs]


def check_sides(**options: int) -> None:
    """Refuse numbers of dimensions and sides that are none."""
    for name, n in options.items():
        most = options.get(name.replace("min_", "max_"), n)
        if not isinstance(n, int) or n < 0 or n > most:
            allowed = "0 or more" if most == n else f"0 to {most}"
            raise InvalidArgument(
                sentence(f"{name}= is out of range.", expected=allowed, got=repr(n))
            )
