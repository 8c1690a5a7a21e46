"""Elementary functions."""

import mpmath as mp

from references._reference import Reference

REFERENCES = {
    "quotient": Reference(lambda n, x, y: x / y**n),
    "xlogy": Reference(lambda x, y: x * mp.log(y)),
}
