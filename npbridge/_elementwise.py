"""`elementwise_op`: a broadcasting function of numbers and its partial derivatives."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from npbridge import _namespace, domains
from npbridge._convert import FLOATS, alike, settled
from npbridge._op import NumpyOp
from npbridge._parameters import Parameters, check_forward, name_of
from npbridge._partials import Integer, jvp_of, vjp_of
from npbridge._promotion import as_number, promoted, real_of
from npbridge._rule import Rule
from npbridge._rulebook import Rulebook
from npbridge._signature import Signature
from npbridge.errors import DeclarationError, OutputError, UnsupportedTensorError, sentence


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
    derived: Rulebook
    partials: Mapping[str, Any]
    holomorphic: frozenset[str]
    source: str
    edges: Sequence[tuple[tuple[float, ...], Mapping[str, float]]]
    notes: str

    def prepare(self, values: tuple[Any, ...]) -> tuple[Any, ...]:
        """Promote the arguments as torch's own functions do; integer arguments stand apart."""
        first = values[0]
        if isinstance(first, Tensor) and first.dtype in FLOATS:
            rest = values[1:]
            if all([isinstance(v, Tensor) and v.dtype == first.dtype for v in rest]):  # noqa: C419  # the compiler traces it
                return values
        free = [not isinstance(self.partials[name], Integer) for name in self.names]
        arguments = [as_number(v) for v in values]
        if not any(isinstance(v, Tensor) for v in values):
            return values
        dtype = promoted([v for v, f in zip(arguments, free, strict=True) if f])
        if dtype.is_complex:
            self._check_complex(arguments)
        if not any(f and isinstance(v, Tensor) for v, f in zip(arguments, free, strict=True)):
            # Tensors in integer arguments only: the numbers beside them have the default dtype.
            arguments = [
                torch.tensor(v, dtype=dtype, device="cpu") if f else v
                for v, f in zip(arguments, free, strict=True)
            ]
        return tuple(
            v.to(real_of(v, dtype)) if f and isinstance(v, Tensor) else v
            for v, f in zip(arguments, free, strict=True)
        )

    def digest_ingredients(self) -> tuple[Any, ...]:
        """The partials; the rules are made of them."""
        own = () if self.rules is self.derived else (dict(self.rules.vjp), self.rules.jvp)
        versions = _namespace.versions()
        return (versions, self.name, self.numpy, dict(self.partials), self.holomorphic, own)

    def __get__(self, instance: object, owner: type | None = None) -> Any:
        """No method in the body of a class: ufuncs are none either."""
        return self

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
        if alike(result, values):
            return result, None
        shape = np.broadcast_shapes(*(np.shape(v) for v in values))
        if np.shape(result) != shape:
            raise OutputError(
                sentence(
                    f"{self.name} is declared elementwise, and returned another shape than its "
                    "arguments have.",
                    expected=shape,
                    got=np.shape(result),
                    remedy="A function that reduces or reorders is declared with numpy_op.",
                )
            )
        arrays = [
            v
            for n, v in zip(self.names, values, strict=True)
            if isinstance(v, np.ndarray) and not isinstance(self.partials[n], Integer)
        ]
        if arrays and all(v.dtype.kind in "fc" for v in arrays):
            return settled(result, np.result_type(*arrays)), None
        return result, None


def elementwise_op(
    fn: Callable[..., Any],
    /,
    *,
    partials: Mapping[str, Any],
    name: str | None = None,
    title: str = "",
    source: str = "",
    domain: Mapping[str, Any] | None = None,
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
        For each argument the interval inside which gradients are checked, or one of
        `npbridge.domains`.
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
    label = name if name is not None else name_of(fn, "elementwise_op")
    _check_arguments(label, fn, tuple(partials), holomorphic)
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
        vmap="sequential",
        module=sys._getframe(1).f_globals.get("__name__", "__main__"),
    )
    op.__qualname__ = label
    op.partials = dict(partials)
    op.holomorphic = frozenset(holomorphic)
    op.source, op.notes, op.edges, op.domain = source, notes, tuple(edges), dict(domain or {})
    domains.read(label, tuple(partials), domain)
    op.__doc__ = "\n\n".join(part for part in (title, notes, source) if part)
    op.title = title
    if op.__module__.startswith("npbridge.special"):
        op.label = f"npbridge.special.{label}"
    reverse: dict[str | None, Rule] = {n: vjp_of(op, n, partial) for n, partial in partials.items()}
    op.rules = op.derived = Rulebook(op, reverse, jvp_of(op, partials))
    return op


def _check_arguments(
    label: str, fn: Callable[..., Any], names: tuple[str, ...], holomorphic: Sequence[str]
) -> None:
    """Compare the names of the partials with the function's own, where it tells them."""
    if isinstance(fn, np.ufunc):
        if len(names) != fn.nin:
            raise DeclarationError(
                sentence(
                    f"the partials of {label} do not fit its arguments.",
                    expected=f"one for each of {fn.nin} arguments, in order",
                    got=", ".join(names),
                )
            )
    elif not isinstance(fn, functools.partial):  # of a ufunc, these do not tell their own
        own = Parameters.of(fn).names
        if own[: len(names)] != names or len(Parameters.of(fn).required) > len(names):
            raise DeclarationError(
                sentence(
                    f"the partials of {label} do not fit its arguments.",
                    expected=f"one for each of {', '.join(own)}, in order",
                    got=", ".join(names),
                )
            )
    unknown = [name for name in holomorphic if name not in names]
    if unknown:
        raise DeclarationError(
            sentence(
                f"holomorphic= of {label} names {unknown[0]!r}, which is no argument.",
                expected=f"names out of {', '.join(names)}",
                got=", ".join(holomorphic),
            )
        )
