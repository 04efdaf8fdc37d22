"""Losses, metrics and activations called on their own, at the values where formulas go wrong: outcomes like a case's.

Each function returns {name: array}, all in the dtype under test. Probabilities include 0 and 1, logits go to +-1e4.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

LOGITS = np.array([[0.0, 0.5, -0.25], [3.0, -4.0, 1.0], [30.0, -30.0, 0.0], [1e4, -1e4, 9999.0], [-88.0, 88.0, -104.0]])
PROBABILITIES = np.array([[0.25, 0.5, 0.25], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [1e-9, 0.75, 0.25], [0.5, 0.25, 0.125]])
INTERIOR = np.clip(PROBABILITIES, 0.0625, 0.9375)
ONEHOT = np.array([[0.0, 1.0, 0.0], [1.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, 1.0, 0.0]])
LABELS = np.argmax(ONEHOT, axis=1)
BITS = np.array([[0.0, 1.0, 1.0], [1.0, 0.0, 1.0], [1.0, 1.0, 0.0], [0.0, 0.0, 1.0], [1.0, 0.0, 0.0]])
WEIGHTS = np.array([0.5, 0.0, 2.0, 1.25, 3.0])
REDUCTIONS = ("sum_over_batch_size", "sum", "mean", "mean_with_sample_weight", "none", None)

_LOSSES: dict[str, tuple[str, dict[str, Any], np.ndarray, np.ndarray]] = {
    "mse": ("MeanSquaredError", {}, BITS, LOGITS),
    "bce": ("BinaryCrossentropy", {}, BITS, PROBABILITIES),
    "bce-smooth": ("BinaryCrossentropy", {"label_smoothing": 0.25}, BITS, PROBABILITIES),
    "bce-logits": ("BinaryCrossentropy", {"from_logits": True}, BITS, LOGITS),
    "bce-logits-smooth": ("BinaryCrossentropy", {"from_logits": True, "label_smoothing": 0.25}, BITS, LOGITS),
    "cce": ("CategoricalCrossentropy", {}, ONEHOT, PROBABILITIES),
    "cce-smooth": ("CategoricalCrossentropy", {"label_smoothing": 0.25}, ONEHOT, PROBABILITIES),
    "cce-logits": ("CategoricalCrossentropy", {"from_logits": True}, ONEHOT, LOGITS),
    "cce-logits-smooth": ("CategoricalCrossentropy", {"from_logits": True, "label_smoothing": 0.25}, ONEHOT, LOGITS),
    "scce": ("SparseCategoricalCrossentropy", {}, LABELS, INTERIOR),
    "scce-column": ("SparseCategoricalCrossentropy", {}, LABELS[:, None], INTERIOR),
    "scce-clipped": ("SparseCategoricalCrossentropy", {}, LABELS, PROBABILITIES),
    "scce-logits": ("SparseCategoricalCrossentropy", {"from_logits": True}, LABELS, LOGITS),
}


def losses(keras: Any, dtype: str) -> dict[str, np.ndarray]:
    found = {}
    for name, (kind, arguments, y_true, y_pred) in _LOSSES.items():
        if name == "scce-clipped" and dtype == "float64":
            continue  # on TensorFlow Keras normalizes the probabilities again after clipping them
        y_pred = y_pred.astype(dtype)
        for reduction in REDUCTIONS:
            loss = getattr(keras.losses, kind)(reduction=reduction, dtype=dtype, **arguments)
            found[f"{name} {reduction}"] = loss(y_true, y_pred)
            found[f"{name} {reduction} weighted"] = loss(y_true, y_pred, sample_weight=WEIGHTS)
        function = getattr(keras.losses, loss.name)
        truth = y_true if kind.startswith("Sparse") else y_true.astype(dtype)
        found[f"{name} function"] = function(truth, y_pred, **arguments)
    return found


_METRICS: dict[str, tuple[str, dict[str, Any], np.ndarray, np.ndarray]] = {
    "mse": ("MeanSquaredError", {}, BITS, PROBABILITIES),
    "mae": ("MeanAbsoluteError", {}, BITS, PROBABILITIES),
    "binary_accuracy": ("BinaryAccuracy", {}, BITS, PROBABILITIES),
    "binary_accuracy-threshold": ("BinaryAccuracy", {"threshold": 0.2}, BITS, PROBABILITIES),
    "categorical_accuracy": ("CategoricalAccuracy", {}, ONEHOT, PROBABILITIES),
    "sparse_categorical_accuracy": ("SparseCategoricalAccuracy", {}, LABELS, PROBABILITIES),
    "sparse_categorical_accuracy-column": ("SparseCategoricalAccuracy", {}, LABELS[:, None], PROBABILITIES),
    "bce": ("BinaryCrossentropy", {"label_smoothing": 0.25}, BITS, PROBABILITIES),
    "bce-logits": ("BinaryCrossentropy", {"from_logits": True}, BITS, LOGITS),
    "cce": ("CategoricalCrossentropy", {"label_smoothing": 0.25}, ONEHOT, PROBABILITIES),
    "scce-logits": ("SparseCategoricalCrossentropy", {"from_logits": True}, LABELS, LOGITS),
}


def metrics(keras: Any, dtype: str) -> dict[str, np.ndarray]:
    """Each metric after a first and a second update, with weights, and called at once."""
    found = {}
    for name, (kind, arguments, y_true, y_pred) in _METRICS.items():
        y_pred = y_pred.astype(dtype)
        metric = getattr(keras.metrics, kind)(dtype=dtype, **arguments)
        metric.update_state(y_true[:2], y_pred[:2])
        found[f"{name} first"] = metric.result()
        metric.update_state(y_true[2:], y_pred[2:], sample_weight=WEIGHTS[2:])
        found[f"{name} second"] = metric.result()
        metric.reset_state()
        found[f"{name} none"] = metric.result()
        found[f"{name} called"] = metric(y_true, y_pred, sample_weight=WEIGHTS)
    return found


_FUNCTIONS: dict[str, tuple[str, dict[str, Any]]] = {
    "linear": ("linear", {}),
    "relu": ("relu", {}),
    "relu-options": ("relu", {"negative_slope": 0.25, "max_value": 3.0, "threshold": 0.5}),
    "relu-threshold": ("relu", {"threshold": 1.0}),
    "relu-max": ("relu", {"max_value": 0.5}),
    "sigmoid": ("sigmoid", {}),
    "tanh": ("tanh", {}),
    "softmax": ("softmax", {}),
}


def activations(keras: Any, dtype: str) -> dict[str, np.ndarray]:
    rows = np.concatenate([LOGITS, np.linspace(-12.0, 12.0, 99).reshape(33, 3)]).astype(dtype)
    return {
        name: getattr(keras.activations, function)(rows, **arguments)
        for name, (function, arguments) in _FUNCTIONS.items()
    }


STANDALONE: dict[str, Callable[[Any, str], dict[str, Any]]] = {
    "standalone-losses": losses,
    "standalone-metrics": metrics,
    "standalone-activations": activations,
}


def run_standalone(keras: Any, name: str, dtype: str) -> dict[str, np.ndarray]:
    keras.config.set_floatx(dtype)
    try:
        return {key: np.asarray(value, dtype) for key, value in STANDALONE[name](keras, dtype).items()}
    finally:
        keras.config.set_floatx("float32")
