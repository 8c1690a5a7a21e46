"""What `numpy_op` is given, checked, and the op made of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from npbridge import domains
from npbridge._mutation import functional
from npbridge._op import NumpyOp
from npbridge._parameters import Parameters, check_forward, name_of
from npbridge._signature import Signature
from npbridge.errors import DeclarationError, sentence

_VMAP = ("sequential", "broadcast", "threads")


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
    domain: Mapping[str, Any] | None,
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
    op.domain = domains.read(name, parameters.names, domain)
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
