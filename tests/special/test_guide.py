"""The author's guide, npbridge/special/README.md, does what it says."""

import doctest
import re
from pathlib import Path

from npbridge import special
from npbridge.special import _reasons

GUIDE = Path(special.__file__).with_name("README.md")
ROOT = Path(__file__).parents[2]


def test_the_examples_run():
    results = doctest.testfile(str(GUIDE), module_relative=False, optionflags=doctest.ELLIPSIS)
    assert results.attempted >= 15
    assert results.failed == 0


def test_what_it_names_is_there():
    """Scripts, modules and tests that the guide names exist."""
    text = GUIDE.read_text(encoding="utf-8")
    for name in re.findall(r"`(_\w+\.py)`", text):
        assert GUIDE.with_name(name).exists(), name
    for name in re.findall(r"tests/special/\w+\.py", text):
        assert (ROOT / name).exists(), name
    assert hasattr(_reasons, "reaches")


def test_an_entry_of_the_guide_is_one_of_the_catalogue():
    """The fields that the guide shows are those of the entry."""
    text = GUIDE.read_text(encoding="utf-8")
    for name in ("j0", "j1", "jv"):
        op = special.CATALOGUE[name]
        assert f'title="{op.title}"' in text
        assert f'source="{op.source}"' in text
