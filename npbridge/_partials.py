"""Partial derivatives: the three states an argument can be in, and the rules made of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from torch import Tensor

from npbridge._parameters import wants_of
from npbridge._quiet import quietly
from npbridge._rule import Kind, Rule
from npbridge.errors import DeclarationError, MissingDerivativeError, sentence

if TYPE_CHECKING:
    from npbridge._elementwise import ElementwiseOp


@dataclass(frozen=True)
class Unwritten:
    """A derivative that exists and that nobody has written yet."""

    why: str
    see: str = ""


@dataclass(frozen=True)
class Integer:
    """An argument that takes integers, so that there is no derivative."""

    why: str


def unwritten(why: str, *, see: str = "") -> Unwritten:
    """Say of an argument that its derivative exists but is not written, and why.

    Parameters
    ----------
    why
        The reason, which completes "there is no derivative: ...".
    see
        Where the derivative can be found.

    Examples
    --------
    >>> from npbridge import unwritten
    >>> unwritten("the derivative in the order is an infinite series", see="DLMF 10.15.1")
    Unwritten(why='the derivative in the order is an infinite series', see='DLMF 10.15.1')
    """
    return Unwritten(why, see)


def integer(why: str) -> Integer:
    """Say of an argument that it takes integers only.

    Parameters
    ----------
    why
        What the argument counts, for the message.

    Examples
    --------
    >>> from npbridge import integer
    >>> integer("the order of a derivative")
    Integer(why='the order of a derivative')
    """
    return Integer(why)


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


def vjp_of(op: ElementwiseOp, name: str, partial: Any) -> Rule:
    formula, wants = _partial(op, name, partial)
    grad = op.words.grad[0]
    if op.holomorphic:

        def vjp(grad: Any, *arguments: Any) -> Any:
            return grad * _conj(formula(*arguments))

    else:

        def vjp(grad: Any, *arguments: Any) -> Any:
            return grad * formula(*arguments)

    label = f"the partial of {op.name} in {name!r}"
    return Rule(quietly(vjp), Kind.DUAL, label, (grad, *wants), (), target=name)


def jvp_of(op: ElementwiseOp, partials: Mapping[str, Any]) -> Rule:
    made = {n: _partial(op, n, partial) for n, partial in partials.items()}
    wants = tuple(dict.fromkeys(word for _, words in made.values() for word in words))

    def jvp(tangents: Mapping[str, Any], *arguments: Any) -> Any:
        given = dict(zip(wants, arguments, strict=True))
        terms = []
        for n, t in tangents.items():
            if t is not None:
                formula, words = made[n]
                try:
                    terms.append(formula(*[given[word] for word in words]) * t)
                except Exception as error:
                    error.add_note(f"raised by the partial of {op.name} in {n!r}")
                    raise
        total = terms[0]
        for term in terms[1:]:
            total = total + term
        return total

    return Rule(jvp, Kind.DUAL, f"the jvp of {op.name}", (op.words.tangents[0], *wants), ())


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


def _conj(x: Any) -> Any:
    if isinstance(x, Tensor):
        return x.conj() if x.is_complex() else x
    return np.conjugate(x) if np.iscomplexobj(x) else x
