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

What these do not serve (second derivatives, several outputs, lazy bits, ...) goes to `slow_*` and
`call_bound`, which serve everything.
"""

from __future__ import annotations

import linecache
from sys import getrefcount
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor
from torch.autograd import forward_ad

from npbridge._call import TENSOR
from npbridge._convert import ATOMS, FLOATS, PLAIN, Elsewhere, view
from npbridge._dispatch import class_name
from npbridge._eager_slow import (
    slow_arrange,
    slow_backward,
    slow_finish,
    slow_gradient,
    slow_needs,
    unpack,
)
from npbridge._rule import Kind, Rule
from npbridge._torch_private import (
    c_apply,
    dispatch_modes_active,
    is_compiling,
    outside_compile,
    set_node_defaults,
    transforms_active,
)

if TYPE_CHECKING:
    from npbridge._op import NumpyOp

_FRESH = "type({y}) is ndarray and {y}.base is None and refs({y}) <= 2"


def specialise(op: NumpyOp[..., Any], base: type[Any]) -> type[Any]:
    """A subclass of `base` whose `__call__` is generated for this op and its present rules."""
    if any(p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD) for p in _listed(op)):

        def bind_and_call(self: Any, *args: Any, **kwargs: Any) -> Any:
            values = self.parameters.bind(args, kwargs)
            return outside(self, values) if is_compiling() else self.call_bound(values)

        outside = outside_compile(base.call_bound)
        return type(base.__name__, (base,), {"__call__": bind_and_call, "generated": True})
    namespace: dict[str, Any] = {
        "PLAIN": PLAIN, "FLOATS": FLOATS, "ATOMS": ATOMS, "half": torch.float16,
        "SCALARS": frozenset({np.float64, np.float32}), "Elsewhere": Elsewhere, "Tensor": Tensor, "ndarray": np.ndarray,
        "refs": getrefcount, "from_numpy": torch.from_numpy, "view": view, "op": op,
        "fn": op.numpy, "compute": op.compute, "explain": op.explain,
        "bound": base.call_bound, "outside": outside_compile(base.call_bound),
        "is_compiling": is_compiling, "transforms": transforms_active,
        "modes": dispatch_modes_active, "fw": forward_ad, "grad_on": torch.is_grad_enabled,
        "needs_of": slow_needs, "slow_backward": slow_backward, "finish": slow_finish,
        "arrange": slow_arrange, "gradient": slow_gradient, "unpack": unpack,
        "TENSOR": TENSOR, "asarray": np.asarray, 
    }  # fmt: skip  # a table
    source = _Source(op, namespace)
    text = "\n".join([*source.call(), *source.forward(), *source.backward()])
    filename = f"<npbridge {op.name}>"
    linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
    exec(compile(text, filename, "exec"), namespace)  # noqa: S102  # our own text, see above
    node = type(
        class_name(op.name),
        (torch.autograd.Function,),
        {"forward": staticmethod(namespace["forward"]),
         "backward": staticmethod(namespace["backward"])},
    )  # fmt: skip  # a table
    namespace["apply"] = c_apply(node)
    saved = [n for n in op.names if source.names_kept(n)]
    set_node_defaults(node, values=(TENSOR,) * len(op.names), kept=saved, outcome=None)
    members = {"__call__": namespace["__call__"], "generated": True, "__module__": base.__module__}
    return type(base.__name__, (base,), members)


class _Source:
    """The text of the three functions of one op."""

    def __init__(self, op: NumpyOp[..., Any], namespace: dict[str, Any]) -> None:
        self.op, self.namespace = op, namespace
        self.names = op.names
        # With one parameter there is nothing to ask once it is known to be a tensor; Python folds
        # the constant away.
        single = len(self.names) == 1
        self.t = ["True"] if single else [f"t{i}_" for i in range(len(self.names))]
        self.needs = ["True"] if single else [f"needs_[{i}]" for i in range(len(self.names))]
        self.values = "(" + "".join(f"{n}, " for n in self.names) + ")"
        self.rules = op.rules.vjp
        self.checked = op.signature is not None and not op.elementwise
        self.trusted = op.elementwise and isinstance(op.numpy, np.ufunc)
        self.on_arrays = (
            not op.residuals
            and all(r.kind is not Kind.COMPOSITE for r in self.rules.values())
            and (op.signature is None or op.vectorized)
        )

    def call(self) -> list[str]:
        """`__call__`: the guards, then the Function or, where no gradient is wanted, NumPy."""
        values, fall = self.values, f"return bound(self_, {self.values})"
        lines = [
            f"def __call__(self_, {self._parameters()}):",
            f" if is_compiling(): return outside(self_, {values})",
            f" if transforms() or modes() or fw._current_level >= 0: {fall}",
        ]
        plain = f"fn({self._passed('')})" if self.op.elementwise else f"compute({values})[0]"
        halves = not self.op.elementwise
        if len(self.names) == 1:
            (name,) = self.names
            lines += [f" if type({name}) not in PLAIN:",
                      f"  if type({name}) in ATOMS: return {plain}",
                      f"  {fall}",
                      *([f" if {name}.dtype is half: {fall}"] if halves else []),
                      f" grad_ = {name}.requires_grad"]  # fmt: skip  # a text
        else:
            lines += [" grad_ = False"]
            for i, name in enumerate(self.names):
                lines += [
                    f" t{i}_ = type({name}) in PLAIN",
                    f" if t{i}_:",
                    *([f"  if {name}.dtype is half: {fall}"] if halves else []),
                    f"  if {name}.requires_grad: grad_ = True",
                    f" elif type({name}) not in ATOMS: {fall}",
                ]
            lines += [f" if not ({' or '.join(self.t) or 'False'}): return {plain}"]
        lines += self._same_dtype(fall)
        if self.op.residuals:
            return [*lines, f" {fall}"]
        lines += [
            " if grad_ and grad_on():",
            f"  try: y_ = apply({', '.join(self.names)})",
            f"  except Elsewhere: {fall}",
            "  return y_ if type(y_) is Tensor else unpack(y_)",
            " try:",
            *[f"  a{i}_ = {n}.numpy() if {self.t[i]} else {n}" for i, n in enumerate(self.names)],
            f" except (RuntimeError, TypeError): {fall}",
            *self._run(),
            f" if {self._fresh()}:",
            "  try: return from_numpy(y_)",
            "  except (TypeError, ValueError): pass",
            " box_ = [y_]; del y_",
            f" outputs_, outcome_ = finish(op, box_, {values})",
            " return outcome_.fill(outputs_)",
        ]
        return lines

    def forward(self) -> list[str]:
        """`Function.forward`, which runs without grad mode."""
        conditions = [self._condition(name) for name in self.names]
        lines = [
            f"def forward(ctx, {', '.join(self.names)}):",
            " ctx.set_materialize_grads(False)",
        ]
        if any("needs_" in c for c in conditions):
            lines += [" needs_ = ctx.needs_input_grad"]
        for i, name in enumerate(self.names):
            if self.t[i] != "True":
                lines += [f" t{i}_ = type({name}) in PLAIN"]
            lines += [
                f" if {self.t[i]}:",
                f"  try: a{i}_ = {name}.numpy()",
                f"  except (RuntimeError, TypeError): a{i}_ = view({name})",
                f" else: a{i}_ = {name}",
            ]
        kept = "".join(self._kept(i) + ", " for i in range(len(self.names)))
        every = " and ".join(self.t) or "True"
        lines += [
            *self._run(),
            f" if {self._fresh()}:",
            "  try: out_ = from_numpy(y_)",
            "  except (TypeError, ValueError): out_ = None",
            " else: out_ = from_numpy(asarray(y_)) if type(y_) in SCALARS else None",
            f" if not ({every}): ctx.values = ({kept})",
            *[f" if {self.t[i]} and not ({c}): ctx.like{i}_ = (a{i}_.shape, a{i}_.dtype)"
              for i, c in enumerate(conditions) if c != "True"],
            " if out_ is None:",
            "  box_ = [y_]; del y_",
            f"  outputs_, outcome_ = finish(op, box_, {self.values}, ctx)",
            "  if not outcome_.is_one_tensor:",
            "   ctx.outcome = outcome_",
            f"   ctx.save_for_backward({self._saved('*outputs_')})",
            "   return (*outputs_, outcome_)",
            "  out_ = outputs_[0]",
            f" ctx.save_for_backward({self._saved('out_')})",
            " return out_",
        ]  # fmt: skip  # a text
        return lines

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
            "  ga_ = g_.numpy(); ga_.flags.writeable = False",
        ]
        for i in range(count):
            if self._condition(self.names[i]) != "False":
                lines += [
                    *([f"  if s{i}_ is None: a{i}_ = ctx.values[{i}]", "  else:"]
                      if count > 1 else ["  if True:"]),
                    f"   a{i}_ = s{i}_.numpy(); a{i}_.flags.writeable = False",
                ]  # fmt: skip  # a text
        if self._condition(*self.op.words.out) != "False":
            lines += ["  if y_ is not None: y_ = y_.numpy(); y_.flags.writeable = False"]
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
            lines += [" if type(result_) is ndarray: r0_ = result_",
                      " elif type(result_) is tuple and len(result_) == 1: r0_, = result_"]  # fmt: skip  # a text
        else:
            lines += [f" if type(result_) is tuple and len(result_) == {len(order)}: "
                      f"{targets}= result_"]  # fmt: skip  # a text
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
        if self._condition(name) == "True":
            like, same = f"a{i}_", f"{r}.dtype is a{i}_.dtype and {r}.shape == a{i}_.shape"
        else:
            like = f"s{i}_ if s{i}_ is not None else ctx.like{i}_"
            same = f"s{i}_ is not None and {r}.dtype is a{i}_.dtype and {r}.shape == a{i}_.shape"
            if self._condition(name) == "False":
                like = f"ctx.like{i}_"
                same = f"{r}.shape == {like}[0] and {r}.dtype is {like}[1]"
        return [
            f"  if {_FRESH.format(y=r)} and {same}: {r} = from_numpy({r})",
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

    def _condition(self, *words: str) -> str:
        """Python text: is one of `words` named by a rule that this call may need?"""
        if None in self.rules:
            return str(any(word in self.rules[None].wants for word in words))
        users = [
            self.needs[i]
            for i, name in enumerate(self.names)
            if name in self.rules and any(word in self.rules[name].wants for word in words)
        ]
        return " or ".join(users) or "False"

    def _kept(self, i: int) -> str:
        """What a node keeps of an argument that is no tensor: nothing, unless a rule names it."""
        name = self.names[i]
        if self._condition(name) == "False":
            return f"TENSOR if {self.t[i]} else None"
        return f"TENSOR if {self.t[i]} else {name}.copy() if type({name}) is ndarray else {name}"

    def _run(self) -> list[str]:
        """The forward function on arrays a0_, a1_, ...; its result in y_."""
        lines = []
        if not self.trusted:
            lines += [f" if {t}: a{i}_.flags.writeable = False" for i, t in enumerate(self.t)]
        if self.checked or self.op.out_dtypes is not None:
            arrays = "".join(f"a{i}_, " for i in range(len(self.names)))
            return [*lines, f" y_ = compute(({arrays}))[0]"]
        lines += [f" try: y_ = fn({self._passed('a')})",
                  f" except Exception as error: explain(error, {self.values}); raise"]  # fmt: skip  # a text
        if self.op.elementwise:
            lines += [f" if type(y_) is not ndarray or y_.dtype is not {self._dtype()}: "
                      f"y_ = asarray(y_, {self._dtype()})"]  # fmt: skip  # a text
        return lines

    def _passed(self, prefix: str) -> str:
        """The arguments of the forward function: the parameters, or the arrays made of them."""
        texts = [f"a{i}_" if prefix else name for i, name in enumerate(self.names)]
        return ", ".join(
            text if p.kind is not p.KEYWORD_ONLY else f"{p.name}={text}"
            for text, p in zip(texts, _listed(self.op), strict=True)
        )

    def _saved(self, outputs: str) -> str:
        """What save_for_backward is given, and `_unpacked` takes: one entry for each parameter
        that some rule names, then the outputs."""
        texts = []
        for i, name in enumerate(self.names):
            condition = self._condition(name)
            if condition != "False":
                also = "" if condition == "True" else f" and ({condition})"
                texts.append(f"{name} if {self.t[i]}{also} else None")
        if (keep := self._condition(*self.op.words.out)) != "False":
            several = f"*[y if {keep} else None for y in outputs_]"
            texts.append(several if outputs != "out_" else f"out_ if {keep} else None")
        return ", ".join(texts)

    def _mask(self) -> str:
        return "(True,)" if len(self.names) == 1 else "needs_"

    def names_kept(self, name: str) -> bool:
        """Whether a node keeps this argument, at least in some calls."""
        return self._condition(name) != "False"

    def _unpacked(self) -> str:
        names = [f"s{i}_" for i, n in enumerate(self.names) if self._condition(n) != "False"]
        names += ["y_"] if self._condition(*self.op.words.out) != "False" else []
        return "".join(f"{name}, " for name in names) or "_"

    def _dtype(self) -> str:
        """Text for the dtype the arguments of an elementwise op have in common."""
        return self._first([f"a{i}_.dtype" for i in range(len(self.names))])

    def _same_dtype(self, fall: str) -> list[str]:
        """For elementwise ops: unless all tensors have one floating dtype, promotion is needed."""
        if not self.op.elementwise:
            return []
        lines = [f" d_ = {self._first([f'{n}.dtype' for n in self.names])}",
                 f" if d_ not in FLOATS: {fall}"]  # fmt: skip  # a text
        for i, name in enumerate(self.names):
            lines += [f" if {self.t[i]}:", f"  if {name}.dtype is not d_: {fall}",
                      f" elif type({name}) is not float and type({name}) is not int: {fall}"]  # fmt: skip  # a text
        return lines

    def _first(self, texts: list[str]) -> str:
        *most, last = texts
        return (
            "("
            + "".join(f"{text} if {self.t[i]} else " for i, text in enumerate(most))
            + last
            + ")"
        )

    def _fresh(self) -> str:
        return "type(y_) is ndarray" if self.trusted else _FRESH.format(y="y_")

    def _parameters(self) -> str:
        parts, star = [], False
        for i, p in enumerate(_listed(self.op)):
            if p.kind is p.KEYWORD_ONLY and not star:
                parts.append("*")
                star = True
            default = ""
            if p.default is not p.empty:
                self.namespace[f"default{i}"] = p.default
                default = f"=default{i}"
            parts.append(p.name + default)
            following = _listed(self.op)[i + 1 :]
            if p.kind is p.POSITIONAL_ONLY and not any(
                q.kind is p.POSITIONAL_ONLY for q in following
            ):
                parts.append("/")
        return ", ".join(parts)


def _listed(op: NumpyOp[..., Any]) -> list[Any]:
    return list(op.parameters.signature.parameters.values())
