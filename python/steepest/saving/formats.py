"""Which format a file has, by the end of its name: the one list of them.

A format is a module of this package. It has `save(model, path, include_optimizer)` and `load(path, custom_objects,
compile)` where it holds whole models, `save_weights(model, path)` and `load_weights(model, path, skip_mismatch)` where
it holds weights. What is written for others to run is no format of these: see `models.exporting`.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Mapping
from typing import Any

MODELS = {".keras": "keras_archive", ".npz": "npz"}
WEIGHTS = {".weights.h5": "weights_h5", ".weights.npz": "npz", ".safetensors": "weights_safetensors"}
LEGACY = {".h5": "legacy_h5", ".hdf5": "legacy_h5"}  # of both kinds, read and not written


def format_of(filepath: Any, formats: Mapping[str, str], action: str) -> Any:
    """The module for files of this name.

    Args:
        filepath: the name.
        formats: one of the lists above.
        action: what is done with the file, for the message: "saving".

    Raises:
        TypeError: for what is no path.
        ValueError: for an end that none of the formats has.
    """
    path = os.fspath(filepath)
    for suffix in sorted(formats, key=len, reverse=True):
        if str(path).endswith(suffix):
            return importlib.import_module(f"steepest.saving.{formats[suffix]}")
    raise ValueError(
        f"Invalid filepath extension for {action}: expected a name that ends in {' or '.join(formats)}. "
        f"Received: filepath={path}"
    )
