"""Probes of the callbacks that act by themselves: learning rates, files, and the end of a training."""

from __future__ import annotations

import contextlib
import io
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

X = np.sin(np.arange(48.0)).reshape(12, 4).astype("float32")
Y = np.cos(np.arange(12.0)).reshape(12, 1)


def _model(keras: Any, optimizer: Any = "sgd", loss: str = "mse") -> Any:
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1, kernel_initializer="ones")])
    model.compile(optimizer, loss, metrics=["mae"])
    return model


def _rounded(values: Any) -> list[float]:
    return [float(f"{float(value):.6g}") for value in values]


def reduce_lr_on_plateau(keras: Any) -> Any:
    """[learning rates after each epoch, and what waits] of a curve of losses, for each way to watch it."""
    falling, rising = [5.0, 4.0, 4.5, 3.9, 3.95, 3.85, 4.0, 4.1, 4.2, 4.0], [0.1, 0.3, 0.2, 0.35, 0.3, 0.25, 0.2, 0.1]
    cases: dict[str, tuple[dict[str, Any], list[float]]] = {
        "default": ({}, falling),
        "patience 1": ({"patience": 1}, falling),
        "patience 2, half": ({"patience": 2, "factor": 0.5}, falling),
        "min_delta": ({"patience": 2, "min_delta": 0.2}, falling),
        "cooldown": ({"patience": 1, "cooldown": 2}, falling),
        "min_lr": ({"patience": 1, "min_lr": 0.005}, falling),
        "max": ({"patience": 1, "mode": "max"}, rising),
        "auto mae": ({"patience": 1, "monitor": "mae"}, falling),
        "not a number": ({"patience": 2}, [3.0, float("nan"), 2.5, float("nan"), float("nan"), 2.0]),
        "not there": ({"patience": 1, "monitor": "val_mae"}, []),
    }
    found = {}
    for name, (arguments, curve) in cases.items():
        model = _model(keras)
        model.fit(X, Y, verbose=0)  # "auto" asks the metrics, which the first data make
        reduce = keras.callbacks.ReduceLROnPlateau(**arguments)
        reduce.set_model(model)
        reduce.on_train_begin()
        rates = []
        for epoch, value in enumerate(curve or [1.0, 1.0]):
            logs = {reduce.monitor if curve else "loss": value}
            reduce.on_epoch_end(epoch, logs)
            rates.append([*_rounded([model.optimizer.learning_rate, logs["learning_rate"]]), reduce.wait])
        found[name] = rates
    return found


def learning_rate_scheduler(keras: Any) -> Any:
    """The learning rates in the history; the lines that are printed."""
    schedules: dict[str, Callable[..., float]] = {
        "of the epoch": lambda epoch: 0.5 / (1 + epoch),
        "of the rate": lambda epoch, rate: rate * 0.5,
        "numpy": lambda epoch, rate: np.float32(0.25),
    }
    found = {}
    for name, schedule in schedules.items():
        model = _model(keras)
        callback = keras.callbacks.LearningRateScheduler(schedule, verbose=1)
        with contextlib.redirect_stdout(io.StringIO()) as output:
            history = model.fit(X, Y, epochs=3, verbose=0, callbacks=[callback])
        lines = [line.split(" to ")[0] for line in output.getvalue().splitlines()]
        found[name] = [list(history.history), _rounded(history.history["learning_rate"]), lines]
    return found


def csv_logger(keras: Any) -> Any:
    """The text of the file after one training and another one."""
    logs = [
        {"loss": 0.5, "acc": 1, "other": np.array([1.0, 2.0])},
        {"loss": np.float64(0.25), "acc": 0.125, "more": 3.0},
        {"loss": "none", "val_loss": 2.5, "acc": np.array(7)},
    ]
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        for separator, append in ((",", False), (";", True), ("\t", True)):
            path = Path(folder) / f"{ord(separator)}.csv"
            callback = keras.callbacks.CSVLogger(path, separator=separator, append=append)
            for epochs in (logs, logs[::-1]):
                callback.on_train_begin()
                for epoch, values in enumerate(epochs):
                    callback.on_epoch_end(epoch, dict(values))
                callback.on_train_end()
            found[f"{separator!r} {append}"] = path.read_bytes().decode()
    return found


def terminate_on_nan(keras: Any) -> Any:
    """How long a training lasts whose loss becomes infinite, what is printed, what is raised."""
    y = Y.copy()
    y[5] = np.inf
    found = {}
    for raise_error in (False, True):
        model = _model(keras)
        calls: list[str] = []
        end = keras.callbacks.LambdaCallback(on_train_end=lambda logs, calls=calls: calls.append("end"))
        callback = keras.callbacks.TerminateOnNaN(raise_error=raise_error)
        raised = None
        with contextlib.redirect_stdout(io.StringIO()) as output:
            try:
                history = model.fit(X, y, 2, 4, verbose=0, callbacks=[callback, end], shuffle=False)
                calls.append(str(len(history.epoch)))
            except Exception as error:
                raised = type(error).__name__
        found[str(raise_error)] = [raised, calls, output.getvalue(), int(model.optimizer.iterations)]
    return found


PROBES: dict[str, Callable[[Any], Any]] = {
    "reduce_lr_on_plateau": reduce_lr_on_plateau,
    "learning_rate_scheduler": learning_rate_scheduler,
    "csv_logger": csv_logger,
    "terminate_on_nan": terminate_on_nan,
}
