"""Probes of descriptions: how objects are written down and found again, and sequences of one length."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np

OBJECTS = {
    "losses": "MeanSquaredError BinaryCrossentropy CategoricalCrossentropy SparseCategoricalCrossentropy",
    "metrics": "MeanSquaredError MeanAbsoluteError BinaryAccuracy CategoricalAccuracy SparseCategoricalAccuracy "
    "BinaryCrossentropy CategoricalCrossentropy SparseCategoricalCrossentropy",
    "optimizers": "SGD Adagrad RMSprop Adam",
    "initializers": "GlorotUniform GlorotNormal HeUniform HeNormal LecunUniform LecunNormal RandomUniform RandomNormal "
    "TruncatedNormal Zeros Ones Constant Orthogonal VarianceScaling",
}


def _outcome(action: Callable[[], Any]) -> Any:
    """What an action returned as JSON, or the type of the error."""
    try:
        return json.loads(json.dumps(action()))
    except Exception as error:
        return type(error).__name__


def descriptions(keras: Any) -> Any:
    """Where objects are said to be from; plain values, in full."""
    made = [getattr(getattr(keras, module), name)() for module, names in OBJECTS.items() for name in names.split()]
    made += [keras.layers.Dense(1), keras.layers.ReLU(), keras.layers.Flatten(), keras.Sequential()]
    serialize = keras.saving.serialize_keras_object
    found: dict[str, Any] = {}
    for thing in made:
        description = serialize(thing)
        found[type(thing).__name__] = [description[key] for key in ("module", "class_name", "registered_name")]
    plain = [
        None,
        1,
        2.5,
        "text",
        True,
        [1, (2, "b")],
        {"a": [b"x"]},
        slice(1, None, 2),
        ...,
        np.float64(2),
        np.array(3),
    ]
    functions = [keras.activations.relu, keras.losses.mean_squared_error]
    found["plain"] = [
        _outcome(lambda thing=thing: serialize(thing)) for thing in (*plain, np.array(3), np.arange(3.0), *functions)
    ]
    found["not at all"] = _outcome(lambda: serialize(object()))
    return found


def custom_objects(keras: Any) -> Any:
    """Registered classes and functions, those of a scope, and those that nobody knows."""
    saving = keras.saving

    @saving.register_keras_serializable("probes", "Half")
    class Registered(keras.losses.Loss):
        def call(self, y_true: Any, y_pred: Any) -> Any:
            return y_pred

    class Free(keras.losses.Loss):
        def call(self, y_true: Any, y_pred: Any) -> Any:
            return y_pred

    @saving.register_keras_serializable()
    def function(y_true: Any, y_pred: Any) -> Any:
        return y_pred

    def read(description: Any, **arguments: Any) -> Any:
        return type(saving.deserialize_keras_object(description, **arguments)).__name__

    registered, free = saving.serialize_keras_object(Registered()), saving.serialize_keras_object(Free())
    names = {"Free": Free}
    with saving.custom_object_scope(names):
        in_scope = [read(free), saving.get_registered_object("Free") is Free, "Free" in saving.get_custom_objects()]
    found = {
        "names": [saving.get_registered_name(thing) for thing in (Registered, Free, function)],
        "described": [registered["class_name"], registered["registered_name"], free["registered_name"]],
        "function": saving.serialize_keras_object(function),
        "in a scope": in_scope,
        "registered": read(registered),
        "passed along": read(free, custom_objects=names),
        "unknown": _outcome(lambda: read(free)),
        "unknown function": _outcome(
            lambda: read({"module": "builtins", "class_name": "function", "config": "f", "registered_name": "function"})
        ),
        "no description": _outcome(lambda: saving.deserialize_keras_object(object())),
        "foreign": _outcome(lambda: read({"module": "os", "class_name": "system", "config": {}})),
        "values": saving.deserialize_keras_object([1, "x", None, {"a": {"b": [2.5]}}]),
        "without get_config": _outcome(lambda: saving.register_keras_serializable()(object)),
    }
    for name in ("probes>Half", "Custom>function"):
        saving.get_custom_objects().pop(name)
    return found


def pad_sequences(keras: Any) -> Any:
    pad = keras.utils.pad_sequences
    short = [[1], [2, 3], [4, 5, 6]]
    cases: dict[str, tuple[Any, dict[str, Any]]] = {
        "plain": (short, {}),
        "value": (short, {"value": -1}),
        "post": (short, {"padding": "post"}),
        "maxlen": (short, {"maxlen": 2}),
        "cut behind": (short, {"maxlen": 2, "truncating": "post"}),
        "longer": (short, {"maxlen": 5, "dtype": "float32", "value": 0.5}),
        "empty rows": ([[], [1, 2], []], {"padding": "post"}),
        "vectors": ([[[1, 2]], [[3, 4], [5, 6]]], {}),
        "texts": ([["a"], ["b", "c"]], {"dtype": object, "value": "-"}),
        "texts as numbers": (short, {"value": "-"}),
        "other widths": ([[[1, 2]], [[3], [5]]], {}),
        "numbers": ([1, 2], {}),
        "unknown padding": (short, {"padding": "in"}),
        "unknown truncating": (short, {"truncating": "in"}),
    }

    def padded(sequences: Any, arguments: dict[str, Any]) -> Any:
        array = pad(sequences, **arguments)
        return [str(array.dtype), array.tolist()]

    return {name: _outcome(lambda case=case: padded(*case)) for name, case in cases.items()}


PROBES: dict[str, Callable[[Any], Any]] = {
    "descriptions": descriptions,
    "custom_objects": custom_objects,
    "pad_sequences": pad_sequences,
}
