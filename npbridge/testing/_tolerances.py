"""How far numbers may be apart, in one table, each with its reason.

All are relative. A comparison adds to them what is known of the uncertainty of its reference.
"""

from __future__ import annotations

import torch

_EPSILONS: dict[torch.dtype, float] = {
    torch.float64: 2.0**-52,
    torch.complex128: 2.0**-52,
    torch.float32: 2.0**-23,
    torch.complex64: 2.0**-23,
    torch.float16: 2.0**-10,
    torch.bfloat16: 2.0**-7,
}

_TABLE: dict[str, tuple[float, str]] = {
    "identical": (0.0, "the same computation on the same numbers"),
    "value": (0.0, "the op is to return what the NumPy function returns"),
    "rounding": (64, "the same formula, in another order of additions"),
    "reference": (4096, "a good SciPy routine is within 1e-12 of the truth"),
    "derivative": (
        4.6e9,
        "1e-6 in float64: below any mistake, above the noise",
    ),
    "second derivative": (4.6e9, "the same of the first derivative's derivative"),
    "complex step": (4096, "no cancellation: as good as the function itself"),
    "dot product": (4.6e6, "both modes are exact; 1e-9 leaves room for long sums"),
    "batched": (4096, "batched linear algebra takes other paths than one matrix does"),
}
"""Of each kind of comparison the allowed error in units of rounding, and why."""


def tolerance(what: str, dtype: torch.dtype) -> float:
    """The relative tolerance of a kind of comparison between numbers of a dtype."""
    epsilon = _EPSILONS.get(dtype, 0.0)
    # Beyond 0.1 nothing is compared at all; low precisions end there.
    return min(_TABLE[what][0] * epsilon, 0.1)


def table() -> str:
    """The table in Markdown."""
    rows = [f"| {name} | {size:g} | {why} |" for name, (size, why) in _TABLE.items()]
    head = ["| comparison | allowed, in units of rounding | why |", "|---|---:|---|"]
    return "\n".join([*head, *rows]) + "\n"
