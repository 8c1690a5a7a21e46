"""The catalogue beside mpmath: values and derivatives, real and complex, at the stored points."""

import itertools
import json

import numpy as np
import pytest
import torch
from make_references import computed
from references import BY_CHAPTER, CHAPTERS, OPS, REFERENCES, derivative, stored
from references.measure import errors
from references.points import complex_rows, kinds, rows

D = torch.float64
STORED = {name: entry for chapter in BY_CHAPTER for name, entry in stored(chapter).items()}
MEDIAN = {0: 1e-12, 1: 1e-12, 2: 1e-11, 3: 1e-9}
"""Of relative errors, by order; most are a thousand times smaller."""

every_op = pytest.mark.parametrize("op", OPS.values(), ids=OPS)


def measured(op, order):
    """Every stored number of an order beside what the entry gives."""
    entry = STORED[op.name]
    for kind in ("real", "complex"):
        for key in entry.get(kind, {}):
            sequence = tuple(key.split(",")) if key else ()
            if len(sequence) == order and set(sequence) <= set(kinds(op)[2]):
                for found in errors(op, entry, sequence, complex=kind == "complex"):
                    yield kind, sequence, found


def test_every_entry_has_a_reference():
    """Each chapter has its module of references, with exactly the ops of the chapter."""
    for name, table in BY_CHAPTER.items():
        own = {n for n, op in vars(CHAPTERS[name]).items() if OPS.get(n) is op}
        assert table.keys() <= own, name
    assert REFERENCES.keys() == OPS.keys() == STORED.keys()


def test_references_that_reach_less_say_why():
    for name, reference in REFERENCES.items():
        short = reference.reach or reference.tolerance or not reference.beyond or reference.far < 2
        assert reference.why or not short, name


@every_op
def test_references_are_of_the_points_of_the_entry(op):
    """What is stored is what the script would compute: of these points, in these arguments."""
    entry = STORED[op.name]
    reference = REFERENCES[op.name]
    assert entry["rows"] == json.loads(json.dumps(rows(op, reference)))
    expected = [
        [[x.real, x.imag] if isinstance(x, complex) else x for x in row]
        for row in complex_rows(op, reference)
    ]
    assert entry.get("complex rows", []) == expected
    written = kinds(op)[2]
    for order in (1, 2):
        for names in itertools.combinations_with_replacement(written, order):
            assert ",".join(names) in entry["real"]


@every_op
def test_a_stored_number_is_mpmaths(op):
    """One first derivative of each entry is computed again."""
    reference, entry = REFERENCES[op.name], STORED[op.name]
    for name in kinds(op)[2][:1]:
        for row, kept in zip(entry["rows"], entry["real"][name], strict=True):
            if kept[0] is not None:
                point, orders = dict(zip(op.names, row, strict=True)), dict.fromkeys(op.names, 0)
                orders[name] = 1
                reference.count(point, orders)
                again = derivative(
                    reference.function,
                    tuple(point.values()),
                    tuple(orders.values()),
                    real=not reference.complex,
                )
                expected = complex(*kept[0]) if isinstance(kept[0], list) else kept[0]
                assert complex(again) == expected
                break


@every_op
@pytest.mark.parametrize("order", [0, 1, 2, 3], ids=["value", "first", "second", "third"])
def test_derivatives_match_mpmath(op, order):
    """Derivatives are right as far as the rounding of the arguments allows, mostly to rounding."""
    reference = REFERENCES[op.name]
    for kind, sequence, found in measured(op, order):
        bad = [e for e in found if e.share > 1]
        if reference.tolerance is not None:
            bad = [e for e in bad if e.relative > reference.tolerance]
        assert not bad, (kind, sequence, bad[:3])
        if found and reference.tolerance is None:
            assert np.median([e.relative for e in found]) <= MEDIAN[order], (kind, sequence)


@every_op
def test_first_derivatives_are_compared_at_several_points(op):
    """Each written partial has points with a reference, half a dozen at least."""
    for name in kinds(op)[2]:
        entry = STORED[op.name]["real"][name]
        there = sum(any(d is not None for d in point) for point in entry)
        assert there >= min(6, len(entry)), name


def test_a_wrong_formula_would_be_noticed():
    """The comparison itself: an error of 2e-9 in a first derivative is more than is allowed."""
    op = OPS["erf"]
    entry = json.loads(json.dumps(STORED["erf"]))
    entry["real"]["z"] = [[d[0] and d[0] * (1 + 2e-9)] for d in entry["real"]["z"]]
    (found,) = errors(op, entry, ("z",))
    assert max(e.share for e in found) > 1


def test_the_script_computes_what_is_stored():
    assert computed(OPS["erf"], REFERENCES["erf"]) == STORED["erf"]
