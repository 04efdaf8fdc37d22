"""The base of the optimizers: everything but the formula.

An optimizer of the core is one class: its constructor with the defaults, `hyper` (the names of the attributes that
`get_config` reports), and `spec` (the rule of the core and its hyper-parameters). The state that a rule needs, the
update of arrays and of models, the learning rate and its decay, and the old spellings come from here.
"""

from __future__ import annotations

import math
import sys
import warnings
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steepest import _core
from steepest._registry import auto_name, snake_case, suggest
from steepest._rows import Array, as_float

# Arguments of every Keras optimizer that are not supported yet, with the value at which they do nothing.
NEUTRAL: dict[str, Any] = {
    "weight_decay": None,
    "clipnorm": None,
    "clipvalue": None,
    "global_clipnorm": None,
    "use_ema": False,
    "ema_momentum": 0.99,
    "ema_overwrite_frequency": None,
    "loss_scale_factor": None,
    "gradient_accumulation_steps": None,
}


class Optimizer:
    """Moves variables against their gradients, one rule for all of them.

    Args:
        learning_rate: the size of a step, a number of 0 or more.
        name: a name; by default the class's, numbered.
        **kwargs: Keras's other optimizer arguments, which must have the value at which they do nothing; and the old
            spellings, which warn: `lr` for `learning_rate`; `decay`, with which the rate of step t, counted from 0, is
            learning_rate / (1 + decay * t).

    Raises:
        ValueError: for a learning rate or decay that is negative, not finite or no number; for an unknown argument, and
            for one that is not supported yet.

    A new optimizer is one class:

    >>> class Heavy(Optimizer):
    ...     hyper = ("momentum",)
    ...     def __init__(self, learning_rate=0.5, momentum=0.5, **kwargs):
    ...         super().__init__(learning_rate, **kwargs)
    ...         self.momentum = number(momentum, "momentum", high=1.0)
    ...     def spec(self):
    ...         return {"name": "momentum", "momentum": self.momentum}
    >>> w = np.array([1.0])
    >>> Heavy().apply([np.array([2.0])], [w])
    >>> w
    array([0.])
    """

    hyper: tuple[str, ...] = ()

    def __init__(self, learning_rate: float, *, name: str | None = None, **kwargs: Any) -> None:
        if "lr" in kwargs:
            warn_old_spelling("`lr` is the old name of `learning_rate`: write learning_rate=...")
            learning_rate = kwargs.pop("lr")
        decay = kwargs.pop("decay", None)
        if decay is not None:
            warn_old_spelling(
                "`decay` is an old argument. Its new name in Keras is "
                "learning_rate=schedules.InverseTimeDecay(learning_rate, decay_steps=1, decay_rate=decay)"
            )
        for argument, value in kwargs.items():
            if argument not in NEUTRAL:
                raise ValueError(
                    f"Argument not recognized by {type(self).__name__}: {argument!r}."
                    f"{suggest(argument, ('learning_rate', *self.hyper, *NEUTRAL))} Received: {argument}={value!r}"
                )
            if value is not None and value != NEUTRAL[argument]:
                raise ValueError(
                    f"`{argument}` is not supported yet: expected {NEUTRAL[argument]!r}. Received: {argument}={value!r}"
                )
        self.name = name or auto_name(snake_case(type(self).__name__))
        self.learning_rate = learning_rate
        self.decay = number(0.0 if decay is None else decay, "decay")
        self.iterations = 0
        self._variables: list[Array] = []
        self._states: list[dict[str, Array]] = []

    @property
    def learning_rate(self) -> float:
        """The size of a step, before `decay`."""
        return self._learning_rate

    @learning_rate.setter
    def learning_rate(self, value: float) -> None:
        self._learning_rate = number(value, "learning_rate")

    @property
    def iterations(self) -> int:
        """The number of steps taken."""
        return self._iterations

    @iterations.setter
    def iterations(self, value: int) -> None:
        if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < 0:
            raise ValueError(f"`iterations` must be an integer of 0 or more. Received: iterations={value!r}")
        self._iterations = int(value)

    def learning_rates(self, steps: int) -> NDArray[np.float64]:
        """The rates of the next `steps` steps; one value if all are the same."""
        if not self.decay:
            return np.array([self.learning_rate])
        step = np.arange(self.iterations, self.iterations + steps, dtype=np.float64)
        return self.learning_rate / (1.0 + self.decay * step)

    def spec(self) -> dict[str, Any]:
        """The rule of the core and its hyper-parameters. A rule's state starts at 0, or at "initial_<state>_value"."""
        raise ValueError(f"{type(self).__name__} names no rule of the core. Expected a class of steepest.optimizers.")

    def build(self, variables: Iterable[Array]) -> None:
        """Makes the state for these variables, NumPy arrays that `apply` will update in place.

        Raises:
            ValueError: if one of them is not a writable float32 or float64 array.
        """
        variables = list(variables)
        for index, variable in enumerate(variables):
            _check_variable(variable, index)
        spec = self.spec()
        names = _core.rules()["optimizers"][spec["name"]]["state"]
        self._variables = variables
        self._states = [
            {name: np.full(variable.shape, spec.get(f"initial_{name}_value", 0.0), variable.dtype) for name in names}
            for variable in variables
        ]

    @property
    def state(self) -> list[dict[str, Array]]:
        """For each variable the arrays that the rule keeps, by name: `optimizer.state[0]["momentum"]`."""
        return self._states

    def apply(self, grads: Sequence[Any], trainable_variables: Iterable[Array] | None = None) -> None:
        """One step: updates the variables in place.

        Args:
            grads: d loss / d variable for each variable, in its shape; None leaves a variable as it is.
            trainable_variables: the arrays to update; without them those of `build`. The first call builds.

        Raises:
            ValueError: for gradients that don't fit the variables, for variables that the optimizer was not built for,
                and if all gradients are None. Then nothing was changed.
        """
        if not len(grads):
            return
        if trainable_variables is None:
            if not self._variables:
                raise ValueError("Call `optimizer.build(variables)` before `apply(grads)`.")
            trainable_variables = self._variables
        variables = list(trainable_variables)
        if not self._variables:
            self.build(variables)
        updates = self._updates(list(grads), variables)
        spec, rate = self.spec(), float(self.learning_rates(1)[0])
        for gradient, variable, state in updates:
            weights = np.require(variable, None, ["C", "A"])  # the variable itself, or a copy of a view with gaps
            arrays = [array.reshape(-1) for array in state.values()]
            _core.optimizer_step(spec, rate, self.iterations + 1, weights.reshape(-1), gradient.reshape(-1), arrays)
            if weights is not variable:
                variable[...] = weights
        self.iterations += 1

    def _updates(self, grads: list[Any], variables: list[Array]) -> list[tuple[Array, Array, dict[str, Array]]]:
        """What a step will touch, all of it checked: (gradient, variable, state) where there is a gradient."""
        if len(grads) != len(variables):
            raise ValueError(f"Expected one gradient for each of {len(variables)} variables. Received: {len(grads)}")
        places = {id(variable): place for place, variable in enumerate(self._variables)}
        updates = []
        for index, (gradient, variable) in enumerate(zip(grads, variables, strict=True)):
            if id(variable) not in places:
                raise ValueError(
                    "This optimizer was built for other variables; make a new optimizer for new ones. "
                    f"Received: an unknown array of shape {np.shape(variable)} (variable {index})"
                )
            _check_variable(variable, index)
            if gradient is None:
                continue
            gradient = as_float(gradient, "grads", variable.dtype)
            if gradient.shape != variable.shape:
                raise ValueError(
                    f"A gradient must have the shape of its variable, {variable.shape}. "
                    f"Received: {gradient.shape} (gradient {index})"
                )
            updates.append((gradient, variable, self._states[places[id(variable)]]))
        if not updates:
            raise ValueError("No gradients provided for any variable: all of them are None.")
        if len(updates) < len(grads):
            missing = [index for index, gradient in enumerate(grads) if gradient is None]
            warnings.warn(f"Variables without a gradient (None) stay as they are: {missing}", stacklevel=3)
        return updates

    def apply_gradients(self, grads_and_vars: Iterable[tuple[Any, Array]]) -> int:
        """`apply` for pairs (gradient, variable), as from `zip(grads, variables)`; returns `iterations`."""
        pairs = list(grads_and_vars)
        self.apply([gradient for gradient, _ in pairs], [variable for _, variable in pairs])
        return self.iterations

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments, as `from_config` takes them."""
        config = {"name": self.name, "learning_rate": self.learning_rate, **NEUTRAL}
        if self.decay:
            config["decay"] = self.decay
        return {**config, **{name: getattr(self, name) for name in self.hyper}}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Optimizer:
        """The optimizer that `get_config` described, with no step taken."""
        arguments = dict(config)
        decay = arguments.pop("decay", 0.0)
        optimizer = cls(**arguments)
        optimizer.decay = number(decay, "decay")
        return optimizer


def _check_variable(variable: Any, index: int) -> None:
    if not isinstance(variable, np.ndarray) or variable.dtype not in (np.float32, np.float64):
        received = getattr(variable, "dtype", type(variable).__name__)
        raise ValueError(f"Variables must be NumPy arrays of float32 or float64. Received: {received} (number {index})")
    if not variable.flags.writeable:
        raise ValueError(f"Variables are updated in place. Received: a read-only array (number {index})")


def number(value: Any, name: str, low: float = 0.0, high: float = math.inf) -> float:
    """`value` as a float, if it is a finite number from `low` to `high`.

    >>> number(1, "learning_rate")
    1.0
    """
    is_number = isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool)
    if not is_number or not low <= value <= high or math.isinf(value):
        bounds = f"of {low:g} or more" if math.isinf(high) else f"from {low:g} to {high:g}"
        raise ValueError(f"`{name}` must be a finite number {bounds}. Received: {name}={value!r}")
    return float(value)


def epsilon_or_default(epsilon: float | None) -> float:
    """`epsilon`, or Keras's default for the old spelling None."""
    if epsilon is None:
        warn_old_spelling("`epsilon=None` is the old spelling of the default: leave it out, or write epsilon=1e-07")
        return 1e-7
    return number(epsilon, "epsilon")


def warn_old_spelling(message: str) -> None:
    """A DeprecationWarning that points at the line outside this package from which the constructor was called."""
    level = 1
    while sys._getframe(level).f_globals.get("__name__", "").startswith("steepest.") and sys._getframe(level).f_back:
        level += 1
    warnings.warn(message, DeprecationWarning, stacklevel=level + 1)
