"""Sums of exponentials."""

import mpmath as mp
import numpy as np

from references._arrays import along


def logsumexp(a, axis=None, b=None, keepdims=False, return_sign=False):
    terms = np.vectorize(mp.exp, otypes=[object])(a) * (1 if b is None else b)
    sums = [mp.fsum(row) for row in along(terms, axis)]
    if return_sign:
        return [mp.log(abs(s)) for s in sums] + [mp.sign(s) for s in sums]
    return [mp.log(s) for s in sums]


def softmax(x, axis=None):
    terms = np.vectorize(mp.exp, otypes=[object])(x)
    axes = axis if axis is None or np.ndim(x) else ()
    return list(np.ravel(terms / np.asarray(terms).sum(axis=axes, keepdims=True)))


def log_softmax(x, axis=None):
    return [mp.log(share) for share in softmax(x, axis)]


A = np.array([[0.5, -1.25, 2.0], [3.0, 0.125, -30.0]])

FUNCTIONS = {"logsumexp": logsumexp, "softmax": softmax, "log_softmax": log_softmax}
SAMPLES = {
    "logsumexp": [
        ((A,), {}),
        ((A, 0), {}),
        ((A, -1), {"keepdims": True}),
        ((A[None], (0, -1)), {"b": np.array([[2.0, 0.0, 0.5], [0.0, 1.0, 3.0]])}),
        ((A, 1), {"b": np.array([0.25, -9.0, 0.5]), "return_sign": True}),
        ((A[:1], ()), {}),
        ((700 + A, 1), {"b": 1e-3}),
        ((1.5,), {"keepdims": True}),
        ((A[0] + 1j * A[1], 0), {}),
        ((A[0] + 1j * A[1],), {"b": A[1], "return_sign": True}),
    ],
    "softmax": [
        ((A,), {}),
        ((A, 0), {}),
        ((A[None], (0, -1)), {}),
        ((700 + A[:1], -1), {}),
        ((1.5,), {}),
        ((A[:1], ()), {}),
        ((A[0] + 1j * A[1],), {}),
    ],
    "log_softmax": [
        ((A,), {}),
        ((A, 0), {}),
        ((A[None], (0, -1)), {}),
        ((700 + A[:1], -1), {}),
        ((1.5,), {}),
        ((A[:1], ()), {}),
        ((A[0] + 1j * A[1] / 40,), {}),
    ],
}
