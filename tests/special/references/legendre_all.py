"""Legendre functions of all degrees and orders."""

import numpy as np

from references.legendre_rows import Z, assoc_dn, elements, in_front


def orders(m):
    """As SciPy counts them."""
    return [*range(abs(m) + 1), *range(-abs(m), 0)]


def legendre_p_all(n, z, *, diff_n=0):
    return in_front([assoc_dn(diff_n, d, 0, t) for d in range(n + 1) for (t,) in elements(z)])


def assoc_legendre_p_all(n, m, z, *, branch_cut=2, norm=False, diff_n=0):
    return in_front(
        [
            assoc_dn(diff_n, d, k, t, cut, norm)
            for d in range(n + 1)
            for k in orders(m)
            for t, cut in elements(z, branch_cut)
        ]
    )


FUNCTIONS = {f.__name__: f for f in (legendre_p_all, assoc_legendre_p_all)}
SAMPLES = {
    "legendre_p_all": [
        ((3, -0.7), {}),
        ((2, Z), {"diff_n": 2}),
        ((2, Z[:1] + 0.2j), {"diff_n": 1}),
    ],
    "assoc_legendre_p_all": [
        ((2, 1, -0.7), {"diff_n": 1}),
        ((1, 2, Z), {"norm": True}),
        ((1, 1, 0.3 - 0.7j), {"branch_cut": np.array([[3], [2]]), "norm": True}),
    ],
}
