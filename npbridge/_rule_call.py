"""One run of a NumPy rule as a call of its own: what the rule is given, and for whom it runs."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from torch import Tensor

from npbridge import _token
from npbridge._call import MOST_PATTERNS, Call
from npbridge._convert import Like, has_tangent
from npbridge._dispatch import recording
from npbridge._plan import Plan, layout_of, read, write
from npbridge._primitive import UNSAVED, Saved

if TYPE_CHECKING:
    from npbridge._rule_primitive import RulePrimitive
    from npbridge._straight import Straight

UNPREPARED = object()


class RuleCall:
    """A plan with sizes. Its tensors are those inputs, outputs and cotangents that are given.

    `likes` are the shapes and dtypes of all the inputs, and of all the outputs.
    """

    __slots__ = (
        "__weakref__",
        "_straight",
        "call",
        "likes",
        "plan",
        "primitive",
        "residuals",
        "token",
    )

    def __init__(
        self,
        primitive: RulePrimitive,
        plan: Plan,
        call: Call,
        likes: tuple[Sequence[Like], Sequence[Like]],
        residuals: Any = UNSAVED,
    ) -> None:
        self.primitive, self.plan, self.call, self.likes = primitive, plan, call, likes
        self.residuals = residuals
        self._straight: Any = UNPREPARED
        # Objects of this process; without them the plan's own token says it all.
        lives = residuals is not UNSAVED or not plan.token
        self.token = _token.of_running(self) if lives else plan.token

    @staticmethod
    def take(
        primitive: RulePrimitive,
        call: Call,
        names: Sequence[str],
        needs: Sequence[bool],
        saved: Saved,
        grads: Sequence[Tensor | None],
    ) -> tuple[RuleCall, list[Tensor]]:
        """The call of a rule, and its tensors, out of what a node has saved."""
        inputs, outputs = primitive.wanted(call, saved)
        likes = saved.input_likes, saved.output_likes
        kept = Saved(inputs, outputs, *likes, saved.outcome, saved.rules, saved.residuals)
        return RuleCall.make(primitive, call, names, needs, kept, grads)

    @staticmethod
    def make(
        primitive: RulePrimitive,
        call: Call,
        names: Sequence[str],
        needs: Sequence[bool],
        saved: Saved,
        grads: Sequence[Tensor | None],
    ) -> tuple[RuleCall, list[Tensor]]:
        """The same out of what the rule is given."""
        inputs, outputs = saved.inputs, saved.outputs
        if call.token is None and recording([x for x in grads if x is not None]):
            call = call.for_graph()
        pattern = (
            call.token,
            tuple(names),
            tuple(needs),
            layout_of(saved.input_likes, inputs),
            layout_of(saved.output_likes, outputs),
            tuple([g is not None for g in grads]),
            saved.outcome.text(),
        )
        plan = primitive.patterns.get(pattern)
        if plan is None:
            lives = call.token is None or call.token.startswith("#")
            token = "" if lives else write(pattern)
            plan = Plan(call, *pattern[1:6], saved.outcome, token)
            if not lives:
                if len(primitive.patterns) >= MOST_PATTERNS:
                    primitive.patterns.clear()
                primitive.patterns[pattern] = primitive.patterns[token] = plan
        tensors = [x for x in (*inputs, *outputs, *grads) if x is not None]
        likes = saved.input_likes, saved.output_likes
        if call.extras or saved.residuals is not UNSAVED:
            return RuleCall(primitive, plan, call, likes, saved.residuals), tensors
        sizes = [size for part in likes for like in part for size in like.shape]
        return _sized(primitive, plan, call, likes, sizes), tensors

    @staticmethod
    def bind(
        primitive: RulePrimitive, tensors: Sequence[Tensor], token: str, numbers: Sequence[int]
    ) -> tuple[RuleCall, list[Tensor]]:
        """The call, and its tensors, out of the arguments of the dispatcher op."""
        if token.startswith("#"):
            running: RuleCall = _token.running(token, primitive.label)
            return running, list(tensors)
        plan = primitive.patterns.get(token)
        if plan is None:
            plan = primitive.patterns[token] = read(primitive, token)
        if not plan.call.has_slots and all(type(size) is int for size in numbers):
            known = plan.sized.get(tuple(numbers))
            if known is not None:
                return known, list(tensors)
        sizes = iter(numbers)
        inputs, outputs = [
            [Like(tuple(itertools.islice(sizes, rank)), dtype) for dtype, rank, _ in layout]
            for layout in (plan.inputs, plan.outputs)
        ]
        if not plan.call.has_slots:
            known = _sized(primitive, plan, plan.call, (inputs, outputs), numbers)
            return known, list(tensors)
        count = plan.count
        call = plan.call.with_extras(tensors[count:], list(sizes))
        return RuleCall(primitive, plan, call, (inputs, outputs)), list(tensors[:count])

    def packed(self, tensors: Sequence[Tensor]) -> tuple[Any, ...]:
        """The arguments of the dispatcher op."""
        if self.token.startswith("#"):
            return list(tensors), self.token
        extras = self.call.extras
        more = [x for x in extras if isinstance(x, Tensor)]
        numbers = [size for likes in self.likes for like in likes for size in like.shape]
        numbers += [x for x in extras if not isinstance(x, Tensor)]
        return [*tensors, *more], self.token, numbers

    def straight(self) -> Straight | None:
        """How to run it on whole arrays, if that can be said beforehand."""
        if self._straight is UNPREPARED:
            from npbridge._straight import Straight

            self._straight = Straight.prepare(self)
        found: Straight | None = self._straight
        return found

    def spans(self) -> dict[str, list[int]]:
        """None of its tensors is an argument that the user named."""
        return {}

    def parts(self, given: Sequence[Any]) -> tuple[list[Any], list[Any], list[Any]]:
        """Inputs, outputs and cotangents (or tangents), None for those that are not given."""
        plan, following = self.plan, iter(given)
        return (
            [next(following) if here else None for _, _, here in plan.inputs],
            [next(following) if here else None for _, _, here in plan.outputs],
            [next(following) if here else None for here in plan.given],
        )

    def places(self) -> list[int]:
        """The tensors whose derivatives the rule gives: inputs that need one, or outputs."""
        if self.primitive.mode == "jvp":
            return [i for i, like in enumerate(self.likes[1]) if has_tangent(like)]
        spans, needs = self.call.spans(), self.plan.needs
        return [i for name in self.plan.names for i in spans[name] if needs[i]]

    def results(self) -> list[Like]:
        """What these derivatives look like."""
        inputs, outputs = self.likes
        listed = outputs if self.primitive.mode == "jvp" else inputs
        return [listed[i] for i in self.places()]


def _sized(
    primitive: RulePrimitive,
    plan: Plan,
    call: Call,
    likes: tuple[Sequence[Like], Sequence[Like]],
    sizes: Sequence[int],
) -> RuleCall:
    """A call that is the same for all tensors of these sizes."""
    if not plan.token or any(type(size) is not int for size in sizes):  # symbols are not kept
        return RuleCall(primitive, plan, call, likes)
    key = tuple(sizes)
    known = plan.sized.get(key)
    if known is None:
        if len(plan.sized) >= MOST_PATTERNS:
            plan.sized.clear()
        known = plan.sized[key] = RuleCall(primitive, plan, call, likes)
    return known
