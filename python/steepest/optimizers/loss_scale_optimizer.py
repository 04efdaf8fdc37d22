"""A loss scale that finds itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from steepest._names.arguments import positive, whole
from steepest._names.registry import serialize_object
from steepest._weights.variable import Variable
from steepest.optimizers.optimizer import BASE_ARGUMENTS, Optimizer


class LossScaleOptimizer(Optimizer):
    """Takes the step of another optimizer with g / scale, where the loss was multiplied by scale.

    If a gradient is not finite, the step is left out and the scale is halved; after `dynamic_growth_steps` steps
    without that it is doubled. Small gradients of half precision are thus kept from becoming 0.

    Args:
        inner_optimizer: the optimizer, whose own `loss_scale_factor` is no longer used.
        initial_scale: the first scale, more than 0; 2^15 by default.
        dynamic_growth_steps: 2000 by default.
        name: see `Optimizer`.
        **kwargs: what older configurations hold: the other arguments of `Optimizer`, at their defaults.

    Raises:
        ValueError: for values outside these ranges, and for arguments that belong to the inner optimizer.

    Source: Micikevicius et al. 2017, "Mixed precision training"; Keras.

    >>> from steepest.optimizers import SGD
    >>> w = np.array([1.0])
    >>> optimizer = LossScaleOptimizer(SGD(learning_rate=0.5), initial_scale=4.0)
    >>> optimizer.apply([[np.inf]], [w])
    >>> w, optimizer.scale_loss(1.0)
    (array([1.]), 2.0)
    >>> optimizer.apply([[2.0]], [w])  # a gradient of 1
    >>> w
    array([0.5])
    """

    def __init__(
        self,
        inner_optimizer: Optimizer,
        initial_scale: float = 2.0**15,
        dynamic_growth_steps: int = 2000,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        if not kwargs.pop("dynamic", True):
            raise ValueError(
                "LossScaleOptimizer does not support `dynamic=False`: set `loss_scale_factor` of the optimizer instead."
            )
        for argument, value in kwargs.items():
            neutral = {"use_ema": False, "ema_momentum": 0.99}.get(argument)
            if argument not in BASE_ARGUMENTS:
                raise ValueError(f"LossScaleOptimizer does not support arguments: {argument!r}. Received: {value!r}")
            if value != neutral:
                raise ValueError(
                    f"LossScaleOptimizer does not support `{argument}`: set `{argument}` of the `inner_optimizer`. "
                    f"Received: {argument}={value!r}"
                )
        if not isinstance(inner_optimizer, Optimizer):
            raise ValueError(f"`inner_optimizer` must be an optimizer. Received: {inner_optimizer!r}")
        self.inner_optimizer = inner_optimizer
        super().__init__(inner_optimizer._learning_rate, name=name)
        self.initial_scale = positive(initial_scale, "initial_scale")
        self.dynamic_growth_steps = whole(dynamic_growth_steps, "dynamic_growth_steps", 1)
        inner_optimizer.loss_scale_factor = None

    @property
    def learning_rate(self) -> Any:
        """The inner optimizer's."""
        return self.inner_optimizer.learning_rate

    @learning_rate.setter
    def learning_rate(self, value: Any) -> None:
        if not isinstance(value, Variable):
            self.inner_optimizer.learning_rate = value

    @property
    def iterations(self) -> int:
        """The inner optimizer's."""
        return self.inner_optimizer.iterations

    @iterations.setter
    def iterations(self, value: int) -> None:
        self.inner_optimizer.iterations = value

    @property
    def variables(self) -> list[Variable]:
        """Those of its own (steps, rate, steps since the scale changed, scale) and those of the inner optimizer."""
        return [*super().variables, *self.inner_optimizer.variables]

    def build(self, variables: Iterable[Any]) -> None:
        if self.built:
            return
        variables = list(variables)
        self.inner_optimizer.build(variables)
        super().build(variables)
        self.step_counter = self.add_variable((), np.array(0), name="step_counter")
        self.dynamic_scale = self.add_variable((), np.array(self.initial_scale), "float32", name="dynamic_scale")

    def apply(self, grads: Sequence[Any], trainable_variables: Iterable[Any] | None = None) -> None:
        """`Optimizer.apply` of the inner optimizer with the gradients divided by the scale, if all are finite."""
        variables = None if trainable_variables is None else list(trainable_variables)
        if not self.built and variables is not None:
            self.build(variables)
        if not all(np.isfinite(gradient).all() for gradient in grads if gradient is not None):
            self.dynamic_scale.assign(self.dynamic_scale * 0.5)
            self.step_counter.assign(0)
            return
        scale = float(self.dynamic_scale) if self.built else self.initial_scale
        unscaled = [None if gradient is None else np.divide(gradient, scale) for gradient in grads]
        self.inner_optimizer.apply(unscaled, variables)
        if int(self.step_counter) == self.dynamic_growth_steps - 1:
            self.dynamic_scale.assign(self.dynamic_scale * 2.0)
            self.step_counter.assign(0)
        else:
            self.step_counter.assign_add(1)

    def scale_loss(self, loss: Any) -> Any:
        """`loss` times the scale."""
        return loss * (float(self.dynamic_scale) if self.built else self.initial_scale)

    def finalize_variable_values(self, var_list: Sequence[Any]) -> None:
        self.inner_optimizer.finalize_variable_values(var_list)

    def get_config(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "inner_optimizer": serialize_object(self.inner_optimizer, "keras.optimizers"),
            "initial_scale": self.initial_scale,
            "dynamic_growth_steps": self.dynamic_growth_steps,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None) -> Any:
        from steepest import optimizers

        arguments = dict(config)
        return cls(optimizers.deserialize(arguments.pop("inner_optimizer"), custom_objects), **arguments)
