"""The Kaplan-Meier estimate of a survival curve."""

from __future__ import annotations

import torch
from torch import Tensor


def kaplan_meier(time: Tensor, died: Tensor) -> tuple[Tensor, Tensor]:
    """Estimate a survival curve without a model.

    At each time with deaths the curve falls by the factor 1 - deaths / patients at risk. A patient
    censored at that very time still counts as at risk, as is usual.

    Parameters
    ----------
    time : torch.Tensor
        Times of death or censoring, shape ``(n,)``.
    died : torch.Tensor
        True for a death, shape ``(n,)``.

    Returns
    -------
    times : torch.Tensor
        The distinct times of death, ascending.
    survival : torch.Tensor
        The estimate from each of these times up to the next; before the first it is 1.
    """
    times, deaths = torch.unique(time[died], return_counts=True)
    at_risk = (time >= times[:, None]).sum(1)
    return times, torch.cumprod(1 - deaths / at_risk.to(time.dtype), 0)


def evaluate(times: Tensor, survival: Tensor, at: Tensor) -> Tensor:
    """Read the step function at the times `at`; it is continuous from the right.

    Parameters
    ----------
    times, survival : torch.Tensor
        What `kaplan_meier` returns.
    at : torch.Tensor
        Times at which to read it, any shape.

    Returns
    -------
    torch.Tensor
        The estimate, of the shape of `at`.
    """
    steps = torch.cat([survival.new_ones(1), survival])
    return steps[torch.searchsorted(times, at, right=True)]
