"""Legendre functions with derivatives in front: polynomials in z and w, or in cos and sin."""

import mpmath as mp
import numpy as np

from references.legendre import coefficients


def evaluated(terms, x, y):
    """A sum of products of powers, by their exponents."""
    return mp.fsum(c * x**a * y**b for (a, b), c in terms.items())


def added(pairs):
    """Such a sum, of terms some of which are alike."""
    found = {}
    for key, c in pairs:
        if c:
            found[key] = found.get(key, 0) + c
    return found


def assoc_terms(degree, order):
    """The derivative of a Legendre polynomial times w to the order, without factors."""
    return {(power, order): c for power, c in coefficients(degree, order).items()}


def assoc_next(terms, sign):
    """The derivative in z, where w² = sign (z² - 1)."""
    return added(
        pair
        for (a, b), c in terms.items()
        for pair in (((a - 1, b), a * c), ((a + 1, b - 2), sign * b * c))
    )


def assoc_dn(count, degree, order, z, branch_cut=2, norm=False):
    """The derivatives to an order of an associated Legendre function."""
    mu, of_second = abs(order), branch_cut != 3
    if mu > degree:
        return [mp.mpf(0)] * (count + 1)
    w = mp.sqrt(1 - z * z) if of_second else mp.sqrt(z - 1) * mp.sqrt(z + 1)
    ratio = mp.factorial(degree - mu) / mp.factorial(degree + mu)
    scale = mp.sqrt((degree + mp.mpf(1) / 2) * ratio) if norm else ratio if order < 0 else 1
    scale *= (-1) ** (mu if of_second and order > 0 else 0)
    terms, found = assoc_terms(degree, mu), []
    for _ in range(count + 1):
        found.append(scale * evaluated(terms, z, w))
        terms = assoc_next(terms, -1 if of_second else 1)
    return found


def sphere_dn(count, degree, order, theta):
    """The same of a spherical one; with |sin theta|, as SciPy has it."""
    cosine, sine, mu = mp.cos(theta), mp.sin(theta), abs(order)
    if mu > degree:
        return [mp.mpf(0)] * (count + 1)
    ratio = mp.factorial(degree - mu) / mp.factorial(degree + mu)
    scale = mp.sqrt((2 * degree + 1) * ratio / (4 * mp.pi)) * (-1) ** (mu if order > 0 else 0)
    scale *= -1 if sine < 0 and mu % 2 else 1
    terms, found = assoc_terms(degree, mu), []
    for _ in range(count + 1):
        found.append(scale * evaluated(terms, cosine, sine))
        terms = added(
            pair
            for (a, b), c in terms.items()
            for pair in (((a - 1, b + 1), -a * c), ((a + 1, b - 1), b * c))
        )
    return found


def elements(*arrays):
    """What broadcasts to one element, element by element."""
    return zip(*map(np.ravel, np.broadcast_arrays(*arrays)), strict=True)


def in_front(lists):
    """Lists of one length, each of one element, as SciPy has them: row by row."""
    return [y for row in zip(*lists, strict=True) for y in row]


def legendre_p(n, z, *, diff_n=0):
    return in_front(
        [assoc_dn(diff_n, int(d) if d >= 0 else 1, 0, t) for d, t in elements(n, z)]  # as SciPy
    )


def assoc_legendre_p(n, m, z, *, branch_cut=2, norm=False, diff_n=0):
    return in_front(
        [
            assoc_dn(diff_n, int(d), int(k), t, cut, norm)
            for d, k, t, cut in elements(n, m, z, branch_cut)
        ]
    )


def sph_legendre_p(n, m, theta, *, diff_n=0):
    return in_front([sphere_dn(diff_n, int(d), int(k), t) for d, k, t in elements(n, m, theta)])


FUNCTIONS = {f.__name__: f for f in (legendre_p, assoc_legendre_p, sph_legendre_p)}
N, M = np.array([[3], [2]]), np.array([2, -1])
Z, THETA = np.array([0.3, -0.6]), np.array([0.4, 2.1])
SAMPLES = {
    "legendre_p": [
        ((4, -0.7), {}),
        ((N, Z[:1]), {"diff_n": 2}),
        ((np.array([-1, 0, 5]), 0.4), {"diff_n": 1}),
    ],
    "assoc_legendre_p": [
        ((3, -2, 0.6), {"norm": True}),
        ((3, M, Z), {"diff_n": 2}),
        ((4, -2, Z[:1] - 0.7j), {"branch_cut": 3, "norm": True, "diff_n": 1}),
    ],
    "sph_legendre_p": [
        ((3, -3, 1.3), {}),
        ((N, 1, THETA[:1]), {"diff_n": 2}),
        ((3, M, np.array([-0.4, 4.0])), {}),
    ],
}
