"""How far a family of derivatives reaches."""

from __future__ import annotations

from npbridge.errors import MissingDerivativeError


def reaches(name: str, n: int, highest: int) -> int:
    """The next order n + 1 of a family, or an error beyond the highest one that was validated."""
    if n >= highest:
        raise MissingDerivativeError(
            f"npbridge.special.{name} is differentiable {highest} times in this argument, and "
            f"derivative {n + 1} was asked for."
        )
    return n + 1
