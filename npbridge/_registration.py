"""How rules are registered with an op: the methods its authors call."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypedDict, TypeVar, Unpack, overload

from npbridge.errors import DeclarationError, sentence

if TYPE_CHECKING:
    from npbridge._rulebook import Rulebook

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


class Registers:
    """What an op offers to the authors of its rules."""

    rules: Rulebook
    label: str
    fake: Any
    vmap_rule: Any
    forget_overload: Callable[[], None]
    generated = False

    @property
    def base(self) -> type[Any]:
        """The class from which the eager path of this op is derived."""
        return next(c for c in type(self).__mro__ if not vars(c).get("generated"))

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
        self.rules = self.rules.with_vjp(
            rule, composite=composite, materialize=materialize_grads, replace=replace
        )
        self.forget_built()
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
        self.rules = self.rules.with_jvp(rule, composite=composite, replace=replace)
        self.forget_built()
        return rule

    def register_fake(self, rule: F, /, *, replace: bool = False) -> F:
        """Register what the outputs look like, for tracing where no signature tells it.

        Parameters
        ----------
        rule
            A function of the op's own parameters that returns tensors with the shapes and dtypes
            of the outputs, in their structure, as `x.new_empty(shape)`. It sees no numbers.
        replace
            Replace the rule there is.

        Returns
        -------
        The rule, so that this works as a decorator.

        Raises
        ------
        DeclarationError
            If there is a rule already, or `rule` is not a function.

        Examples
        --------
        >>> import numpy as np, torch
        >>> from npbridge import numpy_op
        >>> @numpy_op
        ... def doubled(x):
        ...     return np.concatenate([x, x])
        >>> @doubled.register_fake
        ... def _(x):
        ...     return x.new_empty(2 * x.shape[0])
        >>> torch.compile(doubled, fullgraph=True, backend="eager")(torch.ones(2))
        tensor([1., 1., 1., 1.])
        """
        self._once("register_fake", self.fake, rule, replace=replace)
        self.fake = rule
        self.forget_built()
        return rule

    def register_vmap(self, rule: F, /, *, replace: bool = False) -> F:
        """Register a batching rule for `torch.vmap`, as `torch.library.register_vmap` does.

        Parameters
        ----------
        rule
            A function `rule(info, in_dims, *args)`: `info.batch_size`, for each argument its
            batch dimension (None for one that is not batched; in the argument's own structure),
            and the arguments as tensors. It calls torch functions and npbridge ops, and returns
            the outputs and their batch dimensions.
        replace
            Replace the rule there is.

        Returns
        -------
        The rule, so that this works as a decorator.

        Raises
        ------
        DeclarationError
            If there is a rule already, or `rule` is not a function.

        Examples
        --------
        >>> import numpy as np, torch
        >>> from npbridge import numpy_op
        >>> @numpy_op
        ... def total(x):
        ...     return np.asarray(x).sum(axis=-1)
        >>> @total.register_vmap
        ... def _(info, in_dims, x):
        ...     return total(x.movedim(in_dims[0], 0)), 0
        >>> torch.vmap(total)(torch.ones(2, 3))
        tensor([3., 3.])
        """
        self._once("register_vmap", self.vmap_rule, rule, replace=replace)
        self.vmap_rule = rule
        self.forget_built()
        return rule

    def _once(self, how: str, before: Any, rule: Any, *, replace: bool) -> None:
        if not callable(rule):
            raise DeclarationError(
                sentence(
                    f"{how} of {self.label} was given no function.",
                    expected="a function",
                    got=repr(rule),
                )
            )
        if before is not None and not replace:
            raise DeclarationError(
                f"{self.label} has a {how} rule already.\nPass replace=True to {how} to replace it."
            )

    def forget_built(self) -> None:
        """After a change of rules both paths are built anew, at the next call."""
        self.__class__ = self.base
        self.forget_overload()
