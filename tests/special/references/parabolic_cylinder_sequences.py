"""Parabolic cylinder functions of several orders at one number."""

import mpmath as mp

from references.parabolic_cylinder import first, second


def sequence(function):
    """Values at all orders, and then derivatives."""

    def of(v, x):
        start = mp.mpmathify(v) - int(v)
        found = [function(start + k, x) for k in range(max(int(v), 1) + 1)]
        return [value for value, _ in found] + [slope for _, slope in found]

    return of


FUNCTIONS = {
    "pbdn_seq": sequence(first),
    "pbdv_seq": sequence(first),
    "pbvv_seq": sequence(second),
}
SAMPLES = {
    "pbdn_seq": [((3, 1.3), {}), ((0, -0.7), {}), ((2, 5.5), {})],
    "pbdv_seq": [((3, 1.3), {}), ((0, -0.7), {}), ((2, 5.5), {})],
    "pbvv_seq": [((3, 1.3), {}), ((0, -0.7), {}), ((2, 4.5), {})],
}
