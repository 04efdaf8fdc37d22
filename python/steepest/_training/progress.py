"""Where a training is: what must be known, beside the model, to go on from there as if nothing had happened."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from steepest import _random
from steepest._data.sources import Source
from steepest._training.results import Trainer
from steepest.callbacks import CallbackList


class Progress:
    """The epoch, the steps taken of it, where the data are, the results so far, the random generators.

    Args:
        epoch: the number of the first epoch.
        source: the data.
        trainer: holds the results.
        callbacks: of the training.
    """

    def __init__(self, epoch: int, source: Source, trainer: Trainer, callbacks: CallbackList):
        self.epoch, self.callbacks = epoch, callbacks
        self.trainer = trainer
        self._first, self._source = epoch, source
        self._resumed: dict[str, Any] | None = None

    def get_state(self, epoch: int, steps: int) -> dict[str, Any]:
        """The state after `steps` steps of an epoch, in plain values; none of it is where an epoch begins."""
        return {
            "epoch": epoch,
            "steps": steps,
            "first_epoch": self._first,
            "data": self._source.position(),
            "results": self.trainer.get_results() if steps else None,
            "iterations": self.trainer.core.iterations,
            "random": _random_states(),
            "stopped": bool(self.callbacks.model.stop_training),
        }

    def resume(self, state: dict[str, Any]) -> None:
        """Goes on from a state, once the training asks for its next epoch."""
        self.epoch, self._first = state["epoch"], state["first_epoch"]
        self._resumed = state

    def rest(self, epochs: int) -> range:
        """The numbers of the epochs that are left; reads the data as far as they were read.

        Raises:
            ValueError: if the data are others than those that the training was begun with.
        """
        state = self._resumed
        if state is None:
            return range(self.epoch, epochs)
        self._source.resume(state["data"], self.epoch - self._first, state["steps"])
        self.trainer.core.iterations = state["iterations"]
        _set_random_states(state["random"])
        self.callbacks.model.stop_training = state["stopped"]
        return range(self.epoch, self.epoch if state["stopped"] and not state["steps"] else epochs)

    def begin(self, epoch: int) -> int:
        """Begins an epoch, or goes on with it; returns how many of its steps are taken."""
        state, self._resumed = self._resumed, None
        if state is None or not state["steps"]:
            self.callbacks.on_epoch_begin(epoch)
            self.trainer.reset()
            return 0
        if self.callbacks.progbar is not None:  # the others have had their `on_epoch_begin`
            self.callbacks.progbar.on_epoch_begin(epoch)
        self.trainer.set_results(state["results"])
        return int(state["steps"])


def _random_states() -> dict[str, Any]:
    """Of steepest, and of what else of the process may be drawn from."""
    states: dict[str, Any] = {"steepest": list(_random.get_state())}
    if "random" in sys.modules:
        import random

        version, words, gauss = random.getstate()
        states["python"] = [version, np.array(words), gauss]
    if "numpy.random" in sys.modules:
        states["numpy"] = np.random.get_state(legacy=False)
    return states


def _set_random_states(states: dict[str, Any]) -> None:
    start, drawn = states["steepest"]
    _random.set_state((start, drawn))
    if "python" in states:
        import random

        version, words, gauss = states["python"]
        random.setstate((version, tuple(words.tolist()), gauss))
    if "numpy" in states:
        np.random.set_state(states["numpy"])
