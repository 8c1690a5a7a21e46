"""The gufunc signature: what it says of operands, of outputs and of the batch over them."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from npbridge.errors import ArgumentShapeError, DeclarationError, OutputError, sentence

Shape = tuple[int, ...]
Dims = tuple[str | int, ...]
MOST_KNOWN = 1000

_DIMS = r"\(\s*(?:\w+\s*(?:,\s*\w+\s*)*)?\)"
_LIST = rf"\s*{_DIMS}\s*(?:,\s*{_DIMS}\s*)*"
_SIGNATURE = re.compile(rf"{_LIST}->{_LIST}")


@dataclass(frozen=True)
class Signature:
    """`"(m,m),(m)->(m)"`, parsed: the core dimensions of each operand and of each output."""

    text: str
    inputs: tuple[Dims, ...] = field(repr=False)
    outputs: tuple[Dims, ...] = field(repr=False)
    _known: dict[tuple[Shape, ...], Bound] = field(default_factory=dict, repr=False, compare=False)

    @staticmethod
    def parse(text: str) -> Signature:
        """Read a signature in the syntax of NumPy's gufuncs, with names or integers."""
        if not isinstance(text, str) or not _SIGNATURE.fullmatch(text):
            raise DeclarationError(
                sentence(
                    f"{text!r} is not a gufunc signature.",
                    expected="operands -> outputs in parentheses, as in '(m,n),(n)->(m)'",
                    got=repr(text),
                )
            )
        inputs, outputs = (_dims(side) for side in text.split("->"))
        return Signature(re.sub(r"\s+", "", text), inputs, outputs)

    def bind_again(self, op: str, names: Sequence[str], shapes: tuple[Shape, ...]) -> Bound:
        """The same as `bind`, which is done once for the same shapes."""
        known = self._known.get(shapes)
        if known is None:
            if len(self._known) >= MOST_KNOWN:
                self._known.clear()
            known = self._known[shapes] = self.bind(op, names, shapes)
        return known

    def bind(self, op: str, names: Sequence[str], shapes: Sequence[Shape]) -> Bound:
        """Match the operands' shapes; the batch is what stands before the core dimensions."""
        sizes: dict[str, tuple[int, str]] = {}
        batches: list[Shape] = []
        for name, dims, shape in zip(names, self.inputs, shapes, strict=True):
            split = len(shape) - len(dims)
            if split < 0:
                raise ArgumentShapeError(
                    sentence(
                        f"{op}{self.text}: {name!r} has too few dimensions.",
                        expected=f"(..., {', '.join(map(str, dims))})",
                        got=shape,
                    )
                )
            batches.append(shape[:split])
            for dim, size in zip(dims, shape[split:], strict=True):
                self._match(op, name, dim, size, sizes)
        try:
            batch = np.broadcast_shapes(*batches)
        except ValueError:
            listed = ", ".join(f"{n}: {s}" for n, s in zip(names, shapes, strict=True))
            raise ArgumentShapeError(
                sentence(
                    f"{op}{self.text}: the leading dimensions do not broadcast.",
                    expected="leading dimensions that are equal or 1",
                    got=listed,
                )
            ) from None
        return Bound(self, op, batch, {dim: size for dim, (size, _) in sizes.items()})

    def _match(
        self, op: str, name: str, dim: str | int, size: int, sizes: dict[str, tuple[int, str]]
    ) -> None:
        if isinstance(dim, int):
            if size != dim:
                raise ArgumentShapeError(
                    sentence(
                        f"{op}{self.text}: a dimension of {name!r} is fixed.",
                        expected=dim,
                        got=size,
                    )
                )
            return
        known, owner = sizes.setdefault(dim, (size, name))
        if known != size:
            raise ArgumentShapeError(
                sentence(
                    f"{op}{self.text}: the dimension {dim!r} has two sizes.",
                    expected=f"{dim} = {known}, from {owner!r}",
                    got=f"{dim} = {size}, in {name!r}",
                )
            )


@dataclass(frozen=True)
class Bound:
    """A signature with the sizes of one call."""

    signature: Signature
    op: str
    batch: Shape
    sizes: dict[str, int]

    @functools.cached_property
    def expected(self) -> list[Shape] | None:
        """The shapes of the outputs, where the operands tell them all."""
        cores = [self.core(dims) for dims in self.signature.outputs]
        known = [self.batch + core for core in cores if core is not None]
        return known if len(known) == len(cores) else None

    def core(self, dims: Dims) -> Shape | None:
        """The core shape, or None where an output dimension occurs in no operand."""
        known = tuple(d if isinstance(d, int) else self.sizes.get(d, -1) for d in dims)
        return None if -1 in known else known

    def empty_shape(self, dims: Dims) -> Shape:
        """The shape of an output of an empty batch."""
        core = self.core(dims)
        if core is None:
            raise OutputError(
                sentence(
                    f"{self.op}{self.signature.text} was called on an empty batch, and the shape "
                    "of its output cannot be known from its operands.",
                    expected="output dimensions that occur in an operand, "
                    "or a batch of at least one",
                    got=f"batch {self.batch}",
                )
            )
        return self.batch + core

    def check_outputs(self, shapes: Sequence[Shape]) -> None:
        """Compare what the function returned with what the signature says it returns."""
        if shapes == self.expected:
            return
        text, outputs = self.signature.text, self.signature.outputs
        if len(shapes) != len(outputs):
            raise OutputError(
                sentence(
                    f"{self.op}{text} returned the wrong number of outputs.",
                    expected=len(outputs),
                    got=len(shapes),
                )
            )
        sizes = dict(self.sizes)
        for number, (dims, shape) in enumerate(zip(outputs, shapes, strict=True)):
            split = len(shape) - len(dims)
            want = self.batch + tuple(
                d if isinstance(d, int) else sizes.setdefault(d, size)
                for d, size in zip(dims, shape[max(split, 0) :], strict=False)
            )
            if shape != want or split < 0:
                expected = (*self.batch, *(sizes.get(str(d), d) for d in dims))
                which = (
                    f"output {number} of {self.op}{text}" if len(outputs) > 1 else self.op + text
                )
                raise OutputError(
                    sentence(
                        f"{which} broke the signature.",
                        expected=f"({', '.join(map(str, expected))})",
                        got=shape,
                        remedy="Correct the signature, or the function: with vectorized=True it "
                        "must broadcast over leading dimensions just as the signature says.",
                    )
                )


def _dims(side: str) -> tuple[Dims, ...]:
    groups = re.findall(r"\(([^)]*)\)", side)
    return tuple(
        tuple(int(d) if d.isdigit() else d for d in re.findall(r"\w+", group)) for group in groups
    )
