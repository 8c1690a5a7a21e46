"""Compute what the catalogue is compared with, by mpmath, and store it beside the tests.

    python tests/special/make_references.py [--again] [NAME or CHAPTER ...]

It computes the entries that are new or whose points have changed, and prints how far each partial
of an entry is from the truth: the median and the worst relative error, then the worst error in
units of what is allowed, with the point of it, for values, first and second derivatives.
"""

import argparse
import itertools
import json
import time

import mpmath as mp
import numpy as np
from references import BY_CHAPTER, DATA, OPS, derivative, stored
from references.measure import derivatives, measured
from references.points import complex_rows, kinds, rows

from npbridge.domains import Choices

THIRD = 2
"""At how many points third derivatives are computed."""


def computed(op, reference):
    """Everything that is stored of one entry."""
    listed, complexes = rows(op, reference), complex_rows(op, reference)
    _, floats, written = kinds(op)
    first = [(name,) for name in written]
    second = list(itertools.combinations_with_replacement(written, 2))
    second += [(a, b) for a in written for b in floats if b not in written]
    entry = {"rows": [list(map(_plain, row)) for row in listed], "real": {}}
    values = np.array(derivatives(op, entry["rows"], ()))
    defined = dict(zip(listed, np.isfinite(values).any(axis=0), strict=True))
    for sequence in [(), *first, *second]:
        entry["real"][",".join(sequence)] = [
            _at(op, reference, row, sequence)
            if defined[row] and (len(sequence) <= reference.far or _inside(op, row))
            else [None] * len(values)
            for row in listed
        ]
    for name in written:
        entry["real"][",".join([name] * 3)] = [
            _at(op, reference, row, (name,) * 3) for row in listed[:THIRD]
        ]
    if complexes:
        entry["complex rows"] = [list(map(_plain, row)) for row in complexes]
        held = [n for n in written if n in op.holomorphic]
        entry["complex"] = {
            ",".join(s): [_at(op, reference, row, s, real=False) for row in complexes]
            for s in [(), *[(n,) for n in held], *[(n, n) for n in held]]
        }
    return entry


def _inside(op, row):
    limits = zip(row, op.domain.values(), strict=True)
    return all(isinstance(d, Choices) or d[0] <= x <= d[1] for x, d in limits)


def _at(op, reference, row, sequence, *, real=True):
    point, orders = dict(zip(op.names, row, strict=True)), {n: sequence.count(n) for n in op.names}
    reference.count(point, orders)
    real = real and not reference.complex
    found = [
        derivative(reference.function, tuple(point.values()), tuple(orders.values()), k, real=real)
        for k in range(_outputs(reference, point))
    ]
    return [None if d is None else _plain(d) for d in found]


def _outputs(reference, point):
    try:
        value = reference.function(*[_number(x) for x in point.values()])
    except (
        ValueError,
        OverflowError,
        ZeroDivisionError,
        TypeError,
        RecursionError,
        mp.libmp.NoConvergence,
    ):
        return 1
    return len(value) if isinstance(value, tuple) else 1


def _number(x):
    return x if isinstance(x, int) else mp.mpmathify(x)


def _plain(x):
    """A number as JSON has it; a complex one as a pair."""
    if isinstance(x, (int, str)):
        return x
    if isinstance(x, (complex, mp.mpc)):
        return [float(x.real), float(x.imag)]
    return float(x)


def main():
    """Compute, store, print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--again", action="store_true", help="compute what is stored, too")
    parser.add_argument("names", nargs="*", metavar="NAME", help="entries or chapters")
    options = parser.parse_args()
    DATA.mkdir(exist_ok=True)
    for chapter, table in BY_CHAPTER.items():
        chosen = [n for n in table if not options.names or {n, chapter} & set(options.names)]
        for name in chosen:
            op, reference, kept = OPS[name], table[name], stored(chapter)
            start = time.perf_counter()
            listed = [list(map(_plain, row)) for row in rows(op, reference)]
            complexes = [list(map(_plain, row)) for row in complex_rows(op, reference)]
            old = kept.get(name, {})
            same = old.get("rows") == listed and old.get("complex rows", []) == complexes
            if options.again or not same:
                kept[name] = computed(op, reference)
                kept = {n: kept[n] for n in sorted(kept) if n in table}
                (DATA / f"{chapter}.json").write_text(_text(kept))
            for line in measured(op, kept[name]):
                print(f"{name:18s} {line}", flush=True)
            print(f"{name:18s} took {time.perf_counter() - start:.1f} s", flush=True)


def _text(kept):
    """JSON with a line for each list of numbers, so that changes can be read."""
    entries = []
    for name, entry in kept.items():
        lines = []
        for key, value in entry.items():
            if isinstance(value, dict):
                inner = ",\n".join(f"   {json.dumps(k)}: {json.dumps(v)}" for k, v in value.items())
                lines.append(f"  {json.dumps(key)}: {{\n{inner}\n  }}")
            else:
                lines.append(f"  {json.dumps(key)}: {json.dumps(value)}")
        entries.append(f" {json.dumps(name)}: {{\n" + ",\n".join(lines) + "\n }")
    return "{\n" + ",\n".join(entries) + "\n}\n"


if __name__ == "__main__":
    np.seterr(all="ignore")
    main()
