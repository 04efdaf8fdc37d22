"""Scores of columns: how much of a target's variance is explained, and the mean of precision and recall."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from steepest._data import rows as _rows
from steepest._data.rows import Array
from steepest._names.arguments import whole
from steepest.metrics.metric import Metric
from steepest.metrics.variable import MetricVariable

EPSILON = 1e-7


def _columns(metric: Metric, y_true: ArrayLike, y_pred: ArrayLike) -> tuple[Array, Array]:
    truth, said = _rows.same_rank(*_rows.as_floats(y_true, y_pred, np.float64))
    if truth.ndim != 2 or truth.shape != said.shape:
        raise ValueError(
            f"{type(metric).__name__} expects 2D inputs with shape (batch_size, output_dim). Received input shapes: "
            f"y_pred.shape={said.shape} and y_true.shape={truth.shape}."
        )
    return truth, said


def _column_weights(sample_weight: ArrayLike | None, shape: tuple[int, ...]) -> Array:
    weights = np.ones(()) if sample_weight is None else _rows.as_float(sample_weight, "sample_weight", np.float64)
    return np.broadcast_to(weights[:, None] if weights.ndim == 1 else weights, shape)


class R2Score(Metric):
    """result = 1 - sum_i (y_true_i - y_pred_i)^2 / sum_i (y_true_i - mean y_true)^2, of each column.

    Args:
        class_aggregation: "uniform_average" (the default) or "variance_weighted_average" of the columns; None for all.
        num_regressors: p: with it the result is 1 - (1 - result) (n - 1) / (n - p - 1); 0 by default.
        name, dtype: see `Metric`.

    Raises:
        ValueError: for an unknown aggregation or a negative number; when called, for anything but two (n, N).

    >>> round(float(R2Score()([[1.0], [4.0], [3.0]], [[2.0], [4.0], [4.0]])), 4)
    0.5714
    """

    squared_sum: MetricVariable | None = None
    _direction = "up"

    def __init__(
        self,
        class_aggregation: str | None = "uniform_average",
        num_regressors: int = 0,
        name: str | None = "r2_score",
        dtype: Any = None,
    ) -> None:
        super().__init__(dtype, name)
        valid = (None, "uniform_average", "variance_weighted_average")
        if class_aggregation not in valid:
            raise ValueError(
                f"Invalid value for argument `class_aggregation`. Expected one of {valid}. "
                f"Received: {class_aggregation=}"
            )
        if num_regressors < 0:
            raise ValueError(
                f"Invalid value for argument `num_regressors`. Expected a value >= 0. Received: {num_regressors=}"
            )
        whole(num_regressors, "num_regressors", 0)
        self.class_aggregation, self.num_regressors = class_aggregation, num_regressors
        self.num_samples = self.add_variable((), name="num_samples")

    def _make_variables(self, shape: tuple[int, ...]) -> None:
        made = [self.add_variable(shape, name=name) for name in ("squared_sum", "sum", "residual", "count")]
        self.squared_sum, self.sum, self.total_mse, self.count = made

    def update_state(self, y_true: ArrayLike, y_pred: ArrayLike, sample_weight: ArrayLike | None = None) -> None:
        truth, said = _columns(self, y_true, y_pred)
        if self.squared_sum is None:
            self._make_variables(truth.shape[1:])
        assert self.squared_sum is not None
        weights = _column_weights(sample_weight, truth.shape)
        self.sum.assign_add((truth * weights).sum(axis=0))
        self.squared_sum.assign_add((truth**2 * weights).sum(axis=0))
        self.total_mse.assign_add(((truth - said) ** 2 * weights).sum(axis=0))
        self.count.assign_add(weights.sum(axis=0))
        self.num_samples.assign_add(truth.size)

    def result(self) -> Any:
        if self.squared_sum is None:
            return self._as_result(0.0)
        with np.errstate(divide="ignore", invalid="ignore"):
            total = self.squared_sum.value - self.sum.value**2 / self.count.value
            scores = 1 - self.total_mse.value / total
        scores = np.where(np.isinf(scores), 0.0, scores)
        if self.class_aggregation == "uniform_average":
            scores = scores.mean()
        elif self.class_aggregation is not None:
            scores = (total * scores).sum() / total.sum()
        spare = float(self.num_samples) - self.num_regressors - 1
        if self.num_regressors and spare > 0:
            scores = 1 - (1 - scores) * (float(self.num_samples) - 1) / spare
        elif self.num_regressors:
            warnings.warn(
                f"The adjusted R2 score needs more samples than regressors and one, so that the plain one is returned. "
                f"Received: {self.num_samples.value:g} samples, num_regressors={self.num_regressors}",
                stacklevel=2,
            )
        return self._as_result(scores)

    def get_config(self) -> dict[str, Any]:
        own = {"class_aggregation": self.class_aggregation, "num_regressors": self.num_regressors}
        return {**super().get_config(), **own}


class FBetaScore(Metric):
    """result = (1 + beta^2) precision recall / (beta^2 precision + recall), of each column.

    Args:
        average: None (the default) for all columns, "micro" (counts of all together), "macro" (the mean), "weighted"
            (by how often a column is 1).
        beta: the weight of recall, more than 0; 1.0 by default.
        threshold: above it a prediction says 1; by default it is a row's largest that does.
        name, dtype: see `Metric`.

    Raises:
        ValueError: for an unknown average, a beta or a threshold that is no float in its range; when called, for
            anything but two (n, N).

    >>> y_true, y_pred = [[1, 1, 1], [1, 0, 0], [1, 1, 0]], [[0.2, 0.6, 0.7], [0.2, 0.6, 0.6], [0.6, 0.8, 0.0]]
    >>> FBetaScore(beta=2.0, threshold=0.5)(y_true, y_pred).round(4)
    array([0.3846, 0.9091, 0.8333], dtype=float32)
    """

    true_positives: MetricVariable | None = None
    _direction = "up"

    def __init__(
        self,
        average: str | None = None,
        beta: float = 1.0,
        threshold: float | None = None,
        name: str | None = "fbeta_score",
        dtype: Any = None,
    ) -> None:
        super().__init__(dtype, name)
        if average not in (None, "micro", "macro", "weighted"):
            raise ValueError(
                "Invalid `average` argument value. Expected one of: {None, 'micro', 'macro', 'weighted'}. "
                f"Received: average={average}"
            )
        if not isinstance(beta, float) or not beta > 0:
            raise ValueError(f"Invalid `beta` argument value. It should be a Python float > 0. Received: beta={beta!r}")
        if threshold is not None and not (isinstance(threshold, float) and 0 < threshold <= 1):
            raise ValueError(
                "Invalid `threshold` argument value. It should be a Python float with 0 < threshold <= 1. "
                f"Received: threshold={threshold!r}"
            )
        self.average, self.beta, self.threshold = average, beta, threshold

    def _make_variables(self, shape: tuple[int, ...]) -> None:
        names = ("true_positives", "false_positives", "false_negatives", "intermediate_weights")
        made = [self.add_variable(shape, name=name) for name in names]
        self.true_positives, self.false_positives, self.false_negatives, self.intermediate_weights = made

    def update_state(self, y_true: ArrayLike, y_pred: ArrayLike, sample_weight: ArrayLike | None = None) -> None:
        truth, said = _columns(self, y_true, y_pred)
        axis = None if self.average == "micro" else 0
        if self.true_positives is None:
            self._make_variables(() if axis is None else truth.shape[1:])
        assert self.true_positives is not None
        if self.threshold is None:
            chosen = (said >= said.max(axis=-1, keepdims=True)) & (np.abs(said) > 1e-9)
        else:
            chosen = said > self.threshold
        weights = _column_weights(sample_weight, truth.shape)
        self.true_positives.assign_add((chosen * truth * weights).sum(axis=axis))
        self.false_positives.assign_add((chosen * (1 - truth) * weights).sum(axis=axis))
        self.false_negatives.assign_add((~chosen * truth * weights).sum(axis=axis))
        self.intermediate_weights.assign_add((truth * weights).sum(axis=axis))

    def result(self) -> Any:
        if self.true_positives is None:
            return self._as_result(0.0)
        tp = self.true_positives.value
        precision = tp / (tp + self.false_positives.value + EPSILON)
        recall = tp / (tp + self.false_negatives.value + EPSILON)
        scores = (1 + self.beta**2) * precision * recall / (self.beta**2 * precision + recall + EPSILON)
        if self.average == "weighted":
            weights = self.intermediate_weights.value
            scores = (scores * weights).sum() / (weights.sum() + EPSILON)
        elif self.average is not None:
            scores = scores.mean()
        return self._as_result(scores)

    def get_config(self) -> dict[str, Any]:
        own = {"average": self.average, "beta": self.beta, "threshold": self.threshold}
        return {**super().get_config(), **own}


class F1Score(FBetaScore):
    """result = 2 precision recall / (precision + recall), of each column: `FBetaScore` with a beta of 1.

    Args:
        average, threshold, name, dtype: see `FBetaScore`.

    >>> F1Score(threshold=0.5)([[1, 1], [1, 0]], [[0.2, 0.6], [0.7, 0.6]]).round(4)
    array([0.6667, 0.6667], dtype=float32)
    """

    def __init__(
        self,
        average: str | None = None,
        threshold: float | None = None,
        name: str | None = "f1_score",
        dtype: Any = None,
    ) -> None:
        super().__init__(average, 1.0, threshold, name, dtype)

    def get_config(self) -> dict[str, Any]:
        return {key: value for key, value in super().get_config().items() if key != "beta"}
