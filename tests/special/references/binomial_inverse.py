"""The binomial and negative binomial distributions solved for a number of events."""

from references._reference import Reference
from references._roots import inverse
from references.incomplete_beta import lower, upper

CALM = {
    "beyond": False,
    "inside": 3,
    "far": 1,
    "why": "each point is a root that mpmath finds, and SciPy not to all digits",
}


def events(name, function):
    """Two references, for SciPy's function and for its root."""
    return {
        name: Reference(function, tolerance=1e-9, **CALM),
        f"{name}_root": Reference(function, **CALM),
    }


REFERENCES = {
    **events("bdtrik", inverse("bdtrik", lambda k, y, n, p: upper(k + 1, n - k, p) - y)),
    **events("bdtrin", inverse("bdtrin", lambda n, k, y, p: upper(k + 1, n - k, p) - y)),
    **events("nbdtrik", inverse("nbdtrik", lambda k, y, n, p: lower(n, k + 1, p) - y)),
    **events("nbdtrin", inverse("nbdtrin", lambda n, k, y, p: lower(n, k + 1, p) - y)),
}
