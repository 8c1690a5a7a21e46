"""Properties of any op, and an audit for anyone's function of tensors."""

from typing import TYPE_CHECKING, Any

from npbridge.testing import _batched as _batched
from npbridge.testing import _complex_step as _complex_step
from npbridge.testing import _contexts as _contexts
from npbridge.testing import _derivatives as _derivatives
from npbridge.testing import _hygiene as _hygiene
from npbridge.testing import _programs as _programs
from npbridge.testing import _values as _values  # these list their properties
from npbridge.testing._check import audit as audit
from npbridge.testing._check import check as check
from npbridge.testing._check import check_property as check_property
from npbridge.testing._property import PROPERTIES as PROPERTIES
from npbridge.testing._report import CheckError as CheckError
from npbridge.testing._report import Finding as Finding
from npbridge.testing._report import Point as Point
from npbridge.testing._report import Report as Report
from npbridge.testing._report import UndecidedWarning as UndecidedWarning
from npbridge.testing._report import Verdict as Verdict
from npbridge.testing._strategy_layouts import LAYOUTS as LAYOUTS
from npbridge.testing._strategy_layouts import laid_out as laid_out

if TYPE_CHECKING:
    from npbridge.testing._inputs import inputs_for as inputs_for
    from npbridge.testing._strategies import broadcastable_tensors as broadcastable_tensors
    from npbridge.testing._strategies import signature_tensors as signature_tensors
    from npbridge.testing._strategies import tensors as tensors

_STRATEGIES = {
    "inputs_for": "_inputs",
    "broadcastable_tensors": "_strategies",
    "signature_tensors": "_strategies",
    "tensors": "_strategies",
}


def __getattr__(name: str) -> Any:
    """The strategies, which alone need Hypothesis."""
    if name not in _STRATEGIES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_STRATEGIES[name]}"), name)
