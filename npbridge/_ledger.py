"""``python -m npbridge list`` and ``ledger``: the page of the catalogue, read without importing it.

``tests/special/make_ledger.py`` writes the page. An entry has a heading with its call, a line with
its title and source, and a line for each argument; an auxiliary op has "auxiliary" in its heading,
an entry with a second name "also" and that name.
"""

from __future__ import annotations

import argparse
import difflib
import fnmatch
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.resources import files

NOTHING = 1
_HEADING = re.compile(
    r"### (?P<call>(?P<name>\w+)\(.*?\))(?:, also (?P<also>.*?))?(?P<aux>, auxiliary)?"
)


@dataclass(frozen=True)
class Entry:
    """One op of the page."""

    chapter: str
    names: tuple[str, ...]
    """Its own, and SciPy's other names of it."""
    call: str
    title: str
    auxiliary: bool
    text: str
    """As it stands on the page."""


def page() -> str:
    """The page that is installed with the package."""
    return files("npbridge").joinpath("special", "LEDGER.md").read_text(encoding="utf-8")


def entries() -> Iterator[Entry]:
    """The ops of the page, in its order."""
    for chapter in page().split("\n## ")[1:]:
        title, *parts = chapter.split("\n### ")
        for part in parts:
            text = f"### {part.strip()}"
            found = _HEADING.fullmatch(text.partition("\n")[0])
            if found is None:
                raise ValueError(f"no heading of an entry: {text[:80]!r}")
            more = found["also"].split(", ") if found["also"] else []
            said = re.split(r" Source: |\n", part.partition("\n\n")[2])[0]
            names = (found["name"], *more)
            yield Entry(title.strip(), names, found["call"], said, bool(found["aux"]), text)


def matcher(pattern: str | None) -> Callable[[Entry], bool]:
    """Whether an entry is meant: its name by a shell-style pattern, or part of name or title."""
    if pattern is None:
        return lambda _: True
    low = pattern.lower()
    if any(letter in pattern for letter in "*?["):
        return lambda entry: any(fnmatch.fnmatchcase(n.lower(), low) for n in entry.names)
    return lambda entry: any(low in text.lower() for text in (*entry.names, entry.title))


def run_list(arguments: argparse.Namespace) -> int:
    """Print a line for each function: its call and its title."""
    listed = [e for e in entries() if not e.auxiliary]
    meant = matcher(arguments.pattern)
    lines = sorted(
        (entry.call.replace(entry.names[0], name, 1), entry.title)
        for entry in listed
        if meant(entry)
        for name in entry.names
    )
    if not lines:
        return _nothing(arguments.pattern, listed)
    width = min(32, max(len(call) for call, _ in lines))
    for call, title in lines:
        print(f"{call:{width}}  {title}")
    return 0


def run_ledger(arguments: argparse.Namespace) -> int:
    """Print the page, or those entries of it that are meant, under their chapters."""
    if arguments.pattern is None:
        print(page(), end="")
        return 0
    listed = list(entries())
    meant = matcher(arguments.pattern)
    chapter = None
    for entry in filter(meant, listed):
        if entry.chapter != chapter:
            print(f"{'' if chapter is None else chr(10)}## {entry.chapter}")
            chapter = entry.chapter
        print(f"\n{entry.text}")
    return _nothing(arguments.pattern, listed) if chapter is None else 0


def _nothing(pattern: str, listed: list[Entry]) -> int:
    known = dict.fromkeys(name for entry in listed for name in entry.names)
    words = dict.fromkeys(
        w.lower() for entry in listed for w in re.findall("[A-Za-z]{4,}", entry.title)
    )
    near = difflib.get_close_matches(pattern.strip("*?[]").lower(), known | words, n=5, cutoff=0.6)
    print(f"Nothing in npbridge.special matches {pattern!r}.", file=sys.stderr)
    if near:
        print(f"Did you mean {', '.join(near)}?", file=sys.stderr)
    return NOTHING
