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
from npbridge._call import TENSOR
from npbridge._convert import ATOMS, FLOATS, PLAIN, Elsewhere, settled, view
from npbridge._dispatch import class_name
from npbridge._eager_backward import Source
from npbridge._torch_private import (
    GUARD_NAMES,
    c_apply,
    is_compiling,
    outside_compile,
    set_grad_enabled,
    set_node_defaults,
)

if TYPE_CHECKING:
    from npbridge._op import NumpyOp


def specialise(op: NumpyOp[..., Any], base: type[Any]) -> type[Any]:
    """A subclass of `base` whose `__call__` is generated for this op and its present rules."""
    listed = op.parameters.signature.parameters.values()
    if not op.names or any(p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD) for p in listed):

        def bind_and_call(self: Any, *args: Any, **kwargs: Any) -> Any:
            values = self.parameters.bind(args, kwargs)
            return outside(self, values) if is_compiling() else self.call_bound(values)

        outside = outside_compile(base.call_bound)
        return type(base.__name__, (base,), {"__call__": bind_and_call, "generated": True})
    namespace = _names(op, base)
    source = Source(op, namespace)
    text = "\n".join([*source.call(), *source.forward(), *source.backward()])
    filename = f"<npbridge {op.name}>"
    linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
    exec(compile(text, filename, "exec"), namespace)  # noqa: S102  # our own text, see above
    node = type(
        class_name(op.name),
        (torch.autograd.Function,),
        {
            "forward": staticmethod(namespace["forward"]),
            "backward": staticmethod(namespace["backward"]),
        },
    )
    namespace["apply"] = c_apply(node)
    saved = [n for i, n in enumerate(op.names) if source.kept(i) != "False"]
    set_node_defaults(
        node, values=(TENSOR,) * len(op.names), kept=saved, outcome=None, rules=op.rules
    )
    members = {
        "__call__": _named(namespace["__call__"], op),
        "generated": True,
        "__module__": base.__module__,
    }
    return type(base.__name__, (base,), members)


def _named(call: Any, op: NumpyOp[..., Any]) -> Any:
    """The generated call under the op's name and with the names of its parameters."""
    own = call.__code__.co_varnames[1 + len(op.names) :]
    call.__code__ = call.__code__.replace(co_varnames=("self", *op.names, *own))
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
        "outside": outside_compile(base.call_bound),
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
