"""Gauss rules, by the eigenvalues and eigenvectors of the Jacobi matrix."""

import mpmath as mp


def _rule(n, a, b2, mass, mu):
    """Nodes, weights, and the integral of the weight function if it is asked for."""
    matrix = mp.zeros(n)
    for k in range(n):
        matrix[k, k] = a(k)
        if k:
            matrix[k, k - 1] = matrix[k - 1, k] = mp.sqrt(b2(k))
    nodes, vectors = mp.eigsy(matrix)
    weights = [mass * vectors[0, i] ** 2 for i in range(n)]
    return [*nodes, *weights, *([mass] if mu else [])]


def roots_jacobi(n, alpha, beta, mu=False):
    s = alpha + beta

    def a(k):
        if k == 0:
            return (beta - alpha) / (s + 2)
        return (beta**2 - alpha**2) / ((2 * k + s) * (2 * k + s + 2))

    def b2(k):
        if k == 1:
            return 4 * (1 + alpha) * (1 + beta) / ((2 + s) ** 2 * (3 + s))
        numerator = 4 * k * (k + alpha) * (k + beta) * (k + s)
        return numerator / ((2 * k + s) ** 2 * (2 * k + s + 1) * (2 * k + s - 1))

    return _rule(n, a, b2, 2 ** (s + 1) * mp.beta(alpha + 1, beta + 1), mu)


def roots_sh_jacobi(n, p1, q1, mu=False):
    found = roots_jacobi(n, p1 - q1, q1 - 1, mu)
    return [(x + 1) / 2 for x in found[:n]] + [w / 2**p1 for w in found[n:]]


def roots_gegenbauer(n, alpha, mu=False):
    return roots_jacobi(n, alpha - 0.5, alpha - 0.5, mu)


def roots_genlaguerre(n, alpha, mu=False):
    return _rule(n, lambda k: 2 * k + 1 + alpha, lambda k: k * (k + alpha), mp.gamma(alpha + 1), mu)


FUNCTIONS = {
    f.__name__: f for f in (roots_jacobi, roots_sh_jacobi, roots_gegenbauer, roots_genlaguerre)
}
SAMPLES = {
    "roots_jacobi": [
        ((1, 0.5, -0.25), {"mu": True}),
        ((2, 1.5, 0.25), {}),
        ((3, -0.75, 12.0, True), {}),
        ((4, 0.0, 0.0), {"mu": True}),
        ((3, -0.5, -0.5), {}),
        ((6, 0.25, 3.0), {}),
    ],
    "roots_sh_jacobi": [
        ((1, 2.0, 1.5), {"mu": True}),
        ((4, 3.5, 0.25), {"mu": True}),
        ((3, 1.0, 1.0), {}),
    ],
    "roots_gegenbauer": [
        ((1, 0.75), {"mu": True}),
        ((2, -0.25), {}),
        ((3, 0.0), {"mu": True}),
        ((5, 12.5), {}),
        ((4, 0.5), {"mu": True}),
    ],
    "roots_genlaguerre": [
        ((1, 0.75), {"mu": True}),
        ((2, -0.75), {}),
        ((3, 0.0), {"mu": True}),
        ((6, 12.5), {}),
    ],
}
