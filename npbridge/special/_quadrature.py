"""What the integrals of this package share: an accurate Gauss rule, and blockwise evaluation."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]


def gauss_rule(count: int) -> tuple[FloatArray, FloatArray]:
    """Return Gauss-Legendre nodes and weights on (0, 1) as columns (DLMF 3.5(v)), even ``count``.

    The library rule has nodes good to ``eps`` in absolute terms, which costs four digits of the
    weights next to 0, just where an integrand that decays fast lives.  One Newton step on the
    recurrence for the differences ``P[k] - P[k-1]`` in the distance from the end restores them.
    """
    near = (1 - np.polynomial.legendre.leggauss(count)[0][: count // 2 - 1 : -1]) / 2
    weights = near
    for _ in range(2):
        value, step = np.ones_like(near), np.zeros_like(near)
        for k in range(count):
            step = (k * step - 2 * (2 * k + 1) * near * value) / (k + 1)
            value = value + step
        spread = near * (1 - near)
        weights = 4 * spread / (count * step) ** 2
        near = near - 2 * spread * value / (count * step)
    nodes = np.concatenate((near, 1 - near[::-1]))
    return nodes[:, None], np.concatenate((weights, weights[::-1]))[:, None]


def blockwise(
    kernel: Callable[..., FloatArray], *arguments: ArrayLike, block: int
) -> NDArray[np.floating]:
    """Evaluate ``kernel`` on broadcast arguments, so many elements at a time.

    Nodes times elements make a table, which a block keeps within the cache.  The kernel sees
    float64 and runs with warnings off; the result is float32 where the arguments promote to it.
    """
    arrays = [np.asarray(v) for v in arguments]
    # Python numbers are weak, as in NumPy's own promotion.
    kinds = [v if isinstance(v, int | float) else w for v, w in zip(arguments, arrays, strict=True)]
    dtype = np.float32 if np.result_type(*kinds) == np.float32 else np.float64
    with np.errstate(all="ignore"):
        doubles = [v.astype(np.float64, casting="same_kind", copy=False) for v in arrays]
        points = np.broadcast_arrays(*doubles)
        result = np.empty(points[0].shape, dtype)
        flat = result.reshape(-1)
        for start in range(0, result.size, block):
            part = slice(start, start + block)
            flat[part] = kernel(*[v.flat[part] for v in points])
    return result[()]
