"""Checks of the optimizers' arguments."""

from __future__ import annotations

import sys
import warnings
from typing import Any

from steepest._names.arguments import number


def below_one(value: Any, name: str) -> float:
    """`value` as a float, if it is the share of an average that is kept: at least 0 and below 1.

    >>> below_one(0, "beta_1")
    0.0
    """
    if number(value, name, high=1.0) == 1.0:
        raise ValueError(f"`{name}` must be below 1: at 1 nothing of the gradient is taken. Received: {name}={value!r}")
    return float(value)


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
