"""Rules applied on tensors: reverse and forward, at any order, in any transform.

A NumPy rule is opaque to torch, so it runs as a primitive of its own, whose derivative is an
error; composite and dual rules run as they are and torch differentiates them again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from npbridge._array_job import array_gradients, array_tangents
from npbridge._call import Call
from npbridge._convert import has_tangent, ones_beside
from npbridge._execute import execute
from npbridge._job import Job
from npbridge._primitive import Primitive, Saved
from npbridge._rule import Kind, Rule
from npbridge._torch_private import grad_leaf, is_legacy_batched, over_legacy_batch
from npbridge.errors import SecondDerivativeError

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
    for rule, names in saved.rules.vjp_for(needed):
        job = Job(op, rule, call, names, saved, tuple(needs))
        environment = job.environment(spans, saved) | job.cotangents(saved, grads)
        if rule.kind is Kind.NUMPY:
            found = run_numpy_rule(environment, job)
        else:
            found = job.tensor_gradients(job.run_on_tensors(environment))
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
    rule = saved.rules.jvp
    if rule is None:
        return _transpose(op, call, saved, tangents, perturbed)
    needs = tuple(t is not None for t in tangents)
    job = Job(op, rule, call, perturbed, saved, needs)
    environment = job.environment(spans, saved) | job.tangents(spans, tangents)
    if rule.kind is Kind.NUMPY:
        return run_numpy_rule(environment, job)
    return job.tensor_tangents(job.run_on_tensors(environment))


def _transpose(
    op: NumpyOp[..., Any],
    call: Call,
    saved: Saved,
    tangents: list[Tensor | None],
    perturbed: list[str],
) -> list[Tensor | None]:
    """The JVP as the derivative of the VJP in its cotangent, on which it depends linearly."""
    if any(rule.kind is Kind.NUMPY for rule, _ in saved.rules.vjp_for(perturbed, mode="jvp")):
        raise saved.rules.missing(perturbed[0], "jvp")
    if any(t is not None and is_legacy_batched(t) for t in tangents):
        return over_legacy_batch(
            lambda sample: _transpose(op, call, saved, sample, perturbed), tangents
        )
    needs = [t is not None for t in tangents]
    places = [i for i, like in enumerate(saved.output_likes) if has_tangent(like)]
    full: list[Tensor | None] = [None] * len(saved.output_likes)
    # Ones, since a rule may take a shortcut where its cotangent is zero; plain autograd, since a
    # level of torch.func cannot be entered inside a Function's jvp (torch 2.13).
    with torch.enable_grad():
        like = next(t for t in tangents if t is not None)
        cotangents = [grad_leaf(ones_beside(like, saved.output_likes[i])) for i in places]
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


class RulePrimitive(Primitive):
    """A NumPy rule as a computation of its own; differentiating it is an error."""

    names = ("environment", "job")

    def __init__(self, op: NumpyOp[..., Any], rule: Rule, mode: str) -> None:
        self.name = f"{op.name}_{mode}"
        self.label = rule.label
        self.op, self.mode = op, mode

    def compute(self, values: tuple[Any, ...]) -> tuple[Any, Any]:
        """Run the rule on arrays."""
        environment, job = values
        environment.pop("*depends", None)
        arguments = environment.pop("*arguments", None)
        if arguments is not None:
            _, environment["residuals"] = self.op.compute(arguments)
        run = array_tangents if self.mode == "jvp" else array_gradients
        return run(job, environment), None

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


def run_numpy_rule(environment: dict[str, Any], job: Job) -> list[Tensor | None]:
    """Run a NumPy rule on tensors, as the primitive it is."""
    call, tensors = Call.take(job.rules.primitive(job.rule), (environment, job))
    outputs = execute(call, tensors)
    result: list[Tensor | None] = call.outcome.fill(outputs)
    return result
