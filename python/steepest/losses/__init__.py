"""Losses: how far predictions are from the truth, as one number, and the gradient that says which way to go."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from steepest._registry import deserialize_object, lookup, serialize_object
from steepest.losses.loss import Loss
from steepest.losses.rules import (
    BinaryCrossentropy,
    CategoricalCrossentropy,
    MeanSquaredError,
    SparseCategoricalCrossentropy,
    binary_crossentropy,
    categorical_crossentropy,
    mean_squared_error,
    sparse_categorical_crossentropy,
)

__all__ = [
    "BinaryCrossentropy",
    "CategoricalCrossentropy",
    "Loss",
    "MeanSquaredError",
    "SparseCategoricalCrossentropy",
    "binary_crossentropy",
    "categorical_crossentropy",
    "deserialize",
    "get",
    "mean_squared_error",
    "resolve",
    "serialize",
    "sparse_categorical_crossentropy",
]

# The names that Keras accepts, each with its class. The functions stand in `_FUNCTIONS`.
_CLASSES: dict[str, type[Loss]] = {
    cls.__name__: cls
    for cls in (MeanSquaredError, BinaryCrossentropy, CategoricalCrossentropy, SparseCategoricalCrossentropy)
}
_FUNCTIONS: dict[Callable[..., Any], type[Loss]] = {
    mean_squared_error: MeanSquaredError,
    binary_crossentropy: BinaryCrossentropy,
    categorical_crossentropy: CategoricalCrossentropy,
    sparse_categorical_crossentropy: SparseCategoricalCrossentropy,
}
_TABLE: dict[str, type[Loss]] = {
    **{function.__name__: cls for function, cls in _FUNCTIONS.items()},
    **_CLASSES,
    **dict.fromkeys(("mse", "MSE"), MeanSquaredError),
    **dict.fromkeys(("bce", "BCE"), BinaryCrossentropy),
}


def get(identifier: Any) -> Loss:
    """The loss of a name, a class, a function of this module or a configuration; a `Loss` is returned as it is.

    Raises:
        ValueError: for an unknown name, with a suggestion; for a Python function, which the core could not call; and
            for anything else.

    >>> get("mse").name
    'mean_squared_error'
    >>> get({"class_name": "BinaryCrossentropy", "config": {"from_logits": True}}).from_logits
    True
    """
    if isinstance(identifier, Loss):
        return identifier
    if isinstance(identifier, str):
        return lookup(identifier, _TABLE, "loss")()
    if isinstance(identifier, dict):
        return deserialize(identifier)
    if isinstance(identifier, type) and issubclass(identifier, Loss):
        return identifier()
    if callable(identifier) and identifier in _FUNCTIONS:
        return _FUNCTIONS[identifier]()
    written = "; losses written in Python are not supported yet" if callable(identifier) else ""
    names = ", ".join(_TABLE)
    raise ValueError(f"Could not interpret loss: expected one of {names}{written}. Received: {identifier!r}")


def resolve(identifier: Any, outputs: int, target_width: int) -> Loss:
    """`get`, and `"crossentropy"` or `"ce"` as the cross entropy that suits the model's output, as in Keras.

    Args:
        identifier: see `get`.
        outputs: N, the number of the model's outputs: 1 means two classes.
        target_width: C, the number of values in a target: 1 means class indices, if there are more outputs.

    >>> resolve("ce", outputs=10, target_width=1).name
    'sparse_categorical_crossentropy'
    """
    if str(identifier).lower() in ("crossentropy", "ce"):
        identifier = crossentropy_name(outputs, target_width)
    return get(identifier)


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


def deserialize(config: dict[str, Any]) -> Loss:
    """The loss that `serialize` described.

    >>> deserialize(serialize(BinaryCrossentropy(label_smoothing=0.1))).label_smoothing
    0.1
    """
    restored: Loss = deserialize_object(config, _CLASSES, "loss")
    return restored
