"""What mpmath says of every entry, and the points at which entries are compared with it.

A reference is the function itself: its derivatives are taken by `mpmath.diff`, so that they owe
nothing to the formulas under test.
"""

import itertools
import pkgutil
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module

import mpmath as mp
import numpy as np

from npbridge import special
from npbridge._elementwise import ElementwiseOp
from npbridge._partials import Integer, Unwritten

CHAPTERS = [
    import_module(f"npbridge.special.{m.name}") for m in pkgutil.iter_modules(special.__path__)
]
OPS = {
    op.name: op
    for chapter in CHAPTERS
    for op in vars(chapter).values()
    if isinstance(op, ElementwiseOp)
}
HELPERS = {name: op for name, op in OPS.items() if name not in special.CATALOGUE}

UNDERFLOW, OVERFLOW = 1e-290, 1e300
SLOW = {"gammaln", "psi", "polygamma"}  # SciPy takes seconds below -1e5, where it sums terms


def gamma_tail(a, x):
    """P(a, x) up to a constant that keeps the smaller tail."""
    if x < a:
        return mp.gammainc(a, 0, x, regularized=True)
    return -mp.gammainc(a, x, mp.inf, regularized=True)


def density(a, x):
    return mp.exp((a - 1) * mp.log(x) - x - mp.loggamma(a))


def normal(x):
    return mp.erfc(-x / mp.sqrt(2)) / 2


@dataclass(frozen=True)
class Reference:
    """A function of mpmath, and the argument whose derivatives an entry's integer n counts."""

    function: Callable
    counted: str | None = None


REFERENCES = {
    "erf": Reference(mp.erf),
    "erfc": Reference(mp.erfc),
    "erfcx": Reference(lambda x: mp.exp(x * x) * mp.erfc(x)),
    "erfcx_dn": Reference(lambda x: mp.exp(x * x) * mp.erfc(x), counted="x"),
    "gamma_density_da": Reference(density, counted="a"),
    "gammainc": Reference(gamma_tail),
    "gammainc_da": Reference(gamma_tail, counted="a"),
    "gammaincc": Reference(lambda a, x: -gamma_tail(a, x)),
    "gammaln": Reference(lambda x: mp.log(abs(mp.gamma(x)))),
    "j0": Reference(lambda x: mp.besselj(0, x)),
    "j1": Reference(lambda x: mp.besselj(1, x)),
    "jv": Reference(mp.besselj),
    "log_ndtr": Reference(lambda x: mp.log(normal(x))),
    "ndtr": Reference(normal),
    "normal_hazard": Reference(lambda x: mp.npdf(x) / normal(x)),
    "polygamma": Reference(mp.digamma, counted="x"),
    "psi": Reference(mp.digamma),
    "quotient": Reference(lambda n, x, y: x / y**n),
    "xlogy": Reference(lambda x, y: x * mp.log(y)),
}


def kinds(op):
    """The arguments of an entry: integer ones, floating ones, and those with a formula."""
    integers = [n for n in op.names if isinstance(op.partials[n], Integer)]
    floats = [n for n in op.names if n not in integers]
    written = [n for n in floats if not isinstance(op.partials[n], Unwritten)]
    return integers, floats, written


def sequences(op, order):
    """Every order in which to differentiate `order` times."""
    return list(itertools.product(kinds(op)[2], repeat=order))


@dataclass(frozen=True)
class Points:
    """Points of one entry: a value for each integer argument, a column for each floating one."""

    op: ElementwiseOp
    integers: dict
    columns: dict

    def rows(self):
        """The points one by one, as mappings of all arguments."""
        for row in zip(*self.columns.values(), strict=True):
            yield self.integers | dict(zip(self.columns, map(float, row), strict=True))

    def __len__(self):
        return len(next(iter(self.columns.values())))


def points(op, *, inside=6, beyond=True):
    """Points inside the domain of an entry and, one argument at a time, of all magnitudes."""
    if op.name == "gammainc_da":  # mpmath is slow, and test_incomplete_gamma.py goes far
        inside, beyond = 1, False
    integers, floats, _ = kinds(op)
    rng = np.random.default_rng(zlib.crc32(op.name.encode()))

    def draw():
        return {name: rng.uniform(*op.domain[name]) for name in floats}

    rows = [draw() for _ in range(inside)]
    for name in floats if beyond else []:
        high = max(map(abs, op.domain[name]))
        for size in (1e-30, 1e-12, 1e-5, 1e-2, 1.3 * high, 5 * high, 30 * high, 1e5):
            rows += [draw() | {name: sign * size * rng.uniform(1, 1.1)} for sign in (1, -1)]
    if op.name in SLOW:
        rows = [row for row in rows if min(row.values()) > -1e5]
    columns = {name: np.array([row[name] for row in rows]) for name in floats}
    count = 1 if op.name == "gammainc_da" else 2
    lows = {name: range(op.domain[name][0], op.domain[name][0] + count) for name in integers}
    return [
        Points(op, dict(zip(lows, choice, strict=True)), columns)
        for choice in itertools.product(*lows.values())
    ]


@cache
def _differentiated(function, point, orders):
    """A derivative with ever more digits until two agree to 1e-20; None where there is none."""
    before = None
    for digits in (40, 50, 100, 200, 400, 800):
        with mp.workdps(digits):
            start = [mp.mpf(x) for x in point]

            # In relative steps from the point: mpmath's own are absolute.
            def scaled(*steps, start=start):
                return function(*[x * (1 + t) for x, t in zip(start, steps, strict=True)])

            try:
                value = mp.diff(scaled, (mp.mpf(0),) * len(point), orders)
            except (ValueError, OverflowError, ZeroDivisionError, mp.libmp.NoConvergence):
                return None  # a pole, or outside what mpmath can reach
            value /= mp.fprod(x**n for x, n in zip(start, orders, strict=True))
            if mp.im(value) != 0 or not mp.isfinite(value):
                return None  # outside the real domain
            if before and value and abs(value - before) <= abs(value) / mp.mpf(10) ** 20:
                return mp.re(value)
            before = value
    assert abs(before) < 1e-300, "mpmath's digits ran out"
    return mp.mpf(0)


def exact(op, row, sequence):
    """The derivative of an entry by mpmath at one point, or None where it has none."""
    reference = REFERENCES[op.name]
    orders = {name: sequence.count(name) for name in op.names}
    if reference.counted is None:
        return _differentiated(reference.function, tuple(row.values()), tuple(orders.values()))
    n = row["n"]
    orders[reference.counted] += n
    names = [name for name in op.names if name != "n"]
    return _differentiated(
        reference.function, tuple(row[k] for k in names), tuple(orders[k] for k in names)
    )
