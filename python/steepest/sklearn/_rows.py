"""The rows of a training, dense or sparse, as the core's trainer takes them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steepest import _core

Array = NDArray[Any]

_BYTES = 1 << 22  # of sparse rows that are dense at a time


def is_sparse(X: Any) -> bool:
    """Whether X is a sparse matrix of SciPy."""
    return hasattr(X, "tocsr")


def chunks(X: Any, size: int = 1) -> Iterator[slice]:
    """Slices of the rows of X, whole batches of `size` that are some megabytes when they are dense."""
    count = max(1, _BYTES // (8 * X.shape[1] * size)) * size
    for begin in range(0, X.shape[0], count):
        yield slice(begin, min(begin + count, X.shape[0]))


class Rows:
    """Rows (n, features) with targets (n, columns) and weights (n,) or None. Dense ones are read where they lie.

    Sparse ones become dense some megabytes at a time.
    """

    def __init__(self, X: Any, y: Array, weights: Array | None):
        self.X, self.y, self.weights = X.tocsr() if is_sparse(X) else X, y, weights
        self._whole = None if is_sparse(X) else _core.Data([X], [[y]], [[] if weights is None else [weights]])

    def __len__(self) -> int:
        return int(self.X.shape[0])

    def penalty_scales(self, order: Array | None, size: int) -> Array:
        """1 / the sum of the weights, of each step with the next `size` rows in this order.

        Raises:
            ZeroDivisionError: if such a sum is 0.
        """
        starts = np.arange(0, len(self), size)
        if self.weights is None:
            return 1.0 / np.diff(starts, append=len(self))
        weights = self.weights if order is None else self.weights[order]
        sums = np.add.reduceat(weights, starts, dtype=np.float64)
        if not sums.all():
            raise ZeroDivisionError("Weights sum to zero, can't be normalized")
        return 1.0 / sums

    def train(self, trainer: _core.Trainer, order: Array | None, size: int, rates: Array, scales: Array) -> None:
        """A step with each next `size` rows in this order, with one learning rate or one for each."""
        if self._whole is not None:
            trainer.train(self._whole, order, size, rates, 0, len(scales), penalty_scales=scales)
            return
        for part in chunks(self.X, size):
            rows = part if order is None else order[part]
            data = _core.Data(
                [self.X[rows].toarray()], [[self.y[rows]]], [[] if self.weights is None else [self.weights[rows]]]
            )
            begin, end = part.start // size, -(-part.stop // size)
            own_rates = rates if len(rates) == 1 else rates[begin:end]
            trainer.train(data, None, size, own_rates, 0, end - begin, penalty_scales=scales[begin:end])
