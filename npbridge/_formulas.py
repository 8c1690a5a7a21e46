"""The rules of an elementwise op, made of its partial derivatives."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor

from npbridge._parameters import wants_of
from npbridge._partials import Integer, Unwritten
from npbridge._precision import COMPLEX, NARROW, rounded, widened
from npbridge._quiet import quietly
from npbridge._rule import Kind, Rule
from npbridge.errors import DeclarationError, MissingDerivativeError, RuleError, sentence

if TYPE_CHECKING:
    from npbridge._elementwise import ElementwiseOp


def _partial(
    op: ElementwiseOp, name: str, partial: Any
) -> tuple[Callable[..., Any], tuple[str, ...]]:
    """A partial as a positional function, and what it names; or one that raises."""
    if isinstance(partial, (Unwritten, Integer)):

        def refuse() -> None:
            raise _no_derivative(op, name, partial)

        return refuse, ()
    label = f"the partial of {op.name} in {name!r}"
    if not callable(partial):
        raise DeclarationError(
            sentence(
                f"{label} is not a formula.",
                expected="a function, unwritten(why) or integer(why)",
                got=repr(partial),
            )
        )
    positional, keyword = wants_of(partial, label, op.parameters, op.words.out)
    if keyword:
        return lambda *a: partial(
            *a[: len(positional)], **dict(zip(keyword, a[len(positional) :], strict=True))
        ), positional + keyword
    return partial, positional


_DOUBLES = {complex: torch.complex128}


@dataclass(frozen=True)
class _Formula:
    """A partial, as the rules run it: in double precision, with an entry for each output."""

    op: ElementwiseOp
    fn: Callable[..., Any]
    words: tuple[str, ...]
    """What it is given."""
    wants: tuple[str, ...]
    """What has to be kept for it: the same, and where it is given the output, all arguments, for
    the output is computed again where it was rounded."""

    @staticmethod
    def of(op: ElementwiseOp, name: str, partial: Any) -> _Formula:
        """The formula of one partial."""
        fn, words = _partial(op, name, partial)
        more = op.names if set(words) & set(op.words.out) else ()
        return _Formula(op, fn, words, tuple(dict.fromkeys((*words, *more))))

    def __call__(self, arguments: Sequence[Any]) -> Any:
        """Its value for what it wants."""
        return self.fn(*arguments[: len(self.words)])

    def among_tensors(self, arguments: Sequence[Any], device: torch.device) -> list[Any]:
        """What it wants, numbers as tensors: what a formula made of numbers alone would be NumPy's,
        which does not mix with tensors.
        """
        integers = {n for n, p in self.op.partials.items() if isinstance(p, Integer)}
        return [
            torch.tensor(x, dtype=_DOUBLES.get(type(x), torch.float64), device=device)
            if type(x) in (float, int, complex) and word not in integers
            else x
            for word, x in zip(self.wants, arguments, strict=True)
        ]

    def precisely(self, arguments: Sequence[Any]) -> Any:
        """The same in double precision."""
        wide = [widened(x) for x in arguments]
        out = next((i for i, word in enumerate(self.words) if word in self.op.words.out), None)
        if out is not None:
            given = dict(zip(self.wants, wide, strict=True))
            own = [given[n] for n in self.op.names]
            on_tensors = any(isinstance(x, Tensor) for x in own)
            wide[out] = self.op.parameters.call(self.op if on_tensors else self.op.numpy, own)
        return self(wide)


def vjp_of(op: ElementwiseOp, name: str, partial: Any) -> Rule:
    """The rule of one argument."""
    formula = _Formula.of(op, name, partial)
    grad = op.words.grad[0]
    several = op.several

    def vjp(grad: Any, *arguments: Any) -> Any:
        if several:
            return _weighed(formula, grad, arguments)
        if isinstance(grad, Tensor):
            arguments = tuple(formula.among_tensors(arguments, grad.device))
        dtype = grad.dtype
        if dtype in NARROW:
            return rounded(_product(widened(grad), formula.precisely(arguments)), dtype)
        if dtype in COMPLEX:
            return _product(grad, formula(arguments))
        return grad * formula(arguments)

    def _weighed(formula: _Formula, grads: Sequence[Any], arguments: Sequence[Any]) -> Any:
        """The sum over the outputs that have a cotangent."""
        there = next(g for g in grads if g is not None)
        if isinstance(there, Tensor):
            arguments = formula.among_tensors(arguments, there.device)
        narrow = there.dtype in NARROW
        derivatives = formula.precisely(arguments) if narrow else formula(arguments)
        total: Any = None
        for g, d in zip(grads, _entries(op, name, derivatives), strict=True):
            if g is not None:
                term = _product(widened(g) if narrow else g, _unless_unused(g, d))
                total = term if total is None else total + term
        return rounded(total, there.dtype) if narrow else total

    label = f"the partial of {op.name} in {name!r}"
    wants = (grad, *formula.wants)
    return Rule(quietly(vjp), Kind.DUAL, label, wants, (), name, materialize_grads=not several)


def jvp_of(op: ElementwiseOp, partials: Mapping[str, Any]) -> Rule:
    """The rule of all arguments."""
    made = {n: _Formula.of(op, n, partial) for n, partial in partials.items()}
    wants = tuple(dict.fromkeys(word for formula in made.values() for word in formula.wants))

    def jvp(tangents: Mapping[str, Any], *arguments: Any) -> Any:
        given = dict(zip(wants, arguments, strict=True))
        columns: list[Sequence[Any]] = []
        dtype = next(t.dtype for t in tangents.values() if t is not None)
        for n, t in tangents.items():
            if t is None:
                continue
            formula = made[n]
            own = [given[word] for word in formula.wants]
            own = formula.among_tensors(own, t.device) if isinstance(t, Tensor) else own
            try:
                derivatives = formula.precisely(own) if dtype in NARROW else formula(own)
            except Exception as error:
                error.add_note(f"raised by the partial of {op.name} in {n!r}")
                raise
            entries = _entries(op, n, derivatives) if op.several else (derivatives,)
            columns.append([d * (widened(t) if dtype in NARROW else t) for d in entries])
        totals = [sum(column[1:], column[0]) for column in zip(*columns, strict=True)]
        if dtype in NARROW:
            totals = [rounded(total, dtype) for total in totals]
        return tuple(totals) if op.several else totals[0]

    return Rule(jvp, Kind.DUAL, f"the jvp of {op.name}", (op.words.tangents[0], *wants), ())


def _entries(op: ElementwiseOp, name: str, derivatives: Any) -> Sequence[Any]:
    """The derivatives of several outputs, as many as there are."""
    count = len(op.signature.outputs)
    if isinstance(derivatives, (tuple, list)) and len(derivatives) == count:
        return derivatives
    raise RuleError(
        sentence(
            f"the partial of {op.name} in {name!r} does not fit its outputs.",
            expected=f"a tuple of {count} derivatives, one for each output",
            got=f"{len(derivatives)} of them"
            if isinstance(derivatives, (tuple, list))
            else type(derivatives).__name__,
        )
    )


def _product(grad: Any, derivative: Any) -> Any:
    """The VJP in torch's convention, which conjugates: also that of a complex function of real
    numbers, whose gradient is the real part of this.
    """
    return grad * _conj(derivative)


def _no_derivative(
    op: ElementwiseOp, name: str, reason: Unwritten | Integer
) -> MissingDerivativeError:
    if isinstance(reason, Integer):
        return MissingDerivativeError(
            f"{op.label} has no derivative with respect to {name!r}, which takes integers: "
            f"{reason.why}.\nPass {name}.detach()."
        )
    see = f" ({reason.see})" if reason.see else ""
    return MissingDerivativeError(
        f"{op.label} has no derivative with respect to {name!r}: {reason.why}{see}.\n"
        f"Pass {name}.detach(), or write your own rule with npbridge.numpy_op."
    )


def _unless_unused(grad: Any, derivative: Any) -> Any:
    """The derivative of one output of several; where it is infinite and its cotangent 0, another
    output is asked for, and the infinity would make NaN of its gradient.
    """
    if isinstance(derivative, Tensor):
        finite = derivative - derivative == 0  # torch.isfinite of a conjugate has no vmap (2.13)
        return torch.where(finite | (grad != 0), derivative, 0.0)
    return np.where(np.isfinite(derivative) | (grad != 0), derivative, 0.0)


def _conj(x: Any) -> Any:
    if isinstance(x, Tensor):
        return x.conj() if x.is_complex() else x
    return np.conjugate(x) if np.iscomplexobj(x) else x
