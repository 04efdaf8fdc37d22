"""Stopping when it no longer gets better."""

from __future__ import annotations

from typing import Any

from steepest._names.arguments import whole
from steepest.callbacks.callback import Logs
from steepest.callbacks.monitor_callback import MonitorCallback


class EarlyStopping(MonitorCallback):
    """Stops the training when the monitored value has not improved for `patience` epochs.

    Args:
        monitor: the name of the value in the logs: `"val_loss"`, `"loss"`, `"val_accuracy"`, ...
        min_delta: by how much more than the best a value must be better to count as improved.
        patience: epochs without improvement after which the training stops.
        verbose: 1 says when it stops, 0 is silent.
        mode: `"min"`, `"max"` or `"auto"`; see `MonitorCallback`.
        baseline: a value that must be beaten as well before patience starts anew; None for no such value.
        restore_best_weights: whether the model gets the weights of its best epoch back at the end. Without it, it keeps
            those of the last.
        start_from_epoch: the first epoch that counts.

    Raises:
        ValueError: for a number of epochs below 0; in the first epoch, if `mode="auto"` can't tell the direction.

    Attributes:
        stopped_epoch: the epoch after which it stopped; 0 if it didn't.
        best, best_epoch: the best value, and the epoch that gave it.

    >>> EarlyStopping("loss", patience=3).patience
    3
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        min_delta: float = 0,
        patience: int = 0,
        verbose: int = 0,
        mode: str = "auto",
        baseline: float | None = None,
        restore_best_weights: bool = False,
        start_from_epoch: int = 0,
    ):
        super().__init__(monitor, mode, min_delta=min_delta)
        whole(patience, "patience", 0)
        whole(start_from_epoch, "start_from_epoch", 0)
        self.patience = patience
        self.verbose = verbose
        self.baseline = baseline
        self.restore_best_weights = restore_best_weights
        self.start_from_epoch = start_from_epoch
        self.wait = 0
        self.stopped_epoch = 0
        self.best_epoch = 0
        self.best_weights: list[Any] | None = None

    def on_train_begin(self, logs: Logs | None = None) -> None:
        self.wait = 0
        self.stopped_epoch = 0
        self.best = None
        self.best_epoch = 0
        self.best_weights = None

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        if self.monitor_op is None:
            self._set_monitor_op()
        current = self._monitored(logs or {}, "Early stopping")
        if current is None or epoch < self.start_from_epoch:
            return
        if self.restore_best_weights and self.best_weights is None:
            self._keep(epoch)  # the first epoch that counts, even if its value is nan
        self.wait += 1
        if self._is_improvement(current, self.best):
            self.best = current
            self._keep(epoch)
            if self._is_improvement(current, self.baseline):
                self.wait = 0
        elif self.wait >= self.patience and epoch > 0:
            self.stopped_epoch = epoch
            self.model.stop_training = True

    def on_train_end(self, logs: Logs | None = None) -> None:
        if self.stopped_epoch > 0 and self.verbose > 0:
            print(f"Epoch {self.stopped_epoch + 1}: early stopping")
        if self.restore_best_weights and self.best_weights is not None:
            if self.verbose > 0:
                print(f"Restoring model weights from the end of the best epoch: {self.best_epoch + 1}.")
            self.model.set_weights(self.best_weights)

    def _keep(self, epoch: int) -> None:
        self.best_epoch = epoch
        if self.restore_best_weights:
            self.best_weights = self.model.get_weights()
