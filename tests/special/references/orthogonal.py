"""Classical orthogonal polynomials, also of real degree."""

import mpmath as mp

from references._reference import Reference


def sh_jacobi(n, p, q, x):
    """As Abramowitz and Stegun 22.5.2 has it."""
    return mp.jacobi(n, p - q, q - 1, 2 * x - 1) / mp.binomial(2 * n + p - 1, n)


# For real degrees of tens SciPy's hypergeometric series lose everything; a degree below 1e-2 is
# lost beside the 1 in n - 1.
REAL = {
    "reach": {"n": (0.05, 8.0), "alpha": (-1.0, 40.0), "k": (-1.0, 40.0), "x": (-5.0, 40.0)},
    "why": "SciPy's series for real degrees cancel beyond",
}
SHIFTED = {
    "reach": {"n": (0.05, 8.0), "x": (1e-3, 5.0)},
    "why": "SciPy's 2x - 1 loses x beside the branch point of real degrees",
}
SMALL = {"beyond": False, "why": "values far out are SciPy's series, which cancel"}


REFERENCES = {
    "assoc_laguerre": Reference(lambda x, n, k: mp.laguerre(n, k, x), **REAL),
    "eval_gegenbauer": Reference(mp.gegenbauer, **REAL),
    "eval_genlaguerre": Reference(mp.laguerre, **REAL),
    "eval_hermite": Reference(mp.hermite),
    "eval_hermitenorm": Reference(
        lambda n, x: mp.hermite(n, x / mp.sqrt(2)) / mp.sqrt(mp.mpf(2) ** n)
    ),
    "eval_jacobi": Reference(
        mp.jacobi, points=[(2.0, 0.5, 1.5, -1.0), (3.0, 0.5, 1.5, 2.5)], **SMALL
    ),
    "eval_laguerre": Reference(lambda n, x: mp.laguerre(n, 0, x), **REAL),
    "eval_legendre": Reference(mp.legendre, **REAL),
    "eval_sh_jacobi": Reference(
        sh_jacobi, points=[(2.0, 2.5, 1.5, 0.0), (3.0, 2.5, 1.5, 1.75)], **SMALL
    ),
    "eval_sh_legendre": Reference(lambda n, x: mp.legendre(n, 2 * x - 1), **SHIFTED),
}
