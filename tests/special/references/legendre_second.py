"""Legendre functions of the second kind: as DLMF 14.7.2 has them, a logarithm and polynomials."""

from functools import cache

import mpmath as mp

from references.legendre_rows import Z, elements, in_front


@cache
def parts(n):
    """Pₙ, and the polynomial which is left of Qₙ: both from the lowest power."""
    if n < 2:
        return ([mp.mpf(1)], [mp.mpf(0)]) if n == 0 else ([0, mp.mpf(1)], [mp.mpf(-1)])

    def following(now, before):
        upper = [0, *[(2 * n - 1) * c / n for c in now]]
        lower = [(n - 1) * c / n for c in before] + [0] * (len(upper) - len(before))
        return [a - b for a, b in zip(upper, lower, strict=True)]

    return tuple(map(following, parts(n - 1), parts(n - 2)))


def polynomial_dn(k, coefficients, z):
    """The k-th derivative."""
    return mp.fsum(
        mp.ff(power, k) * c * z ** (power - k) for power, c in enumerate(coefficients) if power >= k
    )


def plain(k, n, z):
    """The k-th derivative of the function of order 0; on the circle SciPy takes that of inside."""
    polynomial, rest = parts(n)

    def logarithm(j):
        if j == 0:
            return mp.log((1 + z) / (z - 1 if abs(z) > 1 else 1 - z)) / 2
        return mp.factorial(j - 1) * (1 / (1 - z) ** j - (-1) ** j / (1 + z) ** j) / 2

    products = (
        mp.binomial(k, j) * logarithm(j) * polynomial_dn(k - j, polynomial, z) for j in range(k + 1)
    )
    return mp.fsum(products) + polynomial_dn(k, rest, z)


def value_and_slope(m, n, z):
    """Of Qₙᵐ = wᵐ (d/dz)ᵐ Qₙ, inside with a sign."""
    sign = 1 if abs(z) > 1 else -1
    w = mp.sqrt(sign * (z * z - 1))
    f, g = plain(m, n, z), plain(m + 1, n, z)
    return [sign**m * y for y in (w**m * f, w**m * g + sign * m * z * w ** (m - 2) * f)]


def lqmn(m, n, z):
    return in_front(
        [
            value_and_slope(k, d, t)
            for k in range(m + 1)
            for d in range(n + 1)
            for (t,) in elements(z)
        ]
    )


def lqn(n, z):
    return lqmn(0, n, z)


FUNCTIONS = {"lqmn": lqmn, "lqn": lqn}
SAMPLES = {
    "lqmn": [((1, 2, Z[:1]), {}), ((2, 1, 2.5), {}), ((1, 0, Z[:1] - 0.7j), {})],
    "lqn": [((2, Z), {}), ((0, 0.3), {}), ((2, 2.5), {}), ((1, 3 * Z[:1] - 0.7j), {})],
}
