"""The global stream of seeds: what is random and was not given a seed (weights, dropout, shuffling) draws one here.

The k-th seed is mix(start + k * golden), SplitMix64 (Steele, Lea, Flood 2014): a function of the start and of k alone,
so that a program that calls `set_random_seed` first and then does the same things gets the same numbers.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator

_GOLDEN = 0x9E3779B97F4A7C15
_MASK = (1 << 64) - 1

_stream: tuple[int, Iterator[int]] = (int.from_bytes(os.urandom(8), "little"), itertools.count(1))


def set_seed(seed: int) -> None:
    """Starts the stream again, at `seed`."""
    global _stream
    _stream = (seed, itertools.count(1))  # one assignment: a thread sees the old stream or the new one


def next_seed() -> int:
    """The next seed of the stream, from 0 to 2**53 - 1.

    >>> set_seed(0)
    >>> next_seed()
    7956156453446585
    """
    start, count = _stream
    z = (start + next(count) * _GOLDEN) & _MASK
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _MASK
    return (z ^ (z >> 31)) >> 11  # 53 bits: the core's hyper-parameters are doubles
