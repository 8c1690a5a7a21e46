"""Orthogonal polynomials that take the recurrence where their real degree is whole."""

from __future__ import annotations

from npbridge import ElementwiseOp, elementwise_op, integer, unwritten
from npbridge.special import _degree
from npbridge.special._in_double import in_double

__all__: list[str] = []

DEGREE = unwritten("the derivative in the degree is an infinite series", see="DLMF 18.5(iii)")
PARAMETER = unwritten("the derivative in a parameter is a sum over degrees", see="DLMF 18.5(iii)")

gegenbauer: ElementwiseOp = elementwise_op(
    in_double(_degree.gegenbauer),
    name="gegenbauer",
    partials={
        "n": DEGREE,
        "alpha": PARAMETER,
        "x": lambda n, alpha, x: 2 * alpha * gegenbauer(n - 1, alpha + 1, x),
    },
    title="Cₙ^(α)(x), the ultraspherical polynomial, by the recurrence if n is whole.",
    source="DLMF 18.9.19",
    holomorphic=("x",),
    domain={"n": (0.2, 6.0), "alpha": (0.2, 4.0), "x": (-0.9, 0.9)},
    edges=[((0.0, 1.5, -1.0), {"x": 0.0}), ((2.0, 0.5, -1.0), {"x": -3.0})],
)

jacobi: ElementwiseOp = elementwise_op(
    in_double(_degree.jacobi),
    name="jacobi",
    partials={
        "n": DEGREE,
        "alpha": PARAMETER,
        "beta": PARAMETER,
        "x": lambda n, alpha, beta, x: (
            (n + alpha + beta + 1) / 2 * jacobi(n - 1, alpha + 1, beta + 1, x)
        ),
    },
    title="Pₙ^(α,β)(x), the Jacobi polynomial, by the recurrence if n is whole.",
    source="DLMF 18.9.15",
    holomorphic=("x",),
    domain={"n": (0.2, 6.0), "alpha": (-0.5, 3.0), "beta": (-0.5, 3.0), "x": (-0.9, 0.9)},
    edges=[((0.0, 0.5, 0.5, -1.0), {"x": 0.0}), ((1.0, 0.0, 1.0, -1.0), {"x": 1.5})],
)

laguerre: ElementwiseOp = elementwise_op(
    in_double(_degree.laguerre),
    name="laguerre",
    partials={
        "n": DEGREE,
        "alpha": PARAMETER,
        "x": lambda n, alpha, x: -laguerre(n - 1, alpha + 1, x),
    },
    title="Lₙ^(α)(x), the Laguerre polynomial, by the recurrence if n is whole.",
    source="DLMF 18.9.23",
    holomorphic=("x",),
    domain={"n": (0.2, 6.0), "alpha": (-0.5, 4.0), "x": (0.1, 15.0)},
    edges=[((0.0, 0.5, 0.0), {"x": 0.0}), ((2.0, 0.0, 0.0), {"x": -2.0})],
)

sh_jacobi_dx: ElementwiseOp = elementwise_op(
    in_double(_degree.sh_jacobi_dx),
    name="sh_jacobi_dx",
    partials={
        "k": integer("the order of the derivative", static=True),
        "n": DEGREE,
        "p": PARAMETER,
        "q": PARAMETER,
        "x": lambda k, n, p, q, x: sh_jacobi_dx(k + 1, n, p, q, x),
    },
    title="The k-th derivative of Gₙ^(p,q)(x), the shifted Jacobi polynomial.",
    source="DLMF 18.9.15 with 18.1.2",
    holomorphic=("x",),
    domain={"k": (1, 3), "n": (0.2, 6.0), "p": (1.0, 4.0), "q": (0.5, 2.0), "x": (0.05, 0.95)},
    edges=[((1, 1.0, 2.0, 1.5, 0.0), {"x": 0.0}), ((1, 2.0, 2.0, 1.5, 0.0), {"x": 2.0})],
)
