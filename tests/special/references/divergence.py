"""Entropies."""

import mpmath as mp

from references._reference import Reference


def entropy(x, y):
    """The product x log(x/y)."""
    return x * mp.log(x / y)


NEAR = [(1.0, 1.0000001), (3.0, 2.99), (1e-200, 1e150)]

REFERENCES = {
    "entr": Reference(lambda x: -x * mp.log(x)),
    "kl_div": Reference(lambda x, y: entropy(x, y) - x + y, inside=4, points=NEAR[1:]),
    "log_ratio": Reference(lambda x, y: mp.log(x / y), inside=4, points=NEAR),
    "one_minus_ratio": Reference(lambda x, y: 1 - x / y, inside=4, points=NEAR),
    "rel_entr": Reference(entropy, inside=4, points=NEAR),
}
