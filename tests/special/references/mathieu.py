"""Mathieu functions, by eigenvectors that are refined to any precision."""

from functools import cache

import mpmath as mp
import numpy as np
from scipy.linalg import eigh_tridiagonal

from references._reference import Reference


def matrix(odd, m, q):
    """The symmetric matrix of the Fourier coefficients, and their multiples: DLMF 28.4(ii)."""
    first = m % 2 or (2 if odd else 0)
    count = int(3 * abs(float(q)) ** 0.5 + m / 2 + mp.mp.dps / 5 + 10)
    multiples = [first + 2 * k for k in range(count)]
    diagonal, beside = [mp.mpf(r * r) for r in multiples], [q] * (count - 1)
    if m % 2:
        diagonal[0] += -q if odd else q
    elif not odd:
        beside[0] = q * mp.sqrt(2)
    return diagonal, beside, multiples, (m - first) // 2


def solved(diagonal, beside, right):
    """The solution of a tridiagonal system, with digits to spare for want of pivots."""
    pivots, right = [diagonal[0]], list(right)
    for k, e in enumerate(beside):
        pivots[k] = pivots[k] or mp.eps
        right[k + 1] -= e / pivots[k] * right[k]
        pivots.append(diagonal[k + 1] - e * e / pivots[k])
    right[-1] /= pivots[-1] or mp.eps
    for k in reversed(range(len(beside))):
        right[k] = (right[k] - beside[k] * right[k + 1]) / pivots[k]
    return right


def eigenpair(diagonal, beside, index):
    """By the Rayleigh quotient iteration, which triples the digits of NumPy's."""
    floats = [np.array([float(x) for x in line]) for line in (diagonal, beside)]
    values, vectors = eigh_tridiagonal(*floats)
    value, vector = mp.mpf(values[index]), [mp.mpf(x) for x in vectors[:, index]]
    value += (1 + abs(value)) * mp.mpf(10) ** -17  # not on a pivot
    for _ in range(9):
        vector = solved([d - value for d in diagonal], beside, vector)
        length = mp.sqrt(mp.fsum(x * x for x in vector))
        vector = [x / length for x in vector]
        before, value = value, mp.fsum(x * x * d for x, d in zip(vector, diagonal, strict=True))
        value += 2 * mp.fsum(x * y * e for x, y, e in zip(vector, vector[1:], beside, strict=False))
        if abs(value - before) <= mp.sqrt(mp.eps) * (1 + abs(value)):
            break
    return value, vector


@cache
def expansion(odd, m, q, digits):
    """The characteristic value, the coefficients, and their multiples."""
    with mp.workdps(2 * digits + 60):
        *system, multiples, index = matrix(odd, m, q)
        if q == 0:
            value, vector = system[0][index], [mp.mpf(r == m) for r in multiples]
        else:
            value, vector = eigenpair(*system, index)
        positive = mp.fsum(x * (r if odd else 1) for x, r in zip(vector, multiples, strict=True))
        vector = [x * mp.sign(positive) for x in vector]
        if multiples[0] == 0:
            vector[0] /= mp.sqrt(2)
    return value, vector, multiples


def characteristic(odd):
    """Of a or b."""
    return lambda m, q: expansion(odd, m, q, mp.mp.dps)[0]


def angular(odd):
    """Of ce or se, at x in degrees; the derivative is in radians."""

    def both(m, q, x):
        _, vector, multiples = expansion(odd, m, q, mp.mp.dps)
        with mp.workdps(mp.mp.dps + 15):
            terms = [
                (a, r, *mp.cos_sin(r * x * mp.pi / 180))
                for a, r in zip(vector, multiples, strict=True)
            ]
            if odd:
                found = [a * s for a, _, _, s in terms], [a * r * c for a, r, c, _ in terms]
            else:
                found = [a * c for a, _, c, _ in terms], [-a * r * s for a, r, _, s in terms]
            return tuple(map(mp.fsum, found))

    return both


def derivative_of_angular(odd):
    """The two outputs of the family."""

    def both(j, k, m, q, x):
        def at(q, times):
            _, vector, multiples = expansion(odd, m, q, mp.mp.dps)
            turn = mp.cos if (times + odd) % 2 == 0 else mp.sin
            sign = (1, -1, -1, 1)[(times - odd) % 4]
            return sign * mp.fsum(
                a * (r * mp.pi / 180) ** times * turn(r * x * mp.pi / 180)
                for a, r in zip(vector, multiples, strict=True)
            )

        scale = q or mp.mpf(1)
        return tuple(mp.diff(lambda t: at(q + scale * t, n), 0, j) / scale**j for n in (k, k + 1))

    return both


WHY = (
    "exponentially small at some x for large q; at negative q and tiny x SciPy's value has no "
    "relative precision, and at some q it is that of another order"
)

REFERENCES = {
    "mathieu_a": Reference(
        characteristic(False), reach={"q": (-200.0, 200.0)}, integers={"m": (0, 1, 5)}, why=WHY
    ),
    "mathieu_a_dn": Reference(
        characteristic(False),
        counted="q",
        reach={"q": (-200.0, 200.0)},
        integers={"n": (0, 1), "m": (2, 3)},
        why=WHY,
    ),
    "mathieu_b": Reference(
        characteristic(True), reach={"q": (-200.0, 200.0)}, integers={"m": (1, 2, 6)}, why=WHY
    ),
    "mathieu_b_dn": Reference(
        characteristic(True),
        counted="q",
        reach={"q": (-200.0, 200.0)},
        integers={"n": (0, 1), "m": (2, 3)},
        why=WHY,
    ),
    "mathieu_cem": Reference(
        angular(False),
        reach={"q": (0.0, 110.0)},
        integers={"m": (0, 2)},
        points=((0, -1.5, 200.0), (2, -7.3, 50.0), (2, -40.0, -130.0)),
        inside=3,
        why=WHY,
    ),
    "mathieu_cem_dn": Reference(
        derivative_of_angular(False),
        reach={"q": (-110.0, 110.0)},
        integers={"j": (1,), "k": (0, 1), "m": (2,)},
        inside=4,
        beyond=False,
        why=WHY,
    ),
    "mathieu_sem": Reference(
        angular(True),
        reach={"q": (0.0, 110.0)},
        integers={"m": (1, 4)},
        points=((1, -1.5, 200.0), (4, -7.3, 50.0), (4, -40.0, -130.0)),
        inside=3,
        why=WHY,
    ),
    "mathieu_sem_dn": Reference(
        derivative_of_angular(True),
        reach={"q": (-110.0, 110.0)},
        integers={"j": (1,), "k": (0, 1), "m": (2,)},
        inside=4,
        beyond=False,
        why=WHY,
    ),
}
