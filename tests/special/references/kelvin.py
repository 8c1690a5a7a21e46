"""Kelvin functions."""

import mpmath as mp

from references._reference import Reference


def first(x, n=0):
    """J₀(w x) or its derivative, w = exp(3πi/4)."""
    w = mp.expjpi(mp.mpf(3) / 4)
    return -w * mp.besselj(1, w * x) if n else mp.besselj(0, w * x)


def second(x, n=0):
    """K₀(w x) or its derivative, w = exp(πi/4), by DLMF 10.31.2: mpmath is slow."""
    w = mp.expjpi(mp.mpf(1) / 4)
    with mp.workdps(mp.mp.dps + 10 + int(1.3 * abs(x))):
        z = w * x
        square, term, harmonic, k = z * z / 4, mp.mpf(1), mp.mpf(0), 0
        log = mp.log(z / 2) + mp.euler
        total, slope = -log, -1 / z
        while abs(term) > mp.eps * mp.exp(-abs(x)) * min(1, abs(x) ** 2):
            k += 1
            term *= square / k**2
            harmonic += mp.mpf(1) / k
            total += term * (harmonic - log)
            slope += term * (2 * k * (harmonic - log) - 1) / z
        return +(w * slope if n else total)


POSITIVE = {
    "reach": {"x": (0.0, 150.0)},
    "why": "complex for negative x, and mpmath is slow far out",
}
MODERATE = {"reach": {"x": (-700.0, 700.0)}, "why": "SciPy's value overflows"}

REFERENCES = {
    "bei": Reference(lambda x: mp.im(first(x)), **MODERATE),
    "bei_dn": Reference(lambda x: mp.im(first(x)), counted="x", **MODERATE),
    "beip": Reference(lambda x: mp.im(first(x, 1)), **MODERATE),
    "ber": Reference(lambda x: mp.re(first(x)), **MODERATE),
    "ber_dn": Reference(lambda x: mp.re(first(x)), counted="x", **MODERATE),
    "berp": Reference(lambda x: mp.re(first(x, 1)), **MODERATE),
    "kei": Reference(lambda x: mp.im(second(x)), **POSITIVE),
    "kei_dn": Reference(lambda x: mp.im(second(x)), counted="x", **POSITIVE),
    "keip": Reference(lambda x: mp.im(second(x, 1)), **POSITIVE),
    "kelvin": Reference(
        lambda x: (first(x), second(x), first(x, 1), second(x, 1)), complex=True, **POSITIVE
    ),
    "kelvin_dn": Reference(
        lambda x: (first(x), second(x)), counted="x", complex=True, inside=4, **POSITIVE
    ),
    "ker": Reference(lambda x: mp.re(second(x)), **POSITIVE),
    "ker_dn": Reference(lambda x: mp.re(second(x)), counted="x", **POSITIVE),
    "kerp": Reference(lambda x: mp.re(second(x, 1)), **POSITIVE),
}
