"""Rows of one shape as rows of another."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from steepest._plan import Plan, Value
from steepest.layers.layer import Layer, Shape


class Reshape(Layer):
    """(M, d0, d1, ...) becomes (M, *target_shape), in row-major order. Costs nothing: no number moves.

    Args:
        target_shape: without the batch; one size may be -1, what is left.
        kwargs: `name` and `dtype`.

    Raises:
        ValueError: for a shape that is none; when called, if it does not hold as many numbers as the inputs.

    >>> Reshape((2, -1))([[1.0, 2.0, 3.0, 4.0]])
    array([[[1., 2.],
            [3., 4.]]], dtype=float32)
    """

    def __init__(self, target_shape: Sequence[int], **kwargs: Any):
        super().__init__(**kwargs)
        target = tuple(target_shape)
        if target.count(-1) > 1 or any(not isinstance(size, int) or (size < 1 and size != -1) for size in target):
            raise ValueError(
                f"`target_shape` must hold positive integers, at most one of them -1. Received: {target_shape=}"
            )
        self.target_shape = target

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        size = math.prod(one or 1 for one in input_shape[1:])
        known = math.prod(one for one in self.target_shape if one != -1)
        if size % known or (-1 not in self.target_shape and size != known):
            raise ValueError(
                "The total size of the tensor must be unchanged: cannot reshape inputs of shape "
                f"{input_shape} into target_shape={self.target_shape}"
            )
        return (input_shape[0], *(size // known if one == -1 else one for one in self.target_shape))

    def lower(self, plan: Plan, inputs: Value, input_shape: Shape) -> Value:
        return inputs

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "target_shape": self.target_shape}


class Identity(Layer):
    """y = x.

    >>> Identity()([[1.0]])
    array([[1.]], dtype=float32)
    """

    def lower(self, plan: Plan, inputs: Value, input_shape: Shape) -> Value:
        return inputs
