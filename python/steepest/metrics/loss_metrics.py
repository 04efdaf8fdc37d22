"""Losses as metrics: their means over the rows, without a reduction of their own."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from steepest import losses
from steepest._data import rows as _rows
from steepest._data.rows import Array
from steepest.metrics.reduction import RowMetric


class MeanSquaredError(RowMetric):
    """metric_i = mean_j (y_true_ij - y_pred_ij)^2.

    >>> float(MeanSquaredError()([[0.0, 1.0], [0.0, 0.0]], [[1.0, 1.0], [1.0, 0.0]]))
    0.5
    """

    rule = "mean_squared_error"
    _direction = "down"
    arrange = staticmethod(_rows.broadcast)

    def __init__(self, name: str | None = "mean_squared_error", dtype: Any = None) -> None:
        super().__init__(name, dtype)


class MeanAbsoluteError(RowMetric):
    """metric_i = mean_j |y_true_ij - y_pred_ij|.

    >>> float(MeanAbsoluteError()([[0.0, 1.0], [0.0, 0.0]], [[1.0, 1.0], [2.0, 0.0]], sample_weight=[1.0, 0.0]))
    0.5
    """

    rule = "mean_absolute_error"
    _direction = "down"
    arrange = staticmethod(_rows.broadcast)

    def __init__(self, name: str | None = "mean_absolute_error", dtype: Any = None) -> None:
        super().__init__(name, dtype)


class CosineSimilarity(RowMetric):
    """metric_i = sum_j t_ij p_ij, t and p being y_true and y_pred divided by their lengths.

    Args:
        name, dtype: see `Metric`.
        axis: the axis of the vectors; only the last one in `fit`.

    >>> float(CosineSimilarity()([[0.0, 2.0]], [[0.0, 3.0]]))
    1.0
    """

    rule = "cosine_proximity"
    _direction = "up"
    arrange = staticmethod(_rows.broadcast)

    def __init__(self, name: str | None = "cosine_similarity", dtype: Any = None, axis: int = -1) -> None:
        super().__init__(name, dtype)
        self.axis = axis

    @property
    def in_core(self) -> bool:
        return super().in_core and self.axis == -1

    def call(self, y_true: ArrayLike, y_pred: ArrayLike) -> Array:
        return -losses.cosine_similarity(y_true, y_pred, self.axis)


class BinaryCrossentropy(RowMetric):
    """The loss `steepest.losses.BinaryCrossentropy` as a metric.

    >>> round(float(BinaryCrossentropy()([[1.0], [0.0]], [[0.5], [0.5]])), 4)  # log 2
    0.6931
    """

    rule = "binary_crossentropy"
    _direction = "down"
    hyper = ("from_logits", "label_smoothing")

    def __init__(
        self,
        name: str | None = "binary_crossentropy",
        dtype: Any = None,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
    ) -> None:
        super().__init__(name, dtype)
        rule = losses.BinaryCrossentropy(from_logits, label_smoothing)
        self.from_logits, self.label_smoothing = rule.from_logits, rule.label_smoothing


class CategoricalCrossentropy(RowMetric):
    """The loss `steepest.losses.CategoricalCrossentropy` as a metric.

    >>> round(float(CategoricalCrossentropy()([[0.0, 1.0]], [[0.75, 0.25]])), 4)  # -log 0.25
    1.3863
    """

    rule = "categorical_crossentropy"
    _direction = "down"
    hyper = ("from_logits", "label_smoothing")

    def __init__(
        self,
        name: str | None = "categorical_crossentropy",
        dtype: Any = None,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
    ) -> None:
        super().__init__(name, dtype)
        rule = losses.CategoricalCrossentropy(from_logits, label_smoothing, axis)
        self.from_logits, self.label_smoothing = rule.from_logits, rule.label_smoothing


class SparseCategoricalCrossentropy(RowMetric):
    """The loss `steepest.losses.SparseCategoricalCrossentropy` as a metric.

    Args:
        name, dtype: see `Metric`.
        from_logits, ignore_class, axis: see the loss. As in Keras, rows with the ignored label are 0 in the mean.

    >>> round(float(SparseCategoricalCrossentropy()([1], [[0.75, 0.25]])), 4)  # -log 0.25
    1.3863
    """

    rule = "sparse_categorical_crossentropy"
    _direction = "down"
    hyper = ("from_logits",)
    options = ("ignore_class", "axis")
    arrange = staticmethod(_rows.labels)

    def __init__(
        self,
        name: str | None = "sparse_categorical_crossentropy",
        dtype: Any = None,
        from_logits: bool = False,
        ignore_class: int | None = None,
        axis: int = -1,
    ) -> None:
        super().__init__(name, dtype)
        self._loss = losses.SparseCategoricalCrossentropy(from_logits, ignore_class, axis=axis)
        self.from_logits, self.ignore_class, self.axis = self._loss.from_logits, ignore_class, self._loss.axis

    @property
    def in_core(self) -> bool:
        return super().in_core and self._loss.in_core and self.axis == -1

    def call(self, y_true: ArrayLike, y_pred: ArrayLike) -> Array:
        y_true, y_pred = _rows.as_floats(y_true, y_pred)
        values = self._loss.call(y_true, y_pred)
        counted = self._loss.mask(y_true, values)
        return values if counted is None else np.where(counted, values, 0)


class MeanAbsolutePercentageError(RowMetric):
    """The loss `steepest.losses.MeanAbsolutePercentageError` as a metric.

    >>> float(MeanAbsolutePercentageError()([[2.0, 4.0]], [[1.0, 4.0]]))
    25.0
    """

    rule = "mean_absolute_percentage_error"
    _direction = "down"
    arrange = staticmethod(_rows.broadcast)

    def __init__(self, name: str | None = "mean_absolute_percentage_error", dtype: Any = None) -> None:
        super().__init__(name, dtype)


class MeanSquaredLogarithmicError(RowMetric):
    """The loss `steepest.losses.MeanSquaredLogarithmicError` as a metric.

    >>> round(float(MeanSquaredLogarithmicError()([[1.0]], [[3.0]])), 4)
    0.4805
    """

    rule = "mean_squared_logarithmic_error"
    _direction = "down"
    arrange = staticmethod(_rows.broadcast)

    def __init__(self, name: str | None = "mean_squared_logarithmic_error", dtype: Any = None) -> None:
        super().__init__(name, dtype)


class LogCoshError(RowMetric):
    """The loss `steepest.losses.LogCosh` as a metric.

    >>> round(float(LogCoshError()([[0.0]], [[10.0]])), 4)  # 10 - log 2
    9.3069
    """

    rule = "log_cosh"
    _direction = "down"
    arrange = staticmethod(_rows.broadcast)

    def __init__(self, name: str | None = "logcosh", dtype: Any = None) -> None:
        super().__init__(name, dtype)


class Hinge(RowMetric):
    """The loss `steepest.losses.Hinge` as a metric.

    >>> float(Hinge()([[0.0, 1.0]], [[-0.5, 3.0]]))
    0.25
    """

    rule = "hinge"
    _direction = "down"
    arrange = staticmethod(_rows.broadcast)

    def __init__(self, name: str | None = "hinge", dtype: Any = None) -> None:
        super().__init__(name, dtype)


class SquaredHinge(RowMetric):
    """The loss `steepest.losses.SquaredHinge` as a metric.

    >>> float(SquaredHinge()([[0.0, 1.0]], [[-0.5, 3.0]]))
    0.125
    """

    rule = "squared_hinge"
    _direction = "down"
    arrange = staticmethod(_rows.broadcast)

    def __init__(self, name: str | None = "squared_hinge", dtype: Any = None) -> None:
        super().__init__(name, dtype)


class CategoricalHinge(RowMetric):
    """The loss `steepest.losses.CategoricalHinge` as a metric.

    >>> float(CategoricalHinge()([[0.0, 1.0]], [[0.5, 0.75]]))
    0.75
    """

    rule = "categorical_hinge"
    _direction = "down"
    arrange = staticmethod(_rows.matched)

    def __init__(self, name: str | None = "categorical_hinge", dtype: Any = None) -> None:
        super().__init__(name, dtype)


class KLDivergence(RowMetric):
    """The loss `steepest.losses.KLDivergence` as a metric.

    >>> round(float(KLDivergence()([[0.5, 0.5]], [[0.25, 0.75]])), 4)
    0.1438
    """

    rule = "kl_divergence"
    arrange = staticmethod(_rows.matched)

    def __init__(self, name: str | None = "kl_divergence", dtype: Any = None) -> None:
        super().__init__(name, dtype)


class Poisson(RowMetric):
    """The loss `steepest.losses.Poisson` as a metric.

    >>> round(float(Poisson()([[2.0]], [[2.0]])), 4)  # 2 - 2 log 2
    0.6137
    """

    rule = "poisson"
    arrange = staticmethod(_rows.broadcast)

    def __init__(self, name: str | None = "poisson", dtype: Any = None) -> None:
        super().__init__(name, dtype)


class RootMeanSquaredError(RowMetric):
    """result = sqrt(mean over rows i of mean_j (y_true_ij - y_pred_ij)^2).

    >>> float(RootMeanSquaredError()([[0.0, 0.0]], [[3.0, 4.0]], sample_weight=[2.0]))
    3.535533905029297
    """

    rule = "mean_squared_error"
    _direction = "down"
    arrange = staticmethod(_rows.broadcast)

    def __init__(self, name: str | None = "root_mean_squared_error", dtype: Any = None) -> None:
        super().__init__(name, dtype)

    def conclude(self, mean: float) -> float:
        return math.sqrt(mean)


class LossMetric(RowMetric):
    """The mean of a loss over the rows: any `Loss`, or a function of `steepest.losses`, as a metric.

    Args:
        loss: the loss; its reduction does not matter.
        name, dtype: see `Metric`; the name is the loss's by default.

    >>> float(LossMetric(losses.Huber())([[0.0], [0.0]], [[1.0], [3.0]]))
    1.5
    """

    def __init__(self, loss: losses.Loss, name: str | None = None, dtype: Any = None) -> None:
        super().__init__(name or loss.name, dtype)
        self.loss = loss

    @property
    def in_core(self) -> bool:
        return self.loss.in_core

    @property
    def sparse(self) -> bool:
        return self.loss.sparse

    def spec(self) -> dict[str, Any]:
        return self.loss.rule_spec()

    def call(self, y_true: ArrayLike, y_pred: ArrayLike) -> Array:
        return self.loss.call(*_rows.as_floats(y_true, y_pred))
