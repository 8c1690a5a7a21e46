"""`elementwise_op`: a broadcasting function of numbers and its partial derivatives."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from npbridge._convert import COMPLEX
from npbridge._op import NumpyOp
from npbridge._parameters import Parameters, check_forward, wants_of
from npbridge._quiet import quietly
from npbridge._rule import Kind, Rule
from npbridge._signature import Signature
from npbridge.errors import (
    DeclarationError,
    MissingDerivativeError,
    UnsupportedTensorError,
    sentence,
)


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


class ElementwiseOp(NumpyOp[..., Any]):
    """A `NumpyOp` made of partial derivatives, with what a formula book says about it.

    Attributes
    ----------
    partials : mapping
        A formula, `Unwritten` or `Integer` for each argument.
    title, source, domain, edges, notes
        As given to `elementwise_op`.
    """

    elementwise = True

    title: str
    partials: Mapping[str, Any]
    holomorphic: frozenset[str]
    source: str
    domain: Mapping[str, tuple[float, float]]
    edges: Sequence[tuple[tuple[float, ...], Mapping[str, float]]]
    notes: str

    def prepare(self, values: tuple[Any, ...]) -> tuple[Any, ...]:
        """Promote the arguments as torch's own functions do; integer arguments stand apart."""
        free = [not isinstance(self.partials[name], Integer) for name in self.names]
        arguments = [_as_number(v) for v in values]
        if not any(isinstance(v, Tensor) for v in values):
            return values
        dtype = _promoted([v for v, f in zip(arguments, free, strict=True) if f])
        if dtype.is_complex:
            self._check_complex(arguments)
        return tuple(
            v.to(_real_of(v, dtype)) if f and isinstance(v, Tensor) else v
            for v, f in zip(arguments, free, strict=True)
        )

    def _check_complex(self, arguments: Sequence[Any]) -> None:
        for name, x in zip(self.names, arguments, strict=True):
            is_complex = x.dtype.is_complex if isinstance(x, Tensor) else isinstance(x, complex)
            if is_complex and name not in self.holomorphic:
                raise UnsupportedTensorError(
                    sentence(
                        f"{self.name} does not take complex numbers for {name!r}.",
                        expected="a real tensor",
                        got=str(getattr(x, "dtype", "complex")).removeprefix("torch."),
                        remedy=f"Its partial derivative is written for real {name!r} only.",
                    )
                )

    def compute(self, values: tuple[Any, ...]) -> tuple[Any, Any]:
        """The value, in the dtype its floating arguments have: some functions of SciPy widen it."""
        try:
            result = self.numpy(*values)
        except Exception as error:
            self.explain(error, values)
            raise
        arrays = [
            v
            for n, v in zip(self.names, values, strict=True)
            if isinstance(v, np.ndarray) and not isinstance(self.partials[n], Integer)
        ]
        if arrays and all(v.dtype.kind in "fc" for v in arrays):
            wide = np.result_type(*arrays)
            result = np.asarray(result)
            kept = wide if result.dtype.kind == wide.kind else result.dtype
            return result.astype(kept, copy=False), None
        return result, None


def elementwise_op(
    fn: Callable[..., Any],
    /,
    *,
    partials: Mapping[str, Any],
    name: str | None = None,
    title: str = "",
    source: str = "",
    domain: Mapping[str, tuple[float, float]] | None = None,
    edges: Sequence[tuple[tuple[float, ...], Mapping[str, float]]] = (),
    notes: str = "",
    holomorphic: Sequence[str] = (),
) -> ElementwiseOp:
    """Make a broadcasting elementwise function work on tensors, from its partial derivatives.

    Reverse and forward mode and every higher order follow from the partials.

    Parameters
    ----------
    fn
        The function of arrays, such as a ufunc of `scipy.special`.
    partials
        For every argument, in order, its partial derivative: a function that names what it needs
        out of the arguments and `out` (the value of `fn`), written with operators, the functions
        of `npbridge.elementary` and other ops; or `unwritten(why)`; or `integer(why)`.
    name
        The op's name; by default that of `fn`.
    title
        What the function is, in one line.
    source
        Where the formulas come from.
    domain
        For each argument the interval inside which gradients are checked.
    edges
        Points and their derivatives by argument: `((0.0,), {"x": 1.0})`.
    notes
        What else a reader should know.
    holomorphic
        The arguments that may be complex: those in which `fn` is holomorphic and the partials
        hold for complex numbers.

    Returns
    -------
    ElementwiseOp
        Arguments broadcast against each other and promote as torch's own functions do.

    Raises
    ------
    DeclarationError
        If a partial is missing or asks for what does not exist.

    Examples
    --------
    >>> import numpy as np, torch
    >>> from npbridge import elementwise_op
    >>> from npbridge.elementary import cos
    >>> sine = elementwise_op(np.sin, name="sine", partials={"x": lambda x: cos(x)})
    >>> torch.func.hessian(sine)(torch.tensor(0.5))
    tensor(-0.4794)
    """
    check_forward(fn, "elementwise_op")
    if not isinstance(partials, Mapping) or not partials:
        raise DeclarationError(
            sentence(
                "elementwise_op was given no partials.",
                expected="a mapping with every argument of the function, in order",
                got=repr(partials),
            )
        )
    label = name if name is not None else fn.__name__
    parameters = Parameters.named(tuple(partials))
    operands = ",".join(["()"] * len(partials))
    op = ElementwiseOp(
        fn,
        name=label,
        parameters=parameters,
        signature=Signature.parse(f"{operands}->()"),
        vectorized=True,
        differentiable=None,
        out_dtypes=None,
        residuals=False,
        module=sys._getframe(1).f_globals.get("__name__", "__main__"),
    )
    op.__qualname__ = label
    op.partials = dict(partials)
    op.holomorphic = frozenset(holomorphic)
    op.source, op.notes, op.edges, op.domain = source, notes, tuple(edges), dict(domain or {})
    op.__doc__ = "\n\n".join(part for part in (title, notes, source) if part)
    op.title = title
    if op.__module__.startswith("npbridge.special"):
        op.label = f"npbridge.special.{label}"
    op.install_rules(
        {n: _vjp_of(op, parameters, n, partial) for n, partial in partials.items()},
        _jvp_of(op, parameters, partials),
    )
    return op


def _partial(
    op: ElementwiseOp, parameters: Parameters, name: str, partial: Any
) -> tuple[Callable[..., Any], tuple[str, ...]]:
    """A partial as a positional function, and what it names; one that raises where there is none."""
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
    positional, keyword = wants_of(partial, label, parameters, op.words.out)
    if keyword:
        return lambda *a: partial(
            *a[: len(positional)], **dict(zip(keyword, a[len(positional) :], strict=True))
        ), positional + keyword
    return partial, positional


def _vjp_of(op: ElementwiseOp, parameters: Parameters, name: str, partial: Any) -> Rule:
    formula, wants = _partial(op, parameters, name, partial)
    grad = op.words.grad[0]
    if op.holomorphic:

        def vjp(grad: Any, *arguments: Any) -> Any:
            return grad * _conj(formula(*arguments))

    else:

        def vjp(grad: Any, *arguments: Any) -> Any:
            return grad * formula(*arguments)

    label = f"the partial of {op.name} in {name!r}"
    return Rule(quietly(vjp), Kind.DUAL, label, (grad, *wants), (), target=name)


def _jvp_of(op: ElementwiseOp, parameters: Parameters, partials: Mapping[str, Any]) -> Rule:
    made = {n: _partial(op, parameters, n, partial) for n, partial in partials.items()}
    wants = tuple(dict.fromkeys(word for _, words in made.values() for word in words))

    def jvp(tangents: Mapping[str, Any], *arguments: Any) -> Any:
        given = dict(zip(wants, arguments, strict=True))
        terms = [
            made[n][0](*[given[word] for word in made[n][1]]) * t
            for n, t in tangents.items()
            if t is not None
        ]
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


def _as_number(x: Any) -> Any:
    """Arrays and NumPy scalars as the tensors they are to torch; None and numbers as they are."""
    if isinstance(x, (np.ndarray, np.generic)):
        return torch.from_numpy(np.array(x))
    if isinstance(x, (list, tuple)):
        return torch.as_tensor(x)
    return x


def _promoted(arguments: Sequence[Any]) -> torch.dtype:
    """The dtype torch's type promotion gives: tensors with dimensions before those without,
    these before numbers; integers become the default dtype."""
    dims: torch.dtype | None = None
    zeros: torch.dtype | None = None
    for x in arguments:
        if isinstance(x, Tensor) and x.dim():
            dims = x.dtype if dims is None else torch.promote_types(dims, x.dtype)
        elif isinstance(x, Tensor):
            zeros = x.dtype if zeros is None else torch.promote_types(zeros, x.dtype)
    samples = [torch.empty(1, dtype=dims)] if dims is not None else []
    samples += [torch.empty((), dtype=zeros)] if zeros is not None else []
    result = torch.result_type(samples[0], samples[-1])
    stand_in = torch.empty(1 if dims is not None else (), dtype=result)
    for x in arguments:
        if not isinstance(x, Tensor):
            wider = torch.result_type(stand_in, x)
            stand_in = stand_in.to(torch.promote_types(stand_in.dtype, wider))
    result = stand_in.dtype
    if not (result.is_floating_point or result.is_complex):
        result = torch.get_default_dtype()
    return result


def _real_of(x: Tensor, dtype: torch.dtype) -> torch.dtype:
    """The dtype an argument is converted to: a real one stays real beside a complex one."""
    if dtype in COMPLEX and not x.dtype.is_complex:
        return dtype.to_real()
    return dtype
