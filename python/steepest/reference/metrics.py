"""Metrics of rows, shapes as in `losses`. Every loss is a metric too."""

from __future__ import annotations

import numpy as np

from steepest.reference.activations import Array
from steepest.reference.row_losses import cosine_similarity


def binary_accuracy(y_true: Array, y_pred: Array, threshold: float = 0.5) -> Array:
    """mean_j [y_true_j = (y_pred_j > threshold)]."""
    return (y_true == (y_pred > threshold)).mean(axis=-1)


def categorical_accuracy(y_true: Array, y_pred: Array) -> Array:
    """[argmax_j y_true_j = argmax_j y_pred_j]."""
    return (y_true.argmax(axis=-1) == y_pred.argmax(axis=-1)).astype(np.float64)


def sparse_categorical_accuracy(y_true: Array, y_pred: Array) -> Array:
    """[y_true = argmax_j y_pred_j]."""
    return (y_true[..., 0] == y_pred.argmax(axis=-1)).astype(np.float64)


def accuracy(y_true: Array, y_pred: Array) -> Array:
    """mean_j [y_true_j = y_pred_j]."""
    return (y_true == y_pred).mean(axis=-1)


def top_k_categorical_accuracy(y_true: Array, y_pred: Array, k: int = 5) -> Array:
    """[fewer than k outputs are larger than that of argmax_j y_true_j]."""
    return sparse_top_k_categorical_accuracy(y_true.argmax(axis=-1)[:, None], y_pred, k)


def sparse_top_k_categorical_accuracy(y_true: Array, y_pred: Array, k: int = 5) -> Array:
    """[fewer than k outputs are larger than that of y_true]."""
    right = np.take_along_axis(y_pred, y_true.astype(int), axis=-1)
    return ((y_pred > right).sum(axis=-1) < k).astype(np.float64)


def cosine_proximity(y_true: Array, y_pred: Array) -> Array:
    """The cosine of the angle between y_true and y_pred."""
    return -cosine_similarity(y_true, y_pred)
