"""Wrong wrappers through the whole kit: each mistake is blamed on the property it breaks."""

import mistakes
import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, Phase, settings
from mistakes import MISTAKES
from test_hygiene import KEPT

from npbridge import numpy_op
from npbridge.domains import interval
from npbridge.testing import PROPERTIES, CheckError, Verdict, audit, check_property

FULL = settings.default.max_examples >= 1000
"""In the nightly profile. The collector looks at all of a process again and again, which would be
most of the time."""


@pytest.fixture(autouse=True)
def _forget():
    yield
    KEPT.clear()
    mistakes.COUNT.clear()


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_breaks_these_properties_and_no_other(name):
    row = MISTAKES[name]
    tries = [p for p in PROPERTIES if p != "leaks" or FULL or row.caught_by == "leaks"]
    report = audit(row.fn, *row.args, properties=tries, **row.options)
    silent = {f.name: f.verdict for f in report.silently_wrong}
    (found,) = [f for f in report.findings if f.name == row.caught_by]
    if row.raises:
        assert (found.verdict, silent) == (Verdict.RAISES, {}), report
        return
    assert set(silent) == {row.caught_by, *row.also}, report
    assert found.verdict is (Verdict.DETACHED if row.detached else Verdict.WRONG), report


def test_every_property_is_the_one_to_catch_some_mistake():
    assert {row.caught_by for row in MISTAKES.values()} == set(PROPERTIES)


# -- found by Hypothesis ---------------------------------------------------------------------------

WRONG = {
    "factor": lambda g, *_: 1.00005 * g,
    "sign": lambda g, *_: -g,
    "nothing": lambda g, *_: 0 * g,
    "only where x > 1": lambda g, x: torch.where(x > 1, 2 * g, g),
}


def sine_with(mistake, argument):
    """Sin(x) k, with one rule spoiled."""
    op = numpy_op(
        lambda x, k: np.sin(x) * k,
        name="sine",
        signature="(),()->()",
        vectorized=True,
        domain={"x": (0.25, 1.5), "k": interval(1, 4)},
    )
    spoil = WRONG[mistake]
    rules = {
        "x": lambda grad, x, k: grad * torch.cos(x) * k,
        "k": lambda grad, x, k: grad * torch.sin(x),
    }
    right = rules[argument]
    rules[argument] = lambda grad, x, k: spoil(right(grad, x, k), x)
    op.register_vjp(rules, composite=True)
    return op


def falsified(op, **options):
    """The report of a check that fails, and the example that Hypothesis prints."""
    quiet = settings(
        max_examples=200,
        derandomize=True,
        database=None,
        print_blob=False,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    with pytest.raises(CheckError) as caught:
        quiet(check_property(op, **options))()
    text = "\n".join(caught.value.__notes__)
    # Hypothesis up to 6.16x calls it a falsifying example.
    shown = text[text.index("test_") :].partition("\nExplanation")[0].partition("\n\n")[0]
    return caught.value.report, "".join(shown.split())


def example(x, k):
    """As it is printed, but for white space."""
    tensors = ",".join(f"torch.tensor({v},dtype=torch.float64)" for v in (x, k))
    return f"test_sine(drawn=(({tensors}),{{}}),)"


@pytest.mark.parametrize("argument", ["x", "k"])
@pytest.mark.parametrize("mistake", WRONG)
def test_a_mistake_in_either_argument_is_found_and_shown_where_it_is(mistake, argument):
    report, shown = falsified(sine_with(mistake, argument), properties=["reverse mode"])
    (finding,) = report.failures
    assert {p.argument for p in finding.points} == {argument}
    # The plainest numbers of the domain at which it shows.
    assert shown == example(1.5 if mistake == "only where x > 1" else 1.0, 1.0)
    assert finding.snippet.endswith("properties=['reverse mode']))")
