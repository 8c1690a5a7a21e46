"""What mpmath says of every entry: functions, points, and numbers computed once.

`python tests/special/make_references.py` computes them and stores them beside the tests; a chapter
of the catalogue has its module of references here, under the same name.
"""

import json
import pkgutil
from importlib import import_module
from pathlib import Path

from npbridge import special
from npbridge._elementwise import ElementwiseOp
from npbridge._op import NumpyOp
from references._reference import Reference as Reference
from references._reference import derivative as derivative

CHAPTERS = {
    m.name.removeprefix("_"): import_module(f"npbridge.special.{m.name}")
    for m in pkgutil.iter_modules(special.__path__)
}
OPS = {
    op.name: op
    for chapter in CHAPTERS.values()
    for op in vars(chapter).values()
    if isinstance(op, ElementwiseOp)
}
ENTRIES = {n: op for n, op in special.CATALOGUE.items() if isinstance(op, ElementwiseOp)}
"""The elementwise entries, by each of their names."""
ARRAYS = {
    op.name: op
    for chapter in CHAPTERS.values()
    for op in vars(chapter).values()
    if isinstance(op, NumpyOp) and op.title and not isinstance(op, ElementwiseOp)
}
"""The entries that are not elementwise: see `test_arrays`."""
HELPERS = {name: op for name, op in OPS.items() if op not in special.CATALOGUE.values()}
DATA = Path(__file__).parent / "data"
_OWN = ("points", "measure", "_reference", "_roots")


def _modules():
    names = [m.name for m in pkgutil.iter_modules(__path__) if m.name not in _OWN]
    return {name: import_module(f"references.{name}") for name in names}


BY_CHAPTER = {
    name: module.REFERENCES for name, module in _modules().items() if hasattr(module, "REFERENCES")
}
FUNCTIONS, SAMPLES = (
    {
        name: entry
        for module in _modules().values()
        for name, entry in getattr(module, table, {}).items()
    }
    for table in ("FUNCTIONS", "SAMPLES")
)
"""Of the entries that are not elementwise: a function of mpmath numbers, and arguments."""
REFERENCES = {name: r for table in BY_CHAPTER.values() for name, r in table.items()}


def stored(chapter):
    """What was computed for a chapter, by entry."""
    path = DATA / f"{chapter}.json"
    return json.loads(path.read_text()) if path.exists() else {}


def exact(op, row, sequence):
    """The derivative of an entry by mpmath at a point given by name; None if there is none."""
    reference = REFERENCES[op.name]
    orders = {name: sequence.count(name) for name in op.names}
    point = {name: row[name] for name in op.names}
    reference.count(point, orders)
    return derivative(reference.function, tuple(point.values()), tuple(orders.values()))
