"""Rows of one shape as rows of another."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from steepest._graph.plan import Plan, Value
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


class Permute(Layer):
    """The axes of a sample in another order: (M, d1, ..., dk) becomes (M, d_dims[0], ..., d_dims[k - 1]).

    Args:
        dims: axes from 1 on, the batch's being 0: each once.
        kwargs: `name` and `dtype`.

    Raises:
        ValueError: for `dims` that don't name each axis once; when built or called, for inputs of another rank.

    >>> Permute((2, 1))([[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]])
    array([[[1., 4.],
            [2., 5.],
            [3., 6.]]], dtype=float32)
    """

    def __init__(self, dims: Sequence[int], **kwargs: Any):
        super().__init__(**kwargs)
        self.dims = tuple(dims)
        if sorted(self.dims) != list(range(1, len(self.dims) + 1)):
            raise ValueError(
                "Invalid permutation argument `dims` for Permute layer. The set of indices in `dims` must be "
                f"consecutive and start from 1. Received: dims={dims}"
            )

    def check_input(self, input_shape: Shape) -> None:
        if len(input_shape) != len(self.dims) + 1:
            raise ValueError(
                f"Layer {self.name!r} takes inputs of rank {len(self.dims) + 1}. Received: input shape {input_shape}"
            )

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        self.check_input(input_shape)
        return (input_shape[0], *(input_shape[axis] for axis in self.dims))

    def lower(self, plan: Plan, inputs: Value, input_shape: Shape) -> Value:
        return plan.permuted(inputs, [size or 1 for size in input_shape[1:]], [axis - 1 for axis in self.dims])

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "dims": self.dims}


class RepeatVector(Layer):
    """(M, N) becomes (M, n, N): each row n times.

    Args:
        n: an integer of at least 1.
        kwargs: `name` and `dtype`.

    Raises:
        TypeError: for an n that is no integer.
        ValueError: for an n below 1; when built or called, for inputs of another rank than 2.

    >>> RepeatVector(2)([[1.0, 2.0]])
    array([[[1., 2.],
            [1., 2.]]], dtype=float32)
    """

    def __init__(self, n: int, **kwargs: Any):
        super().__init__(**kwargs)
        if not isinstance(n, int):
            raise TypeError(f"Expected an integer value for `n`. Received: n={n!r} (of type {type(n).__name__})")
        if n < 1:
            raise ValueError(f"`n` must be at least 1. Received: n={n}")
        self.n = n

    def check_input(self, input_shape: Shape) -> None:
        if len(input_shape) != 2:
            raise ValueError(f"Layer {self.name!r} takes inputs of rank 2. Received: input shape {input_shape}")

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        self.check_input(input_shape)
        return (input_shape[0], self.n, input_shape[1])

    def lower(self, plan: Plan, inputs: Value, input_shape: Shape) -> Value:
        return plan.step({"name": "repeat", "times": self.n}, plan.rows(inputs, input_shape[1] or 1))

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "n": self.n}
