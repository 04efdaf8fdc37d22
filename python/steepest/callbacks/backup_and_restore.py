"""Trainings that survive the death of their process."""

from __future__ import annotations

import contextlib
import os
import warnings
from typing import Any

from steepest.callbacks.callback import Callback, Logs

_LATEST, _PREVIOUS = "latest.npz", "previous.npz"


class BackupAndRestore(Callback):
    """Keeps the state of the training in a file; a `fit` that finds one goes on from there.

    Everything that the next step depends on is kept: the weights, the optimizer's state, the epoch and the step in it,
    the order of the rows, the losses and metrics so far, the random generators and the other callbacks. A training that
    is killed at any instant and started again ends with the same bits as one that was never interrupted.

    Args:
        backup_dir: the folder of the file; it is made if it is not there.
        save_freq: `"epoch"`, or after how many batches to save.
        double_checkpoint: whether to keep the file before the last one too, for the case that the last one is damaged.
        delete_checkpoint: whether the files are deleted when the training has ended.

    Raises:
        ValueError: for an empty `backup_dir`, and a `save_freq` that is neither `"epoch"` nor a positive integer; when
            the training begins, for a file of another model or of other data.

    The callback does its work after all others, wherever it stands in the list. Generators and other iterables of
    batches are read once more up to where they were. Source: Keras.

    >>> BackupAndRestore("backup", save_freq=100).save_freq
    100
    """

    comes_last = True

    def __init__(
        self,
        backup_dir: str | os.PathLike[str],
        save_freq: int | str = "epoch",
        double_checkpoint: bool = False,
        delete_checkpoint: bool = True,
    ):
        super().__init__()
        if not backup_dir:
            raise ValueError("Empty `backup_dir` argument passed")
        check_save_freq(save_freq)
        self.backup_dir = os.fspath(backup_dir)
        self.save_freq = save_freq
        self.double_checkpoint = double_checkpoint
        self.delete_checkpoint = delete_checkpoint
        self._since = BatchesSince(save_freq)
        self._epoch = 0

    def hooks_into(self, kind: str) -> bool:
        return kind == "train" and self.save_freq != "epoch"

    def on_train_begin(self, logs: Logs | None = None) -> None:
        from steepest.saving.checkpoint import read_checkpoint

        latest, previous = self._path(_LATEST), self._path(_PREVIOUS)
        if os.path.exists(latest) or os.path.exists(previous):
            try:
                read_checkpoint(self.model, latest if os.path.exists(latest) else previous)
            except ValueError as error:
                if not (os.path.exists(latest) and os.path.exists(previous)):
                    raise
                warnings.warn(f"The last checkpoint can't be used, and the one before it is: {error}", stacklevel=4)
                read_checkpoint(self.model, previous)

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        self._epoch = epoch

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        if self._since.enough(batch):
            self._save(self._epoch, batch + 1)

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        if self.save_freq == "epoch":
            self._save(epoch + 1, 0)

    def on_train_end(self, logs: Logs | None = None) -> None:
        if self.delete_checkpoint:
            with contextlib.suppress(FileNotFoundError):
                for name in os.listdir(self.backup_dir):
                    if name in (_LATEST, _PREVIOUS) or name.startswith(f".{_LATEST}."):
                        os.unlink(self._path(name))
            with contextlib.suppress(OSError):  # there is something else in it
                os.rmdir(self.backup_dir)

    def get_state(self) -> dict[str, Any]:
        return {"epoch": self._epoch, "batches": self._since.batches, "last": self._since.last}

    def set_state(self, state: dict[str, Any]) -> None:
        self._epoch, self._since.batches, self._since.last = state["epoch"], state["batches"], state["last"]

    def _path(self, name: str) -> str:
        return os.path.join(self.backup_dir, name)

    def _save(self, epoch: int, steps: int) -> None:
        from steepest.saving.checkpoint import write_checkpoint

        os.makedirs(self.backup_dir, exist_ok=True)
        latest = self._path(_LATEST)
        if self.double_checkpoint and os.path.exists(latest):
            os.replace(latest, self._path(_PREVIOUS))
        write_checkpoint(self.model, latest, epoch, steps)


class BatchesSince:
    """How many batches there were since something was done after so many."""

    def __init__(self, save_freq: int | str):
        self._freq = save_freq
        self.batches, self.last = 0, -1

    def enough(self, batch: int) -> bool:
        """Whether it is time, after the batch of this number in its epoch; then counting begins anew."""
        if self._freq == "epoch":
            return False
        self.batches += batch + 1 if batch <= self.last else batch - self.last
        self.last = batch
        if self.batches < int(self._freq):
            return False
        self.batches = 0
        return True


def check_save_freq(save_freq: Any) -> None:
    """Refuses what is neither "epoch" nor a number of batches.

    Raises:
        ValueError: if it is that.
    """
    if save_freq != "epoch" and (not isinstance(save_freq, int) or isinstance(save_freq, bool) or save_freq < 1):
        raise ValueError(
            f"Expected `save_freq` to be 'epoch' or a positive number of batches. Received: save_freq={save_freq!r}"
        )
