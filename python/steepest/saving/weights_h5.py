"""`.weights.h5`: the weights of a model and the state of its optimizer, as Keras writes them."""

from __future__ import annotations

from typing import Any

from steepest.saving.atomic import replacing
from steepest.saving.hdf5 import hdf5_bytes, read_arrays
from steepest.saving.state import names_of, read_state, write_state


def save_weights(model: Any, path: str) -> None:
    """Writes the file."""
    content = hdf5_bytes(read_state(model), names_of(model))
    with replacing(path) as file:
        file.write(content)


def load_weights(model: Any, path: str, skip_mismatch: bool = False) -> None:
    """Reads the file into the model."""
    write_state(model, read_arrays(path, path), path, skip_mismatch)
