"""What has Keras's interface is measured by the same lines: steepest, and Keras on each backend."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.worker import Engine, Settings
from benchmarks.workloads import HYPER_PARAMETERS, Floats, Workload

LOSSES = {
    "mse": (None, "mse"),
    "binary": ("sigmoid", "binary_crossentropy"),
    "categorical": ("softmax", "categorical_crossentropy"),
}
OPTIMIZERS = {"sgd": "SGD", "momentum": "SGD", "adagrad": "Adagrad", "rmsprop": "RMSprop", "adam": "Adam"}


class KerasEngine(Engine):
    """Sequential, compile and fit of the module `keras`, which subclasses name."""

    keras: Any

    def build(self, settings: Settings) -> None:
        keras, case = self.keras, self.workload
        activation, loss = LOSSES[case.loss]
        model = keras.Sequential([keras.Input((case.inputs,))])
        for units in case.hidden:
            model.add(keras.layers.Dense(units, activation="relu"))
        model.add(keras.layers.Dense(case.outputs, activation=activation))
        optimizer = getattr(keras.optimizers, OPTIMIZERS[case.optimizer])
        model.compile(optimizer(case.learning_rate, **HYPER_PARAMETERS[case.optimizer]), loss, **settings)
        model.set_weights(self.weights)
        self.model = model

    def train(self, epochs: int, shuffle: bool) -> list[float]:
        history = self.model.fit(
            self.x, self.y, batch_size=self.workload.batch_size, epochs=epochs, shuffle=shuffle, verbose=0
        )
        return [float(loss) for loss in history.history["loss"]]

    def predictors(self) -> dict[str, Callable[[Floats], Any]]:
        return {
            "model(x)": lambda x: np.asarray(self.model(x)),
            "predict(x)": lambda x: self.model.predict(x, verbose=0),
        }


class KerasItself(KerasEngine):
    """Keras as it comes, and with several steps a call, which is its own answer to small batches."""

    @staticmethod
    def variants(workload: Workload) -> list[Settings]:
        steps = -(-workload.rows // workload.batch_size)
        return [{"steps_per_execution": count} for count in (1, 32) if count <= steps]
