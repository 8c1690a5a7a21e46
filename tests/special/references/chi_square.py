"""The chi-square distribution and its inverses."""

import mpmath as mp

from references._reference import Reference
from references._roots import inverse


def lower(a, x):
    """P(a, x)."""
    return mp.gammainc(a, 0, x, regularized=True)


def upper(a, x):
    """Q(a, x)."""
    return mp.gammainc(a, x, mp.inf, regularized=True)


SLOW = {"far": 1, "why": "mpmath is slow there"}
SAME = {"beyond": False, "inside": 3, "why": "mpmath is slow there, and it is 1 - the other"}
CALM = {"beyond": False, "inside": 4, "why": "each point is a root that mpmath finds"}

REFERENCES = {
    "chdtr": Reference(lambda v, x: lower(v / 2, x / 2), **SLOW),
    "chdtrc": Reference(lambda v, x: upper(v / 2, x / 2), **SLOW),
    "chdtri": Reference(inverse("chdtri", lambda y, v, p: upper(v / 2, y / 2) - p), **CALM),
    "chdtriv": Reference(inverse("chdtriv", lambda y, p, x: lower(y / 2, x / 2) - p), **CALM),
}
