"""Schedules: learning rates that depend on the step."""

from __future__ import annotations

from typing import Any

from steepest._names.registry import deserialize_object, serialize_object
from steepest.optimizers.schedules.cosine import CosineDecay, CosineDecayRestarts
from steepest.optimizers.schedules.decays import (
    ExponentialDecay,
    InverseTimeDecay,
    PiecewiseConstantDecay,
    PolynomialDecay,
)
from steepest.optimizers.schedules.schedule import LearningRateSchedule

__all__ = [
    "CosineDecay",
    "CosineDecayRestarts",
    "ExponentialDecay",
    "InverseTimeDecay",
    "LearningRateSchedule",
    "PiecewiseConstantDecay",
    "PolynomialDecay",
    "deserialize",
    "serialize",
]

_TABLE: dict[str, type[LearningRateSchedule]] = {
    cls.__name__: cls
    for cls in (
        *(CosineDecay, CosineDecayRestarts, ExponentialDecay),
        *(InverseTimeDecay, PiecewiseConstantDecay, PolynomialDecay),
    )
}


def serialize(learning_rate_schedule: LearningRateSchedule) -> dict[str, Any]:
    """The class and the arguments of a schedule, as `deserialize` takes them.

    >>> serialize(ExponentialDecay(0.1, 10, 0.5))["class_name"]
    'ExponentialDecay'
    """
    return serialize_object(learning_rate_schedule, "keras.optimizers.schedules")


def deserialize(config: dict[str, Any], custom_objects: dict[str, Any] | None = None) -> LearningRateSchedule:
    """The schedule that `serialize` described; `custom_objects` holds classes of yours by their names.

    >>> deserialize({"class_name": "ExponentialDecay", "config": {
    ...     "initial_learning_rate": 0.1, "decay_steps": 10, "decay_rate": 0.5}})(10)
    0.05
    """
    restored: LearningRateSchedule = deserialize_object(config, _TABLE, "schedule", custom_objects)
    return restored
