"""`elementwise_op`: the declaration of a broadcasting function by its partial derivatives."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from npbridge import domains
from npbridge._elementwise import ElementwiseOp
from npbridge._formulas import jvp_of, vjp_of
from npbridge._parameters import Parameters, check_forward, name_of, tells_names
from npbridge._rule import Rule
from npbridge._rulebook import Rulebook
from npbridge._signature import Signature
from npbridge.errors import DeclarationError, sentence


def elementwise_op(
    fn: Callable[..., Any],
    /,
    *,
    partials: Mapping[str, Any],
    name: str | None = None,
    title: str = "",
    source: str = "",
    domain: Mapping[str, Any] | None = None,
    edges: Sequence[tuple[tuple[Any, ...], Mapping[str, Any]]] = (),
    notes: str = "",
    holomorphic: Sequence[str] = (),
    outputs: int | None = None,
) -> ElementwiseOp:
    """Make a broadcasting elementwise function work on tensors, from its partial derivatives.

    Reverse and forward mode and every higher order follow from the partials.

    Parameters
    ----------
    fn
        The function of arrays, such as a ufunc of `scipy.special`. Defaults and keyword-only
        parameters of a function are those of the op.
    partials
        For every argument, in order, its partial derivative: a function that names what it needs
        out of the arguments and `out` (the value of `fn`), written with operators, the functions
        of `npbridge.elementary` and other ops; or `unwritten(why)`; or `integer(why)`. Formulas
        are evaluated in double precision; where one names `out`, the arguments are kept too, so
        that it is not the rounded output that it is given.
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
        Points and their derivatives by argument: `((0.0,), {"x": 1.0})`; a tuple where there are
        several outputs.
    notes
        What else a reader should know.
    holomorphic
        The arguments that may be complex: those in which `fn` is holomorphic and the partials
        hold for complex numbers.
    outputs
        How many arrays `fn` returns; by default as many as a ufunc does, and one otherwise. If
        several, the op returns a tuple, and so does every partial, with an entry for each output.

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
    _check_arguments(label, fn, tuple(partials), holomorphic, outputs)
    parameters = Parameters.leading(fn, tuple(partials))
    count = (fn.nout if isinstance(fn, np.ufunc) else 1) if outputs is None else outputs
    operands, results = (",".join(["()"] * n) for n in (len(partials), count))
    op = ElementwiseOp(
        fn,
        name=label,
        parameters=parameters,
        signature=Signature.parse(f"{operands}->{results}"),
        vectorized=True,
        differentiable=None,
        out_dtypes=None,
        residuals=False,
        vmap="sequential",
        module=sys._getframe(1).f_globals.get("__name__", "__main__"),
    )
    op.__qualname__ = label
    op.several = count > 1
    loops = [loop.partition("->")[0] for loop in getattr(fn, "types", [])]
    mixed = [loop for loop in loops if set(loop) & set("fdg")]
    op.counted = frozenset(n for i, n in enumerate(partials) if {x[i] for x in mixed} & set("ilq"))
    op.partials = dict(partials)
    op.static = frozenset(n for n, p in partials.items() if getattr(p, "static", False))
    op.holomorphic = frozenset(holomorphic)
    op.source, op.notes, op.edges, op.domain = source, notes, tuple(edges), dict(domain or {})
    domains.read(label, tuple(partials), domain)
    op.title = title
    if op.__module__.startswith("npbridge.special"):
        op.label = f"npbridge.special.{label}"
    reverse: dict[str | None, Rule] = {n: vjp_of(op, n, partial) for n, partial in partials.items()}
    op.rules = op.derived = Rulebook(op, reverse, jvp_of(op, partials))
    return op


def _check_arguments(
    label: str,
    fn: Callable[..., Any],
    names: tuple[str, ...],
    holomorphic: Sequence[str],
    outputs: int | None,
) -> None:
    """Compare the names of the partials with the function's own, where it tells them."""
    if isinstance(fn, np.ufunc):
        if outputs not in (None, fn.nout):
            raise DeclarationError(
                sentence(
                    f"outputs= of {label} is not the number of its outputs.",
                    expected=fn.nout,
                    got=outputs,
                )
            )
        if len(names) != fn.nin:
            raise DeclarationError(
                sentence(
                    f"the partials of {label} do not fit its arguments.",
                    expected=f"one for each of {fn.nin} arguments, in order",
                    got=", ".join(names),
                )
            )
    elif tells_names(fn):
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
