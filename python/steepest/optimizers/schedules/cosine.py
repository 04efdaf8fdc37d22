"""Schedules that fall along a cosine."""

from __future__ import annotations

from typing import Any

import numpy as np

from steepest._names.arguments import number
from steepest.optimizers.schedules.schedule import Formula, steps_of


def _cosine(share: Any, alpha: float, height: Any = 1.0) -> Any:
    return (1.0 - alpha) * 0.5 * height * (1.0 + np.cos(np.pi * share)) + alpha


class CosineDecay(Formula):
    """initial_learning_rate * ((1 - alpha) * (1 + cos(pi * step / decay_steps)) / 2 + alpha), after a warm-up.

    With `warmup_target` the rate first rises in a line from initial_learning_rate to warmup_target, in warmup_steps,
    and then falls from there in decay_steps.

    Args:
        initial_learning_rate: the rate of step 0.
        decay_steps: how many steps it takes to fall; the rate stays from there on.
        alpha: the last rate, as a share of the highest one; 0 by default.
        name: a name.
        warmup_target: the rate after the warm-up; None by default: no warm-up.
        warmup_steps: its length; 0 by default.

    Raises:
        ValueError: for a negative rate, and for `decay_steps` that are not above 0.

    Source: Loshchilov, Hutter 2016, "SGDR: stochastic gradient descent with warm restarts"; Keras.

    >>> schedule = CosineDecay(1.0, decay_steps=10, alpha=0.5)
    >>> schedule(0), schedule(10), schedule(99)
    (1.0, 0.5, 0.5)
    """

    arguments = ("initial_learning_rate", "decay_steps", "alpha", "name", "warmup_target", "warmup_steps")

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: float,
        alpha: float = 0.0,
        name: str = "CosineDecay",
        warmup_target: float | None = None,
        warmup_steps: float = 0,
    ) -> None:
        self.initial_learning_rate = number(initial_learning_rate, "initial_learning_rate")
        self.decay_steps = steps_of(decay_steps, "decay_steps")
        self.alpha = number(alpha, "alpha")
        self.name = name
        self.warmup_target = None if warmup_target is None else number(warmup_target, "warmup_target")
        self.warmup_steps = warmup_steps
        number(warmup_steps, "warmup_steps")

    def at(self, step: Any) -> Any:
        if self.warmup_target is None:
            return self.initial_learning_rate * _cosine(np.minimum(step / self.decay_steps, 1.0), self.alpha)
        rise = (self.warmup_target - self.initial_learning_rate) * step / max(self.warmup_steps, 1)
        share = np.clip((step - self.warmup_steps) / self.decay_steps, 0.0, 1.0)
        fall = self.warmup_target * _cosine(share, self.alpha)
        return np.where(step < self.warmup_steps, self.initial_learning_rate + rise, fall)


class CosineDecayRestarts(Formula):
    """initial_learning_rate * ((1 - alpha) * m_mul^i * (1 + cos(pi * share)) / 2 + alpha) in period i.

    Period 0 has first_decay_steps steps, each one t_mul times as many as the one before it; share is how much of its
    period is over.

    Args:
        initial_learning_rate: the rate of step 0.
        first_decay_steps: the length of the first period.
        t_mul: what the length is multiplied by; 2 by default.
        m_mul: what the height is multiplied by; 1 by default.
        alpha: the lowest rate, as a share of initial_learning_rate; 0 by default.
        name: a name.

    Raises:
        ValueError: for a negative rate, for `first_decay_steps` that are not above 0, and for `t_mul` below 1.

    Source: Loshchilov, Hutter 2016, "SGDR: stochastic gradient descent with warm restarts"; Keras.

    >>> schedule = CosineDecayRestarts(1.0, first_decay_steps=10, m_mul=0.5)
    >>> schedule(0), schedule(10), schedule(30)
    (1.0, 0.5, 0.25)
    """

    arguments = ("initial_learning_rate", "first_decay_steps", "t_mul", "m_mul", "alpha", "name")

    def __init__(
        self,
        initial_learning_rate: float,
        first_decay_steps: float,
        t_mul: float = 2.0,
        m_mul: float = 1.0,
        alpha: float = 0.0,
        name: str = "SGDRDecay",
    ) -> None:
        self.initial_learning_rate = number(initial_learning_rate, "initial_learning_rate")
        self.first_decay_steps = steps_of(first_decay_steps, "first_decay_steps")
        self.t_mul = number(t_mul, "t_mul", low=1.0)
        self.m_mul = number(m_mul, "m_mul")
        self.alpha = number(alpha, "alpha")
        self.name = name

    def at(self, step: Any) -> Any:
        share = step / self.first_decay_steps
        if self.t_mul == 1.0:
            period = np.floor(share)
            share = share - period
        else:
            # Rounded down, but for what rounding errors took from a whole number: a period begins at its first step.
            period = np.floor(np.log(1.0 + share * (self.t_mul - 1.0)) / np.log(self.t_mul) + 1e-9)
            length = self.t_mul**period
            share = (share - (length - 1.0) / (self.t_mul - 1.0)) / length
        return self.initial_learning_rate * _cosine(share, self.alpha, self.m_mul**period)
