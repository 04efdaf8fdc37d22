"""What `fit` returns."""

from __future__ import annotations

from typing import Any

from steepest.callbacks.callback import Callback, Logs


class History(Callback):
    """Records the loss and the metrics of every epoch.

    Attributes:
        history: the values of each epoch by name: `{"loss": [...], "val_loss": [...]}`.
        epoch: the numbers of the epochs, from 0.
    """

    def __init__(self) -> None:
        super().__init__()
        self.history: dict[str, list[Any]] = {}
        self.epoch: list[int] = []

    def on_train_begin(self, logs: Logs | None = None) -> None:
        self.epoch = []

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        self.epoch.append(epoch)
        for name, value in (logs or {}).items():
            self.history.setdefault(name, []).append(value)
