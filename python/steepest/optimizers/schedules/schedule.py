"""The base of the schedules."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray


class LearningRateSchedule:
    """A learning rate for each step, given to an optimizer in place of a number.

    A subclass overrides `__call__(step)`, and `get_config` to be serializable. An epoch's rates are computed before it
    begins, so that a schedule costs nothing in a step.

    >>> class Halves(LearningRateSchedule):
    ...     def __call__(self, step):
    ...         return 0.5**step
    >>> Halves().rates([0, 1, 2])
    array([1.  , 0.5 , 0.25])
    """

    def __call__(self, step: Any) -> Any:
        """The rate of step `step`, an integer or 0-d array, counted from 0."""
        raise NotImplementedError(f"Learning rate schedule {type(self).__name__!r} must override `__call__(step)`.")

    def rates(self, steps: Sequence[int] | NDArray[Any]) -> NDArray[np.float64]:
        """The rates of these steps, (n,)."""
        return np.array([float(self(int(step))) for step in steps])

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments, as `from_config` takes them."""
        raise NotImplementedError(
            f"Learning rate schedule {type(self).__name__!r} must override `get_config()` to be serializable."
        )

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """The schedule that `get_config` described."""
        return cls(**config)


class Formula(LearningRateSchedule):
    """A schedule that is a formula of arrays: `arguments` names what `get_config` reports, `at` computes."""

    arguments: tuple[str, ...] = ()

    def at(self, step: Any) -> Any:
        """The rates of these steps, a float64 array."""
        raise NotImplementedError

    def __call__(self, step: Any) -> Any:
        rate = self.at(np.asarray(step, np.float64))
        return float(rate) if np.ndim(rate) == 0 else rate

    def rates(self, steps: Sequence[int] | NDArray[Any]) -> NDArray[np.float64]:
        return np.asarray(self.at(np.asarray(steps, np.float64)), np.float64)

    def get_config(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.arguments}


def steps_of(value: Any, name: str) -> Any:
    """`value` if it is a number of steps above 0.

    Raises:
        ValueError: if it is not.
    """
    if not isinstance(value, (int, float, np.integer, np.floating)) or isinstance(value, bool) or not value > 0:
        raise ValueError(f"Argument `{name}` must be > 0. Received: {name}={value!r}")
    return value
