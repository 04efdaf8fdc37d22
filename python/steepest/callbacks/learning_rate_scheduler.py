"""A learning rate for each epoch."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from steepest.callbacks.callback import Callback, Logs
from steepest.callbacks.learning_rates import optimizers_of, report_rates


class LearningRateScheduler(Callback):
    """learning_rate = schedule(epoch, learning_rate) before each epoch.

    The learning rate of each epoch is added to the logs, and so to the history, as `learning_rate`.

    Args:
        schedule: a function of the epoch, counted from 0, and of the learning rate so far, or of the epoch alone, that
            returns a float.
        verbose: 1 prints each learning rate, 0 is silent.

    Raises:
        TypeError: if `schedule` can't be called.
        ValueError: when an epoch begins, if the function returns anything but a float.

    Source: Keras.

    >>> halve = LearningRateScheduler(lambda epoch, rate: rate / 2)
    >>> halve.schedule(0, 0.1)
    0.05
    """

    def __init__(self, schedule: Callable[..., float], verbose: int = 0):
        super().__init__()
        if not callable(schedule):
            raise TypeError(f"`schedule` must be a function of the epoch. Received: schedule={schedule!r}")
        self.schedule = schedule
        self.verbose = verbose

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        for optimizer, name in optimizers_of(self.model):
            try:
                rate = self.schedule(epoch, float(optimizer.learning_rate))
            except TypeError:  # the function takes the epoch alone
                rate = self.schedule(epoch)
            if not isinstance(rate, (float, np.floating)):
                raise ValueError(f"The output of the `schedule` function should be a float. Got: {rate}")
            optimizer.learning_rate = rate
            if self.verbose > 0:
                whose = f"{name} " if name else ""
                print(f"\nEpoch {epoch + 1}: LearningRateScheduler setting {whose}learning rate to {rate}.")

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        report_rates(self.model, {} if logs is None else logs)
