"""The noncentral distributions solved for a parameter."""

from references._reference import Reference
from references._roots import inverse
from references.fisher import noncentral
from references.noncentral import chi, student

CALM = {"beyond": False, "inside": 2, "far": 1}
ROOT = {**CALM, "why": "each point is a root that mpmath finds"}
ROUGH = {**CALM, "why": "the roots of SciPy are no better, and each is one that mpmath finds"}

by_student = inverse("nctdtrinc", lambda c, df, p, t: student(df, c, t) - p)
by_fisher = inverse("ncfdtrinc", lambda c, m, n, p, f: noncentral(m, n, c, f) - p)

REFERENCES = {
    "nctdtrinc_root": Reference(by_student, **ROOT),
    "nctdtrinc": Reference(by_student, tolerance=1e-4, **ROUGH),
    "ncfdtrinc_root": Reference(by_fisher, **ROOT),
    "ncfdtrinc": Reference(by_fisher, tolerance=1e-4, **ROUGH),
    "chndtridf": Reference(inverse("chndtridf", lambda v, x, p, c: chi(x, v, c) - p), **ROOT),
    "nctdtridf": Reference(
        inverse("nctdtridf", lambda v, p, c, t: student(v, c, t) - p), tolerance=1e-4, **ROUGH
    ),
    "ncfdtridfn": Reference(
        inverse("ncfdtridfn", lambda m, p, n, c, f: noncentral(m, n, c, f) - p),
        tolerance=1e-4,
        **ROUGH,
    ),
    "ncfdtridfd": Reference(
        inverse("ncfdtridfd", lambda n, m, p, c, f: noncentral(m, n, c, f) - p),
        tolerance=1e-4,
        **ROUGH,
    ),
}
