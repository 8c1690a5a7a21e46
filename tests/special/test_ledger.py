"""The ledger of the catalogue, and the two commands that read it."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import make_ledger
import numpy as np
import pytest
from references import OPS, REFERENCES

from npbridge import __main__ as command_line
from npbridge import _ledger, special

ERRORS = re.compile(r"error (\S+) in the median, (\S+) at worst, of (\d+) points")
AGAIN = "run python tests/special/make_ledger.py"


def command(capsys, *words):
    """The exit status of a command, what it prints, and what it complains of."""
    status = command_line.main(words)
    printed = capsys.readouterr()
    return status, printed.out, printed.err


# -- the page -------------------------------------------------------------------------------------


def test_the_page_is_what_the_script_writes():
    """All but the measured numbers is the same; those are not much larger than the page says."""
    with np.errstate(all="ignore"):
        new = make_ledger.ledger(make_ledger.measured)
    page = _ledger.page()
    assert ERRORS.sub("error", new).splitlines() == ERRORS.sub("error", page).splitlines(), AGAIN
    pairs = zip(ERRORS.findall(new), ERRORS.findall(page), strict=True)
    lines = [line for line in page.splitlines() if ERRORS.search(line)]
    for line, (found, stated) in zip(lines, pairs, strict=True):
        assert found[2] == stated[2], (line, AGAIN)
        for k in (0, 1):
            assert float(found[k]) <= 3 * float(stated[k]) + 1e-15, line


def test_the_page_has_every_op():
    """Entries and auxiliary ops, with a line for each argument, and every written one measured."""
    listed = list(_ledger.entries())
    assert {n for e in listed if not e.auxiliary for n in e.names} == set(special.CATALOGUE)
    named = {e.names[0]: e for e in listed}
    assert len(named) == len(listed)
    assert set(OPS) <= set(named)
    for name, op in OPS.items():
        entry = named[name]
        assert entry.title == op.title
        assert entry.auxiliary == (op not in special.CATALOGUE.values())
        assert [line[3:].partition("`")[0] for line in entry.text.splitlines()[4:]] == [*op.names]
        assert f"Source: {op.source}." in entry.text
    assert set(REFERENCES) <= set(named)


def test_what_the_page_says_of_arguments():
    """Formulas come from the source; families, helpers, reasons and limits are told."""
    lines = {
        (e.names[0], line[3:].partition("`")[0]): ERRORS.sub("error", line)
        for e in _ledger.entries()
        for line in e.text.splitlines()
        if line.startswith("- ")
    }
    assert lines["jv", "v"] == "- `v` in [-8, 8]: `jv_dv(1, 0, v, z)`; up to order 4; error"
    assert lines["jv", "z"] == (
        "- `z` in [0.5, 40]: `(jv(v - 1, z) - jv(v + 1, z)) / 2`; any order; error"
    )
    assert lines["ber_dn", "n"] == "- `n` in [0, 4]: integers, the order of the derivative"
    assert lines["ber_dn", "x"] == (
        "- `x` in [-20, 20]: `ber_dn(n + 1, x)`, the next of the family; any order; error"
    )
    assert lines["gammainc", "a"].endswith("`gammainc_da(1, a, x)`; up to order 6; error")
    assert lines["gammainc", "x"].endswith("`gamma_density_da(0, a, x)`; any order; error")
    assert "`gammainc_da(reaches(" in lines["gammainc_da", "a"]
    assert "the next of the family; up to order 6" in lines["gammainc_da", "a"]
    assert lines["xlogy", "y"].endswith("`quotient(1, x, y)`; any order; error")
    assert lines["xlogy", "x"].endswith("`log(y)`; any order; error")
    assert lines["yv", "z"].endswith("`yv_dv(0, 1, v, z)`; any order; error")
    assert "`d_yn_dx` ((Yₙ₋₁ - Yₙ₊₁) / 2); any order" in lines["yn", "x"]
    assert ", with `density` (The gamma density); any order" in lines["chdtr", "x"]


# -- the commands ---------------------------------------------------------------------------------


def test_list(capsys):
    """A line for each function: its call and its title; other names of SciPy stand beside."""
    status, out, err = command(capsys, "list")
    lines = out.splitlines()
    assert (status, err) == (0, "")
    assert [re.match(r"\w+", line)[0] for line in lines] == sorted(special.CATALOGUE)
    assert command(capsys, "list", "j?") == (
        0,
        "j0(x)     J₀(x), the Bessel function of the first kind of order 0.\n"
        "j1(x)     J₁(x), the Bessel function of the first kind of order 1.\n"
        "jn(v, z)  Jᵥ(z), the Bessel function of the first kind of real order.\n"
        "jv(v, z)  Jᵥ(z), the Bessel function of the first kind of real order.\n",
        "",
    )


def test_list_finds_parts_of_names_and_titles(capsys):
    assert "gammaincc(a, x)" in command(capsys, "list", "mainc")[1]
    assert "bei(x)" in command(capsys, "list", "KELVIN")[1]
    assert "psi(z)" in command(capsys, "list", "digamma")[1]
    assert "ber_dn" not in command(capsys, "list")[1]


@pytest.mark.parametrize("name", ["list", "ledger"])
def test_nothing_found(capsys, name):
    """The exit status is 1, and the nearest names and words are suggested."""
    status, out, err = command(capsys, name, "besel")
    assert (status, out) == (1, "")
    said = "Nothing in npbridge.special matches 'besel'.\nDid you mean bessel, "
    assert err.startswith(said)
    assert "gammainc," in command(capsys, name, "g*mminc*")[2]
    assert command(capsys, name, "§") == (1, "", "Nothing in npbridge.special matches '§'.\n")


def test_ledger(capsys):
    """Without a pattern the page; with one what it means, under the chapters."""
    assert command(capsys, "ledger") == (0, _ledger.page(), "")
    status, out, err = command(capsys, "ledger", "[gy]*0")
    assert (status, err) == (0, "")
    lines = out.splitlines()
    assert lines[:3] == [
        "## Bessel functions of the second kind. DLMF chapter 10.",
        "",
        "### y0(x)",
    ]
    assert lines[-1].startswith("- `x` in [0.5, 40]: `-y1(x)`; any order; error ")
    out = command(capsys, "ledger", "struve")[1]
    assert "\n\n## Struve functions. DLMF chapter 11.\n\n### " in out


def test_the_commands_do_not_import_torch():
    """They read the page, in the time that Python takes to start."""
    code = (
        "import sys; from npbridge.__main__ import main;"
        "assert main(['list', 'jv']) == main(['ledger', 'jv']) == 0;"
        "assert not {'torch', 'scipy', 'numpy'} & set(sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", code], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_a_page_without_headings_is_an_error(monkeypatch):
    monkeypatch.setattr(_ledger, "page", lambda: "# Ledger\n\n## Chapter\n\n### no call\n\nText.\n")
    with pytest.raises(ValueError, match=r"no heading of an entry: '### no call"):
        list(_ledger.entries())


def test_the_commands_of_the_readme(capsys):
    """What the README says to type finds something."""
    readme = Path(__file__).parents[2] / "README.md"
    found = re.findall(r"python -m npbridge ((?:list|ledger) .*)", readme.read_text("utf-8"))
    assert len(found) == 2
    for words in found:
        status, out, _ = command(capsys, *shlex.split(words))
        assert status == 0
        assert "gammainc(a, x)" in out
