"""Probes of data that bring whole batches, and of how many steps lie between two calls of the hooks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

X = np.sin(np.arange(40.0)).reshape(10, 4).astype("float32")
Y = np.cos(np.arange(10.0)).reshape(10, 1)
WEIGHT = np.linspace(0.5, 2.0, 10)
STARTS = (0, 4, 8)


def _batches(weighted: bool = False) -> Iterator[Any]:
    for start in STARTS:
        rows = slice(start, start + 4)
        yield (X[rows], Y[rows], WEIGHT[rows]) if weighted else (X[rows], Y[rows])


def _endless() -> Iterator[Any]:
    while True:
        yield from _batches()


def _dataset(keras: Any) -> Any:
    class Batches(keras.utils.PyDataset):  # type: ignore[misc]
        def __len__(self) -> int:
            return len(STARTS)

        def __getitem__(self, index: int) -> Any:
            return X[4 * index : 4 * index + 4], Y[4 * index : 4 * index + 4]

    return Batches()


def _model(keras: Any, **compiled: Any) -> Any:
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1, kernel_initializer="ones")])
    model.compile("sgd", "mse", metrics=["mae"], **compiled)
    return model


def _plain(value: Any) -> Any:
    """Numbers to four digits: float32 in another order of operations."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, np.ndarray)):
        return [_plain(item) for item in value]
    return float(f"{float(value):.4g}")


def streams(keras: Any) -> Any:
    """Histories, evaluations and predictions; without workers, with which Keras on JAX sees some batches twice."""

    def fit(*data: Any, **arguments: Any) -> Any:
        return _plain(_model(keras).fit(*data, verbose=0, shuffle=False, **arguments).history)

    weights = {0: 2.0, 1: 0.5}
    return {
        "generator": fit(_batches(), steps_per_epoch=3),
        "with weights": fit(_batches(True), steps_per_epoch=3),
        "endless": fit(_endless(), steps_per_epoch=2, epochs=3),
        "dataset": fit(_dataset(keras), epochs=2),
        "dataset with weights": fit(_dataset(keras), class_weight=weights),
        "some steps": fit(_dataset(keras), steps_per_epoch=2, epochs=3),
        "validation": fit(X, Y, batch_size=4, epochs=2, validation_data=_dataset(keras)),
        "some of the validation": fit(_dataset(keras), epochs=2, validation_data=_dataset(keras), validation_steps=2),
        "evaluate": _plain(_model(keras).evaluate(_dataset(keras), verbose=0)),
        "evaluate some": _plain(_model(keras).evaluate(_endless(), steps=2, verbose=0)),
        "predict": _plain(_model(keras).predict(_dataset(keras), verbose=0)),
        "predict some": _plain(_model(keras).predict(_endless(), steps=2, verbose=0)),
    }


def steps_per_execution(keras: Any) -> Any:
    """The steps that the hooks are told."""
    found = {}
    for steps in (1, 2, 5):
        calls: list[list[Any]] = []
        record = keras.callbacks.LambdaCallback(
            on_train_batch_begin=lambda batch, logs, calls=calls: calls.append(["begin", batch]),
            on_train_batch_end=lambda batch, logs, calls=calls: calls.append(["end", batch]),
            on_test_batch_end=lambda batch, logs, calls=calls: calls.append(["test", batch]),
        )
        model = _model(keras, steps_per_execution=steps)
        model.fit(X, Y, batch_size=4, verbose=0, shuffle=False, callbacks=[record], validation_data=(X, Y))
        found[str(steps)] = [calls, int(model.optimizer.iterations)]
    return found


PROBES: dict[str, Callable[[Any], Any]] = {"streams": streams, "steps_per_execution": steps_per_execution}
