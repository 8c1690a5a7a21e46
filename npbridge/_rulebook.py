"""The rules of one op: registered here, found here."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from npbridge._rule import Composite, Kind, Rule, make_rule
from npbridge.errors import DeclarationError, MissingDerivativeError, sentence

if TYPE_CHECKING:
    from npbridge._op import NumpyOp
    from npbridge._rule_primitive import RulePrimitive


@dataclass(frozen=True)
class Rulebook:
    """The vjp rules of an op by parameter, under None one that gives all gradients, and its jvp.

    A registration makes a new one: graphs that exist keep the rules they were recorded with.
    """

    op: NumpyOp[..., Any]
    vjp: Mapping[str | None, Rule] = field(default_factory=dict)
    jvp: Rule | None = None
    primitives: dict[int, RulePrimitive] = field(default_factory=dict)
    """The computation each NumPy rule is, by the rule's id, made on first use."""
    wanted_by: dict[Any, Any] = field(default_factory=dict)
    """What a kind of call keeps for these rules; filled by `_saving`."""

    def with_vjp(self, rule: Any, *, composite: bool, materialize: bool, replace: bool) -> Rulebook:
        """The same with a reverse rule, or one for each parameter of a mapping."""
        op = self.op
        if self.vjp and not replace:
            raise self._twice("vjp")
        table = dict(rule) if isinstance(rule, Mapping) else {None: rule}
        unknown = [name for name in table if name is not None and name not in op.differentiated]
        if unknown:
            raise DeclarationError(
                sentence(
                    f"the vjp of {op.label} has a rule for {unknown[0]!r}, which is no parameter "
                    "it differentiates.",
                    expected=f"names out of {', '.join(op.differentiated)}",
                    got=unknown[0],
                )
            )
        made = {
            name: make_rule(
                fn,
                f"the vjp of {op.label}" + ("" if name is None else f" in {name!r}"),
                op.parameters,
                op.words.vjp(),
                kind=_kind(fn, composite),
                residuals=op.residuals,
                target=name,
                materialize_grads=materialize,
            )
            for name, fn in table.items()
        }
        return Rulebook(op, made, self.jvp)

    def with_jvp(self, rule: Any, *, composite: bool, replace: bool) -> Rulebook:
        """The same with a forward rule."""
        if self.jvp is not None and not replace:
            raise self._twice("jvp")
        made = make_rule(
            rule,
            f"the jvp of {self.op.label}",
            self.op.parameters,
            self.op.words.jvp(),
            kind=_kind(rule, composite),
            residuals=self.op.residuals,
        )
        return Rulebook(self.op, self.vjp, made)

    def primitive(self, rule: Rule) -> RulePrimitive:
        """The computation that a NumPy rule is."""
        from npbridge._rule_primitive import RulePrimitive

        mode = "jvp" if rule is self.jvp else "vjp"
        found = self.primitives.get(id(rule))
        return found or self.primitives.setdefault(id(rule), RulePrimitive(self.op, rule, mode))

    def numpy_rules(self) -> list[RulePrimitive]:
        """The computations that the NumPy rules are."""
        rules = [*self.vjp.values(), *([self.jvp] if self.jvp else [])]
        return [self.primitive(rule) for rule in rules if rule.kind is Kind.NUMPY]

    def vjp_for(self, names: Sequence[str], mode: str = "vjp") -> list[tuple[Rule, list[str]]]:
        """The rules that give the gradients of these parameters, each with those it gives."""
        for name in names:
            if name not in self.op.differentiated or not (self.vjp.keys() & {None, name}):
                raise self.missing(name, mode)
        if None in self.vjp:
            return [(self.vjp[None], list(names))]
        return [(self.vjp[name], [name]) for name in names]

    def wanted(self, names: Collection[str]) -> set[str]:
        """What the vjp rules for these parameters name."""
        if None in self.vjp:
            return set(self.vjp[None].wants)
        return {word for n in names if n in self.vjp for word in self.vjp[n].wants}

    def wanted_forward(self, names: Collection[str]) -> set[str]:
        """What forward mode names: the jvp, or the vjp that is transposed for want of one."""
        return set(self.jvp.wants) if self.jvp else self.wanted(names)

    def missing(self, name: str, mode: str) -> MissingDerivativeError:
        """The error for a derivative that nobody registered."""
        op = self.op
        if name not in op.differentiated:
            return MissingDerivativeError(
                sentence(
                    f"{op.label} is not differentiable with respect to {name!r}: it was declared "
                    f"with differentiable={op.order!r}.",
                    remedy=f"Pass {name}.detach(), or name it in differentiable=.",
                )
            )
        return MissingDerivativeError(
            f"{op.label} has no {mode} for {name!r}.\n"
            f"Register one with @{op.name}.register_{mode}, or pass {name}.detach()."
        )

    def _twice(self, mode: str) -> DeclarationError:
        return DeclarationError(
            f"{self.op.label} has a {mode} already.\n"
            f"Pass replace=True to register_{mode} to replace it."
        )


def _kind(rule: Any, composite: bool) -> Kind:
    from npbridge._op import NumpyOp

    if composite or isinstance(rule, Composite):
        return Kind.COMPOSITE
    return Kind.DUAL if isinstance(rule, NumpyOp) else Kind.NUMPY
