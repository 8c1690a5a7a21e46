"""Properties of any op, and an audit for anyone's function of tensors."""

from npbridge.testing import _complex_step as _complex_step
from npbridge.testing import _derivatives as _derivatives
from npbridge.testing import _values as _values  # properties are listed in the order of imports
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
