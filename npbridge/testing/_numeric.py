"""Numerical derivatives that say how far they can be trusted.

Central differences over steps that halve, extrapolated to step zero; of all entries of the tableau
the one is taken whose uncertainty is least (C. Ridders, Adv. Eng. Softw. 4 (1982) 75). What is
added here is the rounding of the function itself, which no difference of its values can show.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

STEPS = 22
"""From a quarter of the argument down to a ten-millionth of it."""
TABLEAU = 8
"""Extrapolations of one entry; more of them amplify rounding."""
ROUNDING = 16 * 2.0**-52
"""Of a well-made float64 function: a few units in the last place."""
SHARED = 16 * 2.0**-52
"""Of the largest of what moves together: linear algebra rounds an element as it does the whole."""
NOTHING = 1e-10
"""Of the largest entry of a column, beside which the others are held to it."""
AGREEING = 3
"""Steps that must agree: one alone may look certain by chance, where the function is noisy."""


class Estimate(NamedTuple):
    """A directional derivative, how far off it may be, and how large it would naturally be."""

    value: Tensor
    doubt: Tensor
    scale: Tensor


def directional(fn: Callable[[Tensor], Tensor], x: Tensor, direction: Tensor) -> Estimate:
    """The derivative of a vector function of a vector along a direction, in float64.

    Parameters
    ----------
    fn
        From a vector `(n,)` to a vector `(m,)`.
    x, direction
        Vectors `(n,)`.

    Returns
    -------
    Estimate
        Three vectors `(m,)`. Where the function is not finite on both sides of `x` the doubt is
        infinite.
    """
    moved = direction != 0
    center = fn(x)
    if not bool(moved.any()):
        return Estimate(*(torch.zeros_like(center) for _ in range(3)))
    x_moved, d_moved = x[moved], direction[moved]
    sizes = torch.where(x_moved != 0, x_moved.abs(), torch.ones_like(x_moved))
    reach = float((sizes / d_moved.abs()).min())
    unit = 1 / float(d_moved.abs().max())
    # A tiny argument may be tiny beside the length on which the function changes.
    starts = [reach] if reach > unit / 1000 else [reach, unit]
    # A column of the Jacobian; along other directions elements that have nothing to do with each
    # other move together, and may be as small beside each other as they like.
    column = len(x_moved) == 1
    shared = SHARED if column else 0.0
    rows: list[Estimate] = []
    for start in starts:
        previous: list[Tensor] = []
        for k in range(STEPS):
            h = 2.0 ** (math.floor(math.log2(start)) - 2 - k)
            up, down = x + h * direction, x - h * direction
            above, below = fn(up), fn(down)
            row = [(above - below) / (2 * h)]
            # What was rounded: the values, and the step itself where it is no sum of a few bits.
            noise = ROUNDING * (above.abs() + below.abs() + center.abs()) / h
            step = (((up - down)[moved] / (2 * h * d_moved)) - 1).abs().max()
            noise = noise + row[0].abs() * step + shared * row[0].abs().nan_to_num(0, 0).max()
            best, doubt = row[0], torch.full_like(center, float("inf"))
            for i in range(1, min(k, TABLEAU) + 1):
                row.append((4.0**i * row[i - 1] - previous[i - 1]) / (4.0**i - 1))
                apart = torch.maximum((row[i] - row[i - 1]).abs(), (row[i] - previous[i - 1]).abs())
                error = 4 * apart + noise
                better = error < doubt  # never where a value is NaN
                best, doubt = torch.where(better, row[i], best), torch.where(better, error, doubt)
            rows.append(Estimate(best, doubt, doubt))
            previous = row
    order = torch.stack([row.doubt for row in rows]).argsort(0)[:AGREEING]
    values = torch.stack([row.value for row in rows]).gather(0, order)
    doubts = torch.stack([row.doubt for row in rows]).gather(0, order)
    apart = (values - values[0]).abs().amax(0)
    doubt = torch.where(apart.isfinite(), torch.maximum(doubts[0], apart), doubts[-1])
    scale = center.abs() / max(reach, unit)
    if column:
        scale = scale + NOTHING * values[0].abs().nan_to_num(0, 0).max()
    return Estimate(
        torch.where(doubt.isfinite(), values[0], torch.zeros_like(center)),
        doubt,
        torch.where(scale.isfinite(), scale, torch.zeros_like(scale)),
    )
