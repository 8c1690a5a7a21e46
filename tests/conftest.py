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
