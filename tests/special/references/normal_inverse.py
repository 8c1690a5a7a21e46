"""The mean and the standard deviation of a normal distribution from a quantile."""

import mpmath as mp

from references._reference import Reference
from references._roots import root


def quantile(p):
    """Of the standard normal distribution."""
    if not 0 < p < 1:
        raise ValueError("no probability")
    if p == 0.5:
        return mp.mpf(0)
    if p < 1e-17:
        q = -2 * mp.log(p)
        return root(lambda z: mp.log(mp.ncdf(z)) - mp.log(p), -mp.sqrt(q - mp.log(q) - 1.8))
    return mp.sqrt(2) * mp.erfinv(2 * p - 1)


CALM = {"beyond": False, "inside": 3, "why": "mpmath is slow at derivatives that are 0"}

REFERENCES = {
    "normal_quantile": Reference(quantile),
    "nrdtrimn": Reference(lambda p, std, x: x - std * quantile(p), **CALM),
    "nrdtrisd": Reference(lambda mn, p, x: (x - mn) / quantile(p), **CALM),
}
