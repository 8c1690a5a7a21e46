"""Parabolic cylinder functions, by their power series: mpmath's own fail near whole orders."""

import mpmath as mp

from references._reference import Reference

QUARTER = mp.mpf(1) / 4


def solution(a, x, sign, start, slope):
    """w(x) and w'(x), with w'' = (a + sign x²/4) w."""
    terms = [mp.mpf(0), mp.mpf(0), start, slope * x]
    value, derivative, k, small = start + slope * x, slope * x, 0, 0
    while small < 4:
        terms.append((a * x**2 * terms[-2] + sign * x**4 / 4 * terms[-4]) / ((k + 1) * (k + 2)))
        value, derivative, k = value + terms[-1], derivative + (k + 2) * terms[-1], k + 1
        little = abs(terms[-1]) * (k + 2) < mp.eps * min(abs(value), abs(derivative)) + mp.eps**9
        small = small + 1 if little else 0
    return value, derivative / x if x else slope


def precisely(function):
    """With the digits that the series loses."""

    def more(parameter, x):
        with mp.workdps(mp.mp.dps + 20 + int(x * x / 2 + 2 * abs(x) * mp.sqrt(abs(parameter) + 1))):
            value, derivative = function(parameter, x)
        return +value, +derivative

    return more


@precisely
def first(v, x):
    """D, which is U with a = -v - 1/2: DLMF 12.2.6 and 12.2.7."""
    a = -v - mp.mpf(1) / 2
    start = mp.sqrt(mp.pi) * mp.power(2, -a / 2 - QUARTER) * mp.rgamma(3 * QUARTER + a / 2)
    slope = -mp.sqrt(mp.pi) * mp.power(2, -a / 2 + QUARTER) * mp.rgamma(QUARTER + a / 2)
    return solution(a, x, 1, start, slope)


@precisely
def second(v, x):
    """V: DLMF 12.2.8 and 12.2.9."""
    a = -v - mp.mpf(1) / 2
    powers = mp.power(2, a / 2 + QUARTER), mp.power(2, a / 2 + 3 * QUARTER)
    gammas = mp.rgamma(3 * QUARTER - a / 2) ** 2, mp.rgamma(QUARTER - a / 2) ** 2
    start = mp.pi * powers[0] * gammas[0] * mp.rgamma(QUARTER + a / 2)
    slope = mp.pi * powers[1] * gammas[1] * mp.rgamma(3 * QUARTER + a / 2)
    return solution(a, x, 1, start, slope)


@precisely
def inverted(a, x):
    """W: DLMF 12.14.2 and 12.14.3."""
    ratio = abs(mp.gamma(mp.mpc(QUARTER, a / 2)) / mp.gamma(mp.mpc(3 * QUARTER, a / 2)))
    start, slope = mp.power(2, -3 * QUARTER) * mp.sqrt(ratio), -mp.power(2, -QUARTER)
    return solution(a, x, -1, start, slope / mp.sqrt(ratio))


WHY = "SciPy's values are wrong or NaN beyond, and at orders that are nearly whole"

REFERENCES = {
    "pbdv": Reference(
        first,
        reach={"v": (0.02, 20.0), "x": (-5.7, 5.7)},
        points=(
            *((-1.7, x) for x in (-5.5, -2.0, -1e-5, 1e-30, 0.3, 4.0)),
            *((-4.6, x) for x in (-4.0, -1e-12, 1.0, 20.0)),
            *((0.0, -20.0), (2.0, 30.0), (10.0, -30.0), (-3.0, 12.0), (20.4, 30.0)),
        ),
        inside=8,
        why=WHY,
    ),
    "pbvv": Reference(
        second,
        reach={"v": (0.02, 8.0), "x": (-3.0, 5.7)},
        points=(
            *((-1.7, x) for x in (-2.5, -1e-5, 1e-30, 0.3, 4.0)),
            *((-4.6, x) for x in (-4.0, -1e-12, 1.0, 20.0)),
            *((0.3, 12.0), (-4.0, -12.0), (-6.1, 20.0), (2.5, 30.0)),
        ),
        inside=8,
        why=WHY,
    ),
    "pbwa": Reference(inverted, reach={"a": (-5.0, 5.0), "x": (-5.0, 4.0)}, why=WHY),
}
