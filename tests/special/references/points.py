"""The points at which entries are compared with their references."""

import itertools
import zlib
from math import inf

import numpy as np

from npbridge._partials import Integer, Unwritten
from npbridge.domains import Choices

MAGNITUDES = (1e-30, 1e-12, 1e-5, 1e-2)


def kinds(op):
    """The arguments of an entry: integer ones, floating ones, and those with a formula."""
    integers = [n for n in op.names if isinstance(op.partials[n], Integer)]
    floats = [n for n in op.names if n not in integers]
    written = [n for n in floats if not isinstance(op.partials[n], Unwritten)]
    return integers, floats, written


def sequences(op, order):
    """Every order in which to differentiate `order` times."""
    return list(itertools.product(kinds(op)[2], repeat=order))


def rows(op, reference):
    """Points inside the domain of an entry and, one argument at a time, of all magnitudes."""
    integers, floats, _ = kinds(op)
    rng = np.random.default_rng(zlib.crc32(op.name.encode()))
    listed = {n: reference.integers.get(n) or _least(op, n) for n in integers}

    def draw():
        return {name: float(rng.uniform(*op.domain[name])) for name in floats}

    found = [draw() for _ in range(reference.inside)]
    for name in floats if reference.beyond else []:
        high = max(map(abs, op.domain[name]))
        for size in (*MAGNITUDES, 1.3 * high, 5 * high, 30 * high, 1e5):
            found += [draw() | {name: sign * size * float(rng.uniform(1, 1.1))} for sign in (1, -1)]
    within = [row for row in found if _reached(row, reference)]
    choices = itertools.product(*listed.values())
    whole = [dict(zip(listed, choice, strict=True)) | row for choice in choices for row in within]
    whole += [dict(zip(op.names, point, strict=True)) for point in reference.points]
    return [tuple(row[name] for name in op.names) for row in whole]


def complex_rows(op, reference, count=4):
    """Points inside the domain, with imaginary parts in the holomorphic arguments."""
    if not op.holomorphic:
        return []
    integers, floats, _ = kinds(op)
    rng = np.random.default_rng(zlib.crc32(op.name.encode()) + 1)
    found = []
    for _ in range(count):
        row = {n: (reference.integers.get(n) or _least(op, n))[0] for n in integers}
        for name in floats:
            real = float(rng.uniform(*op.domain[name]))
            row[name] = complex(real, rng.uniform(-2, 2)) if name in op.holomorphic else real
        found.append(tuple(row[name] for name in op.names))
    return found


def least(op, name):
    """The first value of an argument's domain."""
    domain = op.domain[name]
    return domain.values[0] if isinstance(domain, Choices) else domain[0]


def _least(op, name):
    if isinstance(op.domain[name], Choices):
        return list(op.domain[name].values)
    low, high = op.domain[name]
    return list(range(low, min(high, low + 1) + 1))


def _reached(row, reference):
    limits = ((x, reference.reach.get(name, (-inf, inf))) for name, x in row.items())
    return all(low <= x <= high for x, (low, high) in limits)
