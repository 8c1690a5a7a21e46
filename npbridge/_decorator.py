"""`numpy_op`: from a NumPy function to an op."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any, Literal, ParamSpec, TypedDict, TypeVar, Unpack, overload

import numpy as np

from npbridge._mutation import functional
from npbridge._op import NumpyOp
from npbridge._parameters import Parameters, check_forward, name_of
from npbridge._signature import Signature
from npbridge.errors import DeclarationError, sentence

P = ParamSpec("P")
R = TypeVar("R")


_VMAP = ("sequential", "broadcast", "threads")


class Options(TypedDict, total=False):
    """The options of `numpy_op`."""

    name: str | None
    signature: str | None
    vectorized: bool
    differentiable: Sequence[str] | None
    out_dtypes: Any
    residuals: bool
    vmap: Literal["sequential", "broadcast", "threads"]
    mutates_args: Sequence[str]
    vjp: Any
    jvp: Any
    fake: Any


@overload
def numpy_op(fn: Callable[P, R], /, **options: Unpack[Options]) -> NumpyOp[P, R]: ...
@overload
def numpy_op(
    fn: None = None, /, **options: Unpack[Options]
) -> Callable[[Callable[P, R]], NumpyOp[P, R]]: ...


def numpy_op(
    fn: Any = None,
    /,
    *,
    name: str | None = None,
    signature: str | None = None,
    vectorized: bool = False,
    differentiable: Sequence[str] | None = None,
    out_dtypes: Any = None,
    residuals: bool = False,
    vmap: Literal["sequential", "broadcast", "threads"] = "sequential",
    mutates_args: Sequence[str] = (),
    vjp: Any = None,
    jvp: Any = None,
    fake: Any = None,
) -> Any:
    """Make a NumPy function work on tensors, with the derivatives its rules give.

    Parameters
    ----------
    fn
        A pure function of arrays, which it must not change: read-only views of the tensors'
        memory. It returns an array, or a nested tuple, list or dict of arrays. Arguments that are
        no tensors (arrays, numbers, objects) reach it unchanged and get no gradient.
    name
        The op's name in messages and in `grad_fn`; by default the function's own.
    signature
        A gufunc signature such as "(m,m),(m)->(m)", for the first parameters in order. Arguments
        and outputs are checked against it, leading dimensions broadcast, and gradients are summed
        over them. Result dtypes must be the operands' promoted dtype, or `out_dtypes`.
    vectorized
        The function itself broadcasts over leading dimensions; otherwise the function and its
        NumPy rules are looped over them. Needs `signature`.
    differentiable
        The parameters a vjp returns gradients for, in that order; by default the operands of the
        signature, else every positional parameter.
    out_dtypes
        The dtype of the output, or of each output, compared with what the function returns.
    residuals
        The function returns `(output, residuals)`; what else it has computed that its rules can
        use, such as a factorisation, is kept with the graph and freed with it.
    vmap
        What happens under `torch.vmap` to a function without a signature: "sequential" calls it
        for each sample, "threads" does so on `torch.get_num_threads()` threads (for functions
        that release the GIL), "broadcast" calls function and NumPy rules once, with the batch as
        the first dimension of every tensor argument and of every output.
    mutates_args
        The parameters that the function changes in place: it is given writable copies of their
        arrays, and the tensors are then changed by torch. To rules and signature the outputs are
        the new values, followed by what the function returns besides; the call returns the
        changed tensors in their places.
    vjp, jvp
        Rules, as for `register_vjp` and `register_jvp`; `composite(rule)` marks one that is
        written with torch.

    fake
        A rule for the shapes of the outputs, as for `register_fake`.

    Returns
    -------
    NumpyOp, or a decorator that makes one where `fn` is left out.

    Raises
    ------
    DeclarationError
        If `fn` cannot be an op, or the options contradict each other.

    Examples
    --------
    >>> import numpy as np, torch
    >>> from npbridge import numpy_op
    >>> @numpy_op
    ... def smooth(x):
    ...     return np.convolve(x, [0.25, 0.5, 0.25], mode="same")
    >>> @smooth.register_vjp
    ... def _(grad):
    ...     return np.convolve(grad, [0.25, 0.5, 0.25], mode="same")
    >>> x = torch.tensor([0.0, 4.0, 0.0], dtype=torch.float64, requires_grad=True)
    >>> y = smooth(x)
    >>> y.detach()
    tensor([1., 2., 1.], dtype=torch.float64)
    >>> y[0].backward()
    >>> x.grad
    tensor([0.5000, 0.2500, 0.0000], dtype=torch.float64)
    """
    module = sys._getframe(1).f_globals.get("__name__", "__main__")

    def decorate(function: Any) -> NumpyOp[..., Any]:
        return make_op(
            function,
            name=name,
            module=module,
            signature=signature,
            vectorized=vectorized,
            differentiable=differentiable,
            out_dtypes=out_dtypes,
            residuals=residuals,
            vmap=vmap,
            mutates_args=mutates_args,
            vjp=vjp,
            jvp=jvp,
            fake=fake,
        )

    return decorate if fn is None else decorate(fn)


def make_op(
    fn: Any,
    *,
    name: str | None,
    module: str,
    signature: str | None,
    vectorized: bool,
    differentiable: Sequence[str] | None,
    out_dtypes: Any,
    residuals: bool,
    vmap: str,
    mutates_args: Sequence[str],
    vjp: Any,
    jvp: Any,
    fake: Any,
) -> NumpyOp[..., Any]:
    """Check a declaration and make the op."""
    check_forward(fn, "numpy_op")
    parameters = Parameters.of(fn)
    name = name if name is not None else name_of(fn, "numpy_op")
    parsed = None if signature is None else Signature.parse(signature)
    if parsed is None and vectorized:
        raise DeclarationError(
            f"{name} is declared vectorized without a signature.\n"
            'Say what it broadcasts over: numpy_op(signature="(m,m),(m)->(m)", vectorized=True).'
        )
    if parsed is not None and len(parsed.inputs) > len(parameters.positional):
        raise DeclarationError(
            sentence(
                f"the signature of {name} has more operands than the function has parameters.",
                expected=f"at most {len(parameters.positional)}: "
                f"{', '.join(parameters.positional)}",
                got=f"{len(parsed.inputs)} in {parsed.text!r}",
            )
        )
    if vmap not in _VMAP:
        raise DeclarationError(
            sentence(
                f"vmap= of {name} is unknown.",
                expected=", ".join(map(repr, _VMAP)),
                got=repr(vmap),
                remedy="Your own batching rule is registered with register_vmap.",
            )
        )
    if vmap == "broadcast" and parsed is not None:
        raise DeclarationError(
            f'{name} has a signature, by which vmap broadcasts: vmap="broadcast" is for functions '
            "without one.\nLeave out one of them."
        )
    if isinstance(differentiable, str):
        differentiable = (differentiable,)
    unknown = [n for n in differentiable or () if n not in parameters.names]
    if unknown:
        raise DeclarationError(
            sentence(
                f"differentiable= of {name} names {unknown[0]!r}, which is no parameter.",
                expected=f"names out of {', '.join(parameters.names)}",
                got=", ".join(differentiable or ()),
            )
        )
    mutates = (mutates_args,) if isinstance(mutates_args, str) else tuple(mutates_args)
    op: NumpyOp[..., Any] = NumpyOp(
        functional(name, fn, mutates) if mutates else fn,
        name=name,
        parameters=parameters,
        signature=parsed,
        vectorized=vectorized,
        differentiable=differentiable,
        out_dtypes=_dtypes(name, out_dtypes),
        residuals=residuals,
        vmap=vmap,
        module=getattr(fn, "__module__", None) or module,
    )
    op.mutates, op.in_place = mutates, fn
    if vjp is not None:
        op.register_vjp(vjp)
    if jvp is not None:
        op.register_jvp(jvp)
    if fake is not None:
        op.register_fake(fake)
    return op


def _dtypes(name: str, declared: Any) -> tuple[str, ...] | None:
    if declared is None:
        return None
    listed = declared if isinstance(declared, (tuple, list)) else (declared,)
    try:
        return tuple(np.dtype(_numpy_name(d)).name for d in listed)
    except TypeError:
        raise DeclarationError(
            sentence(
                f"out_dtypes= of {name} is no dtype.",
                expected="a dtype of NumPy or torch, or one for each output",
                got=repr(declared),
            )
        ) from None


def _numpy_name(declared: Any) -> Any:
    text = str(declared)
    return text.removeprefix("torch.") if text.startswith("torch.") else declared
