"""Sums and means, of values as they come or of what a function makes of targets and predictions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from steepest._data import rows as _rows
from steepest._data.rows import Array
from steepest.metrics.metric import Metric


class Sum(Metric):
    """result = sum_i sample_weight_i * values_i.

    Args:
        name, dtype: see `Metric`.

    >>> total = Sum()
    >>> total.update_state([1.0, 3.0, 5.0], sample_weight=[1.0, 1.0, 0.0])
    >>> float(total.result())
    4.0
    """

    def __init__(self, name: str | None = "sum", dtype: Any = None) -> None:
        super().__init__(dtype, name)
        self.total = self.add_variable((), name="total")

    def update_state(self, values: ArrayLike, sample_weight: ArrayLike | None = None) -> None:
        """Adds values, each times its weight."""
        self.total.assign_add(samplewise(np.sum, values, sample_weight)[0].sum())

    def result(self) -> Any:
        return self._as_result(self.total.value)


class Mean(Metric):
    """result = sum_i sample_weight_i * values_i / sum_i sample_weight_i; 0 if the weights add up to 0.

    Args:
        name, dtype: see `Metric`.

    >>> mean = Mean()
    >>> mean.update_state([1.0, 3.0, 5.0], sample_weight=[1.0, 1.0, 0.0])
    >>> float(mean.result()), len(mean.variables)
    (2.0, 2)
    """

    def __init__(self, name: str | None = "mean", dtype: Any = None) -> None:
        super().__init__(dtype, name)
        self.total = self.add_variable((), name="total")
        self.count = self.add_variable((), name="count")

    def update_state(self, values: ArrayLike, sample_weight: ArrayLike | None = None) -> None:
        """Adds values to the mean, each with its weight.

        Raises:
            ValueError: for weights that don't fit to the values.
        """
        reduced, weights = samplewise(np.mean, values, sample_weight)
        count = weights.sum() if weights is not None else reduced.shape[0] if reduced.ndim else 1
        self.total.assign_add(reduced.sum())
        self.count.assign_add(count)

    def result(self) -> Any:
        return self._as_result(self.conclude(float(self.total.value / self.count.value if self.count.value else 0.0)))


class MeanMetricWrapper(Mean):
    """The weighted mean of `fn(y_true, y_pred, **kwargs)`, which returns a value for each row.

    Args:
        fn: a function of targets and predictions.
        name, dtype: see `Metric`; the name is the function's by default.
        kwargs: its further arguments.

    >>> def bias(y_true, y_pred):
    ...     return np.mean(np.subtract(y_pred, y_true), axis=-1)
    >>> float(MeanMetricWrapper(bias)([[1.0], [2.0]], [[2.0], [2.0]]))
    0.5
    """

    def __init__(self, fn: Callable[..., Any], name: str | None = None, dtype: Any = None, **kwargs: Any) -> None:
        super().__init__(name or getattr(fn, "__name__", None), dtype)
        self._fn, self._fn_kwargs = fn, kwargs

    def update_state(  # type: ignore[override]
        self, y_true: ArrayLike, y_pred: ArrayLike, sample_weight: ArrayLike | None = None
    ) -> None:
        """Adds rows to the mean."""
        y_true, y_pred = _rows.as_floats(y_true, y_pred, self.dtype)
        super().update_state(self._fn(y_true, y_pred, **self._fn_kwargs), sample_weight)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "fn": self._fn, **self._fn_kwargs}


class RowMetric(Mean):
    """The weighted mean of a value for each row, that the core computes.

    A subclass sets `rule` (its name in the core), `hyper` (its hyper-parameters, which are attributes), `options` (its
    other arguments) and `arrange` (how targets and predictions become rows).

    >>> class Distance(RowMetric):
    ...     rule = "mean_absolute_error"
    >>> float(Distance()([[1.0, 2.0]], [[2.0, 2.0]]))
    0.5
    """

    hyper: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    arrange = staticmethod(_rows.matched)

    @property
    def in_core(self) -> bool:
        return bool(self.rule) and type(self).__module__.startswith("steepest.")

    @property
    def sparse(self) -> bool:
        """Whether its targets are class indices."""
        return self.arrange in (_rows.sparse, _rows.labels)

    def spec(self) -> dict[str, Any]:
        return {"name": self.rule, **{name: getattr(self, name) for name in self.hyper}}

    def call(self, y_true: ArrayLike, y_pred: ArrayLike) -> Array:
        """The metric of each row, in the dtype of `y_pred`: predictions (..., N) give values (...)."""
        y_true, y_pred = _rows.as_floats(y_true, y_pred)
        return _rows.metric_values(self.spec(), self.arrange(*_rows.same_rank(y_true, y_pred)))

    def update_state(  # type: ignore[override]
        self, y_true: ArrayLike, y_pred: ArrayLike, sample_weight: ArrayLike | None = None
    ) -> None:
        """Adds rows to the mean.

        Args:
            y_true: targets; see the class for their shape.
            y_pred: predictions, (..., N).
            sample_weight: a weight for each row, or what broadcasts to that; None for 1.

        Raises:
            ValueError: for shapes that don't fit together and for anything but real numbers.
        """
        super().update_state(self.call(y_true, y_pred), sample_weight)

    def get_config(self) -> dict[str, Any]:
        own = {name: getattr(self, name) for name in (*self.hyper, *self.options)}
        return {**super().get_config(), **own}


def samplewise(
    reduce: Callable[..., Any], values: ArrayLike, sample_weight: ArrayLike | None
) -> tuple[Array, Array | None]:
    """One weighted value and one weight (None for 1) a sample, in float64; `reduce` over what a sample has more.

    Raises:
        ValueError: for weights that don't fit to the values.
    """
    reduced, weights = _rows.as_float(values, "values", np.float64), None
    if sample_weight is not None:
        weights = _rows.as_float(sample_weight, "sample_weight", np.float64)
        given, shape = weights.shape, reduced.shape
        reduced, weights = _rows.same_rank(reduced, weights)
        reduced = np.asarray(reduce(reduced, axis=tuple(range(weights.ndim, reduced.ndim))))
        try:
            weights = np.broadcast_to(weights, reduced.shape)
        except ValueError:
            raise ValueError(
                f"`sample_weight` must hold one weight for each of the values, of shape {shape}. "
                f"Received: sample_weight.shape={given}"
            ) from None
        reduced = reduced * weights
        weights = np.asarray(reduce(weights, axis=tuple(range(1, weights.ndim))))
    return np.asarray(reduce(reduced, axis=tuple(range(1, reduced.ndim)))), weights
