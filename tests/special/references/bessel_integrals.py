"""Integrals of Bessel and Struve functions."""

import mpmath as mp

from references._reference import Reference


def struve0_integral(x):
    """Term by term."""
    return x * x / mp.pi * mp.hyp2f3(1, 1, 1.5, 1.5, 2, -x * x / 4)


def struve0_second(x):
    """π/2 less the integral from 0 to x, term by term."""
    half = mp.mpf(1) / 2
    return mp.pi / 2 - 2 * x / mp.pi * mp.hyp2f3(half, 1, 1.5, 1.5, 1.5, -x * x / 4)


def modstruve0_integral(x):
    """Term by term."""
    return x * x / mp.pi * mp.hyp2f3(1, 1, 1.5, 1.5, 2, x * x / 4)


def polynomial(a, lmb, nu):
    """Term by term."""
    half = (lmb + nu + 1) / 2
    return a**nu / mp.gamma(nu + 1) / (2 * half) * mp.hyp1f2(half, half + 1, nu + 1, -a * a)


def bessel0_over_x(x, sign):
    """(I₀(x) - 1) / x for sign = 1, (1 - J₀(x)) / x for sign = -1, without cancellation."""
    return x / 4 * mp.hyp1f2(1, 2, 2, sign * x * x / 4)


def logarithmic(x, sign, term):
    """The sum of (±x²/4)ᵏ / k!² times a function of k, ψ(k+1) and log(x/2)."""
    with mp.workdps(mp.mp.dps + 10 + int(0.9 * abs(x))):
        factor, digamma, k, total, log = mp.mpf(1), -mp.euler, 0, mp.mpf(0), mp.log(x / 2)
        while k < 3 or abs(factor) > mp.eps * mp.exp(-abs(x)):
            total += factor * term(k, digamma - log)
            k += 1
            factor *= sign * x * x / 4 / k**2
            digamma += mp.mpf(1) / k
        return +total


def bessel0_integrals(x, sign):
    """Of J₀ and Y₀ for sign = -1, of I₀ and K₀ for sign = 1, from 0 to x, term by term."""
    half = mp.mpf(1) / 2

    def term(k, rest):
        return (rest + mp.mpf(1) / (2 * k + 1)) / (2 * k + 1)

    weight = 1 if sign > 0 else -2 / mp.pi
    return (
        x * mp.hyp1f2(half, 1, 1.5, sign * x * x / 4),
        weight * x * logarithmic(x, sign, term),
    )


def bessel0_second(x, sign):
    """Of (1 - J₀) / t and Y₀ / t, or (I₀ - 1) / t and K₀ / t: A&S 11.1.21 and 11.1.23."""

    def term(k, rest):
        return (rest + mp.mpf(1) / (2 * k)) / (2 * k) if k else 0

    first = x * x / 8 * mp.hyper([1, 1], [2, 2, 2], sign * x * x / 4)
    with mp.workdps(mp.mp.dps + 10 + int(0.9 * abs(x))):
        log = mp.log(x / 2)
        start = log * log / 2 + mp.euler * log + mp.euler**2 / 2
        start += mp.pi**2 / 24 * (1 if sign > 0 else -2)
        second = start - logarithmic(x, sign, term)
    return first, second if sign > 0 else -2 / mp.pi * second


ROUGH = {
    "reach": {"x": (0.0, 110.0)},
    "why": "undefined for negative x, slow far out; SciPy's values are only so good",
}
SMALL = {"reach": {"x": (-20.0, 20.0)}, "why": "SciPy's value is wrong beyond"}
LOW = {
    "reach": {"x": (0.0, 12.0)},
    "why": "SciPy's second value is wrong beyond, and undefined for negative x",
}
BOTH = {"reach": {"x": (-110.0, 110.0)}, "why": "mpmath is slow far out"}

REFERENCES = {
    "besselpoly": Reference(
        polynomial,
        reach={"a": (0.0, 8.0), "lmb": (-0.5, 60.0), "nu": (0.0, 60.0)},
        why="SciPy's power series cancels for larger a",
    ),
    "bessel0_over_x_dn": Reference(lambda x: bessel0_over_x(x, -1), counted="x", **BOTH),
    "it2i0k0": Reference(lambda x: bessel0_second(x, 1), tolerance=1e-6, inside=9, **LOW),
    "it2j0y0": Reference(lambda x: bessel0_second(x, -1), tolerance=1e-6, **ROUGH),
    "iti0k0": Reference(lambda x: bessel0_integrals(x, 1), tolerance=1e-6, **ROUGH),
    "itj0y0": Reference(lambda x: bessel0_integrals(x, -1), tolerance=1e-7, **ROUGH),
    "it2struve0": Reference(struve0_second, tolerance=1e-6, **ROUGH),
    "itmodstruve0": Reference(modstruve0_integral, tolerance=1e-7, **ROUGH),
    "itstruve0": Reference(struve0_integral, tolerance=1e-7, **SMALL),
    "modified_bessel0_over_x_dn": Reference(
        lambda x: bessel0_over_x(x, 1),
        counted="x",
        reach={"x": (-700.0, 700.0)},
        why="it overflows",
    ),
    "struve0_over_x_dn": Reference(lambda x: mp.struveh(0, x) / x, counted="x", **BOTH),
}
