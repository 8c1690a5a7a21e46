"""What is said of the keywords of NumPy's ufuncs, which elementwise ops do not take."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NoReturn

from npbridge.errors import OptionError, sentence

if TYPE_CHECKING:
    from npbridge._op import NumpyOp

_CONVERT = "Arguments promote as those of torch's own functions; convert them first: x.to(dtype)."
_REMEDIES = {
    "out": "The result is a new tensor; copy it where it belongs: y.copy_(...).",
    "where": "Choose from the result: torch.where(condition, ..., other).",
    "dtype": _CONVERT,
    "casting": _CONVERT,
    "signature": _CONVERT,
    "sig": _CONVERT,
    "order": "The result is contiguous.",
    "subok": "The result is a tensor.",
}


def refuse(op: NumpyOp[..., Any], options: Mapping[str, Any]) -> NoReturn:
    """Raise for keywords that are no arguments of the op."""
    name = next(iter(options))
    raise OptionError(
        sentence(
            f"{op.label} has no argument {name!r}.",
            expected=", ".join(op.names),
            got=name,
            remedy=_REMEDIES.get(name),
        )
    )
