"""Metrics of rows, shapes as in `losses`. Every loss is a metric too."""

from __future__ import annotations

import numpy as np

from steepest.reference.activations import Array


def mean_absolute_error(y_true: Array, y_pred: Array) -> Array:
    """mean_j |y_true_j - y_pred_j|."""
    return np.abs(y_true - y_pred).mean(axis=-1)


def binary_accuracy(y_true: Array, y_pred: Array, threshold: float = 0.5) -> Array:
    """mean_j [y_true_j = (y_pred_j > threshold)]."""
    return (y_true == (y_pred > threshold)).mean(axis=-1)


def categorical_accuracy(y_true: Array, y_pred: Array) -> Array:
    """[argmax_j y_true_j = argmax_j y_pred_j]."""
    return (y_true.argmax(axis=-1) == y_pred.argmax(axis=-1)).astype(np.float64)


def sparse_categorical_accuracy(y_true: Array, y_pred: Array) -> Array:
    """[y_true = argmax_j y_pred_j]."""
    return (y_true[..., 0] == y_pred.argmax(axis=-1)).astype(np.float64)
