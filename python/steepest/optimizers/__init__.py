"""Optimizers: the way to the weights at which the loss is lowest. Each is an answer to the one before it."""

from __future__ import annotations

from typing import Any

from steepest._names.registry import deserialize_object, lookup, serialize_object
from steepest.optimizers import schedules
from steepest.optimizers.adadelta import Adadelta
from steepest.optimizers.adafactor import Adafactor
from steepest.optimizers.adagrad import Adagrad
from steepest.optimizers.adam import Adam
from steepest.optimizers.adamax import Adamax
from steepest.optimizers.adamw import AdamW
from steepest.optimizers.ftrl import Ftrl
from steepest.optimizers.lamb import Lamb
from steepest.optimizers.lion import Lion
from steepest.optimizers.loss_scale_optimizer import LossScaleOptimizer
from steepest.optimizers.multi_optimizer import MultiOptimizer, OptimizerMap
from steepest.optimizers.muon import Muon
from steepest.optimizers.nadam import Nadam
from steepest.optimizers.optimizer import Optimizer
from steepest.optimizers.rmsprop import RMSprop
from steepest.optimizers.schedule_free_adamw import ScheduleFreeAdamW
from steepest.optimizers.sgd import SGD

__all__ = [
    "SGD",
    "Adadelta",
    "Adafactor",
    "Adagrad",
    "Adam",
    "AdamW",
    "Adamax",
    "Ftrl",
    "Lamb",
    "Lion",
    "LossScaleOptimizer",
    "MultiOptimizer",
    "Muon",
    "Nadam",
    "Optimizer",
    "OptimizerMap",
    "RMSprop",
    "ScheduleFreeAdamW",
    "deserialize",
    "get",
    "schedules",
    "serialize",
]

_TABLE: dict[str, Any] = {
    cls.__name__.lower(): cls
    for cls in (
        *(SGD, Adagrad, RMSprop, Adam, AdamW, Adadelta, Adamax, Nadam, Ftrl, Lion, Lamb, Adafactor, Muon),
        *(ScheduleFreeAdamW, LossScaleOptimizer, MultiOptimizer, OptimizerMap),
    )
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
        made: Optimizer = identifier.from_config({})
        return made
    if isinstance(identifier, str):
        named: Optimizer = lookup(identifier.lower(), _TABLE, "optimizer")()
        return named
    if isinstance(identifier, dict):
        optimizer: Optimizer = deserialize(identifier)
        return optimizer
    raise ValueError(f"Could not interpret optimizer: expected one of {', '.join(_TABLE)}. Received: {identifier!r}")


def serialize(optimizer: Optimizer) -> dict[str, Any]:
    """The class and the arguments of an optimizer, as `deserialize` takes them.

    >>> serialize(Adam())["class_name"]
    'Adam'
    """
    return serialize_object(optimizer, "keras.optimizers")


def deserialize(config: dict[str, Any], custom_objects: dict[str, Any] | None = None) -> Any:
    """The optimizer that `serialize` described, with no step taken; `custom_objects` holds classes of yours by name.

    >>> deserialize(serialize(SGD(momentum=0.9))).momentum
    0.9
    """
    if not isinstance(config, dict) or config.get("class_name") not in (custom_objects or {}):
        config = {**config, "class_name": str(config.get("class_name")).lower()}
    return deserialize_object(config, _TABLE, "optimizer", custom_objects)
