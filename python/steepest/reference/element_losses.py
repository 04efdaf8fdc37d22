"""More losses of rows and their gradients, shapes as in `losses`: those that go element by element."""

from __future__ import annotations

import numpy as np

from steepest.reference.activations import Array, sigmoid
from steepest.reference.losses import EPSILON, binary_crossentropy


def mean_absolute_error(y_true: Array, y_pred: Array) -> Array:
    """mean_j |y_true_j - y_pred_j|."""
    return np.abs(y_true - y_pred).mean(axis=-1)


def mean_absolute_error_gradient(y_true: Array, y_pred: Array) -> Array:
    """sign(y_pred_j - y_true_j) / N."""
    return np.sign(y_pred - y_true) / y_pred.shape[-1]


def mean_absolute_percentage_error(y_true: Array, y_pred: Array) -> Array:
    """100 mean_j |y_true_j - y_pred_j| / max(|y_true_j|, e)."""
    return 100.0 * (np.abs(y_true - y_pred) / np.maximum(np.abs(y_true), EPSILON)).mean(axis=-1)


def mean_absolute_percentage_error_gradient(y_true: Array, y_pred: Array) -> Array:
    """100 sign(y_pred_j - y_true_j) / max(|y_true_j|, e) / N."""
    return 100.0 * np.sign(y_pred - y_true) / np.maximum(np.abs(y_true), EPSILON) / y_pred.shape[-1]


def mean_squared_logarithmic_error(y_true: Array, y_pred: Array) -> Array:
    """mean_j (log(1 + y_pred_j) - log(1 + y_true_j))^2, both at least e."""
    return (_log_ratio(y_true, y_pred) ** 2).mean(axis=-1)


def mean_squared_logarithmic_error_gradient(y_true: Array, y_pred: Array) -> Array:
    """2 (log(1 + y_pred_j) - log(1 + y_true_j)) / (1 + y_pred_j) / N, 0 below e."""
    inside = y_pred >= EPSILON
    return (
        np.where(inside, 2.0 * _log_ratio(y_true, y_pred) / np.where(inside, 1.0 + y_pred, 1.0), 0.0) / y_pred.shape[-1]
    )


def _log_ratio(y_true: Array, y_pred: Array) -> Array:
    return np.log(np.maximum(y_pred, EPSILON) + 1.0) - np.log(np.maximum(y_true, EPSILON) + 1.0)


def huber(y_true: Array, y_pred: Array, delta: float = 1.0) -> Array:
    """mean_j d_j^2 / 2 for |d_j| <= delta, else delta (|d_j| - delta / 2), d = y_pred - y_true."""
    d = np.abs(y_pred - y_true)
    return np.where(d <= delta, d**2 / 2, delta * (d - delta / 2)).mean(axis=-1)


def huber_gradient(y_true: Array, y_pred: Array, delta: float = 1.0) -> Array:
    """d_j / N, kept between -delta / N and delta / N."""
    return np.clip(y_pred - y_true, -delta, delta) / y_pred.shape[-1]


def log_cosh(y_true: Array, y_pred: Array) -> Array:
    """mean_j log cosh d_j = |d_j| + log(1 + exp(-2 |d_j|)) - log 2, near 0 as log(1 + 2 sinh^2(d_j / 2))."""
    d = np.abs(y_pred - y_true)
    near = np.log1p(2.0 * np.sinh(np.minimum(d, 1.0) / 2) ** 2)
    return np.where(d < 1, near, d + np.log1p(np.exp(-2.0 * d)) - np.log(2.0)).mean(axis=-1)


def log_cosh_gradient(y_true: Array, y_pred: Array) -> Array:
    """tanh(d_j) / N."""
    return np.tanh(y_pred - y_true) / y_pred.shape[-1]


def poisson(y_true: Array, y_pred: Array) -> Array:
    """mean_j (y_pred_j - y_true_j log(y_pred_j + e))."""
    return (y_pred - y_true * np.log(y_pred + EPSILON)).mean(axis=-1)


def poisson_gradient(y_true: Array, y_pred: Array) -> Array:
    """(1 - y_true_j / (y_pred_j + e)) / N."""
    return (1.0 - y_true / (y_pred + EPSILON)) / y_pred.shape[-1]


def half_poisson_deviance(y_true: Array, y_pred: Array) -> Array:
    """mean_j (y_true_j (log y_true_j - z_j) - y_true_j + exp(z_j)), z = y_pred; y log y is 0 for y = 0."""
    log_true = np.log(np.where(y_true == 0, 1.0, y_true))
    return (y_true * (log_true - y_pred) - y_true + np.exp(y_pred)).mean(axis=-1)


def half_poisson_deviance_gradient(y_true: Array, y_pred: Array) -> Array:
    """(exp(z_j) - y_true_j) / N."""
    return (np.exp(y_pred) - y_true) / y_pred.shape[-1]


def hinge(y_true: Array, y_pred: Array) -> Array:
    """mean_j max(1 - t_j y_pred_j, 0), t = y_true, -1 where it is 0."""
    return np.maximum(1.0 - _sign_label(y_true) * y_pred, 0.0).mean(axis=-1)


def hinge_gradient(y_true: Array, y_pred: Array) -> Array:
    """-t_j / N where the margin is positive, else 0."""
    t = _sign_label(y_true)
    return -t * (1.0 - t * y_pred > 0) / y_pred.shape[-1]


def squared_hinge(y_true: Array, y_pred: Array) -> Array:
    """mean_j max(1 - t_j y_pred_j, 0)^2."""
    return (np.maximum(1.0 - _sign_label(y_true) * y_pred, 0.0) ** 2).mean(axis=-1)


def squared_hinge_gradient(y_true: Array, y_pred: Array) -> Array:
    """-2 t_j max(1 - t_j y_pred_j, 0) / N."""
    t = _sign_label(y_true)
    return -2.0 * t * np.maximum(1.0 - t * y_pred, 0.0) / y_pred.shape[-1]


def _sign_label(y_true: Array) -> Array:
    return np.where(y_true == 0, -1.0, y_true)


def kl_divergence(y_true: Array, y_pred: Array) -> Array:
    """sum_j t_j log(t_j / p_j), both kept in [e, 1]."""
    t, p = np.clip(y_true, EPSILON, 1.0), np.clip(y_pred, EPSILON, 1.0)
    return (t * np.log(t / p)).sum(axis=-1)


def kl_divergence_gradient(y_true: Array, y_pred: Array) -> Array:
    """-t_j / p_j, 0 where p is clipped."""
    t, p = np.clip(y_true, EPSILON, 1.0), np.clip(y_pred, EPSILON, 1.0)
    return np.where(p == y_pred, -t / p, 0.0)


def binary_focal_crossentropy(
    y_true: Array,
    y_pred: Array,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    gamma: float = 2.0,
    alpha: float | None = None,
) -> Array:
    """mean_j w_j (1 - q_j)^gamma BCE_j, q = y p + (1 - y)(1 - p), w = 1, or y alpha + (1 - y)(1 - alpha)."""
    y = (1.0 - label_smoothing) * y_true + label_smoothing / 2
    p = sigmoid(y_pred) if from_logits else y_pred
    wrong = 1.0 - (y * p + (1.0 - y) * (1.0 - p))
    weight = 1.0 if alpha is None else y * alpha + (1.0 - y) * (1.0 - alpha)
    return (weight * wrong**gamma * binary_crossentropy(y[..., None], p[..., None])).mean(axis=-1)


def binary_focal_crossentropy_gradient(
    y_true: Array,
    y_pred: Array,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    gamma: float = 2.0,
    alpha: float | None = None,
) -> Array:
    """By the product rule over (1 - q_j)^gamma and BCE_j, times p (1 - p) for logits, over N."""
    y = (1.0 - label_smoothing) * y_true + label_smoothing / 2
    p = sigmoid(y_pred) if from_logits else y_pred
    kept = np.clip(p, EPSILON, 1.0 - EPSILON)
    wrong = 1.0 - (y * p + (1.0 - y) * (1.0 - p))
    weight = 1.0 if alpha is None else y * alpha + (1.0 - y) * (1.0 - alpha)
    entropy = -(y * np.log(kept) + (1.0 - y) * np.log(1.0 - kept))
    slope = np.where(p == kept, (1.0 - y) / (1.0 - kept) - y / kept, 0.0)
    d = weight * (wrong**gamma * slope + gamma * wrong ** (gamma - 1) * (1.0 - 2 * y) * entropy)
    return (d * p * (1.0 - p) if from_logits else d) / y_pred.shape[-1]


balanced_binary_focal_crossentropy = binary_focal_crossentropy
balanced_binary_focal_crossentropy_gradient = binary_focal_crossentropy_gradient
