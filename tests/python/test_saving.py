"""Descriptions of objects, beyond what Keras's record holds them to: round trips, and what is never run."""

from __future__ import annotations

import inspect
import json

import numpy as np
import pytest

from steepest import initializers, layers, losses, metrics, optimizers, saving
from steepest.saving import deserialize_keras_object, serialize_keras_object

MODULES = {"losses": losses, "metrics": metrics, "optimizers": optimizers, "initializers": initializers}
BASES = ("Loss", "Metric", "Optimizer", "Initializer")


def objects():
    """One of each class whose arguments all have defaults."""
    for module in MODULES.values():
        for name, cls in vars(module).items():
            if name[0].isupper() and hasattr(cls, "get_config") and name not in BASES:
                arguments = inspect.signature(cls).parameters.values()
                if all(one.default is not one.empty or one.kind is one.VAR_KEYWORD for one in arguments):
                    yield cls()
    yield from (
        layers.Dense(3),
        layers.Dropout(0.5),
        layers.InputLayer((2,)),
        layers.Flatten(),
        layers.Activation("relu"),
    )


@pytest.mark.parametrize("thing", list(objects()), ids=lambda thing: type(thing).__name__)
def test_round_trip_through_json(thing) -> None:
    description = serialize_keras_object(thing)
    restored = deserialize_keras_object(json.loads(json.dumps(description)))
    assert type(restored) is type(thing)
    assert json.dumps(serialize_keras_object(restored)) == json.dumps(description)


@pytest.mark.parametrize(
    "value",
    [None, 3, "text", [1, [2.5]], {"a": {"b": None}}, b"bytes", slice(1, None, 2), ..., np.arange(3, dtype="i2")],
)
def test_values_come_back(value) -> None:
    restored = deserialize_keras_object(json.loads(json.dumps(serialize_keras_object({"value": value}))))["value"]
    if isinstance(value, np.ndarray):
        assert restored.dtype == value.dtype and restored.tolist() == value.tolist()
    else:
        assert restored == value


@pytest.mark.parametrize("function", [losses.mean_squared_error, metrics.binary_accuracy])
def test_functions_come_back(function) -> None:
    assert deserialize_keras_object(serialize_keras_object(function)) is function


def test_registered_classes_are_found_by_the_modules_too() -> None:
    @saving.register_keras_serializable("tests")
    class Scaled(losses.Loss):
        def __init__(self, factor=1.0, name=None, reduction="sum"):
            super().__init__(name, reduction)
            self.factor = factor

        def call(self, y_true, y_pred):
            return self.factor * (y_pred - y_true).mean(axis=-1)

        def get_config(self):
            return {**super().get_config(), "factor": self.factor}

    try:
        restored = losses.deserialize(json.loads(json.dumps(losses.serialize(Scaled(3.0)))))
        assert isinstance(restored, Scaled) and float(restored([[0.0]], [[2.0]])) == 6.0
    finally:
        saving.get_custom_objects().pop("tests>Scaled")
    with pytest.raises(ValueError, match="Unknown loss: 'Scaled'"):
        losses.deserialize(losses.serialize(Scaled(3.0)))


def test_scopes_end_also_after_an_error_and_hide_those_around_them() -> None:
    with saving.custom_object_scope({"a": int}):
        with pytest.raises(ZeroDivisionError), saving.custom_object_scope({"b": str}):
            assert saving.get_registered_object("b") is str and saving.get_registered_object("a") is None
            raise ZeroDivisionError
        assert saving.get_registered_object("a") is int and saving.get_registered_object("b") is None
    assert saving.get_registered_object("a") is None
    assert (
        saving.get_registered_object("c", {"c": 1}) == 1 == saving.get_registered_object("c", module_objects={"c": 1})
    )


def test_no_code_is_stored_and_none_is_run() -> None:
    with pytest.raises(ValueError, match="A lambda has no name"):
        serialize_keras_object(lambda x: x)
    with pytest.raises(ValueError, match="code, which is never run"):
        deserialize_keras_object({"class_name": "__lambda__", "config": {"value": "..."}}, safe_mode=False)
    for module in ("os", "subprocess", "keras._core", "keras..os", "steepest.losses", "keras.nothing", None, 3):
        with pytest.raises(TypeError, match="Could not locate class 'system'.*Received: {"):
            deserialize_keras_object({"module": module, "class_name": "system", "config": {}})
