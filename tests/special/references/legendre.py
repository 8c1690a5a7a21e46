"""Legendre functions."""

import mpmath as mp

from references._reference import Reference


def coefficients(degree, order):
    """Those of the order-th derivative of a Legendre polynomial, by power."""
    found = {}
    for k in range(degree // 2 + 1):
        power = degree - 2 * k
        c = (-1) ** k * mp.binomial(degree, k) * mp.binomial(2 * power + 2 * k, degree)
        if power >= order:
            found[power - order] = mp.ff(power, order) * c / mp.mpf(2) ** degree
    return found


def assoc(degree, order, z, branch_cut=2, norm=0):
    """As DLMF 14.6.1 and 14.6.3 define it, times the factor of the option norm."""
    mu, of_second = abs(order), branch_cut != 3
    if mu > degree:
        return mp.mpf(0)
    polynomial = sum(c * z**power for power, c in coefficients(degree, mu).items())
    w = mp.sqrt(1 - z * z) if of_second else mp.sqrt(z - 1) * mp.sqrt(z + 1)
    ratio = mp.factorial(degree - mu) / mp.factorial(degree + mu)
    scale = mp.sqrt((degree + mp.mpf(1) / 2) * ratio) if norm else ratio if order < 0 else 1
    return (-1) ** (mu if of_second and order > 0 else 0) * scale * w**mu * polynomial


def ferrers(m, v, x):
    """The Ferrers function of the first kind, by its series at x = 1."""
    v = mp.mpf(v)
    ratio = mp.fprod((v - i) * (v + i + 1) for i in range(abs(m)))
    series = mp.hyp2f1(abs(m) - v, v + abs(m) + 1, abs(m) + 1, (1 - x) / 2)
    part = mp.sqrt(1 - x * x) ** abs(m) * series / (mp.mpf(2) ** abs(m) * mp.factorial(abs(m)))
    return (-1) ** m * ratio * part if m >= 0 else part


COUNTS = {"n": [0, 2]}
WHY = "the count, the degree and the order take several values each"

REFERENCES = {
    "legendre_dn": Reference(
        lambda degree, z: assoc(degree, 0, z),
        counted="z",
        integers=COUNTS | {"degree": [3, 8]},
        points=[(1, 40, 0.3), (1, 40, -0.9999), (2, 5, 1e5)],
        far=1,
        inside=4,
        why=WHY,
    ),
    "assoc_legendre_dn": Reference(
        assoc,
        counted="z",
        integers={
            "n": [0, 2],
            "degree": [4],
            "order": [-3, 1, 2],
            "branch_cut": [2],
            "norm": [0, 1],
        },
        points=[
            (1, 3, 1, 1.5, 3, 0),
            (1, 3, 1, 1e5, 3, 0),
            (2, 2, -1, 30.0, 3, 1),
            (1, 30, 20, 0.99, 2, 1),
            (1, 30, 20, 1 - 1e-9, 2, 0),
            (0, 30, -20, -0.7, 2, 0),
            (1, 6, 5, 1e-30, 2, 0),
        ],
        inside=2,
        beyond=False,
        why=WHY,
    ),
    "lpmv": Reference(
        ferrers,
        integers={"m": [0, 1, 2]},
        reach={"v": (0.0, 200.0), "x": (-1.0, 1.0)},
        points=[(-1, 2.5, 0.3), (-2, 3.5, 0.9999), (2, 4.0, -0.9999), (1, -2.5, 0.3)],
        inside=3,
        far=1,
        why="SciPy's value outside of -1 < x < 1 is NaN, and at v = -1e-30 wrong by a sign",
    ),
    "lpmv_dn": Reference(
        ferrers,
        counted="x",
        integers={"n": [1], "order": [0, 2]},
        reach={"degree": (0.0, 200.0), "x": (-1.0, 1.0)},
        points=[(1, -1, 2.5, 0.3), (1, 1, 30.5, 0.999), (0, 1, 4.5, -0.9999)],
        inside=2,
        beyond=False,
        far=1,
        why="mpmath takes a minute for a point",
    ),
}
