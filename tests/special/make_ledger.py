"""Write the ledger of the catalogue, npbridge/special/LEDGER.md.

    python tests/special/make_ledger.py

Formulas are read off the source; errors are measured at the stored references.
"""

import ast
import functools
import inspect
import linecache
from collections import defaultdict
from pathlib import Path

import numpy as np
from references import CHAPTERS, OPS, REFERENCES, stored
from references.measure import errors

from npbridge import NumpyOp, special
from npbridge._docstring import interval, reason, signature, state
from npbridge._rule import Kind
from npbridge.errors import MissingDerivativeError
from npbridge.special._reasons import reaches

PAGE = Path(special.__file__).with_name("LEDGER.md")
HEAD = """\
# Ledger of `npbridge.special`

By chapter, every function with its source and, for each argument: the interval or domain of the
checks; the partial derivative, in which `out` is the value of the function, or why there is none;
how often it can be differentiated; and the relative error of first derivatives, in the median and
at worst, against mpmath. Points lie in the domain and far beyond; where a derivative passes through
zero, the worst error has the rounding of the argument in it. *Auxiliary* ops are what formulas are
made of, and not names of `npbridge.special`.

`python tests/special/make_ledger.py` writes this page, `python -m npbridge ledger PATTERN` prints
parts of it.
"""


def ledger(measure):
    """The page; `measure` says of an op and an argument what is said of errors."""
    chapters = defaultdict(list)
    for op in {**OPS, **special.CATALOGUE}.values():
        if op not in chapters[op.__module__]:
            chapters[op.__module__].append(op)
    parts = [HEAD]
    for module in sorted(chapters):
        doc = CHAPTERS[module.rpartition("._")[2]].__doc__.partition("\n")[0]
        parts.append(f"## {doc}\n")
        parts += [entry(op, measure) for op in chapters[module]]
    return "\n".join(parts)


def entry(op, measure):
    """One op."""
    names = [name for name, known in special.CATALOGUE.items() if known is op]
    also = [name for name in names if name != op.name]
    heading = f"### {op.name}{signature(op)}"
    heading += f", also {', '.join(also)}" if also else ""
    heading += "" if names else ", auxiliary"
    lines = [f"{heading}\n", f"{op.title} Source: {op.source}.\n"]
    return "\n".join([*lines, *(argument(op, name, measure) for name in op.names), ""])


def argument(op, name, measure):
    """One argument."""
    where = f"`{name}`" + (f" in {interval(op, name)}" if interval(op, name) else "")
    what = state(op, name)
    if what == "constant":
        return f"- {where}: an option"
    if what == "integer":
        return f"- {where}: integers, {reason(op, name)}"
    if what == "unwritten":
        return f"- {where}: not written, {reason(op, name)}"
    if not op.elementwise:
        return f"- {where}: {rule(op, name)}"
    partial = op.partials[name]
    found = measure(op, name)
    said = [formula(op, partial), orders(partial, name), *([found] if found else [])]
    return f"- {where}: {'; '.join(said)}"


# -- formulas -------------------------------------------------------------------------------------


def formula(op, partial):
    """A lambda in one line; of a named function its name and what its docstring says first."""
    partial = partial.func if isinstance(partial, functools.partial) else partial
    if partial.__name__ != "<lambda>":
        return named(partial)
    body = expression(partial)
    text = f"`{ast.unparse(body)}`"
    is_next = (
        isinstance(body, ast.Call)
        and isinstance(body.func, ast.Name)
        and body.func.id == op.name
        and any(_next(a) for a in body.args)
    )
    helpers = [
        named(value)
        for name, value in inspect.getclosurevars(partial).globals.items()
        if inspect.isfunction(value)
        and value.__module__.startswith("npbridge.special")
        and value is not reaches
        and inspect.getdoc(value)
    ]
    text += ", the next of the family" if is_next else ""
    return f"{text}, with {' and '.join(helpers)}" if helpers else text


def named(function):
    """A function by its name and the first line of its docstring."""
    said = inspect.getdoc(function)
    first = said.partition("\n")[0].rstrip(".") if said else ""
    return f"`{function.__name__}`" + (f" ({first})" if first else "")


def rule(op, name):
    """What pulls back a cotangent to an argument of an op that is not elementwise."""
    found = op.rules.vjp.get(name) or op.rules.vjp.get(None)
    if found is None:
        return "no vjp"
    often = "first order" if found.kind is Kind.NUMPY else "any order"
    return f"by the vjp {named(found.fn)}; {often}"


def _next(argument):
    """Whether it is n + 1, or that as far as the family reaches."""
    if isinstance(argument, ast.Call):
        return isinstance(argument.func, ast.Name) and argument.func.id == "reaches"
    return ast.unparse(argument) == "n + 1"


@functools.cache
def _tree(filename):
    return ast.parse("".join(linecache.getlines(filename)))


def expression(function):
    """The body of a lambda, found by the place of its code in its file."""
    code = function.__code__
    places = [p for p in code.co_positions() if None not in p]
    inside = {(p[0], p[2]) for p in places if p[1] != p[0] or p[2] != p[3]}
    found = [
        node.body
        for node in ast.walk(_tree(code.co_filename))
        if isinstance(node, ast.Lambda)
        and node.lineno == code.co_firstlineno
        and [a.arg for a in node.args.args] == list(code.co_varnames[: code.co_argcount])
        and all(
            (node.body.lineno, node.body.col_offset)
            <= place
            <= (node.body.end_lineno, node.body.end_col_offset)
            for place in inside
        )
    ]
    (body,) = found
    return body


# -- how often ------------------------------------------------------------------------------------


def orders(partial, name):
    """Whether a formula for an argument leads to a family that ends, and where."""
    highest = min(limits(partial, frozenset({name, "out"}), set()), default=None)
    if highest is None:
        return "any order"
    return "up to an order that the error states" if highest == np.inf else f"up to order {highest}"


def limits(thing, moved, seen):
    """The orders at which families end that come up in repeated derivatives of a formula.

    Only what depends on arguments of the formula that are `moved` is differentiated: the order of
    a Bessel function, say, is a constant of derivatives in z.
    """
    if isinstance(thing, functools.partial):
        thing, moved = thing.func, frozenset(inspect.signature(thing.func).parameters)
    if (id(thing), moved) in seen:
        return set()
    seen.add((id(thing), moved))
    if not inspect.isfunction(thing) or not thing.__module__.startswith("npbridge.special"):
        return set()
    closure = inspect.getclosurevars(thing)
    values = dict(closure.globals) | closure.nonlocals
    tree = expression(thing) if thing.__name__ == "<lambda>" else _definition(thing)
    moved = _dependent(tree, set(moved))
    found, called = set(), set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called.add(id(node.func))
            arguments = [*enumerate(node.args), *((k.arg, k.value) for k in node.keywords)]
            given = {key for key, value in arguments if _names(value) & moved}
            starred = any(isinstance(a, ast.Starred) for a in node.args)
            found |= _of(_value(node.func, values), None if starred else given, seen)
    for node in ast.walk(tree):
        if isinstance(node, ast.Name | ast.Attribute) and id(node) not in called:
            found |= _of(_value(node, values), None, seen)  # a function that something else calls
    if any(value is reaches for value in values.values()):
        found |= set(map(int, _highest(thing)))
    if any(value is MissingDerivativeError for value in values.values()):
        found.add(np.inf)  # it says itself where it ends
    return found


def _of(callee, given, seen):
    """The limits of what is called with dependent arguments, by place or name; None: with any."""
    if isinstance(callee, NumpyOp):
        names = list(callee.names) if callee.elementwise else []
    elif inspect.isfunction(callee):
        names = list(inspect.signature(callee).parameters)
    else:
        return set()
    given = set(range(len(names))) | set(names) if given is None else given
    moved = frozenset(n for i, n in enumerate(names) if {i, n} & given)
    if inspect.isfunction(callee):
        return limits(callee, moved, seen)
    partials = (callee.partials[n] for n in moved)
    return set().union(*(limits(p, moved | {"out"}, seen) for p in partials))


def _value(node, values):
    """What a name means, or an attribute of a module."""
    if isinstance(node, ast.Name):
        return values.get(node.id)
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        module = values.get(node.value.id)
        return getattr(module, node.attr, None) if inspect.ismodule(module) else None
    return None


def _names(node):
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}


def _dependent(tree, names):
    """The names in a function that depend on some of its parameters."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Lambda):
            names |= {a.arg for a in node.args.args}
    before = None
    while before != names:
        before = set(names)
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign | ast.AugAssign | ast.For | ast.comprehension):
                source = node.iter if isinstance(node, ast.For | ast.comprehension) else node.value
                if _names(source) & names:
                    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                    names |= set().union(*map(_names, targets))
    return names


def _highest(function):
    """The last argument of the calls of `reaches` in a function."""
    tree = expression(function) if function.__name__ == "<lambda>" else _definition(function)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "reaches":
            counts = dict.fromkeys(function.__code__.co_varnames, 0)  # of the other orders
            yield eval(ast.unparse(node.args[2]), function.__globals__, counts)  # noqa: S307  # our own


def _definition(function):
    return ast.parse(inspect.getsource(function).strip())


# -- errors ---------------------------------------------------------------------------------------


@functools.cache
def _data(chapter):
    return stored(chapter)


def measured(op, name):
    """The errors of first derivatives at the stored references; empty where there are none."""
    data = _data(op.__module__.rpartition("._")[2]).get(op.name)
    if data is None or op.name not in REFERENCES:
        return ""
    found = []
    for kind in ("real", "complex"):
        if name in data.get(kind, {}):
            for each in errors(op, data, (name,), complex=kind == "complex"):
                found += [e.relative for e in each]
    if not found:
        return "not measured"
    middle, worst = np.median(found), max(found)
    return f"error {middle:.1e} in the median, {worst:.1e} at worst, of {len(found)} points"


if __name__ == "__main__":
    np.seterr(all="ignore")
    PAGE.write_text(ledger(measured), encoding="utf-8")
