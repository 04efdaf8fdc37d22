"""Constraints: where weights are put back to after each update, a callable from an array to one of the same shape.

The norms are over an axis, or several, of the weights: axis 0 of a Dense kernel (K, N) is the inputs of each unit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from steepest._data.rows import as_float
from steepest._names.arguments import axes, number
from steepest._names.registry import deserialize_object, interpret, serialize_object, snake_case
from steepest.config import epsilon

Array = NDArray[Any]


class Constraint:
    """Base class: a callable `(w) -> w` that can say how it was made; itself it changes nothing."""

    def __call__(self, w: ArrayLike) -> Any:
        """The weights as they may be, in the shape of `w`."""
        return w

    def get_config(self) -> dict[str, Any]:
        """The arguments that make an equal constraint."""
        return {}

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Constraint:
        """The constraint that `get_config` described."""
        return cls(**config)


class NonNeg(Constraint):
    """w = max(w, 0).

    >>> NonNeg()([-1.0, 2.0])
    array([0., 2.], dtype=float32)
    """

    def __call__(self, w: ArrayLike) -> Array:
        return np.maximum(as_float(w, "w"), 0)


class _Scaled(Constraint):
    """w * desired(n) / (epsilon + n), n being the norms over `axis`."""

    def __init__(self, axis: int | Sequence[int] = 0):
        axes(axis, "axis")
        self.axis = axis

    def _desired(self, norms: Array) -> Array:
        raise NotImplementedError

    def __call__(self, w: ArrayLike) -> Array:
        w = as_float(w, "w")
        axis = self.axis if isinstance(self.axis, int) else tuple(self.axis)
        norms = np.sqrt(np.square(w).sum(axis=axis, keepdims=True))
        scaled: Array = w * (self._desired(norms) / (w.dtype.type(epsilon()) + norms))
        return scaled

    def get_config(self) -> dict[str, Any]:
        return {"axis": self.axis}


class MaxNorm(_Scaled):
    """w = w * min(n, max_value) / (epsilon + n), n being the norms over `axis` and epsilon 1e-7.

    Args:
        max_value: the largest norm.
        axis: the axis, or axes, over which a norm is taken.

    Raises:
        ValueError: for a norm below 0, or an axis that is no integer.

    >>> np.round(MaxNorm(1.0)([[3.0], [4.0]]), 3)
    array([[0.6],
           [0.8]], dtype=float32)
    """

    def __init__(self, max_value: float = 2, axis: int | Sequence[int] = 0):
        super().__init__(axis)
        number(max_value, "max_value")
        self.max_value = max_value

    def _desired(self, norms: Array) -> Array:
        return np.clip(norms, 0, self.max_value)

    def get_config(self) -> dict[str, Any]:
        return {"max_value": self.max_value, "axis": self.axis}


class UnitNorm(_Scaled):
    """w = w / (epsilon + n), n being the norms over `axis` and epsilon 1e-7.

    Args:
        axis: the axis, or axes, over which a norm is taken.

    >>> np.round(UnitNorm()([[3.0], [4.0]]), 3)
    array([[0.6],
           [0.8]], dtype=float32)
    """

    def _desired(self, norms: Array) -> Array:
        return np.ones_like(norms)


class MinMaxNorm(_Scaled):
    """w = w * (rate * clip(n, min_value, max_value) + (1 - rate) * n) / (epsilon + n), n being the norms over `axis`.

    Args:
        min_value, max_value: the smallest and the largest norm.
        rate: 1 goes all the way at once, less only that share of it.
        axis: the axis, or axes, over which a norm is taken.

    Raises:
        ValueError: for a norm below 0, a largest below the smallest, a rate outside [0, 1].

    >>> np.round(MinMaxNorm(max_value=3.0, rate=0.5)([[3.0], [4.0]]), 3)  # from 5 half of the way to 3
    array([[2.4],
           [3.2]], dtype=float32)
    """

    def __init__(
        self, min_value: float = 0.0, max_value: float = 1.0, rate: float = 1.0, axis: int | Sequence[int] = 0
    ):
        super().__init__(axis)
        if number(max_value, "max_value") < number(min_value, "min_value"):
            raise ValueError(f"`max_value` must be `min_value` or more. Received: {min_value=}, {max_value=}")
        number(rate, "rate", high=1.0)
        self.min_value = min_value
        self.max_value = max_value
        self.rate = rate

    def _desired(self, norms: Array) -> Array:
        desired: Array = self.rate * np.clip(norms, self.min_value, self.max_value) + (1 - self.rate) * norms
        return desired

    def get_config(self) -> dict[str, Any]:
        return {"min_value": self.min_value, "max_value": self.max_value, "rate": self.rate, "axis": self.axis}


# Keras's second spelling: each class under its name as a function
max_norm = MaxNorm
min_max_norm = MinMaxNorm
non_neg = NonNeg
unit_norm = UnitNorm

_CLASSES = (MaxNorm, MinMaxNorm, NonNeg, UnitNorm)
_TABLE: dict[str, type[Constraint]] = {
    **{cls.__name__: cls for cls in _CLASSES},
    **{snake_case(cls.__name__): cls for cls in _CLASSES},
}


def get(identifier: Any) -> Callable[[Any], Any] | None:
    """The constraint of a name (`"max_norm"` or `"MaxNorm"`), a class, a description, or itself; None for None.

    Raises:
        ValueError: for an unknown name, or what can't be called.

    >>> get("max_norm").max_value, get(None)
    (2, None)
    """
    found: Callable[[Any], Any] | None = interpret(
        identifier, _TABLE, "constraint", "a Constraint, or a function of the weights"
    )
    return found


def serialize(constraint: Any) -> Any:
    """The class and the arguments of a constraint, as `deserialize` takes them; of a function its name, None of None.

    >>> serialize(MaxNorm(3.0))["config"]
    {'max_value': 3.0, 'axis': 0}
    """
    if isinstance(constraint, Constraint):
        return serialize_object(constraint, "keras.constraints")
    from steepest.saving import serialize_keras_object

    return serialize_keras_object(constraint)


def deserialize(config: Mapping[str, Any], custom_objects: Mapping[str, Any] | None = None) -> Constraint:
    """The constraint that `serialize` described; `custom_objects` holds classes of yours by name.

    >>> deserialize(serialize(MaxNorm(3.0))).max_value
    3.0
    """
    restored: Constraint = deserialize_object(config, _TABLE, "constraint", custom_objects)
    return restored
