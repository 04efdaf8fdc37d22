"""Values as JSON and arrays, and back: what is neither is no state that a file can hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
_ARRAY = "__array__"


def is_plain(value: Any) -> bool:
    """Whether a value is None, a truth value, a number, a text, an array of numbers, or lists and dicts of such."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return True
    if isinstance(value, (np.ndarray, np.generic)):
        return value.dtype.kind in "biuf"
    if isinstance(value, (list, tuple)):
        return all(map(is_plain, value))
    return isinstance(value, dict) and all(type(key) is str for key in value) and all(map(is_plain, value.values()))


def encode(value: Any, arrays: dict[str, Array], path: str) -> Any:
    """A plain value for JSON; its arrays go into `arrays`, under the path and a number."""
    if isinstance(value, (np.ndarray, np.generic)):
        name = f"{path}/{len(arrays)}"
        arrays[name] = np.asarray(value)
        return {_ARRAY: name}
    if isinstance(value, (list, tuple)):
        return [encode(item, arrays, path) for item in value]
    if isinstance(value, Mapping):
        return {key: encode(item, arrays, path) for key, item in value.items()}
    return value


def decode(value: Any, arrays: Mapping[str, Array]) -> Any:
    """What `encode` was given; tuples are lists, and numbers of NumPy arrays without axes.

    Raises:
        ValueError: for an array that is not there.
    """
    if isinstance(value, list):
        return [decode(item, arrays) for item in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {_ARRAY}:
        if value[_ARRAY] not in arrays:
            raise ValueError(f"the array {value[_ARRAY]!r} is not there")
        found = arrays[value[_ARRAY]]
        return found.copy() if found.ndim else found[()]
    return {key: decode(item, arrays) for key, item in value.items()}
