"""Rules: what an author wrote about derivatives, and how it is run on arrays and on tensors."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from npbridge._convert import describe
from npbridge._parameters import Parameters, wants_of
from npbridge.errors import DeclarationError, MissingDerivativeError, sentence


class Kind(Enum):
    """On what a rule runs, and so how often it can be differentiated."""

    NUMPY = "NumPy"
    """Arrays only: first order."""
    COMPOSITE = "composite"
    """Tensors only: any order."""
    DUAL = "dual"
    """Both: partials in the vocabulary of `npbridge.elementary`, and ops."""


@dataclass(frozen=True)
class Composite:
    """A rule marked as written with torch functions and npbridge ops."""

    rule: Callable[..., Any]


def composite(rule: Callable[..., Any]) -> Composite:
    """Mark a rule as composite where it is given with the op: `vjp=composite(rule)`.

    Parameters
    ----------
    rule
        A function of tensors, written with torch functions and npbridge ops.

    Examples
    --------
    >>> import numpy as np, torch
    >>> from npbridge import composite, numpy_op
    >>> def square(x):
    ...     return np.square(x)
    >>> op = numpy_op(square, vjp=composite(lambda grad, x: 2 * grad * x))
    >>> x = torch.tensor(3.0, requires_grad=True)
    >>> (g,) = torch.autograd.grad(op(x), x, create_graph=True)
    >>> torch.autograd.grad(g, x)
    (tensor(2.),)
    """
    return Composite(rule)


@dataclass(frozen=True)
class Rule:
    """One registered rule.

    `target` is the only parameter it differentiates, or None where it returns them all.
    """

    fn: Callable[..., Any]
    kind: Kind
    label: str
    positional: tuple[str, ...]
    keyword: tuple[str, ...]
    target: str | None = None
    materialize_grads: bool = True

    @property
    def wants(self) -> tuple[str, ...]:
        """All names it asks for."""
        return self.positional + self.keyword

    def __call__(self, environment: Mapping[str, Any]) -> Any:
        """Run it on what it asks for."""
        try:
            return self.fn(
                *[environment[name] for name in self.positional],
                **{name: environment[name] for name in self.keyword},
            )
        except Exception as error:
            self.explain(error, [environment[name] for name in self.wants])
            raise

    def explain(self, error: Exception, values: Sequence[Any]) -> None:
        """Add to an exception of the author's rule where it was raised."""
        if isinstance(error, MissingDerivativeError):
            return
        given = ", ".join(f"{n}: {describe(v)}" for n, v in zip(self.wants, values, strict=True))
        error.add_note(f"raised by {self.label}({given})")
        text = str(error)
        if "read-only" in text:
            error.add_note("The arrays an op is given are read-only; work on a copy: x = x.copy().")
        if self.kind is Kind.DUAL and ("numpy()" in text or "Cannot access data pointer" in text):
            error.add_note(
                "At higher orders a partial runs on tensors: write it with npbridge.elementary."
            )


@dataclass(frozen=True)
class Words:
    """The words a rule may use besides parameters. Where the forward function has a parameter
    `grad` or `out`, that name is the parameter's and only the other word is left.
    """

    grad: tuple[str, ...]
    out: tuple[str, ...]
    tangents: tuple[str, ...]

    @staticmethod
    def beside(parameters: Parameters) -> Words:
        """The words that are free beside these parameters."""

        def free(*words: str) -> tuple[str, ...]:
            return tuple(word for word in words if word not in parameters.names)

        return Words(free("grad", "cotangent"), free("out", "output"), free("tangents"))

    def vjp(self) -> tuple[str, ...]:
        """What a vjp may name besides parameters."""
        return (*self.grad, *self.out, "needs_input_grad", "residuals")

    def jvp(self) -> tuple[str, ...]:
        """What a jvp may name besides parameters."""
        return (*self.tangents, *self.out, "residuals")


def make_rule(
    fn: Any,
    label: str,
    parameters: Parameters,
    extra: Sequence[str],
    *,
    kind: Kind,
    residuals: bool,
    target: str | None = None,
    materialize_grads: bool = True,
) -> Rule:
    """Check a rule at registration, when its author is looking."""
    if isinstance(fn, Composite):
        fn, kind = fn.rule, Kind.COMPOSITE
    if not callable(fn):
        raise DeclarationError(
            sentence(f"{label} is not a function.", expected="a function", got=repr(fn))
        )
    if not {"grad", "cotangent", "tangents"} & set(extra):
        taken = "'tangents'" if label.startswith("the jvp") else "'grad' and 'cotangent'"
        raise DeclarationError(
            f"{label} has no word for what it differentiates: {taken} are parameters of the "
            "forward function.\nRename one of them."
        )
    positional, keyword = wants_of(fn, label, parameters, extra)
    if "residuals" in positional + keyword and "residuals" not in parameters.names:
        if not residuals:
            raise DeclarationError(
                f"{label} asks for residuals, and the forward function returns none.\n"
                "Return (output, residuals) from it and decorate it with residuals=True."
            )
        if kind is not Kind.NUMPY:
            raise DeclarationError(
                f"{label} is composite and asks for residuals, which are constants to autograd: "
                "its second derivative would be wrong.\n"
                "Compute them again from the arguments with torch functions and npbridge ops."
            )
    return Rule(fn, kind, label, positional, keyword, target, materialize_grads)
