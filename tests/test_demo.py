"""The demo: its likelihood and its fit against mpmath, and what it prints."""

from __future__ import annotations

import importlib.util
import math
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import mpmath
import pytest
import torch
from torch import Tensor

from npbridge import __main__ as command_line
from npbridge import demo
from npbridge.demo import _data, _kaplan_meier, _model

# Found apart from the library: Newton's method in mpmath with 40 digits on the textbook form of the
# log-likelihood, its derivatives by central differences with a step of 1e-10.
MAXIMUM = -1132.41324436863
ESTIMATES = [
    6.67177590803798,
    -0.0076375846630024,
    0.407330741550298,
    -0.343346616733142,
    -0.300251662880583,
    0.957155438489797,
]
STANDARD_ERRORS = [
    0.4305821527305,
    0.006851983335247,
    0.127478164306,
    0.08561979479823,
    0.0837409117224,
    0.1881549732014,
]

Form = Callable[[Tensor, Tensor], Tensor]
ExactForm = Callable[[mpmath.mpf, mpmath.mpf], mpmath.mpf]

SHAPES = [-2.0, -0.7, -0.2, -0.051, -0.049, -0.01, 0.01, 0.049, 0.051, 0.2, 0.7, 1.0, 1.5]
LOG_TIMES = [-3.0, -1.2, -0.05, 0.0, 0.4, 1.5]


def exact_log_density(w: mpmath.mpf, q: mpmath.mpf) -> mpmath.mpf:
    """Return the log density of Prentice's model in its textbook form."""
    a = 1 / q**2
    constant = mpmath.log(abs(q)) + a * mpmath.log(a) - mpmath.loggamma(a)
    return constant + a * (q * w - mpmath.exp(q * w))


def exact_log_survival(w: mpmath.mpf, q: mpmath.mpf) -> mpmath.mpf:
    """Return the log survival probability of Prentice's model in its textbook form."""
    a = 1 / q**2
    x = a * mpmath.exp(q * w)
    limits = (x, mpmath.inf) if q > 0 else (0, x)
    return mpmath.log(mpmath.gammainc(a, *limits, regularized=True))


FORMS = [
    pytest.param(_model.log_density, exact_log_density, id="density"),
    pytest.param(_model.log_survival, exact_log_survival, id="survival"),
]


def tensor(values: float | Sequence[float]) -> Tensor:
    """Return a float64 tensor."""
    return torch.tensor(values, dtype=torch.float64)


@pytest.fixture(scope="module")
def data() -> _data.SurvivalData:
    """Return the data in natural units."""
    return _data.load()


@pytest.fixture(scope="module")
def estimates(data: _data.SurvivalData) -> Tensor:
    """Return the fitted parameters in natural units."""
    standardised, to_natural = _data.standardise(data)
    fitted = _model.fit(standardised, lambda *_: None)
    return torch.cat([to_natural @ fitted[:-2], fitted[-2:]])


def test_data_are_the_complete_rows(data: _data.SurvivalData) -> None:
    """Of 228 patients the one without an ECOG status is left out; 164 of the others died."""
    assert data.design.shape == (227, len(_data.COVARIATES))
    assert int(data.died.sum()) == 164
    assert bool(data.design.isfinite().all())


def test_standardised_data_describe_the_same_model(data: _data.SurvivalData) -> None:
    """Coefficients of the standardised data, taken to natural units, give the same predictor."""
    standardised, to_natural = _data.standardise(data)
    beta = tensor([5.5, 0.3, -0.2, 0.1])
    torch.testing.assert_close(standardised.design @ beta, data.design @ (to_natural @ beta))
    torch.testing.assert_close(standardised.design[:, 1:].mean(0), tensor([0.0] * 3))
    torch.testing.assert_close(standardised.design[:, 1:].std(0), tensor([1.0] * 3))


@pytest.mark.parametrize("q", SHAPES)
@pytest.mark.parametrize(("ours", "exact"), FORMS)
def test_log_probabilities_agree_with_mpmath(ours: Form, exact: ExactForm, q: float) -> None:
    """Both log probabilities are right for shapes of either sign, on both sides of each switch."""
    with mpmath.workdps(40):
        expected = [float(exact(mpmath.mpf(w), mpmath.mpf(q))) for w in LOG_TIMES]
    actual = ours(tensor(LOG_TIMES), tensor(q))
    torch.testing.assert_close(actual, tensor(expected), rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("q", SHAPES)
@pytest.mark.parametrize(("ours", "exact"), FORMS)
def test_gradients_agree_with_mpmath(ours: Form, exact: ExactForm, q: float) -> None:
    """The derivatives in the log time and in the shape are right, also where the shape is small."""
    for w in LOG_TIMES:
        point = (tensor(w).requires_grad_(), tensor(q).requires_grad_())
        actual = torch.autograd.grad(ours(*point), point)
        with mpmath.workdps(40):
            at = (mpmath.mpf(w), mpmath.mpf(q))
            expected = [float(mpmath.diff(exact, at, order)) for order in ((1, 0), (0, 1))]
        torch.testing.assert_close(torch.stack(actual), tensor(expected), rtol=1e-8, atol=1e-9)


def test_shape_zero_is_the_log_normal_model() -> None:
    """At shape 0, where the textbook form divides by zero, values are normal and slopes finite."""
    w, q = tensor(LOG_TIMES), tensor(0.0).requires_grad_()
    density, survival = _model.log_density(w, q), _model.log_survival(w, q)
    normal = torch.distributions.Normal(tensor(0.0), tensor(1.0))
    torch.testing.assert_close(density, normal.log_prob(w))
    torch.testing.assert_close(survival, torch.special.log_ndtr(-w))
    # d/dq of -w^2 (e^u - 1 - u) / u^2 with u = qw is -w^3 / 6 at q = 0.
    (slope,) = torch.autograd.grad(density.sum(), q)
    torch.testing.assert_close(slope, -(w**3).sum() / 6)
    (slope,) = torch.autograd.grad(survival.sum(), q)
    assert math.isfinite(float(slope))


def test_fit_reaches_the_maximum(data: _data.SurvivalData, estimates: Tensor) -> None:
    """The fit ends at the maximum that mpmath finds, in value and in every parameter."""
    assert float(_model.contributions(estimates, data).sum()) == pytest.approx(MAXIMUM, abs=1e-9)
    torch.testing.assert_close(estimates, tensor(ESTIMATES), rtol=1e-9, atol=0)


def test_standard_errors_are_exact(data: _data.SurvivalData, estimates: Tensor) -> None:
    """The standard errors agree with those from mpmath's Hessian to nine digits."""
    errors = _model.standard_errors(_model.hessian(estimates, data))
    torch.testing.assert_close(errors, tensor(STANDARD_ERRORS), rtol=1e-9, atol=0)


def test_hand_written_bridge_loses_second_derivatives(
    data: _data.SurvivalData, estimates: Tensor
) -> None:
    """The bridge shown for comparison has right first derivatives and wrong standard errors."""
    a, x = tensor(1.1).requires_grad_(), tensor([0.3, 2.0]).requires_grad_()
    assert torch.autograd.gradcheck(demo.HandWritten.apply, (a, x))
    errors = _model.standard_errors(_model.hessian(estimates, data, demo.HandWritten.apply))
    assert math.isnan(errors[-1])
    assert float(errors[-2]) < 0.75 * STANDARD_ERRORS[-2]


def test_derivatives_are_checked_for_real(
    data: _data.SurvivalData, estimates: Tensor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The check passes for the model and fails once a derivative is wrong by 0.001 %."""
    standardised, to_natural = _data.standardise(data)
    beta = torch.linalg.solve(to_natural, estimates[:-2])
    theta = torch.cat([beta, estimates[-2:]])
    first, second, deviation = demo.check_derivatives(theta, standardised)
    assert first
    assert second
    assert deviation < 1e-7
    right = _model.contributions

    def wrong(point: Tensor, rows: _data.SurvivalData) -> Tensor:
        return right(point + 1e-5 * (point - point.detach()), rows)

    monkeypatch.setattr(_model, "contributions", wrong)
    assert not demo.check_derivatives(theta, standardised)[0]


def test_kaplan_meier_by_hand() -> None:
    """Six patients worked by hand: deaths at 1, 3, 3 and 6; censored at 3 (still at risk) and 4."""
    time = tensor([3.0, 1.0, 4.0, 3.0, 6.0, 3.0])
    died = torch.tensor([True, True, False, False, True, True])
    times, survival = _kaplan_meier.kaplan_meier(time, died)
    assert times.tolist() == [1.0, 3.0, 6.0]
    assert survival.tolist() == pytest.approx([5 / 6, 5 / 6 * 3 / 5, 0.0])
    at = tensor([0.5, 1.0, 2.9, 3.0, 5.0, 6.0, 9.0])
    read = _kaplan_meier.evaluate(times, survival, at)
    assert read.tolist() == pytest.approx([1, 5 / 6, 5 / 6, 1 / 2, 1 / 2, 0, 0])


def test_demo_prints_everything() -> None:
    """The demo ends with status 0 and shows citation, table, likelihood, check and curves."""
    command = [sys.executable, "-m", "npbridge", "demo"]
    result = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert result.returncode == 0, result.stderr
    assert result.stderr == ""
    lines = result.stdout.splitlines()
    assert any("Loprinzi et al. 1994" in line for line in lines)
    assert any("the derivative for 'igammac: input' is not implemented" in line for line in lines)
    (shape,) = [line.split() for line in lines if line.startswith("shape q")]
    assert shape == ["shape", "q", "0.957155", "0.188155", "5.09", "<0.0001", "none"]
    assert "log-likelihood  -1132.4132444" in lines
    assert any("first order passed, second order passed" in line for line in lines)
    assert any(line.startswith(" 0.50 |") for line in lines)
    assert any("fitted: M men (n=137), W women (n=90)" in line for line in lines)
    assert max(map(len, lines)) <= 100


def test_plot_is_a_png(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With --plot the curves go to a PNG file and not to the terminal."""
    pytest.importorskip("matplotlib", reason="the plot needs matplotlib, an optional package")
    path = tmp_path / "curves.png"
    assert command_line.main(["demo", "--plot", str(path)]) == 0
    assert path.read_bytes().startswith(b"\x89PNG")
    assert "probability of survival" not in capsys.readouterr().out


def test_plot_without_matplotlib_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without matplotlib --plot stops before the fit, with one sentence on standard error."""
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    assert demo.run(plot="curves.png") == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err == "--plot needs matplotlib: install it, or leave the option out.\n"


def test_bare_command_prints_help(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a subcommand the command line shows its help and ends with status 0."""
    assert command_line.main([]) == 0
    assert "demo" in capsys.readouterr().out


def test_fit_that_goes_nowhere_raises(
    data: _data.SurvivalData, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fit that runs out of iterations is an error, never an estimate."""
    monkeypatch.setattr(_model, "MAX_ITERATIONS", 1)
    with pytest.raises(RuntimeError, match="not close to a maximum after 1 iterations"):
        _model.fit(_data.standardise(data)[0], lambda *_: None)


def test_failures_reach_the_exit_status(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A wrong derivative, printed as FAILED, and a plot that cannot be written give status 1."""
    monkeypatch.setattr(demo, "check_derivatives", lambda *_: (True, False, 0.5))
    assert demo.run() == 1
    assert "first order passed, second order FAILED" in capsys.readouterr().out
    pytest.importorskip("matplotlib", reason="the plot needs matplotlib, an optional package")
    monkeypatch.setattr(demo, "check_derivatives", lambda *_: (True, True, 0.0))
    assert demo.run(plot=str(tmp_path / "missing" / "curves.png")) == 1
    assert capsys.readouterr().err.startswith("The plot cannot be written: ")


def test_torch_is_asked_and_not_quoted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Should torch learn the derivative, the demo says so."""
    monkeypatch.setattr(torch.special, "gammaincc", torch.mul)
    assert demo.torch_alone() == "now has a derivative (1.000000 at a=2, x=1)"
