"""Elementary functions."""

import mpmath as mp

from references._reference import Reference


def power_log(n, x, y):
    """x^y logⁿ x."""
    return mp.power(x, y) * mp.log(x) ** n


REFERENCES = {
    "cbrt": Reference(lambda x: mp.sign(x) * mp.cbrt(abs(x))),
    "power_log": Reference(power_log, inside=4),
    "powm1": Reference(lambda x, y: mp.power(x, y) - 1, inside=4),
    "quotient": Reference(lambda n, x, y: x / y**n),
    "radian": Reference(
        lambda d, m, s: mp.pi * (d + m / 60 + s / 3600) / 180,
        inside=3,
        beyond=False,
        why="it is linear",
    ),
    "xlog1py": Reference(lambda x, y: x * mp.log(1 + y), inside=3),
    "xlogy": Reference(lambda x, y: x * mp.log(y)),
}
