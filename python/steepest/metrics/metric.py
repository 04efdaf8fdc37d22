"""The base of the metrics: a running, weighted mean over everything seen since the last reset."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from steepest import _rows
from steepest._registry import auto_name, snake_case
from steepest._rows import Array
from steepest.config import standardize_dtype


class Metric:
    """result = sum_i(sample_weight_i * metric_i(y_true, y_pred)) / sum_i sample_weight_i, i over all rows seen so far.

    Args:
        dtype: `"float32"` or `"float64"` for the result; `config.floatx()` by default.
        name: a name, by default the class's, numbered.

    A metric of the core is a subclass that sets `rule` (its name there), `hyper` (its hyper-parameters, which are
    attributes) and `arrange` (how targets and predictions become rows). A subclass that overrides `call` instead works
    when called, but not in `fit`. `_direction`, `"up"` or `"down"`, tells callbacks which way is better.

    >>> class Bias(Metric):
    ...     def call(self, y_true, y_pred):
    ...         return np.mean(np.subtract(y_pred, y_true), axis=-1)
    >>> bias = Bias()
    >>> bias.update_state([[1.0], [2.0]], [[2.0], [2.0]])
    >>> float(bias.result())
    0.5
    """

    rule: str = ""
    hyper: tuple[str, ...] = ()
    arrange = staticmethod(_rows.matched)
    _direction: str | None = None

    def __init__(self, dtype: Any = None, name: str | None = None) -> None:
        self.name = name or auto_name(snake_case(type(self).__name__))
        self.dtype = standardize_dtype(dtype)
        self.reset_state()

    def spec(self) -> dict[str, Any]:
        """What the core is told for `fit`: the rule and its hyper-parameters.

        Raises:
            ValueError: for a metric that is written in Python.
        """
        if not self.rule:
            raise ValueError(
                f"The metric {self.name!r} is written in Python, and the core cannot call it: expected a metric of "
                f"steepest.metrics for training. Received: {type(self).__name__}"
            )
        return {"name": self.rule, **{name: getattr(self, name) for name in self.hyper}}

    def call(self, y_true: ArrayLike, y_pred: ArrayLike) -> Array:
        """The metric of each row, in the dtype of `y_pred`: predictions (..., N) give values (...)."""
        y_true, y_pred = _rows.as_floats(y_true, y_pred)
        return _rows.metric_values(self.spec(), self.arrange(*_rows.same_rank(y_true, y_pred)))

    def update_state(self, y_true: ArrayLike, y_pred: ArrayLike, sample_weight: ArrayLike | None = None) -> None:
        """Adds rows to the mean.

        Args:
            y_true: targets; see the class for their shape.
            y_pred: predictions, (..., N).
            sample_weight: a weight for each row, or what broadcasts to that; None for 1.

        Raises:
            ValueError: for shapes that don't fit together and for anything but real numbers.
        """
        values = np.asarray(self.call(y_true, y_pred), dtype=np.float64)
        count = float(values.shape[0] if values.ndim else 1)
        if sample_weight is not None:
            weights = _rows.as_float(sample_weight, "sample_weight", np.float64)
            values, weights = _rows.same_rank(values, weights)
            values = values.mean(axis=tuple(range(weights.ndim, values.ndim)))
            try:
                weights = np.broadcast_to(weights, values.shape)
            except ValueError:
                raise ValueError(
                    f"`sample_weight` must hold one weight for each of the values, of shape {values.shape}. "
                    f"Received: sample_weight.shape={weights.shape}"
                ) from None
            values = values * weights
            count = float(weights.mean(axis=tuple(range(1, weights.ndim))).sum())
        self._total += float(values.mean(axis=tuple(range(1, values.ndim))).sum())
        self._count += count

    def result(self) -> Any:
        """The mean over the rows since the last reset, a scalar of `dtype`; 0 before the first."""
        return np.dtype(self.dtype).type(self._total / self._count if self._count else 0.0)

    def reset_state(self) -> None:
        """Forgets all rows."""
        self._total = self._count = 0.0

    def __call__(self, y_true: ArrayLike, y_pred: ArrayLike, sample_weight: ArrayLike | None = None) -> Any:
        """`update_state`, then `result`: the mean over the rows since the last reset, these included."""
        self.update_state(y_true, y_pred, sample_weight)
        return self.result()

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments, as `from_config` takes them."""
        return {"name": self.name, "dtype": self.dtype, **{name: getattr(self, name) for name in self.hyper}}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Metric:
        """The metric that `get_config` described."""
        return cls(**config)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}>"
