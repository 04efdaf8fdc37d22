"""Optimizers whose rule is one of the core's."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from steepest import _core
from steepest._data.rows import Array
from steepest._weights.variable import Variable
from steepest.initializers import Constant
from steepest.optimizers._keeping import array_of
from steepest.optimizers.optimizer import Optimizer


class RuleOptimizer(Optimizer):
    """An optimizer of the core: its constructor with the defaults, `hyper`, and `spec`.

    >>> from steepest._names.arguments import number
    >>> class Heavy(RuleOptimizer):
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

    # States that come after those of all variables, each by itself, where Keras makes them so; others go variable by
    # variable. The order is that of `variables`, and so that of files.
    kept_apart: tuple[str, ...] = ()

    def spec(self) -> dict[str, Any]:
        """The rule of the core and its hyper-parameters. A rule's state starts at 0, or at "initial_<state>_value"."""
        raise NotImplementedError(f"{type(self).__name__} names no rule of the core.")

    def training_spec(self) -> dict[str, Any] | None:
        super().training_spec()
        if any(getattr(type(self), name) is not getattr(RuleOptimizer, name) for name in ("apply", "update_step")):
            return None
        names = ["weight_decay", "clipnorm", "global_clipnorm", "clipvalue", "gradient_accumulation_steps"]
        averages = ["ema_momentum", "ema_overwrite_frequency"] if self.use_ema else []
        given = {name: getattr(self, name) for name in (*names, *averages)}
        options = {name: value for name, value in given.items() if value or name == "ema_momentum"}
        return {**self.spec(), **options}

    def build(self, variables: Iterable[Any]) -> None:
        if self.built:
            return
        super().build(variables)
        spec = self.spec()
        names = _core.rules()["optimizers"][spec["name"]]["state"]
        columns: dict[str, Any] = {}
        together = [name for name in names if name not in self.kept_apart]
        for group in (together, *([name] for name in names if name in self.kept_apart)):
            firsts = [Constant(spec.get(f"initial_{name}_value", 0.0)) for name in group]
            kept = self.add_optimizer_variables(self._trainable_variables, group, firsts)
            columns.update(zip(group, kept, strict=True))
        states = zip(*(columns[name] for name in names), strict=True)
        self._states = list(states) or [()] * len(self._trainable_variables)

    def kept_by_core(self) -> list[Variable]:
        """What the core keeps for each variable, in its order: the rule's state, the average, the sum of gradients."""
        columns = [*zip(*self._states, strict=True), *filter(None, (self._averages, self._accumulators))]
        return [variable for row in zip(*columns, strict=True) for variable in row]

    def update_step(self, gradient: Array, variable: Any, learning_rate: float) -> None:
        array, states = array_of(variable), self._states[self._get_variable_index(variable)]
        weights = np.require(array, None, ["C", "A"])  # the array itself, or a copy of a view with gaps
        gradient = np.require(gradient, array.dtype, ["C", "A"])
        kept = [state.value.reshape(-1) for state in states]
        _core.optimizer_step(
            self.spec(), learning_rate, self.iterations + 1, weights.reshape(-1), gradient.reshape(-1), kept
        )
        if weights is not array:
            array[...] = weights
