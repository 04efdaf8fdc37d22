"""Rows of a table for whole numbers."""

from __future__ import annotations

import warnings
from typing import Any

from steepest import constraints, initializers, regularizers
from steepest._graph.plan import Plan, Value
from steepest.layers.layer import Array, Layer, Shape


class Embedding(Layer):
    """y = embeddings[x]: whole numbers (M, ...) become rows (M, ..., output_dim) of a table (input_dim, output_dim).

    Args:
        input_dim: the number of rows, a positive integer: x is from 0 to input_dim - 1.
        output_dim: the size of a row, a positive integer.
        embeddings_initializer: name or instance of `steepest.initializers`; uniform from -0.05 to 0.05 by default.
        embeddings_regularizer, embeddings_constraint: of `steepest.regularizers` and `steepest.constraints`; None for
            none. They see the whole table at each step.
        mask_zero: False; masks have no meaning for dense layers.
        weights: the table to begin with.
        lora_rank, lora_alpha, quantization_config: None; they are not supported.
        kwargs: `name`, `dtype`, and the old `input_length`, which nothing needs.

    Raises:
        ValueError: for sizes that are no positive integers, and arguments that are not supported; when called, for
            numbers that the table has no row for, and for inputs that layers computed.

    >>> layer = Embedding(3, 2, weights=[[[0.0, 0.0], [1.0, 10.0], [2.0, 20.0]]])
    >>> layer([[2, 1]])
    array([[[ 2., 20.],
            [ 1., 10.]]], dtype=float32)
    """

    weight_names = ("embeddings",)

    def __init__(
        self,
        input_dim: int,
        output_dim: int,
        embeddings_initializer: Any = "uniform",
        embeddings_regularizer: Any = None,
        embeddings_constraint: Any = None,
        mask_zero: bool = False,
        weights: Any = None,
        lora_rank: None = None,
        lora_alpha: None = None,
        quantization_config: None = None,
        **kwargs: Any,
    ):
        for name, size in (("input_dim", input_dim), ("output_dim", output_dim)):
            if not isinstance(size, int) or isinstance(size, bool) or size <= 0:
                raise ValueError(
                    f"`{name}` must be a positive integer. Received: {name}={size!r} (of type {type(size).__name__})"
                )
        unsupported = {
            "mask_zero": mask_zero or None,
            "lora_rank": lora_rank,
            "lora_alpha": lora_alpha,
            "quantization_config": quantization_config,
        }
        for name, value in unsupported.items():
            if value is not None:
                raise ValueError(f"`{name}` of an Embedding is not supported. Received: {name}={value!r}")
        if kwargs.pop("input_length", None) is not None:
            warnings.warn("The argument `input_length` is deprecated: leave it out.", DeprecationWarning, stacklevel=2)
        super().__init__(**kwargs)
        self.input_dim = input_dim
        self.output_dim = output_dim
        self.embeddings_initializer = initializers.get(embeddings_initializer)
        self.embeddings_regularizer = regularizers.get(embeddings_regularizer)
        self.embeddings_constraint = constraints.get(embeddings_constraint)
        self.mask_zero = mask_zero
        if weights is not None:
            self.build((None,))
            self.set_weights(weights if isinstance(weights, list) and len(weights) == 1 else [weights])

    def core_spec(self, input_shape: Shape) -> dict[str, Any]:
        return {"name": "embedding", "rows": self.input_dim, "units": self.output_dim}

    def core_columns(self, input_shape: Shape) -> int:
        return 1

    def lower(self, plan: Plan, inputs: Value, input_shape: Shape) -> Value:
        assert self._core is not None  # it is built
        return plan.step(self._core, plan.rows(inputs, 1))

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return (*input_shape, self.output_dim)

    def initial_weights(self, input_shape: Shape, dtype: str) -> list[Array]:
        return [self._initial(self.embeddings_initializer, (self.input_dim, self.output_dim), dtype)]

    @property
    def embeddings(self) -> Array:
        """A read-only copy of the table (input_dim, output_dim).

        Raises:
            AttributeError: before the layer is built.
        """
        if not self.built:
            raise AttributeError("You must build the layer before accessing `embeddings`.")
        return self.weights[0]

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "input_dim": self.input_dim,
            "output_dim": self.output_dim,
            "embeddings_initializer": initializers.serialize(self.embeddings_initializer),
            "embeddings_regularizer": regularizers.serialize(self.embeddings_regularizer),
            "activity_regularizer": regularizers.serialize(self.activity_regularizer),
            "embeddings_constraint": constraints.serialize(self.embeddings_constraint),
            "mask_zero": self.mask_zero,
            "quantization_config": None,
        }
