"""Models whose descriptions are compared: how they are made, and what is asked of them."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any

import numpy as np


def stack(keras: Any) -> Any:
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((2, 3), name="rows"),
            layers.Flatten(name="flat"),
            layers.Dense(8, kernel_initializer=keras.initializers.HeNormal(seed=3), name="first", trainable=False),
            layers.ReLU(max_value=2.0, name="relu"),
            layers.Dropout(0.25, seed=1, name="drop"),
            layers.Dense(4, activation="tanh", use_bias=False, name="second"),
            layers.Reshape((2, 2), name="square"),
            layers.Softmax(name="softmax"),
        ],
        name="stack",
    )
    model.compile(keras.optimizers.SGD(0.125, momentum=0.5), "mse", metrics=["mae"])
    return model


def unbuilt(keras: Any) -> Any:
    return keras.Sequential([keras.layers.Dense(2, name="one")], trainable=False, name="unbuilt")


def built_later(keras: Any) -> Any:
    model = keras.Sequential([keras.layers.Dense(2, name="one"), keras.layers.Dense(3, name="two")], name="later")
    model.build((None, 3))
    return model


def shared(keras: Any) -> Any:
    layers = keras.layers
    x, z = keras.Input((3,), name="x"), keras.Input((3,), name="z")
    common = layers.Dense(4, activation="elu", name="common")
    left, right = common(x), common(z)
    common(keras.Input((3,), name="elsewhere"))  # a call that is no part of the model
    joined = layers.Concatenate(name="joined")([left, layers.Add(name="sum")([right, left])])
    return keras.Model([x, z], [layers.Dense(1, name="top")(joined), right], name="shared")


def named(keras: Any) -> Any:
    x, z = keras.Input((3,), name="x"), keras.Input((3,), name="z")
    return keras.Model({"x": x, "z": z}, {"d": keras.layers.Subtract(name="d")([x, z])}, name="named")


def nested(keras: Any) -> Any:
    layers = keras.layers
    a = keras.Input((3,), name="a")
    inner = keras.Model(a, layers.Dense(3, activation="tanh", name="inside")(a), name="inner")
    tower = keras.Sequential([keras.Input((3,), name="b"), layers.Dense(2, name="high")], name="tower")
    x = keras.Input((3,), name="x")
    once = inner(x)
    return keras.Model(x, [inner(once), tower(once)], name="nested")


MODELS: dict[str, Callable[[Any], Any]] = {
    function.__name__: function for function in (stack, unbuilt, built_later, shared, named, nested)
}


def plain(description: Any) -> Any:
    """A description without what Keras adds and needs not: see README.md."""
    if isinstance(description, list):
        return [plain(item) for item in description]
    if not isinstance(description, dict):
        return float(f"{description:.6g}") if isinstance(description, float) else description
    if description.get("class_name") == "DTypePolicy":
        return description["config"]["name"]
    added = ("build_config", "quantization_config", "optional", "sparse", "ragged", "jit_compile", "mask")
    return {key: plain(value) for key, value in description.items() if key not in added}


def outputs(keras: Any, model: Any) -> Any:
    """What the model gives for an input, with weights that are the same in every Keras."""
    shapes = [np.shape(weight) for weight in model.get_weights()]
    model.set_weights([np.sin(np.arange(math.prod(shape), dtype="float32")).reshape(shape) for shape in shapes])
    x = np.cos(np.arange(12, dtype="float32"))
    if isinstance(model, keras.Sequential):
        given: Any = x.reshape(-1, *model.input_shape[1:])
    else:
        given = [x.reshape(-1, 3), x[::-1].reshape(-1, 3).copy()][: len(model.inputs)]
        given = dict(zip("xz", given, strict=True)) if isinstance(model.input, dict) else given
        given = given[0] if isinstance(given, list) and len(given) == 1 else given
    found = model.predict(given, verbose=0)
    found = list(found.values()) if isinstance(found, dict) else found
    return [np.asarray(one).tolist() for one in (found if isinstance(found, list) else [found])]


def record(keras: Any) -> dict[str, Any]:
    found = {}
    for name, make in MODELS.items():
        keras.utils.clear_session()  # names begin at their first number
        model = make(keras)
        text = model.to_json()
        clone = keras.models.clone_model(model)
        found[name] = {
            "description": json.loads(text),
            "clone": json.loads(clone.to_json()),
            "weights": [list(np.shape(weight)) for weight in model.get_weights()],
            "outputs": outputs(keras, keras.models.model_from_json(text)) if model.built else None,
        }
    return found
