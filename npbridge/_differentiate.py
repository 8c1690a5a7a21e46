"""Rules applied on tensors: reverse and forward, at any order, in any transform.

A NumPy rule is opaque to torch, so it runs as a primitive of its own, whose derivative is an
error; composite and dual rules run as they are and torch differentiates them again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor

from npbridge import _contract
from npbridge._batch import loop_rule
from npbridge._call import TENSOR, Call, execute, numpy_dtype
from npbridge._convert import Like
from npbridge._primitive import UNSAVED, Primitive, Saved
from npbridge._rule import Kind, Rule
from npbridge._torch_private import grad_leaf, tree_flatten, tree_unflatten
from npbridge.errors import MissingDerivativeError, SecondDerivativeError, sentence

if TYPE_CHECKING:
    from npbridge._op import NumpyOp


def pull_back(
    op: NumpyOp[..., Any],
    call: Call,
    saved: Saved,
    needs: Sequence[bool],
    grads: list[Tensor | None],
) -> list[Tensor | None]:
    """The VJP of an op on tensors, one entry for each tensor argument."""
    gradients: list[Tensor | None] = [None] * len(needs)
    spans = call.spans()
    needed = [name for name, indices in spans.items() if any(needs[i] for i in indices)]
    if not needed or all(g is None for g in grads):
        return gradients
    for rule, names in op.vjp_rules(needed):
        job = Job(op, rule, call, names, saved, tuple(needs))
        environment = job.environment(spans, saved) | job.cotangents(saved, grads)
        if rule.kind is Kind.NUMPY:
            found = run_numpy_rule(op, rule, environment, job)
        else:
            found = job.tensor_gradients(rule(environment), spans)
        for name in names:
            for i in spans[name]:
                gradients[i] = found[i]
    return gradients


def push_forward(
    op: NumpyOp[..., Any], call: Call, saved: Saved, tangents: list[Tensor | None]
) -> list[Tensor | None]:
    """The JVP of an op on tensors, one entry for each tensor output."""
    spans = call.spans()
    perturbed = [
        name for name, indices in spans.items() if any(tangents[i] is not None for i in indices)
    ]
    rule = op.jvp_rule
    if rule is None:
        return _transpose(op, call, saved, tangents, perturbed)
    needs = tuple(t is not None for t in tangents)
    job = Job(op, rule, call, perturbed, saved, needs)
    environment = job.environment(spans, saved) | job.tangents(spans, tangents)
    if rule.kind is Kind.NUMPY:
        return run_numpy_rule(op, rule, environment, job)
    return job.tensor_tangents(rule(environment))


def _transpose(
    op: NumpyOp[..., Any],
    call: Call,
    saved: Saved,
    tangents: list[Tensor | None],
    perturbed: list[str],
) -> list[Tensor | None]:
    """The JVP as the derivative of the VJP in its cotangent, on which it depends linearly."""
    if any(rule.kind is Kind.NUMPY for rule, _ in op.vjp_rules(perturbed, mode="jvp")):
        raise op.missing(perturbed[0], "jvp")
    needs = [t is not None for t in tangents]
    places = [i for i, like in enumerate(saved.output_likes) if _has_tangent(like)]
    full: list[Tensor | None] = [None] * len(saved.output_likes)
    # Plain autograd: a level of torch.func cannot be entered inside a Function's jvp (torch 2.13).
    with torch.enable_grad():
        like = next(t for t in tangents if t is not None)
        cotangents = [grad_leaf(_zeros_beside(like, saved.output_likes[i])) for i in places]
        for i, g in zip(places, cotangents, strict=True):
            full[i] = g
        pulled = pull_back(op, call, saved, needs, full)
        pairs = [
            (g, t)
            for g, t in zip(pulled, tangents, strict=True)
            if g is not None and t is not None and g.requires_grad
        ]
        if not pairs:
            return [None] * len(full)
        results = torch.autograd.grad(
            [g for g, _ in pairs],
            cotangents,
            [t for _, t in pairs],
            create_graph=True,
            allow_unused=True,
        )
    pushed: list[Tensor | None] = [None] * len(full)
    for i, y in zip(places, results, strict=True):
        pushed[i] = y
    return pushed


@dataclass(eq=False)
class Job:
    """What one run of a rule is to produce, and for whom."""

    op: NumpyOp[..., Any]
    rule: Rule
    call: Call
    names: list[str]
    likes: Sequence[Like]
    output_likes: Sequence[Like]
    needs: tuple[bool, ...]

    def __init__(
        self,
        op: NumpyOp[..., Any],
        rule: Rule,
        call: Call,
        names: list[str],
        saved: Saved,
        needs: tuple[bool, ...],
    ) -> None:
        self.op, self.rule, self.call, self.names, self.needs = op, rule, call, names, needs
        self.likes, self.output_likes = saved.input_likes, saved.output_likes
        self.outcome = saved.outcome

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
                environment["residuals"] = None
                environment["*arguments"] = self.call.fill(saved.inputs)
            else:  # autograd must see what they depend on, to refuse a second derivative
                environment["*depends"] = [x for x in saved.inputs if x is not None]
        return environment

    def cotangents(self, saved: Saved, grads: list[Tensor | None]) -> dict[str, Any]:
        """The cotangent in the structure of the output, under the word the rule uses."""
        if self.rule.materialize_grads:
            grads = [
                _zeros(like, grads) if g is None and _has_tangent(like) else g
                for g, like in zip(grads, saved.output_likes, strict=True)
            ]
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
            if name in self.op.order and any(_has_tangent(self.likes[i]) for i in indices)
        ]
        return _contract.by_name(
            self.rule.label, result, self.op.order, given, self.names, self.op.differentiated
        )

    def _gradients(self, result: Any, check: Any) -> list[Any]:
        """Checked gradients, one entry for each tensor argument."""
        gradients: list[Any] = [None] * len(self.needs)
        arranged = self.arrange(result)
        spans = self.call.spans()
        for name in self.names:
            leaves = _contract.leaves_of(
                self.rule.label, name, arranged.get(name), self.call.structure(name)
            )
            here = [
                g for g, is_tensor in zip(leaves, self.call.leaf_is_tensor(name), strict=True)
                if is_tensor
            ]
            for i, g in zip(spans[name], here, strict=True):
                if g is not None and self.needs[i]:
                    gradients[i] = check(name, g, self.likes[i])
        return gradients

    def tensor_gradients(
        self, result: Any, spans: Mapping[str, list[int]]
    ) -> list[Tensor | None]:
        """The gradients a composite or dual rule returned."""
        label, sums = self.rule.label, self.op.broadcasts
        return self._gradients(
            result, lambda name, g, like: _contract.tensor_gradient(label, name, g, like, sums)
        )

    def array_gradients(self, result: Any) -> list[Any]:
        """The gradients a rule returned on arrays."""
        label, sums = self.rule.label, self.op.broadcasts
        return self._gradients(
            result,
            lambda name, g, like: _contract.array_gradient(label, name, g, _numpy(like), sums),
        )

    def tensor_tangents(self, result: Any) -> list[Tensor | None]:
        """The tangents a composite or dual jvp returned."""

        def checked(t: Any, like: Like) -> Tensor:
            if self.op.broadcasts and isinstance(t, Tensor) and t.shape != like.shape:
                t = torch.broadcast_to(t, like.shape)
            return _contract.tensor_gradient(self.rule.label, "the output", t, like, False)

        return self._tangents(result, checked)

    def array_tangents(self, result: Any) -> list[Any]:
        """The tangents a NumPy jvp returned."""

        def checked(t: Any, like: Like) -> Any:
            if self.op.broadcasts and isinstance(t, np.ndarray) and t.shape != like.shape:
                t = np.broadcast_to(t, like.shape)
            return _contract.array_gradient(
                self.rule.label, "the output", t, _numpy(like), False
            )

        return self._tangents(result, checked)

    def _tangents(self, result: Any, check: Any) -> list[Any]:
        leaves = _contract.leaves_of(
            self.rule.label, "the output", result, self.outcome.tree, what="output"
        )
        here = [t for t, x in zip(leaves, self.outcome.leaves, strict=True) if x is TENSOR]
        return [
            None if t is None else check(t, like)
            for t, like in zip(here, self.output_likes, strict=True)
        ]


class RulePrimitive(Primitive):
    """A NumPy rule as a computation of its own; differentiating it is an error."""

    names = ("environment", "job")

    def __init__(self, op: NumpyOp[..., Any], rule: Rule) -> None:
        self.name = f"{op.name}_{'jvp' if rule is op.jvp_rule else 'vjp'}"
        self.label = rule.label
        self.op = op

    def compute(self, values: tuple[Any, ...]) -> tuple[Any, Any]:
        """Run the rule on arrays."""
        environment, job = values
        environment.pop("*depends", None)
        arguments = environment.pop("*arguments", None)
        if arguments is not None:
            _, environment["residuals"] = self.op.compute(arguments)
        if job.rule is self.op.jvp_rule:
            return job.array_tangents(job.rule(environment)), None
        return job.array_gradients(run_on_arrays(self.op, job, environment)), None

    def save(self, ctx: Any, call: Call, inputs: Any, outputs: Any, needs: Any) -> None:
        """Nothing is needed for an error."""

    def load(self, ctx: Any, tensors: Any) -> Any:
        """Nothing was saved."""

    def pull_back(self, call: Call, saved: Any, needs: Any, grads: Any) -> list[Tensor | None]:
        """Refuse the second derivative."""
        raise self._second()

    def push_forward(self, call: Call, saved: Any, tangents: Any) -> list[Tensor | None]:
        """Refuse the second derivative."""
        raise self._second()

    def _second(self) -> SecondDerivativeError:
        return SecondDerivativeError(
            f"{self.label} was differentiated, and a NumPy rule is first order only.\n"
            "Register a rule written with torch functions and npbridge ops "
            f"({self.op.name}.register_vjp(rule, composite=True)), or an op that has rules of its "
            "own: those can be differentiated again."
        )


def run_numpy_rule(
    op: NumpyOp[..., Any], rule: Rule, environment: dict[str, Any], job: Job
) -> list[Tensor | None]:
    """Run a NumPy rule on tensors, as the primitive it is."""
    call, tensors = Call.take(op.rule_primitive(rule), (environment, job))
    outputs = execute(call, tensors)
    assert call.outcome is not None  # execute has run it
    result: list[Tensor | None] = call.outcome.fill(outputs)
    return result


def run_on_arrays(op: NumpyOp[..., Any], job: Job, environment: dict[str, Any]) -> Any:
    """Run a vjp on arrays, over the batch where the op does not broadcast itself."""
    rule, signature = job.rule, op.signature
    if signature is None or op.vectorized:
        return rule(environment)
    single = len(signature.outputs) == 1
    outputs = signature.outputs[0] if single else signature.outputs
    core: dict[str, Any] = dict(zip(op.names, signature.inputs, strict=False))
    core |= dict.fromkeys((*op.words.grad, *op.words.out), outputs)
    first = job.output_likes[0].shape
    batch = tuple(first[: len(first) - len(signature.outputs[0])])
    if not batch:
        return rule(environment)
    gradients = loop_rule(lambda item: job.arrange(rule(item)), environment, core, batch)
    if rule.target is not None:
        return gradients.get(rule.target)
    return {name: None for name in job.names} | gradients


def split_residuals(residuals: Any) -> tuple[Any, list[Any], list[Tensor]]:
    """Residuals taken apart: arrays become tensors, which saved-tensor hooks may pack."""
    leaves, tree = tree_flatten(residuals)
    arrays = [torch.from_numpy(np.array(x)) for x in leaves if type(x) is np.ndarray]
    rest = [TENSOR if type(x) is np.ndarray else x for x in leaves]
    return tree, rest, arrays


def missing_rule(op: NumpyOp[..., Any], name: str, mode: str) -> MissingDerivativeError:
    """The error for a derivative that nobody registered."""
    if name not in op.differentiated:
        return MissingDerivativeError(
            sentence(
                f"{op.label} is not differentiable with respect to {name!r}: it was declared with "
                f"differentiable={op.order!r}.",
                remedy=f"Pass {name}.detach(), or name it in differentiable=.",
            )
        )
    return MissingDerivativeError(
        f"{op.label} has no {mode} for {name!r}.\n"
        f"Register one with @{op.name}.register_{mode}, or pass {name}.detach()."
    )


def _has_tangent(like: Like) -> bool:
    return bool(like.dtype.is_floating_point or like.dtype.is_complex)


def _zeros_beside(x: Tensor, like: Like) -> Tensor:
    """Zeros that belong to the same level of a nesting as `x`."""
    return x.new_zeros(like.shape, dtype=like.dtype)


def _zeros(like: Like, beside: Sequence[Tensor | None]) -> Tensor:
    device = next((x.device for x in beside if x is not None), None)
    return torch.zeros(like.shape, dtype=like.dtype, device=device)


def _numpy(like: Like) -> Like:
    return Like(like.shape, numpy_dtype(like.dtype))

