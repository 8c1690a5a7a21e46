"""Characteristic values of spheroidal functions of several degrees."""

from references.spheroidal import characteristic


def sequence(sign):
    """Of both kinds."""
    return lambda m, n, c: [characteristic(sign)(m, l, c) for l in range(m, n + 1)]


FUNCTIONS = {"obl_cv_seq": sequence(-1), "pro_cv_seq": sequence(1)}
SAMPLES = {name: [((0, 3, 2.3), {}), ((2, 2, 0.7), {}), ((1, 4, 7.5), {})] for name in FUNCTIONS}
