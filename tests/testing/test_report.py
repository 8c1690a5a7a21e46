"""What reports print, in every format, and the tables behind them."""

import json
import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from npbridge import numpy_op, special
from npbridge.testing import (
    LAYOUTS,
    PROPERTIES,
    CheckError,
    Finding,
    Point,
    Report,
    UndecidedWarning,
    Verdict,
    audit,
    check,
    laid_out,
)
from npbridge.testing import _tolerances as tolerances
from npbridge.testing._check import _written
from npbridge.testing._property import ORDER

D = torch.float64
INF, NAN = math.inf, math.nan
WRONG = Point(Verdict.WRONG, "x", (1, 0), 2.0, 3.0, 0.5)
REPORT = Report(
    "module.op",
    "x=[1.0, 2.0]",
    [
        Finding("value", Verdict.RIGHT),
        Finding("reference", Verdict.NOT_APPLICABLE, note="no reference was given"),
        Finding("reverse mode", Verdict.WRONG, [Point(Verdict.WRONG, "x", error=0.1), WRONG]),
        Finding("forward mode", Verdict.RAISES, note="MissingJVPError: no rule", refused=True),
        Finding("second order", Verdict.RAISES, note="ValueError: a | b", snippet="second()"),
        Finding("pure", Verdict.DETACHED, [Point(Verdict.DETACHED, "x", note="none")], "none"),
        Finding("layouts", Verdict.UNDECIDED, [Point(Verdict.UNDECIDED, "x", (), 0.0, 1e-9, INF)]),
    ],
)

# -- Report ----------------------------------------------------------------------------------------


def test_a_report_prints_as_a_table_notes_and_a_snippet():
    assert str(REPORT) == (
        "module.op(x=[1.0, 2.0])\n"
        "property      verdict            argument  element  expected  got    rel. error\n"
        "-------------------------------------------------------------------------------\n"
        "value         right\n"
        "reference     not applicable\n"
        "reverse mode  wrong              x         [1, 0]   2         3      5.0e-01\n"
        "forward mode  refused\n"
        "second order  raises\n"
        "pure          silently detached  x\n"
        "layouts       undecided          x         []       0         1e-09  inf\n"
        "forward mode: MissingJVPError: no rule\n"
        "second order: ValueError: a | b\n"
        "pure: none\n"
        "\n"
        "To see it again:\n"
        "second()"
    )


def test_a_report_of_nothing_prints():
    assert str(Report("f", "")).startswith("f()\nproperty  verdict")
    assert json.loads(Report("f", "").to_json()) == {
        "subject": "f",
        "arguments": "",
        "findings": [],
    }


def test_what_a_user_would_not_notice_and_what_fails():
    names = lambda findings: [f.name for f in findings]
    assert names(REPORT.silently_wrong) == ["reverse mode", "pure"]
    assert names(REPORT.failures) == ["reverse mode", "pure", "second order"]
    assert names(REPORT.undecided) == ["layouts"]


def test_the_word_and_the_worst_point_of_a_finding():
    assert [f.word for f in REPORT.findings] == [
        *("right", "not applicable", "wrong", "refused", "raises", "silently detached"),
        "undecided",
    ]
    assert REPORT.findings[0].worst is None
    assert REPORT.findings[2].worst is WRONG


@pytest.mark.parametrize("error", [NAN, INF])
def test_no_finite_error_is_worse_than_nan_or_infinity(error):
    worst = Point(Verdict.WRONG, "x", error=error)
    for points in ([WRONG, worst], [worst, WRONG], [worst, Point(Verdict.WRONG)]):
        assert Finding("value", Verdict.WRONG, points).worst is worst


def test_markdown():
    lines = REPORT.to_markdown().splitlines()
    assert lines[:4] == [
        "`module.op(x=[1.0, 2.0])`",
        "",
        "| property | verdict | |",
        "|---|---|---|",
    ]
    assert lines[4] == "| value | right |  |"
    assert lines[6] == (
        "| reverse mode | wrong | x[1, 0]: expected 2, got 3, relative error 5.0e-01 |"
    )
    assert lines[8] == "| second order | raises | ValueError: a \\| b |"


@given(st.text(alphabet="a|\n\r\\` ", max_size=12), st.text(alphabet="a|\n\r ", max_size=12))
def test_markdown_has_a_line_for_each_finding_whatever_the_notes(note, arguments):
    report = Report("f", arguments, [Finding("value", Verdict.WRONG, [WRONG], note)] * 3)
    text = report.to_markdown()
    assert len(text.splitlines()) == 4 + 3
    for row in text.splitlines()[4:]:
        assert row.replace("\\|", "").count("|") == 4


numbers = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.complex_numbers(),
    st.text(),
    st.tuples(st.integers(), st.integers()),
    st.floats().map(np.float64),
)


def strict(text):
    """What any reader of JSON takes: NaN and Infinity are none."""

    def refuse(word):
        raise AssertionError(f"{word} is no JSON")

    return json.loads(text, parse_constant=refuse)


@given(numbers, numbers, st.one_of(st.none(), st.floats()), st.text(), st.text())
def test_json_holds_everything_and_is_json(expected, got, error, note, argument):
    element = None if error is None else (1, 2)
    point = Point(Verdict.WRONG, argument, element, expected, got, error, note)
    report = Report("f", note, [Finding("pure", Verdict.WRONG, [point], note, argument, True)])
    read = strict(report.to_json())
    (finding,) = read["findings"]
    (there,) = finding.pop("points")
    assert read["arguments"] == note
    assert finding == {
        "property": "pure",
        "verdict": "wrong",
        "refused": True,
        "note": note,
        "snippet": argument,
    }
    assert (there["verdict"], there["argument"], there["note"]) == ("wrong", argument, note)
    assert there["element"] == (None if element is None else [1, 2])
    for given_, back in (
        (expected, there["expected"]),
        (got, there["got"]),
        (error, there["error"]),
    ):
        if isinstance(given_, (complex, tuple)) or given_ in (INF, -INF) or str(given_) == "nan":
            assert back == str(given_)
        else:
            assert back == given_
            assert type(back) in (type(None), bool, int, float, str)


def test_points_of_no_number_print():
    """Complex numbers, shapes, words, NaN and nothing, in the table and in JSON."""
    kinds = [1 + 2j, complex(0, -INF), (2, 3), "changed", NAN, -INF, None, 7]
    report = Report(
        "f", "", [Finding("value", Verdict.WRONG, [Point(Verdict.WRONG, got=k)]) for k in kinds]
    )
    shown = [
        line[len("property  verdict  argument  element  expected  ") :]
        for line in str(report).splitlines()[3:]
    ]
    assert [s.strip() for s in shown] == [
        "1+2j",
        "0-infj",
        "(2, 3)",
        "changed",
        "nan",
        "-inf",
        "",
        "7",
    ]
    points = [f["points"][0]["got"] for f in strict(report.to_json())["findings"]]
    assert points == ["(1+2j)", "-infj", "(2, 3)", "changed", "nan", "-inf", None, 7]


# -- errors and warnings ---------------------------------------------------------------------------


def test_a_check_error_is_an_assertion_that_bears_the_report():
    error = CheckError(REPORT)
    assert isinstance(error, AssertionError)
    assert error.report is REPORT
    assert str(error) == f"module.op failed: reverse mode, pure, second order\n{REPORT}"


def test_a_check_of_what_cannot_be_decided_warns_and_returns():
    x = torch.tensor(0.0, dtype=D)
    with pytest.warns(UndecidedWarning) as caught:
        report = check(torch.sqrt, x, properties=["reverse mode"])
    assert [str(w.message) for w in caught] == [
        "torch.sqrt(args[0]=0.0): could not be decided: reverse mode"
    ]
    assert [f.word for f in report.undecided] == ["undecided"]
    assert not report.failures


# -- tables ----------------------------------------------------------------------------------------


def test_every_tolerance_has_a_reason_and_a_row_in_the_table():
    rows = tolerances.table().splitlines()
    assert len(rows) == 2 + len(tolerances._TABLE)
    for row, (name, (size, why)) in zip(rows[2:], tolerances._TABLE.items(), strict=True):
        assert len(why) > 10
        assert row == f"| {name} | {size:g} | {why} |"


@pytest.mark.parametrize("what", tolerances._TABLE)
def test_a_tolerance_grows_with_rounding_and_is_never_large(what):
    finer = [torch.float64, torch.float32, torch.float16, torch.bfloat16]
    found = [tolerances.tolerance(what, dtype) for dtype in finer]
    assert found == sorted(found)
    assert all(0 <= t <= 0.1 for t in found)
    assert found[0] == tolerances.tolerance(what, torch.complex128)
    assert found[1] == tolerances.tolerance(what, torch.complex64)
    assert tolerances.tolerance(what, torch.int64) == 0


def test_properties_are_in_their_order_and_say_something():
    assert tuple(PROPERTIES) == ORDER
    for name, prop in PROPERTIES.items():
        assert prop.name == name
        assert prop.says[0].isupper()
        assert prop.says.endswith(".")
        assert "\n" not in prop.says


def test_verdicts_are_from_the_best_to_the_worst():
    """The worst of several points is the verdict of their finding."""
    assert [v.value for v in Verdict] == [
        "right",
        "not applicable",
        "undecided",
        "raises",
        "wrong",
        "silently detached",
    ]


# -- snippets --------------------------------------------------------------------------------------


@numpy_op(signature="()->()", vectorized=True)
def tripled(x):
    """A wrong op, which snippets import."""
    return 3 * x.conj()


tripled.register_vjp(lambda grad, x: 2 * grad)


def run(snippet):
    """What a snippet prints."""
    printed = []
    exec(snippet, {"print": printed.append})  # noqa: S102  # it is the library's own text
    (report,) = printed
    return report


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_snippet_shows_the_same_in_every_layout(layout):
    from npbridge.testing._strategy_operands import written

    dtype = torch.complex128 if layout == "conjugate" else D
    x = written(torch.arange(1, 17).to(dtype).reshape(2, 2, 2, 2), layout, False)
    report = audit(tripled, x, properties=["reverse mode"])
    again = run(report.findings[0].snippet)
    assert [f.word for f in report.findings] == ["wrong"]
    table = lambda report: str(report).partition("To see it again")[0]
    assert table(again) == table(report)
    assert ("laid_out" in report.findings[0].snippet) == (layout != "contiguous")


SPECIAL = {
    "NaN and infinity": torch.tensor([NAN, INF, -INF, 1.0], dtype=torch.float32),
    "complex NaN": torch.tensor([complex(NAN, INF), complex(-0.0, -INF)]),
    "no numbers": torch.empty(0, 2, dtype=D),
    "a list": [torch.tensor([1.0]), (torch.tensor(2), NAN), {"k": torch.tensor([True])}],
    "a tuple": (torch.tensor(1.0),),
    "no tuple": (),
    "a number": -INF,
    "a dtype": torch.float16,
    "a word": "both",
}


@pytest.mark.parametrize("name", SPECIAL)
def test_arguments_are_written_down_as_code_that_makes_them(name):
    from npbridge._torch_private import tree_flatten

    x = SPECIAL[name]
    made = eval(_written(x), {"torch": torch, "laid_out": laid_out})  # noqa: S307  # the library's own text
    (leaves, tree), (back, other) = tree_flatten(x), tree_flatten(made)
    assert tree == other
    for a, b in zip(leaves, back, strict=True):
        if isinstance(a, torch.Tensor):
            torch.testing.assert_close(b, a, rtol=0, atol=0, equal_nan=True)
        else:
            assert repr(a) == repr(b)


def test_a_snippet_with_keyword_arguments_and_one_of_torch():
    x = torch.tensor([0.5, INF], dtype=D)
    report = audit(special.polygamma, 1, kwargs={"x": x}, reference=None, properties=["pickling"])
    assert report.findings[0].snippet == ""  # nothing is wrong
    zero = torch.tensor([0.0])
    for fn, kwargs in (
        (tripled, {"x": x[:1]}),
        (torch.special.bessel_j0, {"input": x[:1]}),
        (torch.sqrt, {"input": zero}),  # undecided
    ):
        report = audit(fn, kwargs=kwargs, properties=["reverse mode"])
        (finding,) = report.findings
        assert str(run(finding.snippet)) == str(report)
