"""Weights that a file brings: while a model is made for them, nothing is drawn, and not more is made than there is."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator
from contextvars import ContextVar
from typing import Any

import numpy as np
from numpy.typing import NDArray

_left: ContextVar[list[int] | None] = ContextVar("_left", default=None)


@contextlib.contextmanager
def weights_follow(numbers: int) -> Iterator[None]:
    """Inside, in this thread, new weights are zeros, of `numbers` numbers all together."""
    token = _left.set([numbers])
    try:
        yield
    finally:
        _left.reset(token)


def placeholder(shape: tuple[int, ...], dtype: str, owner: str) -> NDArray[Any] | None:
    """Zeros for a weight whose values follow; None if they are to be made.

    Raises:
        ValueError: if fewer numbers follow than the weight has.
    """
    left = _left.get()
    if left is None:
        return None
    left[0] -= math.prod(shape)
    if left[0] < 0:
        raise ValueError(f"Layer {owner!r} would need a weight of shape {shape}, which the file does not have.")
    return np.zeros(shape, dtype)
