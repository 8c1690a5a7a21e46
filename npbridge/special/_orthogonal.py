"""Classical orthogonal polynomials, also of real degree. DLMF chapter 18."""

from __future__ import annotations

import scipy.special as sc

from npbridge import ElementwiseOp, elementwise_op, integer
from npbridge.elementary import where
from npbridge.special._degree import at_least_zero
from npbridge.special._polynomials import (
    DEGREE,
    PARAMETER,
    gegenbauer,
    jacobi,
    laguerre,
    sh_jacobi_dx,
)

__all__ = [
    "assoc_laguerre",
    "eval_gegenbauer",
    "eval_genlaguerre",
    "eval_hermite",
    "eval_hermitenorm",
    "eval_jacobi",
    "eval_laguerre",
    "eval_legendre",
    "eval_sh_jacobi",
    "eval_sh_legendre",
]

LOOPS = (
    "An integer degree takes SciPy's recurrence, and a float its series. For complex x there is "
    "only the series, which loses all digits of a degree of some tens."
)

# n (x Pₙ - Pₙ₋₁) / (x² - 1), as often written, is 0/0 at both ends.
eval_legendre: ElementwiseOp = elementwise_op(
    sc.eval_legendre,
    partials={"n": DEGREE, "x": lambda n, x: gegenbauer(at_least_zero(n) - 1, 1.5, x)},
    title="Pₙ(x), the Legendre polynomial, or the Legendre function of real degree.",
    source="DLMF 18.9.19 with 18.7.9",
    holomorphic=("x",),
    domain={"n": (0.2, 6.0), "x": (-0.9, 0.9)},
    edges=[
        ((0.0, -1.0), {"x": 0.0}),
        ((3.0, 1.0), {"x": 6.0}),
        ((3.0, -1.0), {"x": 6.0}),
        ((-3.0, 1.0), {"x": 3.0}),
    ],
    notes=LOOPS,
)

eval_sh_legendre: ElementwiseOp = elementwise_op(
    sc.eval_sh_legendre,
    partials={"n": DEGREE, "x": lambda n, x: 2 * gegenbauer(at_least_zero(n) - 1, 1.5, 2 * x - 1)},
    title="Pₙ(2x - 1), the shifted Legendre polynomial.",
    source="DLMF 18.9.19 with 18.7.9 and 18.7.10",
    holomorphic=("x",),
    domain={"n": (0.2, 6.0), "x": (0.05, 0.95)},
    edges=[((0.0, 0.0), {"x": 0.0}), ((3.0, 1.0), {"x": 12.0}), ((2.0, 0.0), {"x": -6.0})],
    notes=LOOPS,
)

eval_gegenbauer: ElementwiseOp = elementwise_op(
    sc.eval_gegenbauer,
    partials=gegenbauer.partials,
    title="Cₙ^(α)(x), the ultraspherical polynomial.",
    source="DLMF 18.9.19",
    holomorphic=("x",),
    domain={"n": (0.2, 6.0), "alpha": (0.2, 4.0), "x": (-0.9, 0.9)},
    edges=[((0.0, 1.5, -1.0), {"x": 0.0}), ((2.0, 0.5, -1.0), {"x": -3.0})],
    notes=LOOPS,
)

eval_jacobi: ElementwiseOp = elementwise_op(
    sc.eval_jacobi,
    partials=jacobi.partials,
    title="Pₙ^(α,β)(x), the Jacobi polynomial.",
    source="DLMF 18.9.15",
    holomorphic=("x",),
    domain={"n": (0.2, 6.0), "alpha": (-0.5, 3.0), "beta": (-0.5, 3.0), "x": (-0.9, 0.9)},
    edges=[((0.0, 0.5, 0.5, -1.0), {"x": 0.0}), ((1.0, 0.0, 1.0, -1.0), {"x": 1.5})],
    notes=LOOPS,
)

eval_genlaguerre: ElementwiseOp = elementwise_op(
    sc.eval_genlaguerre,
    partials=laguerre.partials,
    title="Lₙ^(α)(x), the generalised Laguerre polynomial.",
    source="DLMF 18.9.23",
    holomorphic=("x",),
    domain={"n": (0.2, 6.0), "alpha": (-0.5, 4.0), "x": (0.1, 15.0)},
    edges=[((0.0, 0.5, 0.0), {"x": 0.0}), ((2.0, 0.0, 0.0), {"x": -2.0})],
    notes=LOOPS,
)

eval_laguerre: ElementwiseOp = elementwise_op(
    sc.eval_laguerre,
    partials={"n": DEGREE, "x": lambda n, x: -laguerre(n - 1, 1.0, x)},
    title="Lₙ(x), the Laguerre polynomial.",
    source="DLMF 18.9.23",
    holomorphic=("x",),
    domain={"n": (0.2, 6.0), "x": (0.1, 15.0)},
    edges=[((0.0, 0.0), {"x": 0.0}), ((3.0, 0.0), {"x": -3.0})],
    notes=LOOPS,
)

eval_sh_jacobi: ElementwiseOp = elementwise_op(
    sc.eval_sh_jacobi,
    partials={
        "n": DEGREE,
        "p": PARAMETER,
        "q": PARAMETER,
        "x": lambda n, p, q, x: sh_jacobi_dx(1, n, p, q, x),
    },
    title="Gₙ^(p,q)(x), the shifted Jacobi polynomial.",
    source="DLMF 18.9.15 with 18.1.2",
    holomorphic=("x",),
    domain={"n": (0.2, 6.0), "p": (1.0, 4.0), "q": (0.5, 2.0), "x": (0.05, 0.95)},
    edges=[((0.0, 2.0, 1.5, 0.0), {"x": 0.0}), ((1.0, 2.0, 1.5, 0.0), {"x": 1.0})],
    notes=LOOPS,
)

assoc_laguerre: ElementwiseOp = elementwise_op(
    sc.assoc_laguerre,
    partials={
        "x": lambda x, n, k: -laguerre(n - 1, k + 1, x),
        "n": DEGREE,
        "k": PARAMETER,
    },
    title="Lₙ^(k)(x), the generalised Laguerre polynomial.",
    source="DLMF 18.9.23",
    holomorphic=("x",),
    domain={"x": (0.1, 15.0), "n": (0.2, 6.0), "k": (-0.5, 4.0)},
    edges=[((0.0, 0.0, 0.5), {"x": 0.0}), ((0.0, 2.0, 0.0), {"x": -2.0})],
    notes=LOOPS,
)

eval_hermite: ElementwiseOp = elementwise_op(
    sc.eval_hermite,
    partials={
        "n": integer("the degree"),
        "x": lambda n, x: 2 * n * eval_hermite(where(n > 0, n - 1, 0), x),
    },
    title="Hₙ(x), the Hermite polynomial.",
    source="DLMF 18.9.25",
    domain={"n": (0, 8), "x": (-4.0, 4.0)},
    edges=[((0, 1.5), {"x": 0.0}), ((1, 0.0), {"x": 2.0}), ((2, 0.0), {"x": 0.0})],
)

eval_hermitenorm: ElementwiseOp = elementwise_op(
    sc.eval_hermitenorm,
    partials={
        "n": integer("the degree"),
        "x": lambda n, x: n * eval_hermitenorm(where(n > 0, n - 1, 0), x),
    },
    title="Heₙ(x), the Hermite polynomial of the probabilists.",
    source="DLMF 18.9.27",
    domain={"n": (0, 8), "x": (-5.0, 5.0)},
    edges=[((0, 1.5), {"x": 0.0}), ((1, 0.0), {"x": 1.0}), ((2, 0.0), {"x": 0.0})],
)
