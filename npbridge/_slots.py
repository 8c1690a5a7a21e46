"""What stands in a call's leaves in the place of what travels beside them."""

from __future__ import annotations


class Slot:
    """One kind of place."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return self.name


class Extra(Slot):
    """A place for what the user did not pass as a tensor, and a graph cannot hold otherwise."""


TENSOR = Slot("TENSOR")
"""A tensor of the user."""
ARRAY = Extra("ARRAY")
"""An array, which in a graph is a tensor without a gradient."""
FLOAT = Extra("FLOAT")
"""A Python float that may change from run to run of a graph: there a 0-d float64 tensor."""
INT = Extra("INT")
"""A Python int that may change from run to run of a graph."""

BY_NAME = {slot.name: slot for slot in (TENSOR, ARRAY, FLOAT, INT)}
