"""Where an op may be evaluated: what its tests draw from, and what its documentation says.

A domain belongs to one argument, in the `domain=` of `numpy_op` and `elementwise_op`. A pair of
numbers is a closed interval. `excluding` takes points out of any of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from npbridge.errors import DeclarationError, sentence

__all__ = [
    "Choices",
    "Domain",
    "Integers",
    "Interval",
    "PositiveDefinite",
    "Simplex",
    "Symmetric",
    "WellConditioned",
    "choices",
    "integers",
    "interval",
    "positive_definite",
    "simplex",
    "symmetric",
    "well_conditioned",
]


@dataclass(frozen=True)
class Domain:
    """What all domains have: points taken out."""

    excluded: tuple[float, ...] = ()

    def excluding(self, *points: float) -> Domain:
        """The same without some numbers, and without what is too near to them to tell apart."""
        return replace(self, excluded=self.excluded + points)


@dataclass(frozen=True)
class Interval(Domain):
    """Numbers between two ends, which belong to it where they are closed."""

    low: float = float("-inf")
    high: float = float("inf")
    closed_low: bool = True
    closed_high: bool = True

    def __str__(self) -> str:
        text = f"{'[' if self.closed_low else '('}{self.low:g}, {self.high:g}"
        text += "]" if self.closed_high else ")"
        return text + "".join(f" without {x:g}" for x in self.excluded)


@dataclass(frozen=True)
class Integers(Domain):
    """Whole numbers, in a tensor of integers or of floating-point numbers."""

    low: int = -10
    high: int = 10

    def __str__(self) -> str:
        return f"the integers from {self.low} to {self.high}"


@dataclass(frozen=True)
class Choices(Domain):
    """The values of an option: flags, names, or a number that is not to be varied."""

    values: tuple[Any, ...] = ()

    def __str__(self) -> str:
        return f"one of {', '.join(map(repr, self.values))}"


@dataclass(frozen=True)
class Simplex(Domain):
    """Positive numbers that sum to one along the last dimension."""

    def __str__(self) -> str:
        return "positive, with sum 1 along the last dimension"


@dataclass(frozen=True)
class Symmetric(Domain):
    """Symmetric (or Hermitian) matrices: gradients are compared along symmetric directions."""

    def __str__(self) -> str:
        return "symmetric matrices"


@dataclass(frozen=True)
class PositiveDefinite(Symmetric):
    """Symmetric positive definite matrices."""

    def __str__(self) -> str:
        return "symmetric positive definite matrices"


@dataclass(frozen=True)
class WellConditioned(Domain):
    """Square matrices whose condition number is at most `condition`."""

    condition: float = 100.0

    def __str__(self) -> str:
        return f"matrices with a condition number of at most {self.condition:g}"


def interval(low: float, high: float, *, closed: str = "both") -> Interval:
    """Numbers from `low` to `high`, either of which may be infinite.

    Parameters
    ----------
    low, high
        The ends.
    closed
        Which ends belong to it: "both", "low", "high" or "neither".

    Examples
    --------
    >>> from npbridge.domains import interval
    >>> str(interval(0, float("inf"), closed="neither").excluding(1.0))
    '(0, inf) without 1'
    """
    if closed not in _CLOSED:
        raise DeclarationError(
            sentence(
                "an interval was given an unknown closed=.",
                expected=", ".join(map(repr, _CLOSED)),
                got=repr(closed),
            )
        )
    if not low < high:
        raise DeclarationError(
            sentence("an interval has no numbers.", expected="low < high", got=f"{low}, {high}")
        )
    return Interval((), float(low), float(high), *_CLOSED[closed])


_CLOSED = {
    "both": (True, True),
    "low": (True, False),
    "high": (False, True),
    "neither": (False, False),
}


def integers(low: int = -10, high: int = 10) -> Integers:
    """Whole numbers from `low` to `high`, both included."""
    if low > high:
        raise DeclarationError(
            sentence("a range of integers is empty.", expected="low <= high", got=f"{low}, {high}")
        )
    return Integers((), low, high)


def choices(*values: Any) -> Choices:
    """The values that an option is tried with: flags, names, or a single number.

    Examples
    --------
    >>> from npbridge.domains import choices
    >>> str(choices("zero", "complex"))
    "one of 'zero', 'complex'"
    """
    if not values:
        raise DeclarationError(sentence("choices() has no values.", expected="one at least"))
    return Choices((), values)


def simplex() -> Simplex:
    """Probabilities: positive numbers that sum to one along the last dimension."""
    return Simplex()


def symmetric() -> Symmetric:
    """Symmetric matrices."""
    return Symmetric()


def positive_definite() -> PositiveDefinite:
    """Symmetric positive definite matrices with a moderate condition number."""
    return PositiveDefinite()


def well_conditioned(condition: float = 100.0) -> WellConditioned:
    """Square matrices far from singular ones."""
    return WellConditioned((), condition)


def read(label: str, names: Sequence[str], domain: Mapping[str, Any] | None) -> dict[str, Domain]:
    """The domains of an op as it was declared, pairs of numbers made intervals."""
    found: dict[str, Domain] = {}
    for name, given in (domain or {}).items():
        if name not in names:
            raise DeclarationError(
                sentence(
                    f"the domain of {label} names {name!r}, which is no parameter.",
                    expected=f"names out of {', '.join(names)}",
                    got=name,
                )
            )
        pair = isinstance(given, tuple) and len(given) == 2
        if not pair and not isinstance(given, Domain):
            raise DeclarationError(
                sentence(
                    f"the domain of {label} in {name!r} is none.",
                    expected="a pair of numbers, or one of npbridge.domains",
                    got=repr(given),
                )
            )
        found[name] = interval(*given) if isinstance(given, tuple) else given
    return found
