"""What a property is, and how one is tried on a case."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from npbridge.errors import MissingDerivativeError, TransformError, UnsupportedTensorError
from npbridge.testing._case import Case, NotApplicable
from npbridge.testing._report import Finding, Point, Verdict
from npbridge.testing._tolerances import tolerance

REFUSALS = (MissingDerivativeError, TransformError, UnsupportedTensorError)
"""The exceptions by which npbridge says that it will not do something."""


@dataclass(frozen=True)
class Property:
    """Something that holds of every right wrapper.

    `run` yields the points that speak against it, none where it holds, and raises `NotApplicable`
    where it has nothing to say. Any other exception is the function's own.
    """

    name: str
    says: str
    """The sentence that is true of a right wrapper."""
    run: Callable[[Case], Iterable[Point]]

    def try_on(self, case: Case) -> Finding:
        """What comes of it."""
        try:
            points = list(self.run(case))
        except NotApplicable as reason:
            return Finding(self.name, Verdict.NOT_APPLICABLE, note=str(reason))
        except Exception as error:  # noqa: BLE001  # whatever a function raises is a finding
            refused = isinstance(error, REFUSALS)
            note = f"{type(error).__name__}: {error}".partition("\n")[0]
            return Finding(self.name, Verdict.RAISES, note=note, refused=refused)
        order = list(Verdict)
        verdict = max((p.verdict for p in points), key=order.index, default=Verdict.RIGHT)
        note = next((p.note for p in points if p.verdict is verdict and p.note), "")
        return Finding(self.name, verdict, points, note)


ORDER = (
    "value",
    "reference",
    "reference derivative",
    "reverse mode",
    "forward mode",
    "dot product",
    "second order",
    "complex step",
    "pruning",
    "unused outputs",
    "undefined gradient",
    "pure",
    "no alias",
    "version counter",
    "dtype and device",
    "layouts",
    "vmap",
    "vmap of the gradient",
    "torch.func",
    "batched gradients",
    "forward over reverse",
    "compile",
    "checkpoint",
    "leaks",
    "pickling",
)
"""The names of all properties, in the order in which they are tried."""

PROPERTIES: dict[str, Property] = {}
"""Every property, by name, in that order once `npbridge.testing` is imported."""


def holds(name: str, says: str) -> Callable[[Callable[[Case], Iterable[Point]]], Property]:
    """Make a property of a function and list it."""

    def register(run: Callable[[Case], Iterable[Point]]) -> Property:
        PROPERTIES[name] = made = Property(name, says, run)
        listed = sorted(PROPERTIES, key=ORDER.index)  # modules may be imported in any order
        for each in listed:
            PROPERTIES[each] = PROPERTIES.pop(each)
        return made

    return register


def compare(
    what: str,
    argument: str,
    expected: Tensor,
    got: Tensor | None,
    *,
    uncertain: Tensor | float = 0.0,
    scale: Tensor | float = 0.0,
    precision: torch.dtype | None = None,
    note: str = "",
) -> list[Point]:
    """The elements of `got` that are not those of `expected`.

    Parameters
    ----------
    what
        The row of the table of tolerances.
    argument
        What the points are called.
    expected, got
        Tensors of one shape; None and zeros-without-a-graph are different things, and None here
        stands for a derivative that is not there.
    uncertain
        How far `expected` itself may be from the truth, element by element.
    scale
        A magnitude besides that of `expected` to which errors are held, such as the sum of the
        magnitudes of cancelling terms.
    precision
        The dtype in which `got` was computed, if it is not its own.
    note
        Goes with each point.
    """
    if got is None:
        return [Point(Verdict.DETACHED, argument, note=note or "there is no derivative")]
    if got.shape != expected.shape:
        shapes = tuple(expected.shape), tuple(got.shape)
        return [Point(Verdict.WRONG, argument, None, *shapes, note=note or "another shape")]
    wide = torch.complex128 if expected.is_complex() or got.is_complex() else torch.float64
    got_dtype = got.dtype
    rtol = tolerance(what, precision or got_dtype)
    expected, got = expected.detach().to(wide), got.detach().to(wide)
    off = (got - expected).abs()
    same = (got == expected) | (got.isnan() & expected.isnan())
    magnitude = expected.abs() + torch.as_tensor(scale)
    doubt = torch.broadcast_to(torch.as_tensor(uncertain, dtype=torch.float64), off.shape)
    allowed = rtol * magnitude + _smallest(precision or got_dtype) * (rtol > 0)
    wrong = ~same & ~(off <= allowed + doubt) & doubt.isfinite()
    # Where the doubt is larger than what is allowed, agreement proves little.
    undecided = ~wrong & (doubt > 100 * allowed) & ~(same & (expected == 0) & doubt.isfinite())
    points = []
    for verdict, mask in ((Verdict.WRONG, wrong), (Verdict.UNDECIDED, undecided)):
        for index in mask.nonzero().tolist()[:MOST_POINTS]:
            at = tuple(index)
            e, g = expected[at].item(), got[at].item()
            error = off[at].item() / abs(e) if e else float("inf")
            points.append(Point(verdict, argument, at, e, g, error, note))
    return points


def _smallest(dtype: torch.dtype) -> float:
    """Below this a dtype has no full precision, and then nothing: it underflows to zero."""
    return torch.finfo(dtype).tiny if dtype.is_floating_point or dtype.is_complex else 0.0


MOST_POINTS = 20
"""Of each verdict, in one comparison."""


def indices(case: Case) -> Sequence[int]:
    """The differentiable tensors of a case, or a word that there are none."""
    if not case.differentiable:
        raise NotApplicable("no argument is differentiable")
    return case.differentiable
