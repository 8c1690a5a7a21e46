"""The Poisson distribution and its inverses."""

from references._reference import Reference
from references._roots import inverse
from references.chi_square import CALM, SAME, SLOW, lower, upper

REFERENCES = {
    "pdtr": Reference(lambda k, m: upper(k + 1, m), integers={"k": [0, 3]}, **SLOW),
    "pdtrc": Reference(lambda k, m: lower(k + 1, m), integers={"k": [0, 3]}, **SAME),
    "pdtri": Reference(
        inverse("pdtri", lambda y, k, p: upper(k + 1, y) - p), integers={"k": [0, 3]}, **CALM
    ),
    "pdtrik": Reference(inverse("pdtrik", lambda y, p, m: upper(y + 1, m) - p), **CALM),
}
