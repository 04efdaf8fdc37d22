"""Layers that make one tensor of several."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from steepest._graph.plan import Plan, Value
from steepest._names.arguments import axes
from steepest.layers.layer import Layer, Shape


class Merge(Layer):
    """The base of the layers that combine inputs of one shape element by element."""

    merges = True
    rule = ""  # the core's name

    def check_input(self, input_shape: Any) -> None:
        check_list(self, input_shape)
        if any(shape[1:] != input_shape[0][1:] for shape in input_shape):
            raise ValueError(
                f"Inputs have incompatible shapes: layer {self.name!r} merges inputs of one shape. "
                f"Received: shapes {list(input_shape)}"
            )

    def compute_output_shape(self, input_shape: Any) -> Shape:
        self.check_input(input_shape)
        return tuple(input_shape[0])

    def lower(self, plan: Plan, inputs: Any, input_shape: Any) -> Value:
        values = [plan.rows(value, inputs[0].columns) for value in inputs]
        return plan.step({"name": self.rule}, *values)


class Add(Merge):
    """y = x_0 + x_1 + ..., inputs of one shape.

    Args:
        kwargs: `name` and `dtype`.

    Raises:
        ValueError: when called on anything but a list of inputs of one shape.

    >>> Add()([[[1.0, 2.0]], [[10.0, 20.0]]])
    array([[11., 22.]], dtype=float32)
    """

    rule = "add"


class Subtract(Merge):
    """y = x_0 - x_1, two inputs of one shape. Arguments and errors as for `Add`.

    >>> Subtract()([[[1.0, 2.0]], [[10.0, 20.0]]])
    array([[ -9., -18.]], dtype=float32)
    """

    rule = "subtract"

    def check_input(self, input_shape: Any) -> None:
        super().check_input(input_shape)
        if len(input_shape) != 2:
            raise ValueError(
                "A `Subtract` layer should be called on exactly 2 inputs. "
                f"Received: {len(input_shape)} of the shapes {list(input_shape)}"
            )


class Multiply(Merge):
    """y = x_0 * x_1 * ..., inputs of one shape. Arguments and errors as for `Add`.

    >>> Multiply()([[[1.0, 2.0]], [[10.0, 20.0]]])
    array([[10., 40.]], dtype=float32)
    """

    rule = "multiply"


class Average(Merge):
    """y = (x_0 + x_1 + ...) / count, inputs of one shape. Arguments and errors as for `Add`.

    >>> Average()([[[1.0, 2.0]], [[10.0, 20.0]]])
    array([[ 5.5, 11. ]], dtype=float32)
    """

    rule = "average"


class Maximum(Merge):
    """y = max(x_0, x_1, ...), inputs of one shape; the first of the largest gets the gradient. Else as `Add`.

    >>> Maximum()([[[1.0, 20.0]], [[10.0, 2.0]]])
    array([[10., 20.]], dtype=float32)
    """

    rule = "maximum"


class Minimum(Merge):
    """y = min(x_0, x_1, ...), inputs of one shape; the first of the smallest gets the gradient. Else as `Add`.

    >>> Minimum()([[[1.0, 20.0]], [[10.0, 2.0]]])
    array([[1., 2.]], dtype=float32)
    """

    rule = "minimum"


class Concatenate(Layer):
    """The inputs beside each other along an axis.

    Args:
        axis: any but the batch's, 0; the last by default.
        kwargs: `name` and `dtype`.

    Raises:
        ValueError: when called on anything but a list of inputs whose shapes differ in this axis only.

    >>> Concatenate()([[[1.0, 2.0]], [[3.0]]])
    array([[1., 2., 3.]], dtype=float32)
    """

    merges = True

    def __init__(self, axis: int = -1, **kwargs: Any):
        super().__init__(**kwargs)
        axes(axis, "axis")
        self.axis = axis

    def check_input(self, input_shape: Any) -> None:
        check_list(self, input_shape)
        axis = self._axis(input_shape[0])
        if any(_without(shape, axis) != _without(input_shape[0], axis) for shape in input_shape):
            raise ValueError(
                "A `Concatenate` layer requires inputs with matching shapes except for the concatenation axis. "
                f"Received: axis={self.axis}, shapes {list(input_shape)}"
            )

    def _axis(self, shape: Sequence[Any]) -> int:
        axis = self.axis + len(shape) if self.axis < 0 else self.axis
        if not 0 < axis < len(shape):
            raise ValueError(
                f"`axis` must be one of the inputs', and not the batch's. Received: {self.axis=}, {shape=}"
            )
        return axis

    def compute_output_shape(self, input_shape: Any) -> Shape:
        self.check_input(input_shape)
        axis = self._axis(input_shape[0])
        sizes = [shape[axis] for shape in input_shape]
        total = None if None in sizes else sum(sizes)
        return (*input_shape[0][:axis], total, *input_shape[0][axis + 1 :])

    def lower(self, plan: Plan, inputs: Any, input_shape: Any) -> Value:
        axis = self._axis(input_shape[0])
        values = [plan.rows(value, math.prod(shape[axis:])) for value, shape in zip(inputs, input_shape, strict=True)]
        return plan.step({"name": "concatenate"}, *values)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "axis": self.axis}


def check_list(layer: Layer, input_shape: Any) -> None:
    """Refuses what is no list of shapes of one rank."""
    if not isinstance(input_shape, (list, tuple)) or not input_shape or not isinstance(input_shape[0], (list, tuple)):
        raise ValueError(
            f"Layer {layer.name!r} should be called on a list of at least one input. Received: {input_shape!r}"
        )
    if any(len(shape) != len(input_shape[0]) or len(shape) < 2 for shape in input_shape):
        raise ValueError(
            f"Layer {layer.name!r} takes inputs of one rank, 2 or more. Received: shapes {list(input_shape)}"
        )


def _without(shape: Sequence[Any], axis: int) -> list[Any]:
    return [size for place, size in enumerate(shape) if place not in (0, axis)]


def _function(layer: type[Layer]) -> Any:
    def call(inputs: Any, **kwargs: Any) -> Any:
        return layer(**kwargs)(inputs)

    call.__name__ = layer.__name__.lower()
    call.__doc__ = f"`{layer.__name__}(**kwargs)(inputs)`."
    return call


add, subtract, multiply, average, maximum, minimum = map(
    _function, (Add, Subtract, Multiply, Average, Maximum, Minimum)
)


def concatenate(inputs: Any, axis: int = -1, **kwargs: Any) -> Any:
    """`Concatenate(axis, **kwargs)(inputs)`."""
    return Concatenate(axis, **kwargs)(inputs)
