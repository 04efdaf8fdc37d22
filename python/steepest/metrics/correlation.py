"""Correlations of a row's targets and predictions."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from steepest._data import rows as _rows
from steepest._data.rows import Array
from steepest.metrics.reduction import MeanMetricWrapper


def pearson_correlation(y_true: ArrayLike, y_pred: ArrayLike, axis: int = -1) -> Array:
    """mean_j t_j p_j along an axis, t and p being y_true and y_pred less their means, over their deviations.

    >>> pearson_correlation([[0.0, 1.0, 0.5]], [[0.1, 0.9, 1.0]]).round(4)
    array([0.8109], dtype=float32)
    """
    truth, said = _rows.same_rank(*_rows.as_floats(y_true, y_pred))
    truth, said = truth - truth.mean(axis=axis, keepdims=True), said - said.mean(axis=axis, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        deviations = truth.std(axis=axis) * said.std(axis=axis)
        return np.asarray((truth * said).mean(axis=axis) / deviations)


def concordance_correlation(y_true: ArrayLike, y_pred: ArrayLike, axis: int = -1) -> Array:
    """mean_j 2 (y_true_j - m) (y_pred_j - m) / (s^2 + S^2 + (M - m)^2 + 1e-7), m and s of y_pred, M and S of y_true.

    >>> concordance_correlation([[0.0, 1.0, 0.5]], [[0.1, 0.9, 1.0]]).round(4)
    array([0.7477], dtype=float32)
    """
    truth, said = _rows.same_rank(*_rows.as_floats(y_true, y_pred))
    mean, true_mean = said.mean(axis=axis, keepdims=True), truth.mean(axis=axis, keepdims=True)
    norm = truth.var(axis=axis, keepdims=True) + said.var(axis=axis, keepdims=True) + (true_mean - mean) ** 2
    return np.asarray((2 * (truth - mean) * (said - mean) / (norm + 1e-7)).mean(axis=axis), said.dtype)


class _Correlation(MeanMetricWrapper):
    _direction = "up"

    def __init__(self, fn: Any, name: str | None, dtype: Any, axis: int) -> None:
        super().__init__(fn, name, dtype, axis=axis)
        self.axis = axis

    def get_config(self) -> dict[str, Any]:
        return {"name": self.name, "dtype": self.dtype, "axis": self.axis}


class PearsonCorrelation(_Correlation):
    """The mean of `pearson_correlation` over the rows.

    Args:
        name, dtype: see `Metric`.
        axis: the axis that is correlated along; the last by default.

    >>> round(float(PearsonCorrelation()([[0.0, 1.0, 0.5]], [[0.1, 0.9, 1.0]])), 4)
    0.8109
    """

    def __init__(self, name: str | None = "pearson_correlation", dtype: Any = None, axis: int = -1) -> None:
        super().__init__(pearson_correlation, name, dtype, axis)


class ConcordanceCorrelation(_Correlation):
    """The mean of `concordance_correlation` over the rows.

    Args:
        name, dtype: see `Metric`.
        axis: the axis that is correlated along; the last by default.

    >>> round(float(ConcordanceCorrelation()([[0.0, 1.0, 0.5]], [[0.1, 0.9, 1.0]])), 4)
    0.7477
    """

    def __init__(self, name: str | None = "concordance_correlation", dtype: Any = None, axis: int = -1) -> None:
        super().__init__(concordance_correlation, name, dtype, axis)
