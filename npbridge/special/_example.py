"""What the docstring of an entry says beside SciPy: see also, torch's own function, an example."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import torch

from npbridge import domains, special
from npbridge._docstring import has_default, state

# fmt: off
NATIVE = frozenset((
    "entr", "erf", "erfc", "erfinv", "exp2", "expit", "expm1", "gammaln", "i0", "i0e", "i1", "i1e",
    "log1p", "log_ndtr", "logit", "multigammaln", "ndtri", "xlog1py", "xlogy", "zeta",
))
# fmt: on
"""The names in `torch.special` with these values and these gradients, to 1e-12. Those of `digamma`,
`erfcx`, `ndtr` (3e-4 in its tail) and `sinc` are less exact (torch 2.13)."""
NUMBERS = (0.5, 1.5, 2.5, 0.25, 0.75, -0.5)
"""Points to show, where the domain has them."""


def beside_scipy(op: Any) -> Mapping[str, str]:
    """The sections that an entry of the catalogue has and other ops have not."""
    names = sorted((n for n, entry in special.CATALOGUE.items() if entry is op), key=op.name.__ne__)
    if not names:
        return {}
    also = [f"{', '.join(f'scipy.special.{name}' for name in names)} : The same on arrays."]
    notes = ""
    if op.name in NATIVE:
        also.append(f"torch.special.{op.name} : The same, native.")
        notes = (
            f"torch.special.{op.name} is native, and the same inside these intervals, derivative "
        )
        notes += "and all."
    return {"See Also": "\n".join(also), "Notes": notes, "Examples": example(op)}


def example(op: Any) -> str:
    """A session that prints the value and the gradients at a point inside the domain."""
    given = arguments(op)
    if given is None:
        return ""
    session = _Session()
    session.run("import torch")
    session.run("from npbridge import special")
    written = [n for n in given if state(op, n) == "written"]
    for name in written:
        number = f"{given[name]}, dtype=torch.float64, requires_grad=True"
        session.run(f"{name} = torch.tensor({number})")
    values = []
    for name, x in given.items():
        by_name = has_default(op, name) or name not in op.parameters.positional
        values.append(f"{name}=" if by_name else "")
        values[-1] += name if name in written else repr(x)
    result = "y" if "y" not in given else "out"
    session.run(f"{result} = special.{op.name}({', '.join(values)})")
    first = session.names[result]
    while isinstance(first, (tuple, list)):
        result, first = f"{result}[0]", first[0]
    session.show(result)
    if written:
        result += ".real" if first.is_complex() else ""
        result += "" if first.ndim == 0 else ".sum()"
        listed = written[0] if len(written) == 1 else f"({', '.join(written)})"
        session.show(f"torch.autograd.grad({result}, {listed})")
    return "\n".join(session.lines)


def arguments(op: Any) -> dict[str, Any] | None:
    """A point inside the domain, by name; None for an op that does not say where it may lie.

    Arguments that may be left out are, unless tests go where they have another value. Of what is
    not elementwise it is one of the points that the entry says the derivatives at.
    """
    if not op.elementwise:
        points = [p for p, stated in op.edges if _finite((p, tuple(stated.values())))]
        if not points:
            return None
        pairs = zip(op.names, points[0], strict=False)
        return {n: x for n, x in pairs if not (has_default(op, n) and _is_default(op, n, x))}
    listed = domains.read(op.name, op.names, op.domain)
    starts = iter(range(len(op.names)))
    found: dict[str, Any] = {}
    for name in op.names:
        if has_default(op, name):
            domain = listed.get(name)
            if isinstance(domain, domains.Choices) and not any(
                _is_default(op, name, x) for x in domain.values
            ):
                found[name] = domain.values[0]
            continue
        low, high = (getattr(listed[name], side) for side in ("low", "high"))
        if state(op, name) == "integer":
            found[name] = int(min(low + 2, high))
        else:
            found[name] = inside(low, high, next(starts))
    return found


def _finite(x: Any) -> bool:
    if isinstance(x, (tuple, list)):
        return all(map(_finite, x))
    return not isinstance(x, (float, complex)) or abs(x) < math.inf


def _is_default(op: Any, name: str, x: Any) -> bool:
    default = op.parameters.signature.parameters[name].default
    return bool(x is None or x is default or x == default)


def inside(low: float, high: float, start: int) -> float:
    """A number with few digits between two others, and not the same for every argument."""
    order = NUMBERS[start % 3 :] + NUMBERS[: start % 3]
    near = [x for x in order if low < x < high]
    if near:
        return near[0]
    point = low + 0.6 * (high - low)
    return round(point, 2 - math.floor(math.log10(abs(point)))) if point else point


class _Session:
    """Lines that are run as they are written, and what they print."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.names: dict[str, Any] = {}

    def run(self, statement: str) -> None:
        """A line that prints nothing."""
        self.lines.append(f">>> {statement}")
        with torch.enable_grad():
            exec(statement, self.names)  # noqa: S102  # our own text, see above

    def show(self, expression: str) -> None:
        """A line that prints its value."""
        with torch.enable_grad():
            value = eval(expression, self.names)  # noqa: S307  # our own text, see above
        self.lines += [f">>> {expression}", repr(value)]
