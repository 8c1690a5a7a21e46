"""`ElementwiseOp`: a broadcasting function of numbers, with its partial derivatives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from npbridge import _namespace
from npbridge._convert import FLOATS, alike, settled
from npbridge._op import NumpyOp
from npbridge._partials import Integer
from npbridge._promotion import as_number, promoted, real_of
from npbridge._rulebook import Rulebook
from npbridge._signature import Signature
from npbridge.errors import OutputError, UnsupportedTensorError, sentence

WHOLE = frozenset({torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8})


class ElementwiseOp(NumpyOp[..., Any]):
    """A `NumpyOp` made of partial derivatives, with what a formula book says about it.

    Attributes
    ----------
    partials : mapping
        A formula, `Unwritten` or `Integer` for each argument.
    title, source, domain, edges, notes
        As given to `elementwise_op`.
    """

    elementwise = True
    signature: Signature

    several: bool
    """Whether it returns a tuple."""
    counted: frozenset[str]
    """Arguments for which the ufunc has a loop of integers, besides one of real numbers: integer
    tensors stay integers there, as SciPy's recurrences are not its series.
    """
    derived: Rulebook
    partials: Mapping[str, Any]
    holomorphic: frozenset[str]

    def prepare(self, values: tuple[Any, ...]) -> tuple[Any, ...]:
        """Promote the arguments as torch's own functions do; integer arguments stand apart."""
        first = values[0]
        if isinstance(first, Tensor) and first.dtype in FLOATS:
            rest = values[1:]
            if all([isinstance(v, Tensor) and v.dtype == first.dtype for v in rest]):  # noqa: C419  # the compiler traces it
                return values
        arguments = [as_number(v) for v in values]
        free = [
            not isinstance(self.partials[name], Integer)
            and not (name in self.counted and isinstance(v, Tensor) and v.dtype in WHOLE)
            for name, v in zip(self.names, arguments, strict=True)
        ]
        if not any(isinstance(v, Tensor) for v in values):
            return values
        dtype = promoted([v for v, f in zip(arguments, free, strict=True) if f])
        if dtype.is_complex:
            self._check_complex(arguments)
        if not any(f and isinstance(v, Tensor) for v, f in zip(arguments, free, strict=True)):
            # Tensors in integer arguments only: the numbers beside them have the default dtype.
            arguments = [
                torch.tensor(v, dtype=dtype, device="cpu") if f else v
                for v, f in zip(arguments, free, strict=True)
            ]
        return tuple(
            v.to(real_of(v, dtype)) if f and isinstance(v, Tensor) else v
            for v, f in zip(arguments, free, strict=True)
        )

    def digest_ingredients(self) -> tuple[Any, ...]:
        """The partials; the rules are made of them."""
        own = () if self.rules is self.derived else (dict(self.rules.vjp), self.rules.jvp)
        versions = _namespace.versions()
        return (versions, self.name, self.numpy, dict(self.partials), self.holomorphic, own)

    def __get__(self, instance: object, owner: type | None = None) -> Any:
        """No method in the body of a class: ufuncs are none either."""
        return self

    def _check_complex(self, arguments: Sequence[Any]) -> None:
        for name, x in zip(self.names, arguments, strict=True):
            is_complex = x.dtype.is_complex if isinstance(x, Tensor) else isinstance(x, complex)
            if is_complex and name not in self.holomorphic:
                raise UnsupportedTensorError(
                    sentence(
                        f"{self.name} does not take complex numbers for {name!r}.",
                        expected="a real tensor",
                        got=str(getattr(x, "dtype", "complex")).removeprefix("torch."),
                        remedy=f"Its partial derivative is written for real {name!r} only.",
                    )
                )

    def compute(self, values: tuple[Any, ...]) -> tuple[Any, Any]:
        """The value, in the dtype its floating arguments have: some functions of SciPy widen it."""
        try:
            result = self.parameters.call(self.numpy, values)
        except Exception as error:
            self.explain(error, values)
            raise
        if not self.several:
            return self._settled(result, values), None
        count = len(self.signature.outputs)
        if not isinstance(result, tuple) or len(result) != count:
            raise OutputError(
                sentence(
                    f"{self.name} is declared with {count} outputs.",
                    expected=f"a tuple of {count} arrays",
                    got=f"a tuple of {len(result)}"
                    if isinstance(result, tuple)
                    else type(result).__name__,
                )
            )
        return tuple(self._settled(each, values) for each in result), None

    def _settled(self, result: Any, values: tuple[Any, ...]) -> Any:
        if alike(result, values):
            return result
        shape = np.broadcast_shapes(*(np.shape(v) for v in values))
        if np.shape(result) != shape:
            raise OutputError(
                sentence(
                    f"{self.name} is declared elementwise, and returned another shape than its "
                    "arguments have.",
                    expected=shape,
                    got=np.shape(result),
                    remedy="A function that reduces or reorders is declared with numpy_op.",
                )
            )
        arrays = [
            v
            for n, v in zip(self.names, values, strict=True)
            if isinstance(v, np.ndarray) and not isinstance(self.partials[n], Integer)
        ]
        arrays = [v for v in arrays if v.dtype.kind in "fc"] if self.counted else arrays
        if arrays and all(v.dtype.kind in "fc" for v in arrays):
            return settled(result, np.result_type(*arrays))
        return result
