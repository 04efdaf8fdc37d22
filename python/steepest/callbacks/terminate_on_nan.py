"""Stopping when there is nothing left to learn from."""

from __future__ import annotations

import math

from steepest.callbacks.callback import Callback, Logs


class TerminateOnNaN(Callback):
    """Stops the training after the first batch whose loss is NaN or infinite.

    Args:
        raise_error: whether to raise an error instead, so that `on_train_end` of no callback is called.

    Raises:
        RuntimeError: after such a batch, if `raise_error`.

    Source: Keras.

    >>> TerminateOnNaN().raise_error
    False
    """

    def __init__(self, raise_error: bool = False):
        super().__init__()
        self.raise_error = raise_error

    def on_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        loss = (logs or {}).get("loss")
        if loss is None or math.isfinite(loss):
            return
        if self.raise_error:
            raise RuntimeError(f"NaN or Inf loss encountered at batch {batch}: the training ends. Loss value: {loss}")
        print(f"Batch {batch}: Invalid loss, terminating training")
        self.model.stop_training = True
