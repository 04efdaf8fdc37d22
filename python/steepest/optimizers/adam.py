"""Momentum's direction and RMSprop's rate."""

from __future__ import annotations

from typing import Any

from steepest.optimizers._arguments import below_one, epsilon_or_default
from steepest.optimizers._rule import RuleOptimizer


class Adam(RuleOptimizer):
    """m += (1 - beta_1) * (g - m); v += (1 - beta_2) * (g^2 - v); w -= alpha_t * m / (sqrt(v) + epsilon).

    alpha_t = learning_rate * sqrt(1 - beta_2^t) / (1 - beta_1^t) corrects step t, counted from 1, for the zeros that m
    and v started from. With `amsgrad` the root is of the largest v so far, so that no rate ever rises again.

    Args:
        learning_rate: size of a step; 0.001 by default.
        beta_1: share of the mean gradient m that is kept, at least 0 and below 1; 0.9 by default.
        beta_2: share of the mean squared gradient v that is kept, likewise; 0.999 by default.
        epsilon: what keeps the divisor from 0; 1e-7 by default.
        amsgrad: whether to divide by the largest v; False by default.
        name, **kwargs: see `Optimizer`. `epsilon=None` is an old spelling of the default, and warns.

    Raises:
        ValueError: for values outside these ranges.

    Source: Kingma, Ba 2014, "Adam: a method for stochastic optimization"; Reddi, Kale, Kumar 2018, "On the convergence
    of Adam and beyond" (amsgrad); Keras.

    >>> import numpy as np
    >>> w = np.array([1.0, 1.0])
    >>> Adam(learning_rate=0.5, epsilon=0.0).apply([[1.0, 100.0]], [w])
    >>> w.round(6)
    array([0.5, 0.5])
    """

    hyper = ("beta_1", "beta_2", "epsilon", "amsgrad")
    kept_apart = ("velocity_hat",)

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        amsgrad: bool = False,
        *,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(learning_rate, name=name, **kwargs)
        self.beta_1 = below_one(beta_1, "beta_1")
        self.beta_2 = below_one(beta_2, "beta_2")
        self.epsilon = epsilon_or_default(epsilon)
        self.amsgrad = bool(amsgrad)

    def spec(self) -> dict[str, Any]:
        return {
            "name": "adam_amsgrad" if self.amsgrad else "adam",
            "beta_1": self.beta_1,
            "beta_2": self.beta_2,
            "epsilon": self.epsilon,
        }
