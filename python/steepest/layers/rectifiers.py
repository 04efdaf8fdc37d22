"""Leaky rectifiers as layers, with slopes that are given or trained."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from typing import Any

from steepest import activations, constraints, initializers, regularizers
from steepest._graph.plan import Plan, Value
from steepest.layers.activation import lower_activation
from steepest.layers.layer import Array, Layer, Shape


class LeakyReLU(Layer):
    """y = x for x > 0, else negative_slope * x.

    Args:
        negative_slope: 0 or more; 0.3 by default.
        kwargs: `name`, `dtype`, and the old `alpha` for `negative_slope`.

    Raises:
        ValueError: for a negative slope below 0, or None.

    >>> LeakyReLU(negative_slope=0.5)([-10.0, 5.0])
    array([-5.,  5.], dtype=float32)
    """

    def __init__(self, negative_slope: float = 0.3, **kwargs: Any):
        if "alpha" in kwargs:
            negative_slope = kwargs.pop("alpha")
            warnings.warn("The argument `alpha` is deprecated: use `negative_slope`.", DeprecationWarning, stacklevel=2)
        super().__init__(**kwargs)
        if negative_slope is None or not negative_slope >= 0:
            raise ValueError(
                f"`negative_slope` of a LeakyReLU can't be negative or missing. Received: {negative_slope=}"
            )
        self.negative_slope = negative_slope

    def lower(self, plan: Plan, inputs: Value, input_shape: Shape) -> Value:
        return lower_activation(activations.leaky_relu.spec_of(self.negative_slope), plan, inputs, input_shape)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "negative_slope": self.negative_slope}


class ELU(Layer):
    """y = x for x > 0, else alpha * (exp(x) - 1). Clevert et al. 2016.

    Args:
        alpha: minus the limit to the left, 0 or more; 1 by default.
        kwargs: `name` and `dtype`.

    Raises:
        ValueError: for a negative alpha.

    >>> ELU(alpha=2.0)([-100.0, 5.0])
    array([-2.,  5.], dtype=float32)
    """

    def __init__(self, alpha: float = 1.0, **kwargs: Any):
        super().__init__(**kwargs)
        activations.elu.spec_of(alpha)
        self.alpha = alpha

    def lower(self, plan: Plan, inputs: Value, input_shape: Shape) -> Value:
        return lower_activation(activations.elu.spec_of(self.alpha), plan, inputs, input_shape)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "alpha": self.alpha}


class PReLU(Layer):
    """y = x for x > 0, else alpha * x, with an alpha for each number of a sample that is trained. He et al. 2015.

    Args:
        alpha_initializer: name or instance of `steepest.initializers`; zeros by default.
        alpha_regularizer, alpha_constraint: of `steepest.regularizers` and `steepest.constraints`; None for none.
        shared_axes: axes, counted with the batch's, along which all numbers have one alpha; None for none.
        kwargs: `name` and `dtype`.

    Raises:
        ValueError: when built or called, for shared axes that the inputs don't have and for inputs of rank 1.

    >>> PReLU(alpha_initializer="ones")([[-10.0, 5.0]])
    array([[-10.,   5.]], dtype=float32)
    """

    weight_names = ("alpha",)

    def __init__(
        self,
        alpha_initializer: Any = "Zeros",
        alpha_regularizer: Any = None,
        alpha_constraint: Any = None,
        shared_axes: int | Sequence[int] | None = None,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.alpha_initializer = initializers.get(alpha_initializer)
        self.alpha_regularizer = regularizers.get(alpha_regularizer)
        self.alpha_constraint = constraints.get(alpha_constraint)
        self.shared_axes = [shared_axes] if isinstance(shared_axes, int) else shared_axes and list(shared_axes)

    def check_input(self, input_shape: Shape) -> None:
        if len(input_shape) < 2:
            raise ValueError(
                f"Layer {self.name!r} takes inputs of rank 2 or more, (rows, features). Received: shape {input_shape}"
            )
        if any(not 0 < axis < len(input_shape) for axis in self.shared_axes or ()):
            raise ValueError(
                f"`shared_axes` must be axes of the inputs, from 1 on. Received: shared_axes={self.shared_axes}, input "
                f"shape {input_shape}"
            )
        if self.built and self._alphas(self._input_shape) != self._alphas(input_shape):  # type: ignore[arg-type]
            raise ValueError(
                f"Layer {self.name!r} was built for inputs of shape {self._input_shape} and can't take {input_shape}."
            )

    def _alphas(self, input_shape: Shape) -> tuple[int | None, ...]:
        return tuple(1 if axis in (self.shared_axes or ()) else size for axis, size in enumerate(input_shape) if axis)

    def core_spec(self, input_shape: Shape) -> dict[str, Any]:
        return {"name": "prelu"}

    def core_columns(self, input_shape: Shape) -> int | None:
        alphas = self._alphas(input_shape)
        return None if None in alphas else math.prod(size for size in alphas if size)

    def lower(self, plan: Plan, inputs: Value, input_shape: Shape) -> Value:
        assert self._core is not None  # it is built
        sizes = [size or 1 for size in input_shape[1:]]
        own = [axis for axis in range(len(sizes)) if axis + 1 not in (self.shared_axes or ())]
        return plan.on_axes(inputs, sizes, own, lambda rows: plan.step(self._core, rows))  # type: ignore[arg-type]

    def initial_weights(self, input_shape: Shape, dtype: str) -> list[Array]:
        return [self._initial(self.alpha_initializer, self._alphas(input_shape), dtype)]  # type: ignore[arg-type]

    @property
    def alpha(self) -> Array | None:
        """A read-only copy of the slopes, shaped as a sample with 1 for each shared axis; None before it is built."""
        return self.weights[0] if self.built else None

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "alpha_initializer": initializers.serialize(self.alpha_initializer),
            "alpha_regularizer": regularizers.serialize(self.alpha_regularizer),
            "alpha_constraint": constraints.serialize(self.alpha_constraint),
            "shared_axes": self.shared_axes,
        }
