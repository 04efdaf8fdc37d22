"""The base of the initializers, and those that draw no numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from steepest.config import standardize_dtype

Array: TypeAlias = NDArray[Any]
Shape: TypeAlias = Sequence[int]


class Initializer:
    """Base class: a callable `(shape, dtype=None) -> array` that can say how it was made."""

    def __call__(self, shape: Shape, dtype: Any = None) -> Array:
        """The initial values, of `shape` and `dtype` (default: `config.floatx()`)."""
        raise TypeError(f"{type(self).__name__} must define `__call__(shape, dtype=None)`, which makes the weights.")

    def clone(self) -> Initializer:
        """An equal initializer; of a random one without a seed, one that draws other numbers."""
        return self.from_config(self.get_config())

    def get_config(self) -> dict[str, Any]:
        """The arguments that make an equal initializer."""
        return {}

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Initializer:
        """The initializer that `get_config` described."""
        return cls(**config)


class Zeros(Initializer):
    """w = 0.

    >>> Zeros()((3,))
    array([0., 0., 0.], dtype=float32)
    """

    def __call__(self, shape: Shape, dtype: Any = None) -> Array:
        return np.zeros(shape, standardize_dtype(dtype))


class Ones(Initializer):
    """w = 1.

    >>> Ones()((3,))
    array([1., 1., 1.], dtype=float32)
    """

    def __call__(self, shape: Shape, dtype: Any = None) -> Array:
        return np.ones(shape, standardize_dtype(dtype))


class Constant(Initializer):
    """w = value.

    >>> Constant(0.5)((2,))
    array([0.5, 0.5], dtype=float32)
    """

    def __init__(self, value: float = 0.0):
        self.value = value

    def __call__(self, shape: Shape, dtype: Any = None) -> Array:
        return np.full(shape, self.value, standardize_dtype(dtype))

    def get_config(self) -> dict[str, Any]:
        return {"value": self.value}


class Identity(Initializer):
    """w = gain * I, for matrices.

    >>> Identity()((2, 2))
    array([[1., 0.],
           [0., 1.]], dtype=float32)
    """

    def __init__(self, gain: float = 1.0):
        self.gain = gain

    def __call__(self, shape: Shape, dtype: Any = None) -> Array:
        if len(shape) != 2:
            raise ValueError(f"Identity initializes matrices only. Received: shape={tuple(shape)}")
        dtype = standardize_dtype(dtype)
        return np.eye(*shape, dtype=dtype) * np.dtype(dtype).type(self.gain)

    def get_config(self) -> dict[str, Any]:
        return {"gain": self.gain}
