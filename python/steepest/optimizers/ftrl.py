"""Follow the regularized leader: weights that are 0 unless they pay."""

from __future__ import annotations

import math
from typing import Any

from steepest._names.arguments import number
from steepest.optimizers._rule import RuleOptimizer


class Ftrl(RuleOptimizer):
    """a' = a + g^2; z += g + 2 * shrinkage * w - (a'^p - a^p) / learning_rate * w; w = (clip(z, -l1, l1) - z) / q.

    p = -learning_rate_power and q = (a'^p + beta) / learning_rate + 2 * l2. A weight whose z stays within l1 is 0.

    Args:
        learning_rate: size of a step; 0.001 by default.
        learning_rate_power: 0 or less; -0.5 by default, for which a rate falls as Adagrad's; 0 keeps it.
        initial_accumulator_value: the first a, 0 or more; 0.1 by default.
        l1_regularization_strength: l1, 0 or more; 0 by default.
        l2_regularization_strength: l2, 0 or more; 0 by default.
        l2_shrinkage_regularization_strength: the shrinkage, 0 or more; 0 by default.
        beta: beta of the paper, 0 or more; 0 by default.
        name, **kwargs: see `Optimizer`.

    Raises:
        ValueError: for values outside these ranges.

    Source: McMahan et al. 2013, "Ad click prediction: a view from the trenches"; Keras.

    >>> import numpy as np
    >>> w = np.array([0.0, 0.0])
    >>> Ftrl(learning_rate=1.0, initial_accumulator_value=0.0, l1_regularization_strength=1.0).apply([[2.0, 0.5]], [w])
    >>> w
    array([-0.5,  0. ])
    """

    hyper = (
        "learning_rate_power", "initial_accumulator_value", "l1_regularization_strength", "l2_regularization_strength",
        "l2_shrinkage_regularization_strength", "beta",
    )  # fmt: skip

    def __init__(
        self,
        learning_rate: Any = 0.001,
        learning_rate_power: float = -0.5,
        initial_accumulator_value: float = 0.1,
        l1_regularization_strength: float = 0.0,
        l2_regularization_strength: float = 0.0,
        l2_shrinkage_regularization_strength: float = 0.0,
        beta: float = 0.0,
        *,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(learning_rate, name=name, **kwargs)
        self.learning_rate_power = number(learning_rate_power, "learning_rate_power", low=-math.inf, high=0.0)
        self.initial_accumulator_value = number(initial_accumulator_value, "initial_accumulator_value")
        self.l1_regularization_strength = number(l1_regularization_strength, "l1_regularization_strength")
        self.l2_regularization_strength = number(l2_regularization_strength, "l2_regularization_strength")
        self.l2_shrinkage_regularization_strength = number(
            l2_shrinkage_regularization_strength, "l2_shrinkage_regularization_strength"
        )
        self.beta = number(beta, "beta")

    def spec(self) -> dict[str, Any]:
        return {"name": "ftrl", **{name: getattr(self, name) for name in self.hyper}}
