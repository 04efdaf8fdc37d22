"""Makes `golden/rules.npz`: what real Keras gives for each case of `rule_cases.py`.

In an environment with `requirements.txt`, in `tests/`: `python -m parity.make_rules`. It takes a minute.
"""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from . import golden_file
from .rule_cases import KINDS, run


class Keras:
    """Keras on TensorFlow, whose float64 is float64 throughout."""

    def __init__(self) -> None:
        os.environ["KERAS_BACKEND"] = "tensorflow"
        import keras
        import tensorflow

        keras.config.set_floatx("float64")
        self.keras, self.tf = keras, tensorflow

    def activation_gradient(self, name: str, arguments: dict[str, Any], x: np.ndarray, dy: np.ndarray) -> Any:
        variable = self.tf.constant(x)
        with self.tf.GradientTape() as tape:
            tape.watch(variable)
            y = getattr(self.keras.activations, name)(variable, **arguments)
        return tape.gradient(y, variable, self.tf.constant(dy))

    def loss_gradient(self, loss: Any, y_true: np.ndarray, y_pred: np.ndarray, weights: np.ndarray | None) -> Any:
        variable = self.tf.constant(y_pred)
        with self.tf.GradientTape() as tape:
            tape.watch(variable)
            value = loss(y_true, variable, sample_weight=weights)
        return tape.gradient(value, variable)

    def regularize(self, regularizer: Any, x: np.ndarray) -> tuple[Any, Any]:
        variable = self.tf.constant(x)
        with self.tf.GradientTape() as tape:
            tape.watch(variable)
            value = regularizer(variable)
        return value, tape.gradient(value, variable)


def main() -> None:
    side = Keras()
    outcomes = {name: outcome for kind in KINDS for name, outcome in run(side, kind, "float64").items()}
    versions = {"keras": side.keras.__version__, "tensorflow": side.tf.__version__}
    golden_file.save("rules", outcomes, versions, dtype="float64")


if __name__ == "__main__":
    main()
