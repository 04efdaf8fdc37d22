"""The history as a table in a file."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

import numpy as np

from steepest.callbacks.callback import Callback, Logs


class CSVLogger(Callback):
    """Writes a line of the loss and the metrics after each epoch, under a header of their names.

    The columns are those of the first epoch, in the order of their names, and those of a validation; what an epoch does
    not have is `NA`. A list or an array is one cell, `"[1, 2]"`.

    Args:
        filename: the file.
        separator: what separates the columns.
        append: whether to write behind what the file has, rather than over it.

    Raises:
        OSError: when the training begins, if the file can't be written.

    Source: Keras.

    >>> CSVLogger("training.csv", separator=";").sep
    ';'
    """

    def __init__(self, filename: str | os.PathLike[str], separator: str = ",", append: bool = False):
        super().__init__()
        self.sep = separator
        self.filename = os.fspath(filename)
        self.append = append
        self.append_header = True
        self.keys: list[str] | None = None
        self.writer: Any = None
        self.csv_file: Any = None

    def on_train_begin(self, logs: Logs | None = None) -> None:
        if self.append and os.path.exists(self.filename):
            self.append_header = not os.path.getsize(self.filename)
        self.on_train_end()  # of a training that was broken off
        self.csv_file = open(self.filename, "a" if self.append else "w", encoding="utf-8", newline="")
        self.keys = None

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        logs = logs or {}
        if self.writer is None:
            self._begin(logs)
        cells = {key: _cell(logs.get(key, "NA")) for key in self.keys or ()}
        self.writer.writerow({"epoch": epoch, **cells})
        self.csv_file.flush()

    def on_train_end(self, logs: Logs | None = None) -> None:
        if self.csv_file is not None:
            self.csv_file.close()
        self.writer = None

    def _begin(self, logs: Logs) -> None:
        import csv

        self.keys = sorted(logs)
        if not any(key.startswith("val_") for key in self.keys):
            self.keys += [f"val_{key}" for key in self.keys]
        self.writer = csv.DictWriter(self.csv_file, ["epoch", *self.keys], delimiter=self.sep, lineterminator="\r\n")
        if self.append_header:
            self.writer.writeheader()


def _cell(value: Any) -> Any:
    if isinstance(value, str) or not isinstance(value, Iterable) or isinstance(value, np.ndarray) and not value.ndim:
        return value
    return f'"[{", ".join(map(str, value))}]"'
