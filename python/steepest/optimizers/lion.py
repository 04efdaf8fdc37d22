"""One size of step for every weight."""

from __future__ import annotations

from typing import Any

from steepest._names.arguments import number
from steepest.optimizers._arguments import below_one
from steepest.optimizers._rule import RuleOptimizer


class Lion(RuleOptimizer):
    """w -= learning_rate * sign(beta_1 * m + (1 - beta_1) * g); m = beta_2 * m + (1 - beta_2) * g.

    Args:
        learning_rate: size of a step; 0.001 by default. A third to a tenth of Adam's is usual.
        beta_1: share of the mean gradient in the direction, above 0, up to 1; 0.9 by default.
        beta_2: share of the mean gradient m that is kept, at least 0 and below 1; 0.99 by default.
        name, **kwargs: see `Optimizer`.

    Raises:
        ValueError: for values outside these ranges.

    Source: Chen et al. 2023, "Symbolic discovery of optimization algorithms"; Keras.

    >>> import numpy as np
    >>> w = np.array([1.0, 1.0, 1.0])
    >>> Lion(learning_rate=0.5).apply([[3.0, -0.001, 0.0]], [w])
    >>> w
    array([0.5, 1.5, 1. ])
    """

    hyper = ("beta_1", "beta_2")

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.99,
        *,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(learning_rate, name=name, **kwargs)
        if number(beta_1, "beta_1", high=1.0) == 0.0:
            raise ValueError(f"`beta_1` must be more than 0: at 0 nothing is left of the momentum. Received: {beta_1=}")
        self.beta_1 = float(beta_1)
        self.beta_2 = below_one(beta_2, "beta_2")

    def spec(self) -> dict[str, Any]:
        return {"name": "lion", "beta_1": self.beta_1, "beta_2": self.beta_2}
