"""Gradient descent, with and without inertia."""

from __future__ import annotations

from typing import Any

from steepest._names.arguments import number
from steepest.optimizers._rule import RuleOptimizer


class SGD(RuleOptimizer):
    """w -= learning_rate * g; with momentum m = momentum * m - learning_rate * g and w += m.

    With `nesterov` the last line is w += momentum * m - learning_rate * g: the gradient is taken one step ahead. The
    inertia m adds a share of the last step to this one and carries w through flat stretches and out of shallow minima.

    Args:
        learning_rate: size of a step; 0.01 by default.
        momentum: share of the last step, from 0 (the default: no inertia) to 1.
        nesterov: whether to look one step ahead; False by default.
        name, **kwargs: see `Optimizer`.

    Raises:
        ValueError: for values outside these ranges.

    Source: Sutskever et al. 2013, "On the importance of initialization and momentum in deep learning"; Keras.

    >>> import numpy as np
    >>> w = np.array([1.0])
    >>> optimizer = SGD(learning_rate=0.5, momentum=0.5)
    >>> optimizer.apply([w.copy()], [w])  # the gradient of w^2 / 2
    >>> w
    array([0.5])
    >>> optimizer.apply([w.copy()], [w])
    >>> w
    array([0.])
    """

    hyper = ("momentum", "nesterov")

    def __init__(
        self,
        learning_rate: Any = 0.01,
        momentum: float = 0.0,
        nesterov: bool = False,
        *,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(learning_rate, name=name, **kwargs)
        self.momentum = number(momentum, "momentum", high=1.0)
        self.nesterov = bool(nesterov)

    def spec(self) -> dict[str, Any]:
        if not self.momentum:
            return {"name": "sgd"}
        return {"name": "nesterov" if self.nesterov else "momentum", "momentum": self.momentum}
