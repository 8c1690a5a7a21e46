"""The text of an op's eager call and of its Function's forward; `_eager` says how it reads."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

import numpy as np

from npbridge._parameters import parameter_list
from npbridge._reach import may_reach_tensors
from npbridge._rule import Kind
from npbridge._torch_private import GUARD

if TYPE_CHECKING:
    from npbridge._op import NumpyOp

FRESH = "type({y}) is ndarray and {y}.base is None and refs({y}) <= 2 and {y}.flags.writeable"
"""An array nobody else holds: it can be a tensor's memory as it is."""


class ForwardSource:
    """The text of `__call__` and of `Function.forward`, and what the backward needs to know."""

    def __init__(self, op: NumpyOp[..., Any], namespace: dict[str, Any]) -> None:
        self.op, self.namespace = op, namespace
        self.listed = list(op.parameters.signature.parameters.values())
        # Parameters are p0, p1, ... in the text, so that no name of theirs meets one of ours;
        # `_eager` gives the call its own names back.
        self.names = tuple(f"p{i}" for i in range(len(op.names)))
        # With one parameter there is nothing to ask once it is known to be a tensor; Python folds
        # the constant away.
        single = len(self.names) == 1
        self.t = ["True"] if single else [f"t{i}_" for i in range(len(self.names))]
        self.needs = ["True"] if single else [f"needs_[{i}]" for i in range(len(self.names))]
        kinds = {p.kind for p in self.listed}
        self.general = (
            not self.names
            or bool(op.mutates)
            or bool(kinds & {inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD})
        )
        self.values = "(" + "".join(f"{n}, " for n in self.names) + ")"
        self.rules = op.rules.vjp
        # A ufunc neither writes to its arguments nor keeps its result, and broadcasts as declared.
        self.trusted = op.elementwise and isinstance(op.numpy, np.ufunc) and op.numpy.nout == 1
        self.checked = op.signature is not None and not self.trusted
        self.on_arrays = (
            not op.residuals
            and all(r.kind is not Kind.COMPOSITE for r in self.rules.values())
            and (op.signature is None or op.vectorized)
        )

    def call(self) -> list[str]:
        """`__call__`: the guards, then the Function or, where no gradient is wanted, NumPy."""
        values, fall = self.values, f"return bound(self_, {self.values})"
        listed = parameter_list(self.listed, self.names, self.namespace)
        lines = [
            f"def __call__({listed}{', **options_' if self.op.elementwise else ''}):",
            *([" if options_: refuse(self_, options_)"] if self.op.elementwise else []),
            f" if is_compiling(): return traced(self_, {values})",
        ]
        if self.op.mutates:
            return [lines[0], f" return mutate(self_, {values})"]
        if self.general:
            return [*lines, f" {fall}"]
        # Arrays are NumPy's in every context; formulas call ops on arrays, so they come first.
        guards = f" if {GUARD}: {fall}"
        plain = f"fn({self._passed('p')})" if self.op.elementwise else f"compute({values})[0]"
        halves = not self.op.elementwise
        if len(self.names) == 1:
            (name,) = self.names
            lines += [
                f" if type({name}) not in PLAIN:",
                f"  if type({name}) in ATOMS: return {plain}",
                f"  {fall}",
                guards,
                *([f" if {name}.dtype is half: {fall}"] if halves else []),
                f" grad_ = {name}.requires_grad",
            ]
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
            lines += [f" if not ({' or '.join(self.t) or 'False'}): return {plain}", guards]
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
        conditions = [self.kept(i) for i in range(len(self.names))]
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
            *self._guarded(),
            f" if {self._fresh()}:",
            "  try: out_ = from_numpy(y_)",
            "  except (TypeError, ValueError): out_ = None",
            " else: out_ = from_numpy(asarray(y_)) if type(y_) in SCALARS else None",
            f" if not ({every}): ctx.values = ({kept})",
            *[
                f" if {self.t[i]} and not ({c}): ctx.like{i}_ = (a{i}_.shape, a{i}_.dtype)"
                for i, c in enumerate(conditions)
                if c != "True"
            ],
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
        ]
        return lines

    def condition(self, *words: str) -> str:
        """Python text: is one of `words` named by a rule that this call may need?"""
        if None in self.rules:
            return str(any(word in self.rules[None].wants for word in words))
        users = [
            self.needs[i]
            for i, name in enumerate(self.op.names)
            if name in self.rules and any(word in self.rules[name].wants for word in words)
        ]
        return " or ".join(users) or "False"

    def kept(self, i: int) -> str:
        """The same for a parameter."""
        return self.condition(self.op.names[i])

    def _kept(self, i: int) -> str:
        """What a node keeps of an argument that is no tensor: nothing, unless a rule names it."""
        name = self.names[i]
        if self.kept(i) == "False":
            return f"TENSOR if {self.t[i]} else None"
        return f"TENSOR if {self.t[i]} else {name}.copy() if type({name}) is ndarray else {name}"

    def _run(self) -> list[str]:
        """The forward function on arrays a0_, a1_, ...; its result in y_."""
        if self.trusted:
            dtype = self._first([f"a{i}_.dtype" for i in range(len(self.names))])
            return [
                f" try: y_ = fn({self._passed('a')})",
                f" except Exception as error: explain(error, {self.values}); raise",
                f" if type(y_) is not ndarray or y_.dtype is not {dtype}: "
                f"y_ = settled(y_, {dtype})",
            ]
        lines = [f" if {t}: a{i}_.setflags(False)" for i, t in enumerate(self.t)]
        if self.checked or self.op.out_dtypes is not None:
            arrays = "".join(f"a{i}_, " for i in range(len(self.names)))
            return [*lines, f" y_ = compute(({arrays}))[0]"]
        return [
            *lines,
            f" try: y_ = fn({self._passed('a')})",
            f" except Exception as error: explain(error, {self.values}); raise",
        ]

    def _guarded(self) -> list[str]:
        """The same in `Function.forward`, where grad mode is off; see `_reach`."""
        run = self._run()
        if self.trusted or not may_reach_tensors(self.op.numpy):
            return run
        flags, call = run[: len(self.names)], run[len(self.names) :]
        guarded = [f" {line}" for line in call]
        return [*flags, " set_grad(True)", " try:", *guarded, " finally: set_grad(False)"]

    def _passed(self, prefix: str) -> str:
        """The arguments of the forward function: the parameters, or the arrays made of them."""
        texts = [f"a{i}_" if prefix == "a" else name for i, name in enumerate(self.names)]
        return ", ".join(
            text if p.kind is not p.KEYWORD_ONLY else f"{p.name}={text}"
            for text, p in zip(texts, self.listed, strict=True)
        )

    def _saved(self, outputs: str) -> str:
        """What save_for_backward is given, and `_unpacked` takes: one entry for each parameter
        that some rule names, then the outputs.
        """
        texts = []
        for i, name in enumerate(self.names):
            condition = self.kept(i)
            if condition != "False":
                also = "" if condition == "True" else f" and ({condition})"
                texts.append(f"{name} if {self.t[i]}{also} else None")
        if (keep := self.condition(*self.op.words.out)) != "False":
            several = f"*[y if {keep} else None for y in outputs_]"
            texts.append(several if outputs != "out_" else f"out_ if {keep} else None")
        return ", ".join(texts)

    def _same_dtype(self, fall: str) -> list[str]:
        """For elementwise ops: unless all tensors have one floating dtype, promotion is needed."""
        if not self.op.elementwise:
            return []
        lines = [
            f" d_ = {self._first([f'{n}.dtype' for n in self.names])}",
            f" if d_ not in FLOATS: {fall}",
        ]
        for i, (own, name) in enumerate(zip(self.op.names, self.names, strict=True)):
            lines += [
                f" if {self.t[i]}:",
                f"  if {name}.dtype is not d_: {fall}",
            ]
            if own not in self.op.static:  # which promote nothing
                lines += [f" elif type({name}) is not float and type({name}) is not int: {fall}"]
        return lines

    def _first(self, texts: list[str]) -> str:
        *most, last = texts
        earlier = "".join(f"{text} if {self.t[i]} else " for i, text in enumerate(most))
        return f"({earlier}{last})"

    def _fresh(self) -> str:
        return "type(y_) is ndarray" if self.trusted else FRESH.format(y="y_")
