"""One run of a rule: what it is given, and what is made of what it returns."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor

from npbridge import _arrange, _contract
from npbridge._call import Call
from npbridge._convert import Like, has_tangent, numpy_dtype, zeros_beside
from npbridge._primitive import UNSAVED, Saved
from npbridge._rule import Rule
from npbridge._slots import TENSOR
from npbridge._torch_private import tree_flatten, tree_unflatten, version_of
from npbridge.errors import RuleError

Check = Callable[[str, Any, Like], Any]

if TYPE_CHECKING:
    from npbridge._op import NumpyOp


class Job:
    """What one run of a rule is to produce, and for whom."""

    def __init__(
        self,
        op: NumpyOp[..., Any],
        rule: Rule,
        call: Call,
        names: Sequence[str],
        saved: Saved,
        needs: Sequence[bool],
    ) -> None:
        self.op, self.rule, self.call, self.names, self.needs = op, rule, call, names, needs
        self.likes, self.output_likes = saved.input_likes, saved.output_likes
        self.outcome, self.rules = saved.outcome, saved.rules

    def environment(self, spans: Mapping[str, list[int]], saved: Saved) -> dict[str, Any]:
        """What the rule asks for besides cotangents and tangents."""
        values = dict(zip(self.op.names, self.call.fill(saved.inputs), strict=True))
        wants = self.rule.wants
        environment = {name: values[name] for name in wants if name in values}
        for word in self.op.words.out:
            if word in wants:
                environment[word] = saved.outcome.fill(saved.outputs)
        if "needs_input_grad" in wants and "needs_input_grad" not in values:
            environment["needs_input_grad"] = {
                name: any(self.needs[i] for i in indices) for name, indices in spans.items()
            }
        if "residuals" in wants and "residuals" not in values:
            environment["residuals"] = saved.residuals
            if saved.residuals is UNSAVED:  # then the forward runs again for them
                environment["residuals"] = self.op.compute(self.call.fill(saved.inputs))[1]
        return environment

    def cotangents(self, saved: Saved, grads: list[Any]) -> dict[str, Any]:
        """The cotangent in the structure of the output, under the word the rule uses."""
        if self.rule.materialize_grads:
            beside = next(g for g in grads if g is not None)
            grads = [
                _zeros(like, beside) if g is None and has_tangent(like) else g
                for g, like in zip(grads, saved.output_likes, strict=True)
            ]
        if saved.outcome.is_one_tensor:
            structured = grads[0]
        else:
            following = iter(grads)
            leaves = [next(following) if x is TENSOR else None for x in saved.outcome.leaves]
            structured = tree_unflatten(leaves, saved.outcome.tree)
        return {word: structured for word in self.op.words.grad if word in self.rule.wants}

    def tangents(
        self, spans: Mapping[str, list[int]], tangents: list[Tensor | None]
    ) -> dict[str, Any]:
        """The tangents by parameter name, in each argument's structure."""
        if "tangents" not in self.rule.wants:
            return {}
        by_name: dict[str, Any] = {}
        for name, indices in spans.items():
            following = iter(tangents[i] for i in indices)
            leaves = [next(following) if here else None for here in self.call.leaf_is_tensor(name)]
            some = any(x is not None for x in leaves)
            by_name[name] = tree_unflatten(leaves, self.call.structure(name)) if some else None
        return {"tangents": by_name}

    def arrange(self, result: Any) -> dict[str, Any]:
        """A rule's return value by parameter name."""
        if self.rule.target is not None:
            return {self.rule.target: result}
        given = [
            name
            for name, indices in self.call.spans().items()
            if name in self.op.order and any(has_tangent(self.likes[i]) for i in indices)
        ]
        return _arrange.by_name(
            self.rule.label, result, self.op.order, given, self.names, self.op.differentiated
        )

    def gradients(self, result: Any, check: Check) -> list[Any]:
        """Checked gradients, one entry for each tensor argument."""
        gradients: list[Any] = [None] * len(self.needs)
        arranged = self.arrange(result)
        spans = self.call.spans()
        for name in self.names:
            structure = self.call.structure(name)
            here = _arrange.leaves_of(self.rule.label, name, arranged.get(name), structure)
            if len(here) > len(spans[name]):
                is_tensor = self.call.leaf_is_tensor(name)
                here = [g for g, tensor in zip(here, is_tensor, strict=True) if tensor]
            for i, g in zip(spans[name], here, strict=True):
                if g is not None and self.needs[i]:
                    gradients[i] = check(name, g, self.likes[i])
        return gradients

    def run_on_tensors(self, environment: dict[str, Any]) -> Any:
        """Run a composite or dual rule, which may not change the tensors it is given."""
        listed = list(environment.values())
        if any(isinstance(x, (tuple, list, dict)) for x in listed):
            listed = tree_flatten(listed)[0]
        given = [x for x in listed if isinstance(x, Tensor)]
        before = [version_of(x) for x in given]
        result = self.rule(environment)
        if [version_of(x) for x in given] != before:
            raise RuleError(
                f"{self.rule.label} changed in place a tensor it was given.\n"
                "Work on a copy (x = x.clone()), or use the functions that return a new tensor."
            )
        return result

    def tensor_gradients(self, result: Any) -> list[Tensor | None]:
        """The gradients a composite or dual rule returned."""

        def check(name: str, g: Any, like: Like) -> Tensor:
            full = self.op.broadcast_shape(name, like.shape, self.output_likes[0].shape)
            return _contract.tensor_gradient(self.rule.label, name, g, like, full)

        return self.gradients(result, check)

    def tangents_of(self, result: Any, check: Check) -> list[Any]:
        """Checked tangents, one entry for each tensor output."""
        leaves = _arrange.leaves_of(
            self.rule.label, "the output", result, self.outcome.tree, what="output"
        )
        here = [t for t, x in zip(leaves, self.outcome.leaves, strict=True) if x is TENSOR]
        return [
            None if t is None else check("", t, like)
            for t, like in zip(here, self.output_likes, strict=True)
        ]

    def tensor_tangents(self, result: Any) -> list[Tensor | None]:
        """The tangents a composite or dual jvp returned."""

        def check(_: str, t: Any, like: Like) -> Tensor:
            if self.op.elementwise and t.shape != like.shape:
                t = torch.broadcast_to(t, like.shape)  # a partial that depends on few arguments
            return _contract.tensor_gradient(self.rule.label, None, t, like, like.shape)

        return self.tangents_of(result, check)


def _zeros(like: Like, beside: Any) -> Any:
    if isinstance(beside, Tensor):
        return zeros_beside(beside, like)
    return np.zeros(like.shape, numpy_dtype(like.dtype))
