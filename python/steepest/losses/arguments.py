"""Checks of the arguments that the losses share."""

from __future__ import annotations

import operator
from typing import Any

from steepest._data.rows import Axis


def axis_of(axis: Any) -> int:
    """`axis` as an integer.

    Raises:
        ValueError: for anything else.
    """
    try:
        if not isinstance(axis, bool):
            return operator.index(axis)
    except TypeError:
        pass
    raise ValueError(f"`axis` must be of type `int`. Received: axis={axis!r} of type {type(axis).__name__}")


def axes_of(axis: Any) -> Axis:
    """`axis` as an integer, a tuple of integers, or None for all axes."""
    if axis is None:
        return None
    return tuple(axis_of(one) for one in axis) if isinstance(axis, (tuple, list)) else axis_of(axis)


def smoothing_of(label_smoothing: Any) -> float:
    """`label_smoothing` as a number from 0 to 1.

    Raises:
        ValueError: for anything else.
    """
    if isinstance(label_smoothing, str) or not 0 <= label_smoothing <= 1:
        raise ValueError(f"`label_smoothing` must be a number from 0 to 1. Received: {label_smoothing=}")
    return float(label_smoothing)


def number_of(name: str, value: Any, least: float = 0.0, open_end: bool = False) -> float:
    """`value` as a number of at least `least`, or above it.

    Raises:
        ValueError: for anything else.
    """
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = float("nan")
    if not (number > least or (number == least and not open_end)):
        expected = f"a number above {least:g}" if open_end else f"a number of {least:g} or more"
        raise ValueError(f"`{name}` must be {expected}. Received: {name}={value!r}")
    return number
