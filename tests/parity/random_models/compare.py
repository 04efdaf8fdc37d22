"""One random model on each backend of Keras, in a process of its own, and on steepest."""

from __future__ import annotations

import multiprocessing
import warnings
from typing import Any

import numpy as np

from ..cases.run import differences
from .model import RandomModel, draw, train

TOLERANCE = {"float32": 1e-4, "float64": 1e-8}
# In float64 Keras on JAX computes some things in float32: there TensorFlow stands alone.
BACKENDS = {"float32": ("tensorflow", "jax"), "float64": ("tensorflow",)}
Outcome = dict[str, np.ndarray] | str  # or the words of an error
_KERAS: list[Any] = []  # the module, in a process of a backend


def _begin(backend: str) -> None:
    from ..make_golden import real_keras

    warnings.simplefilter("ignore")
    _KERAS.append(real_keras(backend))


def _train(key: str) -> Outcome:
    return attempt(_KERAS[0], key)


def attempt(keras: Any, key: str) -> Outcome:
    try:
        return train(keras, key)
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def worst(found: Outcome, golden: Outcome) -> tuple[float, str]:
    """The largest relative difference, and of what; or what one of them raised."""
    for outcome in (golden, found):
        if isinstance(outcome, str):
            return float("inf"), outcome
    assert isinstance(found, dict) and isinstance(golden, dict)
    return max((value, name) for name, value in differences(found, golden).items())


class Comparison:
    """A process for each backend of Keras; steepest computes here."""

    def __init__(self, steepest: Any) -> None:
        self.steepest = steepest
        spawn = multiprocessing.get_context("spawn")
        self.pools = {name: spawn.Pool(1, _begin, (name,)) for name in ("tensorflow", "jax")}
        self.running: dict[str, list[Any]] = {}

    def start(self, key: str) -> RandomModel:
        drawn = draw(key)
        if key not in self.running:
            self.running[key] = [self.pools[name].apply_async(_train, (key,)) for name in BACKENDS[drawn.dtype]]
        return drawn

    def of(self, key: str) -> tuple[RandomModel, float | None, tuple[float, str]]:
        """The model, how far two backends are apart if there are two, and how far steepest is from the first."""
        drawn = self.start(key)
        golden, *other = [result.get() for result in self.running.pop(key)]
        refused = all(isinstance(outcome, str) for outcome in (golden, *other))
        apart = worst(other[0], golden)[0] if other and not refused else None
        return drawn, apart, worst(attempt(self.steepest, key), golden)
