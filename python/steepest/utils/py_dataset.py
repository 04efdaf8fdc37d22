"""Batches that a program computes by their numbers, some of them at the same time."""

from __future__ import annotations

import itertools
import warnings
from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any

from steepest import _core


class PyDataset:
    """A data set whose batches are computed when they are needed.

    A subclass has `__getitem__(index)`, which returns a batch `(x, y)` or `(x, y, sample_weight)`, and `__len__`, the
    number of batches; or `num_batches`, which may be None for a data set without end. `fit` asks for the batches in a
    random order in each epoch unless `shuffle=False`, each of them once.

    Args:
        workers: how many batches are computed at a time; with 1 they are computed in between the steps.
        use_multiprocessing: whether in processes of their own, rather than in threads. The data set is then copied into
            each process, and must be one that can be pickled.
        max_queue_size: how many batches may wait to be used.

    Source: Keras, `keras.utils.PyDataset`.

    >>> class Squares(PyDataset):
    ...     def __len__(self):
    ...         return 2
    ...     def __getitem__(self, index):
    ...         return [[index]], [[index**2]]
    >>> list(Squares())
    [([[0]], [[0]]), ([[1]], [[1]])]
    """

    workers: int = 1
    use_multiprocessing: bool = False
    max_queue_size: int = 10
    _told = False

    def __init__(self, workers: int = 1, use_multiprocessing: bool = False, max_queue_size: int = 10):
        self.workers = workers
        self.use_multiprocessing = use_multiprocessing
        self.max_queue_size = max_queue_size
        self._told = True

    def __getitem__(self, index: int) -> Any:
        """The batch of this number."""
        raise NotImplementedError(f"{type(self).__name__} must have `__getitem__(self, index)`, which returns a batch.")

    def __iter__(self) -> Iterator[Any]:
        return (self[index] for index in indices_of(self))

    @property
    def num_batches(self) -> int | None:
        """The number of batches: `len(self)`, or what a subclass says; None for a data set without end.

        Raises:
            NotImplementedError: if a subclass has neither.
        """
        if hasattr(self, "__len__"):
            return len(self)
        raise NotImplementedError(f"{type(self).__name__} must have `__len__`, or a property `num_batches`.")

    def on_epoch_begin(self) -> None:
        """Called when an epoch of `fit` begins."""

    def on_epoch_end(self) -> None:
        """Called when an epoch of `fit` has ended."""


def indices_of(dataset: PyDataset, seed: int | None = None, number: int = 0) -> Iterable[int]:
    """The numbers of the batches; in an order that is a function of the seed and of the pass's number, if there is one
    and the batches have an end."""
    length = dataset.num_batches
    if length is None:
        return itertools.count()
    return range(length) if seed is None else _core.permutation(length, seed, number).tolist()


def batches_of(dataset: PyDataset, seed: int | None = None, number: int = 0) -> Iterator[Any]:
    """The batches, computed by as many workers as the data set wants."""
    if not dataset._told:
        warnings.warn(
            f"{type(dataset).__name__}.__init__ should call `super().__init__(**kwargs)`: `kwargs` can have `workers`, "
            "`use_multiprocessing` and `max_queue_size`.",
            stacklevel=3,
        )
    indices = indices_of(dataset, seed, number)
    if dataset.workers > 1 or (dataset.workers > 0 and dataset.use_multiprocessing):
        return _ahead(dataset, indices)
    return (dataset[index] for index in indices)


def _ahead(dataset: PyDataset, indices: Iterable[int]) -> Iterator[Any]:
    """The batches in order, while the next ones are being computed."""
    from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor

    if dataset.use_multiprocessing:
        executor: Any = ProcessPoolExecutor(dataset.workers, initializer=_receive, initargs=(dataset,))
        compute: Any = _compute
    else:
        executor, compute = ThreadPoolExecutor(dataset.workers), dataset.__getitem__
    waiting: deque[Future[Any]] = deque()
    coming = iter(indices)
    try:
        for index in itertools.islice(coming, max(dataset.max_queue_size, 1)):
            waiting.append(executor.submit(compute, index))
        while waiting:
            batch = waiting.popleft().result()
            for index in itertools.islice(coming, 1):
                waiting.append(executor.submit(compute, index))
            yield batch
    finally:  # also when nobody wants the rest
        executor.shutdown(wait=True, cancel_futures=True)


_received: PyDataset | None = None  # in a worker's process, its data set


def _receive(dataset: PyDataset) -> None:
    global _received
    _received = dataset


def _compute(index: int) -> Any:
    assert _received is not None
    return _received[index]
