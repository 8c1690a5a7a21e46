"""The eager path of one op: generated code, so that a plain call costs less than hand-written code.

The text follows the op's own parameters, so binding is Python's own; what can be decided at
declaration is decided here. For an op `f(x, k)` whose rule names grad and x it reads, shortened:

    def __call__(self, x, k=2.0):
        if <a transform, mode, tracer or forward AD is active>: return call_bound(self, (x, k))
        if type(x) in PLAIN: <a native dtype, on the CPU, or call_bound>; grad = x.requires_grad
        if grad and is_grad_enabled(): return apply(x, k)
        return <the output of forward on read-only arrays, as a tensor>

    def forward(ctx, x, k): <the same, saving x>
    def backward(ctx, g): <to arrays, the rule, each gradient checked and back to a tensor>

What these do not serve (second derivatives, several outputs, lazy bits, ...) goes to `_eager_slow`
and `call_bound`, which serve everything. To read what was made of an op, call it once and look at
`linecache.getlines("<npbridge NAME>")`, as tracebacks and debuggers do.
"""

from __future__ import annotations

import linecache
from sys import getrefcount
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor

from npbridge import _eager_slow as slow
from npbridge._compile import traced
from npbridge._convert import ATOMS, FLOATS, PLAIN, Elsewhere, settled, view
from npbridge._dispatch import class_name
from npbridge._eager_backward import Source
from npbridge._mutation import mutate
from npbridge._options import refuse
from npbridge._shapes import why_unknown
from npbridge._slots import TENSOR
from npbridge._torch_private import (
    GUARD_NAMES,
    c_apply,
    outside_compile,
    set_grad_enabled,
    set_node_defaults,
    skipped_by_compile,
)

if TYPE_CHECKING:
    from npbridge._op import NumpyOp


def specialise(op: NumpyOp[..., Any], base: type[Any]) -> type[Any]:
    """A subclass of `base` whose `__call__` is generated for this op and its present rules."""
    namespace = _names(op, base)
    source = Source(op, namespace)
    parts = (
        [source.call()] if source.general else [source.call(), source.forward(), source.backward()]
    )
    text = "\n".join(line for part in parts for line in part)
    filename = f"<npbridge {op.name}>"
    linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
    exec(compile(text, filename, "exec"), namespace)  # noqa: S102  # our own text, see above
    if not source.general:
        namespace["apply"] = _function(op, source, namespace)
    why = why_unknown(op)
    on_numbers = (
        f"{op.label} was called without a tensor, which no graph can hold.\n"
        "Call it before, and pass the result."
    )
    members = {
        "__call__": _named(namespace["__call__"], op),
        "generated": True,
        "traceable": why is None,
        "outside": staticmethod(outside_compile(base.call_bound, why or on_numbers)),
        "__module__": base.__module__,
    }
    return type(base.__name__, (base,), members)


def _function(op: NumpyOp[..., Any], source: Source, namespace: dict[str, Any]) -> Any:
    """The apply of the Function of the generated forward and backward."""
    skipped_by_compile(namespace["backward"], f"the backward of {op.label} runs between graphs")
    node = type(
        class_name(op.name),
        (torch.autograd.Function,),
        {
            "forward": staticmethod(namespace["forward"]),
            "backward": staticmethod(namespace["backward"]),
        },
    )
    saved = [n for i, n in enumerate(op.names) if source.kept(i) != "False"]
    set_node_defaults(
        node, values=(TENSOR,) * len(op.names), kept=saved, outcome=None, rules=op.rules
    )
    return c_apply(node)


def _named(call: Any, op: NumpyOp[..., Any]) -> Any:
    """The generated call under the op's name and with the names of its parameters."""
    names = {f"p{i}": name for i, name in enumerate(op.names)} | {"self_": "self"}
    listed = tuple(names.get(name, name) for name in call.__code__.co_varnames)
    call.__code__ = call.__code__.replace(co_varnames=listed)
    call.__name__, call.__qualname__ = op.name, op.name
    call.__kwdefaults__ = {
        op.names[int(name[1:])]: value for name, value in (call.__kwdefaults__ or {}).items()
    }
    return call


def _names(op: NumpyOp[..., Any], base: type[Any]) -> dict[str, Any]:
    """What the generated code can refer to."""
    return {
        "op": op,
        "fn": op.numpy,
        "compute": op.compute,
        "explain": op.explain,
        "bound": base.call_bound,
        "traced": traced,
        "mutate": mutate,
        "refuse": refuse,
        # the contexts
        **GUARD_NAMES,
        "grad_on": torch.is_grad_enabled,
        # tensors and arrays
        "PLAIN": PLAIN,
        "FLOATS": FLOATS,
        "ATOMS": ATOMS,
        "SCALARS": frozenset({np.float64, np.float32}),
        "TENSOR": TENSOR,
        "Tensor": Tensor,
        "ndarray": np.ndarray,
        "half": torch.float16,
        "refs": getrefcount,
        "view": view,
        "asarray": np.asarray,
        "settled": settled,
        "set_grad": set_grad_enabled,
        "from_numpy": torch.from_numpy,
        # what is not plain
        "Elsewhere": Elsewhere,
        "needs_of": slow.needs_of,
        "slow_backward": slow.backward,
        "finish": slow.finish_outputs,
        "arrange": slow.arrange,
        "gradient": slow.gradient_tensor,
        "unpack": slow.unpack,
    }
