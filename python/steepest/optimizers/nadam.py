"""Adam with Nesterov's look ahead."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from steepest._weights.variable import Variable
from steepest.optimizers._arguments import below_one, epsilon_or_default
from steepest.optimizers._keeping import array_of
from steepest.optimizers._rule import RuleOptimizer


class Nadam(RuleOptimizer):
    """Adam's m and v; w -= learning_rate * (a * m + b * g) / (sqrt(v / (1 - beta_2^t)) + epsilon).

    a = u[t+1] / (1 - u[1] ... u[t+1]) and b = (1 - u[t]) / (1 - u[1] ... u[t]), where u[t] = beta_1 * (1 - 0.96^t / 2)
    is the momentum of step t, counted from 1, which grows to beta_1.

    Args:
        learning_rate: size of a step; 0.001 by default.
        beta_1: share of the mean gradient m that is kept, at least 0 and below 1; 0.9 by default.
        beta_2: share of the mean squared gradient v that is kept, likewise; 0.999 by default.
        epsilon: what keeps the divisor from 0; 1e-7 by default.
        name, **kwargs: see `Optimizer`.

    Raises:
        ValueError: for values outside these ranges.

    Source: Dozat 2015, "Incorporating Nesterov momentum into Adam"; Keras.

    >>> import numpy as np
    >>> w = np.array([1.0])
    >>> Nadam(learning_rate=0.5, beta_1=0.0, epsilon=0.0).apply([[3.0]], [w])
    >>> w.round(6)  # without momentum it is RMSprop's step
    array([0.5])
    """

    hyper = ("beta_1", "beta_2", "epsilon")

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        *,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(learning_rate, name=name, **kwargs)
        self.beta_1 = below_one(beta_1, "beta_1")
        self.beta_2 = below_one(beta_2, "beta_2")
        self.epsilon = epsilon_or_default(epsilon)

    def spec(self) -> dict[str, Any]:
        return {"name": "nadam", "beta_1": self.beta_1, "beta_2": self.beta_2, "epsilon": self.epsilon}

    def build(self, variables: Iterable[Any]) -> None:
        if self.built:
            return
        super().build(variables)
        dtype = array_of(self._trainable_variables[0]).dtype if self._trainable_variables else None
        self._u_product = self.add_variable((), "ones", dtype, "u_product")

    @property
    def variables(self) -> list[Variable]:
        """As `Optimizer.variables`, and u[1] ... u[t], which Keras keeps: it is a function of the number of steps."""
        found = super().variables
        if self.built:
            steps = np.arange(1, int(self._iterations) + 1)
            self._u_product.assign(np.prod(self.beta_1 * (1 - 0.5 * 0.96**steps)))
        return found
