"""The demo: a maximum-likelihood fit that PyTorch cannot do on its own.

A generalised-gamma regression with censoring, whose log-likelihood must be differentiated twice in
the first argument of the incomplete gamma function. The steps are in `run`; the mathematics is in
``_model.py``.
"""

from __future__ import annotations

import importlib.util
import sys
from typing import Any

import scipy.special
import torch
from torch import Tensor

from npbridge.demo import _data, _model, _report

__all__ = ["run"]

RTOL, ATOL, STEP = 1e-6, 1e-8, 1e-5


class HandWritten(torch.autograd.Function):
    """gammaincc as it is usually bridged by hand, to show what becomes of the standard errors.

    The derivative in ``a`` is a central difference in NumPy. It is right to ten digits; but
    autograd takes it for a constant, and the second derivatives that contain it are silently lost.
    """

    @staticmethod
    def forward(ctx: Any, a: Tensor, x: Tensor) -> Tensor:
        """Compute the value with SciPy."""
        ctx.save_for_backward(a, x)
        return torch.from_numpy(scipy.special.gammaincc(a.numpy(), x.numpy()))

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, Tensor]:
        """Return both partial derivatives times `grad`."""
        a, x = ctx.saved_tensors
        array, points = a.detach().numpy(), x.detach().numpy()
        high = scipy.special.gammaincc(array + STEP, points)
        low = scipy.special.gammaincc(array - STEP, points)
        in_a = torch.from_numpy((high - low) / (2 * STEP))
        in_x = -torch.exp((a - 1) * torch.log(x) - x - torch.lgamma(a))
        return (grad * in_a).sum(), grad * in_x


def torch_alone() -> str:
    """Ask torch itself for the derivative of gammaincc in its first argument; return the answer."""
    a = torch.tensor(2.0, requires_grad=True)
    try:
        (slope,) = torch.autograd.grad(torch.special.gammaincc(a, torch.tensor(1.0)), a)
    except RuntimeError as error:
        return f'raises "{str(error).splitlines()[0]}"'
    return f"now has a derivative ({float(slope):.6f} at a=2, x=1)"


def check_derivatives(theta: Tensor, data: _data.SurvivalData) -> tuple[bool, bool, float]:
    """Compare the derivatives of the log-likelihood with central differences.

    Each patient's contribution is checked by itself: at the maximum the derivatives of their sum
    are zero, which a wrong rule can reach too, and the sum's rounding would hide small errors.

    Parameters
    ----------
    theta : torch.Tensor
        Where to check; the data should be standardised, so that one step suits every parameter.
    data : SurvivalData
        Times and covariates.

    Returns
    -------
    first, second : bool
        Whether gradcheck and gradgradcheck pass.
    deviation : float
        The largest difference between a first derivative and its central difference.
    """

    def terms(point: Tensor) -> Tensor:
        return _model.contributions(point, data)

    exact: Tensor = torch.autograd.functional.jacobian(terms, theta)  # type: ignore[no-untyped-call]  # torch does not annotate it
    steps = STEP * torch.eye(len(theta), dtype=theta.dtype)
    central = [(terms(theta + step) - terms(theta - step)) / (2 * STEP) for step in steps]
    deviation = float((exact - torch.stack(central, 1)).abs().max())
    options: dict[str, Any] = {"eps": STEP, "rtol": RTOL, "atol": ATOL, "raise_exception": False}
    point = theta.clone().requires_grad_()
    first = torch.autograd.gradcheck(terms, (point,), **options)
    with torch.random.fork_rng(devices=[]):  # gradgradcheck draws random cotangents
        torch.manual_seed(0)
        second = torch.autograd.gradgradcheck(terms, (point,), **options)
    return first, second, deviation


def run(plot: str | None = None) -> int:
    """Fit the model and print everything the demo shows.

    Parameters
    ----------
    plot : str, optional
        Draw the survival curves to this PNG file instead of the terminal.

    Returns
    -------
    int
        The exit status: 0, or 1 where the plot cannot be drawn or a derivative is wrong.
    """
    if plot is not None and importlib.util.find_spec("matplotlib") is None:
        print("--plot needs matplotlib: install it, or leave the option out.", file=sys.stderr)
        return 1
    data = _data.load()
    standardised, to_natural = _data.standardise(data)
    print(f"Data      NCCTG lung cancer, {len(data.time)} patients, {int(data.died.sum())} deaths")
    print(f"          {_data.CITATION}")
    print("Model     generalised-gamma survival regression (Prentice 1974), right censoring")
    print("Torch     cannot fit it alone: gammaincc(a, x) must be differentiated twice in a, where")
    print(f"          torch.special.gammaincc {torch_alone()}\n")
    print(f"{'iteration':>9}{'log-likelihood':>18}{'|gradient|':>13}")
    fitted = _model.fit(
        standardised, lambda i, value, norm: print(f"{i:>9}{value:>18.7f}{norm:>13.1e}")
    )
    theta = torch.cat([to_natural @ fitted[:-2], fitted[-2:]])
    errors = _model.standard_errors(_model.hessian(theta, data))
    by_hand = _model.standard_errors(_model.hessian(theta, data, HandWritten.apply))
    print(f"\n{_report.format_table(theta, errors, by_hand)}\n")
    print("by hand: standard errors where the derivative in a is a finite difference in NumPy, as")
    print("bridges are often written. The fit is the same, but autograd takes that derivative for")
    print("a constant and loses part of the Hessian ('none' stands for a negative variance).\n")
    print(f"log-likelihood  {float(_model.contributions(theta, data).sum()):.7f}")
    first, second, deviation = check_derivatives(fitted, standardised)
    outcome = {True: "passed", False: "FAILED"}
    print(
        f"gradcheck       first order {outcome[first]}, second order {outcome[second]} "
        f"(rtol {RTOL:g}, atol {ATOL:g});\n"
        f"                largest deviation from central differences {deviation:.1e}\n"
    )
    if plot is None:
        print(_report.draw_text(theta, data))
    else:
        try:
            _report.draw_png(theta, data, plot)
        except OSError as error:
            print(f"The plot cannot be written: {error}.", file=sys.stderr)
            return 1
        print(f"survival curves written to {plot}")
    return 0 if first and second else 1
