"""Error functions and the normal distribution."""

import mpmath as mp

from references._reference import Reference


def normal(x):
    """The distribution function of the standard normal distribution."""
    return mp.erfc(-x / mp.sqrt(2)) / 2


def scaled(x):
    """exp(x²) erfc x."""
    return mp.exp(x * x) * mp.erfc(x)


REFERENCES = {
    "erf": Reference(mp.erf),
    "erfc": Reference(mp.erfc),
    "erfcx": Reference(scaled),
    "erfcx_dn": Reference(scaled, counted="x"),
    "log_ndtr": Reference(lambda x: mp.log(normal(x))),
    "ndtr": Reference(normal),
    "normal_hazard": Reference(lambda x: mp.npdf(x) / normal(x)),
}
