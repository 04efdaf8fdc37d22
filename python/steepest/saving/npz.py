"""`.npz`: a model with NumPy alone: its description, its weights, the state of its optimizer.

The archive holds one array for each path of `state`, and texts as arrays of bytes: `config.json`, `metadata.json`. It
is written by NumPy. It is read here: each array's header is checked against the bytes that are there, and objects,
which would be pickles, are refused.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Mapping
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from steepest.saving.archive import read_members
from steepest.saving.atomic import replacing
from steepest.saving.description import dump, model_of
from steepest.saving.state import read_state, write_state

Array = NDArray[Any]

VERSION = 1
_CONFIG, _METADATA = "config.json", "metadata.json"


def save(model: Any, path: str, include_optimizer: bool = True) -> None:
    """Writes the file."""
    texts, arrays = {_METADATA: metadata(), _CONFIG: dump(model)}, read_state(model, include_optimizer)
    with replacing(path) as file:
        write_npz(file, {**texts, **arrays})


def load(path: str, custom_objects: Mapping[str, Any] | None, compile: bool) -> Any:
    """The model of the file."""
    arrays = read_npz(path)
    check_version(arrays, path)
    model = model_of(text_of(arrays, _CONFIG, path), arrays, custom_objects, compile, path)
    write_state(model, arrays, path, noise=True)
    return model


def save_weights(model: Any, path: str) -> None:
    """Writes the file without a description of the model."""
    with replacing(path) as file:
        write_npz(file, {_METADATA: metadata(), **read_state(model)})


def load_weights(model: Any, path: str, skip_mismatch: bool = False) -> None:
    """Reads the file into the model."""
    arrays = read_npz(path)
    check_version(arrays, path)
    write_state(model, arrays, path, skip_mismatch)


def metadata() -> str:
    """What wrote the file."""
    import json

    from steepest import _core

    return json.dumps({"format": "steepest", "version": VERSION, "steepest": _core.show_config()["version"]})


def check_version(arrays: Mapping[str, Array], path: str) -> None:
    """Refuses a file that is not of this library, or of a later version of the format.

    Raises:
        ValueError: for one of these.
    """
    import json

    try:
        found = json.loads(text_of(arrays, _METADATA, path))
        version = found["version"] if found["format"] == "steepest" else None
    except (ValueError, LookupError, TypeError, RecursionError):
        version = None
    if not isinstance(version, int) or version < 1:
        raise ValueError(f"{path}: no model of steepest, for its {_METADATA} does not say so")
    if version > VERSION:
        raise ValueError(
            f"{path}: written in version {version} of the format, and this library reads those up to {VERSION}: "
            "install a later one"
        )


def text_of(arrays: Mapping[str, Array], name: str, path: str) -> bytes:
    """A text of the file.

    Raises:
        ValueError: if it is not there.
    """
    if name not in arrays or arrays[name].dtype != np.uint8:
        raise ValueError(f"{path}: no model of steepest, for it has no {name}")
    return arrays[name].tobytes()


def write_npz(file: BinaryIO, content: Mapping[str, Array | str]) -> None:
    """Writes arrays and texts by their names."""
    arrays = {
        name: np.frombuffer(one.encode(), np.uint8) if isinstance(one, str) else one for name, one in content.items()
    }
    np.savez(file, allow_pickle=False, **arrays)


def read_npz(path: str) -> dict[str, Array]:
    """The arrays of a file by their names: views of what was read, not to be written to.

    Raises:
        ValueError: for what is no archive of plain arrays of numbers, or is damaged.
        FileNotFoundError: if there is no file.
    """
    members = read_members(path)
    return {name.removesuffix(".npy"): _array(data, name, path) for name, data in members.items()}


def _array(data: bytes, name: str, path: str) -> Array:
    try:
        if data[:6] != b"\x93NUMPY" or data[6:8] not in (b"\x01\x00", b"\x02\x00"):
            raise ValueError("it does not begin as arrays of NumPy do")
        size = struct.Struct("<H" if data[6] == 1 else "<I")
        (length,) = size.unpack_from(data, 8)
        begin = 8 + size.size + length
        dtype, order, shape = _header(data[8 + size.size : begin])
        if math.prod(shape) * dtype.itemsize != len(data) - begin:
            raise ValueError(f"an array of {dtype} and shape {shape} does not fit its {len(data) - begin} bytes")
        return np.frombuffer(data, dtype, offset=begin).reshape(shape, order=order)
    except (ValueError, struct.error) as error:
        raise ValueError(f"{path}: member {name!r} is damaged, or no plain array: {error}") from None


def _header(text: bytes) -> tuple[np.dtype[Any], Any, tuple[int, ...]]:
    """The dtype, the order and the shape that a header says."""
    import ast

    if len(text) > 1 << 12:
        raise ValueError(f"a header of {len(text)} bytes")
    try:
        header = ast.literal_eval(text.decode("latin1"))
        descr, fortran, shape = header["descr"], header["fortran_order"], header["shape"]
    except (ValueError, SyntaxError, TypeError, LookupError, MemoryError, RecursionError) as error:
        raise ValueError(f"a header that is none: {error}") from None
    if not isinstance(descr, str) or len(descr) != 3 or descr[0] not in "<>|" or descr[1] not in "biuf":
        raise ValueError(f"numbers of the kind {descr!r}")
    if not isinstance(shape, tuple) or len(shape) > 32 or not all(type(n) is int and 0 <= n < 1 << 48 for n in shape):
        raise ValueError(f"the shape {shape!r}")
    try:
        return np.dtype(descr), "F" if fortran is True else "C", shape
    except TypeError:
        raise ValueError(f"numbers of the kind {descr!r}") from None
