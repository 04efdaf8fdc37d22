"""Losses: how far predictions are from the truth, as one number, and the gradient that says which way to go."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from steepest._names.registry import deserialize_object, lookup, serialize_object
from steepest.losses.batches import (
    Circle,
    Dice,
    Tversky,
    circle,
    dice,
    tversky,
)
from steepest.losses.crossentropies import (
    BinaryCrossentropy,
    CategoricalCrossentropy,
    SparseCategoricalCrossentropy,
    binary_crossentropy,
    categorical_crossentropy,
    sparse_categorical_crossentropy,
)
from steepest.losses.focal import (
    BinaryFocalCrossentropy,
    CategoricalFocalCrossentropy,
    CategoricalGeneralizedCrossEntropy,
    binary_focal_crossentropy,
    categorical_focal_crossentropy,
    categorical_generalized_cross_entropy,
)
from steepest.losses.loss import (
    FunctionLoss,
    Loss,
)
from steepest.losses.margins import (
    CategoricalHinge,
    HalfPoissonDeviance,
    Hinge,
    KLDivergence,
    Poisson,
    SquaredHinge,
    categorical_hinge,
    half_poisson_deviance,
    hinge,
    kl_divergence,
    poisson,
    squared_hinge,
)
from steepest.losses.regression import (
    CosineSimilarity,
    Huber,
    LogCosh,
    MeanAbsoluteError,
    MeanAbsolutePercentageError,
    MeanSquaredError,
    MeanSquaredLogarithmicError,
    cosine_similarity,
    huber,
    log_cosh,
    mean_absolute_error,
    mean_absolute_percentage_error,
    mean_squared_error,
    mean_squared_logarithmic_error,
)

__all__ = [
    "BinaryCrossentropy",
    "BinaryFocalCrossentropy",
    "CategoricalCrossentropy",
    "CategoricalFocalCrossentropy",
    "CategoricalGeneralizedCrossEntropy",
    "CategoricalHinge",
    "Circle",
    "CosineSimilarity",
    "Dice",
    "FunctionLoss",
    "HalfPoissonDeviance",
    "Hinge",
    "Huber",
    "KLDivergence",
    "LogCosh",
    "Loss",
    "MeanAbsoluteError",
    "MeanAbsolutePercentageError",
    "MeanSquaredError",
    "MeanSquaredLogarithmicError",
    "Poisson",
    "SparseCategoricalCrossentropy",
    "SquaredHinge",
    "Tversky",
    "binary_crossentropy",
    "binary_focal_crossentropy",
    "categorical_crossentropy",
    "categorical_focal_crossentropy",
    "categorical_generalized_cross_entropy",
    "categorical_hinge",
    "circle",
    "cosine_similarity",
    "deserialize",
    "dice",
    "get",
    "half_poisson_deviance",
    "hinge",
    "huber",
    "kl_divergence",
    "log_cosh",
    "loss_of",
    "mean_absolute_error",
    "mean_absolute_percentage_error",
    "mean_squared_error",
    "mean_squared_logarithmic_error",
    "poisson",
    "resolve",
    "serialize",
    "sparse_categorical_crossentropy",
    "squared_hinge",
    "tversky",
]

# Each function with the class that reduces what it returns.
_FUNCTIONS: dict[Callable[..., Any], type[Loss]] = {
    binary_crossentropy: BinaryCrossentropy,
    binary_focal_crossentropy: BinaryFocalCrossentropy,
    categorical_crossentropy: CategoricalCrossentropy,
    categorical_focal_crossentropy: CategoricalFocalCrossentropy,
    categorical_generalized_cross_entropy: CategoricalGeneralizedCrossEntropy,
    categorical_hinge: CategoricalHinge,
    circle: Circle,
    cosine_similarity: CosineSimilarity,
    dice: Dice,
    half_poisson_deviance: HalfPoissonDeviance,
    hinge: Hinge,
    huber: Huber,
    kl_divergence: KLDivergence,
    log_cosh: LogCosh,
    mean_absolute_error: MeanAbsoluteError,
    mean_absolute_percentage_error: MeanAbsolutePercentageError,
    mean_squared_error: MeanSquaredError,
    mean_squared_logarithmic_error: MeanSquaredLogarithmicError,
    poisson: Poisson,
    sparse_categorical_crossentropy: SparseCategoricalCrossentropy,
    squared_hinge: SquaredHinge,
    tversky: Tversky,
}
_CLASSES: dict[str, type[Loss]] = {cls.__name__: cls for cls in _FUNCTIONS.values()}
_SHORT: dict[str, Callable[..., Any]] = {
    "mse": mean_squared_error,
    "mae": mean_absolute_error,
    "mape": mean_absolute_percentage_error,
    "msle": mean_squared_logarithmic_error,
    "bce": binary_crossentropy,
    "kld": kl_divergence,
}
# The names that Keras accepts.
_TABLE: dict[str, Callable[..., Any]] = {
    **{function.__name__: function for function in _FUNCTIONS},
    **_CLASSES,
    **_SHORT,
    **{name.upper(): function for name, function in _SHORT.items()},
    "logcosh": log_cosh,
    "kullback_leibler_divergence": kl_divergence,
}


def get(identifier: Any) -> Any:
    """The function of a function's name, a loss of a class's name or of a configuration; other objects as they are.

    Raises:
        ValueError: for an unknown name, with a suggestion, and for what is no loss at all.

    >>> get("mse") is mean_squared_error, get(None) is None
    (True, True)
    >>> get({"class_name": "BinaryCrossentropy", "config": {"from_logits": True}}).from_logits
    True
    """
    if identifier is None:
        return None
    if isinstance(identifier, str):
        identifier = lookup(identifier, _TABLE, "loss")
    if isinstance(identifier, dict):
        return deserialize(identifier)
    if isinstance(identifier, type) and issubclass(identifier, Loss):
        return identifier()
    if callable(identifier):
        return identifier
    raise ValueError(f"Could not interpret loss: expected one of {', '.join(_TABLE)}. Received: {identifier!r}")


def loss_of(identifier: Any) -> Loss:
    """`get` as a `Loss`: that of a function of this module, or the function of a user, reduced.

    >>> loss_of("mse").name, loss_of(lambda y_true, y_pred: y_pred - y_true).name
    ('mean_squared_error', '<lambda>')
    """
    found = get(identifier)
    if isinstance(found, Loss):
        return found
    if found is None:
        raise ValueError(f"Could not interpret loss: expected one of {', '.join(_TABLE)}. Received: {identifier!r}")
    return _FUNCTIONS[found]() if found in _FUNCTIONS else FunctionLoss(found)


def resolve(identifier: Any, outputs: int, target_width: int) -> Loss:
    """`loss_of`, and `"crossentropy"` or `"ce"` as the cross entropy that suits the model's output, as in Keras.

    Args:
        identifier: see `loss_of`.
        outputs: N, the number of the model's outputs: 1 means two classes.
        target_width: C, the number of values in a target: 1 means class indices, if there are more outputs.

    >>> resolve("ce", outputs=10, target_width=1).name
    'sparse_categorical_crossentropy'
    """
    if str(identifier).lower() in ("crossentropy", "ce"):
        identifier = crossentropy_name(outputs, target_width)
    return loss_of(identifier)


def crossentropy_name(outputs: int, target_width: int) -> str:
    """The cross entropy for N outputs and targets of C values.

    >>> crossentropy_name(1, 1), crossentropy_name(10, 10)
    ('binary_crossentropy', 'categorical_crossentropy')
    """
    if outputs == 1:
        return "binary_crossentropy"
    return "sparse_categorical_crossentropy" if target_width == 1 else "categorical_crossentropy"


def serialize(loss: Loss) -> dict[str, Any]:
    """The class and the arguments of a loss, as `deserialize` takes them.

    >>> serialize(MeanSquaredError())["class_name"]
    'MeanSquaredError'
    """
    return serialize_object(loss, "keras.losses")


def deserialize(name: dict[str, Any], custom_objects: dict[str, Any] | None = None) -> Loss:
    """The loss that `serialize` described; `custom_objects` holds classes of yours by name.

    >>> deserialize(serialize(BinaryCrossentropy(label_smoothing=0.1))).label_smoothing
    0.1
    """
    restored: Loss = deserialize_object(name, _CLASSES, "loss", custom_objects)
    return restored
