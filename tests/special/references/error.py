"""Error functions and the normal distribution."""

import mpmath as mp

from references._reference import Reference


def normal(x):
    """The distribution function of the standard normal distribution."""
    return mp.erfc(-x / mp.sqrt(2)) / 2


def owen(h, a):
    """T(h, a), by the series in a of its integral."""
    if abs(a) > 1:
        rest = mp.sign(a) - mp.erf(h / mp.sqrt(2)) * mp.erf(a * h / mp.sqrt(2))
        return rest / 4 - owen(a * h, 1 / a)
    half = h * h / 2
    term = mp.exp(-half)
    power, poisson, j = mp.mpf(a), 1 - term, 0
    total = power * poisson
    while j < half or abs(power) * term > mp.eps * abs(total):
        j += 1
        power *= -a * a
        term *= half / j
        poisson -= term
        total += power * poisson / (2 * j + 1)
    return (mp.atan(a) - total) / (2 * mp.pi)


def scaled(x):
    """exp(x²) erfc x."""
    return mp.exp(x * x) * mp.erfc(x)


REFERENCES = {
    "erf": Reference(mp.erf),
    "erfc": Reference(mp.erfc),
    "erfi": Reference(mp.erfi),
    "erfcx": Reference(scaled),
    "erfcx_dn": Reference(scaled, counted="x"),
    "log_ndtr": Reference(lambda x: mp.log(normal(x))),
    "ndtr": Reference(normal),
    "owens_t": Reference(
        owen, reach={"h": (-6.0, 6.0), "a": (-5.0, 5.0)}, inside=3, why="the series is long"
    ),
    "normal_hazard": Reference(lambda x: mp.npdf(x) / normal(x)),
}
