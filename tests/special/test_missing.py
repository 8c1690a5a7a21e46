"""Names that the catalogue does not have."""

import pytest

from npbridge import special


def test_a_misspelt_name_is_corrected():
    with pytest.raises(AttributeError) as caught:
        special.gammain  # noqa: B018  # the access is what is tried
    text = str(caught.value)
    assert text.startswith("module 'npbridge.special' has no attribute 'gammain'.\nDid you mean ")
    assert "npbridge.special.gammainc" in text


def test_a_function_of_scipy_that_is_not_there():
    with pytest.raises(AttributeError) as caught:
        special.stirling2  # noqa: B018  # the access is what is tried
    assert str(caught.value).startswith(
        "npbridge.special has no 'stirling2': scipy.special.stirling2 has no derivative, or none "
        "that is written yet.\nWrap it with npbridge.numpy_op, and register a vjp if it has one."
    )


def test_modules_can_be_asked_for_what_they_lack():
    assert not hasattr(special, "__path_hook__")
