"""The global stream of seeds: what is random and was not given a seed (weights, dropout, shuffling) draws one here.

The k-th seed is mix(start + k * golden), SplitMix64 (Steele, Lea, Flood 2014): a function of the start and of k alone,
so that a program that calls `set_random_seed` first and then does the same things gets the same numbers.
"""

from __future__ import annotations

import _thread
import contextlib
import os
from collections.abc import Iterator
from contextvars import ContextVar

_GOLDEN = 0x9E3779B97F4A7C15
_MASK = (1 << 64) - 1


class _Stream:
    """A start, and how many seeds were drawn."""

    def __init__(self, start: int, drawn: int = 0):
        self.state = (start, drawn)

    def next(self) -> int:
        with _lock:
            start, drawn = self.state
            self.state = (start, drawn + 1)
        z = (start + (drawn + 1) * _GOLDEN) & _MASK
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _MASK
        return (z ^ (z >> 31)) >> 11  # 53 bits: the core's hyper-parameters are doubles


_lock = _thread.allocate_lock()
_global = _Stream(int.from_bytes(os.urandom(8), "little"))
_aside: ContextVar[_Stream | None] = ContextVar("_aside", default=None)


def set_seed(seed: int) -> None:
    """Starts the stream again, at `seed`."""
    set_state((seed, 0))


def get_state() -> tuple[int, int]:
    """Where the stream is: its start, and how many seeds were drawn."""
    return _global.state


def set_state(state: tuple[int, int]) -> None:
    """Goes on from there, as if nothing had been drawn since `get_state`."""
    with _lock:
        _global.state = state


@contextlib.contextmanager
def aside(seed: int | None = None) -> Iterator[None]:
    """Inside, in this thread, seeds come from another stream, while the global one stays where it is.

    Args:
        seed: where it starts; by default a function of where the global one is.
    """
    token = _aside.set(_Stream(_Stream(*_global.state).next() if seed is None else seed))
    try:
        yield
    finally:
        _aside.reset(token)


def next_seed() -> int:
    """The next seed of the stream, from 0 to 2**53 - 1.

    >>> set_seed(0)
    >>> next_seed()
    7956156453446585
    """
    return (_aside.get() or _global).next()
