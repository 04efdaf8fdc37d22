"""Adagrad that forgets."""

from __future__ import annotations

from typing import Any

from steepest._names.arguments import number
from steepest.optimizers._arguments import epsilon_or_default
from steepest.optimizers._rule import RuleOptimizer


class RMSprop(RuleOptimizer):
    """v = rho * v + (1 - rho) * g^2; w -= learning_rate * g / sqrt(v + epsilon).

    The mean v of the squared gradients forgets old ones, so that the rate does not die as Adagrad's does. If
    `centered`, a = rho * a + (1 - rho) * g and the root is of v - a^2 + epsilon, the variance. With momentum the step s
    becomes m = momentum * m + s, w -= m.

    Args:
        learning_rate: size of a step; 0.001 by default.
        rho: share of v that is kept, from 0 to 1; 0.9 by default.
        momentum: share of the last step, from 0 (the default) to 1.
        epsilon: what keeps the root from 0; 1e-7 by default.
        centered: whether to divide by the standard deviation; False by default.
        name, **kwargs: see `Optimizer`. `epsilon=None` is an old spelling of the default, and warns.

    Raises:
        ValueError: for values outside these ranges.

    Source: Hinton 2012, "Neural networks for machine learning", lecture 6e; Keras.

    >>> import numpy as np
    >>> w = np.array([1.0, 1.0])
    >>> RMSprop(learning_rate=0.5, rho=0.75, epsilon=0.0).apply([[1.0, 100.0]], [w])
    >>> w
    array([0., 0.])
    """

    hyper = ("rho", "momentum", "epsilon", "centered")
    kept_apart = ("momentum", "average_gradient")

    def __init__(
        self,
        learning_rate: Any = 0.001,
        rho: float = 0.9,
        momentum: float = 0.0,
        epsilon: float = 1e-7,
        centered: bool = False,
        *,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(learning_rate, name=name, **kwargs)
        self.rho = number(rho, "rho", high=1.0)
        self.momentum = number(momentum, "momentum", high=1.0)
        self.epsilon = epsilon_or_default(epsilon)
        self.centered = bool(centered)

    def spec(self) -> dict[str, Any]:
        name = "rmsprop" + "_centered" * self.centered + "_momentum" * bool(self.momentum)
        spec = {"name": name, "rho": self.rho, "epsilon": self.epsilon}
        return {**spec, "momentum": self.momentum} if self.momentum else spec
