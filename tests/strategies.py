"""Hypothesis strategies: tensors of every dtype and memory layout an op can be given."""

import numpy as np
import torch
from hypothesis import strategies as st

REAL = (torch.float64, torch.float32, torch.float16, torch.bfloat16)
COMPLEX = (torch.complex128, torch.complex64)
NATIVE = (torch.float64, torch.float32, *COMPLEX)
LAYOUTS = (
    "contiguous",
    "transposed",
    "sliced",
    "offset",
    "reversed",
    "from_reversed_array",
    "expanded",
    "conjugate",
    "negative",
)


def shapes(max_dims=3, max_side=3, min_side=0):
    """Draw shapes, 0-d and (unless `min_side` forbids) empty ones included."""
    return st.lists(st.integers(min_side, max_side), max_size=max_dims).map(tuple)


def values(shape, dtype, seed, low=0.5, high=1.5):
    """Return a contiguous tensor of numbers between `low` and `high`, of both signs if complex."""
    rng = np.random.default_rng(seed)
    numbers = rng.uniform(low, high, size=shape)
    if dtype.is_complex:
        numbers = numbers + 1j * rng.uniform(-1.0, 1.0, size=shape)
    # Through torch.empty: NumPy gives empty arrays strides 0, which gradcheck takes for an overlap.
    return torch.empty(shape, dtype=dtype).copy_(torch.as_tensor(numbers))


def laid_out(x, layout):
    """Return `x` in another memory layout, differentiably.

    Reversed, expanded and conjugate tensors hold other numbers of the same kind. A layout that
    `x` cannot have (a transposed 0-d tensor) leaves it as it is.
    """
    if layout == "transposed" and x.dim() >= 2:
        return x.transpose(0, -1).contiguous().transpose(0, -1)
    if layout == "sliced" and x.dim():
        wide = x.new_zeros((*x.shape[:-1], 2 * x.shape[-1]))
        wide[..., ::2] = x
        return wide[..., ::2]
    if layout == "offset":
        memory = x.new_zeros(x.numel() + 3)
        memory[3:] = x.reshape(-1)
        return memory[3:].view(x.shape)
    if layout == "reversed" and x.dim():
        return x.flip(-1)
    if layout == "from_reversed_array" and x.dim() and x.dtype in NATIVE and not x.requires_grad:
        return torch.from_numpy(x.numpy()[..., ::-1].copy())
    if layout == "expanded" and x.dim() and x.shape[0]:
        return x[:1].expand(x.shape)
    if layout == "conjugate" and x.dtype.is_complex:
        return x.conj()
    if layout == "negative" and x.dtype in (torch.float32, torch.float64):
        return torch.complex(torch.zeros_like(x), -x).conj().imag
    return x


@st.composite
def tensors(draw, dtypes=(torch.float64,), shape=None, layouts=LAYOUTS, low=0.5, high=1.5):
    """Draw a tensor of one of `dtypes`, of a drawn shape (or `shape`) and layout."""
    dtype = draw(st.sampled_from(dtypes))
    size = draw(shapes()) if shape is None else shape
    x = values(size, dtype, draw(st.integers(0, 2**32 - 1)), low, high)
    return laid_out(x, draw(st.sampled_from(layouts)))


@st.composite
def broadcastable(draw, count, dtypes=(torch.float64,), layouts=LAYOUTS):
    """Draw `count` tensors whose shapes broadcast against each other."""
    full = draw(shapes())
    found = []
    for _ in range(count):
        kept = full[draw(st.integers(0, len(full))) :]
        size = tuple(1 if draw(st.booleans()) else n for n in kept)
        found.append(draw(tensors(dtypes=dtypes, shape=size, layouts=layouts)))
    return found
