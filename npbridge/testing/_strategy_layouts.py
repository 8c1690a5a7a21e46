"""Memory layouts: the ways in which a tensor can hold the same numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from npbridge.errors import sentence

LAYOUTS = (
    "contiguous",
    "offset",
    "sliced",
    "transposed",
    "expanded",
    "reversed",
    "channels_last",
    "conjugate",
    "negative",
)
"""The names, the simplest first.

contiguous
    As torch.tensor makes it.
offset
    Contiguous, from the fourth element of its storage.
sliced
    Every second element along the last dimension that has two or more.
transposed
    The first and the last of the dimensions that have two or more, exchanged in memory.
expanded
    Stride 0 along the first dimension that has two or more, so that the numbers repeat.
reversed
    Copied from an array with negative strides, into memory that is NumPy's. torch has no negative
    strides: `from_numpy`, `as_tensor` and `tensor` refuse such arrays (torch 2.13).
channels_last
    torch.channels_last, of four dimensions.
conjugate
    Complex, with the conjugate bit: memory holds the conjugates.
negative
    Real, with the negative bit: memory holds the numbers with the other sign.
"""

_ARRAYS = frozenset(
    {
        *(torch.float16, torch.float32, torch.float64, torch.complex64, torch.complex128),
        *(torch.bool, torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64),
    }
)
_WITH_COMPLEX = (torch.float32, torch.float64)
"""The dtypes whose complex counterparts compute: the negative bit comes from `.imag`."""


def dtype_allows(layout: str, dtype: torch.dtype) -> bool:
    """Whether any tensor of a dtype can have a layout."""
    if layout == "conjugate":
        return dtype.is_complex
    if layout == "negative":
        return dtype in _WITH_COMPLEX
    return layout != "reversed" or dtype in _ARRAYS


def possible(shape: Sequence[int], dtype: torch.dtype, *, core: int = 0) -> list[str]:
    """The layouts that a tensor can have, and in which it is not contiguous under another name.

    `core` is the number of last dimensions along which its numbers must not repeat.
    """
    wide = _wide(shape)
    some = math.prod(shape) > 0
    allowed = {
        "contiguous": True,
        "offset": some,
        "sliced": some and len(wide) >= 1,
        "transposed": some and len(wide) >= 2,
        "expanded": some and len(wide) >= 1 and wide[0] < len(shape) - core,
        "reversed": some and len(shape) >= 1,
        "channels_last": some and len(shape) == 4 and shape[1] > 1 and max(shape[2:]) > 1,
        "conjugate": True,
        "negative": True,
    }
    return [name for name in LAYOUTS if allowed[name] and dtype_allows(name, dtype)]


def laid_out(x: Tensor, layout: str, *, requires_grad: bool = False) -> Tensor:
    """A tensor with the same numbers in another memory layout.

    The examples that Hypothesis prints of `tensors` call it.

    Parameters
    ----------
    x
        A tensor, of which a copy is made.
    layout
        A name out of `LAYOUTS`. "expanded" repeats the first numbers along a dimension.
    requires_grad
        Whether it requires gradients.

    Returns
    -------
    Tensor
        A leaf.

    Raises
    ------
    ValueError
        If there is no such layout, or `x` cannot have it.

    Examples
    --------
    >>> import torch
    >>> from npbridge.testing import laid_out
    >>> x = laid_out(torch.tensor([[1.0, 2.0], [3.0, 4.0]]), "transposed")
    >>> x.tolist(), x.stride()
    ([[1.0, 2.0], [3.0, 4.0]], (1, 2))
    """
    if layout not in LAYOUTS:
        raise ValueError(unknown(layout))
    if layout not in possible(x.shape, x.dtype):
        raise ValueError(impossible(layout, x.shape, x.dtype))
    made = _made(torch.empty(x.shape, dtype=x.dtype).copy_(x.detach()), layout)
    return made.detach().requires_grad_(requires_grad)


def as_code(x: Tensor) -> str:
    """The beginning of a call that makes a tensor of these numbers; what closes it is left out."""
    if not x.numel():  # a list would not tell the shape
        return f"torch.empty({tuple(x.shape)}, dtype={x.dtype}"
    return f"torch.tensor({spelled(x.detach().tolist())}, dtype={x.dtype}"


def spelled(x: Any) -> str:
    """Numbers, in lists or not, as code; what `repr` says of some of them is not."""
    if isinstance(x, list):
        return f"[{', '.join(map(spelled, x))}]"
    if isinstance(x, float) and not math.isfinite(x):
        return f"{'-' * (x < 0)}float('{abs(x)}')"
    if isinstance(x, complex) and not all(map(_plain, (x.real, x.imag))):
        return f"complex({spelled(x.real)}, {spelled(x.imag)})"
    return repr(x)


def _plain(x: float) -> bool:
    """Whether it survives as a part of a sum: -0.0 does not, nor what is no number."""
    return math.isfinite(x) and (x != 0 or math.copysign(1.0, x) > 0)


def unknown(layout: object) -> str:
    """What to say of a name that is none."""
    return sentence(
        "there is no such layout.", expected=", ".join(map(repr, LAYOUTS)), got=repr(layout)
    )


def impossible(layout: str, shape: Sequence[int], dtype: torch.dtype) -> str:
    """What to say of a layout that a tensor cannot have."""
    return sentence(
        f"a tensor of this shape and dtype cannot be {layout}.",
        expected=_NEEDS[layout],
        got=f"shape {tuple(shape)}, {dtype}",
    )


_NEEDS = {
    "offset": "at least one element",
    "sliced": "a dimension of two or more",
    "transposed": "two dimensions of two or more",
    "expanded": "a dimension of two or more",
    "reversed": "at least one dimension and one element, and a dtype of NumPy",
    "channels_last": "four dimensions, two or more channels, and two or more pixels",
    "conjugate": "a complex dtype",
    "negative": "float32 or float64",
}


def _wide(shape: Sequence[int]) -> list[int]:
    return [d for d, side in enumerate(shape) if side > 1]


def _made(x: Tensor, layout: str) -> Tensor:
    wide = _wide(x.shape)
    if layout == "offset":
        memory = x.new_zeros(x.numel() + 3)
        memory[3:] = x.reshape(-1)
        return memory[3:].view(x.shape)
    if layout == "sliced":
        d = wide[-1]
        memory = torch.stack((x, torch.zeros_like(x)), d + 1).flatten(d, d + 1)
        return memory[(slice(None),) * d + (slice(None, None, 2),)]
    if layout == "transposed":
        ends = wide[0], wide[-1]
        return x.transpose(*ends).contiguous().transpose(*ends)
    if layout == "expanded":
        return x.narrow(wide[0], 0, 1).clone().expand(x.shape)
    if layout == "reversed":
        array = x.flip(-1).numpy()[..., ::-1]
        return torch.from_numpy(array.copy())
    if layout == "channels_last":
        return x.contiguous(memory_format=torch.channels_last)
    if layout == "conjugate":
        return torch.conj_physical(x).conj()
    if layout == "negative":
        return torch.complex(torch.zeros_like(x), -x).conj().imag
    return x
