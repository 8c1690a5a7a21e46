"""`NumpyOp`: the declaration of an op, its rules, and what it looks like to its users."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, ParamSpec, TypeVar, cast, overload

from torch import Tensor

from npbridge import _differentiate
from npbridge._batch import loop_forward
from npbridge._call import TENSOR, Call, execute
from npbridge._convert import Like, describe
from npbridge._eager import specialise
from npbridge._parameters import Parameters
from npbridge._primitive import UNSAVED, Primitive, Saved
from npbridge._rule import Composite, Kind, Rule, Words, make_rule
from npbridge._signature import Signature
from npbridge._torch_private import saved_tensor_hooks_active, tree_unflatten
from npbridge.errors import (
    DeclarationError,
    MissingDerivativeError,
    OutputError,
    PicklingError,
    sentence,
)

P = ParamSpec("P")
R = TypeVar("R")
F = TypeVar("F", bound=Callable[..., Any])


class _Carrier:
    """Holds residuals that are not arrays."""


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
        self.jvp_rule: Rule | None = None
        self._vjp: dict[str | None, Rule] = {}
        self._rule_primitives: dict[int, _differentiate.RulePrimitive] = {}
        self.__name__ = name
        self.__qualname__ = getattr(fn, "__qualname__", name)
        self.__doc__ = fn.__doc__
        self.__module__ = module
        self._eager: type[NumpyOp[P, R]] | None = None

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
        assert call.outcome is not None  # execute has run it
        return call.outcome.fill(outputs)

    def prepare(self, values: tuple[Any, ...]) -> tuple[Any, ...]:
        """The arguments as they are computed on; elementwise ops promote dtypes here."""
        return values

    def compute(self, values: tuple[Any, ...]) -> tuple[Any, Any]:
        """The result and the residuals of the forward function, checked against the signature."""
        bound = None
        if self.signature is not None:
            count = len(self.signature.inputs)
            shapes = [tuple(getattr(v, "shape", ())) for v in values[:count]]
            bound = self.signature.bind(self.name, self.names, shapes)
        residuals = None
        try:
            if bound is not None and not self.vectorized and bound.batch:
                result, residuals = loop_forward(self._forward, values, bound, self.residuals)
            else:
                result = self._forward(values)
                if self.residuals:
                    result, residuals = self._split(result)
        except Exception as error:
            self.explain(error, values)
            raise
        if bound is not None:
            outputs = result if isinstance(result, tuple) else (result,)
            bound.check_outputs([tuple(getattr(y, "shape", ())) for y in outputs])
        if self.out_dtypes is not None or bound is not None:
            self.check_dtypes(result, values)
        return result, residuals

    def _forward(self, values: tuple[Any, ...]) -> Any:
        return self.parameters.call(self.numpy, values)

    def _split(self, result: Any) -> tuple[Any, Any]:
        if not (isinstance(result, tuple) and len(result) == 2):
            raise OutputError(
                sentence(
                    f"{self.name} is declared with residuals=True.",
                    expected="(output, residuals)",
                    got=type(result).__name__,
                )
            )
        return result

    def check_dtypes(self, result: Any, values: tuple[Any, ...]) -> None:
        """Compare result dtypes with those declared, or with the operands' promoted dtype."""
        import numpy as np

        outputs = result if isinstance(result, tuple) else (result,)
        if self.out_dtypes is not None:
            declared: Sequence[Any] = [np.dtype(d) for d in self.out_dtypes]
        else:
            assert self.signature is not None  # or there is nothing to compare with
            operands = [v for v in values[: len(self.signature.inputs)] if hasattr(v, "dtype")]
            floats = [v.dtype for v in operands if v.dtype.kind in "fc"]
            if not floats:
                return
            declared = [np.result_type(*floats)] * len(outputs)
        got = [getattr(y, "dtype", None) for y in outputs]
        if len(got) != len(declared) or any(
            g is not None and g != d for g, d in zip(got, declared, strict=True)
        ):
            raise OutputError(
                sentence(
                    f"{self.name} returned another dtype than declared.",
                    expected=", ".join(map(str, declared)),
                    got=", ".join(map(str, got)),
                    remedy="Convert in the function with .astype(), or declare out_dtypes=.",
                )
            )

    def explain(self, error: Exception, values: tuple[Any, ...]) -> None:
        """Add to an exception of the user's function in which call it was raised."""
        if isinstance(error, OutputError):
            return
        given = ", ".join(f"{n}: {describe(v)}" for n, v in zip(self.names, values, strict=False))
        error.add_note(f"raised by the forward function of {self.name}({given})")
        if "read-only" in str(error):
            error.add_note("The arrays an op is given are read-only; work on a copy: x = x.copy().")

    # -- rules ------------------------------------------------------------------------------------

    @overload
    def register_vjp(self, rule: F, /, *, composite: bool = ..., materialize_grads: bool = ...,
                     replace: bool = ...) -> F: ...  # fmt: skip  # one declaration, read as one
    @overload
    def register_vjp(self, rule: None = None, /, *, composite: bool = ...,
                     materialize_grads: bool = ..., replace: bool = ...) -> Callable[[F], F]: ...  # fmt: skip  # one declaration, read as one
    @overload
    def register_vjp(self, rule: Mapping[str, Any], /, *, composite: bool = ...,
                     materialize_grads: bool = ..., replace: bool = ...) -> Mapping[str, Any]: ...  # fmt: skip  # one declaration, read as one

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
        if self._vjp and not replace:
            raise self._registered_twice("vjp")
        table = dict(rule) if isinstance(rule, Mapping) else {None: rule}
        unknown = [name for name in table if name is not None and name not in self.differentiated]
        if unknown:
            raise DeclarationError(
                sentence(
                    f"the vjp of {self.label} has a rule for {unknown[0]!r}, which is no parameter "
                    "it differentiates.",
                    expected=f"names out of {', '.join(self.differentiated)}",
                    got=unknown[0],
                )
            )
        made = {
            name: make_rule(
                fn,
                f"the vjp of {self.label}" + ("" if name is None else f" in {name!r}"),
                self.parameters,
                self.words.vjp(),
                kind=self._kind(fn, composite),
                residuals=self.residuals,
                target=name,
                materialize_grads=materialize_grads,
            )
            for name, fn in table.items()
        }
        self._vjp = cast("dict[str | None, Rule]", made)
        self._forget()
        return rule

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
        if self.jvp_rule is not None and not replace:
            raise self._registered_twice("jvp")
        self.jvp_rule = make_rule(
            rule,
            f"the jvp of {self.label}",
            self.parameters,
            self.words.jvp(),
            kind=self._kind(rule, composite),
            residuals=self.residuals,
        )
        self._forget()
        return rule

    def install_rules(self, vjp: Mapping[str | None, Rule], jvp: Rule | None) -> None:
        """Set rules that are made already."""
        self._vjp, self.jvp_rule = dict(vjp), jvp
        self._forget()

    def _kind(self, rule: Any, composite: bool) -> Kind:
        if composite or isinstance(rule, Composite):
            return Kind.COMPOSITE
        return Kind.DUAL if isinstance(rule, NumpyOp) else Kind.NUMPY

    def _registered_twice(self, mode: str) -> DeclarationError:
        return DeclarationError(
            f"{self.label} has a {mode} already.\n"
            f"Pass replace=True to register_{mode} to replace it."
        )

    def _forget(self) -> None:
        """After a change of rules the eager path is built anew, at the next call."""
        self.__class__ = self.base

    def rule_primitive(self, rule: Rule) -> _differentiate.RulePrimitive:
        """The computation that a NumPy rule is."""
        if id(rule) not in self._rule_primitives:
            self._rule_primitives[id(rule)] = _differentiate.RulePrimitive(self, rule)
        return self._rule_primitives[id(rule)]

    def vjp_rules(self, names: Sequence[str], mode: str = "vjp") -> list[tuple[Rule, list[str]]]:
        """The rules that give the gradients of these parameters, each with those it gives."""
        for name in names:
            if name not in self.differentiated or not (self._vjp.keys() & {None, name}):
                raise self.missing(name, mode)
        if None in self._vjp:
            return [(self._vjp[None], list(names))]
        return [(self._vjp[name], [name]) for name in names]

    def all_vjp_rules(self) -> dict[str | None, Rule]:
        """Every vjp rule, by the parameter it is for."""
        return self._vjp

    def missing(self, name: str, mode: str) -> MissingDerivativeError:
        """The error for a derivative that does not exist."""
        return _differentiate.missing_rule(self, name, mode)

    @property
    def broadcasts(self) -> bool:
        """Whether gradients may have the broadcast shape of the batch."""
        return self.signature is not None

    # -- as a primitive ---------------------------------------------------------------------------

    def wanted(self, names: Sequence[str]) -> set[str]:
        """What the vjp rules for these parameters name."""
        if None in self._vjp:
            return set(self._vjp[None].wants)
        return {word for n in names if n in self._vjp for word in self._vjp[n].wants}

    def save(
        self,
        ctx: Any,
        call: Call,
        inputs: Sequence[Tensor],
        outputs: Sequence[Tensor],
        needs: Sequence[bool],
    ) -> None:
        """Keep what the rules name, through save_for_backward."""
        spans = call.spans()
        reverse = self.wanted([n for n, indices in spans.items() if any(needs[i] for i in indices)])
        forward = set(self.jvp_rule.wants) if self.jvp_rule else self.wanted(self.names)
        assert call.outcome is not None  # the computation has just run
        ctx.outcome = call.outcome
        ctx.likes = ([Like.of(x) for x in inputs], [Like.of(y) for y in outputs])
        ctx.call = call.kept_for(self.names if "residuals" in reverse | forward else reverse | forward)
        residuals: list[Tensor] = []
        ctx.residuals = None
        if "residuals" in reverse and ctx.plain:
            tree, rest, residuals = _differentiate.split_residuals(call.outcome.residuals)
            carrier = inputs[0].new_empty(0)  # dies with the graph, as a saved tensor does
            cast("Any", carrier).residuals = _Carrier()
            cast("Any", carrier).residuals.leaves = rest
            residuals.append(carrier)
            # Hooks replace saved tensors, so then the node itself holds what is no array.
            ctx.residuals = (tree, carrier.residuals if saved_tensor_hooks_active() else None)  # type: ignore[attr-defined]  # set above
        call.outcome.residuals = None
        tensors = self._tensors_for(reverse, spans, inputs, outputs)
        ctx.save_for_backward(*tensors, *residuals)
        ctx.save_for_forward(*self._tensors_for(forward, spans, inputs, outputs))

    def _tensors_for(
        self,
        words: set[str],
        spans: Mapping[str, list[int]],
        inputs: Sequence[Tensor],
        outputs: Sequence[Tensor],
    ) -> list[Tensor | None]:
        kept: list[Tensor | None] = [None] * len(inputs)
        for name, indices in spans.items():
            if name in words or "residuals" in words:
                for i in indices:
                    kept[i] = inputs[i]
        out = any(word in words for word in self.words.out)
        return kept + [y if out else None for y in outputs]

    def load(self, ctx: Any, tensors: Sequence[Tensor | None]) -> Saved:
        """What was kept, with the residuals put together again."""
        input_likes, output_likes = ctx.likes
        split = len(input_likes)
        stop = split + len(output_likes)
        residuals: Any = UNSAVED
        if ctx.residuals is not None and len(tensors) > stop:
            tree, held = ctx.residuals
            arrays = iter(tensors[stop:-1])
            held = held or cast("Any", tensors[-1]).residuals
            leaves = [next(arrays) if x is TENSOR else x for x in held.leaves]
            residuals = tree_unflatten(leaves, tree)
        return Saved(
            list(tensors[:split]),
            list(tensors[split:stop]),
            input_likes,
            output_likes,
            ctx.outcome,
            residuals,
        )

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
        rules = [mode for mode, there in (("vjp", self._vjp), ("jvp", self.jvp_rule)) if there]
        return f"<numpy_op {self.name}{self.parameters.signature}{core}, {' and '.join(rules) or 'no rules'}>"

    def __reduce__(self) -> str:
        """Pickled by reference, as functions are."""
        found: Any = sys.modules.get(self.__module__)
        for part in self.__qualname__.split("."):
            found = getattr(found, part, None)
        if found is self:
            return self.__qualname__
        for name, value in vars(sys.modules.get(self.__module__, sys)).items():
            if value is self:
                self.__qualname__ = name
                return name
        raise PicklingError(
            f"{self.name} cannot be pickled: {self.__module__}.{self.__qualname__} is not this op.\n"
            "Assign the op to a name at the top level of its module."
        )
