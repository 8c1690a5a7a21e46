"""The gamma distribution and its inverses."""

from references._reference import Reference
from references._roots import inverse
from references.chi_square import CALM, SAME, SLOW, lower, upper

REFERENCES = {
    "gdtr": Reference(lambda a, b, x: lower(b, a * x), **SLOW),
    "gdtrc": Reference(lambda a, b, x: upper(b, a * x), **SAME),
    "gdtr_db": Reference(
        lambda a, b, x: lower(b, a * x),
        counted="b",
        integers={"n": [1]},
        inside=1,
        beyond=False,
        why="mpmath is slow here, and it is gammainc's",
    ),
    "gdtria": Reference(inverse("gdtria", lambda y, p, b, x: lower(b, y * x) - p), **CALM),
    "gdtrib": Reference(inverse("gdtrib", lambda y, a, p, x: lower(y, a * x) - p), **CALM),
    "gdtrix": Reference(inverse("gdtrix", lambda y, a, b, p: lower(b, a * y) - p), **CALM),
}
