"""Struve functions."""

import mpmath as mp

from references._reference import Reference

POSITIVE = {"reach": {"x": (0.0, 200.0), "v": (-0.4, 300.0)}, "why": "mpmath is slow far out"}
NEAR = {"reach": {"x": (0.0, 1.0), "v": (-0.4, 150.0)}, "why": "the series is for small x"}


def term(v, x):
    """DLMF 11.2.7."""
    return (x / 2) ** v / (mp.sqrt(mp.pi) * mp.gamma(v + mp.mpf(3) / 2))


REFERENCES = {
    "modstruve": Reference(mp.struvel, **POSITIVE),
    "modstruve_near": Reference(mp.struvel, counted="x", **NEAR),
    "struve": Reference(mp.struveh, **POSITIVE),
    "struve_near": Reference(mp.struveh, counted="x", **NEAR),
    "struve_term": Reference(term, counted="x", **POSITIVE),
}
