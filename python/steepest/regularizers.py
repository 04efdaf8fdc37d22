"""Regularizers: what weights cost by themselves, a number that `fit` adds to the loss, and its gradient.

Each is a callable on an array of weights and has `gradient`, on arrays of any shape in their own dtype.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from steepest._data.rows import as_float
from steepest._names.registry import deserialize_object, interpret, serialize_object, snake_case
from steepest.config import epsilon

Array = NDArray[Any]


def _factor(value: float | None, default: float, name: str) -> float:
    value = default if value is None else value
    number = isinstance(value, (int, float, np.number)) and not isinstance(value, bool)
    if not number or not math.isfinite(value) or value < 0:
        raise ValueError(
            f"Invalid value for argument {name}: expected a non-negative float. Received: {name}={value!r}"
        )
    return float(value)


class Regularizer:
    """Base class: a callable `(x) -> number` that can say how it was made. A subclass that `fit` is to use has
    `gradient(x) -> array` as well.
    """

    def __call__(self, x: ArrayLike) -> Any:
        """What the weights cost, a number."""
        return 0.0

    def gradient(self, x: ArrayLike) -> Array:
        """The derivative of the cost by each weight, in the shape of `x`.

        Raises:
            NotImplementedError: in a subclass that does not have it.
        """
        raise NotImplementedError(
            f"{type(self).__name__} can be called, but not trained with: expected a method `gradient(self, x)` that "
            "returns the derivative by each weight."
        )

    def get_config(self) -> dict[str, Any]:
        """The arguments that make an equal regularizer.

        Raises:
            NotImplementedError: in a subclass that does not have it.
        """
        raise NotImplementedError(f"{type(self).__name__} does not implement get_config()")

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Regularizer:
        """The regularizer that `get_config` described."""
        return cls(**config)


class L1L2(Regularizer):
    """l1 * sum |x| + l2 * sum x^2; the gradient is l1 * sign(x) + 2 * l2 * x.

    Args:
        l1, l2: factors of 0 or more; None means 0.

    Raises:
        ValueError: for a factor that is negative or not finite.

    >>> regularizer = L1L2(l1=0.5, l2=0.25)
    >>> float(regularizer(np.array([3.0, -4.0])))
    9.75
    >>> regularizer.gradient(np.array([3.0, -4.0]))
    array([ 2. , -2.5])
    """

    def __init__(self, l1: float | None = 0.0, l2: float | None = 0.0):
        self.l1 = _factor(l1, 0.0, "l1")
        self.l2 = _factor(l2, 0.0, "l2")

    def __call__(self, x: ArrayLike) -> Any:
        x = as_float(x, "x")
        return x.dtype.type(self.l1 * np.abs(x).sum() + self.l2 * np.square(x).sum())

    def gradient(self, x: ArrayLike) -> Array:
        x = as_float(x, "x")
        return self.l1 * np.sign(x) + 2 * self.l2 * x

    def get_config(self) -> dict[str, Any]:
        return {"l1": self.l1, "l2": self.l2}


class L1(L1L2):
    """l1 * sum |x|.

    Args:
        l1: factor of 0 or more; None means 0.01.

    Raises:
        ValueError: for a factor that is negative or not finite.

    >>> float(L1(0.5)(np.array([3.0, -4.0])))
    3.5
    """

    def __init__(self, l1: float | None = 0.01):
        super().__init__(l1=_factor(l1, 0.01, "l1"))

    def get_config(self) -> dict[str, Any]:
        return {"l1": self.l1}


class L2(L1L2):
    """l2 * sum x^2.

    Args:
        l2: factor of 0 or more; None means 0.01.

    Raises:
        ValueError: for a factor that is negative or not finite.

    >>> float(L2(0.5)(np.array([3.0, -4.0])))
    12.5
    """

    def __init__(self, l2: float | None = 0.01):
        super().__init__(l2=_factor(l2, 0.01, "l2"))

    def get_config(self) -> dict[str, Any]:
        return {"l2": self.l2}


class OrthogonalRegularizer(Regularizer):
    """factor * mean over pairs i < j of |u_i . u_j|, u_i = x_i / |x_i| being the rows (or columns) of the matrix x.

    The gradient by x_i is factor / pairs * (v_i - (v_i . u_i) u_i) / |x_i|, with v_i = sum over j of
    sign(u_i . u_j) u_j without j = i. The norms are at least 1e-7, as in Keras.

    Args:
        factor: of 0 or more.
        mode: `"rows"` or `"columns"`: which of them should stand at right angles.

    Raises:
        ValueError: for a factor that is negative or not finite, or an unknown mode; when called, for an array that is
            no matrix.

    >>> float(OrthogonalRegularizer(0.5)(np.array([[1.0, 0.0], [1.0, 1.0]])))  # 0.5 * cos(45 degrees)
    0.35355339059327373
    """

    def __init__(self, factor: float = 0.01, mode: str = "rows"):
        self.factor = _factor(factor, 0.01, "factor")
        if mode not in ("rows", "columns"):
            raise ValueError(
                f'Invalid value for argument `mode`. Expected one of {{"rows", "columns"}}. Received: mode={mode!r}'
            )
        self.mode = mode

    def _units(self, x: ArrayLike) -> tuple[Array, Array, Array, float]:
        """The rows (or columns) with length 1, their lengths, the signs of their products, and the number of pairs."""
        x = as_float(x, "x")
        if x.ndim != 2:
            raise ValueError(f"Inputs to OrthogonalRegularizer must have rank 2. Received: inputs.shape={x.shape}")
        rows = x if self.mode == "rows" else x.T
        norms = np.maximum(np.sqrt(np.square(rows).sum(1, keepdims=True)), rows.dtype.type(epsilon()))
        units = rows / norms
        products = units @ units.T
        np.fill_diagonal(products, 0)
        return units, norms, products, len(rows) * (len(rows) - 1) / 2

    def __call__(self, x: ArrayLike) -> Any:
        units, _, products, pairs = self._units(x)
        return units.dtype.type(self.factor * 0.5 * np.abs(products).sum() / pairs)

    def gradient(self, x: ArrayLike) -> Array:
        units, norms, products, pairs = self._units(x)
        v = np.sign(products) @ units
        by_row = self.factor / pairs * (v - (v * units).sum(1, keepdims=True) * units) / norms
        return by_row if self.mode == "rows" else by_row.T

    def get_config(self) -> dict[str, Any]:
        return {"factor": self.factor, "mode": self.mode}


# Keras's second spelling: each class under its name as a function
l1 = L1
l2 = L2
l1_l2 = L1L2
orthogonal_regularizer = OrthogonalRegularizer

_CLASSES = (L1, L2, L1L2, OrthogonalRegularizer)
_TABLE: dict[str, type[Regularizer]] = {
    **{cls.__name__: cls for cls in _CLASSES},
    **{snake_case(cls.__name__): cls for cls in _CLASSES},
}


def get(identifier: Any) -> Callable[[Any], Any] | None:
    """The regularizer of a name (`"l2"` or `"L2"`), a class, a description, or itself; None for None.

    Raises:
        ValueError: for an unknown name, or what can't be called.

    >>> get("l2").l2, get(None)
    (0.01, None)
    """
    found: Callable[[Any], Any] | None = interpret(
        identifier, _TABLE, "regularizer", "a Regularizer, or a function of the weights"
    )
    return found


def serialize(regularizer: Any) -> Any:
    """The class and the arguments of a regularizer, as `deserialize` takes them; of a function its name, None of None.

    >>> serialize(L2(0.5))["config"]
    {'l2': 0.5}
    """
    if isinstance(regularizer, Regularizer):
        return serialize_object(regularizer, "keras.regularizers")
    from steepest.saving import serialize_keras_object

    return serialize_keras_object(regularizer)


def deserialize(config: Mapping[str, Any], custom_objects: Mapping[str, Any] | None = None) -> Regularizer:
    """The regularizer that `serialize` described; `custom_objects` holds classes of yours by name.

    >>> deserialize(serialize(L2(0.5))).l2
    0.5
    """
    restored: Regularizer = deserialize_object(config, _TABLE, "regularizer", custom_objects)
    return restored
