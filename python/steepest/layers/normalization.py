"""Normalizations of a row by itself."""

from __future__ import annotations

from typing import Any

from steepest import initializers
from steepest._graph.plan import Plan, Value
from steepest._names.arguments import number
from steepest.layers.layer import Array, Shape
from steepest.layers.scaled import OnAxes, Scaled


class LayerNormalization(Scaled):
    """y = gamma * (x - mean) / sqrt(variance + epsilon) + beta, with mean and variance over an axis, or several.

    Ba, Kiros and Hinton 2016.

    Args:
        axis: the axis, or a list of them; the last one by default, the batch's, 0, is none.
        epsilon: added to the variance.
        center: whether there is a beta.
        scale: whether there is a gamma.
        beta_initializer, gamma_initializer: names or instances of `steepest.initializers`.
        beta_regularizer, gamma_regularizer, beta_constraint, gamma_constraint: of `steepest.regularizers` and
            `steepest.constraints`; None for none.
        kwargs: `name` and `dtype`.

    Raises:
        TypeError: for an axis that is no integer and no list of them.
        ValueError: when built or called, for axes that the inputs don't have and for inputs of rank 1.

    >>> LayerNormalization(epsilon=0.0)([[1.0, 3.0], [5.0, 1.0]])
    array([[-1.,  1.],
           [ 1., -1.]], dtype=float32)
    """

    rule = "layer_normalization"

    def __init__(
        self,
        axis: Any = -1,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        beta_regularizer: Any = None,
        gamma_regularizer: Any = None,
        beta_constraint: Any = None,
        gamma_constraint: Any = None,
        **kwargs: Any,
    ):
        if kwargs.pop("rms_scaling", False):
            raise ValueError("`rms_scaling` is not supported: use RMSNormalization. Received: rms_scaling=True")
        super().__init__(
            _axis_of(axis),
            epsilon,
            center,
            scale,
            beta_initializer,
            gamma_initializer,
            beta_regularizer=beta_regularizer,
            gamma_regularizer=gamma_regularizer,
            beta_constraint=beta_constraint,
            gamma_constraint=gamma_constraint,
            **kwargs,
        )

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "rms_scaling": False}


class RMSNormalization(OnAxes):
    """y = scale * x / sqrt(mean(x^2) + epsilon), with the mean over an axis, or several. Zhang and Sennrich 2019.

    Args:
        axis: the axis, or a list of them; the last one by default, the batch's, 0, is none.
        epsilon: added to the mean square.
        kwargs: `name` and `dtype`.

    Raises:
        ValueError: when built or called, for axes that the inputs don't have and for inputs of rank 1.

    >>> RMSNormalization()([[1.0, 7.0]])  # the mean square is 25
    array([[0.2, 1.4]], dtype=float32)
    """

    rule = "rms_normalization"
    scale_initializer = initializers.Ones()

    def __init__(self, axis: Any = -1, epsilon: float = 1e-6, **kwargs: Any):
        super().__init__(_axis_of(axis), ("scale",), **kwargs)
        self.epsilon = number(epsilon, "epsilon")

    def core_spec(self, input_shape: Shape) -> dict[str, Any]:
        return {**super().core_spec(input_shape), "scale": True, "epsilon": float(self.epsilon)}

    @property
    def scale(self) -> Array | None:
        """A read-only copy of the scale (N,); None before the layer is built."""
        return self._weight("scale")

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "epsilon": self.epsilon}


class UnitNormalization(OnAxes):
    """y = x / sqrt(sum(x^2)) over an axis, or several: vectors of length 1.

    Args:
        axis: the axis, or a list of them; the last one by default, the batch's, 0, is none.
        kwargs: `name` and `dtype`.

    Raises:
        TypeError: for an axis that is no integer and no list of them.
        ValueError: when built or called, for axes that the inputs don't have and for inputs of rank 1.

    >>> UnitNormalization()([[3.0, 4.0]])
    array([[0.6, 0.8]], dtype=float32)
    """

    rule = "unit_normalization"

    def __init__(self, axis: Any = -1, **kwargs: Any):
        super().__init__(_axis_of(axis), (), **kwargs)


class GroupNormalization(Scaled):
    """As `LayerNormalization`, with the mean and the variance of each of `groups` equal parts of an axis of size N.

    A group takes N / groups numbers of the axis at all positions of the others. Wu and He 2018.

    Args:
        groups: a divisor of N; -1 for N groups.
        axis: the last one by default; the batch's, 0, is none.
        epsilon: added to the variance.
        center: whether there is a beta.
        scale: whether there is a gamma.
        beta_initializer, gamma_initializer: names or instances of `steepest.initializers`.
        beta_regularizer, gamma_regularizer, beta_constraint, gamma_constraint: of `steepest.regularizers` and
            `steepest.constraints`; None for none.
        kwargs: `name` and `dtype`.

    Raises:
        ValueError: for groups that are no positive integer and not -1; when built or called, if they don't divide N,
            for an axis that the inputs don't have and for inputs of rank 1.

    >>> GroupNormalization(groups=2, epsilon=0.0)([[1.0, 3.0, 50.0, 10.0]])
    array([[-1.,  1.,  1., -1.]], dtype=float32)
    """

    rule = "scale"

    def __init__(
        self,
        groups: int = 32,
        axis: int = -1,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        beta_regularizer: Any = None,
        gamma_regularizer: Any = None,
        beta_constraint: Any = None,
        gamma_constraint: Any = None,
        **kwargs: Any,
    ):
        if not isinstance(groups, int) or (groups <= 0 and groups != -1):
            raise ValueError(
                "Received an invalid value for argument `groups`, expected a positive integer, or -1 for as many as "
                f"there are numbers. Received: groups={groups!r}"
            )
        super().__init__(
            axis,
            epsilon,
            center,
            scale,
            beta_initializer,
            gamma_initializer,
            beta_regularizer=beta_regularizer,
            gamma_regularizer=gamma_regularizer,
            beta_constraint=beta_constraint,
            gamma_constraint=gamma_constraint,
            **kwargs,
        )
        self.groups = groups

    def check_input(self, input_shape: Shape) -> None:
        super().check_input(input_shape)
        size = self._sizes(input_shape)[0]
        if size is not None and (size < self.groups or size % self.groups):
            raise ValueError(
                f"The number of groups ({self.groups}) must divide the number of channels ({size}). "
                f"Received: input shape {input_shape}"
            )

    def core_spec(self, input_shape: Shape) -> dict[str, Any]:
        spec = super().core_spec(input_shape)
        del spec["epsilon"]  # which belongs to the step before it
        return spec

    def lower(self, plan: Plan, inputs: Value, input_shape: Shape) -> Value:
        axis, sizes = self._axes(input_shape)[0], [one or 1 for one in input_shape[1:]]
        groups = sizes[axis - 1] if self.groups == -1 else self.groups
        split = [*sizes[: axis - 1], groups, sizes[axis - 1] // groups, *sizes[axis:]]
        normal = {"name": "layer_normalization", "epsilon": float(self.epsilon), "scale": False, "center": False}
        members = [place for place in range(len(split)) if place != axis - 1]
        grouped = plan.on_axes(inputs, split, members, lambda rows: plan.step(normal, rows))
        return super().lower(plan, grouped, input_shape)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "groups": self.groups}


def _axis_of(axis: Any) -> Any:
    if isinstance(axis, (list, tuple)):
        return list(axis)
    if not isinstance(axis, int):
        raise TypeError(f"Expected an int or a list of ints for the argument `axis`. Received: axis={axis!r}")
    return axis
