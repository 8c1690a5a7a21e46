"""What is said of a name that the catalogue does not have."""

from __future__ import annotations

import difflib
from collections.abc import Collection

import scipy.special as sc


def no_such_function(name: str, known: Collection[str]) -> AttributeError:
    """The error, with the nearest names; and whether SciPy has the function."""
    near = [f"npbridge.special.{n}" for n in difflib.get_close_matches(name, known)]
    if not name.startswith("_") and hasattr(sc, name):
        what = (
            f"npbridge.special has no {name!r}: scipy.special.{name} has no derivative, or none "
            "that is written yet.\n"
            "Wrap it with npbridge.numpy_op, and register a vjp if it has one."
        )
    else:
        what = f"module 'npbridge.special' has no attribute {name!r}."
    return AttributeError(
        "\n".join([what, *([f"Did you mean {', '.join(near)}?"] if near else [])])
    )
