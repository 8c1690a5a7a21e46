"""Every example that users read runs as they read it."""

import doctest
import importlib
import pkgutil
import re
from pathlib import Path

import pytest

import npbridge

README = Path(__file__).parent.parent / "README.md"
MODULES = [
    name
    for _, name, _ in pkgutil.walk_packages(npbridge.__path__, "npbridge.")
    if not name.endswith("__main__")
]


def test_readme_examples_run():
    """The examples of the README print what it says."""
    results = doctest.testfile(str(README), module_relative=False)
    assert results.attempted > 25
    assert results.failed == 0


@pytest.mark.parametrize("name", MODULES)
def test_docstring_examples_run(name):
    """The examples in docstrings print what they say."""
    results = doctest.testmod(importlib.import_module(name))
    assert results.failed == 0


def test_the_commands_name_the_constraints():
    """Both commands pin torch through the constraints file, which pins it."""
    blocks = re.findall(r"```sh\n(.*?)```", README.read_text(), flags=re.DOTALL)
    commands = [block for block in blocks if "venv" in block]
    assert len(commands) == 2
    assert all("--constraint .ci/constraints.txt" in block for block in commands)
    assert "torch==2.13.0" in (README.parent / ".ci" / "constraints.txt").read_text()
