"""Every activation, loss, metric, regularizer and constraint with its arguments, by itself.

The cases, as data, and how one is carried out. An outcome is {name: array}.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from .sides import Side, side_of

# Away from the kinks, where a derivative is a choice.
X = np.array(
    [
        [-3.5, -1.25, -0.25, 0.75, 2.0],
        [7.5, -7.5, 0.125, -0.75, 0.875],
        [0.1, 0.2, 0.4, 0.3, 0.35],
        [1.25, 1.25, 1.25, 1.25, 1.25],
    ]
)
DY = np.array([[1.0, 2.0, -1.0, 0.5, 3.0], [0.25, 1.0, -2.0, 1.0, 1.0], [1, -1, 2, 0.5, 0], [0.5, 1.0, 1.5, -2.0, 1.0]])

# All but those whose formula is another, see `deviations.FORMULAS`.
ACTIVATIONS: list[tuple[str, dict[str, Any]]] = [
    ("linear", {}),
    ("relu", {}),
    ("relu", {"negative_slope": 0.25, "max_value": 3.0, "threshold": 0.375}),
    ("relu", {"negative_slope": 0.25}),
    ("relu", {"max_value": 0.625}),
    ("leaky_relu", {}),
    ("leaky_relu", {"negative_slope": 0.5}),
    ("relu6", {}),
    ("sigmoid", {}),
    ("tanh", {}),
    ("tanh_shrink", {}),
    ("exponential", {}),
    ("softplus", {}),
    ("softsign", {}),
    ("log_sigmoid", {}),
    ("elu", {}),
    ("elu", {"alpha": 0.5}),
    ("selu", {}),
    ("celu", {}),
    ("celu", {"alpha": 2.0}),
    ("silu", {}),
    ("swish", {}),
    ("mish", {}),
    ("gelu", {}),
    ("gelu", {"approximate": True}),
    ("hard_sigmoid", {}),
    ("hard_silu", {}),
    ("hard_swish", {}),
    ("hard_tanh", {}),
    ("hard_shrink", {}),
    ("hard_shrink", {"threshold": 1.5}),
    ("soft_shrink", {}),
    ("soft_shrink", {"threshold": 0.25}),
    ("threshold", {"threshold": -0.5, "default_value": 3.0}),
    ("sparse_plus", {}),
    ("sparse_sigmoid", {}),
    ("squareplus", {}),
    ("squareplus", {"b": 1}),
    ("softmax", {}),
    ("softmax", {"axis": 0}),
    ("log_softmax", {}),
    ("log_softmax", {"axis": 0}),
    ("glu", {"axis": 0}),
]


# Targets and predictions of four rows and three columns, by what they hold; away from ties and kinks.
LOGITS = np.array([[0.5, -1.25, 2.0], [3.0, 0.25, -0.75], [-2.5, -1.5, 0.625], [0.125, 1.75, -0.375]])
SHARES = np.array([[0.125, 0.75, 0.1], [0.3, 0.2, 0.4], [0.875, 0.0625, 0.25], [0.35, 0.55, 0.6]])
REAL = np.array([[1.5, -0.25, 0.75], [2.0, 0.5, -3.0], [-1.75, 0.375, 1.125], [0.25, -2.25, 0.875]])
BITS = np.array([[1.0, 0.0, 1.0], [0.0, 0.0, 1.0], [1.0, 1.0, 0.0], [0.0, 1.0, 0.0]])
ONE_HOT = np.eye(3)[[1, 2, 0, 1]]
LABELS = np.array([1.0, 2.0, 0.0, 1.0])
UNIT = LOGITS / np.linalg.norm(LOGITS, axis=1, keepdims=True)
WEIGHTS = np.array([0.5, 2.0, 0.25, 1.0])

LOSSES: list[tuple[str, dict[str, Any], np.ndarray, np.ndarray]] = [
    ("MeanSquaredError", {}, REAL, LOGITS),
    ("MeanAbsoluteError", {}, REAL, LOGITS),
    ("MeanAbsolutePercentageError", {}, REAL, LOGITS),
    ("MeanSquaredLogarithmicError", {}, REAL, LOGITS),
    ("CosineSimilarity", {}, REAL, LOGITS),
    ("CosineSimilarity", {"axis": 0}, REAL[:, :, None] * BITS[:, None], LOGITS[:, :, None] + SHARES[:, None]),
    ("Huber", {}, REAL, LOGITS),
    ("Huber", {"delta": 0.5}, REAL, LOGITS),
    ("LogCosh", {}, REAL, LOGITS),
    ("Hinge", {}, BITS, LOGITS),
    ("Hinge", {}, 2 * BITS - 1, LOGITS),
    ("SquaredHinge", {}, BITS, LOGITS),
    ("CategoricalHinge", {}, ONE_HOT, LOGITS),
    ("KLDivergence", {}, SHARES[::-1], SHARES),
    ("Poisson", {}, 3 * SHARES[::-1], 2 * SHARES),
    ("BinaryCrossentropy", {}, BITS, SHARES),
    ("BinaryCrossentropy", {"from_logits": True, "label_smoothing": 0.25}, BITS, LOGITS),
    ("BinaryCrossentropy", {"axis": 1}, BITS[:, :, None] * BITS[:, None], SHARES[:, :, None] * SHARES[:, None]),
    ("BinaryFocalCrossentropy", {}, BITS, SHARES),
    ("BinaryFocalCrossentropy", {"gamma": 1.5, "from_logits": True, "label_smoothing": 0.25}, BITS, LOGITS),
    ("BinaryFocalCrossentropy", {"apply_class_balancing": True, "alpha": 0.75, "gamma": 3.0}, BITS, SHARES),
    ("CategoricalCrossentropy", {}, ONE_HOT, SHARES),
    ("CategoricalCrossentropy", {"from_logits": True, "label_smoothing": 0.25}, ONE_HOT, LOGITS),
    ("CategoricalFocalCrossentropy", {}, ONE_HOT, SHARES),
    ("CategoricalFocalCrossentropy", {"alpha": 0.5, "gamma": 1.5, "label_smoothing": 0.25}, ONE_HOT, SHARES),
    ("CategoricalFocalCrossentropy", {"gamma": 3.0, "from_logits": True}, ONE_HOT, LOGITS),
    ("SparseCategoricalCrossentropy", {"from_logits": True}, LABELS, LOGITS),
    ("SparseCategoricalCrossentropy", {"from_logits": True, "ignore_class": 1}, LABELS, LOGITS),
    ("CategoricalGeneralizedCrossEntropy", {}, LABELS, SHARES),
    ("CategoricalGeneralizedCrossEntropy", {"q": 0.75}, LABELS, SHARES),
    ("Dice", {}, BITS, SHARES),
    ("Dice", {"axis": -1}, BITS, SHARES),
    ("Dice", {"axis": (0, 1)}, BITS, SHARES),
    ("Tversky", {}, BITS, SHARES),
    ("Tversky", {"alpha": 0.75, "beta": 0.25, "axis": 1}, BITS, SHARES),
    ("Circle", {"gamma": 4.0}, LABELS, UNIT),
    ("Circle", {"gamma": 2.0, "margin": 0.25, "remove_diagonal": False}, LABELS, UNIT),
]
METRICS: list[tuple[str, dict[str, Any], np.ndarray, np.ndarray]] = [
    *((name, {}, REAL, LOGITS) for name in ("MeanSquaredError", "RootMeanSquaredError", "MeanAbsoluteError")),
    *((name, {}, REAL, LOGITS) for name in ("MeanAbsolutePercentageError", "MeanSquaredLogarithmicError")),
    ("CosineSimilarity", {}, REAL, LOGITS),
    ("LogCoshError", {}, REAL, LOGITS),
    ("R2Score", {}, REAL, LOGITS),
    ("R2Score", {"class_aggregation": None}, REAL, LOGITS),
    ("R2Score", {"class_aggregation": "variance_weighted_average", "num_regressors": 2}, REAL, LOGITS),
    ("Accuracy", {}, BITS, ONE_HOT),
    ("BinaryAccuracy", {}, BITS, SHARES),
    ("BinaryAccuracy", {"threshold": 0.25}, BITS, SHARES),
    ("CategoricalAccuracy", {}, ONE_HOT, SHARES),
    ("SparseCategoricalAccuracy", {}, LABELS, SHARES),
    ("TopKCategoricalAccuracy", {"k": 2}, ONE_HOT, SHARES),
    ("SparseTopKCategoricalAccuracy", {"k": 2}, LABELS, SHARES),
    ("BinaryCrossentropy", {"label_smoothing": 0.25}, BITS, SHARES),
    ("CategoricalCrossentropy", {"from_logits": True}, ONE_HOT, LOGITS),
    ("SparseCategoricalCrossentropy", {"from_logits": True}, LABELS, LOGITS),
    ("KLDivergence", {}, SHARES[::-1], SHARES),
    ("Poisson", {}, 3 * SHARES[::-1], 2 * SHARES),
    *((name, {}, BITS, LOGITS) for name in ("Hinge", "SquaredHinge")),
    ("CategoricalHinge", {}, ONE_HOT, LOGITS),
    *((f"{kind}{what}", {}, BITS, SHARES) for kind in ("True", "False") for what in ("Positives", "Negatives")),
    *((name, {"thresholds": [0.25, 0.5, 0.75]}, BITS, SHARES) for name in ("TruePositives", "FalseNegatives")),
    *((name, {}, BITS, SHARES) for name in ("Precision", "Recall")),
    *((name, {"thresholds": [0.2, 0.7]}, BITS, SHARES) for name in ("Precision", "Recall")),
    *((name, {"top_k": 2}, BITS, SHARES) for name in ("Precision", "Recall")),
    *((name, {"top_k": 2, "class_id": 2}, BITS, SHARES) for name in ("Precision", "Recall")),
    *((name, {"class_id": 1}, BITS, SHARES) for name in ("Precision", "Recall")),
    ("SensitivityAtSpecificity", {"specificity": 0.4}, BITS, SHARES),
    ("SpecificityAtSensitivity", {"sensitivity": 0.6, "num_thresholds": 1}, BITS, SHARES),
    ("PrecisionAtRecall", {"recall": 0.5, "num_thresholds": 11}, BITS, SHARES),
    ("RecallAtPrecision", {"precision": 0.55, "class_id": 1}, BITS, SHARES),
    ("AUC", {}, BITS, SHARES),
    *(
        ("AUC", {"num_thresholds": 12, "curve": curve, "summation_method": method}, BITS, SHARES)
        for curve in ("ROC", "PR", "PRGAIN")
        for method in ("interpolation", "minoring", "majoring")
    ),
    ("AUC", {"thresholds": [0.15, 0.45, 0.5, 0.8]}, BITS, SHARES),
    ("AUC", {"from_logits": True, "label_weights": [0.5, 1.0, 2.0]}, BITS, LOGITS),
    ("AUC", {"multi_label": True}, BITS, SHARES),
    ("AUC", {"multi_label": True, "curve": "PR", "num_labels": 3, "label_weights": [0.5, 1.0, 2.0]}, BITS, SHARES),
    ("F1Score", {}, BITS, SHARES),
    ("F1Score", {"average": "macro", "threshold": 0.25}, BITS, SHARES),
    *(
        ("FBetaScore", {"average": average, "beta": 2.0, "threshold": 0.5}, BITS, SHARES)
        for average in (None, "micro", "macro", "weighted")
    ),
    ("IoU", {"num_classes": 3, "target_class_ids": [0, 2]}, LABELS, LABELS[::-1]),
    ("BinaryIoU", {"threshold": 0.25}, BITS[:, 0], SHARES[:, 0]),
    ("MeanIoU", {"num_classes": 3, "ignore_class": 2}, LABELS, LABELS[::-1]),
    ("OneHotIoU", {"num_classes": 3, "target_class_ids": [1, 2]}, ONE_HOT, SHARES),
    ("OneHotMeanIoU", {"num_classes": 3}, ONE_HOT, SHARES),
    ("PearsonCorrelation", {}, REAL, LOGITS),
    ("PearsonCorrelation", {"axis": 0}, REAL, LOGITS),
    ("ConcordanceCorrelation", {}, REAL, LOGITS),
    ("ConcordanceCorrelation", {"axis": 0}, REAL, LOGITS),
]
REGULARIZERS: list[tuple[str, dict[str, Any]]] = [
    ("L1", {}),
    ("L1", {"l1": 0.25}),
    ("L2", {}),
    ("L2", {"l2": 0.5}),
    ("L1L2", {"l1": 0.25, "l2": 0.5}),
    ("L1L2", {"l2": 0.5}),
    ("OrthogonalRegularizer", {"factor": np.float64(0.25)}),  # NumPy's number: TensorFlow makes float32 of Python's
    ("OrthogonalRegularizer", {"factor": np.float64(0.5), "mode": "columns"}),
]
CONSTRAINTS: list[tuple[str, dict[str, Any]]] = [
    ("MaxNorm", {}),
    ("MaxNorm", {"max_value": 3.0, "axis": 1}),
    ("MinMaxNorm", {}),
    ("MinMaxNorm", {"min_value": 3.0, "max_value": 4.0, "rate": 0.25, "axis": [0, 1]}),
    ("NonNeg", {}),
    ("UnitNorm", {}),
    ("UnitNorm", {"axis": 1}),
]

REDUCTIONS = ("sum_over_batch_size", "sum", "mean_with_sample_weight", "none")


def activation(name: str, arguments: dict[str, Any], side: Side, dtype: str) -> dict[str, Any]:
    x = X.astype(dtype)
    values = getattr(side.keras.activations, name)(x, **arguments)
    gradient = side.activation_gradient(name, arguments, x, DY[: len(values)].astype(dtype))
    return {"values": values, "gradient": gradient}


def loss(
    name: str, arguments: dict[str, Any], y_true: np.ndarray, y_pred: np.ndarray, side: Side, dtype: str
) -> dict[str, Any]:
    """Each reduction without and with weights, and the gradient of one of each."""
    truth, said = y_true.astype(dtype), y_pred.astype(dtype)
    outcome = {}
    for reduction in REDUCTIONS:
        made = getattr(side.keras.losses, name)(**arguments, reduction=reduction, dtype=dtype)
        rows = np.shape(getattr(side.keras.losses, name)(**arguments, reduction="none")(truth, said))
        weighted = rows in ((), WEIGHTS.shape)
        for weights in (None, WEIGHTS.astype(dtype)) if weighted else (None,):
            key = reduction if weights is None else f"{reduction}, weighted"
            outcome[key] = made(truth, said, sample_weight=weights)
            if reduction != "none":
                outcome[f"gradient of {key}"] = side.loss_gradient(made, truth, said, weights)
    return outcome


def metric(
    name: str, arguments: dict[str, Any], y_true: np.ndarray, y_pred: np.ndarray, side: Side, dtype: str
) -> dict[str, Any]:
    """After two updates, after a reset, and of all rows with weights; and the number of its variables."""
    precision = "float32" if "TopK" in name else dtype  # all that TensorFlow's rule takes
    truth, said = y_true.astype(precision), y_pred.astype(precision)
    made = getattr(side.keras.metrics, name)(**arguments, dtype=dtype)
    made.update_state(truth[:2], said[:2])
    made.update_state(truth[2:], said[2:])
    outcome = {"result": np.array(made.result()), "variables": np.array(len(made.variables))}
    made.reset_state()
    if arguments.get("axis") != 0:  # a value a column
        outcome["weighted"] = made(truth, said, sample_weight=WEIGHTS.astype(dtype))
    return outcome


def regularizer(name: str, arguments: dict[str, Any], side: Side, dtype: str) -> dict[str, Any]:
    made, x = getattr(side.keras.regularizers, name)(**arguments), X.astype(dtype)
    value, gradient = side.regularize(made, x)
    return {"value": value, "gradient": gradient}


def constraint(name: str, arguments: dict[str, Any], side: Side, dtype: str) -> dict[str, Any]:
    return {"values": getattr(side.keras.constraints, name)(**arguments)(X.astype(dtype))}


def label(name: str, arguments: dict[str, Any]) -> str:
    return f"{name}({', '.join(f'{key}={value}' for key, value in arguments.items())})"


_Entries = list[tuple[Any, ...]]  # a name, arguments, and what they are given
KINDS: dict[str, tuple[Callable[..., dict[str, Any]], _Entries]] = {
    "activations": (activation, [*ACTIVATIONS]),
    "losses": (loss, [*LOSSES]),
    "metrics": (metric, [*METRICS]),
    "regularizers": (regularizer, [*REGULARIZERS]),
    "constraints": (constraint, [*CONSTRAINTS]),
}
RULES: dict[str, Callable[[Side, str], dict[str, Any]]] = {
    f"{kind}: {number} {label(*entry[:2])}": partial(function, *entry)
    for kind, (function, entries) in KINDS.items()
    for number, entry in enumerate(entries)
}


def run_rule(keras: Any, name: str, dtype: str) -> dict[str, np.ndarray]:
    keras.config.set_floatx(dtype)
    try:
        return {key: np.asarray(value, dtype) for key, value in RULES[name](side_of(keras), dtype).items()}
    finally:
        keras.config.set_floatx("float32")
