"""The table of the README: functions of torch.special without a gradient, and the same here."""

import re
from pathlib import Path

import pytest
import torch
import torch_special

README = Path(__file__).parents[2] / "README.md"
SCIPYS = {name for name, text in torch_special.OURS.items() if "eval_jacobi" not in text}


@pytest.mark.skipif(not torch.__version__.startswith("2.13."), reason="the table is of torch 2.13")
def test_the_readme_has_the_table_that_the_command_prints():
    text = README.read_text(encoding="utf-8")
    start = text.index(torch_special.BEGIN) + len(torch_special.BEGIN)
    assert text[start : text.index(torch_special.END)].strip() == torch_special.table()
    assert len(torch_special.dropped()) == 24
    assert len(SCIPYS) == 20


def test_the_functions_are_found():
    """Every function of torch.special is tried, and those without a gradient have a name here."""
    assert len(torch_special.functions()) > 50
    assert set(torch_special.dropped()) <= set(torch_special.OURS)
    assert "erf" not in torch_special.dropped()


@pytest.mark.parametrize("name", torch_special.OURS)
@pytest.mark.parametrize("at", [0.15, 0.4, 0.8])
def test_ours_is_the_same_function(name, at):
    """Values are torch's, and first derivatives are those of torch's values."""
    x = torch.tensor(at, dtype=torch.float64, requires_grad=True)
    y = torch_special.ours(name, x)
    torch.testing.assert_close(
        y.detach(), torch_special.called(name, x.detach()), rtol=1e-11, atol=1e-13
    )
    step = 1e-4
    around = [torch_special.called(name, x.detach() + k * step).item() for k in (-2, -1, 1, 2)]
    numerical = (around[0] - 8 * around[1] + 8 * around[2] - around[3]) / (12 * step)
    assert torch_special.slope(y, x) == pytest.approx(numerical, rel=1e-7, abs=1e-9)


def test_the_table_has_the_names_of_the_catalogue():
    """Each expression is made of entries."""
    for text in torch_special.OURS.values():
        for called in re.findall(r"(\w+)\(", text):
            assert called in torch_special.special.CATALOGUE
