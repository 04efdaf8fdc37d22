"""What the engines do beyond numbers, recorded as JSON: `record(keras)` runs every probe on the module it is given.

A probe is a function of the module that returns what JSON can hold; its name is the key of the record. The record of
real Keras is `golden/behaviour.json`; `test_behaviour.py` makes that of steepest and compares, but for the documented
deviations. Printed lines are recorded with the times masked, since these are the only thing in them that may differ.
"""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Callable
from typing import Any

import numpy as np

from . import bad_input, callbacks, configurations, preprocessing, saving, signatures, streams

ONEHOT = np.eye(3)[np.arange(12) % 3]
LABELS = np.arange(12) % 3
BINARY = (np.arange(12) % 2).reshape(12, 1)
X = np.sin(np.arange(48.0)).reshape(12, 4).astype("float32")


def model_of(keras: Any, outputs: int = 3, activation: str = "softmax", **compiled: Any) -> Any:
    """Four inputs, five hidden units, weights that are always the same."""
    model = keras.Sequential(
        [
            keras.Input((4,)),
            keras.layers.Dense(5, activation="tanh"),
            keras.layers.Dense(outputs, activation=activation),
        ]
    )
    model.set_weights([np.cos(np.arange(w.size)).reshape(w.shape) for w in model.get_weights()])
    if compiled:
        model.compile(**compiled)
    return model


def classifier(keras: Any, **changes: Any) -> Any:
    return model_of(keras, **{"optimizer": "sgd", "loss": "categorical_crossentropy", "metrics": ["acc"], **changes})


def printed(action: Callable[[], Any]) -> list[str]:
    """The lines that `action` prints; times become "T"."""
    with contextlib.redirect_stdout(io.StringIO()) as output:
        action()
    return [re.sub(r"\b\d+(s|ms|us)\b", "T", line) for line in output.getvalue().splitlines()]


def typed(value: Any) -> Any:
    """The types of what a method returned; shape and dtype of an array."""
    if isinstance(value, dict):
        return {key: typed(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [type(value).__name__, *(typed(item) for item in value)]
    if isinstance(value, np.ndarray):
        return f"ndarray {value.dtype} {value.shape}"
    return "float" if isinstance(value, (float, np.floating)) else type(value).__name__


def history_keys(keras: Any) -> Any:
    """In the order in which fit's history holds them."""
    cases: dict[str, tuple[dict[str, Any], Any]] = {
        "none": ({"loss": "mse"}, ONEHOT),
        "empty": ({"loss": "mse", "metrics": []}, ONEHOT),
        "mse": ({"loss": "mse", "metrics": ["mse"]}, ONEHOT),
        "long": ({"loss": "mse", "metrics": ["mean_squared_error", "mean_absolute_error"]}, ONEHOT),
        "acc": ({"metrics": ["acc"]}, ONEHOT),
        "accuracy": ({"metrics": ["accuracy"]}, ONEHOT),
        "order": ({"metrics": ["mse", "acc", "mae"]}, ONEHOT),
        "sparse": ({"loss": "sparse_categorical_crossentropy", "metrics": ["acc"]}, LABELS),
        "instances": ({"metrics": [keras.metrics.CategoricalAccuracy(), keras.metrics.MeanSquaredError()]}, ONEHOT),
        "named": ({"metrics": [keras.metrics.CategoricalAccuracy(name="hits")]}, ONEHOT),
        "function": ({"metrics": [keras.metrics.mean_squared_error]}, ONEHOT),
        "loss function": ({"metrics": [keras.losses.categorical_crossentropy]}, ONEHOT),
        "loss by name": ({"metrics": ["categorical_crossentropy"]}, ONEHOT),
        "twice": ({"metrics": ["acc", "acc"]}, ONEHOT),
        "ce": ({"metrics": ["MSE", "MAE"]}, ONEHOT),
    }
    found = {}
    for name, (changes, y) in cases.items():
        model = classifier(keras, **({"metrics": None} | changes))
        found[name] = list(model.fit(X, y, epochs=1, verbose=0, validation_data=(X, y)).history)
    return found


def history_object(keras: Any) -> Any:
    model = classifier(keras)
    history = model.fit(X, ONEHOT, epochs=4, initial_epoch=1, batch_size=5, verbose=0)
    return {
        "type": type(history).__name__,
        "epoch": history.epoch,
        "params": history.params,
        "values": typed(history.history),
        "same model": history.model is model,
    }


def returned_types(keras: Any) -> Any:
    model = classifier(keras)
    alone = model_of(keras, optimizer="sgd", loss="mse")
    return {
        "evaluate": typed(model.evaluate(X, ONEHOT, verbose=0)),
        "evaluate, no metrics": typed(alone.evaluate(X, ONEHOT, verbose=0)),
        "evaluate, dict": typed(model.evaluate(X, ONEHOT, verbose=0, return_dict=True)),
        "train_on_batch": typed(model.train_on_batch(X, ONEHOT)),
        "train_on_batch, no metrics": typed(alone.train_on_batch(X, ONEHOT)),
        "train_on_batch, dict": typed(model.train_on_batch(X, ONEHOT, return_dict=True)),
        "test_on_batch": typed(model.test_on_batch(X, ONEHOT)),
        "predict": typed(model.predict(X, verbose=0)),
        "predict, float64 rows": typed(model.predict(X.astype("float64"), verbose=0)),
        "predict_on_batch": typed(model.predict_on_batch(X)),
        "call": typed(np.asarray(model(X))),
        "get_weights": typed(model.get_weights()),
        "layer weights": typed(model.layers[0].get_weights()),
        "count_params": model.count_params(),
        "summary": typed(model.summary(print_fn=lambda *_, **__: None)),
        "compile": typed(model.compile("sgd", "mse")),
    }


def metrics_names(keras: Any) -> Any:
    model = classifier(keras)
    model.fit(X, ONEHOT, verbose=0)
    return {"names": model.metrics_names, "keys": list(model.evaluate(X, ONEHOT, verbose=0, return_dict=True))}


def printed_lines(keras: Any) -> Any:
    """verbose=2 of fit and evaluate: words, order, decimals; the numbers are those of the same weights."""

    def fit(model: Any, **arguments: Any) -> list[str]:
        return printed(lambda: model.fit(X, ONEHOT, batch_size=5, verbose=2, shuffle=False, **arguments))

    stop = keras.callbacks.EarlyStopping(
        monitor="loss", min_delta=10.0, patience=1, verbose=1, restore_best_weights=True
    )
    tiny = classifier(keras, loss="mse", metrics=["mse"])
    return {
        "fit": fit(classifier(keras), epochs=2),
        "validation": fit(classifier(keras, metrics=["mse", "acc"]), validation_data=(X, ONEHOT)),
        "initial epoch": fit(classifier(keras), epochs=3, initial_epoch=2),
        "evaluate": printed(lambda: classifier(keras).evaluate(X, ONEHOT, batch_size=5, verbose=2)),
        "small numbers": printed(lambda: tiny.evaluate(X, tiny.predict(X, verbose=0) + 0.001, verbose=2)),
        "early stopping": fit(classifier(keras), epochs=5, callbacks=[stop]),
        "silent": printed(lambda: classifier(keras).fit(X, ONEHOT, verbose=0)),
    }


def summaries(keras: Any) -> Any:
    """The lines of `summary`, without colours, in 80 columns."""
    keras.utils.clear_session()
    lazy = keras.Sequential([keras.layers.Dense(2)])
    built = classifier(keras)
    trained = classifier(keras, optimizer="adam")
    trained.fit(X, ONEHOT, verbose=0)
    found = {}
    for name, model in {"lazy": lazy, "built": built, "trained": trained}.items():
        text: list[str] = []
        model.summary(line_length=80, print_fn=lambda line, text=text, **_: text.append(line))
        lines = re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(text)).splitlines()
        found[name] = [line.rstrip() for line in lines if line.strip()]
    return found


def callback_calls(keras: Any) -> Any:
    """Which hooks are called, in which order, with which epoch or batch and which keys of logs."""
    called = []

    class Recorder(keras.callbacks.Callback):
        pass

    def recording(hook: str) -> Callable[..., None]:
        def call(self: Any, *arguments: Any, **keywords: Any) -> None:
            seen = (*arguments, *keywords.values())
            called.append([hook, *(list(item) if isinstance(item, dict) else item for item in seen)])

        return call

    for moment in ("begin", "end"):
        for part in ("train", "test", "predict", "epoch", "train_batch", "test_batch", "predict_batch"):
            setattr(Recorder, f"on_{part}_{moment}", recording(f"on_{part}_{moment}"))
    model = classifier(keras)
    found = {}
    for name, action in {
        "fit": lambda: model.fit(
            X, ONEHOT, batch_size=7, epochs=2, verbose=0, validation_data=(X, ONEHOT), callbacks=[Recorder()]
        ),
        "evaluate": lambda: model.evaluate(X, ONEHOT, batch_size=7, verbose=0, callbacks=[Recorder()]),
        "predict": lambda: model.predict(X, batch_size=7, verbose=0, callbacks=[Recorder()]),
    }.items():
        called.clear()
        action()
        found[name] = list(called)
    return found


def early_stopping(keras: Any) -> Any:
    """[last epoch, stopped_epoch, best_epoch, best] of a curve of losses, for each way to watch it."""
    falling, rising = [5.0, 4.0, 4.5, 3.9, 3.95, 3.85, 4.0, 4.1, 4.2], [0.1, 0.3, 0.2, 0.35, 0.3, 0.25, 0.2, 0.1, 0.0]
    cases: dict[str, tuple[dict[str, Any], list[float]]] = {
        "default": ({}, falling),
        "patience 1": ({"patience": 1}, falling),
        "patience 2": ({"patience": 2}, falling),
        "patience 2, restored": ({"patience": 2, "restore_best_weights": True}, falling),
        "min_delta": ({"patience": 2, "min_delta": 0.2}, falling),
        "negative min_delta": ({"patience": 2, "min_delta": -0.2}, falling),
        "baseline": ({"patience": 2, "baseline": 3.0}, falling),
        "baseline met": ({"patience": 3, "baseline": 4.2}, falling),
        "start_from_epoch": ({"patience": 1, "start_from_epoch": 4}, falling),
        "min": ({"mode": "min", "monitor": "other"}, falling),
        "max": ({"mode": "max", "monitor": "val_loss", "patience": 2}, rising),
        "auto val_acc": ({"monitor": "val_acc", "patience": 1}, rising),
        "auto acc": ({"monitor": "acc", "patience": 1}, rising),
        "never": ({"patience": 20, "restore_best_weights": True}, falling),
        "not a number": ({"patience": 2}, [3.0, float("nan"), 2.5, float("nan"), float("nan"), 2.0]),
    }
    model = classifier(keras)
    model.fit(X, ONEHOT, verbose=0)  # "auto" asks the metrics, which the first data make
    found = {}
    for name, (arguments, curve) in cases.items():
        stop = keras.callbacks.EarlyStopping(**arguments)
        stop.set_model(model)
        model.stop_training = False
        stop.on_train_begin()
        epoch = 0
        for epoch, value in enumerate(curve):
            stop.on_epoch_end(epoch, {stop.monitor: value})
            if model.stop_training:
                break
        stop.on_train_end()
        found[name] = [epoch, stop.stopped_epoch, stop.best_epoch, None if stop.best is None else float(stop.best)]
    return found


def to_categorical(keras: Any) -> Any:
    function = keras.utils.to_categorical
    cases = {"plain": ([0, 2, 1],), "classes": ([0, 2, 1], 5), "column": ([[0], [2]],), "matrix": ([[0, 1], [2, 0]],)}
    return {name: [typed(function(*arguments)), function(*arguments).tolist()] for name, arguments in cases.items()}


def shapes(keras: Any) -> Any:
    """Lazily built models, and what building shows."""
    lazy = keras.Sequential([keras.layers.Dense(3), keras.layers.Dense(2)])
    before = {"built": lazy.built, "weights": len(lazy.get_weights())}
    lazy(X)
    fitted = keras.Sequential([keras.layers.Dense(3)])
    fitted.compile("sgd", "mse")
    fitted.fit(X, ONEHOT, verbose=0)
    flat = keras.Sequential([keras.Input((2, 2)), keras.layers.Flatten(), keras.layers.Dense(3)])
    shortened = model_of(keras)
    shortened.pop()
    return {
        "before": before,
        "after": {"built": lazy.built, "weights": [list(w.shape) for w in lazy.get_weights()]},
        "by fit": [list(w.shape) for w in fitted.get_weights()],
        "input_shape": lazy.input_shape[-1],
        "output_shape": list(flat.output_shape),
        "layers": [type(layer).__name__ for layer in flat.layers],
        "popped": [list(shortened.output_shape), len(shortened.layers)],
        "by build": [list(w.shape) for w in _built(keras).get_weights()],
    }


def _built(keras: Any) -> Any:
    model = keras.Sequential([keras.layers.Dense(3)])
    model.build((None, 7))
    return model


PROBES: dict[str, Callable[[Any], Any]] = {
    "history_keys": history_keys,
    "history_object": history_object,
    "returned_types": returned_types,
    "metrics_names": metrics_names,
    "printed_lines": printed_lines,
    "summaries": summaries,
    "callback_calls": callback_calls,
    "early_stopping": early_stopping,
    **callbacks.PROBES,
    **saving.PROBES,
    **streams.PROBES,
    **preprocessing.PROBES,
    "to_categorical": to_categorical,
    "shapes": shapes,
    "object_names": configurations.object_names,
    "configurations": configurations.configurations,
    "signatures": signatures.signatures,
    "errors": bad_input.errors,
}


def record(keras: Any) -> dict[str, Any]:
    return {name: function(keras) for name, function in PROBES.items()}
