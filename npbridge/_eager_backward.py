"""The text of a Function's backward on arrays; `_eager` says how it reads."""

from __future__ import annotations

from npbridge._eager_source import FRESH, ForwardSource
from npbridge._rule import Rule


class Source(ForwardSource):
    """The text of all three functions of one op."""

    def backward(self) -> list[str]:
        """`Function.backward` on arrays; anything unusual goes to slow_backward."""
        if not (self.on_arrays and self.rules):
            return ["def backward(ctx, *grads_): return slow_backward(op, ctx, grads_)"]
        count = len(self.names)
        lines = [
            "def backward(ctx, g_, *more_):",
            " if more_ or grad_on() or transforms(): return slow_backward(op, ctx, (g_, *more_))",
            f" if g_ is None: return {(None,) * count}",
            f" {self._unpacked()}= ctx.saved_tensors",
            *([" needs_ = needs_of(ctx)"] if count > 1 else []),
            " try:",
            "  ga_ = g_.numpy(); ga_.setflags(False)",
        ]
        for i in range(count):
            if self.condition(self.names[i]) != "False":
                lines += [
                    *(
                        [f"  if s{i}_ is None: a{i}_ = ctx.values[{i}]", "  else:"]
                        if count > 1
                        else ["  if True:"]
                    ),
                    f"   a{i}_ = s{i}_.numpy(); a{i}_.setflags(False)",
                ]
        if self.condition(*self.op.words.out) != "False":
            lines += ["  if y_ is not None: y_ = y_.numpy(); y_.setflags(False)"]
        lines += [" except (RuntimeError, TypeError): return slow_backward(op, ctx, (g_,))"]
        if None in self.rules:
            lines += self._whole_rule(self.rules[None])
        else:
            lines += [line for i in range(count) for line in self._rule_of(i)]
        lines += [f" return {''.join(f'r{i}_, ' for i in range(count))}"]
        return lines

    def _whole_rule(self, rule: Rule) -> list[str]:
        self.namespace["rule"] = rule.fn
        order = [self.names.index(name) for name in self.op.order]
        targets = "".join(f"r{i}_, " for i in order)
        every = "".join(f"r{i}_, " for i in range(len(self.names)))
        lines = [f" r{i}_ = None" for i in range(len(self.names)) if i not in order]
        lines += [f" result_ = rule({self._arguments(rule)})"]
        if len(self.names) == 1:
            lines += [
                " if type(result_) is ndarray: r0_ = result_",
                " elif type(result_) is tuple and len(result_) == 1: r0_, = result_",
            ]
        else:
            lines += [
                f" if type(result_) is tuple and len(result_) == {len(order)}: {targets}= result_"
            ]
        lines += [f" else: {every}= arrange(op, ctx, result_, {self._mask()})", " del result_"]
        for i in range(len(self.names)):
            lines += [
                f" if {self.needs[i]}:",
                *self._checked(i, rule.label),
                f" else: r{i}_ = None",
            ]
        return lines

    def _rule_of(self, i: int) -> list[str]:
        name = self.names[i]
        if name not in self.rules:
            return [
                f" r{i}_ = None",
                f" if {self.needs[i]}: raise op.rules.missing({name!r}, 'vjp')",
            ]
        rule = self.rules[name]
        self.namespace[f"rule{i}"] = rule.fn
        return [
            f" r{i}_ = None",
            f" if {self.needs[i]}:",
            f"  r{i}_ = rule{i}({self._arguments(rule)})",
            *self._checked(i, rule.label),
        ]

    def _checked(self, i: int, label: str) -> list[str]:
        """A gradient back to a tensor; what is not plainly right is looked at by slow_gradient."""
        r, name = f"r{i}_", self.names[i]
        if self.condition(name) == "True":
            like, same = f"a{i}_", f"{r}.dtype is a{i}_.dtype and {r}.shape == a{i}_.shape"
        else:
            like = f"s{i}_ if s{i}_ is not None else ctx.like{i}_"
            same = f"s{i}_ is not None and {r}.dtype is a{i}_.dtype and {r}.shape == a{i}_.shape"
            if self.condition(name) == "False":
                like = f"ctx.like{i}_"
                same = f"{r}.shape == {like}[0] and {r}.dtype is {like}[1]"
        return [
            f"  if {FRESH.format(y=r)} and {same}: {r} = from_numpy({r})",
            f"  elif {r} is not None: {r} = gradient(op, {label!r}, {name!r}, {r}, {like})",
        ]

    def _arguments(self, rule: Rule) -> str:
        places = {name: f"a{i}_" for i, name in enumerate(self.names)}
        places |= dict.fromkeys(self.op.words.grad, "ga_") | dict.fromkeys(self.op.words.out, "y_")
        mask = ", ".join(f"{n!r}: {self.needs[i]}" for i, n in enumerate(self.names))
        places.setdefault("needs_input_grad", f"{{{mask}}}")
        return ", ".join(
            [places[name] for name in rule.positional]
            + [f"{name}={places[name]}" for name in rule.keyword]
        )

    def _mask(self) -> str:
        return "(True,)" if len(self.names) == 1 else "needs_"

    def _unpacked(self) -> str:
        names = [f"s{i}_" for i, n in enumerate(self.names) if self.condition(n) != "False"]
        names += ["y_"] if self.condition(*self.op.words.out) != "False" else []
        return "".join(f"{name}, " for name in names) or "_"
