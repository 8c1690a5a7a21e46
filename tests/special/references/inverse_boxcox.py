"""The inverse of Box and Cox's transformation of powers."""

import mpmath as mp

from references._reference import Reference


def power(y, lmbda, n=0):
    """(1 + λy)^(1/λ - n)."""
    return mp.power(1 + lmbda * y, 1 / lmbda - n) if lmbda else mp.exp(y)


REFERENCES = {
    "inv_boxcox": Reference(power, inside=4, points=[(30.0, 1e-9), (-0.999999, 1.0)]),
    "inv_boxcox1p": Reference(lambda y, lmbda: power(y, lmbda) - 1, inside=4),
    "inverse_power": Reference(lambda n, y, lmbda: power(y, lmbda, n), inside=2),
}
