"""``python -m npbridge audit``: an audit of an importable function."""

from __future__ import annotations

import argparse
import contextlib
import importlib
import re
import sys
import zipfile
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from npbridge.testing._check import audit
from npbridge.testing._property import PROPERTIES
from npbridge.testing._report import Report

SILENTLY_WRONG = 1
USAGE = 2

_SHAPE = re.compile(r"\(\s*(?:\d+\s*(?:,\s*\d+\s*)*,?)?\s*\)")
_PRINTED: dict[str, Callable[[Report], str]] = {
    "table": str,
    "markdown": Report.to_markdown,
    "json": Report.to_json,
}


class UsageError(Exception):
    """The command line asks for something that is not there."""


def run(arguments: argparse.Namespace) -> int:
    """Audit the function, print the report, and tell the exit status.

    Parameters
    ----------
    arguments
        What `npbridge.__main__.build_parser` makes of the command line.

    Returns
    -------
    int
        1 if something is silently wrong, 2 if the function or its arguments cannot be had, else 0.
    """
    try:
        properties = _properties(arguments.properties)
        if arguments.shapes is not None:
            tensors = drawn(arguments.shapes, arguments.dtype, arguments.seed)
        else:
            tensors = loaded(arguments.inputs)
        fn = found(arguments.function)
    except UsageError as error:
        print(f"python -m npbridge audit: error: {error}", file=sys.stderr)
        return USAGE
    with contextlib.redirect_stdout(sys.stderr):  # what the function prints is no report
        report = audit(fn, *tensors, seed=arguments.seed, properties=properties)
    print(_PRINTED[arguments.format](report))
    return SILENTLY_WRONG if report.silently_wrong else 0


def found(target: str) -> Callable[..., Any]:
    """The callable that ``package.module:attribute.attribute`` names."""
    module, colon, path = target.partition(":")
    if not (module and colon and path):
        raise UsageError(f"{target!r} is not of the form package.module:function")
    try:
        value: Any = importlib.import_module(module)
    except ModuleNotFoundError as error:
        # A module that is there may lack one of its own imports.
        name = error.name or ""
        if name == module or module.startswith(f"{name}."):
            raise UsageError(f"there is no module {name!r}") from None
        raise UsageError(f"importing {module!r} raises {type(error).__name__}: {error}") from None
    except Exception as error:  # noqa: BLE001  # whatever it is, there is no function
        raise UsageError(f"importing {module!r} raises {type(error).__name__}: {error}") from None
    at = module
    for part in path.split("."):
        try:
            value = getattr(value, part)
        except AttributeError:
            raise UsageError(f"{at} has no attribute {part!r}") from None
        at = f"{at}.{part}"
    if not callable(value):
        raise UsageError(f"{at} is not callable: it is of type {type(value).__name__}")
    fn: Callable[..., Any] = value
    return fn


def drawn(shapes: str, dtype: str, seed: int) -> list[Tensor]:
    """Random tensors between 0.5 and 1.5, real and imaginary parts both."""
    if _SHAPE.sub("", shapes).strip(" ,") or not _SHAPE.search(shapes):
        raise UsageError(f'shapes are written as "(3,3) (3) ()", not {shapes!r}')
    generator = torch.Generator().manual_seed(seed)
    tensors = []
    for text in _SHAPE.findall(shapes):
        shape = [int(size) for size in re.findall(r"\d+", text)]
        x = torch.rand(shape, generator=generator, dtype=torch.float64) + 0.5
        if dtype.startswith("complex"):
            y = torch.rand(shape, generator=generator, dtype=torch.float64) + 0.5
            x = torch.complex(x, y)
        tensors.append(x.to(getattr(torch, dtype)))
    return tensors


def loaded(path: str) -> list[Tensor]:
    """The arrays of an .npz file: arg0, arg1, ... by number, or other names as they come."""
    try:
        file = np.load(path, allow_pickle=False)
        if not isinstance(file, np.lib.npyio.NpzFile):
            raise UsageError(f"{path} is no .npz file")
        with file:
            arrays = {name: file[name] for name in file.files}
    except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise UsageError(f"{path} cannot be read: {error}") from None
    names = list(arrays)
    if all(re.fullmatch(r"arg\d+", name) for name in names):
        names.sort(key=lambda name: int(name.removeprefix("arg")))
    if not names:
        raise UsageError(f"{path} has no arrays")
    tensors = []
    for name in names:
        try:
            tensors.append(torch.from_numpy(np.array(arrays[name], order="C")))
        except (TypeError, ValueError) as error:
            raise UsageError(f"{name} in {path} is no tensor: {error}") from None
    return tensors


def _properties(names: str | None) -> list[str] | None:
    if names is None:
        return None
    chosen = [name.strip() for name in names.split(",")]
    for name in chosen:
        if name not in PROPERTIES:
            raise UsageError(f"there is no property {name!r}, but {', '.join(PROPERTIES)}")
    return chosen
