"""`NumpyOp`: the declaration of an op, its rules, and what it looks like to its users."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, ParamSpec, TypeVar, cast

from torch import Tensor

from npbridge import _differentiate, _forward, _namespace, _saving, _shapes
from npbridge._call import Call
from npbridge._digest import digest
from npbridge._eager import specialise
from npbridge._execute import execute, run
from npbridge._outcome import Outcome
from npbridge._parameters import Parameters
from npbridge._presentation import Presents
from npbridge._primitive import Primitive, Saved
from npbridge._reach import may_reach_tensors
from npbridge._registration import Registers
from npbridge._rule import Words
from npbridge._rulebook import Rulebook
from npbridge._signature import Dims, Signature
from npbridge._torch_private import constant, is_compiling

P = ParamSpec("P")
R = TypeVar("R")


@constant
def _build(op: NumpyOp[..., Any]) -> None:
    """Build what the compiler traces. The class stays as it is: the compiler may start again, and
    must find what it found before.
    """
    if op.built_for is not op.rules:
        built = specialise(op, op.base)
        op.built, op.traceable, op.outside = built.__call__, built.traceable, built.outside
        op.built_for = op.rules


class NumpyOp(Presents, Registers, Primitive, Generic[P, R]):
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
    static: frozenset[str] = frozenset()
    """Arguments of an elementwise function that are one Python object for a whole call."""
    domain: Mapping[str, Any] = {}
    """Where its arguments may lie."""
    mutates: tuple[str, ...] = ()
    """The parameters that the function changes in place."""
    in_place: Any = None
    """The function that does so; `numpy` then is a pure one made of it."""
    traceable = False
    """Whether torch.compile can hold a call in a graph; decided with the eager path."""
    built: Callable[..., Any]
    """The generated `__call__` as a compiler finds it that comes before the first eager call."""
    outside: Callable[..., Any]
    """The call, marked to run between graphs."""

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
        vmap: str,
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
        self.vmap = vmap
        self.fake: Any = None
        self.vmap_rule: Any = None
        self.patterns = {}
        self.words = Words.beside(parameters)
        operands = len(signature.inputs) if signature else len(parameters.positional)
        self.order = (
            parameters.positional[:operands] if differentiable is None else tuple(differentiable)
        )
        self.differentiated = self.order if differentiable is not None else parameters.names
        self.rules = Rulebook(self)
        self.__name__ = name
        self.__qualname__ = getattr(fn, "__qualname__", name)
        self.__signature__ = parameters.signature
        self.__annotations__ = getattr(fn, "__annotations__", {})
        self.__module__ = module
        _namespace.announce(self)

    # -- the call ---------------------------------------------------------------------------------

    def __call__(self, /, *args: P.args, **kwargs: P.kwargs) -> R:
        """The first call builds the eager path; from then on `__call__` is generated code."""
        if is_compiling():
            _build(self)
        if is_compiling() or self.built_for is self.rules:
            # Compiled code looks for this very class: a little slower, and compiled once.
            return cast("R", self.built(self, *args, **kwargs))
        self.__class__ = specialise(self, self.base)
        return self(*args, **kwargs)

    def call_bound(self, values: tuple[Any, ...]) -> Any:
        """Any call: nested arguments, every dtype, device and transform."""
        call, tensors = Call.take(self, self.prepare(values))
        if not tensors:
            return self.compute(values)[0]
        outputs, outcome = execute(call, tensors)
        return outcome.fill(outputs)

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

    @property
    def overload(self) -> Any:
        """The `torch._ops.OpOverload` behind the op, for torch.library.opcheck and the like.

        Its first argument is the list of tensors. Other values go into `call`, a text of the
        library's own, which is empty where the other parameters have their defaults.
        """
        return self.dispatcher().op

    def digest(self) -> str:
        """A short text that changes with all that decides a result or a derivative."""
        return digest(*self.digest_ingredients())

    def digest_ingredients(self) -> tuple[Any, ...]:
        """All that decides a result or a derivative."""
        options = (self.vectorized, self.order, self.differentiated, self.out_dtypes)
        return (
            _namespace.versions(),
            self.name,
            self.numpy,
            self.signature and self.signature.text,
            (*options, self.residuals, self.vmap),
            (self.fake, self.vmap_rule),
            dict(self.rules.vjp),
            self.rules.jvp,
        )

    @functools.cached_property
    def pure(self) -> bool:  # type: ignore[override]  # asked once, where the op is defined
        """Whether nothing it runs can use torch."""
        return not may_reach_tensors(self.numpy)

    def defaults(self, values: tuple[Any, ...]) -> tuple[Any, ...]:
        """The values of a call that was given its first ones only."""
        return self.parameters.bind(values, {})

    def bind(
        self, tensors: Sequence[Tensor], token: str, numbers: Sequence[int]
    ) -> tuple[Call, list[Tensor]]:
        """The call and its tensors, out of the arguments of the dispatcher op."""
        call = Call.by_token(self, token, len(tensors))
        if not call.has_slots:
            return call, list(tensors)
        return call.with_extras(tensors[call.count :], numbers), list(tensors[: call.count])

    def run(self, call: Call, tensors: Sequence[Tensor]) -> tuple[list[Tensor], Outcome]:
        """Compute."""
        return run(call, tensors)

    def declared(self, call: Call, tensors: Sequence[Tensor]) -> tuple[list[Tensor], Outcome]:
        """What would come out."""
        return _shapes.declared(self, call, tensors)

    def check(
        self, call: Call, tensors: Sequence[Tensor], outputs: list[Tensor], outcome: Outcome
    ) -> None:
        """Compare with the register_fake rule; a signature is checked where it is computed."""
        if self.fake is not None:
            _shapes.check(self, call, tensors, outputs, outcome)

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
