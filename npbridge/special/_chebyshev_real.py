"""Derivatives of Chebyshev functions of real degree, in the degree and in x, on arrays.

With x = cos θ they are T_m = cos mθ and S_m = sin mθ / sin θ, which is U of degree m - 1. For x < 0
they are taken from the other end, θ = π - φ, which keeps what is exact there: sin πm.
"""

from __future__ import annotations

from math import comb, factorial, pi
from typing import Any

import numpy as np

from npbridge.special import _degree

_SERIES = 40


def chebyshev_t(j: Any, n: Any, x: Any) -> Any:
    """The j-th derivative of T_n(x) in n."""
    return _t(int(j), n, x, (1 + x) / 2, (1 - x) / 2)


def sh_chebyshev_t(j: Any, n: Any, x: Any) -> Any:
    """The same at 2x - 1."""
    return _t(int(j), n, 2 * x - 1, x, 1 - x)


def chebyshev_s(j: Any, k: Any, m: Any, x: Any) -> Any:
    """The derivative of S_m(x), j times in m and k times in x."""
    return _s(int(j), int(k), m, x, (1 + x) / 2, (1 - x) / 2)


def sh_chebyshev_s(j: Any, k: Any, m: Any, x: Any) -> Any:
    """The same at 2x - 1; k counts derivatives in that."""
    return _s(int(j), int(k), m, 2 * x - 1, x, 1 - x)


def _t(j: int, n: Any, x: Any, up: Any, down: Any) -> Any:
    with np.errstate(all="ignore"):
        n, x, up, down, real = _prepared(n, x, up, down)
        left = x.real < 0
        angle = _angle(np.where(left, up, down))
        here = _cosine(j, n, angle)
        there = 0.0 * here
        for i in range(j + 1):
            there = there + comb(j, i) * _product(_phase(i, n), _cosine(j - i, n, angle))
            there = there + comb(j, i) * _product(_phase(i - 1, n) * pi, _sine(j - i, n, angle))
        value = np.where(left, there, here)
        return np.where(x.real < -1, np.nan, value.real) if real else value


def _s(j: int, k: int, m: Any, x: Any, up: Any, down: Any) -> Any:
    with np.errstate(all="ignore"):
        given = x
        m, x, up, down, real = _prepared(m, x, up, down)
        left = x.real < 0
        near_end = np.where(left, up, down)
        x = np.where(left, -x, x)
        here = _about_one(j, k, m, x, near_end)
        there = 0.0 * here
        angle = _angle(near_end)
        for i in range(j + 1):
            from_s = _about_one(j - i, k, m, x, near_end)
            there = there - comb(j, i) * _product(_phase(i, m), from_s)
            from_c = _recurrence(j - i, k, m, x, near_end, angle, _cosine)
            if k == 0 and i < j:  # φ sin mφ / sin φ and the like
                from_c = np.where(near_end == 0, 0.0, from_c)
            if i == j:
                from_c = np.where(near_end == 0, np.inf, from_c)
            there = there + comb(j, i) * _product(_phase(i - 1, m) * pi, from_c)
        value = np.where(left, (-1) ** k * there, here)
        if real:
            value = np.where((given.real < -1), np.nan, value.real)
        whole = (m == np.rint(m)) if j == 0 else np.zeros(1, bool)
        if not whole.any():
            return value
        # Polynomials, by their recurrence: exact at x = 0 and beyond -1, too.
        counted = np.where(whole, abs(m), 0.0) - 1.0 - k
        scale = 2.0**k * factorial(k) * np.sign(m)
        return np.where(whole, scale * _degree.gegenbauer(counted, k + 1.0, given), value)


def _prepared(m: Any, x: Any, up: Any, down: Any) -> tuple[Any, Any, Any, Any, bool]:
    """Arrays, complex ones if an angle is: also for real x > 1."""
    real = not np.iscomplexobj(x)
    m, x, up, down = (np.asarray(v) * 1.0 for v in (m, x, up, down))
    if not real or bool((x > 1).any()):
        x, up, down = x + 0j, up + 0j, down + 0j
    return m, x, up, down, real


def _product(phase: Any, value: Any) -> Any:
    return np.where(phase == 0, 0.0, phase * value)


def _phase(i: int, m: Any) -> Any:
    """The i-th derivative of cos πm in m; 0 where that is 0. That of sin πm is of i - 1, over π."""
    turn = m - 2 * np.rint(m / 2)
    if i % 2:
        wave = np.sign(turn) * np.sin(pi * np.minimum(abs(turn), 1 - abs(turn)))
    else:
        wave = np.sin(pi * (0.5 - abs(turn)))
    return pi**i * (-wave if i % 4 in (1, 2) else wave)


def _angle(down: Any) -> Any:
    """The angle whose cosine is 1 - 2 down."""
    return 2 * np.arcsin(np.sqrt(down))


def _sine(i: int, m: Any, angle: Any) -> Any:
    """The i-th derivative of sin mθ in m."""
    at = m * angle
    return angle**i * (np.sin, np.cos, lambda x: -np.sin(x), lambda x: -np.cos(x))[i % 4](at)


def _cosine(i: int, m: Any, angle: Any) -> Any:
    """The i-th derivative of cos mθ in m."""
    at = m * angle
    return angle**i * (np.cos, lambda x: -np.sin(x), lambda x: -np.cos(x), np.sin)[i % 4](at)


def _about_one(j: int, k: int, m: Any, x: Any, down: Any) -> Any:
    """Where mθ is small the recurrence cancels: to 1e-6 at θ = 1e-3 and k = 1."""
    angle = _angle(down)
    near = (abs(m * angle) < 2) & (abs(angle) < 1)
    far = _recurrence(j, k, m, x, down, angle, _sine)
    if not near.any():
        return far
    return np.where(near, _series(j, k, m, np.where(near, down, 0.0)), far)


def _series(j: int, k: int, m: Any, down: Any) -> Any:
    """S⁽ᵏ⁾(1) ₂F₁(k+1-m, k+1+m; k+3/2; (1-x)/2), DLMF 18.5.7, as a Taylor series in the degree."""
    zero = 0.0 * (m + down)
    jet = [m + zero, 1 + zero, *[zero] * j][: j + 1]

    def times(jet: list[Any], shift: int, scale: Any) -> list[Any]:
        """The product with (m + h)² - shift², by powers of h."""
        lower = [zero, zero, *jet]
        at = (m - shift) * (m + shift)
        return [scale * (at * jet[i] + 2 * m * lower[i + 1] + lower[i]) for i in range(j + 1)]

    for i in range(1, k + 1):
        jet = times(jet, i, 1 / (2 * i + 1))
    total = jet[j]
    for i in range(_SERIES):
        jet = times(jet, k + 1 + i, -down / ((k + 1.5 + i) * (i + 1)))
        total = total + jet[j]
    return factorial(j) * total


def _recurrence(j: int, k: int, m: Any, x: Any, down: Any, angle: Any, wave: Any) -> Any:
    """Of wave(mθ) / sin θ, by (1-x²)y'' - 3xy' + (m²-1)y = 0 differentiated. DLMF 18.8.1."""
    square = 4 * down * (1 - down)
    sine = np.sqrt(square) if not np.iscomplexobj(down) else 2 * np.sqrt(down) * np.sqrt(1 - down)
    below = [wave(i, m, angle) / sine for i in range(j + 1)]
    if k == 0:
        return below[j]
    other, sign = (_cosine, -1.0) if wave is _sine else (_sine, 1.0)
    turned = [sign * other(i, m, angle) for i in range(j + 1)]
    here = [
        (x * below[i] + m * turned[i] + (i * turned[i - 1] if i else 0.0)) / square
        for i in range(j + 1)
    ]
    for order in range(k - 1):
        following = []
        for i in range(j + 1):
            forced = (order + 1 - m) * (order + 1 + m) * below[i]
            forced = forced - (2 * m * i * below[i - 1] if i else 0.0)
            forced = forced - (i * (i - 1) * below[i - 2] if i > 1 else 0.0)
            following.append(((2 * order + 3) * x * here[i] + forced) / square)
        below, here = here, following
    return here[j]
