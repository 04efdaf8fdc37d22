"""Variables: arrays that are changed in place and have a name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin
from numpy.typing import ArrayLike, NDArray

from steepest import config
from steepest._names.registry import auto_name


class Variable(NDArrayOperatorsMixin):
    """An array that optimizers and layers change in place. It can be used in NumPy's functions like its value.

    Args:
        initializer: the first value: an array, or a function of `shape` and `dtype` such as an `Initializer`.
        shape: for a function, the shape of what it makes.
        dtype: dtype of the value, by default an array's own, or `config.floatx()`.
        trainable: whether training changes it; True by default.
        name: `variable`, numbered, by default.

    Attributes:
        value: the array itself.
        path: the name, with those of its owners before it.
        constraint: None, or a function that an optimizer applies to the value after each step.
        overwrite_with_gradient: whether an optimizer assigns the gradient instead of taking a step; False.

    Raises:
        ValueError: for a function without a shape, and for a value of another shape than the variable's.

    >>> v = Variable([1.0, 2.0], name="v")
    >>> v.assign(v * 2)
    >>> v
    <Variable path=v, shape=(2,), dtype=float32, value=[2. 4.]>
    """

    constraint: Callable[[Any], Any] | None = None
    overwrite_with_gradient = False

    def __init__(
        self,
        initializer: ArrayLike | Callable[..., ArrayLike],
        shape: Sequence[int] | None = None,
        dtype: Any = None,
        trainable: bool = True,
        name: str | None = None,
    ) -> None:
        self.name = self.path = auto_name("variable") if name is None else name
        self.trainable = trainable
        if callable(initializer):
            if shape is None:
                raise ValueError(f"A function makes the value of {self.name!r} once its `shape` is known: give one.")
            dtype = config.floatx() if dtype is None else dtype
            initializer = initializer(tuple(shape), dtype=dtype)
        keeps = isinstance(initializer, (np.ndarray, np.generic))
        self._value = np.array(initializer, dtype if dtype is not None or keeps else config.floatx())
        if shape is not None and self.shape != tuple(shape):
            raise ValueError(f"The value of {self.name!r} must have the shape {tuple(shape)}. Received: {self.shape}")

    @property
    def value(self) -> NDArray[Any]:
        return self._value

    def numpy(self) -> NDArray[Any]:
        """A copy of the value."""
        return self.value.copy()

    def assign(self, value: ArrayLike) -> None:
        """Changes the value, in place.

        Raises:
            ValueError: for another shape.
        """
        array = np.asarray(value)
        if array.shape != self.shape:
            raise ValueError(f"The value of {self.name!r} has the shape {self.shape}. Received: {array.shape}")
        self._value[...] = array

    def assign_add(self, value: ArrayLike) -> None:
        """`assign` of the sum of the value and `value`."""
        self.assign(self.value + value)

    def assign_sub(self, value: ArrayLike) -> None:
        """`assign` of the difference of the value and `value`."""
        self.assign(self.value - value)

    @property
    def shape(self) -> tuple[int, ...]:
        return self._value.shape

    @property
    def ndim(self) -> int:
        return self._value.ndim

    @property
    def dtype(self) -> str:
        return self._value.dtype.name

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        return np.array(self.value, dtype)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        return getattr(ufunc, method)(*(x.value if isinstance(x, Variable) else x for x in inputs), **kwargs)

    def __getitem__(self, key: Any) -> Any:
        return self.value[key]

    def __len__(self) -> int:
        return len(self.value)

    def __float__(self) -> float:
        return float(self.value)

    def __int__(self) -> int:
        return int(self.value)

    __hash__ = object.__hash__  # the mixin's `==` compares values; a variable is known by its identity

    def __repr__(self) -> str:
        return f"<Variable path={self.path}, shape={self.shape}, dtype={self.dtype}, value={self.value}>"
