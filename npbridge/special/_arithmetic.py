"""Polynomials, and products with their rounding error."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from npbridge.special._quadrature import FloatArray

_SPLIT = 2.0**27 + 1  # halves the 53 bits of a double


def horner(point: FloatArray, coefficients: Iterable[float | FloatArray]) -> FloatArray:
    """Evaluate a polynomial, lowest coefficient first, in place to spare memory traffic."""
    value = np.zeros_like(point)
    for coefficient in reversed(tuple(coefficients)):
        value *= point
        value += coefficient
    return value


def exact_product(left: FloatArray, right: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return ``left * right`` as a rounded product and its rounding error (Dekker's splitting)."""
    product = left * right
    left_high, right_high = (_SPLIT * f - (_SPLIT * f - f) for f in (left, right))
    left_low, right_low = left - left_high, right - right_high
    error = (left_high * right_high - product) + left_high * right_low + left_low * right_high
    return product, error + left_low * right_low
