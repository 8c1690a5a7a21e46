"""Ellipsoidal harmonics, by eigenvectors in mpmath."""

from functools import cache

import mpmath as mp

from references._reference import Reference

HALF = mp.mpf(1) / 2


@cache
def kind(h2, k2, n, p, digits):
    """The exponents of s, of s² - h² and of s² - k², and the coefficients in powers of s²."""
    with mp.workdps(digits + 20):
        odd, index = n % 2, p - 1
        for a, b, c in ((odd, 0, 0), (1 - odd, 1, 0), (1 - odd, 0, 1), (odd, 1, 1)):
            degree = (n - a - b - c) // 2
            if 0 <= index <= degree:
                break
            index -= degree + 1
        # Of powers of s², out of Lamé's equation for s^a (s² - h²)^(b/2) (s² - k²)^(c/2) F(s²).
        at_0, at_h, at_k = a + HALF, b + HALF, c + HALF
        other = at_0 + at_h + at_k - 1 + degree
        matrix = mp.zeros(degree + 1)
        for j in range(degree + 1):
            matrix[j, j] = -j * ((j - 1 + at_0) * (h2 + k2) + at_h * k2 + at_k * h2)
            if j < degree:
                matrix[j + 1, j] = (j - degree) * (j + other)
                matrix[j, j + 1] = h2 * k2 * (j + 1) * (j + at_0)
        values, vectors = mp.eig(matrix)
        order = sorted(range(degree + 1), key=lambda i: -mp.re(values[i]))
        chosen = order[index]
        found = [mp.re(vectors[j, chosen] / vectors[degree, chosen]) for j in range(degree + 1)]
    return a, b, c, found


def first(h2, k2, n, p, s, signm=1, signn=1):
    """E, with the signs that SciPy gives the square roots."""
    a, b, c, coefficients = kind(h2, k2, n, p, 50 * -(-mp.mp.dps // 50))
    square = s * s
    roots = mp.sqrt(abs(square - h2)) ** b * mp.sqrt(abs(square - k2)) ** c
    total = mp.polyval(coefficients[::-1], square)
    return s**a * signm**b * signn**c * roots * total


def second(h2, k2, n, p, s):
    """F, by its integral over u = 1/s."""

    def inner(u):
        return 1 / (first(h2, k2, n, p, 1 / u) ** 2 * mp.sqrt((1 - u * u * h2) * (1 - u * u * k2)))

    return (2 * n + 1) * first(h2, k2, n, p, s) * mp.quad(inner, [0, 1 / s])


def derivative_of_first(times, h2, k2, n, p, s, signm, signn):
    """Of the family."""
    if not times:
        return first(h2, k2, n, p, s, signm, signn)
    return mp.diff(lambda t: first(h2, k2, n, p, s * (1 + t), signm, signn), 0, times) / s**times


WHY = "mpmath is slow"
REFERENCES = {
    "ellip_harm": Reference(
        first,
        reach={"h2": (0.2, 4.5), "k2": (4.6, 50.0)},
        integers={"n": (3,), "p": (2, 5), "signm": (-1,), "signn": (1,)},
        points=(
            *((2.0, 5.0, 6, p, 1.7, 1, -1) for p in (3, 6, 9, 12)),
            *((1.0, 6.0, 7, p, -2.2, -1, -1) for p in (4, 7, 10, 15)),
            *((1.5, 2.0, 2, p, 0.7, 1, 1) for p in (1, 2, 3, 4, 5)),
        ),
        inside=3,
        why=WHY,
    ),
    "ellip_harm_dn": Reference(
        derivative_of_first,
        integers={"times": (1,), "n": (3,), "p": (2,), "signm": (1,), "signn": (-1,)},
        inside=4,
        beyond=False,
        why=WHY,
    ),
    "ellip_harm_2": Reference(
        second,
        integers={"n": (2,), "p": (1, 4)},
        points=((5.0, 8.0, 0, 1, 3.0), (5.0, 8.0, 3, 6, 4.0), (1.0, 2.0, 1, 3, -20.0)),
        inside=2,
        beyond=False,
        why=WHY,
    ),
}
