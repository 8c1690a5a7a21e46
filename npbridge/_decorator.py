"""`numpy_op`: from a NumPy function to an op."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, ParamSpec, TypedDict, TypeVar, Unpack, overload

from npbridge._declare import make_op
from npbridge._op import NumpyOp

P = ParamSpec("P")
R = TypeVar("R")


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
    domain: Mapping[str, Any] | None
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
    domain: Mapping[str, Any] | None = None,
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
    domain
        Where the arguments may lie, by parameter name: a pair of numbers or one of
        `npbridge.domains`. Tests draw from it (`npbridge.testing.inputs_for`); calls ignore it.
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
            domain=domain,
            vjp=vjp,
            jvp=jvp,
            fake=fake,
        )

    return decorate if fn is None else decorate(fn)
