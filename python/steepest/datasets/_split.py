"""The held-out part of a data set: which rows are for learning and which for testing."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Parts = tuple[tuple[Array, Array], tuple[Array, Array]]


def check_test_split(test_split: float) -> None:
    """Refuses a fraction outside [0, 1) with a ValueError, before anything is read or fetched."""
    if not 0 <= test_split < 1:
        raise ValueError(f"`test_split` must be at least 0 and below 1. Received: test_split={test_split}")


def split(x: Array, y: Array, test_split: float, seed: int) -> Parts:
    """The rows in an order drawn by `seed`: the first `int(n * (1 - test_split))` for training, the rest for testing.

    NumPy keeps the stream of `RandomState` fixed for ever, so a seed means the same rows on every machine and in every
    version, and the same rows as in Keras.

    >>> (x_train, _), (x_test, _) = split(np.arange(10), np.arange(10), test_split=0.2, seed=113)
    >>> x_train, x_test
    (array([9, 3, 6, 1, 0, 7, 4, 8]), array([2, 5]))
    """
    order = np.arange(len(x))
    np.random.RandomState(seed).shuffle(order)
    train, test = np.split(order, [int(len(x) * (1 - test_split))])
    return (x[train], y[train]), (x[test], y[test])
