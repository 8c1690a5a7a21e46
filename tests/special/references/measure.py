"""How far an entry is from its stored references."""

from dataclasses import dataclass

import numpy as np
import torch

from references.points import kinds

D = torch.float64
EPS = 2.0**-52
UNDERFLOW, OVERFLOW = 1e-290, 1e300
BOUND = {0: 1e-9, 1: 1e-9, 2: 1e-8, 3: 1e-6}
"""Of relative errors, by order; besides what the rounding of the arguments makes of them."""


@dataclass(frozen=True)
class Error:
    """One number beside its reference."""

    row: list
    sequence: tuple
    expected: complex
    got: complex
    allowed: float

    @property
    def relative(self):
        """Relative to the reference; infinite where NaN came out, or something where 0 is true."""
        if self.expected == 0 or abs(self.expected) < UNDERFLOW:
            return 0.0 if abs(self.got) < 1e3 * UNDERFLOW else np.inf
        error = abs(self.got - self.expected) / abs(self.expected)
        return error if np.isfinite(error) else np.inf

    @property
    def share(self):
        """Of what is allowed."""
        if abs(self.expected) < UNDERFLOW:
            return 0.0 if abs(self.got) < 1e3 * UNDERFLOW else np.inf
        share = abs(self.got - self.expected) / self.allowed
        return share if np.isfinite(share) else np.inf


def arguments(op, listed, *, complex=False):  # noqa: A002  # what else to call it
    """The arguments by name, of rows with the same integers: ints, and tensors with gradients."""
    integers, _, written = kinds(op)
    found = {}
    for k, name in enumerate(op.names):
        column = [_number(row[k]) for row in listed]
        if name in integers:
            found[name] = column[0]
        else:
            held = torch.complex128 if complex and name in op.holomorphic else D
            found[name] = torch.tensor(column, dtype=held, requires_grad=name in written)
    return found


def _number(x):
    return complex(*x) if isinstance(x, list) else x


def grouped(op, listed):
    """The places of rows that have the same integers."""
    integers = [k for k, name in enumerate(op.names) if name in kinds(op)[0]]
    found = {}
    for i, row in enumerate(listed):
        found.setdefault(tuple(row[k] for k in integers), []).append(i)
    return list(found.values())


def derivatives(op, listed, sequence, *, complex=False):  # noqa: A002  # what else to call it
    """A derivative of every output, by reverse mode over reverse mode, as lists of arrays."""
    found = None
    for places in grouped(op, listed):
        given = arguments(op, [listed[i] for i in places], complex=complex)
        y = op(**given)
        columns = [
            _derivative(each, given, sequence, complex=complex)
            for each in (y if isinstance(y, tuple) else [y])
        ]
        if found is None:
            found = [np.empty(len(listed), dtype=np.complex128) for _ in columns]
        for whole, column in zip(found, columns, strict=True):
            whole[places] = column
    return found


def _derivative(y, given, sequence, *, complex):  # noqa: A002  # what else to call it
    if y.is_complex() and not complex:
        return _pulled(y.real, given, sequence) + 1j * _pulled(y.imag, given, sequence)
    return _pulled(y, given, sequence)


def _pulled(y, given, sequence):
    for k, name in enumerate(sequence, 1):
        if not y.requires_grad:
            return torch.zeros_like(y).detach().numpy()
        (y,) = torch.autograd.grad(
            y,
            given[name],
            torch.ones_like(y),
            create_graph=k < len(sequence),
            materialize_grads=True,
            retain_graph=True,
        )
        y = y.conj() if y.is_complex() else y  # torch's gradient is the conjugate
    return y.detach().resolve_conj().numpy()


def errors(op, entry, sequence, *, complex=False):  # noqa: A002  # what else to call it
    """Every number of an entry that has a reference, beside it, by output."""
    kind = "complex" if complex else "real"
    references = entry[kind][",".join(sequence)]
    listed = entry["complex rows" if complex else "rows"][: len(references)]
    with np.errstate(all="ignore"):
        got = derivatives(op, listed, sequence, complex=complex)
    values = derivatives(op, listed, (), complex=complex)
    found = [[] for _ in got]
    for i, (row, expected) in enumerate(zip(listed, references, strict=True)):
        for k, e in enumerate(expected):
            if e is None or not np.isfinite(values[k][i]) or abs(_number(e)) > OVERFLOW:
                continue
            e = _number(e)  # noqa: PLW2901
            room = 4 * EPS * _sensitivity(op, entry, kind, row, sequence, i, k)
            allowed = BOUND[len(sequence)] * abs(e) + room
            found[k].append(Error(row, sequence, e, got[k][i], max(allowed, UNDERFLOW)))
    return found


def _sensitivity(op, entry, kind, row, sequence, i, k):
    """How much a derivative changes with its arguments, relative to theirs, where it is known."""
    total = 0.0
    _, floats, _ = kinds(op)
    for name, x in zip(op.names, row, strict=True):
        if name not in floats:
            continue
        higher = sorted((*sequence, name), key=op.names.index)
        listed = entry[kind].get(",".join(higher)) or entry[kind].get(",".join((*sequence, name)))
        if (
            listed is not None
            and i < len(listed)
            and k < len(listed[i])
            and listed[i][k] is not None
        ):
            total += abs(_number(x)) * abs(_number(listed[i][k]))
    return total


def measured(op, entry):
    """A line for each derivative that is stored."""
    for kind in ("real", "complex"):
        for key in entry.get(kind, {}):
            sequence = tuple(key.split(",")) if key else ()
            if set(sequence) - set(kinds(op)[2]):
                continue
            for k, found in enumerate(errors(op, entry, sequence, complex=kind == "complex")):
                relative = [e.relative for e in found]
                worst = max(found, key=lambda e: e.share, default=None)
                if worst is None:
                    yield f"{kind:7s} {key or 'value':8s} [{k}] no point"
                    continue
                bad = "" if worst.share <= 1 else "   <-- BAD"
                yield (
                    f"{kind:7s} {key or 'value':8s} [{k}] {len(found):3d} points, median "
                    f"{np.median(relative):.1e}, worst {max(relative):.1e}; of what is allowed "
                    f"{worst.share:.1e} at {worst.row}: expected {worst.expected!r}, "
                    f"got {worst.got!r}{bad}"
                )
