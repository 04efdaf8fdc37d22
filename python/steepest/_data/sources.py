"""Where batches come from: arrays, of which an epoch is planned whole, and streams, which bring batch after batch.

`fit`, `evaluate` and `predict` walk through both in the same way. A source has epochs; an epoch has parts, each of them
some steps over some rows: all steps of a planned epoch at once, single batches of a stream, or as many steps as a
callback wants to be called for.
"""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from steepest._data.arguments import count
from steepest._data.batches import Batching, warn_exhausted
from steepest._data.data_set import Rows
from steepest._random import next_seed
from steepest.utils.py_dataset import PyDataset, batches_of

View = Callable[[Rows], Rows]
"""From rows as users give them to what the steps read: checked, and seen by the core."""


class Part(NamedTuple):
    """Steps begin..end-1, of `size` rows each in the order of `order` (None: as they lie), over `data`."""

    data: Rows
    order: NDArray[np.int64] | None
    size: int
    begin: int
    end: int


class Epoch(Protocol):
    """The steps of one epoch, to be taken once."""

    def groups(self, steps: int) -> Iterator[list[Part]]:
        """The parts of so many steps at a time; the last group may have fewer."""

    def parts(self) -> Iterator[Part]:
        """All of it, in as few parts as can be."""


class Source(Protocol):
    """A data set."""

    first: Rows
    """What is known of the rows before the first step: all of them, or those of the first batch."""

    steps: int | None
    """How many steps an epoch is announced to have; None if that isn't known."""

    def epochs(self, view: View) -> Iterator[Epoch]:
        """One epoch after another, until there are no more data."""

    def position(self) -> dict[str, Any]:
        """What decides, beside the number of the epoch, which rows come next; in plain values."""

    def resume(self, position: dict[str, Any], epochs: int, steps: int) -> None:
        """Lets `epochs` begin after so many epochs and so many steps of the next one.

        Raises:
            ValueError: if the position is one in other data.
        """

    def passes(self, view: View) -> Iterator[Epoch]:
        """The same for evaluations: in order, and from the beginning where that can be."""


class Arrays:
    """Rows in memory, in batches that a plan has for each epoch."""

    def __init__(self, rows: Rows, batching: Batching, shuffle: bool | str = False):
        self.first = rows
        self.steps: int | None = batching.shown
        self._batching = batching
        self._shuffle = shuffle
        self._seed: int | None = None if shuffle else 0
        self._done = (0, 0)

    def position(self) -> dict[str, Any]:
        return {"seed": self._seed, "rows": len(self.first), "batch_size": self._batching.size, "steps": self.steps}

    def resume(self, position: dict[str, Any], epochs: int, steps: int) -> None:
        check_position(position, self.position())
        self._seed, self._done = position["seed"], (epochs, steps)

    def _epochs(self) -> Iterator[tuple[NDArray[np.int64] | None, int, int]]:
        """The order of the rows, and the first and the last + 1 step, of each epoch."""
        if self._seed is None:
            self._seed = next_seed()
        epochs, steps = self._done
        for order, begin, end in self._batching.epochs(self._shuffle, self._seed, epochs):
            yield order, begin + steps, end
            steps = 0

    def epochs(self, view: View) -> Iterator[Epoch]:
        data, size = view(self.first), self._batching.size
        for order, begin, end in self._epochs():
            yield _Planned(Part(data, order, size, begin, end))

    def passes(self, view: View) -> Iterator[Epoch]:
        whole = Part(view(self.first), None, self._batching.size, 0, self._batching.one_pass())
        return itertools.repeat(_Planned(whole))


class SparseArrays(Arrays):
    """Rows of which some are sparse: those of each batch become dense when its step comes."""

    def epochs(self, view: View) -> Iterator[Epoch]:
        for order, begin, end in self._epochs():
            yield _Streamed(self._batches(view, order, begin, end))

    def passes(self, view: View) -> Iterator[Epoch]:
        while True:
            yield _Streamed(self._batches(view, None, 0, self._batching.one_pass()))

    def _batches(self, view: View, order: NDArray[np.int64] | None, begin: int, end: int) -> Iterator[Part]:
        size = self._batching.size
        for step in range(begin, end):
            rows = slice(step * size, (step + 1) * size)
            data = view(self.first.dense(rows if order is None else order[rows]))
            yield Part(data, None, len(data), 0, 1)


def batched(rows: Rows, batching: Batching, shuffle: bool | str = False) -> Arrays:
    """The source of rows in memory."""
    return (SparseArrays if rows.sparse else Arrays)(rows, batching, shuffle)


class _Planned(NamedTuple):
    whole: Part

    def groups(self, steps: int) -> Iterator[list[Part]]:
        data, order, size, first, last = self.whole
        for begin in range(first, last, steps):
            yield [Part(data, order, size, begin, min(begin + steps, last))]

    def parts(self) -> Iterator[Part]:
        if self.whole.begin < self.whole.end:
            yield self.whole


class Stream:
    """Batches from a generator or any other iterable.

    An iterable that can begin anew does so for each epoch. One that can't, such as a generator, goes on where it
    stopped, and so does any for which `steps` says how many batches make an epoch.

    Args:
        batches: the iterable.
        rows: from one of its batches to rows.
        steps: batches of an epoch; None for all.
        shuffle: whether a `PyDataset` brings its batches in a random order.
        steps_name: what the user calls `steps`.

    Raises:
        ValueError: if there is no batch, or the first one has no rows.
    """

    _resumed: tuple[Iterator[Epoch], list[View]] | None = None  # epochs to come, and what they view their rows by

    def __init__(
        self,
        batches: Iterable[Any],
        rows: Callable[[Any], Rows],
        steps: Any = None,
        shuffle: bool | str = False,
        steps_name: str = "steps",
    ):
        self._given = None if steps is None else count(steps_name, steps)
        self._batches, self._rows, self._shuffle = batches, rows, bool(shuffle)
        self.steps = self._given or length_of(batches)
        self._one_shot = isinstance(batches, Iterator)
        self._seed = next_seed() if self._shuffle and isinstance(batches, PyDataset) else None
        self._begun = 0  # passes over the data
        self._iterator = self._begin()
        self._tell("on_epoch_begin")
        batch = next(self._iterator, _END)
        if batch is _END:
            raise ValueError(f"The data must have at least one batch. Received: an empty {type(batches).__name__}")
        self.first = rows(batch)
        self._iterator = itertools.chain([batch], self._iterator)

    def epochs(self, view: View) -> Iterator[Epoch]:
        coming, views = self._resumed or (self._walk([view], anew=self._given is None), [])
        views[:], self._resumed = [view], None
        return coming

    def passes(self, view: View) -> Iterator[Epoch]:
        return self._walk([view], anew=True)

    def position(self) -> dict[str, Any]:
        return {"seed": self._seed, "batches": type(self._batches).__name__, "steps": self.steps}

    def resume(self, position: dict[str, Any], epochs: int, steps: int) -> None:
        """Takes the batches that were taken once more, so that the data, too, come to where they were."""
        check_position(position, self.position())
        if position["seed"] != self._seed:
            self._seed, self._begun = position["seed"], 0
            self._iterator = self._begin()
        views: list[View] = [lambda rows: rows]
        coming = self._walk(views, anew=self._given is None)
        for epoch in itertools.islice(coming, epochs):
            for _ in epoch.parts():
                pass
        if steps:
            begun = next(coming)
            for _ in itertools.islice(begun.parts(), steps):
                pass
            coming = itertools.chain([begun], coming)
        self._resumed = (coming, views)

    def _begin(self) -> Iterator[Any]:
        self._begun += 1
        if isinstance(self._batches, PyDataset):
            return batches_of(self._batches, self._seed, self._begun - 1)
        return iter(self._batches)

    def _walk(self, views: list[View], anew: bool) -> Iterator[Epoch]:
        while True:
            batch = next(self._iterator, _END)
            if batch is _END and not self._one_shot:  # the last epoch took the last batch
                self._iterator = self._begin()
                batch = next(self._iterator, _END)
            if batch is _END:
                warnings.warn("The data ran out: there are no batches for another epoch.", stacklevel=3)
                return
            yield _Streamed(self._parts(batch, views))
            self._tell("on_epoch_begin")
            if anew and not self._one_shot:
                self._iterator = self._begin()

    def _parts(self, first: Any, views: list[View]) -> Iterator[Part]:
        taken = 0
        try:
            for batch in itertools.chain([first], self._iterator):
                data = views[0](self._rows(batch))
                yield Part(data, None, len(data), 0, 1)
                taken += 1
                if taken == self._given:
                    return
        finally:
            self._tell("on_epoch_end")
        if self._given is not None:
            warn_exhausted(taken, self._given)

    def _tell(self, hook: str) -> None:
        """Calls a hook of the data set, if it has such."""
        if hasattr(self._batches, hook):
            getattr(self._batches, hook)()


class _Streamed(NamedTuple):
    coming: Iterator[Part]

    def groups(self, steps: int) -> Iterator[list[Part]]:
        while group := list(itertools.islice(self.coming, steps)):
            yield group

    def parts(self) -> Iterator[Part]:
        return self.coming


_END = object()


def check_position(position: dict[str, Any], own: dict[str, Any]) -> None:
    """Refuses a position in other data than those with the position `own`: the seeds may differ.

    Raises:
        ValueError: if anything else does.
    """
    before, now = ({key: value for key, value in one.items() if key != "seed"} for one in (position, own))
    if before != now:
        raise ValueError(f"The training was begun on other data, or in other batches: {before}. Received: {now}")


def length_of(batches: Any) -> int | None:
    """The number of batches, if it is known."""
    if isinstance(batches, PyDataset):
        return batches.num_batches
    try:
        return len(batches)
    except TypeError:  # also of a data set of TensorFlow or PyTorch that is endless
        return None
