"""Tensors on a device: copied to the host and back, and whether that may go unsaid."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, ClassVar, Literal, get_args

import torch
from torch import Tensor

from npbridge.errors import HostTransferError, HostTransferWarning, sentence

if TYPE_CHECKING:
    from npbridge._primitive import Primitive

HostTransfer = Literal["allow", "warn", "error"]


class _State:
    """What has been decided, and said."""

    policy: HostTransfer = "warn"
    warned: ClassVar[set[str]] = set()


def set_host_transfer(policy: HostTransfer) -> None:
    """Decide what happens when an op is given tensors on a device it has no kernel for.

    Parameters
    ----------
    policy
        "allow": copy them to the host, compute, copy the result back, in silence.
        "warn" (the default): the same, with one `HostTransferWarning` for each op.
        "error": raise `HostTransferError`.

    Examples
    --------
    >>> import npbridge
    >>> npbridge.set_host_transfer("error")
    >>> npbridge.set_host_transfer("warn")
    """
    if policy not in get_args(HostTransfer):
        raise ValueError(
            sentence(
                "set_host_transfer was given an unknown policy.",
                expected=", ".join(map(repr, get_args(HostTransfer))),
                got=repr(policy),
            )
        )
    _State.policy = policy
    _State.warned.clear()


def to_host(
    primitive: Primitive, tensors: list[Tensor]
) -> tuple[list[Tensor], torch.device | None]:
    """The tensors on the host, and the device that the outputs go back to, if any."""
    devices = {x.device for x in tensors if not x.is_cpu}
    # As in torch, a 0-d tensor on the host may meet tensors of one device.
    stray = [x for x in tensors if x.is_cpu and x.dim() > 0]
    if len(devices) > 1 or stray:
        listed = sorted({str(x.device) for x in tensors})
        raise ValueError(
            sentence(
                f"{primitive.name} was given tensors on several devices.",
                expected="one device",
                got=", ".join(listed),
            )
        )
    home = devices.pop()
    if home.type == "meta":  # no numbers, and shapes need none
        return tensors, None
    announce(primitive.label, home)
    return [x.cpu() for x in tensors], home


def announce(op: str, device: torch.device) -> None:
    """Say, or forbid, that tensors are copied to the host."""
    if _State.policy == "error":
        raise HostTransferError(
            f"{op} runs on the host, and its argument is on {device}.\n"
            'Pass x.cpu(), or permit the copy with npbridge.set_host_transfer("allow").'
        )
    if _State.policy == "warn" and op not in _State.warned:
        _State.warned.add(op)
        warnings.warn(
            f"{op} runs on the host: tensors on {device} are copied there and back.\n"
            'Silence this with npbridge.set_host_transfer("allow"), or forbid it with "error".',
            HostTransferWarning,
            stacklevel=2,
        )
