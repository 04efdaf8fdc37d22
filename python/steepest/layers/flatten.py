"""Rows of any shape as rows of features."""

from __future__ import annotations

import math
from typing import Any

from steepest._graph.plan import Plan, Value
from steepest.layers.layer import Layer, Shape


class Flatten(Layer):
    """(M, d0, d1, ...) becomes (M, d0 * d1 * ...), in row-major order. Costs nothing: no number moves.

    Args:
        data_format: `"channels_last"`, or None for it.
        kwargs: `name`, `dtype`, and the old `input_shape`.

    Raises:
        ValueError: for any other `data_format`.

    >>> Flatten()([[[1, 2], [3, 4]]])
    array([[1., 2., 3., 4.]], dtype=float32)
    """

    def __init__(self, data_format: str | None = None, **kwargs: Any):
        super().__init__(**kwargs)
        if data_format not in (None, "channels_last"):
            raise ValueError(f'`data_format` must be "channels_last" or None. Received: data_format={data_format!r}')

    def lower(self, plan: Plan, inputs: Value, input_shape: Shape) -> Value:
        return inputs

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        sizes = input_shape[1:]
        return (input_shape[0], None if None in sizes else math.prod(size for size in sizes if size is not None))

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "data_format": "channels_last"}
