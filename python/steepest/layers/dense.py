"""The fully connected layer."""

from __future__ import annotations

import operator
from typing import Any

from steepest import activations
from steepest.layers.affine import Affine
from steepest.layers.layer import Array, Shape


class Dense(Affine):
    """y = activation(x @ kernel + bias), x (M, ..., K), kernel (K, N), bias (N,), y (M, ..., N).

    Args:
        units: N, a positive integer.
        activation: name or function of `steepest.activations`; None for y = x @ kernel + bias.
        use_bias: whether there is a bias.
        kernel_initializer: name or instance of `steepest.initializers`; Glorot's uniform one by default.
        bias_initializer: likewise; zeros by default.
        kernel_regularizer, bias_regularizer: name or instance of `steepest.regularizers`; None for no penalty.
        kernel_constraint, bias_constraint: name or instance of `steepest.constraints`; None for no constraint.
        activity_regularizer: of the outputs, likewise; see `Layer`.
        kwargs: `name`, `dtype`, and the old `input_shape` or `input_dim`.

    Raises:
        ValueError: for units that are no positive integer, an unknown activation, initializer or keyword; when built,
            for inputs of rank 1.

    >>> layer = Dense(2, kernel_initializer="ones", bias_initializer="ones")
    >>> layer([[1.0, 2.0, 3.0]])
    array([[7., 7.]], dtype=float32)
    >>> layer.kernel.shape, layer.bias.shape
    ((3, 2), (2,))
    """

    def __init__(
        self,
        units: int,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        **kwargs: Any,
    ):
        try:
            number = 0 if isinstance(units, bool) else operator.index(units)
        except TypeError:
            number = 0
        if number < 1:
            raise ValueError(
                f"Received an invalid value for `units`, expected a positive integer. Received: units={units!r}"
            )
        super().__init__(
            activation,
            kernel_initializer,
            bias_initializer,
            kernel_regularizer,
            bias_regularizer,
            kernel_constraint,
            bias_constraint,
            activity_regularizer=activity_regularizer,
            **kwargs,
        )
        self.units = number
        self.use_bias = bool(use_bias)

    def _has_bias(self) -> bool:
        return self.use_bias

    def check_input(self, input_shape: Shape) -> None:
        if len(input_shape) < 2:
            raise ValueError(
                f"Layer {self.name!r} takes inputs of rank 2 or more, (rows, features), found rank {len(input_shape)}. "
                f"Give `x` a second dimension: x.reshape(-1, 1) for one feature. Received: input shape {input_shape}"
            )
        self._check_features(input_shape)

    def core_spec(self, input_shape: Shape) -> dict[str, Any]:
        return self._dense_spec(self.units)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return (*input_shape[:-1], self.units)

    def initial_weights(self, input_shape: Shape, dtype: str) -> list[Array]:
        inputs = input_shape[-1]
        assert inputs is not None  # unknown sizes are refused before
        weights = [self._initial(self.kernel_initializer, (inputs, self.units), dtype)]
        if self.use_bias:
            weights.append(self._initial(self.bias_initializer, (self.units,), dtype))
        return weights

    @property
    def bias(self) -> Array | None:
        """A read-only copy of the bias (N,); None with `use_bias=False`.

        Raises:
            AttributeError: before the layer is built.
        """
        if not self.built:
            raise AttributeError("You must build the layer before accessing `bias`.")
        return self.weights[1] if self.use_bias else None

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "units": self.units,
            "activation": activations.serialize(self.activation),
            "use_bias": self.use_bias,
            **self._rules_config(),
        }
