"""Accuracies, as classes and as functions: how many of the answers are right.

To add a metric, add a class and a function here, its struct in the core, and its formula in `reference/metrics.py`.
"""

from __future__ import annotations

import math
from typing import Any

from numpy.typing import ArrayLike

from steepest._data import rows as _rows
from steepest._data.rows import Array
from steepest._names.arguments import number, whole
from steepest.metrics.reduction import RowMetric


class Accuracy(RowMetric):
    """metric_i = mean_j [y_true_ij = y_pred_ij].

    >>> float(Accuracy()([[1.0], [2.0], [3.0], [4.0]], [[0.0], [2.0], [3.0], [4.0]]))
    0.75
    """

    rule = "accuracy"
    _direction = "up"
    arrange = staticmethod(_rows.broadcast)

    def __init__(self, name: str | None = "accuracy", dtype: Any = None) -> None:
        super().__init__(name, dtype)


class BinaryAccuracy(RowMetric):
    """metric_i = mean_j [y_true_ij = (1 if y_pred_ij > threshold else 0)].

    Args:
        threshold: what separates class 1 from class 0; 0.5 by default (for logits use 0).
        name, dtype: see `Metric`.

    >>> float(BinaryAccuracy()([[1.0], [1.0], [0.0], [0.0]], [[0.98], [1.0], [0.0], [0.6]]))
    0.75
    """

    rule = "binary_accuracy"
    _direction = "up"
    hyper = ("threshold",)
    arrange = staticmethod(_rows.broadcast)

    def __init__(self, name: str | None = "binary_accuracy", dtype: Any = None, threshold: float = 0.5) -> None:
        super().__init__(name, dtype)
        self.threshold = number(threshold, "threshold", low=-math.inf)

    def call(self, y_true: ArrayLike, y_pred: ArrayLike) -> Array:
        """1 where right and 0 where wrong, one value an element as in Keras: each element is a row of its own."""
        y_true, y_pred, shape = self.arrange(*_rows.as_floats(y_true, y_pred))
        elements = y_true.reshape(-1, 1), y_pred.reshape(-1, 1), (*shape, y_pred.shape[1])
        return _rows.metric_values(self.spec(), elements)


class CategoricalAccuracy(RowMetric):
    """metric_i = [argmax_j y_true_ij = argmax_j y_pred_ij], for one-hot targets; the first of equal maxima counts.

    >>> float(CategoricalAccuracy()([[0.0, 1.0], [0.0, 1.0]], [[0.1, 0.9], [0.6, 0.4]]))
    0.5
    """

    rule = "categorical_accuracy"
    _direction = "up"

    def __init__(self, name: str | None = "categorical_accuracy", dtype: Any = None) -> None:
        super().__init__(name, dtype)


class SparseCategoricalAccuracy(RowMetric):
    """metric_i = [y_true_i = argmax_j y_pred_ij], for targets that are class indices (...) or (..., 1).

    >>> float(SparseCategoricalAccuracy()([1, 1], [[0.1, 0.9], [0.6, 0.4]]))
    0.5
    """

    rule = "sparse_categorical_accuracy"
    _direction = "up"
    arrange = staticmethod(_rows.sparse)

    def __init__(self, name: str | None = "sparse_categorical_accuracy", dtype: Any = None) -> None:
        super().__init__(name, dtype)


class TopKCategoricalAccuracy(RowMetric):
    """metric_i = [fewer than k predictions are larger than that of the class argmax_j y_true_ij].

    Args:
        k: how many predictions may be the right one; 5 by default.
        name, dtype: see `Metric`.

    >>> float(TopKCategoricalAccuracy(k=2)([[0.0, 0.0, 1.0], [0.0, 1.0, 0.0]], [[0.5, 0.1, 0.4], [0.5, 0.1, 0.4]]))
    0.5
    """

    rule = "top_k_categorical_accuracy"
    _direction = "up"
    hyper = ("k",)

    def __init__(self, k: int = 5, name: str | None = "top_k_categorical_accuracy", dtype: Any = None) -> None:
        super().__init__(name, dtype)
        self.k = whole(k, "k", 1)


class SparseTopKCategoricalAccuracy(RowMetric):
    """metric_i = [fewer than k predictions are larger than that of the class y_true_i].

    Args:
        k: how many predictions may be the right one; 5 by default.
        name, dtype: see `Metric`.

    >>> float(SparseTopKCategoricalAccuracy(k=2)([2, 1], [[0.5, 0.1, 0.4], [0.5, 0.1, 0.4]]))
    0.5
    """

    rule = "sparse_top_k_categorical_accuracy"
    _direction = "up"
    hyper = ("k",)
    arrange = staticmethod(_rows.sparse)

    def __init__(self, k: int = 5, name: str | None = "sparse_top_k_categorical_accuracy", dtype: Any = None) -> None:
        super().__init__(name, dtype)
        self.k = whole(k, "k", 1)


def binary_accuracy(y_true: ArrayLike, y_pred: ArrayLike, threshold: float = 0.5) -> Array:
    """1 for each element of `y_pred` on the same side of `threshold` as `y_true` says, else 0; see `BinaryAccuracy`.

    >>> binary_accuracy([[1.0, 0.0]], [[0.9, 0.6]])
    array([[1., 0.]], dtype=float32)
    """
    return BinaryAccuracy(threshold=threshold).call(y_true, y_pred)


def categorical_accuracy(y_true: ArrayLike, y_pred: ArrayLike) -> Array:
    """1 for each row whose largest prediction is that of the true class, else 0; see `CategoricalAccuracy`.

    >>> categorical_accuracy([[0.0, 1.0], [0.0, 1.0]], [[0.1, 0.9], [0.6, 0.4]])
    array([1., 0.], dtype=float32)
    """
    return CategoricalAccuracy().call(y_true, y_pred)


def sparse_categorical_accuracy(y_true: ArrayLike, y_pred: ArrayLike) -> Array:
    """1 for each row whose largest prediction has the index `y_true`, else 0; see `SparseCategoricalAccuracy`.

    >>> sparse_categorical_accuracy([1, 1], [[0.1, 0.9], [0.6, 0.4]])
    array([1., 0.], dtype=float32)
    """
    return SparseCategoricalAccuracy().call(y_true, y_pred)


def top_k_categorical_accuracy(y_true: ArrayLike, y_pred: ArrayLike, k: int = 5) -> Array:
    """1 for each row whose right class is among its k largest predictions, else 0; see `TopKCategoricalAccuracy`.

    >>> top_k_categorical_accuracy([[0.0, 0.0, 1.0]], [[0.5, 0.1, 0.4]], k=2)
    array([1.], dtype=float32)
    """
    return TopKCategoricalAccuracy(k).call(y_true, y_pred)


def sparse_top_k_categorical_accuracy(y_true: ArrayLike, y_pred: ArrayLike, k: int = 5) -> Array:
    """1 for each row whose class is among its k largest predictions, else 0; see `SparseTopKCategoricalAccuracy`.

    >>> sparse_top_k_categorical_accuracy([2], [[0.5, 0.1, 0.4]], k=2)
    array([1.], dtype=float32)
    """
    return SparseTopKCategoricalAccuracy(k).call(y_true, y_pred)
