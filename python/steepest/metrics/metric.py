"""The base of the metrics: variables that updates add to, and a result that follows from them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from steepest._names.registry import auto_name, snake_case
from steepest.config import standardize_dtype
from steepest.metrics.variable import MetricVariable


class Metric:
    """A number, or several, that follows from everything seen since the last reset.

    Args:
        dtype: `"float32"` or `"float64"` for the result; `config.floatx()` by default.
        name: a name, by default the class's, numbered.

    A metric of one's own makes its variables with `add_variable` and overrides `update_state` and `result`.
    `_direction`, `"up"` or `"down"`, tells callbacks which way is better.

    >>> class Largest(Metric):
    ...     def __init__(self):
    ...         super().__init__(name="largest")
    ...         self.error = self.add_variable(shape=(), initializer="zeros", name="error")
    ...     def update_state(self, y_true, y_pred, sample_weight=None):
    ...         self.error.assign(max(self.error.value, np.abs(np.subtract(y_true, y_pred)).max()))
    ...     def result(self):
    ...         return self.error.value
    >>> float(Largest()([[1.0], [2.0]], [[2.0], [5.0]]))
    3.0
    """

    rule: str = ""
    _direction: str | None = None

    def __init__(self, dtype: Any = None, name: str | None = None) -> None:
        self.name = name or auto_name(snake_case(type(self).__name__))
        self.dtype = standardize_dtype(dtype)
        self._own: list[MetricVariable] = []

    def add_variable(
        self,
        shape: Any,
        initializer: Any = "zeros",
        dtype: Any = None,
        aggregation: str = "sum",
        name: str | None = None,
    ) -> MetricVariable:
        """A variable of the metric's state, which is float64 whatever `dtype` says."""
        self._own.append(MetricVariable(shape, initializer, name))
        return self._own[-1]

    def add_weight(
        self, shape: Any = (), initializer: Any = "zeros", dtype: Any = None, name: str | None = None
    ) -> MetricVariable:
        """`add_variable` by its old name."""
        return self.add_variable(shape, initializer, dtype, name=name)

    @property
    def variables(self) -> list[MetricVariable]:
        """The state, in the order in which it was made."""
        return list(self._own)

    def set_variables(self, values: Sequence[ArrayLike]) -> None:
        """Takes the values that `variables` had in another process.

        Raises:
            ValueError: for more values than there are variables, in a metric that makes some of them with the first
                batch and has no `_make_variables`.
        """
        if len(values) > len(self._own):
            self._make_variables(np.shape(values[-1]))
        for variable, value in zip(self.variables, values, strict=True):
            variable.assign(value)

    def _make_variables(self, shape: tuple[int, ...]) -> None:
        """Makes the variables that come with the first batch, all of one shape."""
        raise ValueError(
            f"Metric {self.name!r} makes variables in `update_state`. To go on with a training, give it a method "
            "`_make_variables(shape)` that makes them."
        )

    @property
    def in_core(self) -> bool:
        """Whether the core computes the metric in `fit`; else it is updated with each batch's predictions."""
        return False

    def spec(self) -> dict[str, Any]:
        """What the core is told for `fit`: the rule and its hyper-parameters.

        Raises:
            ValueError: for a metric that the core can't compute.
        """
        raise ValueError(f"The core does not compute the metric {self.name!r}. Received: {type(self).__name__}")

    def conclude(self, mean: float) -> float:
        """The result that follows from the mean over the rows, for a metric of the core."""
        return mean

    def update_state(self, *args: Any, **kwargs: Any) -> None:
        """Adds what is seen to the state."""
        raise NotImplementedError(f"{type(self).__name__} has no `update_state`.")

    def result(self) -> Any:
        """What follows from the state."""
        raise NotImplementedError(f"{type(self).__name__} has no `result`.")

    def reset_state(self) -> None:
        """Forgets everything: all variables become 0."""
        for variable in self.variables:
            variable.assign(0.0)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """`update_state`, then `result`."""
        if not hasattr(self, "_own"):
            raise RuntimeError(f"{type(self).__name__}.__init__ must call `super().__init__()` first.")
        self.update_state(*args, **kwargs)
        return self.result()

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments, as `from_config` takes them."""
        return {"name": self.name, "dtype": self.dtype}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Metric:
        """The metric that `get_config` described."""
        return cls(**config)

    def _as_result(self, value: Any) -> Any:
        return np.asarray(value, self.dtype)[()]

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}>"
