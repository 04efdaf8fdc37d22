"""`.keras`: Keras's own archive of a model, `config.json`, `metadata.json` and `model.weights.h5` in a zip file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from steepest.saving.archive import read_members, write_members
from steepest.saving.atomic import replacing
from steepest.saving.description import dump, model_of
from steepest.saving.hdf5 import hdf5_bytes, read_arrays
from steepest.saving.state import names_of, read_state, write_state

KERAS_VERSION = "3.15.1"  # whose format this is
_CONFIG, _METADATA, _WEIGHTS = "config.json", "metadata.json", "model.weights.h5"


def save(model: Any, path: str, include_optimizer: bool = True) -> None:
    """Writes the archive."""
    import json
    import time

    metadata = {"keras_version": KERAS_VERSION, "date_saved": time.strftime("%Y-%m-%d@%H:%M:%S")}
    weights = hdf5_bytes(read_state(model, include_optimizer), names_of(model))
    with replacing(path) as file:
        write_members(file, {_METADATA: json.dumps(metadata), _CONFIG: dump(model), _WEIGHTS: weights})


def load(path: str, custom_objects: Mapping[str, Any] | None, compile: bool) -> Any:
    """The model of the archive."""
    members = read_members(path, (_CONFIG, _WEIGHTS))
    for name in (_CONFIG, _WEIGHTS):
        if name not in members:
            raise ValueError(f"{path}: no archive of a model, for it has no member {name!r}")
    arrays = read_arrays(members[_WEIGHTS], path)
    model = model_of(members[_CONFIG], arrays, custom_objects, compile, path)
    write_state(model, arrays, path, noise=True)
    return model


def load_weights(model: Any, path: str, skip_mismatch: bool = False) -> None:
    """Reads the archive's weights into a model."""
    members = read_members(path, (_WEIGHTS,))
    if _WEIGHTS not in members:
        raise ValueError(f"{path}: no archive of a model, for it has no member {_WEIGHTS!r}")
    write_state(model, read_arrays(members[_WEIGHTS], path), path, skip_mismatch)
