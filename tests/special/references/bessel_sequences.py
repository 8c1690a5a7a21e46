"""Bessel functions of several orders at one number."""

import mpmath as mp

HALF = mp.mpf(1) / 2


def riccati(function):
    """X times the spherical Bessel functions, and their derivatives by DLMF 10.51.2."""

    def of(n, x):
        factor = mp.sqrt(mp.pi * x / 2)
        s = [factor * function(k - HALF, x) for k in range(n + 2)]  # from k = -1 on
        return s[1:] + [s[k] - k * s[k + 1] / x for k in range(n + 1)]

    return of


def lmbda(v, x):
    """As 0F1, and their derivatives."""
    orders, z = range(v + 1), -x * x / 4
    values = [mp.hyp0f1(u + 1, z) for u in orders]
    return values + [-x / (2 * (u + 1)) * mp.hyp0f1(u + 2, z) for u in orders]


FUNCTIONS = {
    "lmbda": lmbda,
    "riccati_jn": riccati(mp.besselj),
    "riccati_yn": riccati(mp.bessely),
}
SAMPLES = {
    "lmbda": [((3, 1.3), {}), ((0, 2.0), {}), ((2, 17.5), {})],
    "riccati_jn": [((3, 1.3), {}), ((0, 0.7), {}), ((2, 20.5), {})],
    "riccati_yn": [((3, 1.3), {}), ((0, 0.7), {}), ((2, 20.5), {})],
}
