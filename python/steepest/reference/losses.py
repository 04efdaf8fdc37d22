"""Losses of rows, their gradients, and the reductions to one number.

Shapes: y_pred (n, N); y_true (n, N), or (n, 1) for class indices. A loss returns (n,), its gradient (n, N): that of
each row's own loss.
"""

from __future__ import annotations

import numpy as np

from steepest.reference.activations import Array, sigmoid, softmax

EPSILON = 1e-7  # how far probabilities are kept from 0 and 1


def mean_squared_error(y_true: Array, y_pred: Array) -> Array:
    """mean_j (y_true_j - y_pred_j)^2."""
    return ((y_true - y_pred) ** 2).mean(axis=-1)


def mean_squared_error_gradient(y_true: Array, y_pred: Array) -> Array:
    """2 (y_pred_j - y_true_j) / N."""
    return 2.0 * (y_pred - y_true) / y_pred.shape[-1]


def binary_crossentropy(y_true: Array, y_pred: Array, from_logits: bool = False, label_smoothing: float = 0.0) -> Array:
    """-mean_j (y_j log p_j + (1 - y_j) log(1 - p_j)), y = (1 - s) y_true + s / 2.

    For logits z, log p = -log(1 + exp(-z)) and log(1 - p) = -log(1 + exp(z)).
    """
    y = (1.0 - label_smoothing) * y_true + label_smoothing / 2
    if from_logits:
        return (y * np.logaddexp(0.0, -y_pred) + (1.0 - y) * np.logaddexp(0.0, y_pred)).mean(axis=-1)
    p = np.clip(y_pred, EPSILON, 1.0 - EPSILON)
    return -(y * np.log(p) + (1.0 - y) * np.log(1.0 - p)).mean(axis=-1)


def binary_crossentropy_gradient(
    y_true: Array, y_pred: Array, from_logits: bool = False, label_smoothing: float = 0.0
) -> Array:
    """(p_j - y_j) / N for logits; ((1 - y_j) / (1 - p_j) - y_j / p_j) / N for probabilities, 0 where clipped."""
    y = (1.0 - label_smoothing) * y_true + label_smoothing / 2
    if from_logits:
        return (sigmoid(y_pred) - y) / y_pred.shape[-1]
    p = np.clip(y_pred, EPSILON, 1.0 - EPSILON)
    return np.where(p == y_pred, (1.0 - y) / (1.0 - p) - y / p, 0.0) / y_pred.shape[-1]


def categorical_crossentropy(
    y_true: Array, y_pred: Array, from_logits: bool = False, label_smoothing: float = 0.0
) -> Array:
    """-sum_j y_j log p_j, y = (1 - s) y_true + s / N, p = softmax(z) for logits z, else y_pred / sum(y_pred)."""
    y = (1.0 - label_smoothing) * y_true + label_smoothing / y_pred.shape[-1]
    if from_logits:
        z = y_pred - y_pred.max(axis=-1, keepdims=True)
        return -(y * (z - np.log(np.exp(z).sum(axis=-1, keepdims=True)))).sum(axis=-1)
    p = y_pred / y_pred.sum(axis=-1, keepdims=True)
    return -(y * np.log(np.clip(p, EPSILON, 1.0 - EPSILON))).sum(axis=-1)


def categorical_crossentropy_gradient(
    y_true: Array, y_pred: Array, from_logits: bool = False, label_smoothing: float = 0.0
) -> Array:
    """p_j sum(y) - y_j for logits; for probabilities through the clipping and the division by their sum."""
    y = (1.0 - label_smoothing) * y_true + label_smoothing / y_pred.shape[-1]
    if from_logits:
        return softmax(y_pred) * y.sum(axis=-1, keepdims=True) - y
    total = y_pred.sum(axis=-1, keepdims=True)
    p = y_pred / total
    dp = np.where((p >= EPSILON) & (p <= 1.0 - EPSILON), -y / np.clip(p, EPSILON, 1.0), 0.0)
    return (dp - (dp * p).sum(axis=-1, keepdims=True)) / total


def sparse_categorical_crossentropy(y_true: Array, y_pred: Array, from_logits: bool = False) -> Array:
    """-log p_c, c = y_true: categorical cross entropy with one-hot targets."""
    return categorical_crossentropy(one_hot(y_true, y_pred.shape[-1]), y_pred, from_logits)


def sparse_categorical_crossentropy_gradient(y_true: Array, y_pred: Array, from_logits: bool = False) -> Array:
    """That of the categorical cross entropy with one-hot targets."""
    return categorical_crossentropy_gradient(one_hot(y_true, y_pred.shape[-1]), y_pred, from_logits)


def one_hot(labels: Array, classes: int) -> Array:
    """Rows of 0 with a 1 at each label: (n, 1) gives (n, classes)."""
    return (labels.astype(int) == np.arange(classes)).astype(np.float64)


def divisor(n: int, sample_weight: Array | None, reduction: str) -> float:
    """What the sum over n rows is divided by: n, 1, or the sum of the weights."""
    if reduction == "mean_with_sample_weight" and sample_weight is not None:
        return float(sample_weight.sum())
    return 1.0 if reduction == "sum" else float(n)


def reduce(values: Array, sample_weight: Array | None = None, reduction: str = "sum_over_batch_size") -> float:
    """sum_i w_i loss_i / divisor."""
    weighted = values if sample_weight is None else values * sample_weight
    return float(weighted.sum() / divisor(len(values), sample_weight, reduction))


def row_scale(n: int, sample_weight: Array | None = None, reduction: str = "sum_over_batch_size") -> Array:
    """d reduce / d loss_i = w_i / divisor: (n,)."""
    weights = np.ones(n) if sample_weight is None else sample_weight
    return weights / divisor(n, sample_weight, reduction)
