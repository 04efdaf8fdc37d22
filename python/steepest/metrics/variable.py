"""The state of a metric: a float64 array that is assigned to."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from steepest._data.rows import Array


class MetricVariable:
    """A named array of a fixed shape, 0 at first unless an initializer says otherwise.

    Args:
        shape: its shape.
        initializer: "zeros", "ones", or a function of the shape.
        name: its name.

    >>> total = MetricVariable((), "zeros", "total")
    >>> total.assign_add(2.5)
    >>> total
    <MetricVariable name=total, value=2.5>
    """

    def __init__(self, shape: Any, initializer: Any = "zeros", name: str | None = None) -> None:
        from steepest import initializers

        self.shape = (shape,) if isinstance(shape, int) else tuple(shape)
        self.name = name or "variable"
        made = initializers.get(initializer)
        self.value: Array = np.zeros(self.shape) if made is None else np.array(made(self.shape), np.float64)

    def assign(self, value: ArrayLike) -> None:
        """Takes `value`, which broadcasts to the shape."""
        self.value = np.array(np.broadcast_to(np.asarray(value, np.float64), self.shape))

    def assign_add(self, value: ArrayLike) -> None:
        """Adds `value`."""
        self.assign(self.value + np.asarray(value, np.float64))

    def numpy(self) -> Array:
        """A copy of the value."""
        return self.value.copy()

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        return np.array(self.value, dtype)

    def __float__(self) -> float:
        return float(self.value)

    def __repr__(self) -> str:
        return f"<MetricVariable name={self.name}, value={self.value}>"
