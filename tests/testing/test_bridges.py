"""The table of the README: what the audit says of the ways in which people write bridges."""

from pathlib import Path

import bridges
import pytest

README = Path(__file__).parents[2] / "README.md"


@pytest.mark.filterwarnings(
    "ignore::UserWarning"
)  # torch warns where custom_op falls back to loops
def test_the_readme_has_the_table_that_the_command_prints():
    text = README.read_text()
    printed = text[text.index(bridges.BEGIN) + len(bridges.BEGIN) : text.index(bridges.END)]
    assert printed.strip() == bridges.table().strip()
