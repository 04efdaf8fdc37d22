"""`.safetensors`: the weights of a model and the state of its optimizer, by Keras's paths, as others read tensors."""

from __future__ import annotations

from typing import Any

from steepest._lazy import extra
from steepest.saving.atomic import replacing
from steepest.saving.state import read_state, write_state


def save_weights(model: Any, path: str) -> None:
    """Writes the file."""
    safetensors = extra("safetensors.numpy", "Files of safetensors")
    content = safetensors.save(read_state(model), metadata={"format": "np"})
    with replacing(path) as file:
        file.write(content)


def load_weights(model: Any, path: str, skip_mismatch: bool = False) -> None:
    """Reads the file into the model."""
    safetensors = extra("safetensors.numpy", "Files of safetensors")
    with open(path, "rb") as file:
        content = file.read()
    try:
        arrays = safetensors.load(content)
    except Exception as error:  # its own class, and NumPy's for dtypes that it lacks
        raise ValueError(f"{path}: no file of safetensors, or a broken one: {error}") from error
    write_state(model, arrays, path, skip_mismatch)
