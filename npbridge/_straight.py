"""A NumPy vjp whose arguments are whole arrays, prepared once for all calls of the same sizes.

`_array_job` does the same for nested arguments, batches to loop over and forward mode.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from npbridge import _arrange, _contract
from npbridge._array_job import loops
from npbridge._convert import Array, Like, has_tangent, numpy_dtype
from npbridge._outcome import ONE_TENSOR
from npbridge._primitive import UNSAVED
from npbridge._slots import TENSOR

if TYPE_CHECKING:
    from npbridge._op import NumpyOp
    from npbridge._rule import Rule
    from npbridge._rule_call import RuleCall


@dataclass(slots=True)
class Straight:
    """One kind of run of a rule."""

    op: NumpyOp[..., Any]
    rule: Rule
    picks: tuple[int, ...]
    """Of each argument of the rule its place among the arrays and, after them, `constants`."""
    constants: tuple[Any, ...]
    names: tuple[str, ...]
    """The parameters whose gradients are wanted."""
    given: tuple[str, ...]
    """Those that hold floating-point tensors."""
    likes: tuple[Like, ...]
    """What the gradients look like, with NumPy's dtypes, and then as they may be broadcast."""
    full: tuple[tuple[int, ...], ...]

    @staticmethod
    def prepare(call: RuleCall) -> Straight | None:
        """How to run `call`, if it is as simple as that."""
        primitive, plan, pattern = call.primitive, call.plan, call.call
        op, rule = primitive.op, primitive.rule
        input_likes, output_likes = call.likes
        output = tuple(output_likes[0].shape)
        simple = pattern.flat and pattern.lasting and not pattern.has_slots
        if not simple or primitive.mode != "vjp" or call.residuals is not UNSAVED:
            return None
        if rule.keyword or not plan.outcome.is_one_tensor or loops(op, output):
            return None
        inputs, outputs, grads = call.parts(range(plan.count))
        places: dict[str, int | None] = {}
        constants: list[Any] = []
        following = iter(inputs)
        for name, x in zip(op.names, pattern.leaves, strict=True):
            places[name] = next(following) if x is TENSOR else plan.count + len(constants)
            constants += [] if x is TENSOR else [x]
        words = dict.fromkeys(op.words.grad, grads[0]) | dict.fromkeys(op.words.out, outputs[0])
        picks = [(words | places).get(word) for word in rule.positional]
        if any(pick is None for pick in picks):
            return None
        at = {name: indices[0] for name, indices in pattern.spans().items() if indices}
        likes = {name: input_likes[i] for name, i in at.items() if has_tangent(input_likes[i])}
        given = tuple(name for name in likes if name in op.order)
        wanted = [(name, likes[name]) for name in plan.names if plan.needs[at[name]]]
        return Straight(
            op,
            rule,
            tuple(pick for pick in picks if pick is not None),
            tuple(constants),
            tuple(name for name, _ in wanted),
            given,
            tuple(Like(tuple(like.shape), numpy_dtype(like.dtype)) for _, like in wanted),
            tuple(op.broadcast_shape(name, tuple(like.shape), output) for name, like in wanted),
        )

    def run(self, arrays: Sequence[Array]) -> list[Any]:
        """The gradients, None where the rule says that there is none."""
        rule = self.rule
        pool = (*arrays, *self.constants)
        values = [pool[i] for i in self.picks]
        try:
            result = rule.fn(*values)
        except Exception as error:
            rule.explain(error, values)
            raise
        del pool, values
        bare = isinstance(result, (np.ndarray, np.number))
        if len(self.names) == 1 and bare and (rule.target or self.given == self.names):
            found = [result]
        else:
            found = self._arranged(result)
        del result
        for i, (name, g) in enumerate(zip(self.names, found, strict=True)):
            if g is not None:
                found[i] = _contract.array_gradient(
                    rule.label, name, g, self.likes[i], self.full[i], project=self.op.elementwise
                )
        return found

    def _arranged(self, result: Any) -> list[Any]:
        label, op = self.rule.label, self.op
        if self.rule.target is not None:
            arranged = {self.rule.target: result}
        else:
            arranged = _arrange.by_name(
                label, result, op.order, self.given, self.names, op.differentiated
            )
        return [
            _arrange.leaves_of(label, name, arranged.get(name), ONE_TENSOR.tree)[0]
            for name in self.names
        ]
