"""`check`, `check_property` and `audit`: every property, tried on one function."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from torch import Tensor

from npbridge._op import NumpyOp
from npbridge.errors import DeclarationError, sentence
from npbridge.testing._case import Case
from npbridge.testing._property import PROPERTIES
from npbridge.testing._report import CheckError, Finding, Report, UndecidedWarning, Verdict
from npbridge.testing._strategy_layouts import as_code, spelled


def audit(
    fn: Callable[..., Any],
    /,
    *args: Any,
    kwargs: Mapping[str, Any] | None = None,
    reference: Callable[..., Any] | None = None,
    projected: bool | None = None,
    seed: int = 0,
    properties: Sequence[str] | None = None,
) -> Report:
    """Try everything a wrapper can get wrong on a function of tensors, anyone's.

    Parameters
    ----------
    fn
        A callable on tensors: an op, `Function.apply`, a `torch.library.custom_op`, a function of
        torch or one written with it.
    *args
        Its arguments. Derivatives are checked in every floating-point tensor among them.
    kwargs
        Its keyword arguments.
    reference
        A function of arrays that returns the true values; or of mpmath numbers, if `fn` is
        elementwise: then its derivatives are compared too.
    projected
        Whether derivatives are compared along random directions only; by default for large
        Jacobians. The cost then does not grow with the Jacobian.
    seed
        Of the random directions and cotangents.
    properties
        Names of the properties to try; by default all of them.

    Returns
    -------
    Report
        What was found, which prints as a table. An exception is a finding too.

    Examples
    --------
    >>> import torch
    >>> from npbridge.testing import audit
    >>> x = torch.tensor([0.5, 1.5], dtype=torch.float64)
    >>> report = audit(torch.special.bessel_j0, x, properties=["reverse mode"])
    >>> report.findings[0].verdict
    <Verdict.DETACHED: 'silently detached'>
    """
    case = Case(fn, args, dict(kwargs or {}), reference, projected, seed)
    chosen = list(PROPERTIES) if properties is None else list(properties)
    unknown = [name for name in chosen if name not in PROPERTIES]
    if unknown:
        raise DeclarationError(
            sentence(
                f"there is no property {unknown[0]!r}.",
                expected=", ".join(PROPERTIES),
                got=unknown[0],
            )
        )
    findings = []
    for name in chosen:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a function's own warnings are not what is asked for
            found = PROPERTIES[name].try_on(case)
        findings.append(replace(found, snippet=_snippet(case, name)) if _shown(found) else found)
    return Report(case.name, str(case), findings)


def check(op: NumpyOp[..., Any], /, *args: Any, **options: Any) -> Report:
    """Try everything a wrapper can get wrong on an op, and raise if something is.

    Parameters
    ----------
    op
        An op, or any function of tensors.
    *args
        Its arguments.
    **options
        As for `audit`.

    Returns
    -------
    Report
        As `audit` gives it, if nothing is wrong. A refusal (`MissingDerivativeError` and the like)
        is not wrong, and is in the report.

    Raises
    ------
    CheckError
        An AssertionError whose message is the table, and whose `report` has all of it.

    Warns
    -----
    UndecidedWarning
        If numerical differentiation cannot tell whether some derivative is right.

    Examples
    --------
    >>> import torch
    >>> from npbridge import special
    >>> from npbridge.testing import check
    >>> report = check(special.erf, torch.tensor([0.5, -2.0], dtype=torch.float64))
    >>> len(report.failures)
    0
    """
    report = audit(op, *args, **options)
    if report.failures:
        raise CheckError(report)
    if report.undecided:
        names = ", ".join(f.name for f in report.undecided)
        warnings.warn(
            f"{report.subject}({report.arguments}): could not be decided: {names}",
            UndecidedWarning,
            stacklevel=2,
        )
    return report


def check_property(
    op: NumpyOp[..., Any], /, *, properties: Sequence[str] | None = None, **options: Any
) -> Callable[[], None]:
    """A Hypothesis test that checks an op on whatever arguments its declaration allows.

    Parameters
    ----------
    op
        An op whose arguments `inputs_for` can draw.
    properties
        Names of properties; by default all of them.
    **options
        Options of `inputs_for`.

    Returns
    -------
    callable
        A test function: give it a name that pytest collects, or call it.

    Examples
    --------
    >>> from npbridge import special
    >>> from npbridge.testing import check_property
    >>> test_j0 = check_property(special.j0, properties=["value", "reverse mode"])
    >>> test_j0()
    """
    from hypothesis import given

    from npbridge.testing._inputs import inputs_for

    def test(drawn: tuple[tuple[Any, ...], dict[str, Any]]) -> None:
        args, kwargs = drawn
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UndecidedWarning)  # draws include the ends of domains
            check(op, *args, kwargs=kwargs, properties=properties)

    test.__name__ = f"test_{op.name}"
    test.__doc__ = f"{op.label} is right wherever it is defined."
    made: Callable[[], None] = given(inputs_for(op, **options))(test)
    return made


def _shown(found: Finding) -> bool:
    return found.verdict in (Verdict.WRONG, Verdict.DETACHED, Verdict.RAISES, Verdict.UNDECIDED)


def _snippet(case: Case, name: str) -> str:
    """Code that tries one property again, as far as arguments can be written down."""
    lines = ["import torch", "from npbridge.testing import audit"]
    op = case.op
    target = op.name if op is not None else case.name
    owner = getattr(case.fn, "__self__", None)
    module = getattr(owner if isinstance(owner, type) else case.fn, "__module__", None)
    there = target.startswith("torch.") or module in (None, "__main__")
    if not there and "<" not in target:
        root, _, rest = target.partition(".")
        lines.append(f"from {module} import {root}" if not rest else f"import {module}")
        target = target if not rest else f"{module}.{target}"
    written = [_written(x) for x in case.args]
    written += [f"kwargs={_written(dict(case.kwargs))}"] if case.kwargs else []
    arguments = ", ".join([target, *written])
    if "laid_out(" in arguments:
        lines[1] += ", laid_out"
    lines.append(f"print(audit({arguments}, properties=[{name!r}]))")
    return "\n".join(lines)


def _written(x: Any) -> str:
    if isinstance(x, Tensor):
        drawn = getattr(x, "_repr_pretty_", None)  # by a strategy: it tells the layout
        return f"{as_code(x)})" if drawn is None else str(drawn.text)
    if type(x) in (list, tuple):
        inside = ", ".join(_written(each) for each in x)
        return f"[{inside}]" if isinstance(x, list) else f"({inside}{',' * (len(x) == 1)})"
    if type(x) is dict:
        return f"{{{', '.join(f'{k!r}: {_written(v)}' for k, v in x.items())}}}"
    return spelled(x)
