"""Metrics: what is watched while training, without being trained for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from steepest import losses
from steepest._registry import deserialize_object, lookup, serialize_object
from steepest.losses import (
    Loss,
    binary_crossentropy,
    categorical_crossentropy,
    crossentropy_name,
    loss_of,
    mean_absolute_error,
    mean_squared_error,
    sparse_categorical_crossentropy,
)
from steepest.metrics.metric import Metric
from steepest.metrics.rules import (
    Accuracy,
    BinaryAccuracy,
    BinaryCrossentropy,
    CategoricalAccuracy,
    CategoricalCrossentropy,
    CosineSimilarity,
    LossMetric,
    MeanAbsoluteError,
    MeanSquaredError,
    SparseCategoricalAccuracy,
    SparseCategoricalCrossentropy,
    SparseTopKCategoricalAccuracy,
    TopKCategoricalAccuracy,
    binary_accuracy,
    categorical_accuracy,
    sparse_categorical_accuracy,
    sparse_top_k_categorical_accuracy,
    top_k_categorical_accuracy,
)

__all__ = [
    "Accuracy",
    "CosineSimilarity",
    "LossMetric",
    "SparseTopKCategoricalAccuracy",
    "TopKCategoricalAccuracy",
    "sparse_top_k_categorical_accuracy",
    "top_k_categorical_accuracy",
    "BinaryAccuracy",
    "BinaryCrossentropy",
    "CategoricalAccuracy",
    "CategoricalCrossentropy",
    "MeanAbsoluteError",
    "MeanSquaredError",
    "Metric",
    "SparseCategoricalAccuracy",
    "SparseCategoricalCrossentropy",
    "binary_accuracy",
    "binary_crossentropy",
    "categorical_accuracy",
    "categorical_crossentropy",
    "deserialize",
    "get",
    "mean_absolute_error",
    "mean_squared_error",
    "resolve",
    "serialize",
    "sparse_categorical_accuracy",
    "sparse_categorical_crossentropy",
]

_CLASSES: dict[str, type[Metric]] = {
    cls.__name__: cls
    for cls in (
        MeanSquaredError,
        MeanAbsoluteError,
        Accuracy,
        BinaryAccuracy,
        CategoricalAccuracy,
        SparseCategoricalAccuracy,
        TopKCategoricalAccuracy,
        SparseTopKCategoricalAccuracy,
        CosineSimilarity,
        BinaryCrossentropy,
        CategoricalCrossentropy,
        SparseCategoricalCrossentropy,
    )
}
# Losses that are metrics by the names of their functions only.
_LOSSES = (
    *("mean_absolute_percentage_error", "mape", "MAPE", "mean_squared_logarithmic_error", "msle", "MSLE", "huber"),
    *("log_cosh", "logcosh", "hinge", "squared_hinge", "categorical_hinge", "kl_divergence", "kld", "KLD", "poisson"),
    *("binary_focal_crossentropy", "categorical_focal_crossentropy"),
)
_RULES: dict[str, Callable[..., Metric]] = {cls.rule: cls for cls in _CLASSES.values()}
_TABLE: dict[str, Callable[..., Metric]] = {
    **_RULES,
    **_CLASSES,
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
    written = "; metrics written in Python are not supported yet" if callable(identifier) else ""
    raise ValueError(
        f"Could not interpret metric: expected one of {', '.join(_TABLE)}, accuracy{written}. Received: {identifier!r}"
    )


def resolve(identifier: Any, loss: Loss, outputs: int, target_width: int) -> Metric:
    """`get`, under the name that Keras's history uses, and `"accuracy"` as the accuracy that suits the model's output.

    `"accuracy"` and `"acc"` are the binary accuracy for one output, the sparse one for targets that are class indices,
    and the categorical one for others; `"crossentropy"` and `"ce"` likewise, from logits if the loss is. A metric that
    is given by a string is called by that string.

    Args:
        identifier: see `get`.
        loss: the model's loss.
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


def deserialize(config: dict[str, Any]) -> Metric:
    """The metric that `serialize` described.

    >>> deserialize(serialize(BinaryAccuracy(threshold=0.0))).threshold
    0.0
    """
    restored: Metric = deserialize_object(config, _CLASSES, "metric")
    return restored
