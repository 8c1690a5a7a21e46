"""The text of a Function's backward on arrays; `_eager` says how it reads."""

from __future__ import annotations

from npbridge._eager_source import FRESH, ForwardSource
from npbridge._rule import Rule
from npbridge._torch_private import GUARD


class Source(ForwardSource):
    """The text of all three functions of one op."""

    def backward(self) -> list[str]:
        """`Function.backward` on arrays; anything unusual goes to slow_backward."""
        if not (self.on_arrays and self.rules):
            return ["def backward(ctx, *grads_): return slow_backward(op, ctx, grads_)"]
        count = len(self.names)
        lines = [
            "def backward(ctx, g_, *more_):",
            f" if more_ or grad_on() or {GUARD}:",
            "  return slow_backward(op, ctx, (g_, *more_))",
            f" if g_ is None: return {(None,) * count}",
            f" {self._unpacked()}= saved_ = ctx.saved_tensors",
            *([" needs_ = needs_of(ctx)"] if count > 1 else []),
            " try:",
            "  ga_ = g_.numpy(); ga_.setflags(False)",
        ]
        for i in range(count):
            if self.kept(i) != "False":
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
        lines += [" except (RuntimeError, TypeError): return slow_backward(op, ctx, (g_,), saved_)"]
        if None in self.rules:
            lines += self._whole_rule(self.rules[None])
        else:
            lines += [line for i in range(count) for line in self._rule_of(i)]
        lines += [f" return {''.join(f'r{i}_, ' for i in range(count))}"]
        return lines

    def _whole_rule(self, rule: Rule) -> list[str]:
        self.namespace["rule"], self.namespace["explain_rule"] = rule.fn, rule.explain
        order = [self.op.names.index(name) for name in self.op.order]
        others = [i for i in range(len(self.names)) if i not in order]
        every = "".join(f"r{i}_, " for i in range(len(self.names)))
        lines = [f" r{i}_ = None" for i in others]
        lines += [
            f" if {self.needs[i]}: raise ctx.rules.missing({self.op.names[i]!r}, 'vjp')"
            for i in others
            if self.op.names[i] not in self.op.differentiated
        ]
        lines += self._run_rule(" result_", "rule", rule)
        plain = "".join(f" and not {self.needs[i]}" for i in others)
        if len(self.names) == 1:
            lines += [
                " if type(result_) is ndarray: r0_ = result_",
                " elif type(result_) is tuple and len(result_) == 1: r0_, = result_",
            ]
        else:
            targets = "".join(f"r{i}_, " for i in order)
            lines += [
                f" if type(result_) is tuple and len(result_) == {len(order)}{plain}: "
                f"{targets}= result_"
            ]
        lines += [
            f" else: {every}= arrange(op, ctx, saved_, result_, {self._mask()})",
            " del result_",
        ]
        for i in range(len(self.names)):
            lines += [
                f" if {self.needs[i]}:",
                *self._checked(i, rule.label),
                f" else: r{i}_ = None",
            ]
        return lines

    def _rule_of(self, i: int) -> list[str]:
        name = self.op.names[i]
        if name not in self.rules:
            missing = f"raise ctx.rules.missing({name!r}, 'vjp')"
            return [f" r{i}_ = None", f" if {self.needs[i]}: {missing}"]
        rule = self.rules[name]
        self.namespace[f"rule{i}"] = rule.fn
        self.namespace[f"explain_rule{i}"] = rule.explain
        return [
            f" r{i}_ = None",
            f" if {self.needs[i]}:",
            *self._run_rule(f"  r{i}_", f"rule{i}", rule),
            *self._checked(i, rule.label),
        ]

    def _run_rule(self, target: str, name: str, rule: Rule) -> list[str]:
        space = " " * (len(target) - len(target.lstrip()))
        values = self._arguments(rule, keywords=False)
        explain = f"explain_{name}(error, [{values}])"
        return [
            f"{space}try: {target.lstrip()} = {name}({self._arguments(rule)})",
            f"{space}except Exception as error: {explain}; raise",
        ]

    def _checked(self, i: int, label: str) -> list[str]:
        """A gradient back to a tensor; what is not plainly right is looked at by slow_gradient."""
        r, name = f"r{i}_", self.op.names[i]
        if self.kept(i) == "True":
            like, same = f"a{i}_", f"{r}.dtype is a{i}_.dtype and {r}.shape == a{i}_.shape"
        else:
            like = f"s{i}_ if s{i}_ is not None else ctx.like{i}_"
            same = f"s{i}_ is not None and {r}.dtype is a{i}_.dtype and {r}.shape == a{i}_.shape"
            if self.kept(i) == "False":
                like = f"ctx.like{i}_"
                same = f"{r}.shape == {like}[0] and {r}.dtype is {like}[1]"
        return [
            f"  if {FRESH.format(y=r)} and {same}: {r} = from_numpy({r})",
            f"  elif {r} is not None: {r} = gradient(op, {label!r}, {name!r}, {r}, {like}, ga_)",
        ]

    def _arguments(self, rule: Rule, *, keywords: bool = True) -> str:
        places = {name: f"a{i}_" for i, name in enumerate(self.op.names)}
        words = dict.fromkeys(self.op.words.grad, "ga_") | dict.fromkeys(self.op.words.out, "y_")
        mask = ", ".join(f"{n!r}: {self.needs[i]}" for i, n in enumerate(self.op.names))
        places = {"needs_input_grad": f"{{{mask}}}", **words, **places}
        return ", ".join(
            [places[name] for name in rule.positional]
            + [f"{name}={places[name]}" if keywords else places[name] for name in rule.keyword]
        )

    def _mask(self) -> str:
        return "(True,)" if len(self.names) == 1 else "needs_"

    def _unpacked(self) -> str:
        names = [f"s{i}_" for i in range(len(self.names)) if self.kept(i) != "False"]
        names += ["y_"] if self.condition(*self.op.words.out) != "False" else []
        return "".join(f"{name}, " for name in names) or "_"
