"""Dropout."""

from __future__ import annotations

from typing import Any

from steepest import _random
from steepest._plan import Plan, Value
from steepest.layers.layer import Layer, Shape


class Dropout(Layer):
    """In training y = x * mask / (1 - rate), each mask element 0 with probability `rate`, else 1; otherwise y = x.

    Srivastava et al. 2014. The mask is a function of the seed, the step and the element: not of the number of threads.

    Args:
        rate: the share of inputs to drop, from 0 to 1.
        noise_shape: None; masks are drawn for every element.
        seed: integer; by default the next of the global stream.
        kwargs: `name` and `dtype`.

    Raises:
        ValueError: for a rate outside of [0, 1], or a `noise_shape`.

    >>> Dropout(0.5)([[1.0, 2.0]])  # called by itself: inference
    array([[1., 2.]], dtype=float32)
    """

    def __init__(self, rate: float, noise_shape: None = None, seed: int | None = None, **kwargs: Any):
        super().__init__(**kwargs)
        if not 0 <= rate <= 1:
            raise ValueError(
                "Invalid value received for argument `rate`. Expected a float value between 0 and 1. "
                f"Received: rate={rate}"
            )
        if noise_shape is not None:
            raise ValueError(f"`noise_shape` is not supported: expected None. Received: noise_shape={noise_shape}")
        self.rate = rate
        self.seed = seed
        self._seed = _random.next_seed() if seed is None else int(seed) % 2**53

    def lower(self, plan: Plan, inputs: Value, input_shape: Shape) -> Value:
        return plan.step({"name": "dropout", "rate": float(self.rate), "seed": self._seed}, inputs)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "rate": self.rate, "seed": self.seed, "noise_shape": None}
