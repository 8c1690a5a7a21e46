"""Chebyshev polynomials, and functions of real degree."""

import mpmath as mp

from references._reference import Reference


def t_by_degree(j, n, x):
    """The j-th derivative in n of cos(n arccos x)."""
    theta = mp.acos(x)
    return theta**j * mp.cos(n * theta + j * mp.pi / 2)


def s_mixed(j, k, m, x):
    """Derivatives of sin(mθ) / sin θ; those in x are finite differences of many digits."""

    def by_degree(y):
        theta = mp.acos(y)
        return theta**j * mp.sin(m * theta + j * mp.pi / 2) / mp.sin(theta)

    return mp.diff(by_degree, x, k) if k else by_degree(x)


REAL = {
    "reach": {"n": (-8.0, 8.0), "x": (-5.0, 40.0)},
    "why": "SciPy's series for real degrees cancel beyond",
}
SECOND = REAL | {"reach": {"n": (0.05, 8.0), "x": (-5.0, 40.0)}}  # less is lost in n + 1
SHIFTED = {
    "reach": {"n": (0.05, 8.0), "x": (1e-3, 5.0)},
    "why": "SciPy's 2x - 1 loses x beside the branch point of real degrees",
}
SLOW = {"beyond": False, "inside": 4, "why": "finite differences of mpmath's are slow"}
ORDERS = {"j": (0, 1), "k": (0, 2)}

REFERENCES = {
    "chebyshev_s": Reference(s_mixed, integers=ORDERS, **SLOW),
    "chebyshev_t": Reference(t_by_degree, **SLOW),
    "eval_chebyc": Reference(lambda n, x: 2 * mp.chebyt(n, x / 2), **REAL),
    "eval_chebys": Reference(lambda n, x: mp.chebyu(n, x / 2), **SECOND),
    "eval_chebyt": Reference(mp.chebyt, **REAL),
    "eval_chebyu": Reference(mp.chebyu, **SECOND),
    "eval_sh_chebyt": Reference(lambda n, x: mp.chebyt(n, 2 * x - 1), **SHIFTED),
    "eval_sh_chebyu": Reference(lambda n, x: mp.chebyu(n, 2 * x - 1), **SHIFTED),
    "sh_chebyshev_s": Reference(
        lambda j, k, m, x: s_mixed(j, k, m, 2 * x - 1), integers=ORDERS, **SLOW
    ),
    "sh_chebyshev_t": Reference(lambda j, n, x: t_by_degree(j, n, 2 * x - 1), **SLOW),
}
