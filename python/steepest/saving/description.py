"""A model's description as JSON, and the model of such JSON, whose weights a file brings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from numpy.typing import NDArray

from steepest import _random
from steepest.saving.placeholders import weights_follow
from steepest.saving.serialization import deserialize_keras_object, serialize_keras_object


def dump(model: Any) -> str:
    """The model without its weights, with what it was compiled with.

    Raises:
        ValueError, TypeError: for a part without a description.
    """
    import json

    return json.dumps(serialize_keras_object(model))


def model_of(
    text: bytes | str,
    arrays: Mapping[str, NDArray[Any]],
    custom_objects: Mapping[str, Any] | None,
    compile: bool,
    source: str,
) -> Any:
    """The model that `dump` described, here or in Keras. Its weights are zeros, which the arrays are to replace.

    The random state of the process stays as it is, and no more memory is taken for weights than the arrays have.

    Raises:
        ValueError: for what describes no model, and for a layer that can't be or is larger than the arrays.
        TypeError: for a class or function that isn't known.
    """
    import json

    try:
        config = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{source}: the description of the model is no JSON: {error}") from None
    if not isinstance(config, dict) or "class_name" not in config:
        raise ValueError(f"{source}: there is no description of a model in it. Received: {str(config)[:200]}")
    if not compile:
        config["compile_config"] = None
    numbers = sum(array.size for array in arrays.values())
    try:
        with _random.aside(), weights_follow(numbers):
            model = deserialize_keras_object(config, custom_objects)
            if not hasattr(model, "compile_from_config"):
                raise ValueError(f"a {config['class_name']} is no model")
            shape = (config.get("build_config") or {}).get("input_shape")
            if shape is not None and not model.built:
                model.build(shape)
    except TypeError as error:
        raise TypeError(f"{source}: {error}") from error
    except (ArithmeticError, AttributeError, LookupError, MemoryError, RecursionError, ValueError) as error:
        raise ValueError(f"{source}: the description makes no model: {error}") from error
    return model
