"""Smaller steps when it no longer gets better."""

from __future__ import annotations

from typing import Any

import numpy as np

from steepest._names.arguments import number, whole
from steepest.callbacks.callback import Logs
from steepest.callbacks.learning_rates import optimizers_of, report_rates
from steepest.callbacks.monitor_callback import MonitorCallback


class ReduceLROnPlateau(MonitorCallback):
    """learning_rate = max(factor * learning_rate, min_lr) after `patience` epochs without improvement.

    The learning rate of each epoch is added to the logs, and so to the history, as `learning_rate`.

    Args:
        monitor: the name of the value in the logs: `"val_loss"`, `"loss"`, `"val_accuracy"`, ...
        factor: what the learning rate is multiplied by, less than 1.
        patience: epochs without improvement after which it is.
        verbose: 1 says when it is, 0 is silent.
        mode: `"min"`, `"max"` or `"auto"`; see `MonitorCallback`.
        min_delta: by how much more than the best a value must be better to count as improved.
        cooldown: epochs after a reduction in which patience does not run.
        min_lr: the smallest learning rate.
        kwargs: ignored, as in Keras, which takes the arguments of its older versions.

    Raises:
        ValueError: if `factor` is 1 or more, or a number below 0; in the first epoch, if `mode="auto"` can't tell the
            direction.

    Source: Keras.

    >>> ReduceLROnPlateau("loss", factor=0.5, patience=3).factor
    0.5
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        factor: float = 0.1,
        patience: int = 10,
        verbose: int = 0,
        mode: str = "auto",
        min_delta: float = 1e-4,
        cooldown: int = 0,
        min_lr: float = 0.0,
        **kwargs: Any,
    ):
        super().__init__(monitor, mode, min_delta=min_delta)
        if factor >= 1.0:
            raise ValueError(f"ReduceLROnPlateau does not support a factor >= 1.0. Received factor={factor}")
        number(factor, "factor")
        number(min_lr, "min_lr")
        whole(patience, "patience", 0)
        whole(cooldown, "cooldown", 0)
        self.factor = factor
        self.min_lr = min_lr
        self.patience = patience
        self.verbose = verbose
        self.cooldown = cooldown
        self.cooldown_counter = 0
        self.wait = 0

    def in_cooldown(self) -> bool:
        """Whether patience does not run."""
        return self.cooldown_counter > 0

    def on_train_begin(self, logs: Logs | None = None) -> None:
        self.best = None
        self.cooldown_counter = 0
        self.wait = 0

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        if self.monitor_op is None:
            self._set_monitor_op()
        logs = {} if logs is None else logs
        report_rates(self.model, logs)
        current = self._monitored(logs, "Learning rate reduction is")
        if current is None:
            return
        if self.in_cooldown():
            self.cooldown_counter -= 1
            self.wait = 0
        if self._is_improvement(current, self.best):
            self.best = current
            self.wait = 0
        elif not self.in_cooldown():
            self.wait += 1
            if self.wait >= self.patience and self._reduce(epoch):
                self.cooldown_counter = self.cooldown
                self.wait = 0

    def _reduce(self, epoch: int) -> bool:
        """Whether any learning rate was not the smallest yet."""
        reduced = False
        for optimizer, name in optimizers_of(self.model):
            rate = float(optimizer.learning_rate)
            if np.float32(rate) > np.float32(self.min_lr):  # a rate may have been stored as float32
                optimizer.learning_rate = rate = max(rate * self.factor, self.min_lr)
                reduced = True
                if self.verbose > 0:
                    whose = f" {name}" if name else ""
                    print(f"\nEpoch {epoch + 1}: ReduceLROnPlateau reducing{whose} learning rate to {rate}.")
        return reduced
