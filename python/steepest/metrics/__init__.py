"""Metrics: what is watched while training, without being trained for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from steepest import losses
from steepest._names.registry import deserialize_object, lookup, serialize_object, snake_case
from steepest.losses import (
    Loss,
    binary_crossentropy,
    binary_focal_crossentropy,
    categorical_crossentropy,
    categorical_focal_crossentropy,
    categorical_hinge,
    crossentropy_name,
    hinge,
    huber,
    kl_divergence,
    log_cosh,
    loss_of,
    mean_absolute_error,
    mean_absolute_percentage_error,
    mean_squared_error,
    mean_squared_logarithmic_error,
    poisson,
    sparse_categorical_crossentropy,
    squared_hinge,
)
from steepest.metrics.accuracies import (
    Accuracy,
    BinaryAccuracy,
    CategoricalAccuracy,
    SparseCategoricalAccuracy,
    SparseTopKCategoricalAccuracy,
    TopKCategoricalAccuracy,
    binary_accuracy,
    categorical_accuracy,
    sparse_categorical_accuracy,
    sparse_top_k_categorical_accuracy,
    top_k_categorical_accuracy,
)
from steepest.metrics.confusion import (
    FalseNegatives,
    FalsePositives,
    Precision,
    Recall,
    TrueNegatives,
    TruePositives,
)
from steepest.metrics.correlation import (
    ConcordanceCorrelation,
    PearsonCorrelation,
    concordance_correlation,
    pearson_correlation,
)
from steepest.metrics.curves import (
    AUC,
    PrecisionAtRecall,
    RecallAtPrecision,
    SensitivityAtSpecificity,
    SpecificityAtSensitivity,
)
from steepest.metrics.loss_metrics import (
    BinaryCrossentropy,
    CategoricalCrossentropy,
    CategoricalHinge,
    CosineSimilarity,
    Hinge,
    KLDivergence,
    LogCoshError,
    LossMetric,
    MeanAbsoluteError,
    MeanAbsolutePercentageError,
    MeanSquaredError,
    MeanSquaredLogarithmicError,
    Poisson,
    RootMeanSquaredError,
    SparseCategoricalCrossentropy,
    SquaredHinge,
)
from steepest.metrics.metric import (
    Metric,
)
from steepest.metrics.overlap import (
    BinaryIoU,
    IoU,
    MeanIoU,
    OneHotIoU,
    OneHotMeanIoU,
)
from steepest.metrics.reduction import (
    Mean,
    MeanMetricWrapper,
    RowMetric,
    Sum,
)
from steepest.metrics.scores import (
    F1Score,
    FBetaScore,
    R2Score,
)

__all__ = [
    "AUC",
    "Accuracy",
    "BinaryAccuracy",
    "BinaryCrossentropy",
    "BinaryIoU",
    "CategoricalAccuracy",
    "CategoricalCrossentropy",
    "CategoricalHinge",
    "ConcordanceCorrelation",
    "CosineSimilarity",
    "F1Score",
    "FBetaScore",
    "FalseNegatives",
    "FalsePositives",
    "Hinge",
    "IoU",
    "KLDivergence",
    "LogCoshError",
    "LossMetric",
    "Mean",
    "MeanAbsoluteError",
    "MeanAbsolutePercentageError",
    "MeanIoU",
    "MeanMetricWrapper",
    "MeanSquaredError",
    "MeanSquaredLogarithmicError",
    "Metric",
    "OneHotIoU",
    "OneHotMeanIoU",
    "PearsonCorrelation",
    "Poisson",
    "Precision",
    "PrecisionAtRecall",
    "R2Score",
    "Recall",
    "RecallAtPrecision",
    "RootMeanSquaredError",
    "RowMetric",
    "SensitivityAtSpecificity",
    "SparseCategoricalAccuracy",
    "SparseCategoricalCrossentropy",
    "SparseTopKCategoricalAccuracy",
    "SpecificityAtSensitivity",
    "SquaredHinge",
    "Sum",
    "TopKCategoricalAccuracy",
    "TrueNegatives",
    "TruePositives",
    "binary_accuracy",
    "binary_crossentropy",
    "binary_focal_crossentropy",
    "categorical_accuracy",
    "categorical_crossentropy",
    "categorical_focal_crossentropy",
    "categorical_hinge",
    "concordance_correlation",
    "deserialize",
    "get",
    "hinge",
    "huber",
    "kl_divergence",
    "log_cosh",
    "mean_absolute_error",
    "mean_absolute_percentage_error",
    "mean_squared_error",
    "mean_squared_logarithmic_error",
    "pearson_correlation",
    "poisson",
    "resolve",
    "serialize",
    "sparse_categorical_accuracy",
    "sparse_categorical_crossentropy",
    "sparse_top_k_categorical_accuracy",
    "squared_hinge",
    "top_k_categorical_accuracy",
]

_CLASSES: dict[str, type[Metric]] = {
    cls.__name__: cls
    for cls in (
        BinaryCrossentropy,
        CategoricalCrossentropy,
        CategoricalHinge,
        CosineSimilarity,
        Hinge,
        KLDivergence,
        LogCoshError,
        MeanAbsoluteError,
        MeanAbsolutePercentageError,
        MeanSquaredError,
        MeanSquaredLogarithmicError,
        Poisson,
        RootMeanSquaredError,
        SparseCategoricalCrossentropy,
        SquaredHinge,
        Accuracy,
        BinaryAccuracy,
        CategoricalAccuracy,
        SparseCategoricalAccuracy,
        SparseTopKCategoricalAccuracy,
        TopKCategoricalAccuracy,
        FalseNegatives,
        FalsePositives,
        Precision,
        Recall,
        TrueNegatives,
        TruePositives,
        AUC,
        PrecisionAtRecall,
        RecallAtPrecision,
        SensitivityAtSpecificity,
        SpecificityAtSensitivity,
        F1Score,
        FBetaScore,
        R2Score,
        BinaryIoU,
        IoU,
        MeanIoU,
        OneHotIoU,
        OneHotMeanIoU,
        ConcordanceCorrelation,
        PearsonCorrelation,
        Mean,
        Sum,
    )
}
# Losses that are metrics by the names of their functions only.
_LOSSES = ("huber", "log_cosh", "kld", "KLD", "binary_focal_crossentropy", "categorical_focal_crossentropy")
_RULES: dict[str, Callable[..., Metric]] = {
    cls.rule: cls for cls in _CLASSES.values() if cls.rule and cls is not RootMeanSquaredError
}
_TABLE: dict[str, Callable[..., Metric]] = {
    **_RULES,
    **{snake_case(name): cls for name, cls in _CLASSES.items()},
    **_CLASSES,
    **dict.fromkeys(("mape", "MAPE"), MeanAbsolutePercentageError),
    **dict.fromkeys(("msle", "MSLE"), MeanSquaredLogarithmicError),
    "logcosh": LogCoshError,
    "cosine_similarity": CosineSimilarity,
    **dict.fromkeys(("mse", "MSE"), MeanSquaredError),
    **dict.fromkeys(("mae", "MAE"), MeanAbsoluteError),
    **dict.fromkeys(("bce", "BCE"), BinaryCrossentropy),
    **{name: losses.get(name) for name in _LOSSES},
}
_FUNCTIONS: dict[Callable[..., Any], Callable[..., Metric]] = {
    function: _RULES[function.__name__]
    for function in (
        mean_squared_error,
        mean_absolute_error,
        binary_accuracy,
        categorical_accuracy,
        sparse_categorical_accuracy,
        top_k_categorical_accuracy,
        sparse_top_k_categorical_accuracy,
        binary_crossentropy,
        categorical_crossentropy,
        sparse_categorical_crossentropy,
    )
}


def get(identifier: Any) -> Metric:
    """The metric of a name, a class, a function, a loss or a configuration; a `Metric` is returned as it is.

    Raises:
        ValueError: for an unknown name, with a suggestion; for a Python function, which the core could not call; and
            for anything else.

    >>> get("mse")
    <MeanSquaredError name=mean_squared_error>
    """
    if isinstance(identifier, Metric):
        return identifier
    if isinstance(identifier, str):
        return get(lookup(identifier, _TABLE, "metric"))
    if isinstance(identifier, dict):
        return deserialize(identifier)
    if isinstance(identifier, type) and issubclass(identifier, (Metric, Loss)):
        return get(identifier())
    if isinstance(identifier, Loss):
        hyper = identifier.rule_spec()
        known = _RULES.get(hyper.pop("name"))
        return known(name=identifier.name, **hyper) if known else LossMetric(identifier)
    if callable(identifier) and identifier in _FUNCTIONS:
        return _FUNCTIONS[identifier]()
    if callable(identifier) and getattr(identifier, "__module__", "").startswith("steepest.losses"):
        return LossMetric(loss_of(identifier))
    if callable(identifier) and not isinstance(identifier, type):
        return MeanMetricWrapper(identifier)
    raise ValueError(
        f"Could not interpret metric: expected one of {', '.join(_TABLE)}, accuracy. Received: {identifier!r}"
    )


def resolve(identifier: Any, loss: Loss | None, outputs: int, target_width: int) -> Metric:
    """`get`, under the name that Keras's history uses, and `"accuracy"` as the accuracy that suits the model's output.

    `"accuracy"` and `"acc"` are the binary accuracy for one output, the sparse one for targets that are class indices,
    and the categorical one for others; `"crossentropy"` and `"ce"` likewise, from logits if the loss is. A metric that
    is given by a string is called by that string.

    Args:
        identifier: see `get`.
        loss: the output's loss, if it has one.
        outputs: N, the number of the model's outputs.
        target_width: C, the number of values in a target.

    >>> from steepest.losses import get as get_loss
    >>> metric = resolve("acc", get_loss("mse"), outputs=10, target_width=1)
    >>> metric.name, metric.spec()
    ('acc', {'name': 'sparse_categorical_accuracy'})
    """
    if not isinstance(identifier, str):
        return get(identifier)
    word = identifier.lower()
    if word in ("accuracy", "acc"):
        metric = get(crossentropy_name(outputs, target_width).replace("crossentropy", "accuracy"))
    elif word in ("crossentropy", "ce"):
        from_logits = getattr(loss, "from_logits", False)
        metric = _RULES[crossentropy_name(outputs, target_width)](from_logits=from_logits)
    else:
        names: dict[str, Callable[..., Metric]] = {**_TABLE, "accuracy": Metric, "acc": Metric}
        metric = get(lookup(identifier, names, "metric"))
    metric.name = identifier
    return metric


def serialize(metric: Metric) -> dict[str, Any]:
    """The class and the arguments of a metric, as `deserialize` takes them.

    >>> serialize(MeanSquaredError())["class_name"]
    'MeanSquaredError'
    """
    return serialize_object(metric, "keras.metrics")


def deserialize(config: dict[str, Any], custom_objects: dict[str, Any] | None = None) -> Metric:
    """The metric that `serialize` described; `custom_objects` holds classes of yours by name.

    >>> deserialize(serialize(BinaryAccuracy(threshold=0.0))).threshold
    0.0
    """
    restored: Metric = deserialize_object(config, _CLASSES, "metric", custom_objects)
    return restored
