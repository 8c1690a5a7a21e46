"""The pytest plugin: a test marked with ops becomes one test for each op and property.

pytest loads this module at every start, so it imports neither torch nor the rest of npbridge. ::

    import pytest


    @pytest.mark.numpy_op([solve, special.erf])  # arguments are drawn from their domains
    def test_ops(op_holds):
        op_holds()


    @pytest.mark.numpy_op([solve], properties=["vmap", "compile"])
    def test_solve(op_holds):
        op_holds(a, b)  # arguments of one's own

The tests are called ``test_ops[solve-vmap]`` and so on. Ops, or callables of tensors, come in a
list. Keywords of the mark are ``args`` and ``kwargs`` (arguments, in place of drawn ones),
``properties`` (names; by default all), ``examples`` (how many draws; 5) and the options
``reference``, ``projected`` and ``seed`` of `npbridge.testing.audit`. A property that has nothing
to say of an op, or that an op refuses in npbridge's own words, is skipped with the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

import pytest

MARK = "numpy_op"
FIXTURE = "op_holds"
AUDIT = {"reference", "projected", "seed"}
OPTIONS = {"args", "kwargs", "properties", "examples"} | AUDIT
EXAMPLES = 5


@dataclass(frozen=True)
class Trial:
    """One property of one op, and the options of the mark."""

    op: Callable[..., Any]
    name: str
    """Of the property."""
    options: Mapping[str, Any]


def pytest_configure(config: pytest.Config) -> None:
    """Register the mark."""
    config.addinivalue_line(
        "markers",
        f"{MARK}(ops, *, {', '.join(sorted(OPTIONS))}): "
        f"test every property of npbridge.testing on each op; see the fixture {FIXTURE}",
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test for each op and property."""
    marks = list(metafunc.definition.iter_markers(MARK))
    if not marks:
        return
    where = metafunc.definition.nodeid
    if FIXTURE not in metafunc.fixturenames:
        _stop(f"{where}: a test marked {MARK} takes the fixture {FIXTURE}, and calls it")
    trials = [trial for mark in marks for trial in _trials(where, mark)]
    ids = [f"{_name(t.op)}-{t.name.replace(' ', '_')}" for t in trials]
    metafunc.parametrize(FIXTURE, trials, ids=ids, indirect=True)


def _trials(where: str, mark: pytest.Mark) -> list[Trial]:
    from npbridge.testing import PROPERTIES

    unknown = sorted(set(mark.kwargs) - OPTIONS)
    if unknown:
        _stop(f"{where}: {MARK} has no option {unknown[0]!r}, but {', '.join(sorted(OPTIONS))}")
    ops = [op for given in mark.args for op in (given if isinstance(given, list) else [given])]
    if not ops or not all(callable(op) for op in ops):
        _stop(f"{where}: {MARK} takes a list of ops, or of callables of tensors, not {ops!r}")
    names: Sequence[str] = mark.kwargs.get("properties") or list(PROPERTIES)
    missing = [name for name in names if name not in PROPERTIES]
    if missing:
        _stop(f"{where}: there is no property {missing[0]!r}, but {', '.join(PROPERTIES)}")
    return [Trial(op, name, mark.kwargs) for op in ops for name in names]


@pytest.fixture(name=FIXTURE)
def op_holds(request: pytest.FixtureRequest) -> Callable[..., None]:
    """Try the property of this test on its op: called with arguments, or without.

    Returns
    -------
    callable
        Takes the arguments of the op; without any, those of the mark or else some that its
        domains allow. Fails with the table of `npbridge.testing` if the op is wrong.
    """
    trial = getattr(request, "param", None)
    if not isinstance(trial, Trial):
        pytest.fail(f"{FIXTURE} is for tests marked @pytest.mark.{MARK}([...])", pytrace=False)

    def holds(*args: Any, **kwargs: Any) -> None:
        __tracebackhide__ = True
        given = (args, kwargs)
        if not args and not kwargs:
            options = trial.options
            given = (tuple(options.get("args", ())), dict(options.get("kwargs", {})))
        if given[0] or given[1]:
            _skip_if_all(trial, [_try(trial, *given)])
        else:
            _skip_if_all(trial, _try_drawn(trial))

    return holds


def _try(trial: Trial, args: Sequence[Any], kwargs: Mapping[str, Any]) -> str | None:
    """Raise if the property does not hold; the reason, if nothing was tried."""
    __tracebackhide__ = True
    from npbridge.testing import CheckError, Report, Verdict, check

    tried: Callable[..., Report] = check  # takes any function of tensors
    options = {k: v for k, v in trial.options.items() if k in AUDIT}
    try:
        report = tried(trial.op, *args, kwargs=kwargs, properties=[trial.name], **options)
    except CheckError as error:
        raise error.with_traceback(None) from None  # the user's line and the table, no more
    (found,) = report.findings
    if found.refused:
        return f"refused: {found.note}"
    return f"nothing to say: {found.note}" if found.verdict is Verdict.NOT_APPLICABLE else None


def _try_drawn(trial: Trial) -> list[str | None]:
    __tracebackhide__ = True
    import warnings

    from hypothesis import HealthCheck, given, settings

    from npbridge import NumpyOp
    from npbridge.testing import UndecidedWarning
    from npbridge.testing._inputs import inputs_for

    if not isinstance(trial.op, NumpyOp):
        pytest.fail(
            f"arguments of {_name(trial.op)} cannot be drawn, for it is no op: "
            f"call {FIXTURE}(x, ...), or give {MARK}([...], args=(x, ...))",
            pytrace=False,
        )
    reasons: list[str | None] = []

    # The profile's own number of draws would compile, or differentiate, a hundred times over.
    @settings(
        max_examples=trial.options.get("examples", EXAMPLES),
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(inputs_for(trial.op))
    def run(drawn: tuple[tuple[Any, ...], dict[str, Any]]) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UndecidedWarning)  # draws include ends of domains
            reasons.append(_try(trial, *drawn))

    run()
    return reasons


def _skip_if_all(trial: Trial, reasons: Sequence[str | None]) -> None:
    __tracebackhide__ = True
    if reasons and all(reasons):
        pytest.skip(f"{trial.name}: {reasons[0]}")


def _name(op: Any) -> str:
    """A short name: of an op its own, of `Function.apply` the class's."""
    name = str(getattr(op, "__name__", None) or getattr(op, "name", None) or type(op).__name__)
    owner = getattr(op, "__self__", None)
    return owner.__name__ if name == "apply" and isinstance(owner, type) else name


def _stop(message: str) -> NoReturn:
    pytest.fail(message, pytrace=False)
