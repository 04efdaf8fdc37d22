"""How layers become what the core runs: steps over buffers.

A tensor of shape (n, d1, ..., dk) is d1 * ... * dk numbers a sample, in row-major order. A buffer of the core holds
them as `positions` rows of `columns`; which of both does not matter to what goes element by element. A layer that works
on rows asks for its columns, and only then are numbers moved: flattening costs nothing.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from steepest import _core


class Value(NamedTuple):
    """What a buffer holds of each sample."""

    buffer: int
    positions: int
    columns: int

    @property
    def extent(self) -> tuple[int, int]:
        """(positions, columns), as the core takes it."""
        return self.positions, self.columns


class Plan:
    """Inputs and steps, one after the other.

    Args:
        dtype: `"float32"` or `"float64"`.
        inputs: how many numbers a sample has in each input.
        layers: with weights, in the order in which the network lists them.
    """

    def __init__(self, dtype: str, inputs: Sequence[int], layers: Sequence[_core.Layer] = ()):
        self.dtype = dtype
        self._inputs = list(inputs)
        self._layers = list(layers)
        self._places = {id(layer): place for place, layer in enumerate(self._layers)}
        self._steps: list[tuple[int, list[int], bool | None]] = []
        self._activities: list[tuple[int, float, float]] = []
        self.training: bool | None = None  # whether what is lowered computes as in training; None: as it is asked to
        self._reshaped: dict[tuple[int, int], Value] = {}

    @property
    def inputs(self) -> list[Value]:
        """The inputs, each as one row a sample."""
        return [Value(buffer, 1, columns) for buffer, columns in enumerate(self._inputs)]

    def lower(self, layer: Any, inputs: Any, input_shape: Any, training: bool | None = None) -> Any:
        """What `layer`, or a model as a part of another, puts out for these values: its steps are added.

        With `training`, it computes as in training or not, whatever the network is asked to. What its activity costs is
        added to the losses.

        Raises:
            ValueError: for an activity regularizer that the core doesn't know.
        """
        before = self.training
        self.training = before if training is None else training
        outputs = layer.lower(self, inputs, input_shape)
        self.training = before
        if getattr(layer, "activity_regularizer", None) is not None:  # models have none
            self._activities.append((outputs.buffer, *layer.activity_factors()))
        return outputs

    def step(self, layer: _core.Layer | Mapping[str, Any], *values: Value) -> Value:
        """What `layer`, or one that is made of its spec, puts out for these values."""
        extents = [value.extent for value in values]
        if not isinstance(layer, _core.Layer):
            layer = _core.Layer(layer, extents, self.dtype)
        place = self._places.setdefault(id(layer), len(self._layers))
        if place == len(self._layers):
            self._layers.append(layer)
        self._steps.append((place, [value.buffer for value in values], self.training))
        return Value(len(self._inputs) + len(self._steps) - 1, *layer.output(extents))

    def rows(self, value: Value, columns: int) -> Value:
        """The same numbers in rows of `columns`."""
        if value.columns == columns:
            return value
        key = (value.buffer, columns)
        if key not in self._reshaped:
            self._reshaped[key] = self.step({"name": "reshape", "columns": columns}, value)
        return self._reshaped[key]

    def permuted(self, value: Value, shape: Sequence[int], order: Sequence[int]) -> Value:
        """The numbers of a sample of this shape with the axes in this order, from 0, in rows of its last axis."""
        spec = {"name": "permute", "sizes": list(shape), "order": list(order)}
        return self.step(spec, self.rows(value, shape[-1]))

    def on_axes(self, value: Value, shape: Sequence[int], axes: Sequence[int], step: Callable[[Value], Value]) -> Value:
        """What `step` makes of rows of these axes, of a sample of this shape, with the axes back in their places."""
        order = [*(axis for axis in range(len(shape)) if axis not in axes), *axes]
        moved = order != sorted(order)
        if moved:
            value = self.permuted(value, shape, order)
        value = step(self.rows(value, math.prod(shape[axis] for axis in axes)))
        if not moved:
            return value
        return self.permuted(value, [shape[axis] for axis in order], [order.index(axis) for axis in range(len(shape))])

    def rescaled(self, value: Value, shift: Any, scale: Any, offset: Any) -> Value:
        """(x - shift) * scale + offset, with numbers or arrays of one for each column."""
        columns = {
            name: [float(number) for number in np.broadcast_to(numbers, (value.columns,))]
            for name, numbers in (("shift", shift), ("scale", scale), ("offset", offset))
        }
        return self.step({"name": "rescaling", **columns}, value)

    def network(self, outputs: Sequence[Value], shapes: Sequence[Any]) -> _core.Network:
        """The network that puts out these values, in rows as long as the last dimensions of `shapes`."""
        linear = {"name": "activation", "activation": {"name": "linear"}}
        values: list[Value] = []
        for given, shape in zip(outputs, shapes, strict=True):
            value = self.rows(given, (len(shape) > 1 and shape[-1]) or given.columns)
            # A network has at least one layer, and each output, which may have a loss, a buffer of its own.
            if not self._layers or value.buffer in [other.buffer for other in values]:
                value = self.step(linear, value)
            values.append(value)
        buffers = [value.buffer for value in values]
        return _core.Network(self._layers, self._inputs, self._steps, buffers, self._activities)
