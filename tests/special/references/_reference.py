"""A reference: a function of mpmath numbers, and its derivatives, which owe nothing to formulas."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

import mpmath as mp

DIGITS = (40, 50, 100, 200, 400, 800)
"""Derivatives are taken with ever more digits until two agree."""


@dataclass(frozen=True)
class Reference:
    """The truth about one entry, and where it is compared.

    `function` takes the arguments of the entry in their order: Python ints in integer arguments,
    mpmath numbers in the others. It returns a number, or a tuple where the entry has several
    outputs, in which None stands for an output there is no reference of.
    """

    function: Callable
    counted: str | None = None
    """The argument whose derivatives the entry counts; `function` does not take the count."""
    counter: str = "n"
    """The integer argument of the entry that is the count."""
    counts: Mapping[str, str] = field(default_factory=dict)
    """More integer arguments that are counts, with the argument whose derivatives they count."""
    reach: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    """By argument the interval outside of which nothing is compared; by default everywhere."""
    points: Sequence[tuple] = ()
    """More points: near zeros, poles and transitions; integer arguments included."""
    integers: Mapping[str, Sequence[int]] = field(default_factory=dict)
    """Values of integer arguments; by default the two least ones of the domain."""
    inside: int = 6
    """How many random points inside the domain."""
    beyond: bool = True
    """Whether each argument in turn takes all magnitudes."""
    far: int = 2
    """The highest order compared beyond the domain."""
    complex: bool = False
    """Whether outputs are complex at real arguments."""
    tolerance: float | None = None
    """Of first derivatives, where the usual bound cannot be met; the entry's notes say why."""
    why: str = ""
    """The reason for a reach, a tolerance, or for fewer points."""

    def count(self, point, orders):
        """Move the counts from a point, by name, to the orders of derivatives."""
        counts = dict(self.counts)
        if self.counted is not None:
            counts[self.counter] = self.counted
        for counter, counted in counts.items():
            orders[counted] += point.pop(counter)
            del orders[counter]


@cache
def derivative(function, point, orders, output=0, *, real=True):
    """A derivative of a reference; None where there is none, or none that mpmath finds."""
    before = None
    for digits in DIGITS:
        with mp.workdps(digits):
            start = [x if isinstance(x, (int, str)) else mp.mpmathify(x) for x in point]

            # In relative steps from the point: mpmath's own are absolute.
            def scaled(*steps, start=start):
                moved = iter(steps)
                args = [x if isinstance(x, (int, str)) else _moved(x, next(moved)) for x in start]
                value = function(*args)
                return value[output] if isinstance(value, tuple) else value

            pairs = zip(start, orders, strict=True)
            floats = [(x, n) for x, n in pairs if not isinstance(x, (int, str))]
            try:
                if any(n for _, n in floats):
                    zeros = (mp.mpf(0),) * len(floats)
                    value = mp.diff(scaled, zeros, tuple(n for _, n in floats))
                else:
                    value = mp.mpmathify(scaled(*[mp.mpf(0) for _ in floats]))
            except (
                ValueError,
                OverflowError,
                ZeroDivisionError,
                TypeError,
                mp.libmp.NoConvergence,
            ):
                return None  # a pole, or outside what mpmath can reach
            value /= mp.fprod(x**n if x else 1 for x, n in floats)
            if not mp.isfinite(value) or (real and mp.im(value) != 0):
                return None  # outside the real domain
            if before and value and abs(value - before) <= abs(value) / mp.mpf(10) ** 20:
                return mp.re(value) if real else value
            before = value
    # Digits ran out: zero to all of them, or nothing to rely on.
    return mp.mpf(0) if abs(before) < mp.mpf(10) ** -300 else None


def _moved(x, step):
    return x * (1 + step) if x else x + step
