"""`NumpyOp`: the declaration of an op, its rules, and what it looks like to its users."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from types import MethodType
from typing import Any, Generic, ParamSpec, TypeVar, cast

from torch import Tensor

from npbridge import _differentiate, _forward, _saving
from npbridge._call import Call
from npbridge._eager import specialise
from npbridge._execute import execute
from npbridge._parameters import Parameters
from npbridge._primitive import Primitive, Saved
from npbridge._registration import Registers
from npbridge._rule import Words
from npbridge._rulebook import Rulebook
from npbridge._signature import Dims, Signature
from npbridge._torch_private import is_compiling, outside_compile
from npbridge.errors import PicklingError

P = ParamSpec("P")
R = TypeVar("R")


def _first_call(op: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    op.__class__ = specialise(op, op.base)
    return op(*args, **kwargs)


_first_call_compiled = outside_compile(_first_call)


class NumpyOp(Registers, Primitive, Generic[P, R]):
    """A NumPy function on tensors, with the derivatives its rules give.

    Made by `numpy_op` and `elementwise_op`; called like the function it wraps.

    Attributes
    ----------
    name : str
        As in messages and in `grad_fn`.
    numpy : callable
        The NumPy function itself.
    signature : Signature or None
        The gufunc signature.
    """

    __wrapped__: Callable[P, R]
    elementwise = False

    def __init__(
        self,
        fn: Callable[P, R],
        *,
        name: str,
        parameters: Parameters,
        signature: Signature | None,
        vectorized: bool,
        differentiable: Sequence[str] | None,
        out_dtypes: tuple[str, ...] | None,
        residuals: bool,
        module: str,
    ) -> None:
        self.numpy = self.__wrapped__ = fn
        self.name = self.label = name
        self.names = parameters.names
        self.parameters = parameters
        self.signature = signature
        self.vectorized = vectorized
        self.out_dtypes = out_dtypes
        self.residuals = residuals
        self.words = Words.beside(parameters)
        operands = len(signature.inputs) if signature else len(parameters.positional)
        self.order = tuple(differentiable or parameters.positional[:operands])
        self.differentiated = self.order if differentiable is not None else parameters.names
        self.rules = Rulebook(self)
        self.__name__ = name
        self.__qualname__ = getattr(fn, "__qualname__", name)
        self.__signature__ = parameters.signature
        self.__annotations__ = getattr(fn, "__annotations__", {})
        self.__doc__ = fn.__doc__
        self.__module__ = module

    # -- the call ---------------------------------------------------------------------------------

    def __call__(self, /, *args: P.args, **kwargs: P.kwargs) -> R:
        """The first call builds the eager path; from then on `__call__` is generated code."""
        first: Any = _first_call_compiled if is_compiling() else _first_call
        return cast("R", first(self, args, kwargs))

    def call_bound(self, values: tuple[Any, ...]) -> Any:
        """Any call: nested arguments, every dtype, device and transform."""
        call, tensors = Call.take(self, self.prepare(values))
        if not tensors:
            return self.compute(values)[0]
        outputs = execute(call, tensors)
        return call.outcome.fill(outputs)

    def prepare(self, values: tuple[Any, ...]) -> tuple[Any, ...]:
        """The arguments as they are computed on; elementwise ops promote dtypes here."""
        return values

    def compute(self, values: tuple[Any, ...]) -> tuple[Any, Any]:
        """The result and the residuals of the forward function, on arrays."""
        return _forward.compute(self, values)

    def explain(self, error: Exception, values: tuple[Any, ...]) -> None:
        """Add to an exception of the user's function in which call it was raised."""
        _forward.explain(self, error, values)

    # -- rules ------------------------------------------------------------------------------------

    def batch_of(self, output: tuple[int, ...]) -> tuple[int, ...]:
        """The batch of a call whose first output has this shape; () without a signature."""
        if self.signature is None:
            return ()
        return tuple(output[: len(output) - len(self.signature.outputs[0])])

    def core_of(self, name: str) -> Dims | None:
        """The core dimensions of an operand of the signature."""
        if self.signature is None:
            return None
        return dict(zip(self.names, self.signature.inputs, strict=False)).get(name)

    def broadcast_shape(
        self, name: str, own: tuple[int, ...], output: tuple[int, ...]
    ) -> tuple[int, ...]:
        """The shape an argument was broadcast to: its gradient may have that shape or its own."""
        core = self.core_of(name)
        return own if core is None else self.batch_of(output) + own[len(own) - len(core) :]

    # -- as a primitive ---------------------------------------------------------------------------

    def save(
        self,
        ctx: Any,
        call: Call,
        inputs: Sequence[Tensor],
        outputs: Sequence[Tensor],
        needs: Sequence[bool],
    ) -> None:
        """Keep what the rules name."""
        _saving.save(self, ctx, call, inputs, outputs, needs)

    def load(self, ctx: Any, tensors: Sequence[Tensor | None]) -> Saved:
        """What was kept."""
        return _saving.load(ctx, tensors)

    def pull_back(
        self, call: Call, saved: Saved, needs: Sequence[bool], grads: list[Tensor | None]
    ) -> list[Tensor | None]:
        """The VJP on tensors."""
        return _differentiate.pull_back(self, call, saved, needs, grads)

    def push_forward(
        self, call: Call, saved: Saved, tangents: list[Tensor | None]
    ) -> list[Tensor | None]:
        """The JVP on tensors."""
        return _differentiate.push_forward(self, call, saved, tangents)

    # -- to its users -----------------------------------------------------------------------------

    def __get__(self, instance: object, owner: type | None = None) -> Any:
        """In the body of a class an op is a method, as a function is."""
        return self if instance is None else MethodType(self, instance)

    def __repr__(self) -> str:
        core = f" {self.signature.text!r}" if self.signature else ""
        there = {"vjp": self.rules.vjp, "jvp": self.rules.jvp}
        rules = " and ".join(mode for mode, rule in there.items() if rule) or "no rules"
        return f"<numpy_op {self.name}{self.parameters.signature}{core}, {rules}>"

    def __reduce__(self) -> str:
        """Pickled by reference, as functions are."""
        found: Any = sys.modules.get(self.__module__)
        for part in self.__qualname__.split("."):
            found = getattr(found, part, None)
        if found is self:
            return str(self.__qualname__)
        for name, value in vars(sys.modules.get(self.__module__, sys)).items():
            if value is self:
                self.__qualname__ = name
                return name
        raise PicklingError(
            f"{self.name} cannot be pickled: it is not {self.__module__}.{self.__qualname__}.\n"
            "Assign the op to a name at the top level of its module."
        )
