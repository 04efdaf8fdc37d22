"""A step of an optimizer on arrays: everything around the rule."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from steepest._data.rows import Array, as_float
from steepest.optimizers._keeping import Keeping, array_of, check_variable


class Applying(Keeping):
    """The part of an optimizer that takes gradients to a step of the variables."""

    weight_decay: float | None
    clipnorm: float | None
    clipvalue: float | None
    global_clipnorm: float | None
    ema_momentum: float
    ema_overwrite_frequency: int | None
    loss_scale_factor: float | None

    @property
    def iterations(self) -> int:
        raise NotImplementedError

    def learning_rates(self, steps: int) -> NDArray[np.float64]:
        raise NotImplementedError

    def apply(self, grads: Sequence[Any], trainable_variables: Iterable[Any] | None = None) -> None:
        """One step: updates the variables in place.

        Args:
            grads: d loss / d variable for each variable, in its shape; None leaves a variable as it is.
            trainable_variables: the variables to update; without them those of `build`. The first call builds.

        Raises:
            ValueError: for gradients that don't fit the variables, for variables that the optimizer was not built for,
                and if all gradients are None. Then nothing was changed.
        """
        if not len(grads):
            return
        if trainable_variables is None:
            if not self.built:
                raise ValueError("Call `optimizer.build(variables)` before `apply(grads)`.")
            trainable_variables = self._trainable_variables
        variables = list(trainable_variables)
        if not self.built:
            self.build(variables)
        gradients = self._checked(list(grads), variables)
        for index in [i for i in gradients if getattr(self._trainable_variables[i], "overwrite_with_gradient", False)]:
            self._overwrite(index, gradients.pop(index))
        if gradients:
            self._step(gradients)
        self._iterations.assign_add(1)

    def apply_gradients(self, grads_and_vars: Iterable[tuple[Any, Any]]) -> int:
        """`apply` for pairs (gradient, variable), as from `zip(grads, variables)`; returns the number of steps."""
        pairs = list(grads_and_vars)
        self.apply([gradient for gradient, _ in pairs], [variable for _, variable in pairs])
        return int(self._iterations)

    def update_step(self, gradient: Array, variable: Any, learning_rate: float) -> None:
        """The rule: updates one variable in place, with `assign`, `assign_add` or `assign_sub`."""
        raise NotImplementedError(f"{type(self).__name__} has no rule: override `update_step`.")

    def assign(self, variable: Any, value: ArrayLike) -> None:
        """Makes `value` the value of a variable."""
        array_of(variable)[...] = value

    def assign_add(self, variable: Any, value: ArrayLike) -> None:
        """Adds `value` to a variable."""
        array_of(variable)[...] += value

    def assign_sub(self, variable: Any, value: ArrayLike) -> None:
        """Subtracts `value` from a variable."""
        array_of(variable)[...] -= value

    def scale_loss(self, loss: Any) -> Any:
        """`loss` times `loss_scale_factor`."""
        return loss if self.loss_scale_factor is None else loss * self.loss_scale_factor

    def finalize_variable_values(self, var_list: Sequence[Any]) -> None:
        """Makes the variables their moving averages, if those are kept: what `fit` does after the last epoch."""
        if len(var_list) != len(self._averages) and self.use_ema:
            raise ValueError(
                f"Expected {len(self._averages)} variables, one for each average. Received: {len(var_list)}"
            )
        for variable, average in zip(var_list, self._averages, strict=False):
            if average is not None:
                self.assign(variable, average.value)

    def _checked(self, grads: list[Any], variables: list[Any]) -> dict[int, Array]:
        """The gradient by the number of its variable, where there is one; all of it checked."""
        if len(grads) != len(variables):
            raise ValueError(f"Expected one gradient for each of {len(variables)} variables. Received: {len(grads)}")
        places = {id(variable): place for place, variable in enumerate(self._trainable_variables)}
        found = {}
        for index, (gradient, variable) in enumerate(zip(grads, variables, strict=True)):
            if id(variable) not in places:
                raise ValueError(
                    "This optimizer was built for other variables; make a new optimizer for new ones. "
                    f"Received: an unknown variable of shape {np.shape(variable)} (variable {index})"
                )
            check_variable(variable, index)
            if gradient is None:
                continue
            gradient = as_float(gradient, "grads", variable.dtype)
            if gradient.shape != variable.shape:
                raise ValueError(
                    f"A gradient must have the shape of its variable, {variable.shape}. "
                    f"Received: {gradient.shape} (gradient {index})"
                )
            found[places[id(variable)]] = gradient
        if not found:
            raise ValueError("No gradients provided for any variable: all of them are None.")
        if len(found) < len(grads):
            missing = [index for index, gradient in enumerate(grads) if gradient is None]
            warnings.warn(f"Variables without a gradient (None) stay as they are: {missing}", stacklevel=3)
        return found

    def _updates_now(self) -> bool:
        steps = self.gradient_accumulation_steps
        return steps is None or (int(self._iterations) + 1) % steps == 0

    def _overwrite(self, index: int, gradient: Array) -> None:
        """Of a variable whose new value comes as its gradient; the largest one, where gradients are accumulated."""
        if self._accumulators:
            accumulator = self._accumulators[index].value
            gradient, kept = np.maximum(gradient, accumulator), gradient
            if self._updates_now():
                accumulator[...] = 0
            else:
                accumulator[...], gradient = gradient, kept
        self.assign(self._trainable_variables[index], gradient)

    def _step(self, gradients: dict[int, Array]) -> None:
        if self.loss_scale_factor is not None:
            gradients = {index: gradient / self.loss_scale_factor for index, gradient in gradients.items()}
        if self._accumulators:
            for index, gradient in gradients.items():
                self._accumulators[index].assign_add(gradient)
        if self._updates_now():
            if self.gradient_accumulation_steps:
                steps = self.gradient_accumulation_steps
                gradients = {index: self._accumulators[index].value / steps for index in gradients}
            self._update(self._clipped(gradients))
            for accumulator in self._accumulators:
                accumulator.value[...] = 0
        self._average()
        for index in gradients:
            variable = self._trainable_variables[index]
            constraint = getattr(variable, "constraint", None)
            if constraint is not None:
                constrained = constraint(array_of(variable))
                if np.shape(constrained) != tuple(variable.shape):
                    raise ValueError(
                        f"The constraint {constraint!r} must return an array of the shape of the weight, "
                        f"{tuple(variable.shape)}. Received: {np.shape(constrained)}"
                    )
                self.assign(variable, constrained)

    def _clipped(self, gradients: dict[int, Array]) -> dict[int, Array]:
        if self.clipvalue is not None:
            return {index: np.clip(g, -self.clipvalue, self.clipvalue) for index, g in gradients.items()}
        if self.clipnorm is not None:
            norms = {index: max(norm([g]), self.clipnorm) for index, g in gradients.items()}
            return {index: g * g.dtype.type(self.clipnorm / norms[index]) for index, g in gradients.items()}
        if self.global_clipnorm is not None:
            scale = self.global_clipnorm / max(norm(gradients.values()), self.global_clipnorm)
            return {index: g * g.dtype.type(scale) for index, g in gradients.items()}
        return gradients

    def _update(self, gradients: dict[int, Array]) -> None:
        rate = float(self.learning_rates(1)[0])
        for index, gradient in gradients.items():
            variable = self._trainable_variables[index]
            decay = self.weight_decay_of(variable)
            if decay:
                array = array_of(variable)
                array -= array * array.dtype.type(decay * rate)
            self.update_step(gradient, variable, rate)

    def weight_decay_of(self, variable: Any) -> float | None:
        """The weight decay of a variable; None where there is none."""
        return None if self.is_excluded(variable) else self.weight_decay

    def is_excluded(self, variable: Any) -> bool:
        """Whether `exclude_from_weight_decay` took the variable out."""
        excluded, patterns = self._excluded
        name = getattr(variable, "name", "")
        return any(variable is other for other in excluded) or any(re.search(pattern, name) for pattern in patterns)

    def _average(self) -> None:
        frequency = self.ema_overwrite_frequency
        for variable, average in zip(self._trainable_variables, self._averages, strict=False):
            if average is None:
                continue
            array, mean = array_of(variable), average.value
            momentum = array.dtype.type(self.ema_momentum if self.iterations else 0.0)
            mean[...] = momentum * mean + (1 - momentum) * array
            if frequency is not None and (self.iterations + 1) % frequency == 0:
                array[...] = mean


def norm(arrays: Iterable[Array]) -> float:
    """The root of the sum of all squares; NaN where it is not finite, as of a gradient that should not be scaled."""
    total = float(np.sqrt(sum(np.square(array, dtype=np.float64).sum() for array in arrays)))
    return total if np.isfinite(total) else float("nan")
