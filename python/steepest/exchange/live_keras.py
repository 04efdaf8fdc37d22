"""Models of Keras that are alive in this process: by their descriptions and their arrays, whatever the backend."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any

import numpy as np

from steepest.saving.description import dump, model_of
from steepest.saving.state import Arrays, owners, read_state, write_state


def from_keras(model: Any, custom_objects: Mapping[str, Any] | None = None) -> Any:
    """The same model here: with copies of the weights, compiled as it was, its optimizer in the state that it has.

    Keras is not imported. The two models share nothing: training one leaves the other as it is.

    Args:
        model: a Sequential or functional model of Keras 3, of any backend.
        custom_objects: {name: class or function of steepest's kind} for names that are not registered.

    Raises:
        TypeError: for what is no model of Keras, and for a class or function that isn't known here.
        ValueError: for a layer or an argument that isn't supported, by its name.
    """
    if not callable(getattr(model, "to_json", None)) or type(model).__module__.startswith("steepest."):
        raise TypeError(f"Expected a model of Keras. Received: {model!r} (of type {type(model).__name__})")
    source = f"Keras's model {model.name!r}"
    arrays = _state(model)
    made = model_of(model.to_json(), arrays, custom_objects, True, source)
    write_state(made, arrays, source)
    return made


def to_keras(model: Any, custom_objects: Mapping[str, Any] | None = None) -> Any:
    """The same model in Keras; see `Model.to_keras`."""
    try:
        keras: Any = importlib.import_module("keras")
    except ImportError as error:
        raise ImportError("`to_keras` needs Keras 3, which is not installed: pip install keras") from error
    if not keras.__version__.startswith("3."):
        raise ImportError(f"`to_keras` needs Keras 3. Installed: {keras.__version__}")
    made = keras.models.model_from_json(dump(model), custom_objects)
    arrays = read_state(model)
    for path, owner in owners(made):
        if not hasattr(owner, "layers"):
            owner.set_weights(_numbered(arrays, path))
    if model.compiled:
        state = _numbered(arrays, "optimizer")
        if len(state) > len(made.optimizer.variables):
            made.optimizer.build(made.trainable_variables)
        for variable, array in zip(made.optimizer.variables, state, strict=True):
            variable.assign(array)
    return made


def _state(model: Any) -> Arrays:
    """The arrays of a model of Keras by their paths."""
    arrays: Arrays = {}
    for path, owner in owners(model):
        if not hasattr(owner, "layers"):
            arrays.update({f"{path}/vars/{number}": array for number, array in enumerate(owner.get_weights())})
    if model.compiled and model.optimizer is not None:
        variables = enumerate(model.optimizer.variables)
        arrays.update({f"optimizer/vars/{number}": np.array(variable.numpy()) for number, variable in variables})
    return arrays


def _numbered(arrays: Arrays, path: str) -> list[Any]:
    """The arrays of one owner, in their order."""
    count = sum(name.rpartition("/")[0] == f"{path}/vars" for name in arrays)
    return [arrays[f"{path}/vars/{number}"] for number in range(count)]
