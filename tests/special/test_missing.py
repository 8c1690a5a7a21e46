"""Names that the catalogue does not have."""

import numpy as np
import pytest
import scipy.special as sc

from npbridge import special
from npbridge.special._missing import LEFT_OUT, NOT_DIFFERENTIABLE, no_such_function

FUNCTIONS = [n for n in sc.__all__ if not n.startswith("SpecialFunction")]  # those are exceptions
KNOWN = {*special.CATALOGUE, *NOT_DIFFERENTIABLE, *LEFT_OUT}


def test_a_misspelt_name_is_corrected():
    with pytest.raises(AttributeError) as caught:
        special.gammain  # noqa: B018  # the access is what is tried
    text = str(caught.value)
    assert text.startswith("module 'npbridge.special' has no attribute 'gammain'.\nDid you mean ")
    assert "npbridge.special.gammainc" in text


def test_every_function_of_scipy_is_there_or_has_a_reason():
    """The catalogue and the tables do not overlap, and have no name that SciPy lacks."""
    assert len(KNOWN) == len(special.CATALOGUE) + len(NOT_DIFFERENTIABLE) + len(LEFT_OUT)
    assert set(FUNCTIONS) == KNOWN


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("bernoulli", "it takes an integer and returns numbers"),
        ("jn_zeros", "it takes integers and returns a table of zeros"),
        ("roots_hermite", "it takes an integer and returns the numbers of a Gauss rule"),
        (
            "jacobi",
            "it returns an object; npbridge.special.eval_jacobi has the polynomial's values",
        ),
        ("geterr", "it is about how SciPy reports errors"),
    ],
)
def test_a_function_without_a_derivative_says_why(name, reason):
    with pytest.raises(AttributeError) as caught:
        getattr(special, name)
    assert (
        str(caught.value)
        == f"npbridge.special has no {name!r}: {reason}.\nUse scipy.special.{name}."
    )


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "obl_rad2",
            "npbridge.special leaves out 'obl_rad2': SciPy's values violate the Wronskian with "
            "obl_rad1 at 38 % of random points (m <= 2, n <= 5, 0.2 < c < 4, 0 < x < 4).\n"
            "Wrap it with npbridge.numpy_op, and register a vjp.",
        ),
        (
            "pro_ang1_cv",
            "npbridge.special leaves out 'pro_ang1_cv': cv must be pro_cv(m, n, c), and then it "
            "is pro_ang1(m, n, c, x).\nCall npbridge.special.pro_ang1.",
        ),
        (
            "ellip_normal",
            "npbridge.special leaves out 'ellip_normal': it has but integers and axes, and no "
            "derivative in the axes is written.\n"
            "Wrap it with npbridge.numpy_op, and register a vjp.",
        ),
    ],
)
def test_a_function_that_is_left_out_says_why(name, expected):
    with pytest.raises(AttributeError) as caught:
        getattr(special, name)
    assert str(caught.value) == expected


def test_functions_of_a_characteristic_value_are_those_without_it():
    """What the catalogue says of them in its place."""
    m, n, c = 1, 3, 2.5
    for name, (_, remedy) in LEFT_OUT.items():
        if remedy.startswith("Call"):
            cv = getattr(sc, f"{name[:3]}_cv")(m, n, c)
            x = 0.4 if name[4:7] == "ang" else 1.4
            own = getattr(special, name.removesuffix("_cv"))(m, n, c, x)
            np.testing.assert_allclose(getattr(sc, name)(m, n, c, cv, x), own, rtol=1e-14)


def test_radial_functions_of_the_second_kind_are_wrong_in_scipy():
    """Their Wronskian with those of the first kind is 1 / (c (x² ∓ 1)): DLMF 30.11.8."""
    rng = np.random.default_rng(0)
    for kind, sign, low, high, share in (("pro", -1, 1.01, 3, 0.12), ("obl", 1, 0.05, 4, 0.38)):
        wrong = []
        for _ in range(1000):
            n = rng.integers(0, 6)
            m, c = rng.integers(0, min(n, 2) + 1), rng.uniform(0.2, 4)
            x = rng.uniform(low, high)
            (a, da), (b, db) = (getattr(sc, f"{kind}_rad{i}")(m, n, c, x) for i in (1, 2))
            wrong.append(not abs((a * db - da * b) * c * (x * x + sign) - 1) < 1e-6)
        assert abs(np.mean(wrong) - share) < 0.03


def test_polynomials_point_to_entries():
    for name, reason in NOT_DIFFERENTIABLE.items():
        if "npbridge.special.eval_" in reason:
            assert f"eval_{name}" in special.CATALOGUE


def test_a_function_whose_derivatives_are_not_written():
    assert str(no_such_function("jv", {})) == (
        "npbridge.special has no 'jv': the derivatives of scipy.special.jv are not written yet.\n"
        "Wrap it with npbridge.numpy_op, and register a vjp."
    )


def test_modules_can_be_asked_for_what_they_lack():
    assert not hasattr(special, "__path_hook__")
