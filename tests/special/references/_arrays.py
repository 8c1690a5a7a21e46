"""Derivatives of functions of mpmath arrays, by differences so small that they cost no digits."""

from itertools import combinations_with_replacement

import mpmath as mp
import numpy as np

DIGITS = 80
STEP = -20
"""Of ten: second derivatives then have forty digits."""


def along(array, axis):
    """The elements that are reduced together, row by row."""
    array = np.asarray(array, object)
    dims = array.ndim
    axes = range(dims) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    axes = [i % dims for i in axes]
    moved = np.moveaxis(array, axes, range(dims - len(axes), dims))
    kept = moved.shape[: dims - len(axes)]
    return moved.reshape(int(np.prod(kept)), -1)


def numbers(x):
    """An argument with mpmath numbers in the place of its own: `floats` of them can be moved."""
    if isinstance(x, np.ndarray):
        return np.vectorize(mp.mpmathify, otypes=[object])(x) if x.size else x.astype(object)
    return mp.mpmathify(x) if isinstance(x, (float, complex)) else x


def derivatives(function, args, kwargs):
    """Value, Jacobian and Hessian of a function that returns a flat list, as arrays.

    They are in all numbers of the floating-point arguments, in order.
    """
    with mp.workdps(DIGITS):
        own = [*args, *kwargs.values()]
        places = [
            (i, index)
            for i, x in enumerate(own)
            if isinstance(x, float | complex)
            or (isinstance(x, np.ndarray) and x.dtype.kind in "fc")
            for index in np.ndindex(np.shape(x))
        ]

        def at(*moves):
            moved = [numbers(x) for x in own]
            for (i, index), step in moves:
                if isinstance(moved[i], np.ndarray):
                    moved[i][index] += step
                else:
                    moved[i] += step
            named = dict(zip(kwargs, moved[len(args) :], strict=True))
            return np.array([mp.mpmathify(y) for y in function(*moved[: len(args)], **named)])

        steps = [mp.mpf(10) ** STEP * (abs(np.asarray(own[i])[index]) or 1) for i, index in places]
        value = at()
        up = [at((p, h)) for p, h in zip(places, steps, strict=True)]
        down = [at((p, -h)) for p, h in zip(places, steps, strict=True)]
        first = np.array(
            [(u - d) / (2 * h) for u, d, h in zip(up, down, steps, strict=True)]
        ).reshape(len(places), len(value))
        second = np.empty((len(places), len(places), len(value)), dtype=object)
        for i, j in combinations_with_replacement(range(len(places)), 2):
            h, k = steps[i], steps[j]
            if i == j:
                found = (up[i] - 2 * value + down[i]) / h**2
            else:
                corners = [
                    s * t * at((places[i], s * h), (places[j], t * k))
                    for s in (1, -1)
                    for t in (1, -1)
                ]
                found = sum(corners) / (4 * h * k)
            second[i, j] = second[j, i] = found
        kind = complex if any(isinstance(y, mp.mpc) for y in value) else float
        return tuple(x.astype(kind) for x in (value, first, second))
