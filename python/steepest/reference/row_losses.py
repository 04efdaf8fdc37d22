"""More losses of rows and their gradients, shapes as in `losses`: those whose elements depend on the others."""

from __future__ import annotations

import numpy as np

from steepest.reference.activations import Array, softmax
from steepest.reference.losses import EPSILON, one_hot


def categorical_focal_crossentropy(
    y_true: Array,
    y_pred: Array,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    alpha: float = 0.25,
    gamma: float = 2.0,
) -> Array:
    """-sum_j y_j alpha (1 - p_j)^gamma log p_j, y and p as in the categorical cross entropy."""
    y = (1.0 - label_smoothing) * y_true + label_smoothing / y_pred.shape[-1]
    p = softmax(y_pred) if from_logits else y_pred / y_pred.sum(axis=-1, keepdims=True)
    p = np.clip(p, EPSILON, 1.0 - EPSILON)
    return -(y * alpha * (1.0 - p) ** gamma * np.log(p)).sum(axis=-1)


def categorical_focal_crossentropy_gradient(
    y_true: Array,
    y_pred: Array,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    alpha: float = 0.25,
    gamma: float = 2.0,
) -> Array:
    """Through the clipping, and the softmax or the division by the sum."""
    y = (1.0 - label_smoothing) * y_true + label_smoothing / y_pred.shape[-1]
    total = np.ones((len(y), 1)) if from_logits else y_pred.sum(axis=-1, keepdims=True)
    q = softmax(y_pred) if from_logits else y_pred / total
    p = np.clip(q, EPSILON, 1.0 - EPSILON)
    slope = y * alpha * (gamma * (1.0 - p) ** (gamma - 1) * np.log(p) - (1.0 - p) ** gamma / p)
    slope = np.where(p == q, slope, 0.0)
    centered = slope - (slope * q).sum(axis=-1, keepdims=True)
    return q * centered if from_logits else centered / total


def categorical_generalized_cross_entropy(y_true: Array, y_pred: Array, q: float = 0.5) -> Array:
    """(1 - p_c^q) / q, c = y_true."""
    return (1.0 - (one_hot(y_true, y_pred.shape[-1]) * y_pred).sum(axis=-1) ** q) / q


def categorical_generalized_cross_entropy_gradient(y_true: Array, y_pred: Array, q: float = 0.5) -> Array:
    """-p_c^(q - 1) at c, else 0."""
    chosen = one_hot(y_true, y_pred.shape[-1])
    return -chosen * (chosen * y_pred).sum(axis=-1, keepdims=True) ** (q - 1)


def categorical_hinge(y_true: Array, y_pred: Array) -> Array:
    """max(max_j (1 - y_true_j) y_pred_j - sum_j y_true_j y_pred_j + 1, 0)."""
    return np.maximum(((1.0 - y_true) * y_pred).max(axis=-1) - (y_true * y_pred).sum(axis=-1) + 1.0, 0.0)


def categorical_hinge_gradient(y_true: Array, y_pred: Array) -> Array:
    """(1 - y_true_j) at the largest, shared by equal ones, less y_true_j; 0 where the loss is."""
    others = (1.0 - y_true) * y_pred
    top = others == others.max(axis=-1, keepdims=True)
    up = (1.0 - y_true) * top / top.sum(axis=-1, keepdims=True)
    return (up - y_true) * (categorical_hinge(y_true, y_pred) > 0)[:, None]


def cosine_similarity(y_true: Array, y_pred: Array) -> Array:
    """-sum_j t_j p_j of both over their lengths, which are at least e."""
    return -(_unit(y_true)[0] * _unit(y_pred)[0]).sum(axis=-1)


def cosine_similarity_gradient(y_true: Array, y_pred: Array) -> Array:
    """-(t_j - p_j sum_k t_k p_k) / length of y_pred."""
    (t, _), (p, length) = _unit(y_true), _unit(y_pred)
    along = np.where(length > EPSILON, (t * p).sum(axis=-1, keepdims=True), 0.0)
    return -(t - p * along) / length


def _unit(x: Array) -> tuple[Array, Array]:
    length = np.maximum(np.sqrt((x**2).sum(axis=-1, keepdims=True)), EPSILON)
    return x / length, length


def tversky(y_true: Array, y_pred: Array, alpha: float = 0.5, beta: float = 0.5) -> Array:
    """1 - I / (I + alpha sum_j t_j (1 - p_j) + beta sum_j p_j (1 - t_j) + e), I = sum_j t_j p_j."""
    inside, total = _overlap(y_true, y_pred, alpha, beta)
    return (1.0 - inside / (total + EPSILON))[:, 0]


def tversky_gradient(y_true: Array, y_pred: Array, alpha: float = 0.5, beta: float = 0.5) -> Array:
    """By the quotient rule."""
    inside, total = _overlap(y_true, y_pred, alpha, beta)
    total = total + EPSILON
    return -y_true / total + inside / total**2 * (y_true * (1.0 - alpha) + (1.0 - y_true) * beta)


def dice(y_true: Array, y_pred: Array) -> Array:
    """1 - 2 sum_j y_true_j y_pred_j / (sum_j y_true_j + sum_j y_pred_j + e)."""
    return 1.0 - 2.0 * (y_true * y_pred).sum(axis=-1) / (y_true.sum(axis=-1) + y_pred.sum(axis=-1) + EPSILON)


def dice_gradient(y_true: Array, y_pred: Array) -> Array:
    """By the quotient rule."""
    total = (y_true + y_pred).sum(axis=-1, keepdims=True) + EPSILON
    return -2.0 * y_true / total + 2.0 * (y_true * y_pred).sum(axis=-1, keepdims=True) / total**2


def _overlap(y_true: Array, y_pred: Array, alpha: float, beta: float) -> tuple[Array, Array]:
    inside = (y_true * y_pred).sum(axis=-1, keepdims=True)
    missed = (y_true * (1.0 - y_pred)).sum(axis=-1, keepdims=True)
    wrong = (y_pred * (1.0 - y_true)).sum(axis=-1, keepdims=True)
    return inside, inside + alpha * missed + beta * wrong
