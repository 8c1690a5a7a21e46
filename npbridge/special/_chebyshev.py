"""Chebyshev polynomials, and functions of real degree. DLMF chapter 18."""

from __future__ import annotations

from math import inf

import scipy.special as sc

from npbridge import ElementwiseOp, elementwise_op, integer
from npbridge.special import _chebyshev_real as real
from npbridge.special._in_double import in_double

__all__ = [
    "eval_chebyc",
    "eval_chebys",
    "eval_chebyt",
    "eval_chebyu",
    "eval_sh_chebyt",
    "eval_sh_chebyu",
]

ORDER = integer("the order of the derivative", static=True)
LOOPS = (
    "An integer degree takes SciPy's recurrence, and a float its series. For complex x there is "
    "only the series, which loses all digits of a degree of some tens."
)

# -θ sin nθ and θ cos((n+1)θ) / sin θ, as often written, are 0/0 at both ends, or NaN beyond them.
chebyshev_t: ElementwiseOp = elementwise_op(
    in_double(real.chebyshev_t),
    name="chebyshev_t",
    partials={
        "j": ORDER,
        "n": lambda j, n, x: chebyshev_t(j + 1, n, x),
        "x": lambda j, n, x: n * chebyshev_s(j, 0, n, x) + j * chebyshev_s(j - 1, 0, n, x),
    },
    title="The j-th derivative of Tₙ(x) in the degree, j ≥ 1.",
    source="DLMF 18.5.1",
    holomorphic=("x",),
    domain={"j": (1, 3), "n": (0.2, 6.0), "x": (-0.9, 0.9)},
    edges=[((1, 2.0, 1.0), {"n": 0.0, "x": 4.0}), ((1, 3.0, -1.0), {"x": -inf})],
)

chebyshev_s: ElementwiseOp = elementwise_op(
    in_double(real.chebyshev_s),
    name="chebyshev_s",
    partials={
        "j": ORDER,
        "k": ORDER,
        "m": lambda j, k, m, x: chebyshev_s(j + 1, k, m, x),
        "x": lambda j, k, m, x: chebyshev_s(j, k + 1, m, x),
    },
    title="The derivative of Uₘ₋₁(x), j times in m and k times in x.",
    source="DLMF 18.5.2, 18.5.7 and 18.8.1",
    holomorphic=("x",),
    domain={"j": (0, 3), "k": (0, 3), "m": (0.2, 6.0), "x": (-0.9, 0.9)},
    edges=[((0, 0, 2.0, 1.0), {"m": 1.0, "x": 2.0}), ((0, 0, 2.0, -1.0), {"m": inf, "x": 2.0})],
)

sh_chebyshev_t: ElementwiseOp = elementwise_op(
    in_double(real.sh_chebyshev_t),
    name="sh_chebyshev_t",
    partials={
        "j": ORDER,
        "n": lambda j, n, x: sh_chebyshev_t(j + 1, n, x),
        "x": lambda j, n, x: (
            2 * n * sh_chebyshev_s(j, 0, n, x) + 2 * j * sh_chebyshev_s(j - 1, 0, n, x)
        ),
    },
    title="The j-th derivative of Tₙ(2x - 1) in the degree, j ≥ 1.",
    source="DLMF 18.5.1 with 18.7.7",
    holomorphic=("x",),
    domain={"j": (1, 3), "n": (0.2, 6.0), "x": (0.05, 0.95)},
    edges=[((1, 2.0, 1.0), {"n": 0.0, "x": 8.0}), ((1, 3.0, 0.0), {"x": -inf})],
)

sh_chebyshev_s: ElementwiseOp = elementwise_op(
    in_double(real.sh_chebyshev_s),
    name="sh_chebyshev_s",
    partials={
        "j": ORDER,
        "k": ORDER,
        "m": lambda j, k, m, x: sh_chebyshev_s(j + 1, k, m, x),
        "x": lambda j, k, m, x: 2 * sh_chebyshev_s(j, k + 1, m, x),
    },
    title="The derivative of Uₘ₋₁(y) at y = 2x - 1, j times in m and k times in y.",
    source="DLMF 18.5.2, 18.5.7 and 18.8.1 with 18.7.8",
    holomorphic=("x",),
    domain={"j": (0, 3), "k": (0, 3), "m": (0.2, 6.0), "x": (0.05, 0.95)},
    edges=[((0, 0, 2.0, 1.0), {"m": 1.0, "x": 4.0}), ((0, 0, 2.0, 0.0), {"m": inf, "x": 4.0})],
)

eval_chebyt: ElementwiseOp = elementwise_op(
    sc.eval_chebyt,
    partials={
        "n": lambda n, x: chebyshev_t(1, n, x),
        "x": lambda n, x: n * chebyshev_s(0, 0, n, x),
    },
    title="Tₙ(x), the Chebyshev polynomial of the first kind.",
    source="DLMF 18.9.21 and 18.5.1",
    holomorphic=("x",),
    domain={"n": (0.2, 6.0), "x": (-0.9, 0.9)},
    edges=[
        ((3.0, 1.0), {"n": 0.0, "x": 9.0}),
        ((3.0, -1.0), {"n": 0.0, "x": 9.0}),
        ((0.0, 1.0), {"n": 0.0, "x": 0.0}),
        ((3.0, 0.0), {"n": 1.5707963267948966, "x": -3.0}),
    ],
    notes=LOOPS,
)

eval_chebyu: ElementwiseOp = elementwise_op(
    sc.eval_chebyu,
    partials={
        "n": lambda n, x: chebyshev_s(1, 0, n + 1, x),
        "x": lambda n, x: chebyshev_s(0, 1, n + 1, x),
    },
    title="Uₙ(x), the Chebyshev polynomial of the second kind.",
    source="DLMF 18.9.19 with 18.7.4, and 18.5.2",
    holomorphic=("x",),
    domain={"n": (0.2, 6.0), "x": (-0.9, 0.9)},
    edges=[((2.0, 1.0), {"n": 1.0, "x": 8.0}), ((2.0, -1.0), {"n": -inf, "x": -8.0})],
    notes=LOOPS,
)

eval_chebyc: ElementwiseOp = elementwise_op(
    sc.eval_chebyc,
    partials={
        "n": lambda n, x: 2 * chebyshev_t(1, n, x / 2),
        "x": lambda n, x: n * chebyshev_s(0, 0, n, x / 2),
    },
    title="Cₙ(x) = 2 Tₙ(x/2), the Chebyshev polynomial of the first kind on (-2, 2).",
    source="DLMF 18.9.21 with 18.1.3",
    holomorphic=("x",),
    domain={"n": (0.2, 6.0), "x": (-1.8, 1.8)},
    edges=[((3.0, 2.0), {"n": 0.0, "x": 9.0}), ((3.0, -2.0), {"n": 0.0, "x": 9.0})],
    notes=LOOPS,
)

eval_chebys: ElementwiseOp = elementwise_op(
    sc.eval_chebys,
    partials={
        "n": lambda n, x: chebyshev_s(1, 0, n + 1, x / 2),
        "x": lambda n, x: chebyshev_s(0, 1, n + 1, x / 2) / 2,
    },
    title="Sₙ(x) = Uₙ(x/2), the Chebyshev polynomial of the second kind on (-2, 2).",
    source="DLMF 18.9.19 with 18.1.3",
    holomorphic=("x",),
    domain={"n": (0.2, 6.0), "x": (-1.8, 1.8)},
    edges=[((2.0, 2.0), {"n": 1.0, "x": 4.0}), ((2.0, -2.0), {"n": -inf, "x": -4.0})],
    notes=LOOPS,
)

eval_sh_chebyt: ElementwiseOp = elementwise_op(
    sc.eval_sh_chebyt,
    partials={
        "n": lambda n, x: sh_chebyshev_t(1, n, x),
        "x": lambda n, x: 2 * n * sh_chebyshev_s(0, 0, n, x),
    },
    title="Tₙ(2x - 1), the shifted Chebyshev polynomial of the first kind.",
    source="DLMF 18.9.21 with 18.7.7",
    holomorphic=("x",),
    domain={"n": (0.2, 6.0), "x": (0.05, 0.95)},
    edges=[((3.0, 1.0), {"n": 0.0, "x": 18.0}), ((3.0, 0.0), {"n": 0.0, "x": 18.0})],
    notes=LOOPS,
)

eval_sh_chebyu: ElementwiseOp = elementwise_op(
    sc.eval_sh_chebyu,
    partials={
        "n": lambda n, x: sh_chebyshev_s(1, 0, n + 1, x),
        "x": lambda n, x: 2 * sh_chebyshev_s(0, 1, n + 1, x),
    },
    title="Uₙ(2x - 1), the shifted Chebyshev polynomial of the second kind.",
    source="DLMF 18.9.19 with 18.7.8",
    holomorphic=("x",),
    domain={"n": (0.2, 6.0), "x": (0.05, 0.95)},
    edges=[((2.0, 1.0), {"n": 1.0, "x": 16.0}), ((2.0, 0.0), {"n": -inf, "x": -16.0})],
    notes=LOOPS,
)
