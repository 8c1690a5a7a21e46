"""Functions that are constant between steps."""

import mpmath as mp

from references._reference import Reference


def sign_of_gamma(x):
    return mp.mpf(1) if x > 0 else mp.mpf(-1) ** mp.ceil(-x)


REFERENCES = {"round": Reference(mp.nint), "gammasgn": Reference(sign_of_gamma)}
