"""Dropout and other noise: in training alone, as functions of the seed, the step and the element."""

from __future__ import annotations

from typing import Any

import numpy as np

from steepest import _random
from steepest._graph.plan import Plan, Value
from steepest.layers.layer import Layer, Shape


class Noise(Layer):
    """The base of the layers that are random in training, y = a x + b, and y = x otherwise.

    Args:
        amount: the value of the argument `argument`, from 0 to 1.
        seed: an integer; None for the next of the global stream.
        kwargs: `name` and `dtype`.
    """

    rule = ""  # the core's name
    noisy = True
    argument = "rate"  # what the amount of noise is called

    def __init__(self, amount: float, seed: int | None, **kwargs: Any):
        super().__init__(**kwargs)
        if not 0 <= amount <= 1:
            raise ValueError(
                f"Invalid value received for argument `{self.argument}`. Expected a float value between 0 and 1. "
                f"Received: {self.argument}={amount}"
            )
        if seed is not None and not isinstance(seed, (int, np.integer)):
            raise ValueError(f"Argument `seed` must be an integer. Received: seed={seed!r}")
        setattr(self, self.argument, amount)
        if isinstance(seed, (str, float)):
            raise ValueError(f"`seed` must be an integer or None. Received: {seed=}")
        self.seed = seed
        self._seed = _random.next_seed() if seed is None else int(seed) % 2**53

    def lower(self, plan: Plan, inputs: Value, input_shape: Shape) -> Value:
        amount = float(getattr(self, self.argument))
        return plan.step({"name": self.rule, self.argument: amount, "seed": self._seed}, inputs)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), self.argument: getattr(self, self.argument), "seed": self.seed}


class Masked(Noise):
    """The base of the dropouts that keep an element or don't."""

    def __init__(self, rate: float, noise_shape: None = None, seed: int | None = None, **kwargs: Any):
        super().__init__(rate, seed, **kwargs)
        if noise_shape is not None:
            raise ValueError(f"`noise_shape` is not supported: expected None. Received: noise_shape={noise_shape}")

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "noise_shape": None}


class Dropout(Masked):
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

    rule = "dropout"


class AlphaDropout(Masked):
    """Dropout for `selu`: in training y = a * (x where kept, else l) + b, with l = -1.758, the limit of `selu`.

    a and b keep a mean of 0 and a variance of 1. Klambauer et al. 2017.

    Args:
        rate: the share of inputs to drop, from 0 to 1.
        noise_shape: None; masks are drawn for every element.
        seed: integer; by default the next of the global stream.
        kwargs: `name` and `dtype`.

    Raises:
        ValueError: for a rate outside of [0, 1], or a `noise_shape`.

    >>> AlphaDropout(0.5)([[1.0, 2.0]])  # called by itself: inference
    array([[1., 2.]], dtype=float32)
    """

    rule = "alpha_dropout"


class GaussianDropout(Noise):
    """In training y = x * a, each a normal with mean 1 and variance rate / (1 - rate); otherwise y = x.

    Srivastava et al. 2014.

    Args:
        rate: as for `Dropout`, from 0 to below 1.
        seed: integer; by default the next of the global stream.
        kwargs: `name` and `dtype`.

    Raises:
        ValueError: for a rate outside of [0, 1).

    >>> GaussianDropout(0.5)([[1.0, 2.0]])  # called by itself: inference
    array([[1., 2.]], dtype=float32)
    """

    rule = "gaussian_dropout"

    def __init__(self, rate: float, seed: int | None = None, **kwargs: Any):
        super().__init__(rate, seed, **kwargs)
        if rate == 1:
            raise ValueError(f"A `rate` of 1 would be an infinite variance. Received: rate={rate}")


class GaussianNoise(Noise):
    """In training y = x + b, each b normal with mean 0 and the deviation `stddev`; otherwise y = x.

    Args:
        stddev: from 0 to 1.
        seed: integer; by default the next of the global stream.
        kwargs: `name` and `dtype`.

    Raises:
        ValueError: for a deviation outside of [0, 1].

    >>> GaussianNoise(0.5)([[1.0, 2.0]])  # called by itself: inference
    array([[1., 2.]], dtype=float32)
    """

    rule = "gaussian_noise"
    argument = "stddev"

    def __init__(self, stddev: float, seed: int | None = None, **kwargs: Any):
        super().__init__(stddev, seed, **kwargs)
