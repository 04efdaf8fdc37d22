"""Normalization by statistics of the data."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from steepest import config
from steepest._data.arrays import as_array
from steepest._graph.plan import Plan, Value
from steepest.layers.layer import Array, Layer, Shape
from steepest.layers.preprocessing.array_layer import batches


class Normalization(Layer):
    """y = (x - mean) / max(sqrt(variance), 1e-7), with a mean and a variance of the data for each feature.

    Args:
        axis: the axis, or the axes, whose every place has a mean and a variance of its own; the last by default. None:
            one mean and one variance for all numbers.
        mean, variance: the statistics, where they are known: numbers, or arrays for the places of `axis`. Otherwise
            `adapt(data)` finds them.
        invert: whether to go back: y = mean + x * max(sqrt(variance), 1e-7).
        kwargs: `name` and `dtype`.

    Raises:
        ValueError: for one of `mean` and `variance` without the other or of another shape; when built, for axes that
            the inputs don't have or whose size is unknown.

    Weights: mean and variance, which are not trained; none with `mean` given. (Keras has a third, which is always 0.)
    An inverting layer keeps its statistics beside the weights.

    Source: Keras, `keras.layers.Normalization`.

    >>> layer = Normalization()
    >>> layer.adapt([[1.0, 10.0], [3.0, 30.0]])
    >>> layer([[2.0, 40.0]])
    array([[0., 2.]], dtype=float32)
    """

    weight_names = ("mean", "variance")
    fixed = True
    padding = (np.zeros((), np.int32),)  # Keras's count

    def __init__(self, axis: Any = -1, mean: Any = None, variance: Any = None, invert: bool = False, **kwargs: Any):
        super().__init__(**kwargs)
        self.axis: tuple[int, ...] = () if axis is None else (axis,) if isinstance(axis, int) else tuple(axis)
        if (mean is None) != (variance is None):
            raise ValueError(f"Both `mean` and `variance` must be set, or neither. Received: {mean=}, {variance=}")
        if np.shape(mean) != np.shape(variance):
            raise ValueError(
                f"`mean` and `variance` must have one shape. Received: {np.shape(mean)} and {np.shape(variance)}"
            )
        if mean is not None and np.ndim(mean) > len(self.axis):
            raise ValueError(
                f"`mean` and `variance` have at most as many axes as `axis` names, {len(self.axis)}. "
                f"Received: shape {np.shape(mean)} for axis {self.axis}"
            )
        self.input_mean, self.input_variance, self.invert = mean, variance, bool(invert)
        self._adapted: tuple[Array, Array] | None = None  # of an inverting layer

    def _kept(self, input_shape: Shape) -> tuple[int, ...]:
        """The axes that `axis` names, in their order."""
        return tuple(sorted(axis % len(input_shape) for axis in self.axis))

    def _sizes(self, input_shape: Shape) -> tuple[int, ...]:
        return tuple(input_shape[axis] or 0 for axis in self._kept(input_shape))

    def check_input(self, input_shape: Shape) -> None:
        rank = len(input_shape)
        if any(not -rank <= axis < rank or axis % rank == 0 for axis in self.axis):
            raise ValueError(
                "`axis` must name axes of the inputs, and not the batch's. "
                f"Received: axis={self.axis}, input shape {input_shape}"
            )
        sizes = self._sizes(input_shape)
        if 0 in sizes:
            raise ValueError(
                f"The size of each axis in `axis` must be known. Received: axis={self.axis}, input shape {input_shape}"
            )
        if self._input_shape is not None and sizes != self._sizes(self._input_shape):
            raise ValueError(
                f"Layer {self.name!r} was built for inputs of the shape {self._input_shape}. Received: {input_shape}"
            )
        given = np.shape(self.input_mean)
        if self.input_mean is not None and np.broadcast_shapes(given, sizes) != sizes:
            raise ValueError(f"`mean` of the shape {given} doesn't fit to axes of the sizes {sizes}.")

    # statistics

    def adapt(self, data: Any) -> None:
        """Takes mean and variance of the data, in place of those it had.

        Args:
            data: an array, (rows, ...); or what brings batches of them: a list of arrays, a generator, a `PyDataset`.

        Raises:
            ValueError: for data of another shape than the layer was built for or without rows; for a layer that was
                given its statistics, and an inverting one that a model has built in.
        """
        if self.input_mean is not None or (self.invert and self.built):
            raise ValueError(
                f"Layer {self.name!r} can't be adapted: its statistics were given to it, or a model inverts by them "
                "already. Make a new layer."
            )
        count = 0
        mean: Any = 0.0
        variance: Any = 0.0
        for batch in batches(data):
            array = as_array(batch, "data").astype(np.float64)
            shape = (None, *array.shape[1:])
            self.check_input(shape)
            if not self.invert:
                self.build(shape)
            others = tuple(axis for axis in range(array.ndim) if axis not in self._kept(array.shape))
            size = math.prod(array.shape[axis] for axis in others)
            share = size / (count + size)
            step = array.mean(others) - mean
            variance = (1 - share) * (variance + share * step**2) + share * array.var(others)
            mean, count = mean + share * step, count + size
        if not count:
            raise ValueError(f"`adapt` of layer {self.name!r} needs at least one batch. Received: {data!r}")
        if self.invert:
            self._adapted = mean, variance
        else:
            self.set_weights([mean, variance])

    def set_weights(self, weights: Any) -> None:
        """Copies mean and variance into the layer. A third array, Keras's count, says nothing.

        Raises:
            ValueError: for a wrong number of arrays or a wrong shape; the layer is then as it was.
        """
        super().set_weights(weights[:2] if self._core is not None and len(weights) == 3 else weights)

    def _statistic(self, number: int) -> Array | None:
        """The mean or the variance, with an axis of 1 wherever the inputs have another axis than those kept."""
        if self._input_shape is None:
            return None
        kept = self._kept(self._input_shape)
        shape = [self._input_shape[axis] if axis in kept else 1 for axis in range(len(self._input_shape))]
        if self._core is not None:
            value = self.get_weights()[number]
        elif self.input_mean is not None:
            value = np.broadcast_to((self.input_mean, self.input_variance)[number], self._sizes(self._input_shape))
        else:
            value = self._inverted()[number]
        return np.asarray(value, self.dtype).reshape(shape)

    def _inverted(self) -> tuple[Array, Array]:
        if self._adapted is None:
            raise ValueError(f"Layer {self.name!r} inverts by statistics that it does not have: call `adapt(data)`.")
        return self._adapted

    @property
    def mean(self) -> Array | None:
        """The mean, in a shape that broadcasts with the inputs; None before the layer is built."""
        return self._statistic(0)

    @property
    def variance(self) -> Array | None:
        """The variance, likewise."""
        return self._statistic(1)

    # to the core

    def core_spec(self, input_shape: Shape) -> dict[str, Any] | None:
        """A batch normalization, always in inference: epsilon^2 beside the variance is epsilon beside its root."""
        if self.invert or self.input_mean is not None:
            return None
        epsilon = config.epsilon() ** 2
        return {"name": "batch_normalization", "scale": False, "center": False, "momentum": 1.0, "epsilon": epsilon}

    def core_columns(self, input_shape: Shape) -> int:
        return math.prod(self._sizes(input_shape))

    def initial_weights(self, input_shape: Shape, dtype: str) -> list[Array]:
        sizes = self._sizes(input_shape)
        return [np.zeros(sizes, dtype), np.ones(sizes, dtype)]

    def lower(self, plan: Plan, inputs: Value, input_shape: Shape) -> Value:
        sample = [size or 1 for size in input_shape[1:]]
        axes = [axis - 1 for axis in self._kept(input_shape)]
        return plan.on_axes(inputs, sample, axes, lambda rows: self._lower_rows(plan, rows, self._sizes(input_shape)))

    def _lower_rows(self, plan: Plan, rows: Value, sizes: tuple[int, ...]) -> Value:
        if self._core is not None:
            return plan.step(self._core, rows)
        given = self._inverted() if self.input_mean is None else (self.input_mean, self.input_variance)
        mean, variance = (np.broadcast_to(np.asarray(one, float), sizes).ravel() for one in given)
        deviation = np.maximum(np.sqrt(variance), config.epsilon())
        if self.invert:
            return plan.rescaled(rows, 0.0, deviation, mean)
        return plan.rescaled(rows, mean, 1 / deviation, 0.0)

    def get_config(self) -> dict[str, Any]:
        mean, variance = self._adapted or (self.input_mean, self.input_variance)
        return {
            **super().get_config(),
            "axis": self.axis,
            "invert": self.invert,
            "mean": np.array(mean).tolist(),
            "variance": np.array(variance).tolist(),
        }
