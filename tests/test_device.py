"""Tensors on a device: what is said and decided before they are copied to the host.

The stand-ins have what the decision looks at; the copies themselves are torch's own.
"""

import warnings

import pytest
import torch

from npbridge import errors, numpy_op, set_host_transfer
from npbridge._device import to_host


class OnDevice:
    """A tensor on a device, as far as the decision sees it."""

    is_cpu = False

    def __init__(self, device="cuda:0"):
        self.device = torch.device(device)

    def dim(self):
        return 1

    def cpu(self):
        return torch.ones(2)


@pytest.fixture
def op():
    """A fresh op, which has not warned yet."""
    return numpy_op(lambda x: x, name="transferred")


def test_the_default_warns_once_for_each_op(op):
    """The first transfer of an op is said, with the way to silence it; later ones are not."""
    set_host_transfer("warn")
    with pytest.warns(errors.HostTransferWarning) as caught:
        to_host(op, [OnDevice()])
    assert str(caught[0].message) == (
        "transferred runs on the host: tensors on cuda:0 are copied there and back.\n"
        'Silence this with npbridge.set_host_transfer("allow"), or forbid it with "error".'
    )
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        to_host(op, [OnDevice()])


def test_allow_is_silent(op):
    """Where it is allowed nothing is said, and the output goes back to where the input was."""
    set_host_transfer("allow")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        tensors, home = to_host(op, [OnDevice(), torch.tensor(1.0)])
    assert [x.is_cpu for x in tensors] == [True, True]
    assert home == torch.device("cuda:0")


def test_error_refuses(op):
    """Where it is forbidden the transfer is an error that says what to pass."""
    set_host_transfer("error")
    with pytest.raises(errors.HostTransferError) as raised:
        to_host(op, [OnDevice()])
    assert str(raised.value) == (
        "transferred runs on the host, and its argument is on cuda:0.\n"
        'Pass x.cpu(), or permit the copy with npbridge.set_host_transfer("allow").'
    )


@pytest.mark.parametrize("other", [torch.ones(2), OnDevice("cuda:1")])
def test_several_devices_are_refused(op, other):
    """Tensors of several devices do not mix, but for 0-d ones on the host, as in torch."""
    with pytest.raises(ValueError, match="tensors on several devices"):
        to_host(op, [OnDevice(), other])
