"""Generalised-gamma survival regression: likelihood, fit and standard errors.

R. L. Prentice, "A log gamma model and its maximum likelihood estimation", Biometrika 61, 1974. With
w = (log t - x'beta) / sigma and a = 1/q^2 the survival function is the incomplete gamma function
gammaincc(a, a e^(qw)) for q > 0 and gammainc(a, a e^(qw)) for q < 0: the shape q enters through the
first argument. q = 1 is the Weibull model and the limit q = 0 the log-normal one.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import cast

import torch
from torch import Tensor

from npbridge import special
from npbridge.demo._data import SurvivalData

SHAPE_NEAR_ZERO = 0.05  # for smaller |q| the survival function is expanded about q = 0
STIRLING_SERIES = 0.1  # below this q^2 five terms of the series are right to 2e-14
CLOSE_ENOUGH_FOR_NEWTON = 1e-3
MAX_ITERATIONS = 100
HALF_LOG_TWO_PI = math.log(2 * math.pi) / 2

GammaFunction = Callable[[Tensor, Tensor], Tensor]

# Taylor coefficients in eta of the first three terms of Temme's uniform expansion of the incomplete
# gamma functions, DLMF 8.12(ii): enough for 1e-9 where |q| < SHAPE_NEAR_ZERO and |w| < 4.
TEMME = (
    (-1 / 3, 1 / 12, -2 / 135, 1 / 864, 1 / 2835, -139 / 777600),
    (-1 / 540, -1 / 288, 1 / 378, -77 / 77760),
    (25 / 6048, -139 / 51840),
)


def _polynomial(coefficients: tuple[float, ...], x: Tensor) -> Tensor:
    """Evaluate a polynomial, lowest coefficient first, by Horner's rule."""
    total = torch.zeros_like(x)
    for coefficient in reversed(coefficients):
        total = total * x + coefficient
    return total


def _curvature(u: Tensor) -> Tensor:
    """Return 2 (e^u - 1 - u) / u^2, which is 1 at u = 0, without cancellation."""
    small = u.abs() < 1
    series = _polynomial(tuple(2 / math.factorial(k) for k in range(2, 21)), u.where(small, 0.0))
    large = u.where(~small, 1.0)  # both branches are differentiated: keep this one away from 0/0
    return torch.where(small, series, 2 * (torch.expm1(large) - large) / large**2)


def _stirling_remainder(q: Tensor) -> Tensor:
    """Return what Stirling's formula leaves of gammaln(1/q^2): q^2/12 - ..., DLMF 5.11.1."""
    if float(q.detach() ** 2) < STIRLING_SERIES:
        q2 = q * q
        return q2 * _polynomial((1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188), q2 * q2)
    a = q**-2
    gammaln: Tensor = special.gammaln(a)
    return gammaln - ((a - 0.5) * torch.log(a) - a + HALF_LOG_TWO_PI)


def log_density(w: Tensor, q: Tensor) -> Tensor:
    """Log density of the standardised log time w, smooth through q = 0.

    Textbooks write log|q| + a log a - gammaln(a) + a (qw - e^(qw)), where terms of order a cancel
    as q goes to 0. Stirling's formula and e^u - 1 - u absorb them: what is left is the normal
    density with w^2 bent by the factor `_curvature`, and a remainder of order q^2.

    Parameters
    ----------
    w : torch.Tensor
        Standardised log times, any shape.
    q : torch.Tensor
        The shape parameter, 0-d.

    Returns
    -------
    torch.Tensor
        The log density, of the shape of `w`.
    """
    return -HALF_LOG_TWO_PI - _stirling_remainder(q) - w**2 * _curvature(q * w) / 2


def log_survival(w: Tensor, q: Tensor, gammaincc: GammaFunction = special.gammaincc) -> Tensor:
    """Log probability that the standardised log time exceeds w.

    Parameters
    ----------
    w : torch.Tensor
        Standardised log times, any shape.
    q : torch.Tensor
        The shape parameter, 0-d.
    gammaincc : callable, optional
        The regularised upper incomplete gamma function to use for q > 0.

    Returns
    -------
    torch.Tensor
        The log survival probability, of the shape of `w`.
    """
    shape = float(q.detach())
    if abs(shape) >= SHAPE_NEAR_ZERO:
        upper_tail = gammaincc if shape > 0 else special.gammainc
        return torch.log(upper_tail(q**-2, q**-2 * torch.exp(q * w)))
    # For large a both arguments change like q^-3, nearly along the line on which the function is
    # constant: what their derivatives share cancels. Temme's form has done that by hand, is the
    # same for both signs of q, and at q = 0 is the normal survival function.
    v = w * torch.sqrt(_curvature(q * w))
    bracket = sum(_polynomial(row, q * v) * q ** (2 * k) for k, row in enumerate(TEMME))
    log_normal: Tensor = special.log_ndtr(-v)
    hazard = torch.exp(-v * v / 2 - HALF_LOG_TWO_PI - log_normal)
    return log_normal + torch.log1p(q * hazard * bracket)


def contributions(
    theta: Tensor, data: SurvivalData, gammaincc: GammaFunction = special.gammaincc
) -> Tensor:
    """Log-likelihood of each patient: the deaths first, then the censored.

    Parameters
    ----------
    theta : torch.Tensor
        The coefficients beta, then log sigma, then q.
    data : SurvivalData
        Times and covariates.
    gammaincc : callable, optional
        As in `log_survival`.

    Returns
    -------
    torch.Tensor
        Shape ``(n,)``; its sum is the log-likelihood.
    """
    *_, log_sigma, q = theta
    log_time, died = torch.log(data.time), data.died
    w = (log_time - data.design @ theta[:-2]) * torch.exp(-log_sigma)
    deaths = log_density(w[died], q) - log_sigma - log_time[died]
    return torch.cat([deaths, log_survival(w[~died], q, gammaincc)])


def hessian(
    theta: Tensor, data: SurvivalData, gammaincc: GammaFunction = special.gammaincc
) -> Tensor:
    """Return the exact Hessian of the negative log-likelihood: the observed information."""
    result: Tensor = torch.autograd.functional.hessian(  # type: ignore[no-untyped-call]  # torch does not annotate it
        lambda point: -contributions(point, data, gammaincc).sum(), theta
    )
    return result


def standard_errors(information: Tensor) -> Tensor:
    """Return standard errors from the observed information; NaN for a negative variance."""
    return torch.sqrt(torch.diag(torch.linalg.inv(information)))


def fit(data: SurvivalData, progress: Callable[[int, float, float], None]) -> Tensor:
    """Maximise the likelihood, starting from the exponential distribution without covariates.

    L-BFGS compares values of the log-likelihood, which in float64 are equal while the estimates
    still differ in the eighth digit; one Newton step settles the rest.

    Parameters
    ----------
    data : SurvivalData
        Times and covariates, standardised.
    progress : callable
        Called with the iteration, the log-likelihood and the norm of its gradient.

    Returns
    -------
    torch.Tensor
        The estimates, as `contributions` takes them.
    """
    theta = torch.zeros(data.design.shape[1] + 2, dtype=torch.float64)
    theta[0], theta[-1] = torch.log(data.time.sum() / data.died.sum()), 1.0
    theta.requires_grad_()
    optimiser = torch.optim.LBFGS(
        [theta], max_iter=1, max_eval=25, tolerance_change=0.0, line_search_fn="strong_wolfe"
    )

    def closure() -> Tensor:
        loss = -contributions(theta, data).sum()
        (theta.grad,) = torch.autograd.grad(loss, theta)
        return loss.detach()

    def look(iteration: int) -> Tensor:
        value, gradient = closure(), cast("Tensor", theta.grad)
        progress(iteration, -float(value), float(gradient.norm()))
        return gradient

    iteration = 0
    while (gradient := look(iteration)).norm() > CLOSE_ENOUGH_FOR_NEWTON:
        if (iteration := iteration + 1) > MAX_ITERATIONS:
            raise RuntimeError(f"not close to a maximum after {MAX_ITERATIONS} iterations")
        optimiser.step(closure)  # type: ignore[no-untyped-call]  # torch does not annotate it
    theta.data -= torch.linalg.solve(hessian(theta.detach(), data), gradient)
    look(iteration + 1)
    return theta.detach()
