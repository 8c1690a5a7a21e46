"""Fourier coefficients of Mathieu functions."""

import mpmath as mp

from references.mathieu import expansion


def coefficients(odd):
    """So many as SciPy has."""

    def of(m, q):
        root = mp.sqrt(q)
        if q <= 1:
            count = 7.5 + 56.1 * root - 134.7 * q + 90.7 * root * q
        else:
            count = 17 + 3.1 * root - 0.126 * q + 0.0037 * root * q
        return expansion(odd, m, q, mp.mp.dps)[1][: int(count + 0.5 * m)]

    return of


FUNCTIONS = {"mathieu_even_coef": coefficients(False), "mathieu_odd_coef": coefficients(True)}
SAMPLES = {
    "mathieu_even_coef": [((2, 0.9), {}), ((1, 2.5), {}), ((4, 18.0), {})],
    "mathieu_odd_coef": [((2, 0.9), {}), ((1, 2.5), {}), ((5, 18.0), {})],
}
