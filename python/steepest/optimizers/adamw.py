"""Adam with weight decay."""

from __future__ import annotations

from typing import Any

from steepest.optimizers.adam import Adam


class AdamW(Adam):
    """w -= learning_rate * weight_decay * w, then Adam's step: the decay does not pass through Adam's divisor.

    Args:
        learning_rate: size of a step; 0.001 by default.
        weight_decay: share of the weights that is taken away in a step, divided by the rate; 0.004 by default.
        beta_1, beta_2, epsilon, amsgrad: see `Adam`.
        name, **kwargs: see `Optimizer`.

    Raises:
        ValueError: for values outside these ranges, and for `weight_decay=None`.

    Source: Loshchilov, Hutter 2017, "Decoupled weight decay regularization"; Keras.

    >>> import numpy as np
    >>> w = np.array([1.0])
    >>> AdamW(learning_rate=0.5, weight_decay=0.5).apply([[0.0]], [w])
    >>> w
    array([0.75])
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        weight_decay: float = 0.004,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        amsgrad: bool = False,
        *,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        if weight_decay is None:
            raise ValueError("Argument `weight_decay` must be a float. Received: weight_decay=None")
        super().__init__(
            learning_rate, beta_1, beta_2, epsilon, amsgrad, name=name, weight_decay=weight_decay, **kwargs
        )
