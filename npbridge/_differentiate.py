"""Rules applied on tensors: reverse and forward, at any order, in any transform.

A NumPy rule is opaque to torch, so it runs as a primitive of its own, whose derivative is an
error; composite and dual rules run as they are and torch differentiates them again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from npbridge._call import Call
from npbridge._convert import has_tangent, ones_beside
from npbridge._execute import execute
from npbridge._job import Job
from npbridge._primitive import Saved
from npbridge._rule import Kind, Rule
from npbridge._rule_call import RuleCall
from npbridge._slots import TENSOR
from npbridge._torch_private import grad_leaf, is_legacy_batched, over_legacy_batch

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
        if rule.kind is Kind.NUMPY:
            found = _run_numpy_rule(call, rule, names, needs, saved, grads)
        else:
            job = Job(op, rule, call, names, saved, tuple(needs))
            environment = job.environment(spans, saved) | job.cotangents(saved, grads)
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
    if rule.kind is Kind.NUMPY:
        return _run_numpy_rule(call, rule, perturbed, needs, saved, tangents)
    job = Job(op, rule, call, perturbed, saved, needs)
    environment = job.environment(spans, saved) | job.tangents(spans, tangents)
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


def _run_numpy_rule(
    call: Call,
    rule: Rule,
    names: Sequence[str],
    needs: Sequence[bool],
    saved: Saved,
    grads: list[Tensor | None],
) -> list[Tensor | None]:
    """Run a NumPy rule on tensors, as the primitive it is."""
    rule_call, tensors = RuleCall.take(
        saved.rules.primitive(rule), call, names, needs, saved, grads
    )
    outputs, outcome = execute(rule_call, tensors)
    places = rule_call.places()
    listed: list[Tensor | None] = [None] * (
        len(saved.output_likes) if rule is saved.rules.jvp else len(needs)
    )
    for i, y, leaf in zip(places, outputs, outcome.leaves, strict=True):
        listed[i] = y if leaf is TENSOR else None
    return listed
