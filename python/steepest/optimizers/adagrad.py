"""A learning rate for each parameter."""

from __future__ import annotations

from typing import Any

from steepest._names.arguments import number
from steepest.optimizers._arguments import epsilon_or_default
from steepest.optimizers._rule import RuleOptimizer


class Adagrad(RuleOptimizer):
    """a += g^2; w -= learning_rate * g / sqrt(a + epsilon).

    The rate of a parameter is small where its gradients were large. The sum a only grows, so every rate falls until
    learning stops.

    Args:
        learning_rate: size of a step; 0.001 by default.
        initial_accumulator_value: the first a; 0.1 by default.
        epsilon: what keeps the root from 0; 1e-7 by default.
        name, **kwargs: see `Optimizer`. `epsilon=None` is an old spelling of the default, and warns.

    Raises:
        ValueError: for negative values.

    Source: Duchi, Hazan, Singer 2011, "Adaptive subgradient methods for online learning"; Keras.

    >>> import numpy as np
    >>> w = np.array([1.0, 1.0])
    >>> Adagrad(learning_rate=0.5, initial_accumulator_value=0.0, epsilon=0.0).apply([[1.0, 100.0]], [w])
    >>> w
    array([0.5, 0.5])
    """

    hyper = ("initial_accumulator_value", "epsilon")

    def __init__(
        self,
        learning_rate: Any = 0.001,
        initial_accumulator_value: float = 0.1,
        epsilon: float = 1e-7,
        *,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(learning_rate, name=name, **kwargs)
        self.initial_accumulator_value = number(initial_accumulator_value, "initial_accumulator_value")
        self.epsilon = epsilon_or_default(epsilon)

    def spec(self) -> dict[str, Any]:
        return {
            "name": "adagrad",
            "epsilon": self.epsilon,
            "initial_accumulator_value": self.initial_accumulator_value,
        }
