"""The model as a file, again and again, or when it is better than before."""

from __future__ import annotations

import os
import warnings
from typing import Any

import numpy as np

from steepest.callbacks.backup_and_restore import BatchesSince, check_save_freq
from steepest.callbacks.callback import Logs
from steepest.callbacks.monitor_callback import MonitorCallback


class ModelCheckpoint(MonitorCallback):
    """Saves the model, or its weights, at the end of epochs or after a number of batches.

    Args:
        filepath: the file; `{epoch}` in it, and the names of what is in the logs, are filled in, as `str.format` does:
            `"{epoch:02d}-{val_loss:.2f}.keras"`. It ends in `.keras` or `.npz`; in `.weights.h5` or `.weights.npz` with
            `save_weights_only`. Folders are made where there are none.
        monitor: the name of the value in the logs that says how good the model is.
        verbose: 1 says what it does, 0 is silent.
        save_best_only: whether to save only if the value is better than all before.
        save_weights_only: whether to save the weights and the optimizer's state alone.
        mode: `"min"`, `"max"` or `"auto"`; see `MonitorCallback`.
        save_freq: `"epoch"`, or after how many batches to save.
        initial_value_threshold: a value that the first one must be better than; None by default.

    Raises:
        ValueError: for another end of the name, and a `save_freq` that is neither `"epoch"` nor a positive integer.
        KeyError: when it saves, for a name in `filepath` that the logs don't have.

    Source: Keras.

    >>> ModelCheckpoint("best.keras", monitor="loss", save_best_only=True).filepath
    'best.keras'
    """

    def __init__(
        self,
        filepath: str | os.PathLike[str],
        monitor: str = "val_loss",
        verbose: int = 0,
        save_best_only: bool = False,
        save_weights_only: bool = False,
        mode: str = "auto",
        save_freq: int | str = "epoch",
        initial_value_threshold: float | None = None,
    ):
        super().__init__(monitor, mode, initial_value_threshold)
        self.verbose = verbose
        self.filepath = os.fspath(filepath)
        self.save_best_only = save_best_only
        self.save_weights_only = save_weights_only
        self.save_freq = save_freq
        check_save_freq(save_freq)
        self._since = BatchesSince(save_freq)
        self._epoch = 0
        ends = (".weights.h5", ".weights.npz") if save_weights_only else (".keras", ".npz")
        if not self.filepath.endswith(ends):
            raise ValueError(
                f"With save_weights_only={save_weights_only} the filepath must end in {' or '.join(ends)}. "
                f"Received: filepath={self.filepath}"
            )

    def hooks_into(self, kind: str) -> bool:
        return kind == "train" and self.save_freq != "epoch"

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        self._epoch = epoch

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        if self._since.enough(batch):
            self._save(self._epoch, {"batch": batch + 1, **(logs or {})})

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        if self.save_freq == "epoch":
            self._save(epoch, logs or {})

    def get_state(self) -> dict[str, Any]:
        state = {"best": self.best, "epoch": self._epoch}
        return {**state, "batches": self._since.batches, "last": self._since.last}

    def set_state(self, state: dict[str, Any]) -> None:
        self.best, self._epoch = state["best"], state["epoch"]
        self._since.batches, self._since.last = state["batches"], state["last"]

    def _save(self, epoch: int, logs: Logs) -> None:
        try:
            path = self.filepath.format(epoch=epoch + 1, **logs)
        except KeyError as error:
            raise KeyError(
                f"Failed to format this callback filepath: {self.filepath!r}. Reason: {error} is not in the "
                f"logs, which have {sorted(logs)}"
            ) from None
        if not self._wanted(epoch, logs, path):
            return
        if os.path.isdir(path):
            raise OSError(f"Please specify a non-directory filepath for ModelCheckpoint. Received: an existing {path}")
        os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
        if self.save_weights_only:
            self.model.save_weights(path)
        else:
            self.model.save(path)
        self._say(epoch, f"finished saving model to {path}")

    def _wanted(self, epoch: int, logs: Logs, path: str) -> bool:
        if not self.save_best_only:
            self._say(epoch, f"saving model to {path}")
            return True
        current = logs.get(self.monitor)
        if current is None:
            warnings.warn(f"Can save best model only with {self.monitor} available.", stacklevel=4)
            return True
        if np.ndim(current):
            warnings.warn(
                f"Can save best model only when `monitor` is one number, and saves each. Received: {current}",
                stacklevel=4,
            )
            return True
        best = "None" if self.best is None else f"{self.best:.5f}"
        if not self._is_improvement(current, self.best):
            self._say(epoch, f"{self.monitor} did not improve from {best}")
            return False
        self._say(epoch, f"{self.monitor} improved from {best} to {current:.5f}, saving model to {path}")
        self.best = current
        return True

    def _say(self, epoch: int, text: str) -> None:
        if self.verbose > 0:
            print(f"\nEpoch {epoch + 1}: {text}")
