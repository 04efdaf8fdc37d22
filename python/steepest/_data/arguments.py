"""Checks of the arguments that `fit`, `evaluate` and `predict` share."""

from __future__ import annotations

import operator
from typing import Any


def count(name: str, value: Any, least: int = 1) -> int:
    """`value` as an integer of at least `least`.

    Raises:
        TypeError: if it is no integer.
        ValueError: if it is too small.
    """
    try:
        number = operator.index(value)
    except TypeError:
        received = f"{name}={value!r} (of type {type(value).__name__})"
        raise TypeError(f"`{name}` must be an integer of {least} or more. Received: {received}") from None
    if number < least:
        raise ValueError(f"`{name}` must be an integer of {least} or more. Received: {name}={number}")
    return number


def verbosity(value: Any) -> Any:
    """`value` if `verbose` may have it.

    Raises:
        ValueError: if not.
    """
    if not isinstance(value, (int, str)) or value not in (0, 1, 2, "auto"):
        raise ValueError(
            "`verbose` must be 0 (silent), 1 (progress bar), 2 (one line an epoch) or 'auto'. "
            f"Received: verbose={value!r}"
        )
    return value
