"""Factorials, combinations and permutations. DLMF sections 1.2(i) and 5.4(i)."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.special as sc

from npbridge import ElementwiseOp, elementwise_op, integer
from npbridge.domains import choices
from npbridge.elementary import log, where
from npbridge.errors import MissingDerivativeError, OptionError, sentence
from npbridge.special._beta import psi_diff
from npbridge.special._binomial import d_binom_dx, d_binom_dy
from npbridge.special._complete_gamma import gamma
from npbridge.special._gamma import psi

__all__ = ["comb", "factorial", "factorial2", "factorialk", "perm"]

EXACT = integer("whether Python's integers are asked for", static=True)
EXTEND = integer("how it goes on between and below whole numbers", static=True)
REPETITION = integer("whether elements may be chosen again", static=True)


def refuse_exact(name: str, exact: Any) -> None:
    """Raise for exact=True."""
    if exact:
        raise OptionError(
            sentence(
                f"npbridge.special.{name} takes no exact=True: integers of any size are no tensor.",
                expected="exact=False",
                got=f"exact={exact!r}",
                remedy=f"Call scipy.special.{name} on whole numbers.",
            )
        )


def _comb(N: Any, k: Any, *, exact: bool = False, repetition: bool = False) -> Any:
    refuse_exact("comb", exact)
    if repetition:  # SciPy adds N and k
        N = np.asarray(N, np.float64)
    return sc.comb(N, k, repetition=repetition)


def _perm(N: Any, k: Any, exact: bool = False) -> Any:
    refuse_exact("perm", exact)
    return sc.perm(N, k)


def _factorial(n: Any, exact: bool = False, extend: str = "zero") -> Any:
    refuse_exact("factorial", exact)
    return sc.factorial(n, extend=extend)


def _factorial2(n: Any, exact: bool = False, extend: str = "zero") -> Any:
    refuse_exact("factorial2", exact)
    return sc.factorial2(_whole(n, extend), extend=extend)


def _factorialk(n: Any, k: Any, exact: bool = False, extend: str = "zero") -> Any:
    refuse_exact("factorialk", exact)
    return sc.factorialk(_whole(n, extend), k, extend=extend)


def _whole(n: Any, extend: str) -> Any:
    # With extend="zero" SciPy wants integers by dtype, and tensors of integers come as floats.
    n = np.asarray(n)
    if extend == "zero" and n.dtype.kind == "f" and (n == np.trunc(n)).all():
        return np.clip(n, -1.0, 1e9).astype(np.int64)
    return n.astype(np.result_type(n, np.float64))  # it would take powers in single precision


def inside(N: Any, k: Any) -> tuple[Any, Any, Any]:
    """Whether 0 <= k <= N; and N and k, or others where not."""
    held = ~((k < 0) | (k > N))  # NaN goes on to be NaN
    return held, where(held, N, 1.0), where(held, k, 0.0)


def d_comb_dn(N: Any, k: Any, repetition: bool, out: Any) -> Any:
    """As of the binomial coefficient, inside; 0 outside. With repetition, of N + k - 1."""
    if repetition:
        # ψ(N + k) - ψ(N), without the rounding of N + k - 1.
        plain = (k >= 0) & (N > 0)
        n, m = where(plain, N, 1.0), where(plain, k, 0.0)
        x, y = where(plain, 1.0, N + k - 1), where(plain, 0.0, k)
        return where(plain, out * psi_diff(0, n, m), d_binom_dx(x, y, out))
    held, upper, lower = inside(N, k)
    return where(held, out * psi_diff(0, upper - lower + 1, lower), 0.0)


def d_comb_dk(N: Any, k: Any, repetition: bool, out: Any) -> Any:
    """As of the binomial coefficient, inside; 0 outside. With repetition, of N + k - 1."""
    if repetition:
        plain = (k >= 0) & (N > 0)
        n, m = where(plain, N, 1.0), where(plain, k, 0.0)
        x, y = where(plain, 1.0, N + k - 1), where(plain, 0.0, k)
        other = d_binom_dx(x, y, out) + d_binom_dy(x, y, out)
        return where(plain, out * psi_diff(0, m + 1, n - 1), other)
    held, upper, lower = inside(N, k)
    return where(held, out * psi_diff(0, lower + 1, upper - 2 * lower), 0.0)


def d_perm_dn(N: Any, k: Any, out: Any) -> Any:
    """The permutations times ψ(N + 1) - ψ(N - k + 1), inside; 0 outside."""
    return d_comb_dn(N, k, False, out)


def d_perm_dk(N: Any, k: Any, out: Any) -> Any:
    """The permutations times ψ(N - k + 1), inside; 0 outside."""
    held, upper, lower = inside(N, k)
    return where(held, out * psi(upper - lower + 1), 0.0)


NO = choices(False)
ZERO = (
    "Of exact=False. Outside of 0 <= k <= N the value is 0, and so are the "
    "derivatives; at the rim they are those of the inside. Of NaN SciPy makes 0, too."
)

comb: ElementwiseOp = elementwise_op(
    _comb,
    name="comb",
    partials={"N": d_comb_dn, "k": d_comb_dk, "exact": EXACT, "repetition": REPETITION},
    title="Γ(N+1) / (Γ(k+1) Γ(N-k+1)), the number of combinations, of real numbers.",
    source="DLMF 1.2.6 with 5.2.2",
    domain={"N": (12.0, 20.0), "k": (0.1, 11.0), "exact": NO, "repetition": choices(False, True)},
    edges=[
        ((1.0, 1.0, False, False), {"N": 1.0, "k": -1.0}),
        ((1.0, 0.0, False, False), {"N": 0.0, "k": 1.0}),
        ((1.0, -1.0, False, False), {"N": 0.0, "k": 0.0}),
        ((2.0, 1.0, False, True), {"N": 1.0, "k": 1.0}),
    ],
    notes=ZERO + " With repetition=True it is the binomial coefficient of N + k - 1 and k instead, "
    "everywhere; SciPy rounds N + k - 1, which loses the digits of a small N.",
)

perm: ElementwiseOp = elementwise_op(
    _perm,
    name="perm",
    partials={"N": d_perm_dn, "k": d_perm_dk, "exact": EXACT},
    title="Γ(N+1) / Γ(N-k+1), the number of permutations, of real numbers.",
    source="DLMF 5.2.5 with 5.2.2",
    domain={"N": (12.0, 20.0), "k": (0.1, 11.0), "exact": NO},
    edges=[
        ((1.0, 1.0, False), {"N": 1.0, "k": -0.5772156649015329}),
        ((1.0, 0.0, False), {"N": 0.0, "k": 0.42278433509846713}),
        ((1.0, 2.0, False), {"N": 0.0, "k": 0.0}),
    ],
    notes=ZERO,
)


def d_factorial_dn(n: Any, extend: str) -> Any:
    """Γ(n+1) ψ(n+1); with extend="zero" it is 0 for negative n."""
    if extend == "complex":
        return gamma(n + 1) * psi(n + 1)
    whole = where(n < 0, 0.0, n)
    return where(n < 0, 0.0, gamma(whole + 1) * psi(whole + 1))


# Tests go where numbers may be complex; the edges are of the default, too.
NEGATIVE = {"n": (0.1, 20.0), "exact": NO, "extend": choices("complex")}

factorial: ElementwiseOp = elementwise_op(
    _factorial,
    name="factorial",
    partials={"n": d_factorial_dn, "exact": EXACT, "extend": EXTEND},
    title="n! = Γ(n + 1), the factorial of real and complex numbers.",
    source="DLMF 5.4.1 and 5.2.2",
    holomorphic=("n",),
    domain=NEGATIVE,
    edges=[
        ((0.0, False, "zero"), {"n": -0.5772156649015329}),
        ((1.0, False, "zero"), {"n": 0.42278433509846713}),
        ((-1.5, False, "zero"), {"n": 0.0}),
        ((0.0, False, "complex"), {"n": -0.5772156649015329}),
    ],
    notes="With extend='zero', the default, it is 0 for negative n, n is real, and at n = 0 the "
    "derivative is that from above. With exact=True it is no tensor, and refused.",
)


def d_multifactorial_dn(name: str, n: Any, k: Any, extend: str, out: Any) -> Any:
    """Out of k^((n-1)/k) Γ(n/k + 1) / Γ(1/k + 1)."""
    if extend != "complex":
        raise MissingDerivativeError(
            f"npbridge.special.{name} has no derivative with respect to 'n', which takes integers "
            f"with extend={extend!r}.\nPass n.detach(), or extend='complex'."
        )
    return out * (log(k + 0j if k < 0 else k) + psi(n / k + 1)) / k


WHOLE = (
    "With extend='zero', the default, n takes integers, of whatever dtype; with extend='complex' "
    "real and complex numbers, and then there is a derivative. With exact=True it is no tensor, "
    "and refused."
)

factorial2: ElementwiseOp = elementwise_op(
    _factorial2,
    name="factorial2",
    partials={
        "n": lambda n, extend, out: d_multifactorial_dn("factorial2", n, 2, extend, out),
        "exact": EXACT,
        "extend": EXTEND,
    },
    title="n!! = n (n - 2) (n - 4) ..., the double factorial.",
    source="DLMF 5.4.2 and 5.2.2",
    holomorphic=("n",),
    domain=NEGATIVE,
    edges=[((1.0, False, "complex"), {"n": 0.3648185772692609})],
    notes=WHOLE,
)

factorialk: ElementwiseOp = elementwise_op(
    _factorialk,
    name="factorialk",
    partials={
        "n": lambda n, k, extend, out: d_multifactorial_dn("factorialk", n, k, extend, out),
        "k": integer("the step", static=True),
        "exact": EXACT,
        "extend": EXTEND,
    },
    title="n (n - k) (n - 2k) ..., the multifactorial.",
    source="DLMF 5.2.2",
    holomorphic=("n",),
    domain={"n": (0.1, 20.0), "k": (1, 4), "exact": NO, "extend": choices("complex")},
    edges=[((1.0, 1, False, "complex"), {"n": 0.42278433509846713})],
    notes=WHOLE,
)
