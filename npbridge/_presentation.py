"""What an op looks like to its users: its text, its pickle, a method in the body of a class."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from types import MethodType
from typing import TYPE_CHECKING, Any

from npbridge._docstring import docstring
from npbridge._parameters import Parameters
from npbridge.errors import PicklingError, TransformError

if TYPE_CHECKING:
    from npbridge._rulebook import Rulebook
    from npbridge._signature import Signature


class Documentation:
    """The docstring of a class of ops and, made when it is first read, those of its ops."""

    def __init__(self, own: str | None) -> None:
        self.own = own

    def __get__(self, op: Any, owner: type | None = None) -> str | None:
        """A text set by assignment stands before it, as do those that were made."""
        if op is None:
            return self.own
        text = docstring(op)
        vars(op)["__doc__"] = text
        return text


class Presents:
    """The part of an op that faces Python."""

    name: str
    label: str
    parameters: Parameters
    signature: Signature | None
    rules: Rulebook
    __qualname__: str
    title: str = ""
    """What a formula book calls it; an entry of `npbridge.special` has this and the next three."""
    source: str = ""
    notes: str = ""
    edges: Sequence[tuple[tuple[Any, ...], Mapping[str, Any]]] = ()

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        made: Any = Documentation(vars(cls).get("__doc__"))
        cls.__doc__ = made

    def __get__(self, instance: object, owner: type | None = None) -> Any:
        """In the body of a class an op is a method, as a function is."""
        bound: Any = self  # callable in every subclass
        return bound if instance is None else MethodType(bound, instance)

    def __prepare_scriptable__(self) -> Any:
        """Refuse torch.jit.script, which asks this of what it is given."""
        raise TransformError(
            f"{self.label} cannot be compiled by torch.jit.script: its function is NumPy's.\n"
            "Use torch.compile or torch.export."
        )

    _torchscript_modifier = property(__prepare_scriptable__)  # asked of what it meets (torch 2.13)

    def __repr__(self) -> str:
        core = f" {self.signature.text!r}" if self.signature else ""
        there = {"vjp": self.rules.vjp, "jvp": self.rules.jvp}
        rules = " and ".join(mode for mode, rule in there.items() if rule) or "no rules"
        return f"<numpy_op {self.name}{self.parameters.signature}{core}, {rules}>"

    def __reduce__(self) -> str:
        """Pickled by reference, as functions are."""
        found: Any = sys.modules.get(self.__module__)
        for part in self.__qualname__.split("."):
            found = getattr(found, part, None)
        if found is self:
            return str(self.__qualname__)
        for name, value in vars(sys.modules.get(self.__module__, sys)).items():
            if value is self:
                self.__qualname__ = name
                return name
        raise PicklingError(
            f"{self.name} cannot be pickled: it is not {self.__module__}.{self.__qualname__}.\n"
            "Assign the op to a name at the top level of its module."
        )
