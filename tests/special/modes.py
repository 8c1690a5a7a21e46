"""Derivatives of entries of the catalogue in both modes, to any order, of each output."""

import torch


def listed(y):
    """The outputs of an op."""
    return list(y) if isinstance(y, tuple) else [y]


def real_parts(outputs):
    """Real tensors that hold all numbers."""
    return [part for y in outputs for part in ((y.real, y.imag) if y.is_complex() else (y,))]


def reverse(op, arguments, sequence):
    """The derivative in the arguments named by `sequence`, by reverse mode over reverse mode."""
    found = []
    for output in real_parts(listed(op(**arguments))):
        y = output
        for k, name in enumerate(sequence, 1):
            if not y.requires_grad:
                y = torch.zeros_like(y)
                break
            (y,) = torch.autograd.grad(
                y.sum(),
                arguments[name],
                create_graph=k < len(sequence),
                materialize_grads=True,
                retain_graph=True,
            )
        found.append(y.detach())
    return found


def forward(op, arguments, sequence):
    """The same derivative by forward mode over forward mode."""

    def level(depth, given):
        if depth == 0:
            return tuple(real_parts(listed(op(**given))))
        name = sequence[depth - 1]
        x = given[name]
        return torch.func.jvp(
            lambda t: level(depth - 1, given | {name: t}), (x,), (torch.ones_like(x),)
        )[1]

    fixed = {k: v.detach() if isinstance(v, torch.Tensor) else v for k, v in arguments.items()}
    return list(level(len(sequence), fixed))
