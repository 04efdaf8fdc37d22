"""The shape of a model's inputs, given in front of its layers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from steepest._graph.plan import Plan, Value
from steepest._graph.tensors import KerasTensor, Node
from steepest.layers.layer import Layer, Shape, standardize_shape


class InputLayer(Layer):
    """The inputs of a model: rows of a shape that is known before there is any data.

    Args:
        shape: the shape of one row: `(K,)` for K features.
        batch_size: the number of rows, where it is fixed; shown in shapes, otherwise without effect.
        dtype: the dtype of the data; any real dtype works, so this is a note to the reader. The weights' dtype is the
            layers'.
        batch_shape: `(batch_size, *shape)`, instead of both.
        name: by default `input_layer`, numbered.

    Raises:
        ValueError: if `shape` is missing or is none, or for sparse or ragged inputs.

    >>> InputLayer((8, 8)).batch_shape
    (None, 8, 8)
    """

    def __init__(
        self,
        shape: Sequence[int | None] | None = None,
        batch_size: int | None = None,
        dtype: Any = None,
        sparse: bool | None = None,
        ragged: bool | None = None,
        batch_shape: Sequence[int | None] | None = None,
        *,
        name: str | None = None,
    ):
        super().__init__(name=name)
        if sparse or ragged:
            raise ValueError(f"Inputs must be dense. Received: {sparse=}, {ragged=}")
        if (shape is None) == (batch_shape is None) or (batch_size is not None and batch_shape is not None):
            raise ValueError(
                "You must pass a `shape`, with or without a `batch_size`, or else a `batch_shape`. "
                f"Received: {shape=}, {batch_size=}, {batch_shape=}"
            )
        self._data_dtype = "float32" if dtype is None else np.dtype(dtype).name
        self._input_shape = standardize_shape(batch_shape if shape is None else (batch_size, *standardize_shape(shape)))

        self.output = Node(self, [], [self._input_shape], self._data_dtype).outputs[0]
        self.output.name = self.name

    @property
    def batch_shape(self) -> Shape:
        """The shape of the inputs, batch included."""
        assert self._input_shape is not None
        return self._input_shape

    @property
    def shape(self) -> Shape:
        """The same, as Keras's `Input(...)` calls it."""
        return self.batch_shape

    @property
    def dtype(self) -> str:
        """The dtype of the data."""
        return self._data_dtype

    def lower(self, plan: Plan, inputs: Value, input_shape: Shape) -> Value:
        return inputs

    def get_config(self) -> dict[str, Any]:
        return {"batch_shape": self.batch_shape, "dtype": self.dtype, "name": self.name}

    def __repr__(self) -> str:
        return f"<InputLayer shape={self.batch_shape}, name={self.name}>"


def Input(
    shape: Sequence[int | None] | None = None,
    batch_size: int | None = None,
    dtype: Any = None,
    sparse: bool | None = None,
    ragged: bool | None = None,
    batch_shape: Sequence[int | None] | None = None,
    name: str | None = None,
) -> KerasTensor:
    """A symbolic input: to call layers on, or the first entry of a `Sequential` model. See `InputLayer`.

    >>> Input((4,), name="rows")
    <KerasTensor shape=(None, 4), dtype=float32, sparse=False, ragged=False, name=rows>
    """
    return InputLayer(shape, batch_size, dtype, sparse, ragged, batch_shape, name=name).output
