"""The base of the callbacks that watch one value: which way is better, and by how much."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from steepest.callbacks.callback import Callback, Logs


class MonitorCallback(Callback):
    """Tells whether a value is better than another: `monitor_op(value - min_delta, reference)`.

    Args:
        monitor: the name of the value in the logs: `"val_loss"`, `"loss"`, `"val_accuracy"`, ...
        mode: `"min"`, `"max"`, or `"auto"`: by what is monitored; an accuracy should grow, losses and errors shrink.
        baseline: the best value to begin with; None for no such value.
        min_delta: by how much more than the reference a value must be better.

    Attributes:
        monitor_op: `numpy.less` or `numpy.greater`, once it is known; None before.
        best: the best value so far.

    Source: Keras.
    """

    def __init__(
        self, monitor: str = "val_loss", mode: str = "auto", baseline: float | None = None, min_delta: float = 0
    ):
        super().__init__()
        if mode not in ("auto", "min", "max"):
            warnings.warn(f"{type(self).__name__} mode {mode!r} is unknown, fallback to auto mode.", stacklevel=3)
            mode = "auto"
        self.monitor = monitor
        self.mode = mode
        self.best = baseline
        self.min_delta = abs(min_delta)
        self.monitor_op: Callable[[Any, Any], Any] | None = None

    def _set_monitor_op(self) -> None:
        """Finds the direction: asked for when the first value comes, for the model knows its metrics by then.

        Raises:
            ValueError: if `mode="auto"` can't tell it.
        """
        mode = self.mode
        if mode == "auto":
            directions = {**getattr(self.model, "metric_directions", {}), "loss": "down"}
            direction = directions.get(self.monitor.removeprefix("val_"))
            mode = {"up": "max", "down": "min"}.get(direction or "", "")
            if not mode:
                raise ValueError(
                    f"{type(self).__name__} can't tell whether {self.monitor!r} should grow or shrink. Pass "
                    f"`mode='max'` or `mode='min'`. Received: monitor={self.monitor!r}, with "
                    f"{list(directions)} known"
                )
        self.monitor_op = np.greater if mode == "max" else np.less
        self.min_delta = abs(self.min_delta) if mode == "max" else -abs(self.min_delta)

    def _is_improvement(self, value: Any, reference: Any) -> bool:
        if self.monitor_op is None:
            self._set_monitor_op()
        return reference is None or bool(self.monitor_op(value - self.min_delta, reference))  # type: ignore[misc]

    def _monitored(self, logs: Logs, what: str) -> Any:
        """The value in the logs; None, with a warning, if it is not there. `what` depends on it, for the warning."""
        if self.monitor not in logs:
            warnings.warn(
                f"{what} conditioned on metric `{self.monitor}` which is not available. "
                f"Available metrics are: {','.join(logs)}",
                stacklevel=3,
            )
        return logs.get(self.monitor)
