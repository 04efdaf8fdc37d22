"""Adam with the largest gradient in place of the root mean square."""

from __future__ import annotations

from typing import Any

from steepest.optimizers._arguments import below_one, epsilon_or_default
from steepest.optimizers._rule import RuleOptimizer


class Adamax(RuleOptimizer):
    """m += (1 - beta_1) * (g - m); u = max(beta_2 * u, |g|); w -= learning_rate / (1 - beta_1^t) * m / (u + epsilon).

    Args:
        learning_rate: size of a step; 0.001 by default.
        beta_1: share of the mean gradient m that is kept, at least 0 and below 1; 0.9 by default.
        beta_2: share of the largest gradient u that is kept, likewise; 0.999 by default.
        epsilon: what keeps the divisor from 0; 1e-7 by default.
        name, **kwargs: see `Optimizer`.

    Raises:
        ValueError: for values outside these ranges.

    Source: Kingma, Ba 2014, "Adam: a method for stochastic optimization", section 7; Keras.

    >>> import numpy as np
    >>> w = np.array([1.0, 1.0])
    >>> Adamax(learning_rate=0.5, epsilon=0.0).apply([[1.0, 100.0]], [w])
    >>> w.round(6)
    array([0.5, 0.5])
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
        return {"name": "adamax", "beta_1": self.beta_1, "beta_2": self.beta_2, "epsilon": self.epsilon}
