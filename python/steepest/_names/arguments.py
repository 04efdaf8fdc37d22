"""Checks of numbers that are arguments: what is wrong with one is said by its name."""

from __future__ import annotations

import math
from typing import Any

import numpy as np


def number(value: Any, name: str, low: float = 0.0, high: float = math.inf) -> float:
    """`value` as a float, if it is a finite number from `low` to `high`.

    >>> number(1, "learning_rate")
    1.0
    """
    is_number = isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool)
    if not is_number or not low <= value <= high or math.isinf(value):
        bounds = f"of {low:g} or more" if math.isinf(high) else f"from {low:g} to {high:g}"
        raise ValueError(f"`{name}` must be a finite number {bounds}. Received: {name}={value!r}")
    return float(value)


def positive(value: Any, name: str) -> float:
    """`value` as a float, if it is a finite number above 0.

    >>> positive(1, "clipnorm")
    1.0
    """
    if number(value, name) == 0.0:
        raise ValueError(f"`{name}` must be more than 0. Received: {name}={value!r}")
    return float(value)


def whole(value: Any, name: str, least: int) -> int:
    """`value`, if it is an integer of at least `least`.

    >>> whole(2, "gradient_accumulation_steps", 2)
    2
    """
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < least:
        raise ValueError(f"`{name}` must be an integer >= {least}. Received: {name}={value!r}")
    return int(value)


def axes(value: Any, name: str) -> int | tuple[int, ...]:
    """`value`, if it is an axis, or a list of them as a tuple.

    >>> axes([0, 1], "axis")
    (0, 1)
    """
    several = isinstance(value, (list, tuple))
    found = tuple(value) if several else (value,)
    if not found or any(isinstance(axis, bool) or not isinstance(axis, (int, np.integer)) for axis in found):
        raise ValueError(f"`{name}` must be an integer or a list of integers. Received: {name}={value!r}")
    return tuple(int(axis) for axis in found) if several else int(value)
