"""Bessel functions differentiated in the order."""

import mpmath as mp

from references._reference import Reference
from references.bessel_scaled import scaled_i, scaled_k
from references.hankel import scaled_1, scaled_2

FAMILY = {
    "counted": "z",
    "counts": {"m": "v"},
    "integers": {"m": [1], "n": [0, 1]},
    "inside": 2,
    "beyond": False,
    "far": 1,
    "why": "mpmath is slow, and the functions themselves go far",
}
COMPLEX = FAMILY | {"complex": True}

REFERENCES = {
    "hankel1_dv": Reference(mp.hankel1, **COMPLEX),
    "hankel1e_dv": Reference(scaled_1, **COMPLEX),
    "hankel2_dv": Reference(mp.hankel2, **COMPLEX),
    "hankel2e_dv": Reference(scaled_2, **COMPLEX),
    "iv_dv": Reference(mp.besseli, **FAMILY),
    "ive_dv": Reference(scaled_i, **FAMILY),
    "jv_dv": Reference(mp.besselj, **FAMILY),
    "kv_dv": Reference(mp.besselk, **FAMILY),
    "kve_dv": Reference(scaled_k, **FAMILY),
    "yv_dv": Reference(mp.bessely, **FAMILY),
}
