"""The plan of an epoch: in which order the rows come, in batches of which size, and how many of them."""

from __future__ import annotations

import itertools
import math
import warnings
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from steepest import _core
from steepest._data.arguments import count


class Batching(NamedTuple):
    """n rows in batches of `size`; `steps` of them make an epoch (None: all)."""

    rows: int
    size: int
    steps: int | None

    @classmethod
    def of(cls, rows: int, batch_size: Any, steps: Any, steps_name: str = "steps") -> Batching:
        """Without a batch size it is 32, or what it takes to see all rows in `steps` steps, as in Keras.

        Raises:
            TypeError, ValueError: if either is given and is no positive integer.
        """
        steps = None if steps is None else count(steps_name, steps)
        if batch_size is None:
            return cls(rows, math.ceil(rows / steps) if steps else 32, steps)
        return cls(rows, count("batch_size", batch_size), steps)

    @property
    def batches(self) -> int:
        """The number of batches in the rows; the last one may be smaller."""
        return math.ceil(self.rows / self.size)

    @property
    def shown(self) -> int:
        """The number of steps that an epoch is announced to have."""
        return self.steps or self.batches

    def one_pass(self) -> int:
        """The number of steps of a single pass, with a warning if that is less than was asked for."""
        if self.steps is not None and self.steps > self.batches:
            warn_exhausted(self.batches, self.steps)
        return min(self.shown, self.batches)

    def epochs(
        self, shuffle: bool | str, seed: int, first: int = 0
    ) -> Iterator[tuple[NDArray[np.int64] | None, int, int]]:
        """For each epoch from `first` on, endlessly: the order of the rows (None: as they lie), and its first and
        last + 1 step.

        An epoch of fewer steps than there are batches goes on where the one before it stopped; each pass over the rows
        has an order of its own, a function of the seed and the number of the pass.
        """
        begun, skipped = divmod(first, -(-self.batches // self.shown))
        for number in itertools.count(begun):
            order = self._order(shuffle, seed, number)
            for begin in range(skipped * self.shown if number == begun else 0, self.batches, self.shown):
                end = min(begin + self.shown, self.batches)
                if end - begin < self.shown:
                    warn_exhausted(end - begin, self.shown)
                yield order, begin, end

    def _order(self, shuffle: bool | str, seed: int, number: int) -> NDArray[np.int64] | None:
        if not shuffle:
            return None
        order = _core.permutation(self.rows, seed, number)
        if shuffle == "batch":  # within each batch only
            order = order[np.argsort(order // self.size, kind="stable")]
        return order


def warn_exhausted(available: int, asked: int) -> None:
    warnings.warn(
        f"The data ran out: {available} of {asked} steps could be taken. Ask for fewer steps, or for smaller batches.",
        stacklevel=4,
    )
