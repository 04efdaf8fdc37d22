"""The base of the layers that normalize: what they share is a scale and an offset for each column."""

from __future__ import annotations

import math
from typing import Any

from steepest import constraints, initializers, regularizers
from steepest._graph.plan import Plan, Value
from steepest._names.arguments import number
from steepest.layers.layer import Array, Layer, Shape


class OnAxes(Layer):
    """The base of the layers that work on some axes, N numbers, with weights of their sizes.

    Args:
        axis: an axis, or a list of them, any but the batch's.
        weight_names: Keras's names of the weights, in their order; each has an initializer, `gamma` has
            `gamma_initializer`.
        kwargs: `name` and `dtype`.
    """

    rule = ""  # the core's name

    def __init__(self, axis: Any, weight_names: tuple[str, ...], **kwargs: Any):
        super().__init__(**kwargs)
        self.axis = axis
        self.weight_names = weight_names

    def check_input(self, input_shape: Shape) -> None:
        if len(input_shape) < 2:
            raise ValueError(
                f"Layer {self.name!r} takes inputs of rank 2 or more, (rows, features). Received: shape {input_shape}"
            )
        self._axes(input_shape)
        if self._input_shape is not None and self._sizes(self._input_shape) != self._sizes(input_shape):
            raise ValueError(
                f"Layer {self.name!r} was built for inputs of shape {self._input_shape}, of which it takes axis "
                f"{self.axis}, and can't take others there. Received: input shape {input_shape}"
            )

    def _axes(self, input_shape: Shape) -> list[int]:
        """The axes, from 1 on.

        Raises:
            ValueError: if the inputs don't have them, and for the batch's.
        """
        given = self.axis if isinstance(self.axis, list) else [self.axis]
        if any(not -len(input_shape) <= axis < len(input_shape) for axis in given):
            raise ValueError(f"Axis {self.axis} is out of bounds for input shape {input_shape}.")
        axes = [axis % len(input_shape) for axis in given]
        if 0 in axes or len({*axes}) < len(axes) or not axes:
            raise ValueError(
                f"{type(self).__name__} works on different axes of its inputs, and not on the batch's. "
                f"Received: axis={self.axis}, input shape {input_shape}"
            )
        return axes

    def _sizes(self, input_shape: Shape) -> tuple[int | None, ...]:
        return tuple(input_shape[axis] for axis in self._axes(input_shape))

    def core_columns(self, input_shape: Shape) -> int | None:
        sizes = self._sizes(input_shape)
        return None if None in sizes else math.prod(size for size in sizes if size)

    def core_spec(self, input_shape: Shape) -> dict[str, Any]:
        return {"name": self.rule, "scale": "gamma" in self.weight_names, "center": "beta" in self.weight_names}

    def lower(self, plan: Plan, inputs: Value, input_shape: Shape) -> Value:
        assert self._core is not None  # it is built
        sizes, axes = [size or 1 for size in input_shape[1:]], [axis - 1 for axis in self._axes(input_shape)]
        return plan.on_axes(inputs, sizes, axes, lambda rows: plan.step(self._core, rows))  # type: ignore[arg-type]

    def initial_weights(self, input_shape: Shape, dtype: str) -> list[Array]:
        sizes: Any = self._sizes(input_shape)  # unknown ones are refused before
        return [self._initial(getattr(self, f"{name}_initializer"), sizes, dtype) for name in self.weight_names]

    def _weight(self, name: str) -> Array | None:
        return self.weights[self.weight_names.index(name)] if self.built and name in self.weight_names else None

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "axis": self.axis}


class Scaled(OnAxes):
    """y = u * gamma + beta of the normalized u, with gamma and beta of the axes' sizes.

    Args:
        axis: as for `OnAxes`.
        epsilon: what is added to a variance.
        center: whether there is a beta.
        scale: whether there is a gamma.
        beta_initializer, gamma_initializer: names or instances of `steepest.initializers`.
        kept: weights besides gamma and beta, which are not trained.
        kwargs: `name`, `dtype`, and regularizers and constraints of gamma and beta.
    """

    def __init__(
        self,
        axis: Any,
        epsilon: float,
        center: bool,
        scale: bool,
        beta_initializer: Any,
        gamma_initializer: Any,
        kept: tuple[str, ...] = (),
        **kwargs: Any,
    ):
        self.beta_regularizer = regularizers.get(kwargs.pop("beta_regularizer", None))
        self.gamma_regularizer = regularizers.get(kwargs.pop("gamma_regularizer", None))
        self.beta_constraint = constraints.get(kwargs.pop("beta_constraint", None))
        self.gamma_constraint = constraints.get(kwargs.pop("gamma_constraint", None))
        super().__init__(axis, (*["gamma"] * bool(scale), *["beta"] * bool(center), *kept), **kwargs)
        self.epsilon = number(epsilon, "epsilon")
        self.center = center
        self.scale = scale
        self.beta_initializer = initializers.get(beta_initializer)
        self.gamma_initializer = initializers.get(gamma_initializer)

    def core_spec(self, input_shape: Shape) -> dict[str, Any]:
        return {**super().core_spec(input_shape), "epsilon": float(self.epsilon)}

    @property
    def gamma(self) -> Array | None:
        """A read-only copy of the scale (N,); None with `scale=False`, and before the layer is built."""
        return self._weight("gamma")

    @property
    def beta(self) -> Array | None:
        """A read-only copy of the offset (N,); None with `center=False`, and before the layer is built."""
        return self._weight("beta")

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "epsilon": self.epsilon,
            "center": self.center,
            "scale": self.scale,
            "beta_initializer": initializers.serialize(self.beta_initializer),
            "gamma_initializer": initializers.serialize(self.gamma_initializer),
            "beta_regularizer": regularizers.serialize(self.beta_regularizer),
            "gamma_regularizer": regularizers.serialize(self.gamma_regularizer),
            "beta_constraint": constraints.serialize(self.beta_constraint),
            "gamma_constraint": constraints.serialize(self.gamma_constraint),
        }
