"""Steps in the units of the weights."""

from __future__ import annotations

from typing import Any

from steepest._names.arguments import number
from steepest.optimizers._arguments import epsilon_or_default
from steepest.optimizers._rule import RuleOptimizer


class Adadelta(RuleOptimizer):
    """s = rho * s + (1 - rho) * g^2; d = sqrt(x + epsilon) / sqrt(s + epsilon) * g; w -= learning_rate * d.

    x = rho * x + (1 - rho) * d^2 afterwards: the step is as large as the last ones were, and hardly depends on the size
    of the gradients.

    Args:
        learning_rate: size of a step; 0.001 by default. The paper's formula has 1.
        rho: share of the means s and x that is kept, from 0 to 1; 0.95 by default.
        epsilon: what the first step comes from; 1e-7 by default.
        name, **kwargs: see `Optimizer`.

    Raises:
        ValueError: for values outside these ranges.

    Source: Zeiler 2012, "ADADELTA: an adaptive learning rate method"; Keras.

    >>> import numpy as np
    >>> w = np.array([1.0, 1.0])
    >>> Adadelta(learning_rate=1.0, rho=0.75, epsilon=1e-12).apply([[1.0, 100.0]], [w])
    >>> (1 - w).round(7)  # sqrt(1e-12) / sqrt(0.25) = 2e-6
    array([2.e-06, 2.e-06])
    """

    hyper = ("rho", "epsilon")

    def __init__(
        self,
        learning_rate: Any = 0.001,
        rho: float = 0.95,
        epsilon: float = 1e-7,
        *,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(learning_rate, name=name, **kwargs)
        self.rho = number(rho, "rho", high=1.0)
        self.epsilon = epsilon_or_default(epsilon)

    def spec(self) -> dict[str, Any]:
        return {"name": "adadelta", "rho": self.rho, "epsilon": self.epsilon}
