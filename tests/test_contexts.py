"""Right or refused, in every context that torch has: the table of the README, run again."""

import re
from pathlib import Path

import contexts
import pytest
import torch

from npbridge import errors

README = Path(__file__).parent.parent / "README.md"
OURS = {
    "elementwise": contexts.special.j0,
    "signature": contexts.declared,
    "no signature": contexts.undeclared,
}
TWICE = {
    "second derivative with `create_graph=True`",
    "`hessian`",
    "`hessian` in a compiled function",
}
COMPILED = {title for title, where in contexts.CONTEXTS.items() if where.may_break}
# What has to know shapes without running anything.
TRACED = {"`torch.export`, saved and loaded", "FakeTensor and meta tensors", "`library.opcheck`"}


@pytest.fixture(autouse=True)
def _compile_afresh():
    """What is compiled here is dropped here."""
    yield
    torch._dynamo.reset()


def said_by_us(error):
    """Whether an exception, or one it was raised from, is the library's, or quotes it in full."""
    while error is not None:
        if type(error).__module__ == "npbridge.errors":
            return True
        if any(f"{name}(" in str(error) for name in errors.__all__):
            return True
        if "cannot be traced: its output shapes are known only by running it" in str(error):
            return True
        error = error.__cause__ or error.__context__
    return False


@pytest.mark.parametrize("title", contexts.CONTEXTS)
@pytest.mark.parametrize("kind", OURS)
def test_right_or_refused(kind, title):
    """Every context gives the true numbers, and what an op cannot do is the library's own error.

    A NumPy rule is first order. Shapes that nobody declared are known by running only: a compiled
    function breaks there, and what cannot break is refused.
    """
    found = contexts.cell(OURS[kind], contexts.CONTEXTS[title])
    expected = "right"
    if kind != "elementwise" and title in TWICE:
        expected = "raises"
    elif kind == "no signature" and title in COMPILED:
        expected = "breaks"
    elif kind == "no signature" and title in TRACED:
        expected = "raises"
    # Where func.grad is compiled the tracer may meet the op inside the level: then it is refused.
    refused = expected == "breaks" and found.verdict == "raises" and said_by_us(found.error)
    assert found.verdict == expected or refused, found.error
    assert found.error is None or said_by_us(found.error) or expected == "breaks", found.error


def test_verdicts():
    """A number that is off, a zero and no gradient at all are each told from what is right."""
    want = torch.tensor([1.0, 2.0])
    assert contexts.judge(want + 1e-12, want) == "right"
    assert contexts.judge(want + 1e-5, want) == "wrong"
    assert contexts.judge(want[:1], want) == "wrong"
    assert contexts.judge(want * 0, want) == "wrong: zeros"
    assert contexts.judge(None, want) == "wrong: no gradient"
    assert contexts.judge((want, want * 0), (want, want)) == "wrong: zeros"
    assert contexts.judge((1, want), (2, want)) == "wrong"


def test_a_dropped_derivative_is_seen():
    """An implementation that detaches is right in value and wrong in every derivative."""
    detached = lambda x: contexts.special.j0(x.detach())
    for title in ("`backward()`", "`func.grad`", "`forward_ad`", "`vmap(grad)`", "`jacfwd`"):
        assert contexts.cell(detached, contexts.CONTEXTS[title]).verdict == "wrong", title
    assert contexts.cell(detached, contexts.CONTEXTS["`vmap`"]).verdict == "right"


@pytest.mark.skipif(not torch.__version__.startswith("2.13."), reason="the table is of torch 2.13")
def test_the_readme_shows_the_table():
    """The table of the README is what comes out, for the library and for what it is beside."""
    shown = re.search(
        r"<!-- contexts -->\n(.*?)\n<!-- /contexts -->", README.read_text(), re.DOTALL
    )
    assert shown is not None
    assert shown[1].strip() == contexts.table()
    assert not any("wrong" in verdict for verdict in ours(shown[1]))


def ours(table):
    """The cells of the library's two columns."""
    rows = [line.strip("| ").split(" | ") for line in table.strip().splitlines()[2:]]
    return [verdict for row in rows for verdict in row[1:3]]
