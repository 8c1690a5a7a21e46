"""The binomial and negative binomial distributions solved for a number of events. DLMF 8.17."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.special as sc

from npbridge import ElementwiseOp, elementwise_op
from npbridge.elementary import where
from npbridge.special._beta_parameters import betainc_dab as slope
from npbridge.special._incomplete_beta import betainc_dab, density
from npbridge.special._quadrature import FloatArray, blockwise

__all__ = ["bdtrik", "bdtrin", "nbdtrik", "nbdtrin"]

ROOT = (
    "Values of SciPy 1.17.1 are off by up to 1e-9 of their size; the derivatives are those at the "
    "root."
)
NONE = f"{ROOT} Where there is none, and SciPy returns 0, they are 0."


def _polished(start: FloatArray, residual: Any, derivative: Any) -> FloatArray:
    """The root by two of Newton's steps from SciPy's, and SciPy's 0 where there is none."""
    now, steep = start, derivative(start)
    for _ in range(2):
        following = now - residual(now) / steep
        now = np.where(np.abs(following - now) < 1e-4 * np.abs(now), following, now)
    return np.where(start > 0, now, start)


def _bdtrik(y: FloatArray, n: FloatArray, p: FloatArray) -> FloatArray:
    # With the derivative of I(1 - p; n - k, k + 1), that of I(p; k + 1, n - k) is the opposite.
    return _polished(
        sc.bdtrik(y, n, p),
        lambda k: sc.betaincc(k + 1, n - k, p) - y,
        lambda k: slope(0, 1, k + 1, n - k, p) - slope(1, 0, k + 1, n - k, p),
    )


def _bdtrin(k: FloatArray, y: FloatArray, p: FloatArray) -> FloatArray:
    return _polished(
        sc.bdtrin(k, y, p),
        lambda n: sc.betaincc(k + 1, n - k, p) - y,
        lambda n: -slope(0, 1, k + 1, n - k, p),
    )


def _nbdtrik(y: FloatArray, n: FloatArray, p: FloatArray) -> FloatArray:
    return _polished(
        sc.nbdtrik(y, n, p),
        lambda k: sc.betainc(n, k + 1, p) - y,
        lambda k: slope(0, 1, n, k + 1, p),
    )


def _nbdtrin(k: FloatArray, y: FloatArray, p: FloatArray) -> FloatArray:
    return _polished(
        sc.nbdtrin(k, y, p),
        lambda n: sc.betainc(n, k + 1, p) - y,
        lambda n: slope(1, 0, n, k + 1, p),
    )


def events(over: str, k: Any, n: Any, p: Any) -> Any:
    """The derivative of the binomial distribution function in k, n or p, all of them real."""
    if over == "p":
        return -density(k + 1, n - k, p)
    found = -betainc_dab(0, 1, k + 1, n - k, p)
    return found if over == "n" else -betainc_dab(1, 0, k + 1, n - k, p) - found


def failures(over: str, k: Any, n: Any, p: Any) -> Any:
    """The same of the negative binomial distribution function."""
    if over == "p":
        return density(n, k + 1, p)
    return betainc_dab(1, 0, n, k + 1, p) if over == "n" else betainc_dab(0, 1, n, k + 1, p)


def in_k(slopes: Any, over: str, k: Any, n: Any, p: Any) -> Any:
    """The inverse rule for k, and 0 where k is."""
    found = (1.0 if over == "y" else -slopes(over, k, n, p)) / slopes("k", k, n, p)
    return where(k == 0, 0.0, found)


def in_n(slopes: Any, over: str, k: Any, n: Any, p: Any) -> Any:
    """The inverse rule for n."""
    return (1.0 if over == "y" else -slopes(over, k, n, p)) / slopes("n", k, n, p)


bdtrik_root: ElementwiseOp = elementwise_op(
    lambda y, n, p: blockwise(_bdtrik, y, n, p, block=1024),
    name="bdtrik_root",
    partials={
        "y": lambda n, p, out: in_k(events, "y", out, n, p),
        "n": lambda n, p, out: in_k(events, "n", out, n, p),
        "p": lambda n, p, out: in_k(events, "p", out, n, p),
    },
    title="The real k at which bdtr(k, n, p) is y, to all digits.",
    source="DLMF 8.17.5 and the inverse rule",
    domain={"y": (0.6, 0.95), "n": (5.0, 30.0), "p": (0.1, 0.6)},
    edges=[((0.1, 5.0, 0.3), {"y": 0.0, "n": 0.0, "p": 0.0})],
)

bdtrik: ElementwiseOp = elementwise_op(
    sc.bdtrik,
    partials={
        "y": lambda y, n, p: in_k(events, "y", bdtrik_root(y, n, p), n, p),
        "n": lambda y, n, p: in_k(events, "n", bdtrik_root(y, n, p), n, p),
        "p": lambda y, n, p: in_k(events, "p", bdtrik_root(y, n, p), n, p),
    },
    title="The real k at which bdtr(k, n, p) is y.",
    source="DLMF 8.17.5 and the inverse rule",
    domain={"y": (0.6, 0.95), "n": (5.0, 30.0), "p": (0.1, 0.6)},
    edges=[((0.1, 5.0, 0.3), {"y": 0.0, "n": 0.0, "p": 0.0})],
    notes=NONE,
)

bdtrin_root: ElementwiseOp = elementwise_op(
    lambda k, y, p: blockwise(_bdtrin, k, y, p, block=1024),
    name="bdtrin_root",
    partials={
        "k": lambda k, p, out: in_n(events, "k", k, out, p),
        "y": lambda k, p, out: in_n(events, "y", k, out, p),
        "p": lambda k, p, out: in_n(events, "p", k, out, p),
    },
    title="The real n at which bdtr(k, n, p) is y, to all digits.",
    source="DLMF 8.17.5 and the inverse rule",
    domain={"k": (0.5, 10.0), "y": (0.05, 0.95), "p": (0.1, 0.9)},
    edges=[((0.0, 0.25, 0.5), {"y": -5.7707801635558535, "p": -5.7707801635558535})],
)

bdtrin: ElementwiseOp = elementwise_op(
    sc.bdtrin,
    partials={
        "k": lambda k, y, p: in_n(events, "k", k, bdtrin_root(k, y, p), p),
        "y": lambda k, y, p: in_n(events, "y", k, bdtrin_root(k, y, p), p),
        "p": lambda k, y, p: in_n(events, "p", k, bdtrin_root(k, y, p), p),
    },
    title="The real n at which bdtr(k, n, p) is y.",
    source="DLMF 8.17.5 and the inverse rule",
    domain={"k": (0.5, 10.0), "y": (0.05, 0.95), "p": (0.1, 0.9)},
    edges=[((0.0, 0.25, 0.5), {"y": -5.7707801635558535, "p": -5.7707801635558535})],
    notes=ROOT,
)

nbdtrik_root: ElementwiseOp = elementwise_op(
    lambda y, n, p: blockwise(_nbdtrik, y, n, p, block=1024),
    name="nbdtrik_root",
    partials={
        "y": lambda n, p, out: in_k(failures, "y", out, n, p),
        "n": lambda n, p, out: in_k(failures, "n", out, n, p),
        "p": lambda n, p, out: in_k(failures, "p", out, n, p),
    },
    title="The real k at which nbdtr(k, n, p) is y, to all digits.",
    source="DLMF 8.17.24 and the inverse rule",
    domain={"y": (0.65, 0.95), "n": (1.0, 9.0), "p": (0.1, 0.6)},
    edges=[((0.0001, 5.5, 0.3), {"y": 0.0, "n": 0.0, "p": 0.0})],
)

nbdtrik: ElementwiseOp = elementwise_op(
    sc.nbdtrik,
    partials={
        "y": lambda y, n, p: in_k(failures, "y", nbdtrik_root(y, n, p), n, p),
        "n": lambda y, n, p: in_k(failures, "n", nbdtrik_root(y, n, p), n, p),
        "p": lambda y, n, p: in_k(failures, "p", nbdtrik_root(y, n, p), n, p),
    },
    title="The real k at which nbdtr(k, n, p) is y.",
    source="DLMF 8.17.24 and the inverse rule",
    domain={"y": (0.65, 0.95), "n": (1.0, 9.0), "p": (0.1, 0.6)},
    edges=[((0.0001, 5.5, 0.3), {"y": 0.0, "n": 0.0, "p": 0.0})],
    notes=NONE,
)

nbdtrin_root: ElementwiseOp = elementwise_op(
    lambda k, y, p: blockwise(_nbdtrin, k, y, p, block=1024),
    name="nbdtrin_root",
    partials={
        "k": lambda k, p, out: in_n(failures, "k", k, out, p),
        "y": lambda k, p, out: in_n(failures, "y", k, out, p),
        "p": lambda k, p, out: in_n(failures, "p", k, out, p),
    },
    title="The real n at which nbdtr(k, n, p) is y, to all digits.",
    source="DLMF 8.17.24 and the inverse rule",
    domain={"k": (0.5, 10.0), "y": (0.05, 0.95), "p": (0.1, 0.9)},
    edges=[((0.0, 0.25, 0.5), {"y": -5.7707801635558535, "p": 5.7707801635558535})],
)

nbdtrin: ElementwiseOp = elementwise_op(
    sc.nbdtrin,
    partials={
        "k": lambda k, y, p: in_n(failures, "k", k, nbdtrin_root(k, y, p), p),
        "y": lambda k, y, p: in_n(failures, "y", k, nbdtrin_root(k, y, p), p),
        "p": lambda k, y, p: in_n(failures, "p", k, nbdtrin_root(k, y, p), p),
    },
    title="The real n at which nbdtr(k, n, p) is y.",
    source="DLMF 8.17.24 and the inverse rule",
    domain={"k": (0.5, 10.0), "y": (0.05, 0.95), "p": (0.1, 0.9)},
    edges=[((0.0, 0.25, 0.5), {"y": -5.7707801635558535, "p": 5.7707801635558535})],
    notes=ROOT,
)
