"""Every error and warning of npbridge, each a subclass of the builtin that users already catch.

A message says what happened, naming op and argument, then expected and got, then the remedy.
"""

from __future__ import annotations

__all__ = [
    "ArgumentShapeError",
    "DeclarationError",
    "HostTransferError",
    "HostTransferWarning",
    "MissingDerivativeError",
    "OptionError",
    "OutputError",
    "PicklingError",
    "RuleError",
    "SecondDerivativeError",
    "StaleOpError",
    "TransformError",
    "UnsupportedTensorError",
]

import pickle


class DeclarationError(TypeError):
    """What was decorated or registered cannot be an op or a rule."""


class UnsupportedTensorError(TypeError):
    """A tensor that has no NumPy array (sparse, quantised, nested), or a dtype the op refuses."""


class ArgumentShapeError(ValueError):
    """The arguments of a call do not fit the op's signature, or each other."""


class OptionError(TypeError):
    """A keyword that the op does not take, such as a ufunc's ``out=``, or a value of an option that
    cannot be served on tensors.
    """


class OutputError(TypeError):
    """The forward function returned what cannot be a tensor, or not what was declared."""


class RuleError(RuntimeError):
    """A rule returned something other than the derivatives it was asked for."""


class MissingDerivativeError(NotImplementedError):
    """A derivative was asked for that nobody has written, or that does not exist."""


class SecondDerivativeError(MissingDerivativeError):
    """A NumPy rule was differentiated; it is first order only."""


class TransformError(NotImplementedError):
    """A torch context in which the op cannot be right."""


class StaleOpError(LookupError):
    """A saved or cached graph uses an op that this process does not have, or not any more."""


class HostTransferError(RuntimeError):
    """Tensors on a device would have to be copied to the host, and that was forbidden."""


class HostTransferWarning(UserWarning):
    """Tensors on a device were copied to the host and back."""


class PicklingError(pickle.PicklingError):
    """The op cannot be found again by its module and name, so it cannot be pickled."""


def sentence(
    what: str, expected: object = None, got: object = None, remedy: str | None = None
) -> str:
    """A message in the library's form: what happened, expected and got aligned, the remedy."""
    lines = [what]
    if expected is not None:
        lines.append(f"  expected  {expected}")
    if got is not None:
        lines.append(f"  got       {got}")
    if remedy is not None:
        lines.append(remedy)
    return "\n".join(lines)
