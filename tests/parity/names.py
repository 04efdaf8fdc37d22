"""Every public name of a Keras module: what `golden/names.json` holds of real Keras, and `coverage.py` compares."""

from __future__ import annotations

import inspect
from types import ModuleType
from typing import Any

Parameters = list[str] | None


def parameters(found: Any) -> Parameters:
    """Names of the parameters, "*" and "**" for any others; None for what can't be called or doesn't tell."""
    if not callable(found):
        return None
    try:
        listed = inspect.signature(found).parameters.values()
    except (TypeError, ValueError):
        return None
    kinds = {inspect.Parameter.VAR_KEYWORD: "**", inspect.Parameter.VAR_POSITIONAL: "*"}
    return [kinds.get(one.kind, one.name) for one in listed]


def members(holder: Any) -> dict[str, Any]:
    """The public names of a module or an object, and what they are; None where a property can't be had yet."""
    found = {}
    for name in dir(holder):
        if not name.startswith("_") and name != "src":
            try:
                found[name] = getattr(holder, name)
            except (AttributeError, ValueError):
                found[name] = None
    return found


def instances(keras: Any) -> dict[str, Any]:
    """An object of each class whose members people use, by the name of the class."""
    inputs = keras.Input((2,))
    return {
        "Model": keras.Model(inputs, keras.layers.Dense(1)(inputs)),
        "Sequential": keras.Sequential([inputs, keras.layers.Dense(1)]),
        "Layer": keras.layers.Layer(),
        "Loss": keras.losses.MeanSquaredError(),
        "Metric": keras.metrics.Mean(),
        "Optimizer": keras.optimizers.SGD(),
        "Initializer": keras.initializers.Zeros(),
        "Variable": keras.Variable([1.0]),
    }


def public_names(keras: Any) -> dict[str, dict[str, Parameters]]:
    """{holder: {name: parameters}} of every module, by its path below `keras`, and of `instances`."""
    holders, waiting = {}, {"keras": keras}
    while waiting:
        path, module = waiting.popitem()
        holders[path] = module
        prefix = "" if path == "keras" else f"{path}."
        inner = {name: found for name, found in members(module).items() if isinstance(found, ModuleType)}
        waiting |= {f"{prefix}{name}": found for name, found in inner.items()}
    return {
        path: {name: parameters(found) for name, found in members(holder).items() if not isinstance(found, ModuleType)}
        for path, holder in {**dict(sorted(holders.items())), **instances(keras)}.items()
    }
