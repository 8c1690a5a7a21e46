"""Hypothesis profiles, and what every test starts from."""

import os

import pytest
import torch
from hypothesis import HealthCheck, settings

import npbridge

# One test's inputs are slow to draw on a busy shared core; that says nothing about the library.
SLOW = (HealthCheck.too_slow, HealthCheck.function_scoped_fixture)
settings.register_profile("dev", max_examples=20, deadline=None, suppress_health_check=SLOW)
settings.register_profile(
    "ci", max_examples=100, derandomize=True, deadline=None, suppress_health_check=SLOW
)
settings.register_profile("nightly", max_examples=2000, deadline=None, suppress_health_check=SLOW)
settings.load_profile(
    os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "dev")
)


def pytest_addoption(parser):
    """`--quick` for developers: of the tests over all of the catalogue one function a chapter."""
    parser.addoption("--quick", action="store_true", help="one function of each chapter")


def pytest_collection_modifyitems(config, items):
    """Drop what `--quick` leaves out."""
    if not config.getoption("--quick"):
        return
    kept, dropped, seen = [], [], {}
    for item in items:
        op = getattr(item, "callspec", None) and item.callspec.params.get("op")
        module = getattr(op, "__module__", "")
        chapter = (item.originalname, module) if module.startswith("npbridge.special") else None
        first = seen.setdefault(chapter, op) if chapter else None
        (dropped if chapter and op is not first else kept).append(item)
    items[:] = kept
    config.hook.pytest_deselected(items=dropped)


@pytest.fixture(autouse=True)
def _fresh_state():
    """Give every test torch's own defaults, one thread, a seed, and the default transfer policy."""
    torch.set_default_dtype(torch.float32)
    torch.set_num_threads(1)
    torch.manual_seed(0)
    npbridge.set_host_transfer("warn")
    yield
    torch.set_default_dtype(torch.float32)
    torch.set_num_threads(1)
    npbridge.set_host_transfer("warn")
