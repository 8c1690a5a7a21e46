"""The three states a partial derivative can be in: a formula, unwritten, or of an integer."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Unwritten:
    """A derivative that exists and that nobody has written yet."""

    why: str
    see: str = ""


@dataclass(frozen=True)
class Integer:
    """An argument that takes integers, so that there is no derivative."""

    why: str
    static: bool = False


def unwritten(why: str, *, see: str = "") -> Unwritten:
    """Say of an argument that its derivative exists but is not written, and why.

    Parameters
    ----------
    why
        The reason, which completes "there is no derivative: ...".
    see
        Where the derivative can be found.

    Examples
    --------
    >>> from npbridge import unwritten
    >>> unwritten("the derivative in the order is an infinite series", see="DLMF 10.15.1")
    Unwritten(why='the derivative in the order is an infinite series', see='DLMF 10.15.1')
    """
    return Unwritten(why, see)


def integer(why: str, *, static: bool = False) -> Integer:
    """Say of an argument that it takes integers only.

    Parameters
    ----------
    why
        What the argument counts, for the message.
    static
        Whether it is one Python int for a whole call, as the order of a derivative is, and never a
        tensor of them.

    Examples
    --------
    >>> from npbridge import integer
    >>> integer("the order of a derivative")
    Integer(why='the order of a derivative', static=False)
    """
    return Integer(why, static)
