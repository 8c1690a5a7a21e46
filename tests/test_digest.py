"""A digest is the same in every process, and another one after any change that may matter."""

import copy
import functools
import json
import os
import subprocess
import sys
from types import ModuleType

import numpy as np
import pytest
import scipy
import scipy.linalg.lapack
import scipy.special
import torch
from hypothesis import given
from hypothesis import strategies as st

from npbridge._digest import digest

PLAIN = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary()
DATA = st.recursive(
    PLAIN | st.complex_numbers(),
    lambda inner: (
        st.lists(inner)
        | st.lists(inner).map(tuple)
        | st.dictionaries(st.text() | st.integers(), inner)
    ),
    max_leaves=10,
)

RULES = """
import enum, functools, math
from dataclasses import dataclass, field
import numpy as np
import scipy.linalg.lapack, scipy.special
import torch

TABLE = {"b": [1, 2.5], "a": {"x", "y", ("z", 1)}}
WEIGHTS = np.arange(3.0)
HALF = torch.ones(2, dtype=torch.bfloat16)

class Mode(enum.Enum):
    FAST = 1
    def label(self): return self.name

class Slotted:
    __slots__ = ("a",)
    def __init__(self): self.a = 1

@dataclass
class Setting:
    scale: float = 2.0
    parts: list = field(default_factory=list)
    def apply(self, x):
        assert x in {"left", "right", "both"}
        return self.scale * x

class Derived(Setting):
    def apply(self, x): return super().apply(x)

def even(n): return n == 0 or odd(n - 1)
def odd(n): return n != 0 and even(n - 1)

def rule(x, *, mode=Mode.FAST, setting=Derived(3.0)):
    from scipy.special import erf
    inner = lambda y: math.sin(y) + scipy.special.gamma(y) + np.linalg.norm(y)
    return inner(x) * TABLE["b"][0] + WEIGHTS @ x, HALF, Slotted().a, missing_name, erf

SAME = {
    "rule": rule, "even": even, "method": Setting().apply, "type": Derived, "slots": Slotted(),
    "partial": functools.partial(rule, 1), "cached": functools.lru_cache(rule),
    "lapack": scipy.linalg.lapack.dgesv, "ufunc": scipy.special.gamma, "torch": torch.sin,
    "builtin": "abc".join, "spread": np.sum, "dtype": np.dtype([("a", "f8")]),
    "generator": np.random.default_rng(0), "wide": 10 ** 5000, "float32": np.float32(0.5),
}
UNKNOWN = {
    "open": (n for n in ()), "python": np.frompyfunc(even, 1, 1),
    "inside": [open(__file__)], "closure": (lambda g: lambda: g)(n for n in ()),
}
"""

PRINTING = """
import json, rules
from npbridge._digest import digest
tables = rules.SAME, rules.UNKNOWN
print(json.dumps([{name: digest(x) for name, x in table.items()} for table in tables]))
"""

CHANGES = {
    "body": ("def f(x): return x + 1", "def f(x): return x + 2"),
    "type of a constant": ("def f(x): return x + 1", "def f(x): return x + 1.0"),
    "operator": ("def f(x): return x + 1", "def f(x): return x - 1"),
    "attribute": ("def f(x): return x.real", "def f(x): return x.imag"),
    "inner function": ("f = lambda: lambda: 1", "f = lambda: lambda: 2"),
    "default": ("def f(x, y=1): return y", "def f(x, y=2): return y"),
    "keyword default": ("def f(*, y=1): return y", "def f(*, y=2): return y"),
    "closure": ("f = (lambda a: lambda: a)(1)", "f = (lambda a: lambda: a)(2)"),
    "global": ("a = 1\nf = lambda: a", "a = 2\nf = lambda: a"),
    "global of an inner function": ("a = 1\nf = lambda: lambda: a", "a = 2\nf = lambda: lambda: a"),
    "global that is missing": ("f = lambda: a", "a = None\nf = lambda: a"),
    "helper": (
        "g = lambda: 1\nh = lambda: g()\nf = lambda: h()",
        "g = lambda: 2\nh = lambda: g()\nf = lambda: h()",
    ),
    "array": (
        "import numpy as np\nf = (lambda a: lambda: a)(np.array([1, 2]))",
        "import numpy as np\nf = (lambda a: lambda: a)(np.array([1, 3]))",
    ),
    "method": (
        "class C:\n def m(self): return 1\nf = lambda: C().m()",
        "class C:\n def m(self): return 2\nf = lambda: C().m()",
    ),
    "base": (
        "class B: a = 1\nclass C(B): pass\nf = lambda: C.a",
        "class B: a = 2\nclass C(B): pass\nf = lambda: C.a",
    ),
    "property": (
        "class C: p = property(lambda self: 1)\nf = C().__class__",
        "class C: p = property(lambda self: 2)\nf = C().__class__",
    ),
    "instance": (
        "class C:\n def __init__(self, a): self.a = a\nc = C(1)\nf = lambda: c.a",
        "class C:\n def __init__(self, a): self.a = a\nc = C(2)\nf = lambda: c.a",
    ),
    "slot": (
        "class C:\n __slots__ = 'a',\n def __init__(self, a): self.a = a\nf = C(1)",
        "class C:\n __slots__ = 'a',\n def __init__(self, a): self.a = a\nf = C(2)",
    ),
    "enum": (
        "import enum\nclass E(enum.Enum): A = 1\nf = lambda: E.A",
        "import enum\nclass E(enum.Enum): A = 2\nf = lambda: E.A",
    ),
    "partial": (
        "import functools\nf = functools.partial(max, 1)",
        "import functools\nf = functools.partial(max, 2)",
    ),
    "function under a library's name": (
        "import functools, math\n@functools.wraps(math.sin)\ndef f(x): return x",
        "import functools, math\n@functools.wraps(math.sin)\ndef f(x): return -x",
    ),
    "attribute of a function": (
        "def f(): return f.a\nf.a = 1",
        "def f(): return f.a\nf.a = 2",
    ),
    "function within a library's": (
        "import contextlib\n@contextlib.contextmanager\ndef f(): yield 1",
        "import contextlib\n@contextlib.contextmanager\ndef f(): yield 2",
    ),
    "handler": (
        "def f():\n try: g()\n except ValueError: return 1\n h()",
        "def f():\n try: g(); h()\n except ValueError: return 1",
    ),
}

DISTINCT = [
    1, True, 1.0, 1 + 0j, "1", b"1", np.float64(1), np.float32(1), np.int64(1), np.array(1.0),
    0.0, -0.0, float("nan"), 0, False, None, ..., "", b"", NotImplemented,
    [], (), {}, set(), frozenset(), [[]], [()], ([],), [[], []], range(0), slice(None),
    ("ab", "c"), ("a", "bc"), ("abc",), (("ab",), "c"), ("ab", ("c",)), ["ab", "c"],
    {"a": 1, "b": 2}, {"b": 2, "a": 1}, (("a", 1), ("b", 2)), {"a", "b"}, {"ab"},
    np.zeros(2), np.zeros((2, 1)), np.zeros((1, 2)), np.zeros(2, np.int64), np.zeros(2, object),
    np.array([0, None], object), np.dtype("f8"), np.dtype(">f8"), np.dtype([("a", "f8")]),
    np.float64,
    torch.zeros(2), torch.zeros(2, requires_grad=True), torch.zeros(2, dtype=torch.bfloat16),
    torch.zeros(1, 2), torch.nn.Parameter(torch.zeros(2)), torch.nn.Parameter(torch.zeros(2),
    False),
    torch.tensor([1j]), torch.tensor([1j]).conj(), torch.zeros(0), torch.float64,
    torch.device("cpu"),
    np.sin, np.cos, scipy.special.gamma, scipy.special.gammaln, torch.sin, np.add.reduce,
    np.linalg.norm,
    scipy.linalg.lapack.dgesv, scipy.linalg.lapack.sgesv, abs, len, "abc".join, "abd".join, int,
    str,
    functools.partial(max, 1), functools.partial(max, key=1), functools.partial(min, 1),
    np, scipy, torch,
]  # fmt: skip


def made(source, name="f", **given):
    """What `name` is after running the source of a user's module."""
    namespace = {"__name__": "user", **given}
    exec(compile(source, "user.py", "exec"), namespace)  # noqa: S102 (the sources are above)
    return namespace[name]


def module(name, **attributes):
    """Make a user's module."""
    made = ModuleType(name)
    vars(made).update(attributes)
    return made


@pytest.fixture(scope="module")
def processes(tmp_path_factory):
    """Digests in two processes that order their sets differently: the same, then the unknown."""
    folder = tmp_path_factory.mktemp("rules")
    (folder / "rules.py").write_text(RULES)
    run = functools.partial(subprocess.run, [sys.executable, "-c", PRINTING], cwd=folder)
    return [
        json.loads(
            run(env=os.environ | {"PYTHONHASHSEED": seed}, capture_output=True, check=True).stdout
        )
        for seed in "12"
    ]


def test_same_in_every_process(processes):
    (first, _), (second, _) = processes
    assert first == second
    assert len(set(first.values())) == len(first)
    assert all(len(bytes.fromhex(name)) == 8 for name in first.values())


def test_what_cannot_be_read_differs_in_every_process(processes):
    (_, first), (_, second) = processes
    assert not {*first.values()} & {*second.values()}


@pytest.mark.parametrize("change", CHANGES)
def test_changes(change):
    before, after = CHANGES[change]
    assert digest(made(before)) == digest(made(before))
    assert digest(made(before)) != digest(made(after))


@pytest.mark.parametrize(
    "moved",
    [
        "\n\n\ndef f(x):\n    return x + g(1)\ng = lambda y: [z for z in y]",
        "def f(x):\n    # a comment\n    return x + g(1)\n\n\ng = lambda y: [z for z in y]",
        "g = lambda y: [z for z in y]\ndef f(x): return (x +\n g(1))",
        "unrelated = 3\ndef k(): return [\nz for z in y]\ndef h(x): return x + g(1)\nf = h\n"
        "def g(y): return [z for z in y]",
        "def f(x: int) -> int: return x + g(1)\ng = lambda y: [z for z in y]",
    ],
)
def test_functions_may_move(moved):
    source = "def f(x):\n    return x + g(1)\ng = lambda y: [z for z in y]"
    assert digest(made(source)) == digest(made(moved))


def test_a_module_counts_by_the_attributes_in_use():
    source = "import numpy\ndef f(): return helpers.sub.a + numpy.pi"

    def with_(**attributes):
        return digest(made(source, helpers=module("helpers", sub=module("sub", **attributes))))

    assert with_(a=1) == with_(a=1, b=2)
    assert with_(a=1) != with_(a=2)
    assert with_(a=1) != with_()


def test_a_module_may_be_passed_on():
    for source in ("f = (lambda m: lambda: m.a)(helpers)", "def f(m=helpers): return m.a"):
        one, two = (digest(made(source, helpers=module("helpers", a=a))) for a in (1, 2))
        assert one == digest(made(source, helpers=module("helpers", a=1)))
        assert one != two


def test_a_module_counts_anew_for_other_attributes():
    source = "g = lambda: helpers.a\nh = lambda: helpers.b\nf = lambda: (g, h)"
    one, two = (digest(made(source, helpers=module("helpers", a=0, b=b))) for b in (1, 2))
    assert one != two


@pytest.mark.parametrize(
    "statement",
    ["from helpers import a", "import helpers", "from .helpers import a", "from . import helpers"],
)
def test_imports_within_a_function(statement, monkeypatch):
    own = module("helpers", a=1)
    monkeypatch.setitem(sys.modules, "helpers", own)
    monkeypatch.setitem(sys.modules, "package", module("package", helpers=own))
    monkeypatch.setitem(sys.modules, "package.helpers", own)
    f = made(f"def f():\n {statement}\n return helpers.a", __package__="package")
    before = digest(f)
    assert before == digest(f)
    own.a = 2
    assert before != digest(f)


def test_imports_are_not_run():
    f = made("def f():\n from this_package import is_not_there")
    g = made("def f():\n import this\n from ....much import more")
    assert digest(f) == digest(f) != digest(g) == digest(g)
    assert "this" not in sys.modules


@pytest.mark.parametrize(
    "x",
    [
        scipy.special.gamma,
        scipy.linalg.lapack.dgesv,
        scipy.special.logsumexp,
        made("import scipy.special\ndef f(x): return scipy.special.gamma(x)"),
        made("def f(x):\n from scipy import special\n return special.gamma(x)"),
        made("from scipy.special import gamma\nf = (lambda g: lambda x: g(x))(gamma)"),
    ],
)
def test_upgrades_of_a_library(x, monkeypatch):
    before = digest(x)
    monkeypatch.setattr(scipy, "__version__", "99.0")
    assert before != digest(x)
    monkeypatch.undo()
    assert before == digest(x)


def test_upgrades_of_another_library(monkeypatch):
    before = digest(np.sin)
    monkeypatch.setattr(scipy, "__version__", "99.0")
    assert before == digest(np.sin)


def test_what_cannot_be_read_is_itself_in_a_process():
    one, two = ((n for n in ()) for _ in range(2))
    assert digest(one) == digest(one)
    assert digest([one]) == digest([one])
    assert digest(one) != digest(two)
    assert digest(one, one) != digest(one, two)
    # A ufunc cannot be referred to weakly, and so is not known again.
    assert digest(np.frompyfunc(abs, 1, 1)) != digest(np.frompyfunc(abs, 1, 1))


def test_what_is_gone_leaves_its_number_to_nobody():
    numbers = [digest(n for n in ()) for _ in range(50)]
    assert len(set(numbers)) == 50


def test_tensors_without_data():
    found = []
    for _ in range(2):
        torch.vmap(lambda x: found.append(digest(x)) or x)(torch.ones(3))
    assert found[0] != found[1]
    assert digest(torch.ones(3, device="meta")) != digest(torch.ones(3, device="meta"))
    assert digest(torch.eye(2).to_sparse()) != digest(torch.eye(2).to_sparse())


def test_tensors_under_a_mode():
    weight = torch.ones(3)
    with torch.device("meta"):
        assert digest(weight) == digest(torch.ones(3, device="cpu"))


def test_running_changes_nothing():
    f = made("def f(x):\n for i in range(9): x = x + i if x > i else max(x, i)\n return x")
    before = digest(f)
    for _ in range(100):
        f(1)
    assert digest(f) == before


def test_cycles_end():
    source = "def f(n): return n == 0 or g(n - {})\ndef g(n): return n != 0 and f(n - 1)"
    assert digest(made(source.format(1))) == digest(made(source.format(1)))
    assert digest(made(source.format(1))) != digest(made(source.format(2)))
    loop = [1]
    loop.append(loop)
    assert digest(loop) == digest(copy.deepcopy(loop)) != digest([1, [1]])
    among = made("class C: pass\nf = C()\nf.all = {f, 1}")
    assert digest(among) == digest(among)


def test_too_deep_is_never_met_again():
    deep = functools.reduce(lambda inner, _: [inner], range(10_000), [])
    assert digest(deep) != digest(deep)


def test_objects_may_tell_their_ingredients():
    source = (
        "class Op:\n"
        "    def __init__(self, *a): self.a = a\n"
        "    def digest_ingredients(self): return self.a"
    )
    op = made(source, "Op")
    assert digest(op(1)) == digest(op(1)) != digest(op(2))
    inner = op(1, [])
    inner.a[1].append(inner)
    assert digest(inner) == digest(inner)


def test_what_a_user_says_for_a_copy_is_not_all():
    source = (
        "class C:\n def __init__(self, a): self.a = a\n def __reduce__(self): return C, ()\nf = C"
    )
    made_of = made(source)
    assert digest(made_of(1)) != digest(made_of(2))


def test_distinct():
    assert len({digest(x) for x in DISTINCT}) == len(DISTINCT)
    assert len({digest([x]) for x in DISTINCT}) == len(DISTINCT)
    assert digest("a", "b") != digest(("a", "b")) != digest("ab")
    assert digest() != digest(None) != digest(())


@given(DATA | st.frozensets(PLAIN) | st.sets(st.frozensets(st.text())))
def test_copies(x):
    """A digest depends on no identity."""
    assert digest(x) == digest(copy.deepcopy(x))


@given(DATA, DATA)
def test_data_that_read_differently(x, y):
    """No two structures are written alike."""
    assert repr(x) == repr(y) or digest(x) != digest(y)


@given(st.lists(st.text() | st.binary() | st.tuples(st.text()), unique=True))
def test_sets_have_no_order(elements):
    """A set is its elements however it came to be."""
    other = elements[::-1]
    assert digest(set(elements)) == digest(set(other)) != digest(frozenset(elements))


def test_what_refers_to_half_the_program_is_given_up():
    """A digest takes a moment, whatever a function refers to; a miss is the price."""
    table = [str(i) for i in range(50_000)]
    fn = lambda: table
    assert digest(fn) != digest(fn)
    shared = ()
    for _ in range(60):
        shared = (shared, shared)
    assert digest(shared) != digest(shared)


def test_a_function_that_asks_for_types_has_one_digest_while_torch_exports():
    """torch.export has an isinstance of its own while it traces (torch 2.13)."""

    def function(x):
        return isinstance(x, int)

    found = [digest(function)]

    class Model(torch.nn.Module):
        def forward(self, x):
            found.append(digest(function))
            return x + 1

    torch.export.export(Model(), (torch.ones(2),), strict=False)
    assert len(set(found)) == 1 < len(found)
