"""Huber's loss functions."""

import mpmath as mp

from references._reference import Reference


def loss(delta, r):
    """Huber's loss."""
    return r * r / 2 if abs(r) <= delta else delta * (abs(r) - delta / 2)


def smooth(delta, r):
    """δ (√(δ² + r²) - δ), without its cancellation."""
    return delta * r * r / (mp.sqrt(delta**2 + r**2) + delta) if delta >= 0 else mp.nan


def slope(delta, r):
    """Its derivative in r."""
    return delta * r / mp.sqrt(delta**2 + r**2) if delta >= 0 else mp.nan


def growth(delta, r):
    """Its derivative in δ."""
    h = mp.sqrt(delta**2 + r**2)
    return r**4 / (h * (delta + h) ** 2) if delta >= 0 else mp.nan


REFERENCES = {
    "huber": Reference(loss, inside=4, points=[(2.0, 0.5), (2.0, -1.9)]),
    "inclination": Reference(lambda x, y: x / mp.sqrt(x * x + y * y), inside=4),
    "inverse_hypot": Reference(lambda x, y: 1 / mp.sqrt(x * x + y * y), inside=4),
    "loss_growth": Reference(growth, inside=4),
    "loss_slope": Reference(slope, inside=4),
    "pseudo_huber": Reference(smooth, inside=4),
    "shortfall": Reference(lambda x, y: 1 - y / mp.sqrt(x * x + y * y), inside=4),
}
