"""Categories as rows of zeros and ones."""

from __future__ import annotations

from typing import Any

import numpy as np

from steepest._data.arrays import as_array
from steepest.layers.layer import Array, Shape
from steepest.layers.preprocessing.array_layer import ArrayLayer, check_mode, encoded, encoded_shape

_MODES = ("multi_hot", "one_hot", "count")


class CategoryEncoding(ArrayLayer):
    """Categories 0 to num_tokens - 1 as rows of `num_tokens` numbers.

    Args:
        num_tokens: the number of categories, a positive integer.
        output_mode: `"multi_hot"`: 1 for each category that a sample (..., N) has; `"count"`: how often it has it;
            `"one_hot"`: a row of its own for each number.
        sparse: False; outputs are dense.
        kwargs: `name` and `dtype`.

    Raises:
        ValueError: for another mode, and a `num_tokens` that is missing or not positive; when called, for numbers that
            are no category, and for `count_weights` in another mode than `"count"`.

    Source: Keras, `keras.layers.CategoryEncoding`.

    >>> CategoryEncoding(4)([[0, 1], [3, 3]])
    array([[1., 1., 0., 0.],
           [0., 0., 0., 1.]], dtype=float32)
    >>> CategoryEncoding(4, output_mode="count")([[0, 1], [3, 3]])
    array([[1., 1., 0., 0.],
           [0., 0., 0., 2.]], dtype=float32)
    """

    def __init__(
        self, num_tokens: int | None = None, output_mode: str = "multi_hot", sparse: bool = False, **kwargs: Any
    ):
        super().__init__(**kwargs)
        self.output_mode = check_mode(output_mode, _MODES, "CategoryEncoding")
        if num_tokens is None or num_tokens < 1:
            raise ValueError(
                "`num_tokens` must be the number of categories, at least 1; IntegerLookup finds categories in data. "
                f"Received: num_tokens={num_tokens}"
            )
        if sparse:
            raise ValueError("Outputs are dense: `sparse` must be False. Received: sparse=True")
        self.num_tokens = num_tokens
        self.sparse = sparse

    def __call__(  # type: ignore[override]
        self, inputs: Any, count_weights: Any = None, training: bool | None = None
    ) -> Any:
        if count_weights is None:
            return super().__call__(inputs)
        if self.output_mode != "count":
            raise ValueError(
                f"`count_weights` go with `output_mode='count'`. Received: output_mode={self.output_mode!r}"
            )
        return self.call(inputs, as_array(count_weights, "count_weights"))

    def call(self, inputs: Any, count_weights: Array | None = None) -> Array:
        indices = np.asarray(inputs)
        if indices.dtype.kind not in "fiub":
            raise ValueError(f"Categories must be whole numbers. Received: dtype {indices.dtype}")
        outside = (indices < 0) | (indices >= self.num_tokens)
        if outside.any():
            raise ValueError(
                f"Categories must be from 0 to num_tokens - 1 = {self.num_tokens - 1}. "
                f"Received: {indices[outside].flat[0]}"
            )
        return encoded(indices, self.output_mode, self.num_tokens, self.dtype, count_weights)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return encoded_shape(input_shape, self.output_mode, self.num_tokens)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "num_tokens": self.num_tokens, "output_mode": self.output_mode}
