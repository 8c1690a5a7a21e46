"""Write what type checkers and editors know of the catalogue, npbridge/special/__init__.pyi.

    python tests/special/make_stub.py

Each entry is a variable of a class whose `__call__` has its arguments; entries that are called
alike share one.
"""

from pathlib import Path

from npbridge import special
from npbridge._docstring import integer_kind, state

STUB = Path(special.__file__).with_suffix(".pyi")
HEAD = """\
# Written by tests/special/make_stub.py.
from collections.abc import Mapping
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from npbridge import ElementwiseOp, NumpyOp

_Array = NDArray[Any] | np.number[Any]
_Real = float | _Array
_Number = complex | _Array
_Whole = int | _Array
_RealTensor = _Real | Tensor
_NumberTensor = _Number | Tensor
_WholeTensor = _Whole | Tensor
"""
TENSORS = {kind: f"{kind}Tensor" for kind in ("_Real", "_Number", "_Whole")}


def stub():
    """The text of the stub."""
    classes, variables = {}, []
    for name, op in special.CATALOGUE.items():
        text = calls(op)
        label = classes.setdefault(text, class_name(op, classes.values()))
        variables.append(f'{name}: {label}\n"""{op.title}"""\n')
    made = [text.replace("CLASS", label) for text, label in classes.items()]
    every = all(op.elementwise for op in special.CATALOGUE.values())
    held = "ElementwiseOp" if every else "NumpyOp[..., Any]"
    parts = [*made, "".join(variables), f"CATALOGUE: Mapping[str, {held}]\n"]
    text = HEAD + "\n" + "\n".join(parts)
    return text.replace(", NumpyOp\n", "\n") if every else text


def class_name(op, taken):
    """After the arguments."""
    label = "_" + "_".join(op.names)
    count = sum(t == label or t.rpartition("__")[0] == label for t in taken)
    return f"{label}__{count + 1}" if count else label


def calls(op):
    """A class with the overloads of a call: with numbers and arrays only, and with tensors."""
    count = len(op.signature.outputs) if op.signature is not None else None
    several = f"tuple[{', '.join(['Tensor'] * (count or 0))}]"
    result = {None: "Any", 1: "Tensor"}.get(count, several)
    base = "ElementwiseOp" if op.elementwise else "NumpyOp[..., Any]"
    text = f"class CLASS({base}):\n"
    for kinds, returned in (({}, "Any"), (TENSORS, result)):
        text += f"    @overload\n    def __call__({parameters(op, kinds)}) -> {returned}: ...\n"
    return text


def parameters(op, kinds):
    """A parameter list, with the names of its types exchanged."""
    texts, star = ["self"], False
    for name, parameter in op.parameters.signature.parameters.items():
        prefix = {parameter.VAR_POSITIONAL: "*", parameter.VAR_KEYWORD: "**"}.get(
            parameter.kind, ""
        )
        if parameter.kind is parameter.KEYWORD_ONLY and not star:
            texts.append("*")
        star |= parameter.kind in (parameter.KEYWORD_ONLY, parameter.VAR_POSITIONAL)
        kind = annotation(op, name, parameter)
        default = "" if parameter.default is parameter.empty else f" = {parameter.default!r}"
        kind = kinds.get(kind, kind) + (" | None" if parameter.default is None else "")
        texts.append(f"{prefix}{name}: {kind.replace('Any | None', 'Any')}{default}")
    return ", ".join(texts)


def annotation(op, name, parameter):
    """What an argument takes besides tensors."""
    what = state(op, name)
    if what == "integer":
        return integer_kind(op, name) or "_Whole"
    if what == "constant" or parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
        default = parameter.default
        return type(default).__name__ if isinstance(default, (bool, str)) else "Any"
    return "_Number" if not op.elementwise or name in op.holomorphic else "_Real"


if __name__ == "__main__":
    STUB.write_text(stub(), encoding="utf-8")
