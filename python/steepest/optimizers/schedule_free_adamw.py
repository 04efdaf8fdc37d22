"""AdamW that needs no schedule."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from steepest._names.arguments import number
from steepest.optimizers._arguments import below_one
from steepest.optimizers._keeping import array_of
from steepest.optimizers._rule import RuleOptimizer


class ScheduleFreeAdamW(RuleOptimizer):
    """z -= rate_t * g / (sqrt(v / (1 - beta_2^t)) + epsilon); x += (z - x) / t; w = (1 - beta_1) * z + beta_1 * x.

    v is Adam's, x the mean of all z, and rate_t = learning_rate * min(t / warmup_steps, 1). z and x begin as w. The
    weights w, at which gradients are taken, lie between the last z and the mean, which no schedule has to slow down.

    Args:
        learning_rate: size of a step; 0.0025 by default.
        beta_1: share of the mean in w, above 0, up to 1; 0.9 by default.
        beta_2: share of the mean squared gradient v that is kept, at least 0 and below 1; 0.999 by default.
        epsilon: what keeps the divisor from 0; 1e-8 by default.
        warmup_steps: steps in which the rate rises; 0 by default.
        name, **kwargs: see `Optimizer`.

    Raises:
        ValueError: for values outside these ranges.

    Source: Defazio et al. 2024, "The road less scheduled"; Keras.

    >>> import numpy as np
    >>> w = np.array([1.0])
    >>> ScheduleFreeAdamW(learning_rate=0.5).apply([[3.0]], [w])
    >>> w.round(6)
    array([0.5])
    """

    hyper = ("beta_1", "beta_2", "epsilon", "warmup_steps")

    def __init__(
        self,
        learning_rate: Any = 0.0025,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        warmup_steps: int = 0,
        *,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(learning_rate, name=name, **kwargs)
        if number(beta_1, "beta_1", high=1.0) == 0.0:
            raise ValueError(f"`beta_1` must be more than 0: it is a divisor. Received: {beta_1=}")
        self.beta_1 = float(beta_1)
        self.beta_2 = below_one(beta_2, "beta_2")
        self.epsilon = number(epsilon, "epsilon")
        self.warmup_steps = warmup_steps
        number(warmup_steps, "warmup_steps")

    def build(self, variables: Iterable[Any]) -> None:
        if self.built:
            return
        super().build(variables)
        for variable, (momentum, _) in zip(self._trainable_variables, self._states, strict=True):
            if momentum is not None:
                momentum.assign(array_of(variable))

    def spec(self) -> dict[str, Any]:
        return {"name": "schedule_free_adamw", **{name: getattr(self, name) for name in self.hyper}}
