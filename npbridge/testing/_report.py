"""What was found: points, findings, and the report that prints them."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any


class Verdict(Enum):
    """What came of one property, from the best to the worst."""

    RIGHT = "right"
    NOT_APPLICABLE = "not applicable"
    UNDECIDED = "undecided"
    RAISES = "raises"
    WRONG = "wrong"
    DETACHED = "silently detached"


SILENT = frozenset({Verdict.WRONG, Verdict.DETACHED})
"""What a user would not notice."""


@dataclass(frozen=True)
class Point:
    """One number that is not as it should be, or of which that cannot be said.

    `argument` names an argument, an output or nothing; `element` says where in it. `error` is
    relative, or None where there are no two numbers to compare.
    """

    verdict: Verdict
    argument: str = ""
    element: tuple[int, ...] | None = None
    expected: Any = None
    got: Any = None
    error: float | None = None
    note: str = ""


@dataclass(frozen=True)
class Finding:
    """What came of the property `name`: a verdict, the points that decide it, and a word."""

    name: str
    verdict: Verdict
    points: Sequence[Point] = ()
    note: str = ""
    snippet: str = ""
    """Code that shows the same."""
    refused: bool = False
    """Whether an exception is a refusal in npbridge's own words."""

    @property
    def word(self) -> str:
        """The verdict as tables show it."""
        return "refused" if self.refused else self.verdict.value

    @property
    def worst(self) -> Point | None:
        """The point with the greatest relative error, NaN before all."""
        return max(self.points, key=_size, default=None)


@dataclass
class Report:
    """Everything that was found about one function."""

    subject: str
    arguments: str
    findings: list[Finding] = field(default_factory=list)

    @property
    def silently_wrong(self) -> list[Finding]:
        """The findings that a user would not notice."""
        return [f for f in self.findings if f.verdict in SILENT]

    @property
    def failures(self) -> list[Finding]:
        """Those and the exceptions that are no refusals."""
        loud = [f for f in self.findings if f.verdict is Verdict.RAISES and not f.refused]
        return self.silently_wrong + loud

    @property
    def undecided(self) -> list[Finding]:
        """The findings in which some point could not be decided."""
        return [f for f in self.findings if any(p.verdict is Verdict.UNDECIDED for p in f.points)]

    def __str__(self) -> str:
        rows: list[tuple[str, ...]] = [
            ("property", "verdict", "argument", "element", "expected", "got", "rel. error")
        ]
        notes: list[str] = []
        for f in self.findings:
            rows.append((f.name, f.word, *_cells(f.worst)))
            if f.note and f.verdict is not Verdict.NOT_APPLICABLE:
                notes.append(f"{f.name}: {f.note}")
        lines = [f"{self.subject}({self.arguments})", *_aligned(rows), *notes]
        snippets = [f.snippet for f in self.failures if f.snippet]
        return "\n".join([*lines, *(["", "To see it again:", snippets[0]] if snippets else [])])

    def to_markdown(self) -> str:
        """The table in Markdown."""
        lines = [
            f"`{_line(self.subject)}({_line(self.arguments)})`",
            "",
            "| property | verdict | |",
            "|---|---|---|",
        ]
        for f in self.findings:
            detail = _line(f.note or _sentence(f.worst)).replace("|", "\\|")
            lines.append(f"| {f.name} | {f.word} | {detail} |")
        return "\n".join(lines) + "\n"

    def to_json(self) -> str:
        """Everything, as JSON."""
        listed = [
            {
                "property": f.name,
                "verdict": f.verdict.value,
                "refused": f.refused,
                "note": f.note,
                "snippet": f.snippet,
                "points": [
                    {
                        "verdict": p.verdict.value,
                        "argument": p.argument,
                        "element": p.element,
                        "expected": _plain(p.expected),
                        "got": _plain(p.got),
                        "error": _plain(p.error),
                        "note": p.note,
                    }
                    for p in f.points
                ],
            }
            for f in self.findings
        ]
        whole = {"subject": self.subject, "arguments": self.arguments, "findings": listed}
        return json.dumps(whole, indent=1, allow_nan=False)


class CheckError(AssertionError):
    """A check that failed; `report` says all that was found."""

    def __init__(self, report: Report) -> None:
        failed = ", ".join(f.name for f in report.failures)
        super().__init__(f"{report.subject} failed: {failed}\n{report}")
        self.report = report


class UndecidedWarning(UserWarning):
    """Some derivative could not be told right or wrong by numerical differentiation."""


def _size(point: Point) -> float:
    error = point.error or 0.0
    return math.inf if math.isnan(error) else error


def _cells(point: Point | None) -> tuple[str, ...]:
    if point is None:
        return ("",) * 5
    where = "" if point.element is None else str(list(point.element))
    error = "" if point.error is None else f"{point.error:.1e}"
    return (point.argument, where, _number(point.expected), _number(point.got), error)


def _sentence(point: Point | None) -> str:
    if point is None:
        return ""
    argument, where, expected, got, error = _cells(point)
    text = f"{argument}{where}: expected {expected}, got {got}"
    return f"{text}, relative error {error}" if error else text


def _number(x: Any) -> str:
    if isinstance(x, float):
        return f"{x:.10g}"
    if isinstance(x, complex):
        return f"{x.real:.10g}{x.imag:+.10g}j"
    return "" if x is None else str(x)


def _line(text: str) -> str:
    """In one line, as Markdown has it in a cell and between backticks."""
    return " ".join(text.splitlines())


def _plain(x: Any) -> Any:
    """What JSON has; it has no NaN and no infinity, and they go into it as words."""
    if isinstance(x, float):
        return float(x) if math.isfinite(x) else str(float(x))
    return x if x is None or isinstance(x, (bool, int, str)) else str(x)


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = [
        "  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)).rstrip() for row in rows
    ]
    return [lines[0], "-" * len(lines[0]), *lines[1:]]
