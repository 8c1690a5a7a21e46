"""What the demo shows: the table of estimates, and the survival curves as text or as an image."""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor

from npbridge.demo._data import COVARIATES, SurvivalData
from npbridge.demo._kaplan_meier import evaluate, kaplan_meier
from npbridge.demo._model import log_survival

WIDTH, HEIGHT = 68, 20
TICK_DAYS = 200
SMALLEST_P = 1e-4


class Curve(NamedTuple):
    """The survival curves of one group of patients.

    Attributes
    ----------
    name : str
        The group, with its number of patients.
    observed, fitted : torch.Tensor
        The Kaplan-Meier estimate and the fitted curve at the days that were asked for.
    """

    name: str
    observed: Tensor
    fitted: Tensor


def survival_curves(theta: Tensor, data: SurvivalData, days: Tensor) -> list[Curve]:
    """Compute the curves of men and women.

    Parameters
    ----------
    theta : torch.Tensor
        The estimates, as the likelihood takes them.
    data : SurvivalData
        Times and covariates in natural units.
    days : torch.Tensor
        Where to evaluate the curves, shape ``(m,)``, positive.

    Returns
    -------
    list of Curve
        The fitted curve of a group is the mean over the curves of its patients, so that it can be
        compared with the Kaplan-Meier estimate, which knows no covariates.
    """
    *_, log_sigma, q = theta
    female = data.design[:, 2] == 1
    curves = []
    for name, rows in (("men", ~female), ("women", female)):
        group = data.subset(rows)
        location = group.design @ theta[:-2]
        w = (torch.log(days) - location[:, None]) * torch.exp(-log_sigma)
        observed = evaluate(*kaplan_meier(group.time, group.died), days)
        fitted = torch.exp(log_survival(w, q)).mean(0)
        curves.append(Curve(f"{name} (n={int(rows.sum())})", observed, fitted))
    return curves


def format_table(theta: Tensor, errors: Tensor, by_hand: Tensor) -> str:
    """Lay out the estimates.

    Parameters
    ----------
    theta, errors : torch.Tensor
        Estimates and their standard errors.
    by_hand : torch.Tensor
        The standard errors that a hand-written bridge gives; NaN is shown as ``none``.

    Returns
    -------
    str
        One line for the heading and one for each parameter.
    """
    lines = [
        f"{'parameter':<15}{'estimate':>12}{'std. error':>12}{'z':>8}{'p-value':>10}{'by hand':>12}"
    ]
    columns = zip(theta.tolist(), errors.tolist(), by_hand.tolist(), strict=True)
    names = (*COVARIATES, "log sigma", "shape q")
    for name, (estimate, error, other) in zip(names, columns, strict=True):
        z = estimate / error
        p = math.erfc(abs(z) / math.sqrt(2))
        p_text = f"{p:.4f}" if p >= SMALLEST_P else "<0.0001"
        other_text = "none" if math.isnan(other) else f"{other:.6f}"
        cells = f"{estimate:>12.6f}{error:>12.6f}{z:>8.2f}{p_text:>10}{other_text:>12}"
        lines.append(f"{name:<15}{cells}")
    return "\n".join(lines)


def draw_text(theta: Tensor, data: SurvivalData) -> str:
    """Draw the curves with letters, for a terminal.

    Parameters
    ----------
    theta : torch.Tensor
        The estimates, as the likelihood takes them.
    data : SurvivalData
        Times and covariates in natural units.

    Returns
    -------
    str
        The drawing with its axes and legend; plain ASCII, so that any terminal can show it.
    """
    end = float(data.time.max())
    days = (torch.arange(WIDTH, dtype=torch.float64) + 0.5) * end / WIDTH
    curves = survival_curves(theta, data, days)
    canvas = [[" "] * WIDTH for _ in range(HEIGHT + 1)]
    # The fitted curves come last: where two curves meet they hide the estimate they describe.
    layers = [(curve.observed, mark) for curve, mark in zip(curves, ".:", strict=True)]
    layers += [(curve.fitted, mark) for curve, mark in zip(curves, "MW", strict=True)]
    for heights, mark in layers:
        for column, height in enumerate(heights.tolist()):
            canvas[HEIGHT - round(height * HEIGHT)][column] = mark
    lines = ["probability of survival"]
    for row, cells in enumerate(canvas):
        label = f"{1 - row / HEIGHT:.2f}" if row % (HEIGHT // 4) == 0 else ""
        lines.append(f"{label:>5} |{''.join(cells)}".rstrip())
    axis, labels = ["-"] * WIDTH, [" "] * (WIDTH + 8)
    for day in range(0, int(end) + 1, TICK_DAYS):
        column = min(int(day * WIDTH / end), WIDTH - 1)
        axis[column] = "+"
        labels[column : column + len(str(day))] = str(day)
    lines += [f"{'':>5}  {''.join(axis)}", f"{'':>7}{''.join(labels).rstrip()} days"]
    men, women = (curve.name for curve in curves)
    lines.append(f"{'':>7}fitted: M {men}, W {women}")
    lines.append(f"{'':>7}Kaplan-Meier, where the fit does not cover it: . men, : women")
    return "\n".join(lines)


def draw_png(theta: Tensor, data: SurvivalData, path: str) -> None:
    """Draw the curves to a PNG file; needs matplotlib.

    Parameters
    ----------
    theta : torch.Tensor
        The estimates, as the likelihood takes them.
    data : SurvivalData
        Times and covariates in natural units.
    path : str
        The file to write.
    """
    # Imported here because matplotlib is optional. A bare figure needs no display and no pyplot.
    from matplotlib.figure import Figure

    days = torch.linspace(0.5, float(data.time.max()), 2000, dtype=torch.float64)
    figure = Figure(figsize=(7, 4.5), layout="constrained")
    axes = figure.subplots()
    for curve, colour in zip(survival_curves(theta, data, days), ("C0", "C1"), strict=True):
        observed, fitted = f"{curve.name}, Kaplan-Meier", f"{curve.name}, fitted"
        # The days are so dense that joining them draws the steps of the estimate.
        axes.plot(days.numpy(), curve.observed.numpy(), color=colour, alpha=0.5, label=observed)
        axes.plot(days.numpy(), curve.fitted.numpy(), color=colour, linewidth=2, label=fitted)
    axes.set(
        xlabel="days",
        ylabel="probability of survival",
        title="Generalised-gamma regression, NCCTG lung cancer data",
        xlim=(0, None),
        ylim=(0, 1.02),
    )
    axes.legend(frameon=False)
    figure.savefig(path, dpi=150, format="png")
