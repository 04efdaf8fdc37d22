"""Gradients of single rules: real Keras has them from TensorFlow's tape, steepest from methods of its own."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np


class Side(Protocol):
    """Real Keras or steepest: the module, and its own way to gradients."""

    keras: Any

    def activation_gradient(self, name: str, arguments: dict[str, Any], x: np.ndarray, dy: np.ndarray) -> Any: ...

    def loss_gradient(self, loss: Any, y_true: np.ndarray, y_pred: np.ndarray, weights: np.ndarray | None) -> Any: ...

    def regularize(self, regularizer: Any, x: np.ndarray) -> tuple[Any, Any]: ...


class RealKeras:
    """Keras on TensorFlow, whose float64 is float64 throughout."""

    def __init__(self, keras: Any) -> None:
        import tensorflow

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


class Steepest:
    def __init__(self, keras: Any) -> None:
        self.keras = keras

    def activation_gradient(self, name: str, arguments: dict[str, Any], x: np.ndarray, dy: np.ndarray) -> Any:
        return getattr(self.keras.activations, name).gradient(x, dy, **arguments)

    def loss_gradient(self, loss: Any, y_true: np.ndarray, y_pred: np.ndarray, weights: np.ndarray | None) -> Any:
        return loss.gradient(y_true, y_pred, weights)

    def regularize(self, regularizer: Any, x: np.ndarray) -> tuple[Any, Any]:
        return regularizer(x), regularizer.gradient(x)


def side_of(keras: Any) -> Side:
    return RealKeras(keras) if keras.__name__ == "keras" else Steepest(keras)
