"""Spheroidal wave functions, by the eigenvectors of their expansions in Legendre functions."""

from functools import cache

import mpmath as mp

from references._reference import Reference
from references.mathieu import eigenpair


@cache
def expansion(m, n, t, digits):
    """The characteristic value, and the coefficients of the functions P of degree m + r.

    t is c² for prolate functions, -c² for oblate ones; there is no sign (-1)^m in P here.
    """
    with mp.workdps(2 * digits + 60):
        count = int(abs(float(t)) ** 0.5 + mp.mp.dps / 5 + 10) + (n - m) // 2
        degrees = [m + (n - m) % 2 + 2 * k for k in range(count)]

        def beside(l):
            """The element of x between the normalized functions of degree l and l + 1."""
            return mp.sqrt(mp.mpf((l + 1) ** 2 - m**2) / ((2 * l + 1) * (2 * l + 3)))

        squares = [beside(l) ** 2 + (beside(l - 1) ** 2 if l > m else 0) for l in degrees]
        diagonal = [l * (l + 1) + t * s for l, s in zip(degrees, squares, strict=True)]
        off = [t * beside(l) * beside(l + 1) for l in degrees[:-1]]
        if t == 0:
            value, vector = mp.mpf(n * (n + 1)), [mp.mpf(l == n) for l in degrees]
        else:
            value, vector = eigenpair(diagonal, off, (n - m) // 2)
        lengths = [
            mp.sqrt((2 * l + 1) * mp.mpf(mp.factorial(l - m)) / mp.factorial(l + m))
            for l in degrees
        ]
        return value, [v * w for v, w in zip(vector, lengths, strict=True)], degrees


def characteristic(sign):
    """Of both kinds."""
    return lambda m, n, c: expansion(m, n, sign * c * c, mp.mp.dps)[0]


def legendre(m, degrees, x):
    """P and P', of these degrees, without the sign."""
    start = mp.fac2(2 * m - 1) * mp.power(1 - x * x, mp.mpf(m) / 2)
    lower, p, found = mp.mpf(0), start, {m - 1: mp.mpf(0), m: start}
    for l in range(m, degrees[-1] + 1):
        lower, p = p, ((2 * l + 1) * x * p - (l + m) * lower) / (l + 1 - m)
        found[l + 1] = p
    slopes = {l: (l * x * found[l] - (l + m) * found[l - 1]) / (x * x - 1) for l in degrees}
    return found, slopes


def harmonic(m, n, t, x):
    """S and S', which are P and P' at x = 0, whichever is not 0."""
    _, factors, degrees = expansion(m, n, t, mp.mp.dps)
    with mp.workdps(2 * mp.mp.dps + 30):
        at_0, here = legendre(m, degrees, mp.mpf(0)), legendre(m, degrees, x)
        odd = (n - m) % 2
        scale = at_0[odd][n] / mp.fsum(
            d * at_0[odd][l] for d, l in zip(factors, degrees, strict=True)
        )
        return tuple(
            scale * mp.fsum(d * p[l] for d, l in zip(factors, degrees, strict=True)) for p in here
        )


def angular(sign):
    """Of both kinds."""
    return lambda m, n, c, x: harmonic(m, n, sign * c * c, x)


def derivative_of_angular(j, k, m, n, t, x):
    """The two outputs of the family."""
    if j == k == 0:
        return harmonic(m, n, t, x)
    return tuple(
        mp.diff(lambda u, y: harmonic(m, n, t * (1 + u), y)[0], (0, x), (j, i)) / t**j
        for i in (k, k + 1)
    )


def derivative_of_characteristic(k, m, n, t):
    """Of the family."""
    return mp.diff(lambda u: expansion(m, n, t * (1 + u), mp.mp.dps)[0], 0, k) / t**k


def spherical(z, most):
    """The spherical Bessel functions of orders 0 to most, by their recurrence downwards."""
    top = int(most + abs(z) + mp.mp.dps) + 10
    found = [mp.mpf(0)] * (top + 2)
    found[top] = mp.mpf(10) ** -mp.mp.dps
    for l in range(top, 0, -1):
        found[l - 1] = (2 * l + 1) / z * found[l] - found[l + 1]
    at_0, at_1 = mp.sin(z) / z, mp.sin(z) / z**2 - mp.cos(z) / z
    scale = at_0 / found[0] if abs(found[0]) > abs(found[1]) else at_1 / found[1]
    return [scale * y for y in found[: most + 1]]


@cache
def weights_of(m, n, t, digits):
    """Of the spherical Bessel functions, whose degrees they come with."""
    _, factors, degrees = expansion(m, n, t, digits)
    with mp.workdps(2 * digits + 30):
        weights = [
            d * mp.factorial(l + m) / mp.factorial(l - m)
            for d, l in zip(factors, degrees, strict=True)
        ]
        total = mp.fsum(weights)
        turned = [(-1) ** ((l - n) // 2) * w / total for w, l in zip(weights, degrees, strict=True)]
    return turned, degrees


def radial(sign):
    """R of the first kind and R': an expansion in spherical Bessel functions."""

    def both(m, n, c, x):
        digits = 50 * -(-mp.mp.dps // 50)  # so that there are few expansions
        weights, degrees = weights_of(m, n, sign * c * c, digits)
        with mp.workdps(digits + 30):
            z = c * x
            j = spherical(z, degrees[-1] + 1)
            total = mp.fsum(w * j[l] for w, l in zip(weights, degrees, strict=True))
            slope = mp.fsum(
                w * (l * j[l] / z - j[l + 1]) for w, l in zip(weights, degrees, strict=True)
            )
            shape = mp.power((x * x - sign) / (x * x), mp.mpf(m) / 2)
            bent = m * sign / (x * (x * x - sign))
            return shape * total, shape * (c * slope + bent * total)

    return both


COUNTS = {"m": (1,), "n": (2, 3)}
SMALL = "SciPy's value is wrong at negative c and of no relative precision at small and large c"
OTHERS = ((0, 0, 2.0, 0.3), (0, 5, 4.0, -0.7), (2, 4, 3.0, 1e-5), (3, 3, 1.5, -0.95))
FURTHER = ((0, 0, 2.0, 1.3), (0, 5, 4.0, 3.0), (2, 4, 3.0, 1.2), (3, 3, 1.5, 9.0))
REACH = {"c": (0.05, 10.0), "x": (-0.999, 0.999)}

REFERENCES = {
    "spheroidal_cv_dn": Reference(
        derivative_of_characteristic,
        reach={"t": (-200.0, 200.0)},
        integers={"k": (1,), "m": (0,), "n": (2,)},
        inside=3,
        why="the matrices of the reference grow",
    ),
    "pro_cv": Reference(
        characteristic(1), reach={"c": (0.0, 50.0)}, integers=COUNTS, inside=3, why=SMALL
    ),
    "obl_cv": Reference(
        characteristic(-1), reach={"c": (0.0, 50.0)}, integers=COUNTS, inside=3, why=SMALL
    ),
    "spheroidal_dn": Reference(
        derivative_of_angular,
        integers={"j": (0,), "k": (0,), "m": (0, 1), "n": (2,)},
        inside=4,
        beyond=False,
        why="mpmath is slow",
    ),
    "pro_ang1": Reference(
        angular(1), reach=REACH, points=OTHERS, integers=COUNTS, inside=3, why=SMALL
    ),
    "obl_ang1": Reference(
        angular(-1), reach=REACH, points=OTHERS, integers=COUNTS, inside=3, why=SMALL
    ),
    "pro_rad1": Reference(
        radial(1),
        reach={"c": (0.1, 10.0), "x": (1.001, 30.0)},
        points=FURTHER,
        integers=COUNTS,
        inside=3,
        why=SMALL,
    ),
    "obl_rad1": Reference(
        radial(-1),
        reach={"c": (0.1, 10.0), "x": (0.005, 30.0)},
        points=FURTHER,
        integers=COUNTS,
        inside=3,
        why=SMALL,
    ),
}
