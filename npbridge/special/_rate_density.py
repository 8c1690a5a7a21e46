"""The density of the gamma distribution with a rate, and its derivatives in the shape."""

from __future__ import annotations

from typing import Any

import numpy as np

from npbridge import ElementwiseOp, elementwise_op, integer
from npbridge.elementary import where
from npbridge.special._gamma_density import gamma_density_da
from npbridge.special._in_double import in_double

__all__: list[str] = []


def _rate_density(n: int, k: int, a: Any, b: Any, x: Any) -> Any:
    with np.errstate(all="ignore"):
        a, b, x = np.broadcast_arrays(a, b, x)
        value = a ** (1.0 - k) * gamma_density_da(n, b, a * x)
        regular = np.where(b == k, x ** (b - 1) / _factorial(k), 0.0) if n == 0 else 0.0
        pole = np.where((b < k) | (b == k) & (n > 0), (-1.0) ** n * np.inf, regular)
        return np.where(a == 0, pole, value)


def _factorial(k: int) -> float:
    return float(np.prod(np.arange(1.0, k)))


def d_rate_density_da(n: int, k: int, a: Any, b: Any, x: Any) -> Any:
    """The product rule of a p(b, ax) would be inf - inf at x = 0 for b < 1."""
    here, above = rate_density(n, k + 1, a, b, x), rate_density(n, k + 1, a, b + 1, x)
    hole = (a == 0) & (b == k)  # 0 times infinity, where the function is constant
    slope = (b - k) * where(hole, 0.0, here) - b * above
    if n == 0:
        return slope
    before = rate_density(n - 1, k + 1, a, b, x) - rate_density(n - 1, k + 1, a, b + 1, x)
    return slope + n * before


def d_rate_density_dx(n: int, k: int, a: Any, b: Any, x: Any) -> Any:
    """The density of b - 1 less that of b, where b > 1; there the quotient is 0/0 at x = 0."""
    near = b > 1
    shifted = rate_density(n, k - 1, a, where(near, b, 2.0) - 1, x)
    lower = where(near, 0.5, b)
    over = where(near | (x == 0) & (b == 1) & (n == 0), 1.0, x)
    quotient = (lower - 1) / over * rate_density(n, k, a, lower, over)
    if n:
        quotient = quotient + n / over * rate_density(n - 1, k, a, lower, over)
    return where(near, shifted, quotient) - rate_density(n, k - 1, a, b, x)


rate_density: ElementwiseOp = elementwise_op(
    in_double(_rate_density),
    name="rate_density",
    partials={
        "n": integer("the order of the derivative", static=True),
        "k": integer("a power of the rate", static=True),
        "a": d_rate_density_da,
        "b": lambda n, k, a, b, x: rate_density(n + 1, k, a, b, x),
        "x": d_rate_density_dx,
    },
    title="The n-th derivative in b of a (a x)^(b-1) exp(-a x) / (aᵏ Γ(b)), a gamma density.",
    source="DLMF 8.8.13 with 5.2.2",
    domain={"n": (0, 2), "k": (0, 2), "a": (0.2, 5.0), "b": (0.2, 30.0), "x": (0.1, 30.0)},
    edges=[
        ((0, 0, 2.0, 2.0, 0.0), {"a": 0.0, "b": 0.0, "x": 4.0}),
        ((0, 0, 2.0, 3.0, 0.0), {"a": 0.0, "b": 0.0, "x": 0.0}),
    ],
)
