"""Models and weights to files and back, in the format that the file's name says."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from steepest._names.registry import suggest
from steepest.saving.formats import LEGACY, MODELS, WEIGHTS, format_of


def save_model(model: Any, filepath: Any, overwrite: bool = True, zipped: bool | None = None, **kwargs: Any) -> None:
    """Writes the model, what it was compiled with and the state of its optimizer to a file.

    The file that was there is replaced once the new one is whole and on the disk; if anything fails, it stays.

    Args:
        model: a `Sequential` or a functional model.
        filepath: a name that ends in `.keras`, Keras's format, or in `.npz`, for which NumPy is enough.
        overwrite: whether a file of this name may be replaced.
        zipped: True or None: a `.keras` file is an archive.
        kwargs: `include_optimizer`, whether to write the optimizer's state; True by default.

    Raises:
        ValueError: for another end of the name, a file that must not be replaced, and a model without a description.
        ImportError: for a format whose package is missing; the message says what to install.

    Source: Keras.
    """
    include_optimizer = bool(kwargs.pop("include_optimizer", True))
    for name in kwargs:
        raise ValueError(
            f"Argument not recognized by save_model(): {name!r}.{suggest(name, ('overwrite', 'include_optimizer'))}"
        )
    if zipped is not None and not zipped:
        raise ValueError("Models are saved to single files, not to folders. Received: zipped=False")
    module = format_of(filepath, MODELS, "saving")
    _check_overwriting(filepath, overwrite)
    module.save(model, os.fspath(filepath), include_optimizer)


def load_model(
    filepath: Any, custom_objects: Mapping[str, Any] | None = None, compile: bool = True, safe_mode: bool = True
) -> Any:
    """The model of a file: compiled as it was, its optimizer in the state that it had.

    Nothing in the file is run. Everything that it says of its own size is checked before memory is taken for it.

    Args:
        filepath: of `save_model`, here or in Keras; also whole models as `.h5` of Keras 2 and 3.
        custom_objects: {name: class or function} for names that are not registered.
        compile: whether to compile it.
        safe_mode: without effect: code is refused in any mode.

    Raises:
        ValueError: for a file that is missing, of no known format, damaged or hostile; the message names it.
        TypeError: for a class or function that isn't known.
        ImportError: for a format whose package is missing; the message says what to install.

    Source: Keras.
    """
    module = format_of(filepath, {**MODELS, **LEGACY}, "loading")
    return module.load(_existing(filepath), custom_objects, compile)


def save_weights(model: Any, filepath: Any, overwrite: bool = True, max_shard_size: float | None = None) -> None:
    """Writes the weights of the model, and the state of its optimizer, to a file.

    Args:
        model: a model whose weights exist.
        filepath: a name that ends in `.weights.h5`, Keras's format, in `.weights.npz` or in `.safetensors`.
        overwrite: whether a file of this name may be replaced.
        max_shard_size: None: weights are written to one file.

    Raises:
        ValueError: for another end of the name, a file that must not be replaced, and a model without weights yet.
        ImportError: for a format whose package is missing; the message says what to install.

    Source: Keras.
    """
    if max_shard_size is not None:
        raise ValueError(f"Weights are saved to one file. Received: max_shard_size={max_shard_size!r}")
    module = format_of(filepath, WEIGHTS, "saving weights")
    _check_overwriting(filepath, overwrite)
    _check_built(model, "saving")
    module.save_weights(model, os.fspath(filepath))


def load_weights(model: Any, filepath: Any, skip_mismatch: bool = False, **kwargs: Any) -> None:
    """Reads the weights of the model, and the state of its optimizer, from a file.

    Args:
        model: a model whose weights exist.
        filepath: of `save_weights` or `save_model`, here or in Keras.
        skip_mismatch: whether layers that have other weights than the file keep theirs, with a warning.
        kwargs: none.

    Raises:
        ValueError: for a model without weights yet, a file that is missing, damaged or of another model; the model is
            then as it was.
        ImportError: for a format whose package is missing; the message says what to install.

    Source: Keras.
    """
    if kwargs:
        raise ValueError(f"Invalid keyword arguments: {kwargs}")
    module = format_of(filepath, {**WEIGHTS, **MODELS, **LEGACY}, "loading weights")
    _check_built(model, "loading")
    module.load_weights(model, _existing(filepath), skip_mismatch)


def _check_overwriting(filepath: Any, overwrite: bool) -> None:
    if not overwrite and os.path.exists(filepath):
        raise ValueError(f"The file exists, and `overwrite=False` keeps it. Received: filepath={os.fspath(filepath)}")


def _existing(filepath: Any) -> str:
    path = os.fspath(filepath)
    if not os.path.isfile(path):
        raise ValueError(f"File not found: filepath={path}")
    return str(path)


def _check_built(model: Any, action: str) -> None:
    if not model.built:
        raise ValueError(
            f"You are {action} the weights of model {model.name!r}, which do not exist yet. Build it first: "
            "`model.build(input_shape)`, or call it on data."
        )
