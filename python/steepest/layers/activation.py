"""Activations as layers of their own."""

from __future__ import annotations

from typing import Any

from steepest import activations
from steepest._graph.plan import Plan, Value
from steepest._names.arguments import axes
from steepest.layers.layer import Layer, Shape


class Activation(Layer):
    """y = activation(x), element by element; softmax over the last axis.

    Args:
        activation: name or function of `steepest.activations`.
        kwargs: `name` and `dtype`.

    Raises:
        ValueError: for an unknown activation.

    >>> Activation("relu")([-3.0, -1.0, 0.0, 2.0])
    array([0., 0., 0., 2.], dtype=float32)
    """

    def __init__(self, activation: Any, **kwargs: Any):
        super().__init__(**kwargs)
        self.activation = activations.get(activation)

    def lower(self, plan: Plan, inputs: Value, input_shape: Shape) -> Value:
        return lower_activation(activations.layer_rule(self.activation, self.name), plan, inputs, input_shape)

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

    def lower(self, plan: Plan, inputs: Value, input_shape: Shape) -> Value:
        rule = activations.relu_spec(self.negative_slope, self.max_value, self.threshold)
        return lower_activation(rule, plan, inputs, input_shape)

    def get_config(self) -> dict[str, Any]:
        names = ("max_value", "negative_slope", "threshold")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}


class Softmax(Layer):
    """y_i = exp(x_i) / sum_j exp(x_j) over the last axis.

    Args:
        axis: the last axis: -1.
        kwargs: `name` and `dtype`.

    Raises:
        ValueError: when built or called, for another axis.

    >>> Softmax()([[1.0, 1.0]])
    array([[0.5, 0.5]], dtype=float32)
    """

    def __init__(self, axis: int = -1, **kwargs: Any):
        super().__init__(**kwargs)
        axes(axis, "axis")
        self.axis = axis

    def check_input(self, input_shape: Shape) -> None:
        if self.axis not in (-1, len(input_shape) - 1):
            raise ValueError(
                f"Softmax runs over the last axis of its inputs. Received: axis={self.axis}, input shape {input_shape}"
            )

    def lower(self, plan: Plan, inputs: Value, input_shape: Shape) -> Value:
        return lower_activation({"name": "softmax"}, plan, inputs, input_shape)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "axis": self.axis}


def lower_activation(rule: dict[str, Any], plan: Plan, inputs: Value, input_shape: Shape) -> Value:
    """A step of the core that applies `rule`: softmax and its like to rows of the last axis, others as numbers lie."""
    if rule["name"] in activations.ROW_WISE:
        inputs = plan.rows(inputs, input_shape[-1] or 1)
    return plan.step({"name": "activation", "activation": rule}, inputs)
