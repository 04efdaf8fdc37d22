"""Keras's descriptions of objects: a dict of a class's module and name and of its constructor's arguments.

Nothing is imported that a description names, and no code is stored: a class is one of steepest, or one that the
program has registered or passes along.
"""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Mapping
from types import FunctionType
from typing import Any

import numpy as np

from steepest._names.custom_objects import get_registered_name, get_registered_object, scope_with
from steepest._names.registry import serialize_object

_FUNCTIONAL = "keras.src.models.functional"  # not public, and yet what Keras writes
_FUNCTIONS = ("activations", "losses", "metrics")


def serialize_keras_object(obj: Any) -> Any:
    """`obj` as dicts, lists and plain values.

    Args:
        obj: an object with `get_config`, a function, an array, a plain value, or lists, tuples and dicts of such.

    Raises:
        TypeError: for an object without `get_config`.
        ValueError: for a lambda: it has no name to be found by, and code is not stored.

    Source: Keras.

    >>> from steepest.losses import MeanSquaredError
    >>> description = serialize_keras_object(MeanSquaredError())
    >>> description["module"], description["class_name"], description["registered_name"]
    ('keras.losses', 'MeanSquaredError', None)
    """
    if obj is None or isinstance(obj, (str, int, float, bool)):
        return obj
    if isinstance(obj, (list, tuple)):
        items = map(serialize_keras_object, obj)
        return tuple(items) if isinstance(obj, tuple) else list(items)
    if isinstance(obj, Mapping):
        return {key: serialize_keras_object(value) for key, value in obj.items()}
    if isinstance(obj, bytes):
        return {"class_name": "__bytes__", "config": {"value": obj.decode()}}
    if isinstance(obj, slice):
        return {"class_name": "__slice__", "config": {"start": obj.start, "stop": obj.stop, "step": obj.step}}
    if obj is Ellipsis:
        return {"class_name": "__ellipsis__", "config": {}}
    if isinstance(obj, np.ndarray) and obj.ndim:
        return {"class_name": "__numpy__", "config": {"value": obj.tolist(), "dtype": str(obj.dtype)}}
    if isinstance(obj, (np.ndarray, np.generic)):
        return obj.item()
    if hasattr(obj, "get_config") and not isinstance(obj, type):
        return _described(obj)
    if not hasattr(obj, "__name__") or isinstance(obj, type):
        raise TypeError(
            f"Cannot serialize object {obj!r} of type {type(obj).__name__}. To be serializable, a class must implement "
            "the `get_config()` method."
        )
    if obj.__name__ == "<lambda>":
        raise ValueError(f"A lambda has no name to be found by: define a function instead. Received: {obj!r}")
    name = get_registered_name(obj) if isinstance(obj, FunctionType) else obj.__name__
    return {"module": "builtins", "class_name": "function", "config": name, "registered_name": "function"}


def deserialize_keras_object(
    config: Any, custom_objects: Mapping[str, Any] | None = None, safe_mode: bool = True
) -> Any:
    """What `serialize_keras_object` described; the objects are new.

    Args:
        config: the description.
        custom_objects: {name: class or function} for names that are not registered.
        safe_mode: without effect: a lambda is refused in any mode.

    Raises:
        TypeError: for what is no description, and for a class or function that isn't known.
        ValueError: for the description of a lambda.

    Source: Keras.

    >>> deserialize_keras_object({"class_name": "__slice__", "config": {"start": 1, "stop": 3, "step": None}})
    slice(1, 3, None)
    """
    with scope_with(custom_objects):
        return _restored(config)


def _described(obj: Any) -> dict[str, Any]:
    description = serialize_object(obj, _public_module(type(obj)))
    description["config"] = serialize_keras_object(description["config"])
    if description["module"] == _FUNCTIONAL:
        description["registered_name"] = type(obj).__name__  # as in Keras: its module is not public
    if hasattr(obj, "get_compile_config"):
        description["compile_config"] = obj.get_compile_config()
    return description


def _public_module(cls: type) -> str:
    """Where Keras has a class of steepest: the shortest path that it can be imported from."""
    if cls.__module__ == "steepest.models.functional":
        return _FUNCTIONAL
    parts = cls.__module__.split(".")
    for length in range(2, len(parts) + 1):
        module = sys.modules.get(".".join(parts[:length]))
        if getattr(module, cls.__name__, None) is cls:
            return ".".join(["keras", *parts[1:length]]).replace("keras.models", "keras")
    return "keras"


def _restored(config: Any) -> Any:
    if config is None or isinstance(config, (str, int, float, bool)):
        named = get_registered_object(config) if isinstance(config, str) else None
        return config if named is None else named
    if isinstance(config, (list, tuple)):
        return [_restored(item) for item in config]
    if not isinstance(config, Mapping):
        raise TypeError(f"Could not parse config: {config!r} (of type {type(config).__name__})")
    if "class_name" not in config or "config" not in config:
        return {key: _restored(value) for key, value in config.items()}
    name, inner = config["class_name"], config["config"] or {}
    if name == "__bytes__":
        return inner["value"].encode()
    if name == "__slice__":
        return slice(inner["start"], inner["stop"], inner["step"])
    if name == "__ellipsis__":
        return Ellipsis
    if name in ("__numpy__", "__tensor__"):
        return np.array(inner["value"], dtype=inner["dtype"])
    if name == "__lambda__":
        raise ValueError("The description holds a Python lambda, that is code, which is never run from a description.")
    if name == "function":
        return _function(config)
    cls = get_registered_object(config.get("registered_name") or name) or _own_class(config.get("module"), name)
    if cls is None:
        _refuse("class", name, config)
    restored = cls.from_config(dict(inner))
    if config.get("compile_config"):
        restored.compile_from_config(config["compile_config"])
    return restored


def _function(config: Mapping[str, Any]) -> Any:
    name = config["config"]
    found = get_registered_object(name)
    if found is None and isinstance(name, str):
        for module in _FUNCTIONS:
            found = getattr(importlib.import_module(f"steepest.{module}"), name, None)
            if found is not None and not isinstance(found, type):
                return found
    return _refuse("function", name, config) if found is None else found


def _own_class(module: Any, name: str) -> Any:
    """The class of steepest that Keras has in this module; None if there is none."""
    if not isinstance(module, str) or not re.fullmatch(r"keras(\.[a-z]+)*", module):
        return None
    try:
        place = importlib.import_module("steepest" + module.removeprefix("keras").removeprefix(".src"))
    except ModuleNotFoundError:
        return None
    found = getattr(place, name, None)
    return found if isinstance(found, type) and hasattr(found, "from_config") else None


def _refuse(kind: str, name: Any, config: Mapping[str, Any]) -> Any:
    raise TypeError(
        f"Could not locate {kind} {name!r}. Decorate your own with `@saving.register_keras_serializable()`, or pass "
        f"`custom_objects={{{name!r}: ...}}`. Received: {dict(config)}"
    )
