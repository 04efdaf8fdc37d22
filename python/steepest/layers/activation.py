"""Activations as layers of their own."""

from __future__ import annotations

from typing import Any

from steepest import activations
from steepest.layers.layer import Array, Layer, Shape


class Activation(Layer):
    """y = activation(x), element by element; softmax over the features.

    Args:
        activation: name or function of `steepest.activations`.
        kwargs: `name` and `dtype`.

    Raises:
        ValueError: for an unknown activation; when built, for a softmax over inputs of any rank but 2.

    >>> Activation("relu")([-3.0, -1.0, 0.0, 2.0])
    array([0., 0., 0., 2.], dtype=float32)
    """

    def __init__(self, activation: Any, **kwargs: Any):
        super().__init__(**kwargs)
        self.activation = activations.get(activation)

    def specs(self, input_shape: Shape) -> list[dict[str, Any]]:
        return [activation_spec(self, activations.layer_rule(self.activation, self.name), input_shape)]

    def call(self, inputs: Array) -> Array:
        return self.activation(inputs)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "activation": activations.serialize(self.activation)}


class ReLU(Layer):
    """y = max_value for x >= max_value, x for threshold < x < max_value, negative_slope * (x - threshold) below.

    Args:
        max_value: largest output, not negative; None for no bound.
        negative_slope: slope below the threshold, not negative.
        threshold: where the activation starts, not negative.
        kwargs: `name` and `dtype`.

    Raises:
        ValueError: for a negative value.

    >>> ReLU(max_value=6.0, negative_slope=0.5)([-2.0, 3.0, 9.0])
    array([-1.,  3.,  6.], dtype=float32)
    """

    def __init__(
        self, max_value: float | None = None, negative_slope: float = 0.0, threshold: float = 0.0, **kwargs: Any
    ):
        super().__init__(**kwargs)
        limits = {"max_value": max_value, "negative_slope": negative_slope, "threshold": threshold}
        for name, value in limits.items():
            if (value is None and name != "max_value") or (value is not None and not value >= 0):
                raise ValueError(f"`{name}` of a ReLU layer can't be negative or missing. Received: {name}={value}")
        self.max_value = max_value
        self.negative_slope = negative_slope
        self.threshold = threshold

    def specs(self, input_shape: Shape) -> list[dict[str, Any]]:
        rule = activations.relu_spec(self.negative_slope, self.max_value, self.threshold)
        return [activation_spec(self, rule, input_shape)]

    def call(self, inputs: Array) -> Array:
        return activations.evaluate(activations.relu_spec(self.negative_slope, self.max_value, self.threshold), inputs)

    def get_config(self) -> dict[str, Any]:
        names = ("max_value", "negative_slope", "threshold")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}


class Softmax(Layer):
    """y_i = exp(x_i) / sum_j exp(x_j) over the features.

    Args:
        axis: the last axis: -1.
        kwargs: `name` and `dtype`.

    Raises:
        ValueError: when built or called, for another axis, or for inputs of any rank but 2.

    >>> Softmax()([[1.0, 1.0]])
    array([[0.5, 0.5]], dtype=float32)
    """

    def __init__(self, axis: int = -1, **kwargs: Any):
        super().__init__(**kwargs)
        self.axis = axis

    def specs(self, input_shape: Shape) -> list[dict[str, Any]]:
        self._check_axis(input_shape)
        return [activation_spec(self, {"name": "softmax"}, input_shape)]

    def _check_axis(self, shape: Shape) -> None:
        if self.axis not in (-1, len(shape) - 1):
            raise ValueError(f"Softmax runs over the last axis of its inputs. Received: axis={self.axis}, {shape=}")

    def call(self, inputs: Array) -> Array:
        self._check_axis(inputs.shape)
        return activations.softmax(inputs)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "axis": self.axis}


def activation_spec(layer: Layer, rule: dict[str, Any], input_shape: Shape) -> dict[str, Any]:
    """A layer of the core that applies `rule`; the core sees rows of features, so a softmax needs them flat."""
    if rule["name"] in activations.ROW_WISE and len(input_shape) != 2:
        raise ValueError(
            f"Layer {layer.name!r}, a {rule['name']}, takes inputs of rank 2, (rows, features). Put a `Flatten` in "
            f"front of it. Received: input shape {input_shape}"
        )
    return {"name": "activation", "activation": rule}
