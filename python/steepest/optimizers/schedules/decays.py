"""Schedules that fall: exponentially, in stairs, as a power, as 1 / t."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from steepest._names.arguments import number
from steepest.optimizers.schedules.schedule import Formula, steps_of


class _Decay(Formula):
    """What depends on step / decay_steps, a whole number of them with `staircase`."""

    arguments = ("initial_learning_rate", "decay_steps", "decay_rate", "staircase", "name")

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: float,
        decay_rate: float,
        staircase: bool = False,
        name: str | None = None,
    ) -> None:
        self.initial_learning_rate = number(initial_learning_rate, "initial_learning_rate")
        self.decay_steps = steps_of(decay_steps, "decay_steps")
        self.decay_rate = number(decay_rate, "decay_rate")
        self.staircase = staircase
        self.name = type(self).__name__ if name is None else name

    def share(self, step: Any) -> Any:
        share = step / self.decay_steps
        return np.floor(share) if self.staircase else share


class ExponentialDecay(_Decay):
    """initial_learning_rate * decay_rate ^ (step / decay_steps).

    Args:
        initial_learning_rate: the rate of step 0.
        decay_steps: so many steps multiply the rate by `decay_rate` once.
        decay_rate: a number of 0 or more.
        staircase: whether the exponent is rounded down, so that the rate falls in stairs; False by default.
        name: a name.

    Raises:
        ValueError: for a negative rate, and for `decay_steps` that are not above 0.

    >>> schedule = ExponentialDecay(0.5, decay_steps=10, decay_rate=0.25)
    >>> schedule(0), schedule(5), schedule(10)
    (0.5, 0.25, 0.125)
    """

    def at(self, step: Any) -> Any:
        return self.initial_learning_rate * self.decay_rate ** self.share(step)


class InverseTimeDecay(_Decay):
    """initial_learning_rate / (1 + decay_rate * step / decay_steps).

    Args:
        initial_learning_rate: the rate of step 0.
        decay_steps: so many steps add `decay_rate` to the divisor.
        decay_rate: a number of 0 or more.
        staircase: whether step / decay_steps is rounded down; False by default.
        name: a name.

    Raises:
        ValueError: for a negative rate, and for `decay_steps` that are not above 0.

    >>> schedule = InverseTimeDecay(0.5, decay_steps=1, decay_rate=1.0)
    >>> schedule(0), schedule(1), schedule(4)
    (0.5, 0.25, 0.1)
    """

    def at(self, step: Any) -> Any:
        return self.initial_learning_rate / (1.0 + self.decay_rate * self.share(step))


class PiecewiseConstantDecay(Formula):
    """values[i], where i is the number of boundaries that are less than step.

    Args:
        boundaries: steps, ascending; a value counts up to its boundary, inclusively.
        values: rates, one more than the boundaries.
        name: a name.

    Raises:
        ValueError: for another number of values, and for boundaries that don't ascend.

    >>> schedule = PiecewiseConstantDecay([10, 20], [1.0, 0.5, 0.25])
    >>> schedule(10), schedule(11), schedule(21)
    (1.0, 0.5, 0.25)
    """

    arguments = ("boundaries", "values", "name")

    def __init__(self, boundaries: Sequence[float], values: Sequence[float], name: str = "PiecewiseConstant") -> None:
        if len(boundaries) != len(values) - 1:
            raise ValueError(
                "The length of boundaries must be 1 less than the length of values. "
                f"Received: {boundaries=} of length {len(boundaries)}, {values=} of length {len(values)}"
            )
        if any(low >= high for low, high in zip(boundaries[:-1], boundaries[1:], strict=True)):
            raise ValueError(f"The boundaries must ascend. Received: {boundaries=}")
        self.boundaries = list(boundaries)
        self.values = [number(value, "values") for value in values]
        self.name = name

    def at(self, step: Any) -> Any:
        return np.array(self.values)[np.searchsorted(self.boundaries, step, side="left")]


class PolynomialDecay(Formula):
    """(initial_learning_rate - end_learning_rate) * (1 - step / decay_steps) ^ power + end_learning_rate.

    Args:
        initial_learning_rate: the rate of step 0.
        decay_steps: the step at which `end_learning_rate` is reached; it stays from there on.
        end_learning_rate: 0.0001 by default.
        power: 1 by default: a straight line.
        cycle: whether decay_steps is, instead of an end, multiplied by the smallest integer with which it is not below
            step, so that the rate rises again; False by default.
        name: a name.

    Raises:
        ValueError: for a negative rate, and for `decay_steps` that are not above 0.

    >>> schedule = PolynomialDecay(1.0, decay_steps=4, end_learning_rate=0.0, power=2.0)
    >>> schedule(0), schedule(2), schedule(9)
    (1.0, 0.25, 0.0)
    """

    arguments = ("initial_learning_rate", "decay_steps", "end_learning_rate", "power", "cycle", "name")

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: float,
        end_learning_rate: float = 0.0001,
        power: float = 1.0,
        cycle: bool = False,
        name: str = "PolynomialDecay",
    ) -> None:
        self.initial_learning_rate = number(initial_learning_rate, "initial_learning_rate")
        self.decay_steps = steps_of(decay_steps, "decay_steps")
        self.end_learning_rate = number(end_learning_rate, "end_learning_rate")
        self.power = number(power, "power")
        self.cycle = cycle
        self.name = name

    def at(self, step: Any) -> Any:
        steps = self.decay_steps * (np.maximum(np.ceil(step / self.decay_steps), 1.0) if self.cycle else 1.0)
        share = np.minimum(step, steps) / steps
        return (self.initial_learning_rate - self.end_learning_rate) * (1.0 - share) ** self.power + (
            self.end_learning_rate
        )
