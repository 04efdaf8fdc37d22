"""Probes of the objects that users make: the names of unnamed ones, and what `get_config` gives for the defaults."""

from __future__ import annotations

from typing import Any

import numpy as np

LOSSES = ["MeanSquaredError", "BinaryCrossentropy", "CategoricalCrossentropy", "SparseCategoricalCrossentropy"]
METRICS = [
    "MeanSquaredError",
    "MeanAbsoluteError",
    "BinaryAccuracy",
    "CategoricalAccuracy",
    "SparseCategoricalAccuracy",
    *LOSSES[1:],
]
OPTIMIZERS = ["SGD", "Adagrad", "RMSprop", "Adam"]
INITIALIZERS = (
    "GlorotUniform GlorotNormal HeUniform HeNormal LecunUniform LecunNormal RandomUniform RandomNormal "
    "TruncatedNormal Zeros Ones Constant Orthogonal VarianceScaling"
).split()


def object_names(keras: Any) -> Any:
    """The names that unnamed objects get."""
    keras.utils.clear_session()
    dense = [keras.layers.Dense(1) for _ in range(3)]
    others = [keras.layers.ReLU(), keras.layers.Softmax(), keras.layers.Flatten(), keras.layers.Dropout(0.1)]
    others += [keras.layers.Activation("relu"), keras.layers.ReLU(), keras.layers.Dense(1, name="mine")]
    models = [keras.Sequential(), keras.Sequential(), keras.Sequential(name="net")]
    losses = [getattr(keras.losses, name)() for name in LOSSES]
    metrics = [getattr(keras.metrics, name)() for name in METRICS]
    optimizers = [getattr(keras.optimizers, name)() for name in OPTIMIZERS]
    return [item.name for item in (*dense, *others, *models, *losses, *metrics, *optimizers)]


def configurations(keras: Any) -> Any:
    """get_config of everything that has one, made with the defaults; floats to seven digits."""
    keras.utils.clear_session()
    made = {
        f"{module}.{name}": getattr(getattr(keras, module), name)()
        for module, names in (
            ("losses", LOSSES),
            ("metrics", METRICS),
            ("optimizers", OPTIMIZERS),
            ("initializers", INITIALIZERS),
            ("regularizers", ("L1", "L2", "L1L2", "OrthogonalRegularizer")),
            ("constraints", ("MaxNorm", "MinMaxNorm", "NonNeg", "UnitNorm")),
        )
        for name in names
    }
    made["layers.Dense"] = keras.layers.Dense(3)
    made["layers.Activation"] = keras.layers.Activation("relu")
    made["layers.ReLU"] = keras.layers.ReLU()
    made["layers.Softmax"] = keras.layers.Softmax()
    made["layers.Flatten"] = keras.layers.Flatten()
    made["layers.Dropout"] = keras.layers.Dropout(0.5)
    return {name: {key: plain(value) for key, value in item.get_config().items()} for name, item in made.items()}


def plain(value: Any) -> Any:
    """A configuration's value as JSON; a nested object by its class's name, as all spell it differently."""
    if isinstance(value, dict):
        return value.get("class_name", "dict")
    if isinstance(value, (float, np.floating)):
        return float(f"{value:.6g}")
    return value if value is None or isinstance(value, (bool, int, str, list, tuple)) else type(value).__name__
