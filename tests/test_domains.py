"""Domains of arguments: what declares one, how it reads, and what is refused, in full."""

import math

import numpy as np
import pytest

from npbridge import domains, elementwise_op, numpy_op
from npbridge.domains import (
    Choices,
    Domain,
    Integers,
    Interval,
    PositiveDefinite,
    Simplex,
    Symmetric,
    WellConditioned,
    choices,
    integers,
    interval,
    positive_definite,
    simplex,
    symmetric,
    well_conditioned,
)
from npbridge.errors import DeclarationError

INF = math.inf


def message(fn, *args, **kwargs):
    """The text of the DeclarationError that a call raises."""
    with pytest.raises(DeclarationError) as caught:
        fn(*args, **kwargs)
    return str(caught.value)


def two_as_numpy_op(domain):
    return numpy_op(lambda x, k: x * k, name="scaled", domain=domain)


def two_as_elementwise_op(domain):
    partials = {"x": lambda k: k, "k": lambda x: x}
    return elementwise_op(np.multiply, name="scaled", partials=partials, domain=domain)


DECLARE = [two_as_numpy_op, two_as_elementwise_op]

# -- what declares a domain ------------------------------------------------------------------------

MADE = {
    "closed": (interval(0, 1), Interval((), 0.0, 1.0), "[0, 1]"),
    "both": (interval(-1.5, 2, closed="both"), Interval((), -1.5, 2.0, True, True), "[-1.5, 2]"),
    "low": (interval(0, 1, closed="low"), Interval((), 0.0, 1.0, True, False), "[0, 1)"),
    "high": (interval(0, 1, closed="high"), Interval((), 0.0, 1.0, False, True), "(0, 1]"),
    "neither": (
        interval(-INF, INF, closed="neither"),
        Interval((), -INF, INF, False, False),
        "(-inf, inf)",
    ),
    "all numbers": (Interval(), Interval((), -INF, INF), "[-inf, inf]"),
    "integers": (integers(), Integers((), -10, 10), "the integers from -10 to 10"),
    "one integer": (integers(3, 3), Integers((), 3, 3), "the integers from 3 to 3"),
    "choices": (choices("zero", True), Choices((), ("zero", True)), "one of 'zero', True"),
    "simplex": (simplex(), Simplex(), "positive, with sum 1 along the last dimension"),
    "symmetric": (symmetric(), Symmetric(), "symmetric matrices"),
    "positive definite": (
        positive_definite(),
        PositiveDefinite(),
        "symmetric positive definite matrices",
    ),
    "well conditioned": (
        well_conditioned(),
        WellConditioned((), 100.0),
        "matrices with a condition number of at most 100",
    ),
    "very well conditioned": (
        well_conditioned(1.5),
        WellConditioned((), 1.5),
        "matrices with a condition number of at most 1.5",
    ),
}


@pytest.mark.parametrize("name", MADE)
def test_a_domain_is_a_value_that_says_what_it_is(name):
    made, same, text = MADE[name]
    assert made == same
    assert hash(made) == hash(same)
    assert isinstance(made, Domain)
    assert made.excluded == ()
    assert str(made) == text


def test_domains_of_different_kinds_are_different():
    kinds = [made for made, _, _ in MADE.values()]
    assert len(set(kinds)) == len(kinds)
    assert interval(0, 1) == interval(0, 1, closed="both")
    assert symmetric() != positive_definite()
    assert isinstance(positive_definite(), Symmetric)


@pytest.mark.parametrize("name", MADE)
def test_points_are_taken_out_of_a_copy(name):
    made = MADE[name][0]
    without = made.excluding(0.5).excluding(1.0, 2.0)
    assert type(without) is type(made)
    assert without.excluded == (0.5, 1.0, 2.0)
    assert made.excluded == ()
    assert without != made
    assert made.excluding() == made


def test_points_taken_out_of_an_interval_are_told():
    assert str(interval(0, 1).excluding(0.5).excluding(1)) == "[0, 1] without 0.5 without 1"


def test_everything_public_is_listed():
    names = {
        n for n, x in vars(domains).items() if getattr(x, "__module__", "") == domains.__name__
    }
    assert set(domains.__all__) == {n for n in names if not n.startswith("_")} - {"read"}


REFUSED = {
    "a word for no end": (
        lambda: interval(0, 1, closed="left"),
        "an interval was given an unknown closed=.\n"
        "  expected  'both', 'low', 'high', 'neither'\n"
        "  got       'left'",
    ),
    "a wrong order": (
        lambda: interval(1, 0),
        "an interval has no numbers.\n  expected  low < high\n  got       1, 0",
    ),
    "one point": (
        lambda: interval(2.0, 2.0),
        "an interval has no numbers.\n  expected  low < high\n  got       2.0, 2.0",
    ),
    "NaN": (
        lambda: interval(0.0, math.nan),
        "an interval has no numbers.\n  expected  low < high\n  got       0.0, nan",
    ),
    "no choices": (
        choices,
        "choices() has no values.\n  expected  one at least",
    ),
    "no integers": (
        lambda: integers(1, 0),
        "a range of integers is empty.\n  expected  low <= high\n  got       1, 0",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_domain_without_a_number_is_refused(name):
    make, text = REFUSED[name]
    assert message(make) == text


# -- domain= of an op ------------------------------------------------------------------------------


@pytest.mark.parametrize("declare", DECLARE)
@pytest.mark.parametrize("name", MADE)
def test_an_op_takes_every_domain(declare, name):
    made = MADE[name][0].excluding(7.0)
    op = declare({"k": made})
    assert domains.read(op.label, op.names, op.domain) == {"k": made}


@pytest.mark.parametrize("declare", DECLARE)
def test_a_pair_of_numbers_is_a_closed_interval(declare):
    op = declare({"x": (0, 2.5), "k": (-INF, INF)})
    found = domains.read(op.label, op.names, op.domain)
    assert found == {"x": interval(0, 2.5), "k": interval(-INF, INF)}


@pytest.mark.parametrize("declare", DECLARE)
def test_an_op_without_domains_has_none(declare):
    for none in (None, {}):
        op = declare(none)
        assert domains.read(op.label, op.names, op.domain) == {}
    assert domains.read("op", (), None) == {}


@pytest.mark.parametrize("declare", DECLARE)
def test_domains_are_read_in_the_order_in_which_they_are_given(declare):
    op = declare({"k": (0, 1), "x": simplex()})
    assert list(domains.read(op.label, op.names, op.domain)) == ["k", "x"]


NONE = "  expected  a pair of numbers, or one of npbridge.domains\n"
WRONG = {
    "no parameter": (
        {"y": (0, 1)},
        "the domain of scaled names 'y', which is no parameter.\n"
        "  expected  names out of x, k\n"
        "  got       y",
    ),
    "a number": ({"x": 1.0}, "the domain of scaled in 'x' is none.\n" + NONE + "  got       1.0"),
    "a list": (
        {"k": [0, 1]},
        "the domain of scaled in 'k' is none.\n" + NONE + "  got       [0, 1]",
    ),
    "three numbers": (
        {"x": (0, 1, 2)},
        "the domain of scaled in 'x' is none.\n" + NONE + "  got       (0, 1, 2)",
    ),
    "nothing": ({"x": None}, "the domain of scaled in 'x' is none.\n" + NONE + "  got       None"),
    "a word": (
        {"x": "positive"},
        "the domain of scaled in 'x' is none.\n" + NONE + "  got       'positive'",
    ),
    "a pair in a wrong order": (
        {"x": (0, 1), "k": (1, 0)},
        "an interval has no numbers.\n  expected  low < high\n  got       1, 0",
    ),
}


@pytest.mark.parametrize("declare", DECLARE)
@pytest.mark.parametrize("name", WRONG)
def test_what_is_no_domain_is_refused_when_the_op_is_declared(declare, name):
    given, text = WRONG[name]
    assert message(declare, given) == text


def test_a_constructor_that_was_not_called_is_refused():
    """Its name stands where its result should."""
    for declare in DECLARE:
        text = message(declare, {"x": simplex})
        head = "the domain of scaled in 'x' is none.\n" + NONE + "  got       "
        assert text == f"{head}{simplex!r}"
