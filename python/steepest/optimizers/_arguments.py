"""Checks of the optimizers' arguments."""

from __future__ import annotations

import math
import sys
import warnings
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


def below_one(value: Any, name: str) -> float:
    """`value` as a float, if it is the share of an average that is kept: at least 0 and below 1.

    >>> below_one(0, "beta_1")
    0.0
    """
    if number(value, name, high=1.0) == 1.0:
        raise ValueError(f"`{name}` must be below 1: at 1 nothing of the gradient is taken. Received: {name}={value!r}")
    return float(value)


def whole(value: Any, name: str, least: int) -> int:
    """`value`, if it is an integer of at least `least`.

    >>> whole(2, "gradient_accumulation_steps", 2)
    2
    """
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < least:
        raise ValueError(f"`{name}` must be an integer >= {least}. Received: {name}={value!r}")
    return int(value)


def epsilon_or_default(epsilon: float | None) -> float:
    """`epsilon`, or Keras's default for the old spelling None."""
    if epsilon is None:
        warn_old_spelling("`epsilon=None` is the old spelling of the default: leave it out, or write epsilon=1e-07")
        return 1e-7
    return number(epsilon, "epsilon")


def warn_old_spelling(message: str) -> None:
    """A DeprecationWarning that points at the line outside this package from which the constructor was called."""
    level = 1
    while sys._getframe(level).f_globals.get("__name__", "").startswith("steepest.") and sys._getframe(level).f_back:
        level += 1
    warnings.warn(message, DeprecationWarning, stacklevel=level + 1)
