"""The callback behind `verbose`."""

from __future__ import annotations

from typing import Any

from steepest.callbacks.callback import Callback, Logs, overrides
from steepest.callbacks.progbar import Progbar, updates_in_place, write


class ProgbarLogger(Callback):
    """Prints the progress, with the loss and the metrics so far.

    `params["verbose"]` says how: 0 not at all; 1 by a bar that is drawn anew in its place; 2 by one line at the end of
    an epoch; `"auto"` is 1 on a terminal or in a notebook, else 2.
    """

    def __init__(self) -> None:
        super().__init__()
        self.verbose: int = 1
        self.epochs: int = 1
        self.target: int | None = None
        self._progbar: Progbar | None = None
        self._seen = 0
        self._in_fit = False  # where the validation is silent

    def set_params(self, params: Logs) -> None:
        super().set_params(params)
        verbose = params["verbose"]
        self.verbose = verbose if verbose != "auto" else 1 if updates_in_place() else 2
        self.epochs = params["epochs"]
        self.target = params["steps"]

    def hooks_into(self, kind: str) -> bool:
        return overrides(self, kind, ProgbarLogger)  # by a subclass: this one is told of progress 20 times a second

    @property
    def live(self) -> bool:
        """Whether it wants to hear of progress before an epoch's end: to count the steps, or to draw it."""
        return self.target is None or (self.verbose == 1 and updates_in_place())

    def on_train_begin(self, logs: Logs | None = None) -> None:
        self._in_fit = True

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        if self.verbose and self.epochs > 1:
            write(f"Epoch {epoch + 1}/{self.epochs}\n")
        self._start()

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        self._update(batch + 1, logs)

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        self._finish(logs)

    def on_test_begin(self, logs: Logs | None = None) -> None:
        if not self._in_fit:
            self._start()

    def on_test_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        if not self._in_fit:
            self._update(batch + 1, logs)

    def on_test_end(self, logs: Logs | None = None) -> None:
        if not self._in_fit:
            self._finish(logs)

    def on_predict_begin(self, logs: Logs | None = None) -> None:
        self._start()

    def on_predict_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        self._update(batch + 1, None)

    def on_predict_end(self, logs: Logs | None = None) -> None:
        self._finish(None)

    def _start(self) -> None:
        self._seen = 0
        self._progbar = Progbar(self.target, verbose=self.verbose, stateless_metrics=())

    def _update(self, seen: int, logs: Any) -> None:
        self._seen = seen
        if self.verbose == 1 and self._progbar is not None:
            self._progbar.update(seen, (logs or {}).items(), finalize=False)

    def _finish(self, logs: Any) -> None:
        if self._progbar is not None:
            if self.target is None:
                self.target = self._progbar.target = self._seen  # of the next epochs it is known
            self._progbar.update(self.target, (logs or {}).items(), finalize=True)
