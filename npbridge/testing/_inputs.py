"""`inputs_for`: the arguments of an op, drawn from its own declaration."""

from __future__ import annotations

import builtins
import inspect
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import torch
from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument
from hypothesis.strategies import DrawFn, SearchStrategy

from npbridge import domains
from npbridge._elementwise import ElementwiseOp
from npbridge._op import NumpyOp
from npbridge._partials import Integer, Unwritten
from npbridge.domains import Choices, Domain, Integers, Interval
from npbridge.errors import sentence
from npbridge.testing._strategy_domains import CORE, check_core, inside
from npbridge.testing._strategy_layouts import dtype_allows
from npbridge.testing._strategy_numbers import reals, whole_numbers
from npbridge.testing._strategy_operands import (
    Options,
    broadcasting,
    check_sides,
    chosen_layout,
    signature_sides,
    written,
)

_KINDS = inspect.Parameter


@st.composite
def inputs_for(
    draw: DrawFn,
    op: NumpyOp[..., Any],
    *,
    dtype: torch.dtype | SearchStrategy[torch.dtype] = torch.float64,
    layout: str | SearchStrategy[str] | None = None,
    requires_grad: bool | SearchStrategy[bool] = False,
    complex: bool = False,  # noqa: A002  # what else to call it
    max_dims: int = 2,
    max_side: int = 3,
    min_side: int = 1,
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Arguments of an op, drawn from its declaration: signature, partials and `domain=`.

    Operands of a signature are tensors of its core dimensions, with leading ones that broadcast;
    arguments of an elementwise op broadcast; tensor arguments of another op, which are those
    without a default, are vectors of one common length, or square matrices of it where their
    domain is one of matrices. Arguments that take integers are Python ints or tensors of them.
    Other parameters are Python numbers where they have a domain, and keep their default where they
    have none. Arguments shrink to the smallest shape and to the plainest numbers in their domain:
    matrices to the identity.

    Parameters
    ----------
    op
        What `numpy_op` or `elementwise_op` made.
    dtype
        A floating-point dtype, or a strategy of such, which is drawn from once.
    layout
        As for `tensors`; arguments whose shape does not allow it are contiguous.
    requires_grad
        Whether the arguments that have a derivative require gradients. Those that the op changes
        in place never do.
    complex
        Whether the arguments that may be complex are: the holomorphic ones of an elementwise op,
        and the differentiable ones of another. The same as a complex `dtype`.
    max_dims, max_side, min_side
        Of the leading dimensions: how many, and the longest and shortest side of their shape.

    Returns
    -------
    SearchStrategy
        A strategy of tuples `(args, kwargs)`.

    Raises
    ------
    InvalidArgument
        When the first example is drawn, if an option is none, or a parameter cannot be drawn.

    Examples
    --------
    >>> from hypothesis import given
    >>> from npbridge import special
    >>> from npbridge.testing import inputs_for
    >>> @given(inputs_for(special.gammainc))
    ... def test_probability(drawn):
    ...     args, kwargs = drawn
    ...     assert (special.gammainc(*args, **kwargs) <= 1).all()
    >>> test_probability()
    """
    if not isinstance(op, NumpyOp):
        raise InvalidArgument(
            sentence(
                "inputs_for was given no op.",
                expected="what numpy_op or elementwise_op made",
                got=repr(op),
            )
        )
    sides = {"max_dims": max_dims, "min_side": min_side, "max_side": max_side}
    check_sides(**sides)
    options = Options(dtype, None, requires_grad, None).drawn(draw)
    if not (options.dtype.is_floating_point or options.dtype.is_complex):
        raise InvalidArgument(
            sentence(
                "dtype= of inputs_for is for the arguments that are no integers.",
                expected="a floating-point or complex dtype",
                got=str(options.dtype),
            )
        )
    if complex and not options.dtype.is_complex:
        options = replace(options, dtype=options.dtype.to_complex())
    if options.dtype.is_complex and isinstance(op, ElementwiseOp) and not op.holomorphic:
        raise InvalidArgument(
            f"{op.label} takes no complex numbers.\nLeave out complex=, or declare holomorphic=."
        )
    declared = _Declared(op, domains.read(op.label, op.names, op.domain))
    shapes = declared.shapes(draw, **sides)
    found = {}
    for name in op.names:
        if name in shapes:
            found[name] = declared.operand(
                draw, name, shapes[name], replace(options, layout=layout)
            )
        elif declared.is_drawn(name):
            found[name] = declared.parameter(draw, name)
    return _call(op, found)


@dataclass(frozen=True)
class _Declared:
    """What an op's declaration says of its arguments."""

    op: NumpyOp[..., Any]
    domain: Mapping[str, Domain]

    def shapes(
        self, draw: DrawFn, *, max_dims: int, min_side: int, max_side: int
    ) -> dict[str, tuple[int, ...]]:
        """The shape of every tensor argument."""
        op = self.op
        if op.signature is None:
            whole = {n for n, d in self.domain.items() if isinstance(d, Integers)}
            names = [n for n in op.parameters.required if n not in whole]
            side = draw(st.integers(max(1, min_side), max(1, max_side)))
            cores = {n: max(1, self._core(n)) for n in names}
            return {n: (side,) * core for n, core in cores.items()}
        operands = dict(zip(op.names, op.signature.inputs, strict=False))
        for name, dims in operands.items():
            check_core(op.label, name, self.domain.get(name), dims)
        sizes = signature_sides(draw, op.signature, min_core=1, max_core=max(1, max_side))
        batches = broadcasting(
            draw, len(sizes), max_dims=max_dims, min_side=min_side, max_side=max_side
        )
        return {n: b + s for n, b, s in zip(operands, batches, sizes, strict=True)}

    def _core(self, name: str) -> int:
        domain = self.domain.get(name)
        return 0 if domain is None else CORE[type(domain)]

    def operand(self, draw: DrawFn, name: str, shape: tuple[int, ...], options: Options) -> Any:
        """A tensor, or a Python int where integers are taken."""
        op, domain, dtype = self.op, self.domain.get(name), options.dtype
        partial = op.partials[name] if isinstance(op, ElementwiseOp) else None
        differentiable = name in op.order and not isinstance(partial, Integer | Unwritten)
        if isinstance(domain, Choices):
            return draw(st.sampled_from(domain.values))
        if isinstance(partial, Integer):
            domain = self._integers(name)
            if partial.static or not draw(st.booleans()):
                return draw(whole_numbers(domain))
            dtype = torch.int64
        elif name not in op.order and isinstance(domain, Integers):
            dtype = torch.int64
        elif dtype.is_complex and not self._may_be_complex(name):
            dtype = dtype.to_real()
        asked = Options(dtype, None, False, options.layout).drawn(draw)
        if asked.layout and dtype != options.dtype and not dtype_allows(asked.layout, dtype):
            asked = replace(asked, layout="contiguous")
        without = ("expanded",) if name in op.mutates else ()
        kind = chosen_layout(draw, shape, asked, core=self._core(name), without=without)
        x = inside(draw, domain, shape, dtype)
        grad = differentiable and name not in op.mutates and options.requires_grad
        return written(x, kind, grad)

    def _may_be_complex(self, name: str) -> builtins.bool:
        if isinstance(self.op, ElementwiseOp):
            return name in self.op.holomorphic
        return name in self.op.order and not isinstance(
            self.domain.get(name), Integers | domains.Simplex
        )

    def _integers(self, name: str) -> Interval | Integers:
        domain = self.domain.get(name, domains.integers(0, 4))
        if isinstance(domain, Interval | Integers):
            return domain
        raise InvalidArgument(
            sentence(
                f"the domain of {self.op.label} in {name!r} holds no integers.",
                expected="integers(...), or a pair of numbers",
                got=str(domain),
            )
        )

    def is_drawn(self, name: str) -> builtins.bool:
        """Whether a parameter that is no operand is drawn; one with a default need not be."""
        parameter = self.op.parameters.signature.parameters[name]
        if name in self.domain:
            return True
        many = parameter.kind in (_KINDS.VAR_POSITIONAL, _KINDS.VAR_KEYWORD)
        return parameter.default is _KINDS.empty and not many

    def parameter(self, draw: DrawFn, name: str) -> Any:
        """A Python number, or one of some choices."""
        domain = self.domain.get(name)
        if isinstance(domain, Choices):
            return draw(st.sampled_from(domain.values))
        if isinstance(domain, Interval):
            return draw(reals(domain, torch.float64))
        if isinstance(domain, Integers):
            return draw(whole_numbers(domain))
        if domain is not None:
            raise InvalidArgument(
                sentence(
                    f"the domain of {self.op.label} in {name!r} is for operands.",
                    expected="integers(...), or a pair of numbers",
                    got=str(domain),
                )
            )
        raise InvalidArgument(
            f"{self.op.label} requires {name!r}, which is no operand, and nothing says what it may "
            f'be.\nDeclare it: domain={{"{name}": (0.0, 1.0)}}, say.'
        )


def _call(op: NumpyOp[..., Any], found: dict[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Positional arguments as far as none is left out; the rest by keyword."""
    args: list[Any] = []
    kwargs = dict(found)
    listed = op.parameters.signature.parameters
    only = [n for n in found if listed[n].kind is _KINDS.POSITIONAL_ONLY]
    for name in op.parameters.positional:
        if name in kwargs:
            args.append(kwargs.pop(name))
        elif any(n in kwargs for n in only):
            args.append(listed[name].default)
        else:
            break
    return tuple(args), kwargs
