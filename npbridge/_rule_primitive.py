"""A NumPy rule as a computation of its own, whose derivative is an error."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from torch import Tensor

from npbridge._array_job import array_gradients, array_tangents
from npbridge._call import Call
from npbridge._convert import Array, adopt, numpy_dtype, view
from npbridge._digest import digest
from npbridge._job import Job
from npbridge._outcome import Outcome
from npbridge._primitive import UNSAVED, Primitive, Saved
from npbridge._reach import may_reach_tensors
from npbridge._rule import Rule
from npbridge._rule_call import RuleCall
from npbridge._slots import TENSOR
from npbridge._torch_private import tree_flatten, tree_map
from npbridge.errors import SecondDerivativeError

if TYPE_CHECKING:
    from npbridge._op import NumpyOp


class RulePrimitive(Primitive):
    """One NumPy rule of an op, in reverse ("vjp") or forward mode ("jvp")."""

    def __init__(self, op: NumpyOp[..., Any], rule: Rule, mode: str) -> None:
        self.name = f"{op.name}_{mode}" + (f"_{rule.target}" if rule.target else "")
        self.label = rule.label
        self.op, self.rule, self.mode = op, rule, mode
        self.patterns = {}
        self.pure = not (may_reach_tensors(rule.fn) or may_reach_tensors(op.numpy))

    def digest(self) -> str:
        """A digest of the rule, and of the op for what it checks and recomputes."""
        return digest(*self.op.digest_ingredients(), self.mode, self.rule)

    def defaults(self, values: tuple[Any, ...]) -> tuple[Any, ...]:
        """A rule's call is never abbreviated."""
        return values

    def wanted(self, call: Call, saved: Saved) -> tuple[list[Tensor | None], list[Tensor | None]]:
        """Those of the saved tensors that the rule needs, or that autograd must see."""
        wants, words = self.rule.wants, self.op.words
        inputs = saved.inputs
        # Residuals depend on every input, and so on what a second derivative is refused for.
        if "residuals" not in wants or "residuals" in self.op.names:
            kept: list[Tensor | None] = [None] * len(inputs)
            for name, indices in call.spans().items():
                if name in wants:
                    for i in indices:
                        kept[i] = inputs[i]
            inputs = kept
        if any(word in wants for word in words.out):
            return inputs, saved.outputs
        return inputs, [None] * len(saved.output_likes)

    def bind(
        self, tensors: Sequence[Tensor], token: str, numbers: Sequence[int]
    ) -> tuple[RuleCall, list[Tensor]]:
        """The call and its tensors, out of the arguments of the dispatcher op."""
        return RuleCall.bind(self, tensors, token, numbers)

    def run(self, call: RuleCall, tensors: Sequence[Tensor]) -> tuple[list[Tensor], Outcome]:
        """Run the rule on arrays; what it gives no derivative for is zero, and noted."""
        arrays = [view(x) for x in tensors]
        straight = call.straight()
        derivatives = self._general(call, arrays) if straight is None else straight.run(arrays)
        missing = [y is None for y in derivatives]
        results: list[Tensor] = []
        for i, like in enumerate(call.results()):
            y, derivatives[i] = derivatives[i], None
            if y is None:
                y = np.zeros(like.shape, numpy_dtype(like.dtype))
            results.append(adopt(self.label, y))
        return results, _outcome(*missing)

    def _general(self, call: RuleCall, arrays: list[Array]) -> list[Any]:
        inputs, outputs, grads = call.parts(arrays)
        input_likes, output_likes = call.likes
        plan, rules = call.plan, self.op.rules
        residuals = call.residuals
        if residuals is not UNSAVED:
            residuals = tree_map(lambda x: view(x) if isinstance(x, Tensor) else x, residuals)
        saved = Saved(inputs, outputs, input_likes, output_likes, plan.outcome, rules, residuals)
        job = Job(self.op, self.rule, call.call.on_arrays(), plan.names, saved, plan.needs)
        environment = job.environment(job.call.spans(), saved)
        if self.mode == "jvp":
            found = array_tangents(job, environment | job.tangents(job.call.spans(), grads))
        else:
            found = array_gradients(job, environment | job.cotangents(saved, grads))
        return [found[i] for i in call.places()]

    def declared(self, call: RuleCall, tensors: Sequence[Tensor]) -> tuple[list[Tensor], Outcome]:
        """Derivatives look like what they are derivatives of."""
        likes = call.results()
        results = [tensors[0].new_empty(like.shape, dtype=like.dtype) for like in likes]
        return results, _outcome(*[False] * len(results))

    def check(self, *_: Any) -> None:
        """Every derivative is checked where the rule returns it."""

    def save(self, *_: Any) -> None:
        """Nothing is needed for an error."""

    def load(self, *_: Any) -> Any:
        """Nothing was saved."""

    def pull_back(self, *_: Any) -> list[Tensor | None]:
        """Refuse the second derivative."""
        raise self._second()

    def push_forward(self, *_: Any) -> list[Tensor | None]:
        """Refuse the second derivative."""
        raise self._second()

    def _second(self) -> SecondDerivativeError:
        return SecondDerivativeError(
            f"{self.label} was differentiated, and a NumPy rule is first order only.\n"
            "Register a rule written with torch functions and npbridge ops "
            f"({self.op.name}.register_{self.mode}(rule, composite=True)), or an op that has "
            "rules of its own: those can be differentiated again."
        )


@functools.cache
def _outcome(*missing: bool) -> Outcome:
    """None in the place of a derivative that the rule says there is none of."""
    leaves: list[Any] = [None if absent else TENSOR for absent in missing]
    return Outcome(tree_flatten(leaves)[1], leaves)
