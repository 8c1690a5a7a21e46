"""The binomial and negative binomial distributions, and their inverses in p. DLMF 8.17."""

from __future__ import annotations

from typing import Any

import scipy.special as sc

from npbridge import ElementwiseOp, elementwise_op, integer
from npbridge.elementary import where
from npbridge.special._in_double import in_double
from npbridge.special._incomplete_beta import density

__all__ = ["bdtr", "bdtrc", "bdtri", "nbdtr", "nbdtrc", "nbdtri"]

EVENTS = integer("a number of events")
TRIALS = integer("a number of trials")
SUCCESSES = integer("a number of successes")
WARNS = "k is rounded down. Of a floating-point n SciPy warns that it is deprecated (SciPy 1.17.1)."
TRUNCATED = "Floating-point k and n are cut off to integers, with a warning (SciPy 1.17.1)."


def binomial_density(k: Any, n: Any, p: Any) -> Any:
    """Of the beta distribution of which 1 - bdtr is the distribution function; else 0."""
    k, n = k // 1, n // 1  # SciPy rounds down where they are no integers
    inside = (k >= 0) & (k < n)
    return where(inside, density(where(inside, k + 1, 1), where(inside, n - k, 1), p), 0 * p)


def negative_density(k: Any, n: Any, p: Any) -> Any:
    """Of the beta distribution of which nbdtr is the distribution function; else 0."""
    # SciPy cuts off what is behind the point of k and n: of -1 < k < 0 it makes 0.
    k, n = k // 1 + ((k > -1) & (k < 0)), n // 1
    inside = (k >= 0) & (n >= 1)
    return where(inside, density(where(inside, n, 1), where(inside, k + 1, 1), p), 0 * p)


# In float32 SciPy would warn of every n, which it takes for a floating-point number.
bdtr: ElementwiseOp = elementwise_op(
    in_double(sc.bdtr),
    name="bdtr",
    partials={"k": EVENTS, "n": TRIALS, "p": lambda k, n, p: -binomial_density(k, n, p)},
    title="The probability of at most k events in n trials, each of probability p.",
    source="DLMF 8.17.5 and 8.17.4",
    domain={"k": (0, 4), "n": (5, 12), "p": (0.05, 0.95)},
    edges=[
        ((0, 3, 0.0), {"p": -3.0}),
        ((1, 3, 0.0), {"p": 0.0}),
        ((2, 3, 1.0), {"p": -3.0}),
        ((3, 3, 1.0), {"p": 0.0}),
    ],
    notes=WARNS,
)

bdtrc: ElementwiseOp = elementwise_op(
    in_double(sc.bdtrc),
    name="bdtrc",
    partials={"k": EVENTS, "n": TRIALS, "p": lambda k, n, p: binomial_density(k, n, p)},
    title="The probability of more than k events in n trials, each of probability p.",
    source="DLMF 8.17.5",
    domain={"k": (0, 4), "n": (5, 12), "p": (0.05, 0.95)},
    edges=[
        ((0, 3, 0.0), {"p": 3.0}),
        ((1, 3, 0.0), {"p": 0.0}),
        ((2, 3, 1.0), {"p": 3.0}),
        ((-1, 3, 0.5), {"p": 0.0}),
    ],
    notes=WARNS,
)

bdtri: ElementwiseOp = elementwise_op(
    in_double(sc.bdtri),
    name="bdtri",
    partials={"k": EVENTS, "n": TRIALS, "y": lambda k, n, out: -1 / binomial_density(k, n, out)},
    title="The p at which at most k events in n trials have probability y.",
    source="DLMF 8.17.5 and the inverse rule",
    domain={"k": (0, 4), "n": (5, 12), "y": (0.05, 0.95)},
    edges=[((0, 4, 1.0), {"y": -0.25}), ((0, 1, 0.5), {"y": -1.0}), ((3, 4, 0.0), {"y": -0.25})],
    notes=WARNS
    + " Next to 1 the result is as fine as its rounding there, and so is the derivative: "
    "3e-10 off at y = 1e-30, and without a digit at 1e-70.",
)

nbdtr: ElementwiseOp = elementwise_op(
    sc.nbdtr,
    partials={"k": EVENTS, "n": SUCCESSES, "p": lambda k, n, p: negative_density(k, n, p)},
    title="The probability of at most k failures before n successes, each of probability p.",
    source="DLMF 8.17.24 and 8.17.1",
    domain={"k": (0, 6), "n": (1, 9), "p": (0.05, 0.95)},
    edges=[
        ((2, 1, 0.0), {"p": 3.0}),
        ((2, 2, 0.0), {"p": 0.0}),
        ((0, 4, 1.0), {"p": 4.0}),
        ((1, 4, 1.0), {"p": 0.0}),
    ],
    notes=TRUNCATED,
)

nbdtrc: ElementwiseOp = elementwise_op(
    sc.nbdtrc,
    partials={"k": EVENTS, "n": SUCCESSES, "p": lambda k, n, p: -negative_density(k, n, p)},
    title="The probability of more than k failures before n successes, each of probability p.",
    source="DLMF 8.17.24 and 8.17.4",
    domain={"k": (0, 6), "n": (1, 9), "p": (0.05, 0.95)},
    edges=[((2, 1, 0.0), {"p": -3.0}), ((2, 2, 0.0), {"p": 0.0}), ((0, 4, 1.0), {"p": -4.0})],
    notes=TRUNCATED,
)

nbdtri: ElementwiseOp = elementwise_op(
    sc.nbdtri,
    partials={"k": EVENTS, "n": SUCCESSES, "y": lambda k, n, out: 1 / negative_density(k, n, out)},
    title="The p at which at most k failures before n successes have probability y.",
    source="DLMF 8.17.24 and the inverse rule",
    domain={"k": (0, 6), "n": (1, 9), "y": (0.05, 0.95)},
    edges=[((0, 1, 0.25), {"y": 1.0}), ((2, 1, 0.0), {"y": 1 / 3}), ((0, 4, 1.0), {"y": 0.25})],
    notes=TRUNCATED,
)
