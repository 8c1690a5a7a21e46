"""Eigenpairs of symmetric tridiagonal matrices that depend on a parameter, as Taylor series in it.

The matrices are T + δM with tridiagonal T and M, and the series those of Rayleigh and Schrödinger
in δ, to any order. All arrays have matrices along their first dimension.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np


def times(diagonal: Any, beside: Any, v: Any) -> Any:
    """A symmetric tridiagonal matrix times a vector."""
    found = diagonal * v
    found[:, :-1] += beside * v[:, 1:]
    found[:, 1:] += beside * v[:, :-1]
    return found


def _dense(diagonal: Any, beside: Any) -> Any:
    n = diagonal.shape[-1]
    full = np.zeros((*diagonal.shape, n))
    i = np.arange(n)
    full[:, i, i] = diagonal
    full[:, i[1:], i[:-1]] = full[:, i[:-1], i[1:]] = beside
    return full


def _bordered(full: Any, value: Any, vector: Any) -> Any:
    """The matrix less its eigenvalue, bordered by its eigenvector: it is not singular."""
    n = full.shape[-1]
    whole = np.zeros((len(full), n + 1, n + 1))
    whole[:, :n, :n] = full - value[:, None, None] * np.eye(n)
    whole[:, n, :n] = whole[:, :n, n] = vector
    return whole


def _solve(whole: Any, right: Any) -> tuple[Any, Any]:
    right = np.concatenate([right, np.zeros((len(right), 1))], axis=1)
    solution = np.linalg.solve(whole, right[..., None])[..., 0]
    return solution[:, :-1], solution[:, -1]


def eigenpair(diagonal: Any, beside: Any, index: int) -> tuple[Any, Any]:
    """The eigenvalue of an index, counted from below, and its eigenvector.

    Where the matrix is nearly diagonal, a Newton step after LAPACK gives the small components of
    the vector relative precision: LAPACK's are 0.
    """
    full = _dense(diagonal, beside)
    values, vectors = np.linalg.eigh(full)
    value, vector = values[:, index], vectors[:, :, index]
    for _ in range(2):
        residual = times(diagonal, beside, vector) - value[:, None] * vector
        step, less = _solve(_bordered(full, value, vector), -residual)
        value, vector = value - less, vector + step
        vector = vector / np.sqrt(np.sum(vector * vector, axis=1))[:, None]
    return value, vector


def series(
    diagonal: Any, beside: Any, slopes: tuple[Any, Any], index: int, order: int
) -> tuple[list[Any], list[Any]]:
    """Taylor coefficients of an eigenvalue, and of its eigenvector, which is of any length."""
    value, vector = eigenpair(diagonal, beside, index)
    whole = _bordered(_dense(diagonal, beside), value, vector)
    values, vectors = [value], [vector]
    for k in range(1, order + 1):
        moved = times(*slopes, vectors[-1])
        values.append(np.sum(vector * moved, axis=1))
        right = -moved
        for j in range(1, k):
            right = right + values[j][:, None] * vectors[k - j]
        # What is along the vector goes into the border.
        vectors.append(_solve(whole, right)[0])
    return values, vectors


def normalized(vectors: list[Any]) -> list[Any]:
    """Taylor coefficients of the eigenvector of length 1."""
    count = len(vectors)
    squares = [
        sum(np.sum(vectors[i] * vectors[k - i], axis=1) for i in range(k + 1)) for k in range(count)
    ]
    return divided(vectors, squares, 0.5)


def divided(vectors: list[Any], by: list[Any], power: float = 1.0) -> list[Any]:
    """Taylor coefficients of a vector divided by a power of a number that has a series, too."""
    inverse = [by[0] ** -power]
    for k in range(1, len(by)):
        # Of y = s^-p: s y' = -p s' y, coefficient by coefficient.
        total = sum((-power * j - (k - j)) * by[j] * inverse[k - j] for j in range(1, k + 1))
        inverse.append(total / (k * by[0]))
    return [
        sum(inverse[k - i][:, None] * vectors[i] for i in range(k + 1)) for k in range(len(vectors))
    ]


def grouped(
    call: Callable[..., Any], keys: Sequence[Any], arrays: Sequence[Any], count: int
) -> tuple[Any, ...]:
    """Call with each set of equal keys, and the arrays there, and put the results together.

    A key that is NaN leaves NaN. `call` returns so many results.
    """
    shape = np.broadcast_shapes(*(np.shape(x) for x in (*keys, *arrays)))
    keyed = np.stack([np.broadcast_to(k, shape).ravel() for k in keys], axis=1)
    flat = [np.broadcast_to(x, shape).ravel() for x in arrays]
    good = np.isfinite(keyed).all(axis=1)
    results = [np.full(len(keyed), np.nan) for _ in range(count)]
    for key in np.unique(keyed[good], axis=0):
        for places in _parts(np.flatnonzero(good & (keyed == key).all(axis=1))):
            found = call(*map(int, key), *[x[places] for x in flat])
            for whole, part in zip(results, found, strict=True):
                whole[places] = part
    return tuple(whole.reshape(shape) for whole in results)


def _parts(places: Any) -> Any:
    """So many matrices are held at a time."""
    return np.array_split(places, -(-len(places) // 256))
