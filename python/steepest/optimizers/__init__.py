"""Optimizers: the way to the weights at which the loss is lowest. Each is an answer to the one before it."""

from __future__ import annotations

from typing import Any

from steepest._registry import deserialize_object, lookup, serialize_object
from steepest.optimizers.adagrad import Adagrad
from steepest.optimizers.adam import Adam
from steepest.optimizers.optimizer import Optimizer
from steepest.optimizers.rmsprop import RMSprop
from steepest.optimizers.sgd import SGD

__all__ = ["SGD", "Adagrad", "Adam", "Optimizer", "RMSprop", "deserialize", "get", "serialize"]

_TABLE: dict[str, type[SGD] | type[Adagrad] | type[RMSprop] | type[Adam]] = {
    cls.__name__.lower(): cls for cls in (SGD, Adagrad, RMSprop, Adam)
}


def get(identifier: Any) -> Optimizer:
    """The optimizer of a name in any case, a class or a configuration; an `Optimizer` is returned as it is.

    Raises:
        ValueError: for an unknown name, with a suggestion, and for anything else.

    >>> get("RMSprop").learning_rate
    0.001
    >>> get({"class_name": "SGD", "config": {"momentum": 0.9}}).momentum
    0.9
    """
    if isinstance(identifier, Optimizer):
        return identifier
    if isinstance(identifier, type) and issubclass(identifier, Optimizer):
        return identifier.from_config({})
    if isinstance(identifier, str):
        return lookup(identifier.lower(), _TABLE, "optimizer")()
    if isinstance(identifier, dict):
        return deserialize(identifier)
    raise ValueError(f"Could not interpret optimizer: expected one of {', '.join(_TABLE)}. Received: {identifier!r}")


def serialize(optimizer: Optimizer) -> dict[str, Any]:
    """The class and the arguments of an optimizer, as `deserialize` takes them.

    >>> serialize(Adam())["class_name"]
    'Adam'
    """
    return serialize_object(optimizer, "keras.optimizers")


def deserialize(config: dict[str, Any]) -> Optimizer:
    """The optimizer that `serialize` described, with no step taken.

    >>> deserialize(serialize(SGD(momentum=0.9))).momentum
    0.9
    """
    description = {**config, "class_name": str(config.get("class_name")).lower()}
    restored: Optimizer = deserialize_object(description, _TABLE, "optimizer")
    return restored
