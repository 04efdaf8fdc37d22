"""Seeds that go on: what Keras's random functions take where a number would give the same values at each call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steepest import _random
from steepest._names.registry import auto_name, snake_case


class SeedGenerator:
    """The seeds (seed, 0), (seed, 1), ...: an initializer that is given one draws other weights at each call.

    Args:
        seed: an integer; by default the next of the global stream.
        name: by default from the class's name.

    Raises:
        ValueError: for a seed that is no integer.

    >>> seeds = SeedGenerator(7)
    >>> seeds.next(), seeds.next()
    (array([7, 0], dtype=uint64), array([7, 1], dtype=uint64))
    """

    def __init__(self, seed: int | None = None, name: str | None = None):
        if seed is not None and not isinstance(seed, int):
            raise ValueError(f"Argument `seed` must be an integer. Received: seed={seed!r}")
        self.name = name or auto_name(snake_case(type(self).__name__))
        self._initial_seed = seed
        self.state = np.array([_random.next_seed() if seed is None else seed % 2**64, 0], np.uint64)

    def next(self) -> NDArray[np.uint64]:
        """The next seed: two numbers, of which the second counts the calls."""
        seed = self.state.copy()
        self.state[1] += np.uint64(1)
        return seed

    def get_config(self) -> dict[str, Any]:
        return {"seed": self._initial_seed, "name": self.name}

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> SeedGenerator:
        return cls(**config)
