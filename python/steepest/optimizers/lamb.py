"""Adam whose steps are as long as the weights are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from steepest._data.rows import Array
from steepest.optimizers._applying import norm
from steepest.optimizers._arguments import below_one, epsilon_or_default
from steepest.optimizers._keeping import array_of
from steepest.optimizers.optimizer import Optimizer


class Lamb(Optimizer):
    """w -= learning_rate * |w| / |d| * d for each variable, with Adam's direction d = m_hat / (sqrt(v_hat) + epsilon).

    m_hat = m / (1 - beta_1^t), v_hat = v / (1 - beta_2^t); |w| and |d| are the norms of the whole variable, whose ratio
    counts as 1 where one of them is 0.

    Args:
        learning_rate: length of a step, relative to the weights'; 0.001 by default.
        beta_1: share of the mean gradient m that is kept, at least 0 and below 1; 0.9 by default.
        beta_2: share of the mean squared gradient v that is kept, likewise; 0.999 by default.
        epsilon: what keeps the divisor from 0; 1e-7 by default.
        name, **kwargs: see `Optimizer`.

    Raises:
        ValueError: for values outside these ranges.

    Source: You et al. 2019, "Large batch optimization for deep learning: training BERT in 76 minutes"; Keras.

    >>> w = np.array([3.0, 4.0])
    >>> Lamb(learning_rate=0.5, epsilon=0.0).apply([[1.0, 100.0]], [w])
    >>> w.round(4)  # a step of 0.5 * 5 along (1, 1) / sqrt(2)
    array([1.2322, 2.2322])
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

    def build(self, variables: Iterable[Any]) -> None:
        if self.built:
            return
        super().build(variables)
        self._momentums, self._velocities = self.add_optimizer_variables(
            self._trainable_variables, ["momentum", "velocity"]
        )

    def update_step(self, gradient: Array, variable: Any, learning_rate: float) -> None:
        index, t = self._get_variable_index(variable), self.iterations + 1
        m, v = self._momentums[index].value, self._velocities[index].value
        m += (gradient - m) * (1 - self.beta_1)
        v += (np.square(gradient) - v) * (1 - self.beta_2)
        divisor = np.sqrt(v / (1 - self.beta_2**t)) + self.epsilon
        direction = m / (1 - self.beta_1**t) / np.where(divisor == 0, 1, divisor)
        lengths = norm([array_of(variable)]), norm([direction])
        ratio = lengths[0] / lengths[1] if all(lengths) else 1.0
        self.assign_sub(variable, ratio * learning_rate * direction)
