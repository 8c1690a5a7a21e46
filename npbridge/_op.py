"""`NumpyOp`: the declaration of an op, its rules, and what it looks like to its users."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any, Generic, ParamSpec, TypedDict, TypeVar, Unpack, overload

from torch import Tensor

from npbridge import _differentiate, _forward, _saving
from npbridge._call import Call, execute
from npbridge._eager import specialise
from npbridge._parameters import Parameters
from npbridge._primitive import Primitive, Saved
from npbridge._rule import Rule, Words
from npbridge._rulebook import Rulebook
from npbridge._signature import Signature
from npbridge.errors import PicklingError

P = ParamSpec("P")
R = TypeVar("R")
F = TypeVar("F")


class VjpOptions(TypedDict, total=False):
    """The options of `register_vjp`."""

    composite: bool
    materialize_grads: bool
    replace: bool


class JvpOptions(TypedDict, total=False):
    """The options of `register_jvp`."""

    composite: bool
    replace: bool


class NumpyOp(Primitive, Generic[P, R]):
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

    generated = False

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
        self._rule_primitives: dict[int, _differentiate.RulePrimitive] = {}
        self.__name__ = name
        self.__qualname__ = getattr(fn, "__qualname__", name)
        self.__doc__ = fn.__doc__
        self.__module__ = module

    # -- the call ---------------------------------------------------------------------------------

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """The first call builds the eager path; from then on `__call__` is generated code."""
        self.__class__ = specialise(self, self.base)
        return self(*args, **kwargs)

    @property
    def base(self) -> type[Any]:
        """The class from which the eager path of this op is derived."""
        return next(c for c in type(self).__mro__ if not vars(c).get("generated"))

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

    @overload
    def register_vjp(self, rule: F, /, **options: Unpack[VjpOptions]) -> F: ...
    @overload
    def register_vjp(
        self, rule: None = None, /, **options: Unpack[VjpOptions]
    ) -> Callable[[F], F]: ...

    def register_vjp(
        self,
        rule: Any = None,
        /,
        *,
        composite: bool = False,
        materialize_grads: bool = True,
        replace: bool = False,
    ) -> Any:
        """Register the reverse rule: what it names it is given, gradients are what it returns.

        Parameters
        ----------
        rule
            A function that names what it needs out of `grad` (the cotangent; a tuple for several
            outputs), `out` (the output), the parameters of the op, `needs_input_grad` (a mapping
            from parameter to bool) and `residuals`; an op with rules of its own; or a mapping
            from parameter names to such rules, of which only those needed run. It returns a
            tuple with one gradient for each differentiable parameter, a mapping by name, or,
            where one argument is a floating-point tensor, a bare gradient. None is no gradient.
        composite
            The rule is written with torch functions and npbridge ops: it is given tensors, and
            can be differentiated to any order.
        materialize_grads
            Give zeros, rather than None, for cotangents of outputs that were not used.
        replace
            Replace the rule there is.

        Returns
        -------
        The rule, so that this works as a decorator.

        Raises
        ------
        DeclarationError
            If the rule asks for what does not exist, or there is a rule already.

        Examples
        --------
        >>> import numpy as np, torch
        >>> from npbridge import numpy_op
        >>> @numpy_op
        ... def scaled(x, k):
        ...     return k * x
        >>> @scaled.register_vjp
        ... def _(grad, k):
        ...     return {"x": k * grad}
        >>> x = torch.ones(2, requires_grad=True)
        >>> scaled(x, 3.0).sum().backward()
        >>> x.grad
        tensor([3., 3.])
        """
        if rule is None:
            return lambda fn: self.register_vjp(
                fn, composite=composite, materialize_grads=materialize_grads, replace=replace
            )
        self.rules.register_vjp(
            rule, composite=composite, materialize=materialize_grads, replace=replace
        )
        self.forget_eager()
        return rule

    @overload
    def register_jvp(self, rule: F, /, **options: Unpack[JvpOptions]) -> F: ...
    @overload
    def register_jvp(
        self, rule: None = None, /, **options: Unpack[JvpOptions]
    ) -> Callable[[F], F]: ...

    def register_jvp(
        self, rule: Any = None, /, *, composite: bool = False, replace: bool = False
    ) -> Any:
        """Register the forward rule.

        Parameters
        ----------
        rule
            A function that names what it needs out of `tangents` (a mapping from parameter to
            tangent, None where unperturbed), `out`, the parameters of the op, and `residuals`,
            and returns the tangent of the output, in the output's structure; or an op.
        composite
            The rule is written with torch functions and npbridge ops.
        replace
            Replace the rule there is.

        Returns
        -------
        The rule, so that this works as a decorator.

        Examples
        --------
        >>> import numpy as np, torch
        >>> from npbridge import numpy_op
        >>> @numpy_op
        ... def sine(x):
        ...     return np.sin(x)
        >>> @sine.register_jvp
        ... def _(tangents, x):
        ...     return tangents["x"] * np.cos(x)
        >>> torch.func.jvp(sine, (torch.zeros(1),), (torch.ones(1),))
        (tensor([0.]), tensor([1.]))
        """
        if rule is None:
            return lambda fn: self.register_jvp(fn, composite=composite, replace=replace)
        self.rules.register_jvp(rule, composite=composite, replace=replace)
        self.forget_eager()
        return rule

    def forget_eager(self) -> None:
        """After a change of rules the eager path is built anew, at the next call."""
        self.__class__ = self.base

    def rule_primitive(self, rule: Rule) -> _differentiate.RulePrimitive:
        """The computation that a NumPy rule is."""
        if id(rule) not in self._rule_primitives:
            self._rule_primitives[id(rule)] = _differentiate.RulePrimitive(self, rule)
        return self._rule_primitives[id(rule)]

    @property
    def broadcasts(self) -> bool:
        """Whether gradients may have the broadcast shape of the batch."""
        return self.signature is not None

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
